import { ecosystems } from '../../ecosystems/index.ts'
import { readRequirement, pinned, pythonSource } from './requirement.ts'
import type { Draft, Format, Reading, Source } from './project-file.ts'
import { fromGit, fromPath, fromUrl, fromWorkspace, REGISTRY } from './source.ts'
import { elementsAt, listOf, readBlocks, stringAt, tableAt, valueAt } from './toml.ts'
import type { Block, Toml } from './toml.ts'

/** PEP 621 (project), PEP 735 (dependency groups), PEP 518 (building), and the tables of poetry, pdm and uv. */
export const pyproject: Format = {
  name: 'pyproject.toml',
  files: 'pyproject.toml',
  ecosystem: 'pypi',
  matches: (name) => name === 'pyproject.toml',
  read(reading) {
    const blocks = [...readBlocks(reading)]
    const sources = new Map(blocks.flatMap(({ root }) => [...tableAt(root, 'tool', 'uv', 'sources') ?? []].map(([name, value]) => [canonical(name), value] as const)))
    for (const block of blocks) {
      for (const draft of asksOf(reading, block)) reading.add(elsewhere(draft, sources.get(canonical(draft.name))))
      indexes(reading, block)
    }
  },
}

const canonical = (name: string): string => ecosystems.pypi.canonicalName(name)

/** The names that pyproject.toml beside a lockfile asks for; null where there is none. */
export function pyprojectAsks(reading: Reading): { production: string[]; development: string[] } | null {
  const text = reading.beside('pyproject.toml')
  if (text === null) return null
  const quiet: Reading = { text, beside: () => null, called: () => undefined, add: () => undefined, index: () => undefined, problem: () => undefined }
  const all = [...readBlocks(quiet)].flatMap((block) => [...asksOf(quiet, block)])
  const names = (dev: boolean): string[] => all.filter((draft) => draft.dev === dev).map(({ name }) => name)
  return { production: names(false), development: names(true) }
}

function* asksOf(reading: Reading, block: Block): Generator<Draft> {
  const { root } = block
  yield* requirements(reading, block, { list: valueAt(root, 'project', 'dependencies'), what: 'project.dependencies', dev: false })
  for (const [table, keys, dev] of [
    ['project.optional-dependencies', ['project', 'optional-dependencies'], false],
    ['dependency-groups', ['dependency-groups'], true],
    ['tool.pdm.dev-dependencies', ['tool', 'pdm', 'dev-dependencies'], true],
  ] as const) {
    for (const [group, list] of tableAt(root, ...keys) ?? []) yield* requirements(reading, block, { list, what: `${table}.${group}`, dev })
  }
  yield* requirements(reading, block, { list: valueAt(root, 'build-system', 'requires'), what: 'build-system.requires', dev: true })
  yield* requirements(reading, block, { list: valueAt(root, 'tool', 'uv', 'dev-dependencies'), what: 'tool.uv.dev-dependencies', dev: true })
  for (const kind of ['override-dependencies', 'constraint-dependencies', 'build-constraint-dependencies']) {
    for (const draft of requirements(reading, block, { list: valueAt(root, 'tool', 'uv', kind), what: `tool.uv.${kind}`, dev: false })) yield { ...draft, direct: null, dev: null }
  }
  yield* poetry(reading, block, valueAt(root, 'tool', 'poetry', 'dependencies'), false)
  yield* poetry(reading, block, valueAt(root, 'tool', 'poetry', 'dev-dependencies'), true)
  for (const [group, table] of tableAt(root, 'tool', 'poetry', 'group') ?? []) {
    yield* poetry(reading, block, valueAt(table, 'dependencies'), group !== 'main')
  }
}

function* requirements(reading: Reading, block: Block, { list, what, dev }: { list: Toml | undefined; what: string; dev: boolean }): Generator<Draft> {
  if (list !== undefined && !Array.isArray(list)) reading.problem(block.line, `${what} is no list: it was not read`)
  for (const item of listOf(list)) {
    // PEP 735: a group may include another, which is read where it stands.
    if (item instanceof Map && typeof item.get('include-group') === 'string') continue
    const line = typeof item === 'string' ? block.lineOf(item) : block.line
    // pdm takes what pip's `-e` takes.
    const read = typeof item === 'string' ? readRequirement(item.replace(/^-e\s+\S*?#egg=/, '')) : null
    if (read) yield { ...read, line, direct: true, dev }
    else reading.problem(line, `${what}: this is no requirement that can be read: ${typeof item === 'string' ? item.slice(0, 200) : 'a table'}`)
  }
}

/** Poetry's tables, and Pipfile's, which are alike: name = range, or a table, or a list of tables for several markers. */
export function* poetry(reading: Reading, block: Block, table: Toml | undefined, dev: boolean): Generator<Draft> {
  if (table !== undefined && !(table instanceof Map)) reading.problem(block.line, 'a table of dependencies is none: it was not read')
  if (!(table instanceof Map)) return
  for (const [name, value] of table as ReadonlyMap<string, Toml>) {
    if (name === 'python') continue
    const line = block.lineOf(name)
    for (const one of Array.isArray(value) ? value as readonly Toml[] : [value]) {
      const range = typeof one === 'string' ? one : stringAt(one, 'version')
      const source = tableSource(one)
      if (range === null && !source && !(one instanceof Map)) reading.problem(line, `${name} has no version that can be read`)
      else yield { name, range: range ?? source?.url ?? '*', version: source ? null : exact(range), source: source ?? REGISTRY, line, direct: true, dev }
    }
  }
}

/** Poetry takes `1.2.3` for that very version, where Pipfile and pip need `==1.2.3`. */
const exact = (range: string | null): string | null => (range === null ? null : /^\d+(?:\.\d+)*(?:[a-z.+-]\w*)*$/i.exec(range.slice(0, 100))?.[0] ?? pinned(range))

/** Where a table says a package lies: git, address, path; null where a registry is meant. */
export function tableSource(table: Toml | undefined): Source | null {
  const git = stringAt(table, 'git')
  if (git !== null) {
    const revision = stringAt(table, 'rev') ?? stringAt(table, 'ref') ?? stringAt(table, 'tag') ?? stringAt(table, 'branch')
    return fromGit(revision === null ? git : `${git}#${revision}`)
  }
  const url = stringAt(table, 'url')
  if (url !== null) return fromUrl(url)
  const path = stringAt(table, 'path')
  if (path !== null) return fromPath(path)
  const file = stringAt(table, 'file')
  return file === null ? null : pythonSource(file)
}

/** `tool.uv.sources` send a name elsewhere than its requirement says. */
function elsewhere(draft: Draft, told: Toml | undefined): Draft {
  const table = Array.isArray(told) ? (told as readonly Toml[])[0] : told
  const source = valueAt(table, 'workspace') === true ? fromWorkspace(draft.name) : tableSource(table)
  return source ? { ...draft, source, version: null } : draft
}

function indexes(reading: Reading, { root, line, lineOf }: Block): void {
  const told = (url: string | null, extra: boolean): void => {
    if (url !== null) reading.index(extra ? 'extra-index' : 'index', url, url === '' ? line : lineOf(url))
  }
  // Poetry's `primary` (and its older `default`) stands in the public registry's place; others come beside it.
  for (const source of elementsAt(root, 'tool', 'poetry', 'source')) {
    const priority = stringAt(source, 'priority')
    told(stringAt(source, 'url'), !(priority === null ? valueAt(source, 'default') === true || valueAt(source, 'secondary') === undefined : ['primary', 'default'].includes(priority)))
  }
  for (const source of elementsAt(root, 'tool', 'pdm', 'source')) told(stringAt(source, 'url'), stringAt(source, 'name') !== 'pypi')
  for (const source of elementsAt(root, 'tool', 'uv', 'index')) told(stringAt(source, 'url'), valueAt(source, 'default') !== true)
  told(stringAt(root, 'tool', 'uv', 'index-url'), false)
  for (const url of listOf(valueAt(root, 'tool', 'uv', 'extra-index-url'))) if (typeof url === 'string') told(url, true)
  for (const url of listOf(valueAt(root, 'tool', 'uv', 'find-links'))) if (typeof url === 'string') reading.index('find-links', url, lineOf(url))
}
