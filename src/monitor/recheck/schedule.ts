import type { Selectable } from 'kysely'
import type { Once } from '../../core/presence.ts'
import type { EcosystemId } from '../../core/types.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Database, Tables } from '../../ports/database.ts'
import { NOTHING_KNOWN } from './losses.ts'
import type { State } from './losses.ts'

/** How often upstream is asked; milliseconds. */
export interface RecheckSettings {
  /** Packages a minute, all registries together. */
  budget: number
  recent: number
  rest: number
  /** What counts as recent: in use, or first seen, within so long. */
  window: number
  /** How long something must be gone before that is believed. */
  confirm: number
}

/** As `sluice.yaml` has them where it says nothing. */
export const RECHECK_DEFAULTS: RecheckSettings = { budget: 60, recent: 3_600_000, rest: 86_400_000, window: 30 * 86_400_000, confirm: 600_000 }

/** Something was gone at the first look, and a later one is to confirm it. */
export interface Doubt {
  since: number
  looks: { url: string; status: number; digest: string; at: string }[]
}

/** One package whose turn it is. */
export interface Turn {
  ecosystem: EcosystemId
  name: string
  lookedAt: number | null
  fingerprint: string | null
  failures: number
  doubt: Doubt | null
  state: State
  /** Files whose bytes broke a promise when somebody asked for them. */
  suspect: readonly (Once & { file: string })[]
}

export type Progress = Partial<Pick<Turn, 'fingerprint' | 'failures' | 'doubt' | 'state'>> & { class?: 0 | 1; dueAt: number; lookedAt?: number; checked?: readonly string[] }

const ECOSYSTEMS: readonly EcosystemId[] = ['npm', 'pypi', 'go']
/** Of five turns one is for what is not recent, so that a surplus of recent packages does not make it wait for ever. */
const CLASSES: readonly (0 | 1)[] = [0, 0, 1, 0, 0]
const AHEAD = 20

/** Whose turn it is, durable: a restart goes on where it was, and repeats at most what was under way. */
export class Schedule {
  readonly #database: Database
  readonly #clock: Clock
  readonly #taken = new Set<string>()
  #turn = 0

  constructor(database: Database, clock: Clock) {
    this.#database = database
    this.#clock = clock
  }

  /** The next one, the registries in turn, the recent ones before the rest. `skip`: registries that are left alone for now. */
  async next(skip: (ecosystem: EcosystemId) => boolean): Promise<Turn | null> {
    for (let tried = 0; tried < ECOSYSTEMS.length; tried++) {
      const at = this.#turn++
      const ecosystem = ECOSYSTEMS[at % ECOSYSTEMS.length] as EcosystemId
      if (skip(ecosystem)) continue
      const first = CLASSES[Math.floor(at / ECOSYSTEMS.length) % CLASSES.length] as 0 | 1
      const found = await this.#due(ecosystem, first) ?? await this.#due(ecosystem, first === 0 ? 1 : 0)
      if (found) return found
    }
    return null
  }

  async #due(ecosystem: EcosystemId, which: 0 | 1): Promise<Turn | null> {
    const due = this.#database.query.selectFrom('rechecks').where('ecosystem', '=', ecosystem).where('due_at', '<=', this.#clock.now().getTime())
    const rows = await due.select('name').where('class', '=', which).orderBy('due_at').limit(AHEAD).execute()
    for (const { name } of rows) {
      if (this.#taken.has(`${ecosystem}/${name}`)) continue
      this.#taken.add(`${ecosystem}/${name}`)
      // Between the list and now somebody may have been done with it.
      const row = await due.selectAll().where('name', '=', name).executeTakeFirst()
      if (row) return turnOf(row)
      this.release({ ecosystem, name })
    }
    return null
  }

  /** One package, whether it is due or not; it need not be enrolled. null: somebody has it at this moment. */
  async take(ecosystem: EcosystemId, name: string): Promise<Turn | null> {
    if (this.#taken.has(`${ecosystem}/${name}`)) return null
    this.#taken.add(`${ecosystem}/${name}`)
    const { query } = this.#database
    await query.insertInto('rechecks').values({ ecosystem, name, class: 0, due_at: this.#clock.now().getTime(), failures: 0, state: '{}', suspect: '[]' })
      .onConflict((conflict) => conflict.doNothing()).execute()
    return turnOf(await query.selectFrom('rechecks').selectAll().where('ecosystem', '=', ecosystem).where('name', '=', name).executeTakeFirstOrThrow())
  }

  async done({ ecosystem, name, suspect }: Turn, { dueAt, lookedAt, doubt, state, checked = [], ...rest }: Progress): Promise<void> {
    await this.#database.transaction(async (tx) => {
      const row = await tx.selectFrom('rechecks').select('suspect').where('ecosystem', '=', ecosystem).where('name', '=', name).executeTakeFirst()
      // What came to be suspected while this look was under way is not lost.
      const left = (JSON.parse(row?.suspect ?? '[]') as Turn['suspect']).filter(({ file }) => !checked.includes(file))
      // What could not be fetched waits as long as a package that could not be looked at.
      const fresh = left.some(({ file }) => !suspect.some((one) => one.file === file))
      await tx.updateTable('rechecks').set({
        ...rest, due_at: fresh ? this.#clock.now().getTime() : dueAt, suspect: JSON.stringify(left),
        ...(lookedAt === undefined ? {} : { looked_at: lookedAt }), ...(doubt === undefined ? {} : { doubt: doubt && JSON.stringify(doubt) }), ...(state === undefined ? {} : { state: JSON.stringify(state) }),
      }).where('ecosystem', '=', ecosystem).where('name', '=', name).execute()
    })
    this.release({ ecosystem, name })
  }

  /** Nothing of it is had any more. */
  async drop({ ecosystem, name }: Turn): Promise<void> {
    await this.#database.query.deleteFrom('rechecks').where('ecosystem', '=', ecosystem).where('name', '=', name).execute()
    this.release({ ecosystem, name })
  }

  /** Another may take it; what was not saved is as before. */
  release({ ecosystem, name }: Pick<Turn, 'ecosystem' | 'name'>): void {
    this.#taken.delete(`${ecosystem}/${name}`)
  }

  async status(): Promise<{ packages: number; recent: number; due: number; unseen: number; doubted: number; oldest: number | null }> {
    const now = this.#clock.now().getTime()
    const row = await this.#database.query.selectFrom('rechecks').select(({ fn, eb }) => [
      fn.countAll<number>().as('packages'), fn.sum<number>(eb.case().when('class', '=', 0).then(eb.lit(1)).else(eb.lit(0)).end()).as('recent'),
      fn.sum<number>(eb.case().when('due_at', '<=', now).then(eb.lit(1)).else(eb.lit(0)).end()).as('due'), fn.sum<number>(eb.case().when('looked_at', 'is', null).then(eb.lit(1)).else(eb.lit(0)).end()).as('unseen'),
      fn.count<number>('doubt').as('doubted'), fn.min('looked_at').as('oldest'),
    ]).executeTakeFirst()
    const number = (value: unknown): number => Number(value ?? 0)
    return { packages: number(row?.packages), recent: number(row?.recent), due: number(row?.due), unseen: number(row?.unseen), doubted: number(row?.doubted), oldest: row?.oldest === null || row === undefined ? null : Number(row.oldest) }
  }

  /** How many of a registry's packages were looked at since, and how many of those are gone, or were found gone meanwhile. */
  async vanished(ecosystem: EcosystemId, since: number): Promise<{ looked: number; gone: number; names: string[] }> {
    const { query } = this.#database
    const [row, doubted, opened] = await Promise.all([
      query.selectFrom('rechecks').select(({ fn }) => fn.countAll<number>().as('looked')).where('ecosystem', '=', ecosystem).where('looked_at', '>=', since).executeTakeFirst(),
      query.selectFrom('rechecks').select('name').where('ecosystem', '=', ecosystem).where('looked_at', '>=', since).where('doubt', 'is not', null).limit(NAMES).execute(),
      query.selectFrom('reviews').select('name').where('ecosystem', '=', ecosystem).where('matter', '=', 'removed').where('kind', '=', 'removed').where('state', '=', 'open').where('opened_at', '>=', since).limit(NAMES).execute(),
    ])
    const names = new Set([...doubted, ...opened].map(({ name }) => name))
    return { looked: Number(row?.looked ?? 0), gone: names.size, names: [...names] }
  }
}

const NAMES = 10_000

function turnOf(row: Selectable<Tables['rechecks']>): Turn {
  return {
    ecosystem: row.ecosystem as EcosystemId, name: row.name, lookedAt: row.looked_at === null ? null : Number(row.looked_at), fingerprint: row.fingerprint,
    failures: Number(row.failures), doubt: row.doubt === null ? null : JSON.parse(row.doubt) as Doubt,
    state: { ...NOTHING_KNOWN, ...JSON.parse(row.state) as Partial<State> }, suspect: JSON.parse(row.suspect) as Turn['suspect'],
  }
}

/** Gone for too many at once to be believed: a registry in trouble, a mirror that has not everything, a proxy in its place. */
export function isTooMany({ looked, gone }: { looked: number; gone: number }): boolean {
  return (gone > 5 && gone > looked * 0.2) || (gone > 1 && gone > looked * 0.5)
}
