import { TreeReader, within } from './tree.ts'
import type { InstalledPackage, InstalledTree } from './tree.ts'

const VERSION_CONTROL = new Set(['.git', '.hg', '.svn'])

/**
 * The packages in a `node_modules`: scoped ones, those nested at any depth, and pnpm's store `.pnpm`, whose folders hold the
 * real files that links elsewhere point to. A file beside the packages can be required by its name as if it were one: such
 * files are a package of their own. Hidden folders are tools' (caches, links to commands) and nothing that can be required.
 */
export function nodeModules(root: string): InstalledTree {
  const tree = new TreeReader(root)
  const packages: InstalledPackage[] = []

  const modules = (folder: string): void => {
    const loose: string[] = []
    for (const entry of tree.list(folder)) {
      const path = within(folder, entry.name)
      if (entry.isFile()) {
        if (!entry.name.startsWith('.')) loose.push(entry.name)
      } else if (entry.name === '.pnpm') store(path)
      else if (entry.name.startsWith('.')) tree.left.push(`${path}/`)
      else if (entry.name.startsWith('@')) {
        for (const scoped of tree.list(path)) if (scoped.isDirectory()) found(within(path, scoped.name))
      } else found(path)
    }
    if (loose.length > 0) packages.push({ ecosystem: 'npm', place: within(folder, '(files of no package)'), path: folder, files: loose })
  }

  const store = (folder: string): void => {
    for (const entry of tree.list(folder)) {
      if (!entry.isDirectory()) continue
      if (entry.name === 'node_modules') modules(within(folder, entry.name))
      else below(within(folder, entry.name))
    }
  }

  const found = (path: string): void => {
    if (below(path)) packages.push({ ecosystem: 'npm', place: path, path })
  }

  /** Finds the `node_modules` below a folder; whether the folder has files of its own. */
  const below = (folder: string): boolean => {
    let own = false
    for (const entry of tree.list(folder)) {
      const path = within(folder, entry.name)
      if (!entry.isDirectory()) own = true
      else if (entry.name === 'node_modules') modules(path)
      else if (!VERSION_CONTROL.has(entry.name)) own = below(path) || own
    }
    return own
  }

  modules('')
  return tree.done('npm', packages)
}
