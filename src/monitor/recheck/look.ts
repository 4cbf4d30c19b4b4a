import { createHash } from 'node:crypto'
import type { Context } from '../../admission/context.ts'
import { SluiceError } from '../../core/errors.ts'
import type { Found, Mark, Once, Presence, Statement } from '../../core/presence.ts'
import type { EcosystemId } from '../../core/types.ts'
import { ecosystems } from '../../ecosystems/index.ts'
import type { Answered, Asker } from './ask.ts'
import { lossesOf, stateAfter, wholeAbsence } from './losses.ts'
import type { Lost, State } from './losses.ts'
import type { Had } from './subjects.ts'

export interface LookParts extends Pick<Context, 'pool' | 'sources'> {
  asker: Asker
}

export interface Wanted {
  ecosystem: EcosystemId
  name: string
  had: readonly Had[]
  state: State
  /** Files that are not had and asked about all the same. */
  extra: readonly Once[]
  /** Of the last look that found everything; null reads whatever comes. */
  fingerprint: string | null
}

/** What one look at upstream came to. */
export interface Look {
  /** As evidence: what was asked and what came. */
  seen: { url: string; status: number; digest: string; at: Date }
  losses: readonly Lost[]
  /** null: nothing to remember of a document that is not there, or the same as before. */
  state: State | null
  fingerprint: string | null
  /** What the document says of each that was had, and then of each extra; null: it was not read. */
  found: readonly Found[] | null
}

/** Versions asked for one by one, a look. */
const ONE_BY_ONE = 20

/**
 * One unconditional look at a package. Throws where upstream is in trouble or answers what cannot be read: nothing is then known.
 * `again`: a second look, by another way than the first where there is one.
 */
export async function look(parts: LookParts, wanted: Wanted, again: boolean, now: Date): Promise<Look> {
  const { ecosystem, name, had, extra, state } = wanted
  const { presence: reading } = ecosystems[ecosystem]
  const source = parts.sources.of(ecosystem, name)
  if (source.url === null) throw new SluiceError('upstream-off', source.why)
  const base = source.url
  const request = reading.request(name, again)
  const answered = await parts.asker.ask(new URL(request.path, base).href, { accept: request.accept, again })
  const seen = { url: answered.url, status: answered.status, digest: answered.digest, at: now }
  const read = async (part: 'index' | 'absence' | 'retractions', { body, contentType, url }: Pick<Answered, 'body' | 'contentType' | 'url'>) =>
    parts.pool.run({ kind: 'presence', ecosystem, name, body, part, contentType, base: url, wanted: [...had, ...extra].map(({ version, file }) => ({ version, file })) }, { priority: 'ahead' })

  if (answered.status !== 200) {
    const statement: Statement | null = reading.readAbsence && answered.body.byteLength > 0 ? (await read('absence', answered)).statement : null
    return { seen, losses: wholeAbsence(had, statement, answered.status, state), state: null, fingerprint: null, found: null }
  }
  const fingerprint = fingerprintOf(answered, had)
  // Go's list does not tell of every version, so that the same list may hide what was taken out.
  if (fingerprint === wanted.fingerprint && !reading.versionPath) return { seen, losses: [], state: null, fingerprint, found: null }
  const { presence } = await read('index', answered)
  if (presence === null) throw new SluiceError('index-invalid', `nothing could be read of ${name}`)
  const asked = reading.versionPath ? await oneByOne(parts.asker, presence, had, (version) => new URL(reading.versionPath?.(name, version) ?? '', base).href, now) : presence
  const marked = reading.retractions && asked.newest !== null ? withMarks(asked, await retracted(asked.newest)) : asked
  const own = { ...marked, found: marked.found.slice(0, had.length) }
  return { seen, fingerprint, losses: lossesOf(had, own, state), state: stateAfter(had, own, state), found: marked.found }

  async function retracted(newest: string): Promise<readonly (Mark | null)[] | null> {
    const url = new URL(reading.retractions?.path(name, newest) ?? '', base).href
    const { status, body } = await parts.asker.short(url)
    return status === 200 ? (await read('retractions', { body, contentType: 'text/plain', url })).marks : null
  }
}

const fingerprintOf = ({ digest }: Answered, had: readonly Had[]): string =>
  createHash('sha256').update(digest).update(JSON.stringify(had.map(({ version, file, bytes }) => [version, file, bytes?.digest]))).digest('hex')

/** Asks for versions that the index does not list: in turn, where there are many. */
async function oneByOne(asker: Asker, presence: Presence, had: readonly Had[], urlOf: (version: string) => string, now: Date): Promise<Presence> {
  const unknown = new Map<string, number[]>()
  for (const [at, { version, file }] of had.entries()) {
    if (presence.found[at]?.there === true || (file !== null && file !== `${version}.zip`)) continue
    unknown.set(version, [...unknown.get(version) ?? [], at])
  }
  const versions = [...unknown.keys()]
  const from = versions.length <= ONE_BY_ONE ? 0 : Math.floor(now.getTime() / 3_600_000) * ONE_BY_ONE % versions.length
  const found: Found[] = [...presence.found]
  const turn = [...versions.slice(from), ...versions.slice(0, from)]
  for (const [place, version] of turn.entries()) {
    const there = place < ONE_BY_ONE ? await isThere(asker, urlOf(version), version) : null
    for (const at of unknown.get(version) ?? []) found[at] = { ...found[at] as Found, there, line: there ? version : found[at]?.line ?? null }
  }
  return { ...presence, found }
}

/** A page that is no answer about this version proves nothing. Throws `index-invalid`. */
async function isThere(asker: Asker, url: string, version: string): Promise<boolean> {
  const { status, body } = await asker.short(url)
  if (status !== 200) return false
  let said: unknown
  try {
    said = JSON.parse(body.toString('utf8'))
  } catch (cause) {
    throw new SluiceError('index-invalid', `what upstream says of ${version} is not JSON`, { cause })
  }
  if (typeof said === 'object' && said !== null && 'Version' in said && said.Version === version) return true
  throw new SluiceError('index-invalid', `what upstream says of ${version} is about something else`)
}

const withMarks = (presence: Presence, marks: readonly (Mark | null)[] | null): Presence =>
  (marks === null ? presence : { ...presence, found: presence.found.map((one, at) => ({ ...one, mark: one.mark ?? marks[at] ?? null })) })
