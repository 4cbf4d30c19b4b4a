import type { Delivered } from '../core/exposure.ts'
import type { EcosystemId } from '../core/types.ts'
import { originOf } from '../host/inventory/origin.ts'
import type { Origin } from '../host/inventory/origin.ts'
import type { InventoryPackage, InventoryTree } from '../host/inventory/package.ts'
import type { Rows } from '../ports/rows.ts'
import type { Screener } from '../screening/screen.ts'
import { configOptions } from './globals.ts'
import type { Globals } from './globals.ts'
import type { Surroundings } from './opened.ts'

interface Wanted { ecosystem: EcosystemId; name: string; version: string | null }

const AT_ONCE = 2_000
const NAMES = 400

/** By which way each package came: by what installers recorded, and by the ledger of the gate that is asked, or of the data folder. */
export async function originsOf(trees: readonly InventoryTree[], { screener, globals, surroundings }: { screener: Screener; globals: Globals; surroundings: Surroundings }): Promise<ReadonlyMap<InventoryPackage, Origin>> {
  const gate = await screener.gate()
  const all = trees.flatMap(({ packages }) => packages)
  const wanted = new Map(all.map((one) => [keyOf(one), { ecosystem: one.ecosystem, name: one.name, version: one.version }]))
  const delivered = globals.server === undefined ? await inFolder([...wanted.values()], { globals, surroundings }) : await atGate([...wanted.values()], globals.server, surroundings.env['SLUICE_TOKEN']?.trim() || null)
  return new Map(all.map((one) => [one, originOf(one, { gate, delivered: delivered.get(keyOf(one)) ?? null })]))
}

const keyOf = ({ ecosystem, name, version }: Wanted): string => `${ecosystem}:${name}@${version ?? ''}`

async function atGate(wanted: readonly Wanted[], server: string, token: string | null): Promise<ReadonlyMap<string, Delivered>> {
  const [{ apiOf }, { HostAnswers }] = await Promise.all([import('./remote.ts'), import('../api/hosts-schemas.ts')])
  const { call } = apiOf(server, token)
  const found = new Map<string, Delivered>()
  for (let from = 0; from < wanted.length; from += AT_ONCE) {
    const part = wanted.slice(from, from + AT_ONCE)
    const answer = await call(HostAnswers.delivered, 'hosts/delivered', { json: { packages: part } })
    for (const [index, one] of part.entries()) if (answer[index] !== undefined) found.set(keyOf(one), answer[index])
  }
  return found
}

/** A data folder's ledger says whether a version was delivered at all. Empty where there is no folder, or where nothing was ever delivered: that says nothing. */
async function inFolder(wanted: readonly Wanted[], { globals, surroundings }: { globals: Globals; surroundings: Surroundings }): Promise<ReadonlyMap<string, Delivered>> {
  const folder = await surroundings.read(surroundings.settings(configOptions(globals)).data, configOptions(globals)).catch(() => null)
  if (!folder) return new Map()
  try {
    const [any] = await folder.all<{ seq: number }>("select seq from ledger where kind = 'served' limit 1", [])
    return any ? await delivered(folder, wanted) : new Map()
  } finally {
    folder.close()
  }
}

async function delivered(rows: Rows, wanted: readonly Wanted[]): Promise<ReadonlyMap<string, Delivered>> {
  const found = new Map<string, Delivered>(wanted.map((one) => [keyOf(one), 'never']))
  for (const [ecosystem, some] of Map.groupBy(wanted, (one) => one.ecosystem)) {
    const names = [...new Set(some.map(({ name }) => name))]
    for (let from = 0; from < names.length; from += NAMES) {
      const part = names.slice(from, from + NAMES)
      for (const { name, version } of await rows.all<{ name: string; version: string | null }>(`select distinct name, version from ledger where kind = 'served' and ecosystem = ? and name in (${part.map(() => '?').join(', ')})`, [ecosystem, ...part])) {
        const key = keyOf({ ecosystem, name, version })
        if (found.has(key)) found.set(key, 'elsewhere')
      }
    }
  }
  return found
}
