import { join } from 'node:path'
import { canonicalName as npmName, isName as isNpmName } from '../../ecosystems/npm/names.ts'
import { canonicalName as pypiName, isName as isPypiName } from '../../ecosystems/pypi/names.ts'
import type { HostPackage } from '../events/event.ts'

export interface Owner {
  package: HostPackage
  /** The package's folder. */
  place: string
}

const MODULES = '/node_modules/'
/** pip unpacks sdists into `pip-install-RANDOM/NAME_HEX`; uv and poetry keep the name in the path, too. */
const BUILDS = [
  /^(.*\/pip-(?:install|wheel|download)-[^/]+\/([A-Za-z0-9][A-Za-z0-9._-]*?)_[0-9a-f]{32})(?:\/|$)/,
  /^(.*\/(?:uv|\.uv)(?:\/[^/]+)?\/sdists-v\d+\/(?:pypi|index\/[^/]+)\/([A-Za-z0-9][A-Za-z0-9._-]*)\/[^/]+)(?:\/|$)/,
]
const SITE = /^(.*\/(?:site|dist)-packages)\/([^/]+?)(?:\.(?:py|pth|so))?(?:\/|$)/
const GO_MODULE = /^(.*?\/pkg\/mod\/((?:[^/@]+\/)*[^/@]+)@(v[^/]+))(?:\/|$)/

/**
 * The package that a path belongs to, by where clients put them; null: none. Versions are what the path says; `versionAt` reads
 * the others. Paths are hostile: nothing is taken for a name that no registry takes.
 */
export function packageAt(path: string): Owner | null {
  if (path.length > 4_096) return null
  return nodePackage(path) ?? builtPackage(path) ?? goModule(path)
}

function nodePackage(path: string): Owner | null {
  const at = `${path}/`.lastIndexOf(MODULES)
  if (at < 0) return null
  const [first = '', second = ''] = path.slice(at + MODULES.length).split('/', 2)
  const raw = first.startsWith('@') ? `${first}/${second}` : first
  if (raw.startsWith('.') || !isNpmName(raw)) return null
  return { package: { ecosystem: 'npm', name: npmName(raw), version: null, digest: null }, place: path.slice(0, at + MODULES.length) + raw }
}

function builtPackage(path: string): Owner | null {
  for (const pattern of BUILDS) {
    const [, place, name] = pattern.exec(path) ?? []
    if (place !== undefined && name !== undefined && isPypiName(name)) return { package: { ecosystem: 'pypi', name: pypiName(name), version: null, digest: null }, place }
  }
  const [, folder, name] = SITE.exec(path) ?? []
  if (folder === undefined || name === undefined || !isPypiName(name) || TOOLS.has(pypiName(name))) return null
  return { package: { ecosystem: 'pypi', name: pypiName(name), version: null, digest: null }, place: join(folder, name) }
}

/** What installs and builds others: its code runs for somebody else. */
const TOOLS: ReadonlySet<string> = new Set(['pip', 'setuptools', 'wheel', 'pkg-resources', 'distutils-hack', 'pyproject-hooks', 'uv', 'poetry', 'virtualenv', 'pipx', 'hatch', 'hatchling', 'build'])

/** Capitals are written `!c` in paths (golang.org/ref/mod, "Module proxy: escaping"). */
function goModule(path: string): Owner | null {
  const [, place, escaped, version] = GO_MODULE.exec(path) ?? []
  if (place === undefined || escaped === undefined || version === undefined) return null
  const name = escaped.replace(/^cache\/download\//, '').replace(/!([a-z])/g, (_, letter: string) => letter.toUpperCase())
  return /^[\w.~-]+(?:\/[\w.~+-]+)*$/.test(name) && name.includes('.') ? { package: { ecosystem: 'go', name, version, digest: null }, place } : null
}
