import type { Context } from '../admission/context.ts'
import { covers } from '../core/policy.ts'
import { sentence } from '../core/errors.ts'
import type { Exposure, ExposureSubject } from '../core/exposure.ts'
import type { EcosystemId } from '../core/types.ts'
import { within } from '../admission/single-flight.ts'
import { Lease } from '../monitor/log-lease.ts'
import type { Database } from '../ports/database.ts'
import { filesOf } from './book.ts'
import { keepCursor, postponed, readCursor } from './cursor.ts'
import type { Cursor, Package } from './cursor.ts'
import { recalledNotice } from './notice.ts'
import { reconcile } from './reconcile.ts'
import { carryOut } from './steps.ts'
import { PENDING, recallOf, tombstoneOf } from './tombstones.ts'

export type ExposureOf = (database: Pick<Database, 'query'>, subjects: readonly ExposureSubject[], options?: { limit?: number }) => Promise<Exposure>

export interface RecallsParts {
  context: Context
  exposureOf: ExposureOf
  /** Milliseconds after which no gate delivers any more what was just denied: who met it is counted then. */
  settled?: number
}

/** When no gate on the data folder serves a thing any more: each reads changes four times a second. */
const SETTLED = 1_500
/** Somebody else goes on this long after the process that did was killed. */
const LEASE = 20_000
/** How often a process that does not do this looks whether it should. */
const ELSEWHERE = 2_000
/** What is due later than any step is put off was written by a clock that was wrong. */
const AHEAD = 900_000
const BATCH = 2_000
/** How long the end of a process waits for a step. */
const STEP = 5_000
const AT_ONCE = 50
/** How long a command waits for receivers of notices; what they do not take by then the gate sends later. */
const DELIVERY = 3_000
/** When a package that could not be compared is tried again. */
const AGAIN = 15_000

/**
 * Follows every change of what is decided, and makes recalls of it. Denying is not its work: each gate does that by itself
 * within a second. One process at a time does this; the cursor says how far, so that a crash loses nothing.
 */
export class Recalls {
  readonly #context: Context
  readonly #exposureOf: ExposureOf
  readonly #settled: number
  readonly #lease: Lease
  #retryAt = 0
  #againAt = 0
  #stopping = false
  #turn: Promise<void> = Promise.resolve()
  #delivery: Promise<void> = Promise.resolve()

  constructor({ context, exposureOf, settled = SETTLED }: RecallsParts) {
    this.#context = context
    this.#exposureOf = exposureOf
    this.#settled = settled
    this.#lease = new Lease(context.database, context.clock, LEASE, 'recall lease')
  }

  /** Whether this process did the work, all that is due now. To be called several times a second. */
  async tick(): Promise<boolean> {
    if (this.#stopping) return false
    const now = this.#context.clock.now().getTime()
    if (now < this.#retryAt && this.#retryAt - now <= ELSEWHERE) return false
    if (!(await this.#lease.hold())) {
      this.#retryAt = now + ELSEWHERE
      return false
    }
    await this.#alone(() => this.#all())
    return true
  }

  async #all(): Promise<void> {
    let cursor = await readCursor(this.#context.database.query)
    if (cursor.policy !== this.#context.policy().id) cursor = await this.#newPolicy(cursor)
    for (;;) {
      const next = await this.#changes(cursor)
      if (next === null) break
      cursor = next
      await this.#lease.hold()
    }
    cursor = await this.#again(cursor)
    for (const { ecosystem, name } of await this.#ending()) {
      if (!(await this.#compare({ ecosystem, name }))) continue
      await this.#context.database.query.updateTable('tombstones').set({ until_at: null }).where('ecosystem', '=', ecosystem).where('name', '=', name)
        .where('step', 'in', ['lifting', 'lifted']).where('until_at', '<=', this.#context.clock.now().getTime()).execute()
    }
    await this.#work()
    await this.#tell()
  }

  /** One at a time in this process; the lease keeps other processes out. */
  #alone(work: () => Promise<void>): Promise<void> {
    const mine = this.#turn.then(work)
    this.#turn = mine.catch(() => undefined)
    return mine
  }

  /**
   * For a command beside the gate: waits until a person's order on this package is carried out, by the gate where one runs, else
   * here. Other packages, and what this process's policy might say, are left to the gate. False: it takes longer than `patience`.
   */
  async settle(ecosystem: EcosystemId, name: string, patience = 15_000): Promise<boolean> {
    const began = performance.now()
    for (;;) {
      const ours = await this.#lease.hold()
      if (ours) {
        await this.#alone(async () => {
          await reconcile(this.#context, ecosystem, name, { ordersOnly: true })
          await this.#work({ ecosystem, name })
          await this.#tell({ ecosystem, name })
        })
      }
      if ((ours || !(await this.#behind(ecosystem, name))) && !(await this.#unfinished(ecosystem, name))) {
        await within(DELIVERY, this.#delivery)
        return true
      }
      if (performance.now() - began > patience) return false
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }

  /** Lets the next process begin at once, after the step that is under way: two that carry out the same would be in each other's way. */
  async stop(): Promise<void> {
    this.#stopping = true
    await within(STEP, this.#turn)
    try {
      if (this.#lease.term > 0) await this.#lease.release()
    } finally {
      this.#stopping = false
    }
  }

  /** Looks at the next changes; null: there are none. */
  async #changes(cursor: Cursor): Promise<Cursor | null> {
    const rows = await this.#context.database.query.selectFrom('changes').select(['seq', 'ecosystem', 'name', 'kind'])
      .where('seq', '>', cursor.seq).orderBy('seq').limit(BATCH).execute()
    const last = rows.at(-1)
    if (!last) return null
    const changed = new Map<string, { ecosystem: EcosystemId; name: string }>()
    const ordered = new Set<string>()
    for (const { ecosystem, name, kind } of rows) {
      if (ecosystem === null || name === null) continue
      changed.set(`${ecosystem}/${name}`, { ecosystem: ecosystem as EcosystemId, name })
      if (kind === 'recall') ordered.add(`${ecosystem}/${name}`)
    }
    const here = await this.#kept([...changed.values()])
    const failed: Package[] = []
    for (const [key, one] of changed) if ((here.has(key) || ordered.has(key)) && !(await this.#compare(one))) failed.push(one)
    return keepCursor(this.#context.database.query, { ...postponed(cursor, failed), seq: Number(last.seq) })
  }

  /** One package that cannot be compared must not keep what all others wait for. Whether it was. */
  async #compare({ ecosystem, name }: Package): Promise<boolean> {
    try {
      await reconcile(this.#context, ecosystem, name)
      return true
    } catch (thrown) {
      this.#context.log.error({ ecosystem, name, error: sentence(thrown) }, 'what is decided of a package cannot be compared with what was taken back; it is denied all the same, and tried again')
      return false
    }
  }

  async #again(cursor: Cursor): Promise<Cursor> {
    const now = this.#context.clock.now().getTime()
    if (!cursor.later?.length || (now < this.#againAt && this.#againAt - now <= AGAIN)) return cursor
    this.#againAt = now + AGAIN
    const later: Package[] = []
    for (const one of cursor.later) if (!(await this.#compare(one))) later.push(one)
    return later.length === cursor.later.length ? cursor : keepCursor(this.#context.database.query, { ...cursor, later })
  }

  /** Of many packages, as an import of advisories names them, those that the gate has, or once took back, something of. */
  async #kept(packages: readonly { ecosystem: EcosystemId; name: string }[]): Promise<Set<string>> {
    const found = new Set<string>()
    for (const [ecosystem, ours] of Map.groupBy(packages, (one) => one.ecosystem)) {
      for (let at = 0; at < ours.length; at += 500) {
        const names = ours.slice(at, at + 500).map(({ name }) => name)
        const { query } = this.#context.database
        const rows = await query.selectFrom('artifacts').select('name').where('ecosystem', '=', ecosystem).where('name', 'in', names)
          // What was taken back may have been forgotten since.
          .union(query.selectFrom('recalls').select('name').where('ecosystem', '=', ecosystem).where('name', 'in', names)).execute()
        for (const { name } of rows) found.add(`${ecosystem}/${name}`)
      }
    }
    return found
  }

  /** What a deny rule now names, and what no rule denies any more. */
  async #newPolicy(cursor: Cursor): Promise<Cursor> {
    const policy = this.#context.policy()
    const { query } = this.#context.database
    const open = await query.selectFrom('tombstones').select(['ecosystem', 'name']).distinct().where('step', 'in', ['decided', 'recorded', 'withdrawn']).execute()
    const denied = policy.deny.length === 0 ? [] : (await query.selectFrom('artifacts').select(['ecosystem', 'name']).distinct().execute())
      .filter(({ ecosystem, name }) => policy.deny.some((rule) => rule.ecosystem === ecosystem && covers(rule.name, name)))
    const packages = new Map([...open, ...denied].map((one) => [`${one.ecosystem}/${one.name}`, one]))
    const failed: Package[] = []
    for (const { ecosystem, name } of packages.values()) {
      const one = { ecosystem: ecosystem as EcosystemId, name }
      if (!(await this.#compare(one))) failed.push(one)
      await this.#lease.hold()
    }
    return keepCursor(this.#context.database.query, { ...postponed(cursor, failed), policy: policy.id })
  }

  /** Packages of which an order or a rule has ended by itself. */
  async #ending(): Promise<{ ecosystem: EcosystemId; name: string }[]> {
    const rows = await this.#context.database.query.selectFrom('tombstones').select(['ecosystem', 'name']).distinct()
      .where('until_at', 'is not', null).where('until_at', '<=', this.#context.clock.now().getTime()).limit(500).execute()
    return rows as { ecosystem: EcosystemId; name: string }[]
  }

  async #work(only?: { ecosystem: EcosystemId; name: string }): Promise<void> {
    for (;;) {
      const now = this.#context.clock.now().getTime()
      let query = this.#context.database.query.selectFrom('tombstones').innerJoin('recalls', 'recalls.id', 'tombstones.recall').selectAll('tombstones')
        .where('step', 'in', PENDING).where((is) => is.or([is('due_at', '<=', now), is('due_at', '>', now + AHEAD)]))
      if (only) query = query.where('tombstones.ecosystem', '=', only.ecosystem).where('tombstones.name', '=', only.name)
      const due = (await query.orderBy('seq').limit(AT_ONCE).execute()).map(tombstoneOf)
      if (due.length === 0) return
      for (const tombstone of due) {
        const recall = await this.#context.database.query.selectFrom('recalls').selectAll().where('id', '=', tombstone.recall).executeTakeFirstOrThrow()
        await carryOut(this.#context, recallOf(recall), tombstone)
        if (this.#stopping || !(await this.#lease.hold())) return
      }
    }
  }

  /** Counts who met what was recalled, once nobody receives it any more, and tells people in the transaction that says so. */
  async #tell(only?: { ecosystem: EcosystemId; name: string }): Promise<void> {
    const { database, clock, notifier, log } = this.#context
    let query = database.query.selectFrom('recalls').selectAll().where('told_at', 'is', null)
      .where((is) => is.or([is('at', '<=', clock.now().getTime() - this.#settled), is('at', '>', clock.now().getTime() + AHEAD)]))
    if (only) query = query.where('ecosystem', '=', only.ecosystem).where('name', '=', only.name)
    let told = false
    for (const row of await query.orderBy('at').limit(AT_ONCE).execute()) {
      const recall = recallOf(row)
      const exposure = await this.#exposureOf(database, recall.subjects).catch((thrown: unknown) => {
        log.error({ recall: recall.id, error: sentence(thrown) }, 'who met what was recalled cannot be counted')
        return null
      })
      const quiet = exposure !== null && recall.cause !== 'order' && exposure.totals.served + exposure.totals.locked + exposure.totals.installed + exposure.totals.ran === 0
      const at = clock.now()
      const notice = recalledNotice(recall, { tombstones: await filesOf(database, recall.id), exposure, at })
      await database.transaction(async (tx) => {
        const noted = await tx.updateTable('recalls').set({ told_at: at.getTime(), quiet: quiet ? 1 : 0, totals: exposure && JSON.stringify(exposure.totals) })
          .where('id', '=', recall.id).where('told_at', 'is', null).executeTakeFirst()
        if (Number(noted.numUpdatedRows) === 1 && !quiet) await notifier.notify(notice, tx)
      })
      told = true
    }
    if (told) this.#delivery = notifier.deliverDue().catch((thrown: unknown) => log.error({ error: sentence(thrown) }, 'notices could not be sent'))
  }

  /** Whether the process that does the work has not seen the latest change of a package yet. */
  async #behind(ecosystem: EcosystemId, name: string): Promise<boolean> {
    const row = await this.#context.database.query.selectFrom('changes').select(({ fn }) => fn.max('seq').as('seq'))
      .where('ecosystem', '=', ecosystem).where('name', '=', name).executeTakeFirst()
    return Number(row?.seq ?? 0) > (await readCursor(this.#context.database.query)).seq
  }

  async #unfinished(ecosystem: EcosystemId, name: string): Promise<boolean> {
    const { query } = this.#context.database
    const step = await query.selectFrom('tombstones').select('seq').where('ecosystem', '=', ecosystem).where('name', '=', name).where('step', 'in', PENDING).executeTakeFirst()
    const untold = await query.selectFrom('recalls').select('id').where('ecosystem', '=', ecosystem).where('name', '=', name).where('told_at', 'is', null).executeTakeFirst()
    const waiting = await query.selectFrom('tombstones').select('seq').where('ecosystem', '=', ecosystem).where('name', '=', name)
      .where('until_at', 'is not', null).where('until_at', '<=', this.#context.clock.now().getTime() + 2_000).executeTakeFirst()
    return (step ?? untold ?? waiting) !== undefined
  }
}
