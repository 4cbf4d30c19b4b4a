import type { Delivered } from '../../core/exposure.ts'
import type { Gate } from '../lockfiles/diagnose.ts'
import type { InventoryPackage } from './package.ts'

/**
 * By which way it came: the installer recorded the gate's address, or the gate delivered it to this machine (`gate`); the gate has
 * delivered it to somebody, which may have been this machine (`perhaps`); the installer recorded another address, or the gate never
 * delivered it (`past`); neither says anything (`unknown`).
 */
export type Origin = 'gate' | 'perhaps' | 'past' | 'unknown'

export function originOf({ from }: Pick<InventoryPackage, 'from'>, { gate, delivered }: { gate: Gate | null; delivered: Delivered | null }): Origin {
  const host = from === null ? null : hostOf(from)
  if (host !== null && gate?.hosts.has(host)) return 'gate'
  if (delivered === 'here') return 'gate'
  if (host !== null && gate !== null) return 'past'
  if (delivered === 'never') return 'past'
  return delivered === 'elsewhere' ? 'perhaps' : 'unknown'
}

/** Of a folder, or of nothing that is an address, there is none. */
function hostOf(from: string): string | null {
  const url = URL.parse(from.replace(/^git\+/, ''))
  return url === null || url.protocol === 'file:' || url.host === '' ? null : url.host.toLowerCase()
}
