import { createHash } from 'node:crypto'
import type { Clock } from '../../ports/clock.ts'
import type { Database } from '../../ports/database.ts'
import type { Facts, Observation, Source } from './facts.ts'
import { SOURCES } from './facts.ts'
import type { State, StateOf } from './verdict.ts'

/** A name or address that is looked after, and where it stands. */
export interface Kept {
  target: string
  because: string
  by: string
  firstAt: Date
  dueAt: Date | null
  checkedAt: Date | null
  state: State
  reasons: readonly string[]
  stateSince: Date
  /** When it was first seen to be down; null: not yet. */
  downAt: Date | null
  failures: number
}

/** What is written of one look or told by one person. */
export interface Seen<S extends Source = Source> {
  target: string
  source: S
  at: Date
  facts: Facts[S]
  by: string | null
}

const MOST = 5_000

/** Targets, and the observations of them, which are only ever added. */
export class DomainStore {
  readonly #database: Database
  readonly #clock: Clock

  constructor(database: Database, clock: Clock) {
    this.#database = database
    this.#clock = clock
  }

  /** What is the same as the last of its source is one more row without a content: that it was so then, too. */
  async add(seen: Seen): Promise<void> {
    const content = JSON.stringify(seen.facts)
    const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`
    await this.#database.transaction(async (tx) => {
      const last = await tx.selectFrom('domain_observations').select('digest')
        .where('target', '=', seen.target).where('source', '=', seen.source).orderBy('seq', 'desc').limit(1).executeTakeFirst()
      await tx.insertInto('domain_observations').values({
        target: seen.target, at: seen.at.getTime(), told_at: this.#clock.now().getTime(), source: seen.source, digest, content: last?.digest === digest ? null : content, by: seen.by,
      }).execute()
    })
  }

  /** In the order of time, whatever the order in which it was told. */
  async observations(target: string): Promise<Observation[]> {
    const rows = await this.#database.query.selectFrom('domain_observations').selectAll().where('target', '=', target).orderBy('seq').limit(MOST).execute()
    const last = new Map<string, Observation['facts']>()
    return rows.flatMap((row): Observation[] => {
      const facts = row.content === null ? last.get(row.source) : JSON.parse(row.content) as Observation['facts']
      if (facts === undefined) return []
      last.set(row.source, facts)
      return [{ seq: Number(row.seq), target, source: row.source as Source, at: new Date(Number(row.at)), toldAt: new Date(Number(row.told_at)), digest: row.digest, facts, by: row.by }]
    }).toSorted((a, b) => a.at.getTime() - b.at.getTime() || a.seq - b.seq)
  }

  /** The last of each source. */
  async latest(target: string): Promise<Partial<Facts>> {
    const found = await Promise.all(SOURCES.map(async (source) => {
      const row = await this.#database.query.selectFrom('domain_observations').select('content')
        .where('target', '=', target).where('source', '=', source).where('content', 'is not', null).orderBy('seq', 'desc').limit(1).executeTakeFirst()
      return row?.content ? [[source, JSON.parse(row.content)] as const] : []
    }))
    return Object.fromEntries(found.flat()) as Partial<Facts>
  }

  async find(target: string): Promise<Kept | null> {
    const row = await this.#database.query.selectFrom('domain_targets').selectAll().where('target', '=', target).executeTakeFirst()
    return row ? kept(row) : null
  }

  async list(): Promise<Kept[]> {
    return (await this.#database.query.selectFrom('domain_targets').selectAll().orderBy('first_at').limit(MOST).execute()).map(kept)
  }

  /** Domains of which anything was seen. */
  async domains(): Promise<string[]> {
    const rows = await this.#database.query.selectFrom('domain_observations').select('target').distinct().where('target', 'like', 'domain:%').limit(MOST).execute()
    return rows.map(({ target }) => target)
  }

  /** From now on it is looked after. Of one that is, only the clock changes. */
  async keep({ target, because, by, due }: { target: string; because: string; by: string; due: Date | null }): Promise<void> {
    const now = this.#clock.now().getTime()
    await this.#database.query.insertInto('domain_targets').values({
      target, because, by, first_at: now, due_at: due?.getTime() ?? null, checked_at: null, state: 'unknown', reasons: '["it was not looked at yet"]', state_since: now, down_at: null, failures: 0,
    }).onConflict((conflict) => conflict.column('target').doUpdateSet({ due_at: due?.getTime() ?? null })).execute()
  }

  /** By the clock no more; what was seen stays. False: it was not. */
  async release(target: string): Promise<boolean> {
    const done = await this.#database.query.updateTable('domain_targets').set({ due_at: null }).where('target', '=', target).where('due_at', 'is not', null).executeTakeFirst()
    return Number(done.numUpdatedRows) > 0
  }

  /** Takes what is due, so that no other process does, until `until`. */
  async take(now: Date, until: Date, limit: number): Promise<Kept[]> {
    return this.#database.transaction(async (tx) => {
      const rows = await tx.selectFrom('domain_targets').selectAll().where('due_at', '<=', now.getTime()).orderBy('due_at').limit(limit).execute()
      for (const { target } of rows) await tx.updateTable('domain_targets').set({ due_at: until.getTime() }).where('target', '=', target).execute()
      return rows.map(kept)
    })
  }

  /** What a look came to. `due` undefined: the clock stays as it is. */
  async settle(target: string, { state, reasons }: StateOf, { due, failures, at }: { due: Date | null | undefined; failures: number; at: Date }): Promise<{ before: Kept | null }> {
    return this.#database.transaction(async (tx) => {
      const row = await tx.selectFrom('domain_targets').selectAll().where('target', '=', target).executeTakeFirst()
      const before = row ? kept(row) : null
      if (!before) return { before }
      await tx.updateTable('domain_targets').set({
        state, reasons: JSON.stringify(reasons), checked_at: at.getTime(), failures, ...(due === undefined ? {} : { due_at: due?.getTime() ?? null }),
        ...(before.state === state && before.checkedAt !== null ? {} : { state_since: at.getTime() }), ...(state === 'down' && before.downAt === null ? { down_at: at.getTime() } : {}),
      }).where('target', '=', target).execute()
      return { before }
    })
  }
}

interface Row {
  target: string; because: string; by: string; first_at: number; due_at: number | null; checked_at: number | null; state: string; reasons: string; state_since: number; down_at: number | null; failures: number
}

const dateOf = (value: number | null): Date | null => (value === null ? null : new Date(Number(value)))

function kept(row: Row): Kept {
  return {
    target: row.target, because: row.because, by: row.by, firstAt: new Date(Number(row.first_at)), dueAt: dateOf(row.due_at), checkedAt: dateOf(row.checked_at), state: row.state as State,
    reasons: JSON.parse(row.reasons) as string[], stateSince: new Date(Number(row.state_since)), downAt: dateOf(row.down_at), failures: Number(row.failures),
  }
}
