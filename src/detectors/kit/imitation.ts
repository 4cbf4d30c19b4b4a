import { Imitations } from '../../core/imitation/imitations.ts'
import type { Outside } from '../../core/types.ts'

/** Registries' hosts that a process meets: one list for each source. */
const MOST = 64
const prepared = new Map<string, Imitations>()

/** The name that a host is made to look like, or null: a registry's own host, one of the organisation's, or a brand. The lists need not be the same arrays. */
export function imitated(host: string, { ownHosts, guarded }: Pick<Outside, 'ownHosts' | 'guarded'>): string | null {
  const protect = [...ownHosts, ...guarded?.protect ?? []]
  const key = `${protect.join(' ')}|${guarded?.allow.join(' ') ?? ''}`
  let imitations = prepared.get(key)
  if (imitations === undefined) {
    if (prepared.size >= MOST) prepared.clear()
    prepared.set(key, imitations = new Imitations(protect, guarded?.allow))
  }
  return imitations.surely(host)
}
