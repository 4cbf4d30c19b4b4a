import { SluiceError } from '../../core/errors.ts'
import { oneLine } from '../../core/text.ts'
import type { Digest, EcosystemId } from '../../core/types.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Database } from '../../ports/database.ts'
import type { HostEvent } from '../events/event.ts'
import { hostName } from '../events/name.ts'
import { deliveredOf } from '../../ledger/delivered.ts'
import type { Delivered } from '../../core/exposure.ts'
import { dropHost, pruneHosts } from './forget.ts'
import type { HostRetention } from './forget.ts'
import { ANY_HOST } from './speaks.ts'

export interface HostSummary {
  name: string
  firstAt: Date
  lastAt: Date
  /** When it told all it has for the last time. */
  completeAt: Date | null
  packages: number
  events: number
  refused: number
  unkept: number
}

/** What a machine says it has in one place. */
interface HostItem {
  ecosystem: EcosystemId
  name: string
  version: string | null
  place: string
  digest: Digest | null
  source: string
  firstAt: Date
  lastAt: Date
  goneAt: Date | null
  /** What the ledger says of it: delivered to this machine, to somebody, to nobody. Not what the machine says. */
  delivered: Delivered
}

interface HostRun {
  ecosystem: EcosystemId
  name: string
  version: string | null
  source: string
  place: string | null
  firstAt: Date
  lastAt: Date
  count: number
}

export interface HostView extends HostSummary {
  /** Names of the tokens that speak for it. */
  tokens: string[]
  problems: { at: Date; says: string }[]
  items: HostItem[]
  /** False: it has more. */
  complete: boolean
  runs: HostRun[]
}

export interface HostEventView {
  seq: number
  host: string
  at: Date
  receivedAt: Date
  clock: string | null
  event: HostEvent
}

export interface HostEventQuery {
  host?: string | undefined
  kind?: HostEvent['kind'] | undefined
  /** Before this one; absent: the latest. */
  before?: number | undefined
  limit?: number | undefined
}

const MOST_ITEMS = 20_000
const MOST_RUNS = 2_000
const MOST_EVENTS = 1_000

/** What is known of machines, by what they say themselves. */
export class Hosts {
  readonly #database: Database
  readonly #clock: Clock
  readonly #retention: HostRetention

  constructor({ database, clock, retention }: { database: Database; clock: Clock; retention: HostRetention }) {
    this.#database = database
    this.#clock = clock
    this.#retention = retention
  }

  /** By name. */
  async list(): Promise<HostSummary[]> {
    const { query } = this.#database
    const counted = await query.selectFrom('host_packages').select(({ fn }) => ['host', fn.countAll<number>().as('count')]).where('gone_at', 'is', null).groupBy('host').execute()
    const packages = new Map(counted.map(({ host, count }) => [host, Number(count)]))
    return (await query.selectFrom('hosts').selectAll().orderBy('name').limit(10_000).execute()).map((row) => summaryOf(row, packages.get(row.id) ?? 0))
  }

  /** Throws `not-found`. */
  async show(name: string, { gone = false }: { gone?: boolean } = {}): Promise<HostView> {
    const { query } = this.#database
    const row = await this.#find(name)
    const [items, counted, runs, tokens] = await Promise.all([
      query.selectFrom('host_packages').selectAll().where('host', '=', row.id).$if(!gone, (some) => some.where('gone_at', 'is', null)).orderBy('ecosystem').orderBy('name').orderBy('version').limit(MOST_ITEMS + 1).execute(),
      query.selectFrom('host_packages').select(({ fn }) => fn.countAll<number>().as('count')).where('host', '=', row.id).where('gone_at', 'is', null).executeTakeFirstOrThrow(),
      query.selectFrom('host_runs').selectAll().where('host', '=', row.id).orderBy('last_at', 'desc').limit(MOST_RUNS).execute(),
      query.selectFrom('host_tokens').innerJoin('tokens', 'tokens.id', 'host_tokens.token').select('tokens.name').where('host', '=', row.name).execute(),
    ])
    const shown = items.slice(0, MOST_ITEMS)
    const delivered = await deliveredOf(this.#database, shown.map((one) => ({ ...one, host: row.name })))
    return {
      ...summaryOf(row, Number(counted.count)), tokens: tokens.map((one) => one.name), complete: items.length <= MOST_ITEMS,
      problems: (JSON.parse(row.problems) as { at: number; says: string }[]).map(({ at, says }) => ({ at: new Date(at), says })),
      items: shown.map((one, index) => ({
        ecosystem: one.ecosystem as EcosystemId, name: one.name, version: one.version || null, place: one.place, digest: one.digest as Digest | null, source: one.source,
        firstAt: new Date(Number(one.first_at)), lastAt: new Date(Number(one.last_at)), goneAt: one.gone_at === null ? null : new Date(Number(one.gone_at)), delivered: delivered[index] as Delivered,
      })),
      runs: runs.map((one) => ({
        ecosystem: one.ecosystem as EcosystemId, name: one.name, version: one.version || null, source: one.source, place: one.place, firstAt: new Date(Number(one.first_at)), lastAt: new Date(Number(one.last_at)), count: Number(one.count),
      })),
    }
  }

  /** The latest first. Throws `not-found` for a host that is not known. */
  async events({ host, kind, before, limit = 100 }: HostEventQuery = {}): Promise<HostEventView[]> {
    const of = host === undefined ? undefined : (await this.#find(host)).id
    const rows = await this.#database.query.selectFrom('host_events').innerJoin('hosts', 'hosts.id', 'host_events.host')
      .select(['seq', 'hosts.name as host', 'at', 'received_at', 'clock', 'event'])
      .$if(of !== undefined, (some) => some.where('host_events.host', '=', of as string)).$if(kind !== undefined, (some) => some.where('kind', '=', kind as string))
      .$if(before !== undefined, (some) => some.where('seq', '<', before as number)).orderBy('seq', 'desc').limit(Math.min(Math.max(1, limit), MOST_EVENTS)).execute()
    return rows.map((row) => {
      const event = JSON.parse(row.event) as Omit<HostEvent, 'at'> & { at: string }
      return { seq: Number(row.seq), host: row.host, at: new Date(Number(row.at)), receivedAt: new Date(Number(row.received_at)), clock: row.clock, event: { ...event, at: new Date(event.at) } }
    })
  }

  /** What the ledger says of these, in their order; for the machine that the token speaks for, and else for nobody in particular. */
  async delivered(token: string | null, packages: readonly { ecosystem: EcosystemId; name: string; version: string | null }[]): Promise<Delivered[]> {
    const tied = token === null ? undefined : await this.#database.query.selectFrom('host_tokens').select('host').where('token', '=', token).executeTakeFirst()
    return deliveredOf(this.#database, packages.map(({ version, ...one }) => ({ ...one, version: version ?? '', host: tied?.host ?? ANY_HOST })))
  }

  /** Forgets a machine, all it said, and who may speak for it: those tokens are revoked, for one that is free again could take any name. Throws `not-found`. */
  async remove(name: string): Promise<void> {
    const row = await this.#find(name)
    await this.#database.transaction(async (tx) => {
      await dropHost(tx, row.id)
      await tx.updateTable('tokens').set({ revoked_at: this.#clock.now().getTime() }).where('revoked_at', 'is', null).where('id', 'in', tx.selectFrom('host_tokens').select('token').where('host', '=', row.name)).execute()
      await tx.deleteFrom('host_tokens').where('host', '=', row.name).execute()
    })
  }

  /** Deletes what is kept no longer. To be called once in an hour. */
  prune(): Promise<number> {
    return pruneHosts(this.#database, this.#retention, this.#clock.now())
  }

  async status(): Promise<{ hosts: number; packages: number; events: number; refused: number; lastAt: Date | null }> {
    const { query } = this.#database
    const [hosts, packages] = await Promise.all([
      query.selectFrom('hosts').select(({ fn }) => [fn.countAll<number>().as('count'), fn.sum<number>('events').as('events'), fn.sum<number>('refused').as('refused'), fn.max('last_at').as('last')]).executeTakeFirstOrThrow(),
      query.selectFrom('host_packages').select(({ fn }) => fn.countAll<number>().as('count')).where('gone_at', 'is', null).executeTakeFirstOrThrow(),
    ])
    return { hosts: Number(hosts.count), packages: Number(packages.count), events: Number(hosts.events ?? 0), refused: Number(hosts.refused ?? 0), lastAt: hosts.last === null ? null : new Date(Number(hosts.last)) }
  }

  async #find(written: string) {
    const name = hostName(written)
    const row = name === null ? undefined : await this.#database.query.selectFrom('hosts').selectAll().where('name', '=', name).executeTakeFirst()
    if (!row) throw new SluiceError('not-found', `no machine called ${oneLine(written, 80)} has told anything`, { hint: 'sluice hosts list shows those that have' })
    return row
  }
}

function summaryOf(row: { name: string; first_at: number; last_at: number; complete_at: number | null; events: number; refused: number; unkept: number }, packages: number): HostSummary {
  return {
    name: row.name, firstAt: new Date(Number(row.first_at)), lastAt: new Date(Number(row.last_at)), completeAt: row.complete_at === null ? null : new Date(Number(row.complete_at)),
    packages, events: Number(row.events), refused: Number(row.refused), unkept: Number(row.unkept),
  }
}
