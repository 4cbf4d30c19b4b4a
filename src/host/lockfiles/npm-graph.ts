import { reach } from './graph.ts'
import type { Reached } from './graph.ts'
import type { Draft, Reading } from './project-file.ts'
import { readNpmSpec } from './source.ts'

/** A package in a flat lockfile of npm's kind, and what it asks for as that file refers to it. */
export interface FlatPackage {
  draft: Draft
  /** Names and references: what `resolve` takes. */
  asks: { name: string; ref: string }[]
}

/** What the project or one of its workspaces asks for. `range`: as a person wrote it, where it differs from the reference. */
export interface RootAsk {
  name: string
  ref: string
  range: string | null
  dev: boolean
}

/**
 * Adds the packages of a flat lockfile, each once, with how they get in. `asked` null: the file does not say what the project
 * asks for; paths then begin at packages nobody else asks for, and `direct` stays unknown.
 */
export function addPackages(reading: Reading, { packages, asked, resolve }: {
  packages: ReadonlyMap<string, FlatPackage>
  asked: readonly RootAsk[] | null
  resolve(from: string | null, name: string, ref: string): string | null
}): void {
  const ranges = new Map<string, string>()
  const aliases = new Map<string, string>()
  const find = (from: string | null, name: string, ref: string): string | null => {
    const found = resolve(from, name, ref)
    if (found !== null && packages.get(found)?.draft.name !== name && !aliases.has(found)) aliases.set(found, name)
    return found
  }
  const next = (key: string): string[] => (packages.get(key)?.asks ?? []).flatMap(({ name, ref }) => find(key, name, ref) ?? [])
  const rooted = (dev: boolean): string[] => (asked ?? []).filter((one) => one.dev === dev).flatMap(({ name, ref, range }) => {
    const found = find(null, name, ref)
    if (found !== null && range !== null && !ranges.has(found)) ranges.set(found, range)
    return found ?? []
  })
  const unasked = (): string[] => {
    const all = new Set([...packages.keys()].flatMap(next))
    return [...packages.keys()].filter((key) => !all.has(key))
  }
  const reached = reach(asked ? { production: rooted(false), development: rooted(true) } : { production: unasked(), development: [] }, {
    next,
    name: (key) => packages.get(key)?.draft.name ?? key,
  })
  for (const [key, { draft }] of packages) {
    const range = ranges.get(key)
    const spec = range === undefined ? null : readNpmSpec(range)
    // An address that somebody wrote down is no registry's, whatever it looks like.
    const source = spec?.source.kind === 'url' && draft.source?.kind === 'registry' ? { source: spec.source } : {}
    reading.add({ ...draft, alias: draft.alias ?? aliases.get(key), ...source, ...(spec ? { range: spec.range } : {}), ...howIn(reached.get(key), asked !== null) })
  }
}

function howIn(reached: Reached | undefined, told: boolean): Pick<Draft, 'direct' | 'path'> & { dev?: boolean } {
  if (!reached) return {}
  return told ? { direct: reached.direct, path: reached.path, dev: reached.dev } : { path: reached.path }
}
