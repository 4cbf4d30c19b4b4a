import { dirname, join } from 'node:path'
import { listInstalled } from '../installed/listing.ts'
import type { InstalledListing } from '../installed/listing.ts'
import { modifiedAt, objectAt, textAt } from './files.ts'
import type { Agreement, Hook, InventoryPackage, InventoryTree } from './package.ts'

type Env = Readonly<Record<string, string | undefined>>
type Json = Readonly<Record<string, unknown>>

/** npm's own record of a tree, `node_modules/.package-lock.json` (npm 7 and later). */
const LARGEST_LOCK = 128 * 1024 * 1024
const SETTINGS = 256 * 1024
const SCRIPTS = ['preinstall', 'install', 'postinstall'] as const
/** Files are written before the record; how far apart the clock may tell them. Milliseconds. */
const APART = 1_000

export interface Found<Tree> {
  tree: Tree
  unread: InstalledListing['unread']
}

/** A `node_modules` with what the installer recorded of it. Throws `archive-invalid` and `archive-limit`. */
export function nodeTree(path: string, { env, home }: { env: Env; home: string }): Found<InventoryTree> {
  const scripts = new Map<string, Hook[]>()
  const project = dirname(path)
  const manager = managerOf(path)
  const runs = manager === 'npm' ? !ignoresScripts(project, { env, home }) : manager === 'pnpm' ? null : true
  const listing = listInstalled(path, (place, manifest) => {
    const hooks = hooksOf(join(path, place), manifest as Json, runs)
    if (hooks.length > 0) scripts.set(place, hooks)
  }) as InstalledListing
  const lock = manager === 'npm' ? objectAt(join(path, '.package-lock.json'), LARGEST_LOCK) : null
  const recorded = recordOf(lock?.['packages'])
  const lockedAt = lock === null ? null : modifiedAt(join(path, '.package-lock.json'))
  return {
    unread: listing.unread,
    tree: {
      kind: 'node', path, notes: [], says: `${manager ?? 'installer not known'}, of ${project}`,
      packages: listing.packages.map((one): InventoryPackage => {
        const entry = recorded && Object.hasOwn(recorded, `node_modules/${one.place}`) ? recordOf(recorded[`node_modules/${one.place}`]) : null
        const { agreement, says } = recorded === null ? { agreement: 'unknown' as const, says: null } : agreementOf(entry, one.version, { folder: join(path, one.place), lockedAt })
        const integrity = entry?.['integrity']
        const from = entry?.['resolved']
        return {
          ...one, digests: typeof integrity === 'string' ? integrity.split(/\s+/).filter((part) => part.length < 200).slice(0, 4) : [], agreement, says,
          hooks: scripts.get(one.place) ?? [], from: typeof from === 'string' ? from.slice(0, 1_000) : null, installer: manager,
        }
      }),
    },
  }
}

function agreementOf(entry: Json | null, version: string | null, { folder, lockedAt }: { folder: string; lockedAt: number | null }): { agreement: Agreement; says: string | null } {
  if (!entry) return { agreement: 'unrecorded', says: 'npm did not put it there' }
  // A workspace is recorded as a link: what it is lies elsewhere.
  if (entry['version'] !== undefined && entry['version'] !== version) return { agreement: 'differs', says: `npm put version ${String(entry['version']).slice(0, 60)} there` }
  const changedAt = modifiedAt(folder)
  // What npm itself goes by, when it decides whether its record still holds.
  if (changedAt !== null && lockedAt !== null && changedAt > lockedAt + APART) return { agreement: 'newer', says: `its folder was changed after the install, on ${new Date(changedAt).toISOString().slice(0, 16)}Z` }
  return { agreement: 'agrees', says: null }
}

function managerOf(path: string): string | null {
  for (const [file, manager] of [['.package-lock.json', 'npm'], ['.modules.yaml', 'pnpm'], ['.yarn-state.yml', 'yarn'], ['.yarn-integrity', 'yarn 1']] as const) if (modifiedAt(join(path, file)) !== null) return manager
  return null
}

/** What an install runs of a package, `node-gyp rebuild` among it (docs of npm, "Life Cycle Scripts"). */
function hooksOf(folder: string, manifest: Json, runs: boolean | null): Hook[] {
  const scripts = recordOf(manifest['scripts']) ?? {}
  const hooks = SCRIPTS.flatMap((name): Hook[] => {
    const command = Object.hasOwn(scripts, name) ? scripts[name] : undefined
    return typeof command === 'string' && command.trim() !== '' ? [{ name, command: command.slice(0, 500), runs }] : []
  })
  const built = hooks.some(({ name }) => name !== 'postinstall') || manifest['gypfile'] === false || modifiedAt(join(folder, 'binding.gyp')) === null
  return built ? hooks : [{ name: 'install', command: 'node-gyp rebuild', runs }, ...hooks]
}

/** As npm is set now: the environment, then the project's, the user's and everybody's file. */
function ignoresScripts(project: string, { env, home }: { env: Env; home: string }): boolean {
  const told = env['npm_config_ignore_scripts'] ?? env['NPM_CONFIG_IGNORE_SCRIPTS']
  if (told !== undefined) return told !== 'false' && told !== ''
  for (const file of [join(project, '.npmrc'), join(home, '.npmrc'), '/etc/npmrc', '/usr/local/etc/npmrc', '/usr/etc/npmrc']) {
    const [, value] = /^\s*ignore-scripts\s*(?:=\s*["']?(\w*)["']?\s*)?$/m.exec(textAt(file, SETTINGS) ?? '') ?? [null, null]
    if (value !== null) return value !== 'false'
  }
  return false
}

const recordOf = (value: unknown): Json | null => (typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Json : null)
