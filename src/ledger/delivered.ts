import type { Delivered } from '../core/exposure.ts'
import type { Database } from '../ports/database.ts'

interface Had {
  ecosystem: string
  name: string
  /** Empty: not known. */
  version: string
  host: string
}

const NAMES = 400
/** Machines of which it is looked up what exactly they received; of more, it is said that somebody did. */
const MOST_HOSTS = 500

/**
 * What the ledger says of versions that machines have, in their order. Which machine asked is known where its client said so; most do
 * not: then `elsewhere` is all that can be said. `never`: it came past the gate, or under a name or version the gate does not know.
 */
export async function deliveredOf(database: Pick<Database, 'query'>, all: readonly Had[]): Promise<Delivered[]> {
  const hosts = [...new Set(all.map(({ host }) => host))].slice(0, MOST_HOSTS)
  const somebody = await toSomebody(database, all)
  const here = await toHosts(database, hosts, all)
  return all.map((one) => (here.has(`${one.host} ${keyOf(one)}`) ? 'here' : somebody.has(keyOf(one)) ? 'elsewhere' : 'never'))
}

const keyOf = ({ ecosystem, name, version }: Omit<Had, 'host'>): string => `${ecosystem} ${name} ${version}`

/** By how often each judged file was delivered, which is counted behind the ledger; what is not counted yet, by the ledger itself. */
async function toSomebody({ query }: Pick<Database, 'query'>, all: readonly Had[]): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  for (const [ecosystem, some] of Map.groupBy(all, (one) => one.ecosystem)) {
    const names = [...new Set(some.map(({ name }) => name))]
    for (let from = 0; from < names.length; from += NAMES) {
      const rows = await query.selectFrom('judged_files').select(['name', 'version']).distinct().where('ecosystem', '=', ecosystem).where('name', 'in', names.slice(from, from + NAMES)).where('served', '>', 0).execute()
      for (const { name, version } of rows) found.add(keyOf({ ecosystem, name, version }))
    }
    const rest = [...new Set(some.filter((one) => !found.has(keyOf(one))).map(({ name }) => name))]
    for (let from = 0; from < rest.length; from += NAMES) {
      const rows = await query.selectFrom('ledger').select(['name', 'version']).distinct().where('ecosystem', '=', ecosystem).where('name', 'in', rest.slice(from, from + NAMES)).where('kind', '=', 'served').execute()
      for (const { name, version } of rows) if (name !== null && version !== null) found.add(keyOf({ ecosystem, name, version }))
    }
  }
  return found
}

/** By the callers that named themselves as one of these machines, in whichever letters. */
async function toHosts({ query }: Pick<Database, 'query'>, hosts: readonly string[], all: readonly Had[]): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  const known = hosts.length === 0 ? [] : await query.selectFrom('callers').select(['id', 'host']).where('host', 'in', hosts.flatMap((host) => [host, host.toUpperCase()])).execute()
  if (known.length === 0) return found
  const wanted = new Set(all.map(keyOf))
  const hostOf = new Map(known.map(({ id, host }) => [Number(id), (host ?? '').toLowerCase()]))
  const ids = [...hostOf.keys()]
  for (let from = 0; from < ids.length; from += NAMES) {
    const rows = await query.selectFrom('ledger').select(['caller', 'ecosystem', 'name', 'version']).distinct().where('caller', 'in', ids.slice(from, from + NAMES)).where('kind', '=', 'served').execute()
    for (const { caller, ecosystem, name, version } of rows) {
      if (ecosystem === null || name === null || version === null) continue
      const key = keyOf({ ecosystem, name, version })
      if (wanted.has(key)) found.add(`${hostOf.get(Number(caller)) ?? ''} ${key}`)
    }
  }
  return found
}
