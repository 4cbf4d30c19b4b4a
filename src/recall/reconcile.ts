import { randomUUID } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { Context } from '../admission/context.ts'
import { standingOf } from '../admission/standing.ts'
import type { Standing } from '../core/decide.ts'
import type { ExposureSubject } from '../core/exposure.ts'
import type { Digest, EcosystemId, Order } from '../core/types.ts'
import { ecosystems } from '../ecosystems/index.ts'
import type { Database, Tables } from '../ports/database.ts'
import { causeOf, isInForce, orderFor } from './causes.ts'
import type { Cause, StoredFile } from './causes.ts'
import { liftedNotice } from './notice.ts'
import { OPEN, recallOf, tombstoneOf } from './tombstones.ts'
import type { RecallView, Tombstone } from './tombstones.ts'

export type ReconcileContext = Pick<Context, 'database' | 'clock' | 'notifier' | 'policy' | 'near'>

export interface Reconciled {
  recalled: number
  lifted: number
}

interface Lift {
  tombstone: Tombstone
  because: string
  by: string
  /** When it is taken back again by itself: a release that expires. */
  until: Date | null
}

/**
 * Compares what is decided of a package's files with what was taken back, and records the difference: new recalls with their
 * tombstones, and the end of those whose reason is gone, with its notice, in one transaction. What they ask for is done by
 * `steps.ts`. Doing it again changes nothing.
 * `ordersOnly`: only by people's and programs' orders, whatever policy this process happens to have.
 */
export async function reconcile(context: ReconcileContext, ecosystem: EcosystemId, name: string, { ordersOnly = false } = {}): Promise<Reconciled> {
  const { database, clock, policy } = context
  const now = clock.now()
  const standing = await standingOf(context, ecosystem, name)
  const open = await openTombstones(database, ecosystem, name)
  const told = await recallsOf(database, ecosystem, name)
  const files = await filesOf(database, { ecosystem, name, standing, open })

  const taken: { file: StoredFile; cause: Cause; until: Date | null }[] = []
  const lifts: Lift[] = []
  const looks: { seq: number; until: Date | null }[] = []
  for (const file of files) {
    const tombstone = open.find((one) => one.file === file.file && one.digest === file.digest)
    const byOrder = orderFor(file, standing, now)
    if (ordersOnly && byOrder?.action !== 'recall' && byOrder?.action !== 'release') continue
    const { ruling, cause } = causeOf(file, { standing, policy: policy(), now })
    if (cause && tombstone) {
      if (ruling.until?.getTime() !== tombstone.until?.getTime()) looks.push({ seq: tombstone.seq, until: ruling.until })
    } else if (cause && (cause.kind === 'order' || await wasServed(database, file))) taken.push({ file, cause, until: ruling.until })
    else if (!cause && tombstone) {
      const recall = told.find(({ id }) => id === tombstone.recall)
      // Who was told of a recall is told of its end, in this order.
      if (recall && recall.toldAt === null) looks.push({ seq: tombstone.seq, until: new Date(now.getTime() + 1_000) })
      else lifts.push({ tombstone, until: ruling.until, ...endOf(byOrder, { told: recall, ruling: ruling.because }) })
    }
  }
  const orders = standing.orders.filter((order) => isInForce(order, standing.orders, now) && !told.some(({ reference }) => reference === order.id))
  if (taken.length + lifts.length + looks.length + orders.length === 0) return { recalled: 0, lifted: 0 }
  await database.transaction(async (tx) => {
    await record(tx, { ecosystem, name, now, taken, orders })
    await lift(tx, context, { lifts, told, now })
    for (const { seq, until } of looks) await tx.updateTable('tombstones').set({ until_at: until?.getTime() ?? null }).where('seq', '=', seq).execute()
  })
  return { recalled: taken.length, lifted: lifts.length }
}

function endOf(order: Order | null, { told, ruling }: { told: RecallView | undefined; ruling: string }): { because: string; by: string } {
  if (order?.action === 'release') return { because: order.because, by: order.by }
  const was = told ? `what it rested on (${told.cause} ${told.reference}) holds no longer` : 'what it rested on holds no longer'
  return { because: `${was}; now: ${ruling}`, by: 'sluice' }
}

/** One recall a cause, with a tombstone for each file; an order without files is one, too, so that it is traced and told. */
async function record(
  tx: Kysely<Tables>,
  { ecosystem, name, now, taken, orders }: { ecosystem: EcosystemId; name: string; now: Date; taken: readonly { file: StoredFile; cause: Cause; until: Date | null }[]; orders: readonly Order[] },
): Promise<void> {
  const byCause = new Map<string, { cause: Cause; files: { file: StoredFile; until: Date | null }[]; order: Order | null }>()
  for (const order of orders) byCause.set(order.id, { cause: { kind: 'order', reference: order.id, because: order.because, by: order.by }, files: [], order })
  for (const { file, cause, until } of taken) {
    const group = byCause.get(cause.reference) ?? { cause, files: [], order: null }
    group.files.push({ file, until })
    byCause.set(cause.reference, group)
  }
  for (const group of byCause.values()) {
    const { cause, order } = group
    // Somebody else may have recorded it since this was read.
    if (order && await tx.selectFrom('recalls').select('id').where('reference', '=', cause.reference).where('ecosystem', '=', ecosystem).where('name', '=', name).executeTakeFirst()) continue
    const files = []
    for (const one of group.files) if (!(await isOpen(tx, one.file))) files.push(one)
    if (files.length === 0 && !order) continue
    const program = cause.kind === 'order' ? await tx.selectFrom('recall_causes').select('kind').where('order_id', '=', cause.reference).executeTakeFirst() : null
    const id = randomUUID()
    const subjects: ExposureSubject[] = order ? [{ ecosystem, name, version: order.version, digest: order.digest }]
      : files.map(({ file }) => ({ ecosystem, name, version: file.version, digest: file.digest }))
    await tx.insertInto('recalls').values({
      id, ecosystem, name, cause: program?.kind ?? cause.kind, reference: cause.reference, because: cause.because, by: cause.by, at: now.getTime(),
      subjects: JSON.stringify(subjects), totals: null, quiet: 0, told_at: null,
    }).execute()
    for (const { file, until } of files) {
      await tx.insertInto('tombstones').values({
        recall: id, ecosystem, name, version: file.version, file: file.file, digest: file.digest, size: file.size, step: 'decided', kept: null,
        at: now.getTime(), until_at: until?.getTime() ?? null, due_at: now.getTime(), attempt: 0, problem: null, lifted_at: null, lifted_because: null, lifted_by: null,
      }).execute()
    }
  }
}

async function isOpen(tx: Kysely<Tables>, { ecosystem, name, file, digest }: StoredFile): Promise<boolean> {
  return (await tx.selectFrom('tombstones').select('seq').where('ecosystem', '=', ecosystem).where('name', '=', name).where('file', '=', file)
    .where('digest', '=', digest).where('step', 'in', OPEN).executeTakeFirst()) !== undefined
}

async function lift(tx: Kysely<Tables>, { notifier }: ReconcileContext, { lifts, told, now }: { lifts: readonly Lift[]; told: readonly RecallView[]; now: Date }): Promise<void> {
  for (const { tombstone, because, by, until } of lifts) {
    await tx.updateTable('tombstones').set({
      step: 'lifting', until_at: until?.getTime() ?? null, due_at: now.getTime(), attempt: 0, problem: null, lifted_at: now.getTime(), lifted_because: because, lifted_by: by,
    }).where('seq', '=', tombstone.seq).where('step', 'in', OPEN).execute()
  }
  for (const [id, ended] of Map.groupBy(lifts, ({ tombstone }) => tombstone.recall)) {
    const recall = told.find((one) => one.id === id)
    const [first] = ended
    if (recall && !recall.quiet && first) await notifier.notify(liftedNotice(recall, { ...first, tombstones: ended.map(({ tombstone }) => tombstone), at: now }), tx)
  }
}

async function openTombstones({ query }: Pick<Database, 'query'>, ecosystem: EcosystemId, name: string): Promise<Tombstone[]> {
  const rows = await query.selectFrom('tombstones').innerJoin('recalls', 'recalls.id', 'tombstones.recall').selectAll('tombstones')
    .where('recalls.ecosystem', '=', ecosystem).where('recalls.name', '=', name).where('step', 'in', OPEN).orderBy('seq').execute()
  return rows.map(tombstoneOf)
}

async function recallsOf({ query }: Pick<Database, 'query'>, ecosystem: EcosystemId, name: string): Promise<RecallView[]> {
  return (await query.selectFrom('recalls').selectAll().where('ecosystem', '=', ecosystem).where('name', '=', name).execute()).map(recallOf)
}

/**
 * What the gate has, what it once took back, and bytes that an order names which were served before the name got other ones
 * (a name that became private). Companions run nothing and go by their file's own decision.
 */
async function filesOf(
  { query }: Pick<Database, 'query'>, { ecosystem, name, standing, open }: { ecosystem: EcosystemId; name: string; standing: Standing; open: readonly Tombstone[] },
): Promise<StoredFile[]> {
  const rows = await query.selectFrom('artifacts').select(['version', 'file', 'digest', 'size', 'published_at'])
    .where('ecosystem', '=', ecosystem).where('name', '=', name).execute()
  const stored = rows.filter(({ file }) => ecosystems[ecosystem].archiveFormat(file) !== 'none' || standing.judged.has(file))
    .map((row) => ({ ...row, size: Number(row.size), published_at: row.published_at === null ? null : Number(row.published_at) }))
  const named = standing.orders.flatMap(({ action, digest }) => (action === 'recall' && digest !== null ? [digest] : []))
  const served = named.length === 0 ? [] : await query.selectFrom('ledger').select(['version', 'file', 'digest', ({ fn }) => fn.max('seq').as('seq')])
    .where('digest', 'in', named).where('kind', '=', 'served').where('ecosystem', '=', ecosystem).where('name', '=', name).groupBy(['version', 'file', 'digest']).execute()
  const known = new Map<string, StoredFile>()
  const add = (one: { version: string | null; file: string | null; digest: string | null; size?: number; published_at?: number | null }): void => {
    const key = `${one.digest} ${one.file}`
    if (one.version === null || one.file === null || one.digest === null || known.has(key)) return
    known.set(key, {
      ecosystem, name, version: one.version, file: one.file, digest: one.digest as Digest, size: one.size ?? 0, pledged: one.digest as Digest,
      publishedAt: one.published_at ? new Date(one.published_at) : null, publishedBefore: null,
    })
  }
  for (const one of [...stored, ...open, ...served]) add(one)
  return [...known.values()]
}

/** Whether anybody may have got it: what was denied from the beginning needs no recall. */
async function wasServed({ query }: Pick<Database, 'query'>, { ecosystem, name, digest }: StoredFile): Promise<boolean> {
  const line = await query.selectFrom('ledger').select('seq').where('digest', '=', digest).where('ecosystem', '=', ecosystem).where('name', '=', name)
    // A decision is canonical JSON: `action` comes first.
    .where((is) => is.or([is('kind', '=', 'served'), is.and([is('kind', '=', 'decided'), is('entry', 'like', '{"action":"serve"%')])])).limit(1).executeTakeFirst()
  return line !== undefined
}
