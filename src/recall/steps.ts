import type { Kysely } from 'kysely'
import type { Context } from '../admission/context.ts'
import { isKept } from '../admission/kept.ts'
import { Revisions } from '../admission/revisions.ts'
import { sentence, SluiceError } from '../core/errors.ts'
import type { LedgerEntry } from '../ledger/entry.ts'
import type { Blobs } from '../ports/blobs.ts'
import type { Tables } from '../ports/database.ts'
import { OPEN } from './tombstones.ts'
import type { RecallView, Step, Tombstone } from './tombstones.ts'

type StepContext = Pick<Context, 'database' | 'blobs' | 'evidence' | 'ledger' | 'clock' | 'revisions' | 'limits' | 'log'>

/** When a step that failed is tried again: the disk may have room by then. */
const RETRIES = [1, 5, 30, 120, 600].map((seconds) => seconds * 1_000)

/**
 * Does what comes next for a tombstone, to the end of its recall or its lifting. Each step may be repeated and may end at any
 * point: what it leaves is where it begins again. A step that fails is noted with its reason and tried again later.
 */
export async function carryOut(context: StepContext, recall: RecallView, tombstone: Tombstone): Promise<void> {
  try {
    for (let at: Tombstone | null = tombstone; at;) at = await next(context, recall, at)
  } catch (thrown) {
    const problem = sentence(thrown)
    const delay = RETRIES[tombstone.attempt] ?? RETRIES.at(-1) ?? 0
    context.log.error({ ...about(tombstone), step: tombstone.step, error: problem }, 'a recall cannot be carried out; it is denied all the same')
    await context.database.query.updateTable('tombstones')
      .set({ problem, attempt: tombstone.attempt + 1, due_at: context.clock.now().getTime() + delay }).where('seq', '=', tombstone.seq).execute()
  }
}

async function next(context: StepContext, recall: RecallView, tombstone: Tombstone): Promise<Tombstone | null> {
  switch (tombstone.step) {
    case 'decided':
      await once(context, tombstone, {
        kind: 'recalled', action: 'quarantine', because: recall.because, by: recall.by, facts: { cause: recall.cause, reference: recall.reference, recall: recall.id },
        at: recall.at,
      })
      return step(context, tombstone, 'recorded')
    case 'recorded': return withdraw(context, recall, tombstone)
    case 'lifting': return putBack(context, recall, tombstone)
    case 'withdrawn': case 'lifted': return null
  }
}

/** First a whole, flushed copy as evidence, then the row, then the original: at every moment the bytes exist, and never unmarked. */
async function withdraw(context: StepContext, recall: RecallView, tombstone: Tombstone): Promise<null> {
  const { database, blobs, evidence } = context
  const kept = await copy(context, { from: blobs, to: evidence }, tombstone)
  const lifted = await database.transaction(async (tx) => {
    if (await tx.selectFrom('tombstones').select('seq').where('seq', '=', tombstone.seq).where('step', '=', 'recorded').executeTakeFirst() === undefined) return true
    await artifactRow(tx, tombstone, 1)
    await tx.updateTable('tombstones').set({ kept: kept ? 1 : 0 }).where('seq', '=', tombstone.seq).execute()
    return false
  })
  // Another process may have lifted it, and put the bytes back: the next round looks anew.
  if (lifted) return null
  // Bytes that another package shares stay where they are: there they are served for what that one is.
  const shared = await isNamed(database.query, tombstone)
  if (!shared) await blobs.delete(tombstone.digest)
  await once(context, tombstone, {
    kind: 'purged', because: kept ? 'withdrawn; kept as evidence' : 'withdrawn; the gate had no bytes of it any more', by: recall.by, at: context.clock.now(),
    facts: { recall: recall.id, evidence: kept, shared },
  })
  await step(context, tombstone, 'withdrawn')
  return null
}

async function putBack(context: StepContext, recall: RecallView, tombstone: Tombstone): Promise<null> {
  const { database, blobs, evidence, revisions, clock } = context
  const again = await database.query.selectFrom('tombstones').select('seq').where('ecosystem', '=', tombstone.ecosystem).where('name', '=', tombstone.name)
    .where('file', '=', tombstone.file).where('digest', '=', tombstone.digest).where('step', 'in', OPEN).executeTakeFirst()
  let back = false
  if (!again) {
    back = await copy(context, { from: evidence, to: blobs }, tombstone)
    await database.transaction(async (tx) => {
      await artifactRow(tx, tombstone, 0)
      await Revisions.record(tx, { kind: 'restored', ecosystem: tombstone.ecosystem, name: tombstone.name, at: clock.now() })
    })
    revisions.bump(tombstone.ecosystem, tombstone.name)
    if (!(await isKept(context, tombstone.digest, tombstone.seq))) await evidence.delete(tombstone.digest)
  }
  await once(context, tombstone, {
    kind: 'restored', because: tombstone.lifted?.because, by: tombstone.lifted?.by, at: clock.now(),
    facts: { recall: recall.id, bytes: back, ...(again ? { again: true } : {}) },
  })
  await step(context, tombstone, 'lifted')
  return null
}

/** Whether the bytes are there now. They are hashed on the way: what is not what it was called is neither kept nor put back. */
async function copy({ limits }: StepContext, { from, to }: { from: Blobs; to: Blobs }, { digest }: Tombstone): Promise<boolean> {
  if (await to.has(digest)) return true
  if (!(await from.has(digest))) return false
  await to.put(await from.read(digest), {
    limit: limits.artifactSize,
    check: ({ sha256 }) => {
      if (`sha256:${sha256}` !== digest) throw new SluiceError('storage', `what is stored as ${digest} is sha256:${sha256}`, { hint: 'the disk, or somebody, changed it' })
    },
  })
  return true
}

async function artifactRow(tx: Kysely<Tables>, { ecosystem, name, file, digest }: Tombstone, purged: 0 | 1): Promise<void> {
  await tx.updateTable('artifacts').set({ purged }).where('ecosystem', '=', ecosystem).where('name', '=', name)
    .where('file', '=', file).where('digest', '=', digest).execute()
}

/** Whether an artifact that was not taken back, or a document, has these bytes. */
async function isNamed(query: Kysely<Tables>, { digest }: Tombstone): Promise<boolean> {
  const found = await query.selectFrom('artifacts').select('digest').where('digest', '=', digest).where('purged', '=', 0)
    .unionAll(query.selectFrom('documents').select('raw as digest').where('raw', '=', digest)).limit(1).execute()
  return found.length > 0
}

async function step({ database }: StepContext, tombstone: Tombstone, to: Step): Promise<Tombstone> {
  // Somebody may have lifted it meanwhile: that comes next, then, and this is not undone.
  const moved = await database.query.updateTable('tombstones').set({ step: to, attempt: 0, problem: null })
    .where('seq', '=', tombstone.seq).where('step', '=', tombstone.step).executeTakeFirst()
  return Number(moved.numUpdatedRows) === 1 ? { ...tombstone, step: to } : { ...tombstone, step: 'lifted' }
}

/** One line in the ledger a tombstone and kind, also where it was written before a crash and not noted. */
async function once({ database, ledger }: StepContext, tombstone: Tombstone, entry: LedgerEntry): Promise<void> {
  const decision = idOf(tombstone)
  const { digest } = tombstone
  const before = await database.query.selectFrom('ledger').select('seq').where('digest', '=', digest).where('kind', '=', entry.kind)
    .where('entry', 'like', `%"decision":"${decision}"%`).executeTakeFirst()
  if (!before) await ledger.append({ ...entry, ...about(tombstone), digest, decision })
}

/** Unique for good: `seq` is never given twice, and the recall's id is random. */
const idOf = ({ recall, seq }: Tombstone): string => `${recall}.${seq}`

const about = ({ ecosystem, name, version, file }: Tombstone) => ({ ecosystem, name, version, file })
