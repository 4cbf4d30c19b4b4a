import type { Contact, Delivered } from '../core/exposure.ts'
import type { EcosystemId } from '../core/types.ts'
import type { Database } from '../ports/database.ts'
import { deliveredOf } from './delivered.ts'

/** A version that a machine says it has, or had, or ran; all places on one machine together. */
export interface OnHost {
  contact: Extract<Contact, 'installed' | 'ran'>
  name: string
  /** Empty: not known. */
  version: string
  digest: string | null
  host: string
  /** Who saw it, and where; for people. */
  source: string
  count: number
  first: Date
  last: Date
  delivered: Delivered
}

const NAMES = 500
const MOST = 100_000

/** What machines say of packages, by name. */
export async function onHosts(database: Pick<Database, 'query'>, ecosystem: EcosystemId, names: readonly string[], { host }: { host?: string | undefined } = {}): Promise<Map<string, OnHost[]>> {
  const found: Omit<OnHost, 'delivered'>[] = []
  for (let from = 0; from < names.length; from += NAMES) {
    const some = names.slice(from, from + NAMES)
    const of = host?.toLowerCase()
    const had = await database.query.selectFrom('host_packages').innerJoin('hosts', 'hosts.id', 'host_packages.host')
      .select(['host_packages.name', 'version', 'digest', 'place', 'source', 'host_packages.first_at', 'host_packages.last_at', 'gone_at', 'hosts.name as host'])
      .where('ecosystem', '=', ecosystem).where('host_packages.name', 'in', some).$if(of !== undefined, (query) => query.where('hosts.name', '=', of as string)).limit(MOST).execute()
    for (const all of Map.groupBy(had, (one) => JSON.stringify([one.name, one.version, one.host])).values()) found.push(together(all))
    const ran = await database.query.selectFrom('host_runs').innerJoin('hosts', 'hosts.id', 'host_runs.host')
      .select(['host_runs.name', 'version', 'digest', 'place', 'source', 'host_runs.first_at', 'host_runs.last_at', 'count', 'hosts.name as host'])
      .where('ecosystem', '=', ecosystem).where('host_runs.name', 'in', some).$if(of !== undefined, (query) => query.where('hosts.name', '=', of as string)).limit(MOST).execute()
    for (const { name, version, digest, place, source, first_at, last_at, count, host: machine } of ran) {
      found.push({ contact: 'ran', name, version, digest, host: machine, source: place === null ? source : `${source}: ${place}`, count: Number(count), first: new Date(Number(first_at)), last: new Date(Number(last_at)) })
    }
  }
  const delivered = await deliveredOf(database, found.map(({ name, version, host: machine }) => ({ ecosystem, name, version, host: machine })))
  return Map.groupBy(found.map((one, index) => ({ ...one, delivered: delivered[index] as Delivered })), ({ name }) => name)
}

interface Row { name: string; version: string; digest: string | null; place: string; source: string; first_at: number; last_at: number; gone_at: number | null; host: string }

/** PostgreSQL gives 64-bit integers as text. */
function together(rows: readonly Row[]): Omit<OnHost, 'delivered'> {
  const [{ name, version, host, place, source }] = rows as [Row]
  const there = rows.filter(({ gone_at: gone }) => gone === null)
  const [shown] = there.length > 0 ? there : rows
  const gone = there.length > 0 ? '' : ', gone since'
  return {
    contact: 'installed', name, version, host, digest: rows.find(({ digest }) => digest !== null)?.digest ?? null, count: rows.length,
    source: `${shown?.source ?? source}: ${shown?.place ?? place}${rows.length > 1 ? ` and ${rows.length - 1} more` : ''}${gone}`,
    first: new Date(Math.min(...rows.map((row) => Number(row.first_at)))), last: new Date(Math.max(...rows.map((row) => Number(row.last_at)))),
  }
}
