import { readJson } from './json.ts'
import type { Format, Reading } from './project-file.ts'
import { readNpmSpec } from './source.ts'
import { at, entriesOf, rangesOf, textOf } from './tree.ts'
import type { Located } from './tree.ts'

/** Tables of package.json (docs of npm, package.json) that ask for packages, and whether only for development. */
const GROUPS: readonly [table: string, dev: boolean][] = [
  ['dependencies', false], ['optionalDependencies', false], ['peerDependencies', false], ['devDependencies', true],
]

export interface Asked {
  name: string
  range: string
  line: number
  dev: boolean
}

export const packageJson: Format = {
  name: 'package.json',
  files: 'package.json',
  ecosystem: 'npm',
  matches: (name) => name === 'package.json',
  read(reading) {
    const root = readJson(reading)
    for (const asked of askedBy(reading, root)) addSpec(reading, asked, { direct: true, dev: asked.dev })
    const pnpm = at(root, 'pnpm')
    for (const [table, from] of [['overrides', root], ['resolutions', root], ['overrides', pnpm]] as const) overrides(reading, at(from, table), table)
    // bun's.
    for (const from of [root, at(root, 'workspaces')]) catalogs(reading, from)
  },
}

export function* askedBy(reading: Reading, node: Located | undefined): Generator<Asked> {
  for (const [table, dev] of GROUPS) {
    for (const [name, range, line] of rangesOf(reading, at(node, table), table)) yield { name, range, line, dev }
  }
}

/** What the package.json beside a lockfile asks for; null where there is none. Its problems are its own reading's. */
export function askedBeside(reading: Reading): Asked[] | null {
  const text = reading.beside('package.json')
  if (text === null) return null
  const quiet: Reading = { ...QUIET, text }
  return [...askedBy(quiet, readJson(quiet))]
}

const QUIET: Omit<Reading, 'text'> = { beside: () => null, called: () => undefined, add: () => undefined, index: () => undefined, problem: () => undefined }

const EXACT = /^[=v]{0,2}(\d+\.\d+\.\d+(?:[-+][\w.+-]{1,200})?)$/

function addSpec(reading: Reading, { name, range, line }: Omit<Asked, 'dev'>, { direct, dev }: { direct: boolean | null; dev: boolean | null }): void {
  const spec = readNpmSpec(range)
  reading.add({
    name: spec.name ?? name, alias: name, range: spec.range, version: EXACT.exec(spec.range ?? '')?.[1] ?? null, source: spec.source, line, direct, dev,
  })
}

/** Ranges that `catalog:` and `catalog:name` of the project's package.json files refer to. */
export function catalogs(reading: Reading, from: Located | undefined): void {
  const named = [...entriesOf(reading, at(from, 'catalogs'), 'catalogs')].map(([, catalog]) => catalog)
  for (const catalog of [at(from, 'catalog'), ...named]) {
    for (const [name, range, line] of rangesOf(reading, catalog, 'catalog')) addSpec(reading, { name, range, line }, { direct: null, dev: null })
  }
}

/**
 * Overrides put other packages in the place of those that dependencies ask for: keys are names with selectors around them
 * (`a@1`, yarn's `x/…/a`, pnpm's `x>a`, npm's nested tables), `$name` refers to what is asked for anyway.
 */
export function overrides(reading: Reading, node: Located | undefined, table: string, inside?: string): void {
  for (const [key, value] of entriesOf(reading, node, table)) {
    const name = key === '.' ? inside : targetOf(key)
    if (value.value instanceof Map) overrides(reading, value, table, name)
    const range = textOf(value)
    if (range === null || range.startsWith('$') || range === '-') continue
    if (name === undefined) reading.problem(value.line, `${table}: "${key}" names no package`)
    else addSpec(reading, { name, range, line: value.line }, { direct: null, dev: null })
  }
}

function targetOf(key: string): string | undefined {
  const last = key.slice(0, 1_000).split(/>(?!=)/).at(-1) ?? ''
  return /((?:@[^/@]+\/)?[^/@]+)(?:@[^/]*)?$/.exec(last.trim())?.[1]
}
