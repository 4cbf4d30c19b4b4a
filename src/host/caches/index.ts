import type { Cache, Leftover, Machine, Sought } from './cache.ts'
import { goModuleCache } from './go.ts'
import { npmCache } from './npm.ts'
import { pnpmStore } from './pnpm.ts'
import { pdmCache, pipCache, poetryCache, uvCache } from './python.ts'
import { bounds, rootOf } from './walk.ts'
import { bunCache, yarnBerryCache, yarnClassicCache } from './yarn-bun.ts'

export type { Leftover, Machine, Sought } from './cache.ts'

export interface CacheReport {
  leftovers: Leftover[]
  /** Caches that are there and were looked at. */
  looked: { client: string; folder: string }[]
  /** What was not looked at, one line each; not empty means that nothing found is not nothing there. */
  left: string[]
}

const CACHES: readonly Cache[] = [npmCache, pnpmStore, yarnClassicCache, yarnBerryCache, bunCache, pipCache, uvCache, poetryCache, pdmCache, goModuleCache]

/** Looks into every client's cache on this machine for what is sought. Reads only, follows no link, and within bounds. */
export async function findLeftovers(sought: readonly Sought[], machine: Machine, onFolder: (folder: string) => void = () => undefined): Promise<CacheReport> {
  const report: CacheReport = { leftovers: [], looked: [], left: [] }
  for (const cache of CACHES) {
    const ours = sought.filter(({ ecosystem }) => ecosystem === null || ecosystem === cache.ecosystem)
    if (ours.length === 0) continue
    const roots = new Set((await Promise.all(cache.folders(machine).map(rootOf))).filter((root) => root !== null))
    for (const folder of roots) {
      onFolder(folder)
      const limits = bounds()
      report.looked.push({ client: cache.client, folder })
      for await (const leftover of cache.find(folder, ours, limits)) report.leftovers.push(leftover)
      report.left.push(...limits.left.slice(0, 20))
    }
  }
  return report
}
