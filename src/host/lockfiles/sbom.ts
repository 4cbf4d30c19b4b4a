import { reach } from './graph.ts'
import type { Draft, Reading } from './project-file.ts'

/** An id for a component: its own, unless it has none or another has it. */
export function freeId(components: ReadonlyMap<string, unknown>, own: string | null): string {
  let id = own ?? `#${components.size}`
  while (components.has(id)) id += `#${components.size}`
  return id
}

/** Adds an SBOM's components with how they get in; ids are the document's own. Without edges nothing is known of that. */
export function addComponents(reading: Reading, { components, edges, roots }: {
  /** By id; null for those that are no package but may lie on the way. */
  components: ReadonlyMap<string, Draft | null>
  edges: ReadonlyMap<string, readonly string[]>
  roots: readonly string[]
}): void {
  const own = new Set(roots)
  const first = roots.flatMap((root) => edges.get(root) ?? []).filter((id) => !own.has(id))
  const reached = reach({ production: first, development: [] }, {
    next: (id) => edges.get(id) ?? [],
    name: (id) => components.get(id)?.name ?? id.slice(0, 300),
  })
  for (const [id, draft] of components) {
    if (!draft || own.has(id)) continue
    const how = reached.get(id)
    reading.add({ ...draft, direct: first.length > 0 ? how?.direct ?? null : null, path: how?.path ?? [] })
  }
}
