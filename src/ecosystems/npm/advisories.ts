import { affects as affectsVersion } from '../../core/affects.ts'
import type { Advisory } from '../../core/types.ts'
import { compareVersions, isVersion } from './versions.ts'

/** Whether an advisory speaks of an installed version. Of what is installed from a file, a repository or a URL no range speaks. */
export function affects(advisory: Advisory, version: string): boolean {
  if (advisory.withdrawn || (advisory.ranges.length > 0 && !isVersion(version))) return false
  return affectsVersion(advisory, version, compareVersions)
}

/** The affected versions as an npm range, as audits show it. */
export function vulnerableRange({ versions, ranges }: Advisory): string {
  const parts = ranges.map(({ introduced, fixed, lastAffected }) => {
    const upper = fixed ? `<${fixed}` : lastAffected ? `<=${lastAffected}` : ''
    return introduced === '0' ? upper || '>=0.0.0-0' : `>=${introduced} ${upper}`.trim()
  })
  return [...parts, ...versions.slice(0, 200)].join(' || ') || '>=0.0.0-0'
}

export function patchedRange({ ranges }: Advisory): string {
  return ranges.flatMap(({ fixed }) => (fixed ? [`>=${fixed}`] : [])).join(' || ') || '<0.0.0'
}

/** The severity audits count by; a malicious package is critical whatever else is said of it. */
export const severityOf = (advisory: Advisory): string => (advisory.malicious ? 'critical' : advisory.severity ?? 'moderate')

/** Audits want a number for an id: 31 bits of FNV-1a, the same for the same advisory everywhere. */
export function numberOf(advisory: Advisory): number {
  let hash = 0x811c9dc5
  for (const character of advisory.id) hash = Math.imul(hash ^ (character.codePointAt(0) as number), 0x01000193)
  return hash >>> 1
}
