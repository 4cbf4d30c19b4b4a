import { ecosystems } from '../../ecosystems/index.ts'
import { fromHex } from './digests.ts'
import { reach } from './graph.ts'
import type { Draft, Reading, Source } from './project-file.ts'
import { pyprojectAsks } from './pyproject.ts'
import { hostsOf } from './source.ts'
import { elementsAt, listOf, stringAt, valueAt } from './toml.ts'
import type { Block, Toml, TomlTable } from './toml.ts'

/** A package of a Python lockfile and the names it asks for. */
export interface LockedPackage {
  draft: Draft
  asks: string[]
}

/** The packages that a block of a lockfile holds under this key. One without a name is a problem of the file. */
export function* packagesIn(reading: Reading, block: Block, key: string): Generator<{ name: string; table: TomlTable; line: number }> {
  for (const table of elementsAt(block.root, key)) {
    const name = stringAt(table, 'name')
    const line = block.lineOf('name')
    if (name === null) reading.problem(line, 'a package without a name was left out')
    else yield { name, table, line }
  }
}

const canonical = (name: string): string => ecosystems.pypi.canonicalName(name)

/**
 * Adds the packages of a lockfile with how they get in. Names stand for all of their versions: Python has one of each in an
 * environment. `asked`: what the project asks for; null: what pyproject.toml beside it says, and where there is none, paths
 * begin at packages nobody asks for and `direct` stays unknown.
 */
export function addLocked(reading: Reading, packages: readonly LockedPackage[], asked: { production: readonly string[]; development: readonly string[] } | null): void {
  const wanted = asked ?? pyprojectAsks(reading)
  const byName = new Map<string, LockedPackage[]>()
  for (const one of packages) {
    const name = canonical(one.draft.name)
    const same = byName.get(name) ?? []
    same.push(one)
    byName.set(name, same)
  }
  const next = (name: string): string[] => [...new Set((byName.get(name) ?? []).flatMap(({ asks }) => asks.map(canonical)))].filter((one) => one !== name && byName.has(one))
  const all = new Set([...byName.keys()].flatMap(next))
  const known = (names: readonly string[]): string[] => names.map(canonical).filter((name) => byName.has(name))
  const roots = wanted
    ? { production: known(wanted.production), development: known(wanted.development) }
    : { production: [...byName.keys()].filter((name) => !all.has(name)), development: [] }
  const reached = reach(roots, { next, name: (name) => name })
  for (const [name, same] of byName) {
    const how = reached.get(name)
    for (const { draft } of same) {
      reading.add({ ...(wanted && how ? { dev: how.dev } : {}), ...draft, path: how?.path ?? [], direct: wanted ? how?.direct ?? null : null })
    }
  }
}

/** Digests and addresses of the files of a locked package, in the spellings of poetry (`hash`), uv, pdm and PEP 751 (`hashes`). */
export function filesOf(...lists: (Toml | undefined)[]): { digests: string[]; urls: string[] } {
  const digests: string[] = []
  const urls: string[] = []
  for (const file of lists.flatMap((list) => (list instanceof Map ? [list as Toml] : listOf(list)))) {
    digests.push(...fromHex(stringAt(file, 'hash')))
    const hashes = valueAt(file, 'hashes')
    if (hashes instanceof Map) for (const [algorithm, hex] of hashes) if (typeof hex === 'string') digests.push(...fromHex(hex, algorithm))
    const url = stringAt(file, 'url')
    if (url !== null) urls.push(url)
  }
  return { digests, urls }
}

export const withFiles = (source: Source, urls: readonly string[]): Source => ({ ...source, fileHosts: hostsOf(urls) })
