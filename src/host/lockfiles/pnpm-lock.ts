import { fromSri } from './digests.ts'
import { addPackages } from './npm-graph.ts'
import type { FlatPackage, RootAsk } from './npm-graph.ts'
import type { Draft, Format, Reading, Source } from './project-file.ts'
import { fromGit, fromPath, fromRegistry, fromWorkspace, readNpmSpec, readResolved, REGISTRY } from './source.ts'
import { at, entriesOf, isTrue, rangesOf, textAt, textOf } from './tree.ts'
import type { Located } from './tree.ts'
import { readYaml } from './yaml.ts'

const TABLES: readonly [string, boolean][] = [['dependencies', false], ['optionalDependencies', false], ['devDependencies', true], ['configDependencies', false]]

/** Versions 5.x, 6 and 9 (github.com/pnpm/spec, lockfile). Newer pnpm puts its own dependencies in a document of their own before. */
export const pnpmLock: Format = {
  name: 'pnpm-lock',
  files: 'pnpm-lock.yaml',
  ecosystem: 'npm',
  matches: (name) => name === 'pnpm-lock.yaml' || name === 'shrinkwrap.yaml' || /^pnpm-lock\..+\.yaml$/.test(name),
  read(reading) {
    const documents = readYaml(reading)
    if (documents.length === 0) reading.problem(null, 'the file is empty', 'broken')
    for (const document of documents) readDocument(reading, document)
  },
}

function readDocument(reading: Reading, root: Located): void {
  const version = textAt(root, 'lockfileVersion')
  reading.called(`pnpm-lock ${version ?? '(no version)'}`)
  const major = version === null ? null : Number.parseInt(version, 10)
  if (major === null || ![5, 6, 7, 9].includes(major)) reading.problem(at(root, 'lockfileVersion')?.line ?? root.line, `lockfileVersion ${version ?? 'is missing'}: read as far as it is like 5, 6 and 9`)

  const packages = new Map<string, FlatPackage>()
  for (const [key, entry] of entriesOf(reading, at(root, 'packages'), 'packages')) addPackage(reading, packages, key, entry)
  // From version 9 on what a package asks for stands apart, once for each set of peers.
  for (const [key, entry] of entriesOf(reading, at(root, 'snapshots'), 'snapshots')) addPackage(reading, packages, key, entry)

  const asked: RootAsk[] = []
  const importers = at(root, 'importers')
  const roots: Iterable<[string, Located]> = importers ? entriesOf(reading, importers, 'importers') : [['.', root]]
  for (const [, importer] of roots) for (const one of askedBy(reading, importer)) asked.push(one)
  addPackages(reading, { packages, asked, resolve: (_from, name, ref) => keyOf(packages, name, ref) })
  for (const { name, ref, range, dev } of asked) {
    if (/^(?:link|workspace):/.test(ref)) reading.add({ name, range, source: fromWorkspace(ref.replace(/^\w+:/, '')), direct: true, dev, line: null })
  }
}

/** Several snapshots of a package, which differ by their peers, are one. */
function addPackage(reading: Reading, packages: Map<string, FlatPackage>, spelled: string, entry: Located): void {
  const said = draftOf(bare(spelled), entry)
  const first = packages.get(bare(spelled))
  // What resolves otherwise than the one before is a package of its own, whatever its name says.
  const key = first && at(entry, 'resolution') && !sameBytes(first.draft, said) ? spelled : bare(spelled)
  const draft = packages.get(key)?.draft ?? said
  if (!draft) {
    reading.problem(entry.line, `packages: "${spelled.slice(0, 100)}" cannot be read as a package`)
    return
  }
  const asks = packages.get(key)?.asks ?? []
  for (const table of ['dependencies', 'optionalDependencies']) {
    for (const [name, ref] of rangesOf(reading, at(entry, table), `${spelled.slice(0, 100)}: ${table}`)) asks.push({ name, ref })
  }
  packages.set(key, { draft, asks })
}

const sameBytes = (a: Draft, b: Draft | null): boolean => JSON.stringify([a.source, a.digests]) === JSON.stringify([b?.source, b?.digests])

function draftOf(key: string, entry: Located): Draft | null {
  const named = nameAndVersion(key)
  const name = textAt(entry, 'name') ?? named?.name
  if (name === undefined || name === '') return null
  const resolution = at(entry, 'resolution')
  const source = named && /^[\w.-]+\.[\w.-]+(?::\d+)?\//.test(key) ? fromRegistry(`https://${key}`) : sourceOf(resolution, named?.version ?? key)
  const version = textAt(entry, 'version') ?? (/^\d/.test(named?.version ?? '') ? named?.version ?? null : null)
  const dev = at(entry, 'dev')
  return { name, version, source, digests: fromSri(textAt(resolution, 'integrity')), line: entry.line, ...(dev ? { dev: isTrue(dev) } : {}) }
}

function sourceOf(resolution: Located | undefined, ref: string): Source {
  const tarball = textAt(resolution, 'tarball')
  const repo = textAt(resolution, 'repo')
  if (repo !== null) return fromGit(`${repo}#${textAt(resolution, 'commit') ?? ''}`)
  if (textAt(resolution, 'directory') !== null) return fromPath(textAt(resolution, 'directory') ?? '')
  if (tarball !== null) return readResolved(tarball)
  const registry = textAt(resolution, 'registry')
  if (registry !== null) return fromRegistry(registry)
  return /^(?:[a-z+]+:|@?[\w.-]+\.[a-z]+\/)/i.test(ref) ? readNpmSpec(ref).source : REGISTRY
}

/** `/a/1.0.0` (5), `/a@1.0.0` (6), `a@1.0.0` (9); null for addresses, whose entries say their names themselves. */
function nameAndVersion(key: string): { name: string; version: string } | null {
  const old = /^\/((?:@[^/]+\/)?[^/@]+)\/([^/]+)$/.exec(key)
  if (old) return { name: old[1] as string, version: old[2] as string }
  // Version 5 puts the registry's host first where it is not the usual one.
  const hosted = /^[\w.-]+\.[\w.-]+(?::\d+)?\/((?:@[^/]+\/)?[^/@]+)\/(\d[^/]*)$/.exec(key)
  if (hosted) return { name: hosted[1] as string, version: hosted[2] as string }
  const text = key.startsWith('/') ? key.slice(1) : key
  const mark = text.indexOf('@', 1)
  const name = text.slice(0, mark)
  return mark < 1 || !/^(?:@[^/]+\/)?[^/:]+$/.test(name) ? null : { name, version: text.slice(mark + 1) }
}

/** Without the peers that stand in brackets (6, 9) or after an underscore of the version (5). */
function bare(key: string): string {
  const bracket = key.indexOf('(')
  const text = bracket > 0 ? key.slice(0, bracket) : key
  const old = /^((?:[\w.-]+\.[\w.-]+(?::\d+)?)?\/(?:@[^/]+\/)?[^/@]+\/[^/_]+)_/.exec(text)
  return old ? old[1] as string : text
}

/** A reference is a version, or for aliases and addresses a key itself. */
function keyOf(packages: ReadonlyMap<string, unknown>, name: string, reference: string): string | null {
  for (const key of [`/${name}/${reference}`, `/${name}@${reference}`, `${name}@${reference}`, reference, `/${reference}`]) {
    const found = bare(key)
    if (packages.has(found)) return found
  }
  return null
}

function* askedBy(reading: Reading, importer: Located): Generator<RootAsk> {
  const specifiers = at(importer, 'specifiers')
  for (const [table, dev] of TABLES) {
    for (const [name, value] of entriesOf(reading, at(importer, table), table)) {
      const ref = textOf(value) ?? textAt(value, 'version')
      if (ref === null) reading.problem(value.line, `${table}: ${name} has no version that can be read`)
      else yield { name, ref, range: textAt(value, 'specifier') ?? textAt(specifiers, name), dev }
    }
  }
}
