import { Imitations } from '../../core/imitation/imitations.ts'

/** Registries' hosts that a process meets: one list for each source. */
const MOST = 64
const prepared = new Map<string, Imitations>()

/** The name that a host is made to look like, or null: a registry's own host, or a brand. `ownHosts` need not be one array. */
export function imitated(host: string, ownHosts: readonly string[]): string | null {
  const key = ownHosts.join(' ')
  let imitations = prepared.get(key)
  if (imitations === undefined) {
    if (prepared.size >= MOST) prepared.clear()
    prepared.set(key, imitations = new Imitations(ownHosts))
  }
  return imitations.surely(host)
}
