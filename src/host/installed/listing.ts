import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { basename, join } from 'node:path'
import { sentence } from '../../core/errors.ts'
import type { EcosystemId } from '../../core/types.ts'
import { ecosystems } from '../../ecosystems/index.ts'
import { installedIn } from './index.ts'
import { TreeReader, within } from './tree.ts'

/** A package as it lies on a machine, by what it says of itself. */
export interface InstalledName {
  ecosystem: EcosystemId
  /** Canonical. */
  name: string
  version: string | null
  /** Where it lies, from the tree, with `/`; empty: it is the tree, as what is built into a program. */
  place: string
  /** As in `Dependency.digests`, where somebody has looked for them. */
  digests?: readonly string[]
}

export interface InstalledListing {
  packages: InstalledName[]
  /** What has no name or version that can be read, and why. */
  unread: { place: string; says: string }[]
}

/** Metadata beyond this is not read: the largest package.json seen have a few hundred kilobytes. */
const LARGEST = 2 * 1024 * 1024
/** Headers of a METADATA stand before the description, which may be long. */
const HEADERS = 64 * 1024

/**
 * Names and versions of what is installed in a folder, without reading the packages' own files: a tenth of the time of
 * `installedIn`. `told` is shown each package.json that was read. null where the folder is no tree of packages. Throws `archive-invalid` and `archive-limit`.
 */
export function listInstalled(folder: string, told: (place: string, manifest: object) => void = () => undefined): InstalledListing | null {
  const name = basename(folder)
  if (name === 'node_modules') return nodeModules(folder, told)
  if (/^(?:site|dist)-packages$/.test(name)) return distributions(folder)
  const tree = installedIn(folder)
  if (tree?.packages.some(({ ecosystem }) => ecosystem === 'go')) {
    const packages = tree.packages.flatMap(({ name: module, version, place }): InstalledName[] => (module === undefined ? [] : [{ ecosystem: 'go', name: module, version: version ?? null, place }]))
    return { packages: packages.filter((one) => ecosystems.go.isName(one.name)), unread: [] }
  }
  return tree ? distributions(folder) : null
}

/** Packages where npm, yarn and pnpm put them: in `node_modules`, in those of packages, and in the stores beside them. */
function nodeModules(root: string, told: (place: string, manifest: object) => void): InstalledListing {
  const tree = new TreeReader(root)
  const listing: InstalledListing = { packages: [], unread: [] }
  const modules = (folder: string): void => {
    for (const entry of tree.list(folder)) {
      const path = within(folder, entry.name)
      if (!entry.isDirectory()) continue
      if (entry.name === '.pnpm' || entry.name === '.store' || entry.name === '.bun') {
        for (const stored of tree.list(path)) if (stored.isDirectory()) inside(stored.name === 'node_modules' ? path : within(path, stored.name))
      } else if (entry.name.startsWith('@')) {
        for (const scoped of tree.list(path)) if (scoped.isDirectory()) found(within(path, scoped.name))
      } else if (!entry.name.startsWith('.')) found(path)
    }
  }
  const inside = (folder: string): void => {
    if (tree.list(folder).some((entry) => entry.isDirectory() && entry.name === 'node_modules')) modules(within(folder, 'node_modules'))
  }
  const found = (path: string): void => {
    const read = fromPackageJson(root, path, told)
    if (typeof read === 'string') listing.unread.push({ place: path, says: read })
    else if (read) listing.packages.push(read)
    inside(path)
  }
  modules('')
  return listing
}

/** null: a folder that is no package (a scope's rest, a cache). The name is the manifest's own: folders of aliases are called otherwise. */
function fromPackageJson(root: string, path: string, told: (place: string, manifest: object) => void): InstalledName | string | null {
  const text = read(root, `${path}/package.json`, LARGEST)
  if (text === null) return null
  try {
    const manifest = JSON.parse(text) as { name?: unknown; version?: unknown }
    const { name, version } = manifest
    told(path, manifest)
    const called = typeof name === 'string' && ecosystems.npm.isName(name) ? name : path.slice(path.lastIndexOf('node_modules/') < 0 ? 0 : path.lastIndexOf('node_modules/') + 'node_modules/'.length)
    if (!ecosystems.npm.isName(called)) return 'its package.json has no name that npm takes'
    return { ecosystem: 'npm', name: called, version: typeof version === 'string' ? version.slice(0, 256) : null, place: path }
  } catch (thrown) {
    return `its package.json cannot be read: ${sentence(thrown).slice(0, 120)}`
  }
}

/** By the metadata that installers leave (PEP 376, 627): `METADATA`, in eggs `PKG-INFO`; else by the folder's own name. */
function distributions(root: string): InstalledListing {
  const listing: InstalledListing = { packages: [], unread: [] }
  for (const entry of new TreeReader(root).list('')) {
    const told = /^(.+?)-([^-]+)(?:-py[\d.]+)?\.(?:dist-info|egg-info|egg)$/.exec(entry.name) ?? /^(.+)\.egg-info$/.exec(entry.name)
    if (!told) continue
    const headers = entry.isFile() ? read(root, entry.name, HEADERS)
      : ['METADATA', 'PKG-INFO', 'EGG-INFO/PKG-INFO'].reduce<string | null>((found, file) => found ?? read(root, `${entry.name}/${file}`, HEADERS), null)
    const header = (name: string): string | undefined => new RegExp(`^${name}:[ \\t]*(\\S.*?)[ \\t\\r]*$`, 'mi').exec(headers?.split(/\r?\n\r?\n/, 1)[0] ?? '')?.[1]
    const name = ecosystems.pypi.canonicalName(header('Name') ?? told[1] as string)
    const version = header('Version') ?? told[2] ?? null
    if (ecosystems.pypi.isName(name)) listing.packages.push({ ecosystem: 'pypi', name, version: version?.slice(0, 256) ?? null, place: entry.name })
    else listing.unread.push({ place: entry.name, says: 'its metadata has no name that PyPI takes' })
  }
  return listing
}

/** The beginning of a file, never through a link; null where there is none. */
function read(root: string, path: string, most: number): string | null {
  try {
    const fd = openSync(join(root, path), constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0))
    try {
      const bytes = Buffer.alloc(Math.min(most, fstatSync(fd).size))
      return bytes.toString('utf8', 0, readSync(fd, bytes, 0, bytes.length, 0))
    } finally {
      closeSync(fd)
    }
  } catch {
    return null
  }
}
