import { addLocked, filesOf, packagesIn, withFiles } from './python-lock.ts'
import type { LockedPackage } from './python-lock.ts'
import type { Format, Source } from './project-file.ts'
import { fromGit, fromPath, fromRegistry, fromUrl, REGISTRY } from './source.ts'
import { elementsAt, readBlocks, stringAt, tableAt, valueAt } from './toml.ts'
import type { TomlTable } from './toml.ts'

/** The standard lockfile (PEP 751; packaging.python.org, pylock.toml specification). */
export const pylock: Format = {
  name: 'pylock.toml',
  files: 'pylock.toml',
  ecosystem: 'pypi',
  matches: (name) => /^pylock\.(?:[^.]+\.)?toml$/.test(name),
  read(reading) {
    const packages: LockedPackage[] = []
    let version: string | null = null
    for (const block of readBlocks(reading)) {
      version ??= stringAt(block.root, 'lock-version')
      for (const { name, table, line } of packagesIn(reading, block, 'packages')) packages.push(packageOf(name, table, line))
    }
    reading.called(`pylock.toml ${version ?? '(no version)'}`)
    if (version === null || !version.startsWith('1.')) reading.problem(null, `lock-version ${version ?? 'is missing'}: read as if it were 1.0`)
    addLocked(reading, packages, null)
  },
}

function packageOf(name: string, table: TomlTable, line: number): LockedPackage {
  const { digests, urls } = filesOf(table.get('sdist'), table.get('wheels'), table.get('archive'))
  return {
    draft: { name, line, digests, version: stringAt(table, 'version'), source: withFiles(sourceOf(table), urls) },
    asks: elementsAt(table, 'dependencies').flatMap((item) => stringAt(item, 'name') ?? []),
  }
}

function sourceOf(table: TomlTable): Source {
  const vcs = tableAt(table, 'vcs')
  if (vcs) {
    const where = stringAt(vcs, 'url') ?? stringAt(vcs, 'path') ?? ''
    return fromGit(`${where}#${stringAt(vcs, 'commit-id') ?? ''}`)
  }
  const directory = stringAt(table, 'directory', 'path')
  if (directory !== null) return fromPath(directory)
  const archive = valueAt(table, 'archive')
  const url = stringAt(archive, 'url')
  if (url !== null) return fromUrl(url)
  const path = stringAt(archive, 'path')
  if (path !== null) return fromPath(path)
  const index = stringAt(table, 'index')
  return index === null ? REGISTRY : fromRegistry(index)
}
