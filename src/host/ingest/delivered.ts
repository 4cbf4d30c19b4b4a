import type { Database } from '../../ports/database.ts'
import type { Delivered } from '../inventory/origin.ts'

interface Had {
  ecosystem: string
  name: string
  /** Empty: not known. */
  version: string
  host: string
}

const NAMES = 400

/**
 * For each of these, in their order. A delivery is one to a machine where the client said so; most clients do not: then `elsewhere`
 * is all that can be said. `never`: it came past the gate, or under a name or version that the gate does not know it by.
 */
export async function deliveredOf(database: Pick<Database, 'query'>, all: readonly Had[]): Promise<Delivered[]> {
  const found = new Map<string, Set<string>>()
  for (const [ecosystem, some] of Map.groupBy(all, (one) => one.ecosystem)) {
    const names = [...new Set(some.map(({ name }) => name))]
    for (let from = 0; from < names.length; from += NAMES) {
      const rows = await database.query.selectFrom('ledger').leftJoin('callers', 'callers.id', 'ledger.caller').select(['ledger.name', 'ledger.version', 'callers.host']).distinct()
        .where('ledger.kind', '=', 'served').where('ledger.ecosystem', '=', ecosystem).where('ledger.name', 'in', names.slice(from, from + NAMES)).execute()
      for (const { name, version, host } of rows) {
        const key = `${ecosystem} ${name} ${version ?? ''}`
        const hosts = found.get(key) ?? new Set<string>()
        hosts.add((host ?? '').toLowerCase())
        found.set(key, hosts)
      }
    }
  }
  return all.map(({ ecosystem, name, version, host }) => {
    const hosts = found.get(`${ecosystem} ${name} ${version}`)
    return hosts === undefined ? 'never' : hosts.has(host) ? 'here' : 'elsewhere'
  })
}
