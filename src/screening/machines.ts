import type { EcosystemId } from '../core/types.ts'
import { ecosystems } from '../ecosystems/index.ts'
import type { Rows } from '../ports/rows.ts'

type Wanted = { ecosystem: EcosystemId; name: string; version: string | null }

const AT_ONCE = 200

/** On how many machines each of these is installed now, by what machines say; in their order. A folder of an older version has no machines. */
export async function machinesOf(rows: Rows, wanted: readonly Wanted[]): Promise<number[]> {
  const found = new Map<string, { version: string; host: string }[]>()
  for (const [ecosystem, some] of Map.groupBy(wanted, (one) => one.ecosystem)) {
    const names = [...new Set(some.map(({ name }) => name))]
    for (let from = 0; from < names.length; from += AT_ONCE) {
      const part = names.slice(from, from + AT_ONCE)
      const told = await rows.all<{ name: string; version: string; host: string }>(
        `select distinct name, version, host from host_packages where gone_at is null and ecosystem = ? and name in (${part.map(() => '?').join(', ')})`, [ecosystem, ...part]).catch(() => [])
      for (const { name, ...one } of told) found.set(`${ecosystem} ${name}`, [...found.get(`${ecosystem} ${name}`) ?? [], one])
    }
  }
  return wanted.map(({ ecosystem, name, version }) => {
    const { compareVersions } = ecosystems[ecosystem]
    const had = found.get(`${ecosystem} ${name}`) ?? []
    return new Set(had.filter((one) => version === null || one.version === version || (one.version !== '' && compareVersions(one.version, version) === 0)).map(({ host }) => host)).size
  })
}
