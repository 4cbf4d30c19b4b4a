import { readdirSync } from 'node:fs'
import { basename } from 'node:path'
import { moduleCache } from './module-cache.ts'
import { nodeModules } from './node-modules.ts'
import { sitePackages } from './site-packages.ts'
import type { InstalledTree } from './tree.ts'

/**
 * The packages installed in a folder, or null where it is no tree of many: `node_modules` by its name; Python's by its name
 * (`site-packages`, Debian's `dist-packages`) or by holding metadata of several distributions (`pip install --target`); Go's
 * module cache by what only it has. Throws `archive-invalid` and `archive-limit`.
 */
export function installedIn(folder: string): InstalledTree | null {
  const name = basename(folder)
  if (name === 'node_modules') return nodeModules(folder)
  const entries = entriesOf(folder)
  if (/^(?:site|dist)-packages$/.test(name) || entries.filter((entry) => entry.endsWith('.dist-info')).length > 1) return sitePackages(folder)
  if (entries.includes('cache') && entriesOf(`${folder}/cache`).includes('download')) return moduleCache(folder)
  return null
}

/** Nothing where there is no such folder: whoever reads it next says why. */
function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
