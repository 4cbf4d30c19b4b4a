import type { EcosystemId } from '../core/types.ts'
import type { Database } from '../ports/database.ts'

/** A package in a lockfile or SBOM of a service, now or once. */
export interface Locked {
  name: string
  version: string
  /** As in `Dependency.digests`. */
  digests: readonly string[]
  service: string
  source: string
  path: readonly string[]
  first: Date
  last: Date
}

const NAMES = 500

/** What the inventory says of packages, by name. */
export async function lockedOf(database: Pick<Database, 'query'>, ecosystem: EcosystemId, names: readonly string[]): Promise<Map<string, Locked[]>> {
  const found = new Map<string, Locked[]>()
  for (let from = 0; from < names.length; from += NAMES) {
    const rows = await database.query.selectFrom('inventory_items').innerJoin('inventories', 'inventories.id', 'inventory_items.inventory')
      .leftJoin('services', 'services.id', 'inventories.service')
      .select(['inventory_items.name', 'version', 'path', 'digests', 'inventory_items.first_at', 'inventory_items.last_at', 'source', 'services.name as service', 'inventories.service as id'])
      .where('ecosystem', '=', ecosystem).where('inventory_items.name', 'in', names.slice(from, from + NAMES)).execute()
    for (const row of rows) {
      found.set(row.name, [...found.get(row.name) ?? [], {
        name: row.name, version: row.version, digests: listIn(row.digests), service: row.service ?? row.id, source: row.source, path: listIn(row.path),
        first: new Date(Number(row.first_at)), last: new Date(Number(row.last_at)),
      }])
    }
  }
  return found
}

function listIn(json: string): string[] {
  try {
    const value: unknown = JSON.parse(json)
    return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
  } catch {
    return []
  }
}
