import { realpathSync } from 'node:fs'
import { homedir } from 'node:os'
import { sentence } from '../../core/errors.ts'
import { goCache, goPrograms } from './go.ts'
import { nodeTree } from './node.ts'
import type { InventoryTree } from './package.ts'
import { pythonTree } from './python.ts'
import { programFolders } from './roots.ts'
import type { Place, WalkState } from './walk.ts'

export interface InventoryReport {
  trees: InventoryTree[]
  /** What could not be read, and why: what is said of the rest is not said of these. */
  unread: { path: string; says: string }[]
  /** What was left out on purpose. */
  left: { path: string; says: string }[]
}

export interface ReadOptions {
  env: Readonly<Record<string, string | undefined>>
  /** Folders besides those of the walk that may have programs of Go's in them. */
  programs?: readonly string[]
  /** Files are hashed and held against what the installer recorded. */
  verify?: boolean
  progress?: (trees: number, of: number, path: string) => void
}

/** What is installed in the places a walk has found. Reads only; runs nothing. */
export function readPlaces({ places, programs, left }: Pick<WalkState, 'places' | 'programs' | 'left'>, { env, programs: others = programFolders(env), verify = false, progress }: ReadOptions): InventoryReport {
  const home = env['HOME'] || homedir()
  const report: InventoryReport = { trees: [], unread: [], left: [...left] }
  const read = ({ kind, path }: Place): void => {
    try {
      const { tree, unread } = kind === 'node' ? nodeTree(path, { env, home }) : kind === 'python' ? pythonTree(path, { verify }) : goCache(path, { verify })
      report.unread.push(...unread.map(({ place, says }) => ({ path: `${path}/${place}`, says })))
      if (tree.packages.length + tree.notes.length > 0) report.trees.push(tree)
    } catch (thrown) {
      report.unread.push({ path, says: sentence(thrown) })
    }
  }
  // The path of many machines names /bin, which is /usr/bin.
  const folders = [...new Set([...programs, ...others].flatMap((folder) => realOf(folder) ?? []))]
  const of = places.length + folders.length
  for (const [index, place] of places.entries()) {
    progress?.(index, of, place.path)
    read(place)
  }
  for (const [index, folder] of folders.entries()) {
    progress?.(places.length + index, of, folder)
    report.trees.push(...goPrograms(folder))
  }
  return report
}

function realOf(folder: string): string | null {
  try {
    return realpathSync(folder)
  } catch {
    return null
  }
}
