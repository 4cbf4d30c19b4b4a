import { fromSri } from './digests.ts'
import { reach } from './graph.ts'
import type { Reading } from './project-file.ts'
import { fromWorkspace, readNpmSpec, readResolved, REGISTRY } from './source.ts'
import type { Source } from './project-file.ts'
import { at, isTrue, textAt } from './tree.ts'
import type { Located } from './tree.ts'

/** A folder with packages in its `node_modules`: the project, one of its workspaces, or a package. */
export interface Place {
  /** As it can be required. */
  name: string
  entry: Located | undefined
  parent: Place | null
  /** Whether it is the project itself or a workspace of it. */
  own: boolean
  children: Map<string, Place>
  asks: { name: string; range: string; dev: boolean }[]
  /** Where it is a link to a workspace. */
  link: Place | null
}

export const place = (name: string, entry: Located | undefined, parent: Place | null): Place =>
  ({ name, entry, parent, own: false, children: new Map(), asks: [], link: null })

/** More levels than any `node_modules`. */
const DEEPEST = 60

/** What a package finds when it requires `name`: Node looks in each `node_modules` on the way up. */
function resolve(from: Place, name: string): Place | null {
  let folder: Place | null = from
  for (let level = 0; folder !== null && level < DEEPEST; level++, folder = folder.parent) {
    const found = folder.children.get(name)
    if (found) return found
  }
  return null
}

/** Adds every package of a tree, with how it gets in. Without a list of what the project asks for, those nobody asks for begin. `known` ones are left out. */
export function addPlaces(reading: Reading, places: readonly Place[], known: (one: Place) => boolean = () => false): void {
  const ranges = new Map<Place, string>()
  const targets = (from: Place, dev: boolean | null): Place[] => from.asks.flatMap(({ name, range, dev: only }) => {
    const found = dev !== null && only !== dev ? null : resolve(from, name)
    if (found && !ranges.has(found)) ranges.set(found, range)
    return found ? [found] : []
  })
  const own = places.filter((one) => one.own)
  const told = own.some(({ asks }) => asks.length > 0)
  const graph = { next: (one: Place) => (one.link ? [] : targets(one, null)), name: (one: Place) => one.name }
  const unasked = (): Place[] => {
    const asked = new Set(places.flatMap((one) => (one.own ? [] : graph.next(one))))
    return places.filter((one) => !one.own && !asked.has(one))
  }
  // What the project itself asks for comes first: of several ranges its own is shown.
  const roots = told
    ? { production: own.flatMap((one) => targets(one, false)), development: own.flatMap((one) => targets(one, true)) }
    : { production: unasked(), development: [] }
  const reached = reach(roots, graph)
  for (const one of places) {
    if (one.own || known(one)) continue
    const how = reached.get(one)
    addPlace(reading, one, { path: how?.path ?? [], direct: told ? how?.direct ?? null : null, range: ranges.get(one) ?? null })
  }
}

function addPlace(reading: Reading, { name, entry, link }: Place, { range, path, direct }: { range: string | null; path: readonly string[]; direct: boolean | null }): void {
  const asked = range === null ? null : readNpmSpec(range)
  const written = textAt(entry, 'version') ?? ''
  // Versions 1 have an alias (`npm:real@1.0.0`) or an address in the version's place.
  const said = /^(?:npm:|[a-z+]+:|[\w.-]+\/)/i.test(written) ? readNpmSpec(written) : null
  const resolved = textAt(entry, 'resolved')
  const exact = said === null ? written : said.name === null ? null : said.range
  reading.add({
    name: textAt(entry, 'name') ?? said?.name ?? asked?.name ?? name, alias: name,
    version: exact === '' ? null : exact,
    range: asked?.range ?? null,
    source: sourceOf({ link, resolved, said: said?.source ?? null, asked: asked?.source ?? null }),
    digests: fromSri(textAt(entry, 'integrity')),
    line: entry?.line ?? null, path, direct,
    dev: isTrue(at(entry, 'dev')),
  })
}

function sourceOf({ link, resolved, said, asked }: { link: Place | null; resolved: string | null; said: Source | null; asked: Source | null }): Source {
  if (link) return fromWorkspace(link.name)
  if (said && said.kind !== 'registry') return said
  if (resolved === null) return asked ?? said ?? REGISTRY
  const from = readResolved(resolved)
  // An address that the project or a package asks for by itself is no registry's, whatever it looks like.
  return from.kind === 'registry' && asked?.kind === 'url' ? asked : from
}
