import { TreeReader, within } from './tree.ts'
import type { InstalledPackage, InstalledTree } from './tree.ts'

/**
 * Go's module cache (`go env GOMODCACHE`, go.dev/ref/mod#module-cache): a folder `path@version` for each module that was
 * unpacked, and under `cache/download` the zip it came from. Paths and versions have capitals escaped as `!` and the letter.
 */
export function moduleCache(root: string): InstalledTree {
  const tree = new TreeReader(root)
  const packages: InstalledPackage[] = []

  const unpacked = (folder: string): void => {
    for (const entry of tree.list(folder)) {
      const path = within(folder, entry.name)
      const at = entry.name.indexOf('@')
      if (!entry.isDirectory() || path === 'cache') continue
      if (at <= 0) unpacked(path)
      else packages.push({ ecosystem: 'go', place: path, path, name: plain(within(folder, entry.name.slice(0, at))), version: plain(entry.name.slice(at + 1)) })
    }
  }

  const downloaded = (folder: string, module: string): void => {
    for (const entry of tree.list(folder)) {
      const path = within(folder, entry.name)
      if (entry.isDirectory()) {
        if (path !== 'cache/download/sumdb') downloaded(path, entry.name === '@v' ? module : within(module, entry.name))
      } else if (folder.endsWith('/@v') && entry.name.endsWith('.zip')) {
        packages.push({ ecosystem: 'go', place: path, path, name: plain(module), version: plain(entry.name.slice(0, -'.zip'.length)) })
      }
    }
  }

  unpacked('')
  if (tree.list('').some((entry) => entry.name === 'cache' && entry.isDirectory())
    && tree.list('cache').some((entry) => entry.name === 'download' && entry.isDirectory())) downloaded('cache/download', '')
  return tree.done('go', packages)
}

const plain = (escaped: string): string => escaped.replace(/!([a-z])/g, (_, letter: string) => letter.toUpperCase())
