import { addPackages } from './npm-graph.ts'
import type { FlatPackage, RootAsk } from './npm-graph.ts'
import { askedBeside } from './package-json.ts'
import type { Draft, Format } from './project-file.ts'
import { decoded, fromRegistry, fromWorkspace, readNpmSpec } from './source.ts'
import { at, entriesOf, rangesOf, textAt } from './tree.ts'
import type { Located } from './tree.ts'
import { readYaml } from './yaml.ts'

/** yarn 2 and later (docs of yarn, lockfile): YAML, entries by the descriptors they answer, each with what it resolves to. */
export const yarnBerry: Format = {
  name: 'yarn berry',
  files: 'yarn.lock',
  ecosystem: 'npm',
  matches: (name, text) => name === 'yarn.lock' && /^\uFEFF?__metadata:/m.test(text.slice(0, 100_000)),
  read(reading) {
    const packages = new Map<string, FlatPackage>()
    const byDescriptor = new Map<string, string>()
    const asked: RootAsk[] = []
    const workspaces: { draft: Draft; asks: RootAsk[] }[] = []
    for (const [key, entry] of readYaml(reading).flatMap((document) => [...entriesOf(reading, document, 'the document')])) {
      if (key === '__metadata') {
        reading.called(`yarn berry ${textAt(entry, 'version') ?? ''}`.trim())
        continue
      }
      const draft = draftOf(key, entry)
      const asks = ['dependencies', 'optionalDependencies'].flatMap((table) => [...rangesOf(reading, at(entry, table), table)].map(([name, ref]) => ({ name, ref })))
      if (!draft) reading.problem(entry.line, `"${key.slice(0, 100)}" cannot be read as a package`)
      else if (draft.source?.kind === 'workspace') workspaces.push({ draft, asks: asks.map(({ name, ref }) => ({ name, ref, range: ref, dev: false })) })
      else {
        packages.set(key, { draft, asks })
        for (const descriptor of key.split(/\s*,\s*/)) byDescriptor.set(descriptor, key)
      }
    }
    const dev = new Set(askedBeside(reading)?.filter((one) => one.dev).map(({ name }) => name))
    for (const { draft, asks } of workspaces) {
      const top = draft.source?.url === '.'
      for (const one of asks) asked.push({ ...one, dev: top && dev.has(one.name) })
      if (!top) reading.add({ ...draft, version: null })
    }
    addPackages(reading, {
      packages, asked,
      // Before yarn 4 ranges stand without the protocol that descriptors have.
      resolve: (_from, name, ref) => byDescriptor.get(`${name}@${ref}`) ?? byDescriptor.get(`${name}@npm:${ref}`) ?? null,
    })
  },
}

function draftOf(key: string, entry: Located): Draft | null {
  const descriptor = key.split(',', 1)[0] as string
  const resolution = textAt(entry, 'resolution') ?? descriptor
  const [alias, [name, reference]] = [nameOf(descriptor)[0], nameOf(resolution)]
  if (name === '' || reference === '') return null
  // `a@npm:1.0.0::__archiveUrl=https%3A…`: the archive lies elsewhere than the registry's rule says.
  const [locator = '', parameters = ''] = reference.split('::', 2)
  const archive = decoded(/(?:^|&)__archiveUrl=([^&]+)/.exec(parameters)?.[1] ?? '')
  const spec = readNpmSpec(locator.startsWith('virtual:') ? locator.slice(locator.indexOf('#') + 1) : locator)
  const checksum = textAt(entry, 'checksum')
  return {
    name, alias, line: entry.line,
    version: textAt(entry, 'version'),
    source: locator.startsWith('workspace:') ? fromWorkspace(locator.slice('workspace:'.length)) : archive !== '' && spec.source.kind === 'registry' ? fromRegistry(archive) : spec.source,
    digests: checksum === null ? [] : [`yarn:${checksum}`],
  }
}

function nameOf(locator: string): [name: string, reference: string] {
  const mark = locator.indexOf('@', 1)
  return mark < 0 ? ['', ''] : [locator.slice(0, mark).trim(), locator.slice(mark + 1)]
}
