import type { EcosystemId } from '../core/types.ts'
import type { Database } from '../ports/database.ts'

interface Package { ecosystem: EcosystemId; name: string }

/** Names a statement. */
const NAMES = 500

/** How often each was delivered here, by `ecosystem/name`, as the ledger says; who was not is not there. */
export async function deliveriesOf(database: Database, packages: readonly Package[]): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>()
  for (const [ecosystem, some] of Map.groupBy(packages, (one) => one.ecosystem)) {
    const names = [...new Set(some.map(({ name }) => name))]
    for (let from = 0; from < names.length; from += NAMES) {
      const rows = await database.query.selectFrom('ledger').select('name').select(({ fn }) => fn.countAll<number>().as('count'))
        .where('ecosystem', '=', ecosystem).where('name', 'in', names.slice(from, from + NAMES)).where('kind', '=', 'served').groupBy('name').execute()
      for (const { name, count } of rows) found.set(`${ecosystem}/${name}`, Number(count))
    }
  }
  return found
}

/** What people are to know of a package that some of them have. */
export const deliveredSays = ({ ecosystem, name }: Package, times: number): string =>
  `delivered here ${times === 1 ? 'once' : `${times} times`}: sluice trace ${ecosystem}:${name}`
