import { compareVersions, isPrerelease, parseVersion } from './versions.ts'
import type { Version } from './versions.ts'

/** Longer ones are nobody's. */
const LONGEST = 1_000

/** Whether a version fits its specifiers (PEP 440, "Version specifiers"; all of them, commas between); null where one cannot be read. */
export function satisfies(version: string, specifiers: string): boolean | null {
  const text = specifiers.trim().replace(/^\((.*)\)$/, '$1')
  const own = parseVersion(version)
  if (text.length > LONGEST || !own) return null
  const all = text === '' || text === '*' ? [] : text.split(',').map((one) => one.trim()).filter(Boolean)
  if (isPrerelease(version) && !all.some((one) => isPrerelease(one.replace(/^[=<>!~^]+\s*/, '')))) return false
  let fits = true
  for (const one of all) {
    const found = /^(===|~=|==|!=|<=|>=|<|>|\^|)\s*([^\s;]+)$/.exec(one)
    const answer = found ? fitsOne(version, own, found[1] as string, found[2] as string) : null
    if (answer === null) return null
    fits &&= answer
  }
  return fits
}

function fitsOne(version: string, own: Version, operator: string, bound: string): boolean | null {
  if (operator === '===') return version === bound
  if (bound.endsWith('.*')) {
    const prefix = parseVersion(bound.slice(0, -2))
    if (!prefix || !['==', '!=', ''].includes(operator)) return null
    return begins(own, prefix) === (operator !== '!=')
  }
  const other = parseVersion(bound)
  if (!other) return null
  // A bound without a local label speaks of all labels of its version.
  const order = compareVersions(other.local.length === 0 ? version.replace(/\+.*$/, '') : version, bound)
  switch (operator) {
    case '':
    case '==': return order === 0
    case '!=': return order !== 0
    case '<=': return order <= 0
    case '>=': return order >= 0
    case '<': return order < 0 && !(isPrerelease(version) && !isPrerelease(bound) && begins(own, other))
    case '>': return order > 0 && !(own.post !== null && other.post === null && begins(own, other))
    case '~=': return other.release.length > 1 && order >= 0 && begins(own, { ...other, release: other.release.slice(0, -1) })
    // Poetry's own, like npm's.
    default: return order >= 0 && begins(own, { ...other, release: other.release.slice(0, Math.max(1, other.release.findIndex((part) => part !== '0') + 1)) })
  }
}

function begins({ epoch, release }: Version, prefix: Pick<Version, 'epoch' | 'release'>): boolean {
  return epoch === prefix.epoch && prefix.release.every((part, index) => (release[index] ?? '0') === part)
}
