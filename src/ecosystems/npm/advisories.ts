import type { Advisory } from '../../core/types.ts'
import { comparePrecedence } from './versions.ts'

/** Whether an advisory speaks of an installed version. Without versions and ranges it speaks of all. */
export function affects(advisory: Advisory, version: string): boolean {
  if (advisory.withdrawn) return false
  if (advisory.versions.length === 0 && advisory.ranges.length === 0) return true
  return advisory.versions.includes(version) || advisory.ranges.some((range) => inRange(range, version))
}

type Range = Advisory['ranges'][number]

/** OSV schema, "affected[].ranges[].events": from `introduced` up to, not including, `fixed`; `lastAffected` is included. */
function inRange({ introduced, fixed, lastAffected }: Range, version: string): boolean {
  if (introduced !== '0' && below(version, introduced) !== false) return false
  if (fixed !== undefined) return below(version, fixed) === true
  if (lastAffected !== undefined) return below(lastAffected, version) === false
  return true
}

function below(a: string, b: string): boolean | null {
  const order = comparePrecedence(a, b)
  return order === null ? null : order < 0
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
