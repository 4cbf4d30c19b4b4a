import type { EcosystemId } from '../core/types.ts'
import { ecosystems } from '../ecosystems/index.ts'
import type { Dependency } from '../host/lockfiles/project-file.ts'

/**
 * The versions that a dependency is of the package a registry has under its name: more than one where the lockfile says one and
 * its archive is called as another, because clients take the archive; null where only a range is known; empty for what is none: repositories, folders, other archives. An address whose file is called as the registry calls that of a release is
 * one, wherever it lies: mirrors have layouts of their own, and whoever takes a release by its address has it all the same.
 */
export function releasedAs({ ecosystem, name, version, source: { kind, url } }: Pick<Dependency, 'ecosystem' | 'name' | 'version' | 'source'>): (string | null)[] {
  if (kind !== 'registry' && kind !== 'unknown' && kind !== 'url') return []
  const said = version === null ? null : spelled(ecosystem, version)
  const file = url === null || ecosystem === 'go' ? null : fileVersion(ecosystem, name, url)
  if (file === null) return kind === 'url' ? [] : [said]
  const told = spelled(ecosystem, file)
  return [...new Set([said ?? told, told])]
}

/** npm takes `v1.0.0` for `1.0.0`, and no registry of its kind tells versions apart by what stands after a `+`. */
function spelled(ecosystem: EcosystemId, version: string): string {
  const canonical = ecosystem === 'pypi' ? version : ecosystems[ecosystem].canonicalVersion(version)
  return ecosystem === 'npm' ? canonical.split('+', 1)[0] as string : canonical
}

function fileVersion(ecosystem: EcosystemId, name: string, url: string): string | null {
  const file = decoded((/([^/]{1,500})$/.exec(url.split(/[?#]/, 1)[0] as string)?.[1] ?? ''))
  return ecosystem === 'npm' ? tarball(file, name) : distribution(file, name)
}

/** `name-1.0.0.tgz`, without the scope. */
function tarball(file: string, name: string): string | null {
  const start = `${name.slice(name.lastIndexOf('/') + 1)}-`
  return file.startsWith(start) ? /^(\d[\w.+-]*)\.(?:tgz|tar\.gz)$/.exec(file.slice(start.length))?.[1] ?? null : null
}

/** File names of wheels and sdists (PyPA, "Binary distribution format", "Source distribution format"). */
function distribution(file: string, name: string): string | null {
  const [, spelled, version] = /^([\w.]{1,200})-([^-]{1,100})(?:-[^-]{1,100}){3,4}\.whl$/.exec(file) ?? /^([\w.-]{1,200})-(\d[^-]{0,100})\.(?:tar\.gz|zip|tar\.bz2|tgz)$/.exec(file) ?? []
  return spelled !== undefined && version !== undefined && ecosystems.pypi.canonicalName(spelled) === name ? version : null
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
