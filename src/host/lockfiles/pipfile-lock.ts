import { fromHex } from './digests.ts'
import { readJson } from './json.ts'
import type { Draft, Format, Reading, Source } from './project-file.ts'
import { pinned, pythonSource } from './requirement.ts'
import { fromGit, fromPath, REGISTRY } from './source.ts'
import { at, entriesOf, itemsOf, textAt, textOf } from './tree.ts'
import type { Located } from './tree.ts'

/** pipenv's lockfile: `_meta`, then tables of packages by category. It says neither who asks for what nor what is direct. */
export const pipfileLock: Format = {
  name: 'Pipfile.lock',
  files: 'Pipfile.lock',
  ecosystem: 'pypi',
  matches: (name) => name === 'pipfile.lock',
  read(reading) {
    const root = readJson(reading)
    const sources = new Map<string, string>()
    const meta = at(root, '_meta')
    for (const [index, source] of itemsOf(reading, at(meta, 'sources'), '_meta.sources').entries()) {
      const url = textAt(source, 'url')
      if (url === null) continue
      reading.index(index === 0 ? 'index' : 'extra-index', url, source.line)
      sources.set(textAt(source, 'name') ?? '', url)
    }
    for (const [category, table] of entriesOf(reading, root, 'the document')) {
      if (category === '_meta') continue
      for (const [name, entry] of entriesOf(reading, table, category)) reading.add(draftOf(reading, name, entry, { dev: category !== 'default', sources }))
    }
  },
}

function draftOf(reading: Reading, name: string, entry: Located, { dev, sources }: { dev: boolean; sources: ReadonlyMap<string, string> }): Draft {
  const version = textAt(entry, 'version')
  return {
    name, dev, line: entry.line,
    version: version === null ? null : pinned(version),
    range: version,
    source: sourceOf(entry, sources.get(textAt(entry, 'index') ?? '')),
    digests: itemsOf(reading, at(entry, 'hashes'), `${name}: hashes`).flatMap((hash) => fromHex(textOf(hash))),
  }
}

function sourceOf(entry: Located, index: string | undefined): Source {
  const git = textAt(entry, 'git')
  if (git !== null) return fromGit(`${git}#${textAt(entry, 'ref') ?? ''}`)
  const file = textAt(entry, 'file') ?? textAt(entry, 'url')
  if (file !== null) return pythonSource(file)
  const path = textAt(entry, 'path')
  if (path !== null) return fromPath(path)
  return index === undefined ? REGISTRY : { ...pythonSource(index), kind: 'registry' }
}
