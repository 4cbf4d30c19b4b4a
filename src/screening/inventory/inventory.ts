import { createHash } from 'node:crypto'
import { posix } from 'node:path'
import type { Context } from '../../admission/context.ts'
import { SluiceError } from '../../core/errors.ts'
import { oneLine } from '../../core/text.ts'
import type { EcosystemId } from '../../core/types.ts'
import { ecosystems } from '../../ecosystems/index.ts'
import type { GivenFile } from '../../host/lockfiles/index.ts'
import type { ProjectFile } from '../../host/lockfiles/project-file.ts'
import { endInventory, serviceId, writeInventory } from './write.ts'
import type { Told, Written } from './write.ts'

export interface AddRequest {
  service: string
  /** Lockfiles and SBOMs, and manifests beside them that say what the project itself asks for. */
  files: readonly GivenFile[]
  /** The commit or build they are of. */
  revision: string | null
  by: string
  /** These are all the service has: what was known of other files of it is gone. */
  complete: boolean
}

export interface Added {
  service: string
  files: Written[]
  /** What was not taken, and why; what was known of it stays. */
  refused: { source: string; line: number | null; says: string }[]
  /** Sources that are gone, because these are all. */
  ended: string[]
}

export interface ServiceSummary {
  name: string
  files: number
  packages: number
  addedAt: Date
  lastAt: Date | null
}

export interface InventorySummary {
  source: string
  format: string
  revision: string | null
  packages: number
  by: string
  problems: string[]
  firstAt: Date
  lastAt: Date
}

/** One stretch of time in which a file of a service had a version. */
export interface InventoryItem {
  service: string
  source: string
  ecosystem: EcosystemId
  name: string
  version: string
  direct: boolean | null
  path: string[]
  firstAt: Date
  lastAt: Date
  goneAt: Date | null
}

const MOST_FILES = 500
const MOST_BYTES = 64 * 1024 * 1024
const MOST_ITEMS = 50_000

/** What an organisation's services lock and ship, and since when: told by their pipelines, kept beyond the day it ends. */
export class Inventory {
  readonly #context: Pick<Context, 'database' | 'clock' | 'pool'>

  constructor(context: Pick<Context, 'database' | 'clock' | 'pool'>) {
    this.#context = context
  }

  /** Reads the files in a worker. What is not whole is refused, and what was known of it stays. Throws `usage`. */
  async add({ service, files, revision, by, complete }: AddRequest): Promise<Added> {
    const name = named(service)
    if (files.length === 0) throw new SluiceError('usage', 'no files were given', { hint: 'name a lockfile or an SBOM' })
    const bytes = files.reduce((sum, one) => sum + one.bytes.length, 0)
    if (files.length > MOST_FILES || bytes > MOST_BYTES) throw new SluiceError('usage', `at most ${MOST_FILES} files of ${MOST_BYTES / 1024 / 1024} MiB in all are taken at once`)
    const given = files.map((file) => ({ path: sourceOf(file.path), bytes: file.bytes }))
    const { files: read, unread } = await this.#context.pool.run({ kind: 'project', files: given })
    const refused: Added['refused'] = unread.map(({ path, says }) => ({ source: path, line: null, says }))
    const told: Told[] = []
    const emptied: Told[] = []
    for (const file of read) {
      const broken = file.problems.find((problem) => problem.broken)
      if (broken) refused.push({ source: file.path, line: broken.line, says: broken.says })
      else if (isInventory(file, given)) told.push(toldBy(file, given))
      else if (saysVersions(file, given) && file.problems.length === 0) emptied.push(toldBy(file, given))
    }
    const at = this.#context.clock.now().getTime()
    // A file that has no version any more has lost those it had.
    const known = emptied.length === 0 ? [] : await this.#context.database.query.selectFrom('inventories').innerJoin('services', 'services.id', 'inventories.service')
      .select('source').where('services.name', '=', name).where('source', 'in', emptied.map(({ source }) => source)).execute()
    told.push(...emptied.filter(({ source }) => known.some((one) => one.source === source)))
    if (told.length === 0 && refused.length === 0) throw new SluiceError('usage', 'none of these files says which versions a project has', { hint: 'give a lockfile, a go.mod, requirements with versions, or an SBOM' })
    return this.#context.database.transaction(async (tx) => {
      const id = await serviceId(tx, name, at)
      const written: Written[] = []
      for (const one of told) written.push(await writeInventory(tx, one, { service: id, revision: revision === null ? null : oneLine(revision, 200), by: oneLine(by, 100), at }))
      const here = new Set([...told.map(({ source }) => source), ...refused.map(({ source }) => source)])
      const others = complete ? (await tx.selectFrom('inventories').select(['id', 'source']).where('service', '=', id).where('packages', '>', 0).execute()).filter(({ source }) => !here.has(source)) : []
      for (const other of others) await endInventory(tx, other.id, at)
      return { service: name, files: written, refused, ended: others.map(({ source }) => source) }
    })
  }

  /** By name. */
  async services(): Promise<ServiceSummary[]> {
    const rows = await this.#context.database.query.selectFrom('services').leftJoin('inventories', 'inventories.service', 'services.id')
      .select(({ fn }) => ['services.name', 'services.added_at', fn.count<number>('inventories.id').as('files'), fn.sum<number>('packages').as('packages'), fn.max('inventories.last_at').as('last_at')])
      .groupBy(['services.id', 'services.name', 'services.added_at']).orderBy('services.name').execute()
    return rows.map((row) => ({ name: row.name, files: Number(row.files), packages: Number(row.packages ?? 0), addedAt: new Date(Number(row.added_at)), lastAt: dateOf(row.last_at) }))
  }

  /** Its files, and what they have at a moment; null: now. Throws `not-found`. */
  async show(service: string, at: Date | null): Promise<{ name: string; files: InventorySummary[]; items: InventoryItem[]; complete: boolean }> {
    const { id, name } = await this.#find(service)
    const files = await this.#context.database.query.selectFrom('inventories').selectAll().where('service', '=', id).orderBy('source').execute()
    let asking = this.#items().where('inventories.service', '=', id)
    asking = at === null ? asking.where('gone_at', 'is', null) : asking.where('inventory_items.first_at', '<=', at.getTime()).where((where) => where.or([where('gone_at', 'is', null), where('gone_at', '>', at.getTime())]))
    const rows = await asking.orderBy('source').orderBy('ecosystem').orderBy('inventory_items.name').orderBy('version').limit(MOST_ITEMS + 1).execute()
    return {
      name, items: rows.slice(0, MOST_ITEMS).map(itemOf), complete: rows.length <= MOST_ITEMS,
      files: files.map((row) => ({
        source: row.source, format: row.format, revision: row.revision, packages: Number(row.packages), by: row.by, problems: JSON.parse(row.problems) as string[],
        firstAt: new Date(Number(row.first_at)), lastAt: new Date(Number(row.last_at)),
      })),
    }
  }

  /** Who has a package, or had it at a moment; `ever`: whenever it was. The latest first. */
  async who({ ecosystem, name, version }: { ecosystem: EcosystemId; name: string; version: string | null }, when: Date | 'now' | 'ever'): Promise<InventoryItem[]> {
    const { canonicalName, compareVersions } = ecosystems[ecosystem]
    let asking = this.#items().where('ecosystem', '=', ecosystem).where('inventory_items.name', '=', canonicalName(name))
    if (when === 'now') asking = asking.where('gone_at', 'is', null)
    else if (when !== 'ever') asking = asking.where('inventory_items.first_at', '<=', when.getTime()).where((where) => where.or([where('gone_at', 'is', null), where('gone_at', '>', when.getTime())]))
    const rows = await asking.orderBy('inventory_items.last_at', 'desc').orderBy('source').limit(MOST_ITEMS).execute()
    return rows.map(itemOf).filter((one) => version === null || compareVersions(one.version, version) === 0)
  }

  /** Ends what a service, or one file of it, was known to have. `forget`: as if it had never been told of. Throws `not-found`. */
  async remove(service: string, { source, forget }: { source: string | null; forget: boolean }): Promise<{ ended: number }> {
    const { id, name } = await this.#find(service)
    const at = this.#context.clock.now().getTime()
    return this.#context.database.transaction(async (tx) => {
      let finding = tx.selectFrom('inventories').select('id').where('service', '=', id)
      if (source !== null) finding = finding.where('source', '=', source)
      const found = await finding.execute()
      if (source !== null && found.length === 0) throw new SluiceError('not-found', `${name} has no ${oneLine(source, 200)}`, { hint: `sluice inventory show ${name} lists its files` })
      let ended = 0
      for (const one of found) {
        ended += await endInventory(tx, one.id, at)
        if (forget) {
          await tx.deleteFrom('inventory_items').where('inventory', '=', one.id).execute()
          await tx.deleteFrom('inventories').where('id', '=', one.id).execute()
        }
      }
      if (forget && source === null) await tx.deleteFrom('services').where('id', '=', id).execute()
      return { ended }
    })
  }

  #items() {
    return this.#context.database.query.selectFrom('inventory_items').innerJoin('inventories', 'inventories.id', 'inventory_items.inventory').innerJoin('services', 'services.id', 'inventories.service')
      .select(['services.name as service', 'source', 'ecosystem', 'inventory_items.name', 'version', 'direct', 'path', 'inventory_items.first_at', 'inventory_items.last_at', 'gone_at'])
  }

  async #find(service: string): Promise<{ id: string; name: string }> {
    const found = await this.#context.database.query.selectFrom('services').select(['id', 'name']).where('name', '=', service).executeTakeFirst()
    if (!found) throw new SluiceError('not-found', `there is no service ${oneLine(service, 100)}`, { hint: 'sluice inventory list shows them' })
    return found
  }
}

interface Row {
  service: string; source: string; ecosystem: string; name: string; version: string; direct: number | null; path: string
  first_at: number; last_at: number; gone_at: number | null
}

const itemOf = (row: Row): InventoryItem => ({
  service: row.service, source: row.source, ecosystem: row.ecosystem as EcosystemId, name: row.name, version: row.version, direct: row.direct === null ? null : Number(row.direct) === 1,
  path: JSON.parse(row.path) as string[], firstAt: new Date(Number(row.first_at)), lastAt: new Date(Number(row.last_at)), goneAt: dateOf(row.gone_at),
})

const dateOf = (at: number | string | null | undefined): Date | null => (at === null || at === undefined ? null : new Date(Number(at)))

function named(service: string): string {
  const name = service.trim()
  if (!/^[\w.@/:+ -]{1,200}$/.test(name)) throw new SluiceError('usage', 'a service needs a name of letters, digits, spaces and . _ @ / : + -, up to 200')
  return name
}

/** Where a file stands in its repository, whichever way it was named. */
function sourceOf(path: string): string {
  const source = oneLine(posix.normalize(path.replaceAll('\\', '/')).replace(/^(?:\.?\.\/)+|^\/+/, ''), 400)
  if (source === '' || source === '.') throw new SluiceError('usage', 'a file needs a path')
  return source
}

/** What asks for versions, whatever they come to; a lockfile beside it says what that was. */
const MANIFESTS = new Set(['package.json', 'pnpm-workspace.yaml', 'Pipfile', 'pyproject.toml', 'setup.cfg'])

/** Locked or pinned versions make an inventory. A go.sum names versions that are not built, too: the go.mod beside it says which are. */
function isInventory(file: ProjectFile, given: readonly GivenFile[]): boolean {
  return saysVersions(file, given) && file.dependencies.some(({ version }) => version !== null)
}

const saysVersions = ({ path, format }: ProjectFile, given: readonly GivenFile[]): boolean =>
  !MANIFESTS.has(format) && !(format === 'go.sum' && given.some((one) => one.path === posix.join(posix.dirname(path), 'go.mod')))

function toldBy(file: ProjectFile, given: readonly GivenFile[]): Told {
  const hash = createHash('sha256')
  // What lies beside it says what is direct: both together are what was told.
  const folder = posix.dirname(file.path)
  for (const { path, bytes } of given) if (path === file.path || posix.dirname(path) === folder) hash.update(`${path === file.path ? '' : path}\0${bytes.length}\0`).update(bytes)
  return {
    source: file.path, format: file.format, digest: hash.digest('hex'), dependencies: file.dependencies,
    problems: file.problems.map(({ line, says }) => (line === null ? says : `line ${line}: ${says}`)),
  }
}
