import { addLocked, filesOf, packagesIn, withFiles } from './python-lock.ts'
import type { LockedPackage } from './python-lock.ts'
import type { Format, Source } from './project-file.ts'
import { fromGit, fromPath, fromRegistry, fromUrl, REGISTRY } from './source.ts'
import { listOf, readBlocks, stringAt, tableAt, valueAt } from './toml.ts'
import type { Toml, TomlTable } from './toml.ts'

/** poetry's lockfile, versions 1 and 2. Digests stand with the package, in older ones in `metadata.files` or `metadata.hashes`. */
export const poetryLock: Format = {
  name: 'poetry.lock',
  files: 'poetry.lock',
  ecosystem: 'pypi',
  matches: (name) => name === 'poetry.lock',
  read(reading) {
    const packages: LockedPackage[] = []
    const digests = new Map<string, string[]>()
    let told = false
    for (const block of readBlocks(reading)) {
      for (const { name, table, line } of packagesIn(reading, block, 'package')) packages.push(packageOf(name, table, line))
      const version = stringAt(block.root, 'metadata', 'lock-version')
      if (version !== null) reading.called(`poetry.lock ${version}`)
      told ||= tableAt(block.root, 'metadata') !== null
      for (const [name, files] of tableAt(block.root, 'metadata', 'files') ?? []) digests.set(name, filesOf(files).digests)
      for (const [name, hashes] of tableAt(block.root, 'metadata', 'hashes') ?? []) {
        digests.set(name, listOf(hashes).flatMap((hash) => (typeof hash === 'string' ? filesOf(new Map([['hash', hash]])).digests : [])))
      }
    }
    if (!told) reading.problem(null, 'the metadata at the end is missing: the file may be cut off', 'broken')
    addLocked(reading, packages.map((one) => ({
      ...one, draft: { ...one.draft, digests: one.draft.digests?.length ? one.draft.digests : digests.get(one.draft.name) ?? [] },
    })), null)
  },
}

function packageOf(name: string, table: TomlTable, line: number): LockedPackage {
  const { digests, urls } = filesOf(table.get('files'))
  const groups = listOf(table.get('groups'))
  const category = stringAt(table, 'category')
  const dev = groups.length > 0 ? !groups.includes('main') : category === null ? null : category === 'dev'
  return {
    draft: {
      name, line, version: stringAt(table, 'version'), digests, source: withFiles(sourceOf(valueAt(table, 'source')), urls),
      ...(dev === null ? {} : { dev }),
    },
    asks: [...tableAt(table, 'dependencies')?.keys() ?? []],
  }
}

function sourceOf(source: Toml | undefined): Source {
  const url = stringAt(source, 'url')
  if (url === null) return REGISTRY
  switch (stringAt(source, 'type')) {
    case 'git': return fromGit(`${url}#${stringAt(source, 'resolved_reference') ?? stringAt(source, 'reference') ?? ''}`)
    case 'url': return fromUrl(url)
    case 'file':
    case 'directory': return fromPath(url)
    default: return fromRegistry(url)
  }
}
