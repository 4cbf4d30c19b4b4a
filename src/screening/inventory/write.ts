import { randomUUID } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { Dependency } from '../../host/lockfiles/project-file.ts'
import type { Tables } from '../../ports/database.ts'

/** Rows in one statement: well below SQLite's limit of 32,766 bound values. */
const ROWS = 1_000
const KEYS = 500
/** Of one package in one file. */
const MOST_DIGESTS = 50

/** One lockfile or SBOM as it was read, whole. */
export interface Told {
  source: string
  format: string
  /** SHA-256 of the file and of what was read with it. */
  digest: string
  dependencies: readonly Dependency[]
  /** What of it could not be read, for people. */
  problems: readonly string[]
}

export interface Written {
  source: string
  format: string
  packages: number
  added: number
  gone: number
}

type Item = Pick<Tables['inventory_items'], 'ecosystem' | 'name' | 'version' | 'direct' | 'path' | 'digests'>

/** Which service a name is of; made where there is none. */
export async function serviceId(tx: Kysely<Tables>, name: string, at: number): Promise<string> {
  await tx.insertInto('services').values({ id: randomUUID(), name, added_at: at }).onConflict((conflict) => conflict.column('name').doNothing()).execute()
  return (await tx.selectFrom('services').select('id').where('name', '=', name).executeTakeFirstOrThrow()).id
}

/** Keeps one file of a service: what is new begins at `at`, what is no longer in it ends there. All or nothing, in the caller's transaction. */
export async function writeInventory(tx: Kysely<Tables>, told: Told, { service, revision, by, at }: { service: string; revision: string | null; by: string; at: number }): Promise<Written> {
  const { source, format, digest } = told
  const items = itemsOf(told.dependencies)
  const known = await tx.selectFrom('inventories').selectAll().where('service', '=', service).where('source', '=', source).executeTakeFirst()
  const inventory = known?.id ?? randomUUID()
  const row = { format, digest, revision, packages: items.size, problems: JSON.stringify(told.problems.slice(0, 50)), by, last_at: at }
  if (known) await tx.updateTable('inventories').set(row).where('id', '=', inventory).execute()
  else await tx.insertInto('inventories').values({ id: inventory, service, source, first_at: at, ...row }).execute()
  const said: Written = { source, format, packages: items.size, added: 0, gone: 0 }
  // PostgreSQL gives 64-bit integers as text.
  if (known?.digest !== digest) Object.assign(said, await exchange(tx, inventory, items, Math.max(at, Number(known?.last_at ?? at))))
  await tx.updateTable('inventory_items').set({ last_at: at }).where('inventory', '=', inventory).where('gone_at', 'is', null).execute()
  return said
}

async function exchange(tx: Kysely<Tables>, inventory: string, items: ReadonlyMap<string, Item>, at: number): Promise<{ added: number; gone: number }> {
  const open = await tx.selectFrom('inventory_items').select(['ecosystem', 'name', 'version', 'direct', 'path', 'digests']).where('inventory', '=', inventory).where('gone_at', 'is', null).execute()
  const before = new Map(open.map((row) => [keyOf(row), row]))
  const gone = [...before].filter(([key]) => !items.has(key)).map(([, row]) => row)
  await end(tx, inventory, gone, at)
  const added = [...items].filter(([key]) => !before.has(key)).map(([, item]) => item)
  for (let from = 0; from < added.length; from += ROWS) {
    await tx.insertInto('inventory_items').values(added.slice(from, from + ROWS).map((item) => ({ inventory, ...item, first_at: at, last_at: at, gone_at: null })))
      .onConflict((conflict) => conflict.columns(['inventory', 'ecosystem', 'name', 'version', 'first_at']).doUpdateSet({ gone_at: null, last_at: at })).execute()
  }
  const changed = [...items].filter(([key, item]) => {
    const old = before.get(key)
    return old && (Number(old.direct ?? -1) !== Number(item.direct ?? -1) || old.path !== item.path || old.digests !== item.digests)
  }).map(([, item]) => item)
  for (const { ecosystem, name, version, ...how } of changed) {
    await tx.updateTable('inventory_items').set(how).where('inventory', '=', inventory).where('ecosystem', '=', ecosystem).where('name', '=', name).where('version', '=', version).where('gone_at', 'is', null).execute()
  }
  return { added: added.length, gone: gone.length }
}

async function end(tx: Kysely<Tables>, inventory: string, gone: readonly Item[], at: number): Promise<void> {
  for (const [ecosystem, all] of Map.groupBy(gone, (one) => one.ecosystem)) {
    for (let from = 0; from < all.length; from += KEYS) {
      await tx.updateTable('inventory_items').set({ gone_at: at }).where('inventory', '=', inventory).where('gone_at', 'is', null).where('ecosystem', '=', ecosystem)
        .where((where) => where.or(all.slice(from, from + KEYS).map(({ name, version }) => where.and({ name, version })))).execute()
    }
  }
}

/** Ends everything a file was known to have. */
export async function endInventory(tx: Kysely<Tables>, inventory: string, at: number): Promise<number> {
  const { numUpdatedRows } = await tx.updateTable('inventory_items').set({ gone_at: at }).where('inventory', '=', inventory).where('gone_at', 'is', null).executeTakeFirst()
  // So that the same file again is a change.
  await tx.updateTable('inventories').set({ packages: 0, digest: '' }).where('id', '=', inventory).execute()
  return Number(numUpdatedRows)
}

const keyOf = ({ ecosystem, name, version }: Pick<Item, 'ecosystem' | 'name' | 'version'>): string => `${ecosystem}:${name}@${version}`

/** Each version once: direct where any entry is, with the shortest way in. What has no version is not locked. */
function itemsOf(dependencies: readonly Dependency[]): Map<string, Item> {
  const items = new Map<string, { ecosystem: string; name: string; version: string; direct: boolean | null; path: readonly string[]; digests: Set<string> }>()
  for (const { ecosystem, name, version, direct, path, digests, source } of dependencies) {
    if (version === null || source.kind === 'path' || source.kind === 'workspace') continue
    const key = keyOf({ ecosystem, name, version })
    const known = items.get(key) ?? { ecosystem, name, version, direct, path, digests: new Set<string>() }
    items.set(key, known)
    if (direct === true || known.direct === null) known.direct = direct
    if (direct === true) known.path = []
    for (const digest of digests) if (known.digests.size < MOST_DIGESTS) known.digests.add(digest)
  }
  return new Map([...items].map(([key, { direct, path, digests, ...rest }]) =>
    [key, { ...rest, direct: direct === null ? null : Number(direct), path: JSON.stringify(path), digests: JSON.stringify([...digests]) }]))
}
