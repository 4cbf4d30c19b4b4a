import type { Context } from '../../admission/context.ts'
import { fetchOther } from '../../admission/other-bytes.ts'
import type { OtherBytes } from '../../admission/other-bytes.ts'
import { changeSays } from '../../core/change.ts'
import { isCode, sentence } from '../../core/errors.ts'
import type { Found, Once } from '../../core/presence.ts'
import type { ArtifactRef, EcosystemId } from '../../core/types.ts'
import { ecosystems } from '../../ecosystems/index.ts'
import type { Asker } from './ask.ts'
import type { Lost, State } from './losses.ts'
import type { ChangedBytes } from './reviews.ts'
import type { RecheckSettings, Turn } from './schedule.ts'
import type { Had } from './subjects.ts'

export interface BytesParts {
  context: Context
  settings: RecheckSettings
  asker: Asker
}

export interface CheckedBytes {
  losses: readonly Lost[]
  evidence: readonly ChangedBytes[]
  /** Suspect files that were fetched once more, whatever came. */
  checked: readonly string[]
  state: State | null
}

interface About { ecosystem: EcosystemId; name: string; url: string }

/** Files larger than this are not fetched only to see whether they are what they were. */
const LARGEST = 4 * 1024 * 1024
/** Different bytes of one file that are kept for one review. */
const SEEN = 5

/**
 * Fetches what somebody was sent wrongly once more, and of registries whose index promises nothing of the bytes (Go) one file of a module
 * in use each day. `found` tells where the suspects are, in their order; `url` of the document that says so.
 */
export async function checkBytes(
  parts: BytesParts, { turn, had, found, url, now }: { turn: Turn; had: readonly Had[]; found: readonly (Found | undefined)[]; url: string; now: Date },
): Promise<CheckedBytes> {
  const about = { ecosystem: turn.ecosystem, name: turn.name, url }
  const losses: Lost[] = []
  const evidence: ChangedBytes[] = []
  const checked: string[] = []
  for (const [at, suspect] of turn.suspect.entries()) {
    if (await isSeenEnough(parts.context, turn, suspect.file)) {
      checked.push(suspect.file)
      continue
    }
    const other = await refetch(parts, about, suspect, found[at] ?? null)
    checked.push(suspect.file)
    if (other?.wrong) add(suspect, other)
  }
  const verified = await verifyOne(parts, about, { had, state: turn.state, now })
  if (verified?.other?.wrong) add(verified.one, verified.other)
  return { losses, evidence, checked, state: verified?.state ?? null }

  function add({ version, file }: Once & { file: string }, other: OtherBytes): void {
    const first = had.find((one) => one.file === file)?.bytes?.digest ?? null
    losses.push({ kind: 'changed', version, file, says: `${file}: ${other.wrong}`, before: first, after: other.digest ?? other.wrong, weak: false })
    evidence.push(changedBytes(file, first, other))
  }
}

/** An upstream that sends other bytes each time would fill the disk with evidence: what an open review has so often is held, and enough is known of it. */
async function isSeenEnough({ database }: Context, { ecosystem, name }: Turn, file: string): Promise<boolean> {
  const row = await database.query.selectFrom('review_bytes').innerJoin('reviews', 'reviews.id', 'review_bytes.review').select(({ fn }) => fn.countAll<number>().as('kept'))
    .where('reviews.ecosystem', '=', ecosystem).where('reviews.name', '=', name).where('reviews.state', '=', 'open').where('review_bytes.file', '=', file).executeTakeFirst()
  return Number(row?.kept ?? 0) >= SEEN
}

/** What a file that upstream promises otherwise now is: fetched for comparison, and never served. */
export async function compareBytes(context: Context, { ecosystem, name, url }: About, lost: Lost, { had, found }: { had: readonly Had[]; found: readonly Found[] }): Promise<ChangedBytes | null> {
  const at = had.findIndex((one) => one.file === lost.file && one.version === lost.version)
  const [one, there] = [had[at], found[at]]
  if (!one?.bytes || one.file === null || !there?.url) return null
  const ref = { ecosystem, name, version: one.version, file: one.file }
  try {
    return changedBytes(one.file, one.bytes.digest, await fetchOther(context, { ref, url: there.url, pledge: there.pledge ?? {}, referrer: url }))
  } catch (thrown) {
    if (isCode(thrown, 'worker-closed', 'storage')) throw thrown
    return { file: one.file, first: one.bytes.digest, now: null, level: null, says: `what is promised now could not be fetched: ${sentence(thrown)}`, added: [], removed: [] }
  }
}

function changedBytes(file: string, first: string | null, { digest, level, says, wrong, difference }: OtherBytes): ChangedBytes {
  const same = digest === null ? 'upstream still sends the bytes that were first seen; only the promise is another' : says
  return { file, first, now: digest, level, says: digest === null && wrong === null ? 'nothing else is sent' : same, added: difference?.added.slice(0, 50).map(changeSays) ?? [], removed: difference?.removed.slice(0, 50).map(changeSays) ?? [] }
}

/** null: it is not there any more, which is another matter. */
async function refetch({ context }: BytesParts, { ecosystem, name, url }: About, { version, file }: Once & { file: string }, found: Found | null): Promise<OtherBytes | null> {
  const { directUrl } = ecosystems[ecosystem]
  const source = context.sources.of(ecosystem, name)
  const direct = directUrl && source.url !== null ? new URL(directUrl(name, file), source.url).href : null
  const where = direct ?? found?.url ?? null
  if (where === null) return null
  const h1 = ecosystems[ecosystem].transparency && file.endsWith('.zip') ? await recorded(context, { ecosystem, name, version }) : null
  try {
    return await fetchOther(context, { ref: { ecosystem, name, version, file }, url: where, pledge: h1 === null ? found?.pledge ?? {} : { h1 }, referrer: direct === null ? url : null })
  } catch (thrown) {
    if (isCode(thrown, 'not-found')) return null
    throw thrown
  }
}

async function recorded({ database }: Context, { ecosystem, name, version }: Pick<ArtifactRef, 'ecosystem' | 'name' | 'version'>): Promise<string | null> {
  const row = await database.query.selectFrom('records').select('h1').where('ecosystem', '=', ecosystem).where('name', '=', name).where('version', '=', version).executeTakeFirst()
  return row?.h1 ?? null
}

/** The next file of a module in use: its record in the log and its content, against what both were. */
async function verifyOne(
  parts: BytesParts, about: About, { had, state, now }: { had: readonly Had[]; state: State; now: Date },
): Promise<{ one: Once & { file: string }; other: OtherBytes | null; state: State } | null> {
  const { context, settings, asker } = parts
  const { ecosystem, name } = about
  const { transparency } = ecosystems[ecosystem]
  const source = context.sources.of(ecosystem, name)
  if (!transparency || source.url === null || now.getTime() - state.verifiedAt < settings.rest) return null
  const files = had.flatMap(({ version, file, bytes }) => (file?.endsWith('.zip') && bytes && bytes.size <= LARGEST && now.getTime() - bytes.firstSeenAt.getTime() <= settings.window ? [{ version, file }] : []))
  files.sort((a, b) => (a.file < b.file ? -1 : 1))
  const one = files.find(({ file }) => file > state.verified) ?? files[0]
  if (!one) return null
  const next = { ...state, verified: one.file, verifiedAt: now.getTime() }
  const before = await recorded(context, { ecosystem, name, version: one.version })
  if (before !== null && source.sumdb !== null && !source.private) {
    const { status, body } = await asker.short(new URL(transparency.lookupPath(source.sumdb, name, one.version), source.url).href)
    const { h1 } = status === 200 ? transparency.readRecord(body, { name, version: one.version }) : { h1: null }
    if (h1 !== null && h1 !== before) {
      return { one, state: next, other: { wrong: `the checksum database says ${h1} now and said ${before} before`, digest: null, size: 0, level: null, says: '', difference: null } }
    }
  }
  return { one, state: next, other: await refetch(parts, about, one, null) }
}
