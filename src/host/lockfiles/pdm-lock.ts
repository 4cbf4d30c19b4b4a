import { addLocked, filesOf, packagesIn, withFiles } from './python-lock.ts'
import type { LockedPackage } from './python-lock.ts'
import { tableSource } from './pyproject.ts'
import { readRequirement } from './requirement.ts'
import type { Format } from './project-file.ts'
import { fromGit, REGISTRY } from './source.ts'
import { listOf, readBlocks, stringAt, valueAt } from './toml.ts'
import type { TomlTable } from './toml.ts'

/** pdm's lockfile, versions 2 to 4.x: a package stands once more for each set of extras. */
export const pdmLock: Format = {
  name: 'pdm.lock',
  files: 'pdm.lock',
  ecosystem: 'pypi',
  matches: (name) => name === 'pdm.lock',
  read(reading) {
    const packages = new Map<string, LockedPackage>()
    for (const block of readBlocks(reading)) {
      const version = stringAt(block.root, 'metadata', 'lock_version')
      if (version !== null) reading.called(`pdm.lock ${version}`)
      for (const { name, table: one, line } of packagesIn(reading, block, 'package')) {
        const read = packageOf(name, one, line)
        const key = `${name} ${read.draft.version} ${read.draft.source?.url}`
        const known = packages.get(key)
        if (!known) packages.set(key, read)
        for (const name of known ? read.asks : []) known?.asks.push(name)
      }
    }
    addLocked(reading, [...packages.values()], null)
  },
}

function packageOf(name: string, table: TomlTable, line: number): LockedPackage {
  const { digests, urls } = filesOf(table.get('files'))
  const groups = listOf(valueAt(table, 'groups'))
  const git = stringAt(table, 'git')
  const source = git === null ? tableSource(table) ?? REGISTRY : fromGit(`${git}#${stringAt(table, 'revision') ?? stringAt(table, 'ref') ?? ''}`)
  return {
    draft: {
      name, line, digests, version: stringAt(table, 'version'), source: withFiles(source, urls),
      ...(groups.length > 0 ? { dev: !groups.includes('default') } : {}),
    },
    asks: listOf(table.get('dependencies')).flatMap((item) => (typeof item === 'string' ? readRequirement(item)?.name ?? [] : [])),
  }
}
