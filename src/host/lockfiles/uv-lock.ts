import { addLocked, filesOf, packagesIn, withFiles } from './python-lock.ts'
import type { LockedPackage } from './python-lock.ts'
import type { Format, Source } from './project-file.ts'
import { fromGit, fromPath, fromRegistry, fromUrl, fromWorkspace, REGISTRY } from './source.ts'
import { listOf, readBlocks, stringAt, tableAt, valueAt } from './toml.ts'
import type { Toml, TomlTable } from './toml.ts'

/** uv's lockfile (docs of uv, "The uv lockfile"): the project itself and members of its workspace stand among the packages. */
export const uvLock: Format = {
  name: 'uv.lock',
  files: 'uv.lock',
  ecosystem: 'pypi',
  matches: (name) => name === 'uv.lock',
  read(reading) {
    const packages: LockedPackage[] = []
    const asked = { production: [] as string[], development: [] as string[] }
    let own = false
    for (const block of readBlocks(reading)) {
      const version = stringAt(block.root, 'version')
      if (version !== null) reading.called(`uv.lock ${version}`)
      for (const { name, table: one, line } of packagesIn(reading, block, 'package')) {
        const place = projectAt(one)
        const required = [...namesIn(one.get('dependencies')), ...groups(one, 'optional-dependencies')]
        const development = [...groups(one, 'dev-dependencies'), ...groups(one, 'dependency-groups')]
        if (place === null) packages.push(packageOf(name, one, { line, asks: [...required, ...development] }))
        else {
          own = true
          for (const name of required) asked.production.push(name)
          for (const name of development) asked.development.push(name)
          if (place !== '.') packages.push({ draft: { name, line, version: stringAt(one, 'version'), source: fromWorkspace(place) }, asks: required })
        }
      }
    }
    addLocked(reading, packages, own ? asked : null)
  },
}

/** Where the project or a member of its workspace lies; null for what it depends on. */
const projectAt = (table: TomlTable): string | null => stringAt(table, 'source', 'editable') ?? stringAt(table, 'source', 'virtual')

const namesIn = (list: Toml | undefined): string[] => listOf(list).flatMap((item) => stringAt(item, 'name') ?? [])
const groups = (table: TomlTable, key: string): string[] => [...tableAt(table, key)?.values() ?? []].flatMap(namesIn)

function packageOf(name: string, table: TomlTable, { line, asks }: { line: number; asks: string[] }): LockedPackage {
  const { digests, urls } = filesOf(table.get('sdist'), table.get('wheels'))
  return { draft: { name, line, version: stringAt(table, 'version'), digests, source: withFiles(sourceOf(valueAt(table, 'source')), urls) }, asks }
}

function sourceOf(source: Toml | undefined): Source {
  const registry = stringAt(source, 'registry')
  if (registry !== null) return /^[a-z][a-z0-9+.-]+:\/\//i.test(registry) ? fromRegistry(registry) : fromPath(registry)
  const git = stringAt(source, 'git')
  if (git !== null) return fromGit(git)
  const url = stringAt(source, 'url')
  if (url !== null) return fromUrl(url)
  const path = stringAt(source, 'path') ?? stringAt(source, 'directory')
  return path === null ? REGISTRY : fromPath(path)
}
