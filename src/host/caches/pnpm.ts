import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { word } from '../../recall/clearing.ts'
import { matches } from './cache.ts'
import type { Cache, Leftover, Machine, Sought } from './cache.ts'
import { readPlain, walk } from './walk.ts'
import type { Bounds } from './walk.ts'

const LARGEST_INDEX = 4 * 1024 * 1024
const ROWS = 2_000_000

/**
 * pnpm's store keeps files by content, and an index of what is in which package: in `index.db` (stores from v11 on), in
 * `index/…-NAME@VERSION.json` (v10), or in `files/…-index.json` with name and version inside (before).
 */
export const pnpmStore: Cache = {
  client: 'pnpm', ecosystem: 'npm',
  folders: pnpmFolders,
  async* find(folder, sought, limits) {
    for await (const found of walk(folder, limits, ({ name, depth }) => depth > 0 || /^v\d+$/.test(name))) {
      if (found.folder) continue
      if (found.name === 'index.db') yield* rows(found.path, sought, limits)
      else if (/[/\\]index[/\\]/.test(found.path)) {
        const named = /^[0-9a-f]+-(.+)@([^@]+)\.json$/.exec(found.name)
        const name = named?.[1]?.replace('+', '/')
        if (name !== undefined && matches(sought, name, named?.[2] ?? null)) yield leftover(found.path, name, named?.[2] ?? null, `rm ${word(found.path)} && pnpm store prune`)
      } else if (found.name.endsWith('-index.json')) yield* old(found.path, sought, limits)
    }
  },
}

const leftover = (path: string, name: string, version: string | null, clear: string): Leftover => ({ client: 'pnpm', path, name, version, by: 'name', clear })

async function* rows(path: string, sought: readonly Sought[], limits: Bounds): AsyncGenerator<Leftover> {
  let database: DatabaseSync
  try {
    database = new DatabaseSync(path, { readOnly: true, timeout: 2_000 })
  } catch (thrown) {
    limits.left.push(`${path}: ${(thrown as Error).message}`)
    return
  }
  try {
    // Keys are `sha512-BASE64 TAB NAME@VERSION`.
    for (const { key } of database.prepare('select key from package_index limit ?').iterate(ROWS) as Iterable<{ key: unknown }>) {
      const [, integrity = '', name = '', version = ''] = /^(\S*)\t(.+)@([^@]+)$/.exec(String(key)) ?? []
      const sha512 = integrity.startsWith('sha512-') ? Buffer.from(integrity.slice(7), 'base64').toString('hex') : null
      const byName = matches(sought, name, version)
      if (!byName && !sought.some((one) => one.sha512 !== null && one.sha512 === sha512)) continue
      yield { ...leftover(path, name, version, 'pnpm store prune'), by: byName ? 'name' : 'digest' }
    }
  } catch (thrown) {
    limits.left.push(`${path}: ${(thrown as Error).message}`)
  } finally {
    database.close()
  }
}

async function* old(path: string, sought: readonly Sought[], limits: Bounds): AsyncGenerator<Leftover> {
  const bytes = await readPlain(path, LARGEST_INDEX, limits)
  if (!bytes) return
  const text = bytes.toString('utf8')
  const name = /"name":\s*"([^"]{1,300})"/.exec(text)?.[1]
  const version = /"version":\s*"([^"]{1,200})"/.exec(text)?.[1] ?? null
  if (name !== undefined && matches(sought, name, version)) yield leftover(path, name, version, `rm ${word(path)} && pnpm store prune`)
}

function pnpmFolders({ env, home, platform }: Machine): string[] {
  const named = env['pnpm_config_store_dir'] ?? env['npm_config_store_dir']
  if (named) return [named]
  const own = platform === 'win32' ? `${env['LOCALAPPDATA'] ?? `${home}/AppData/Local`}/pnpm/store` : platform === 'darwin' ? `${home}/Library/pnpm/store` : `${env['XDG_DATA_HOME'] || `${home}/.local/share`}/pnpm/store`
  return [...(env['PNPM_HOME'] ? [join(env['PNPM_HOME'], 'store')] : []), own, `${home}/.pnpm-store`]
}

