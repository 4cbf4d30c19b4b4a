import type { Digest, EcosystemId } from '../../core/types.ts'
import type { Bounds } from './walk.ts'

/** What is looked for. What is not known is null; at least the name or the digest is known. */
export interface Sought {
  ecosystem: EcosystemId | null
  /** Canonical. */
  name: string | null
  /** null: every version. */
  version: string | null
  digest: Digest | null
  /** Hex. */
  sha512: string | null
  size: number | null
}

/** Something that is still there. */
export interface Leftover {
  client: string
  /** The file or folder. */
  path: string
  /** As far as the cache tells. */
  name: string | null
  version: string | null
  by: 'name' | 'digest'
  /** Clears just this, for a POSIX shell. */
  clear: string
}

/** A client's cache: where it may be, and how to look. Looking reads, and nothing else. */
export interface Cache {
  client: string
  ecosystem: EcosystemId
  folders(machine: Machine): readonly string[]
  find(folder: string, sought: readonly Sought[], limits: Bounds): AsyncIterable<Leftover>
}

/** Where clients look for their caches. */
export interface Machine {
  env: Readonly<Record<string, string | undefined>>
  home: string
  platform: NodeJS.Platform
}

/** The first folders of these that a client would use: what a variable names, then the platform's own place for caches. */
export function cachePlace({ env, home, platform }: Machine, names: { variable?: string; unix: string; mac?: string; windows?: string }): string[] {
  const named = names.variable === undefined ? undefined : env[names.variable]
  if (named) return [named]
  if (platform === 'win32') return [`${env['LOCALAPPDATA'] ?? `${home}/AppData/Local`}/${names.windows ?? names.unix}`]
  return [
    ...(platform === 'darwin' ? [`${home}/Library/Caches/${names.mac ?? names.unix}`] : []),
    `${env['XDG_CACHE_HOME'] || `${home}/.cache`}/${names.unix}`,
  ]
}

/** Which of the sought a name and version are of. `same`: how the registry compares versions. */
export function matches(sought: readonly Sought[], name: string, version: string | null, same: (a: string, b: string) => boolean = (a, b) => a === b): boolean {
  return sought.some((one) => one.name === name && (one.version === null || (version !== null && same(one.version, version))))
}
