import { hash } from 'node:crypto'
import { delimiter, join } from 'node:path'
import { escaped, word } from '../../recall/clearing.ts'
import type { Cache, Leftover, Sought } from './cache.ts'
import { isPlain, readPlain, walk } from './walk.ts'
import type { Bounds } from './walk.ts'

const VERSION = /^(v\d[^/]*)\.zip$/

/** Go's module cache: unpacked modules as `PATH@VERSION`, downloads as `cache/download/PATH/@v/VERSION.zip`, both case-encoded. */
export const goModuleCache: Cache = {
  client: 'go', ecosystem: 'go',
  folders: ({ env, home }) => {
    if (env['GOMODCACHE']) return [env['GOMODCACHE']]
    const [first] = (env['GOPATH'] ?? '').split(delimiter)
    return [first ? join(first, 'pkg/mod') : `${home}/go/pkg/mod`]
  },
  async* find(folder, sought, limits) {
    for (const { name, version } of sought) {
      if (name === null) continue
      const path = escaped(name)
      const downloads = join(folder, 'cache/download', path, '@v')
      const versions = version === null ? new Set<string>() : new Set([escaped(version)])
      if (version === null) {
        for await (const { name: file } of walk(downloads, limits, () => false)) {
          const found = VERSION.exec(file)?.[1]
          if (found !== undefined) versions.add(found)
        }
      }
      for (const one of versions) {
        const plain = one.replace(/!([a-z])/g, (_, letter: string) => letter.toUpperCase())
        const zip = join(downloads, `${one}.zip`)
        if (await isPlain(zip, 'file')) yield { client: 'go', path: zip, name, version: plain, by: 'name', clear: `rm -f ${word(join(downloads, one))}.*` }
        const unpacked = join(folder, `${path}@${one}`)
        if (await isPlain(unpacked, 'folder')) yield { client: 'go', path: unpacked, name, version: plain, by: 'name', clear: `chmod -R u+w ${word(unpacked)} && rm -rf ${word(unpacked)}` }
      }
    }
    yield* byDigest(folder, sought, limits)
  },
}

/** Zips of the size that is sought, under whatever name. */
async function* byDigest(folder: string, sought: readonly Sought[], limits: Bounds): AsyncGenerator<Leftover> {
  const nameless = sought.filter(({ name, digest }) => name === null && digest !== null)
  if (nameless.length === 0) return
  for await (const { path, name, folder: isFolder } of walk(join(folder, 'cache/download'), limits)) {
    if (isFolder || !name.endsWith('.zip')) continue
    const digest = await digestOfPlain(path, limits)
    if (nameless.some((one) => one.digest === digest)) yield { client: 'go', path, name: null, version: null, by: 'digest', clear: `rm -f ${word(path.slice(0, -4))}.*` }
  }
}

async function digestOfPlain(path: string, limits: Bounds): Promise<string | null> {
  const bytes = await readPlain(path, 512 * 1024 * 1024, limits)
  if (!bytes) return null
  return `sha256:${hash('sha256', bytes, 'hex')}`
}
