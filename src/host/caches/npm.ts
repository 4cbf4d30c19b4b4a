import { join } from 'node:path'
import { word } from '../../recall/clearing.ts'
import { matches } from './cache.ts'
import type { Cache, Leftover, Machine, Sought } from './cache.ts'
import { isPlain, readPlain, walk } from './walk.ts'

const LARGEST_BUCKET = 8 * 1024 * 1024

interface IndexEntry {
  key: string
  integrity: string | null
}

/**
 * npm's cache is npm/cacache's: `index-v5` holds files of lines `SHA-1 TAB JSON`, the last line of a key counts and one without
 * integrity says that it was deleted; `content-v2` holds content by its SHA-512. Keys end in the tarball's URL.
 */
export const npmCache: Cache = {
  client: 'npm', ecosystem: 'npm',
  folders: (machine) => npmFolders(machine).map((folder) => join(folder, '_cacache')),
  async* find(folder, sought, limits) {
    const hashes = new Set(sought.flatMap(({ sha512 }) => sha512 ?? []))
    const seen = new Set<string>()
    for await (const { path, folder: isFolder } of walk(join(folder, 'index-v5'), limits)) {
      if (isFolder) continue
      const bucket = await readPlain(path, LARGEST_BUCKET, limits)
      for (const entry of bucket ? entriesOf(bucket.toString('utf8')) : []) {
        const found = tarballOf(entry.key)
        const sha512 = hexOf(entry.integrity)
        const byName = found !== null && matches(sought, found.name, found.version)
        if (!byName && (sha512 === null || !hashes.has(sha512))) continue
        if (sha512 !== null) seen.add(sha512)
        yield { client: 'npm', path, name: found?.name ?? null, version: found?.version ?? null, by: byName ? 'name' : 'digest', clear: `npm cache clean ${word(entry.key)}` }
      }
    }
    yield* content(folder, { sought, seen })
  },
}

/** Content that no index names any more is there all the same, until `npm cache verify`. */
async function* content(folder: string, { sought, seen }: { sought: readonly Sought[]; seen: ReadonlySet<string> }): AsyncGenerator<Leftover> {
  for (const { sha512, name, version } of sought) {
    if (sha512 === null || seen.has(sha512)) continue
    const path = join(folder, 'content-v2', 'sha512', sha512.slice(0, 2), sha512.slice(2, 4), sha512.slice(4))
    if (await isPlain(path, 'file')) yield { client: 'npm', path, name, version, by: 'digest', clear: 'npm cache verify' }
  }
}

function npmFolders({ env, home, platform }: Machine): string[] {
  const named = env['npm_config_cache'] ?? env['NPM_CONFIG_CACHE']
  if (named) return [named]
  return [platform === 'win32' ? `${env['LOCALAPPDATA'] ?? `${home}/AppData/Local`}/npm-cache` : `${home}/.npm`]
}

function entriesOf(bucket: string): IndexEntry[] {
  const latest = new Map<string, IndexEntry>()
  for (const line of bucket.split('\n')) {
    const tab = line.indexOf('\t')
    if (tab < 0) continue
    try {
      const { key, integrity } = JSON.parse(line.slice(tab + 1)) as Record<string, unknown>
      if (typeof key === 'string') latest.set(key, { key, integrity: typeof integrity === 'string' ? integrity : null })
    } catch {
      // A line that was cut off counts for nothing; npm reads it so, too.
    }
  }
  return [...latest.values()].filter(({ integrity }) => integrity !== null)
}

/** `…/@scope/name/-/name-1.0.0.tgz`, whatever registry it is of. */
function tarballOf(key: string): { name: string; version: string } | null {
  const [, scope, , base, file] = /\/(?:(@[^/@]+)(\/|%2f))?([^/@]+)\/-\/([^/]+)\.tgz(?:[?#].*)?$/i.exec(key) ?? []
  if (base === undefined || file === undefined || !file.startsWith(`${base}-`)) return null
  return { name: scope === undefined ? base : `${scope}/${base}`, version: file.slice(base.length + 1) }
}

function hexOf(integrity: string | null): string | null {
  const base64 = /(?:^|\s)sha512-([A-Za-z0-9+/=]{88})/.exec(integrity ?? '')?.[1]
  return base64 === undefined ? null : Buffer.from(base64, 'base64').toString('hex')
}
