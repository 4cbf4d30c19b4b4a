import { isObject } from './json.ts'
import type { Json } from './json.ts'

export interface Installed {
  /** Where it stands in the tree, `a>b>c`; at most 20. */
  paths: string[]
  /** True when only development needs it. */
  dev: boolean
}

const MOST_PATHS = 20
const DEEPEST = 200

interface Node { name: string; value: Json; above: string; depth: number }

/**
 * Walks the `dependencies` of an audit request (the shape of an old lock file). pnpm sends its workspaces as the first
 * level, under names that are paths. null: larger than `limit` nodes.
 */
export function installedIn(
  request: Json, limit: number,
): { packages: Map<string, Map<string, Installed>>; total: number; dev: number } | null {
  const packages = new Map<string, Map<string, Installed>>()
  let dev = 0
  const queue = below(request, '', 0)
  for (let at = 0; at < queue.length; at++) {
    if (queue.length > limit) return null
    const { name, value, above, depth } = queue[at] as Node
    const path = above ? `${above}>${name}` : name
    if (depth < DEEPEST) for (const node of below(value, path, depth + 1)) queue.push(node)
    if (typeof value.version !== 'string') continue
    if (value.dev === true) dev++
    note(packages, { name, version: value.version, path, dev: value.dev === true })
  }
  return { packages, total: queue.length, dev }
}

function note(
  packages: Map<string, Map<string, Installed>>,
  { name, version, path, dev }: { name: string; version: string; path: string; dev: boolean },
): void {
  const versions = packages.get(name) ?? new Map<string, Installed>()
  packages.set(name, versions)
  const installed = versions.get(version) ?? { paths: [], dev: true }
  versions.set(version, installed)
  if (installed.paths.length < MOST_PATHS) installed.paths.push(path)
  installed.dev &&= dev
}

function below(value: Json, above: string, depth: number): Node[] {
  const { dependencies } = value
  if (!isObject(dependencies)) return []
  return Object.entries(dependencies).flatMap(([name, child]) => (isObject(child) ? [{ name, value: child, above, depth }] : []))
}
