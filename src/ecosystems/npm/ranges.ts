import { comparePrecedence, isPrerelease } from './versions.ts'

/** Longer ranges are nobody's. */
const LONGEST = 1_000

interface Comparator { operator: '<' | '<=' | '>' | '>=' | '='; version: string }

/**
 * Whether a version is in a range (docs of npm, semver: comparators, hyphens, x-ranges, tildes and carets, `||`); null where
 * the range is none: a tag, an address. A prerelease is in only where a comparator names one of the same release.
 */
export function satisfies(version: string, range: string): boolean | null {
  if (range.length > LONGEST) return null
  const sets = range.split('||').map(comparatorsOf)
  if (sets.some((set) => set === null) || comparePrecedence(version, version) === null) return null
  return (sets as Comparator[][]).some((set) => set.every((one) => holds(version, one)) && (!isPrerelease(version) || set.some((one) => sameRelease(one.version, version))))
}

function holds(version: string, { operator, version: bound }: Comparator): boolean {
  const order = comparePrecedence(version, bound)
  if (order === null) return false
  switch (operator) {
    case '<': return order < 0
    case '<=': return order <= 0
    case '>': return order > 0
    case '>=': return order >= 0
    case '=': return order === 0
  }
}

const sameRelease = (bound: string, version: string): boolean => isPrerelease(bound) && bound.split('-', 1)[0] === version.split('-', 1)[0]

const PARTIAL = String.raw`[v=\s]*(\d+|[xX*])(?:\.(\d+|[xX*])(?:\.(\d+|[xX*])(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?)?)?`
const HYPHEN = new RegExp(String.raw`^\s*(\S+)\s+-\s+(\S+)\s*$`)
const ONE = new RegExp(String.raw`^(>=|<=|>|<|=|~>|~|\^|)\s*${PARTIAL}$`)

function comparatorsOf(set: string): Comparator[] | null {
  const text = set.trim()
  if (text === '' || text === '*') return [{ operator: '>=', version: '0.0.0' }]
  const hyphen = HYPHEN.exec(text)
  const words = hyphen ? [`>=${hyphen[1]}`, `<=${hyphen[2]}`] : text.replace(/(>=|<=|>|<|=|~>|~|\^)\s+/g, '$1').split(/\s+/)
  const all: Comparator[] = []
  for (const word of words) {
    const found = ONE.exec(word)
    if (!found) return null
    const [, operator = '', major, minor, patch, prerelease] = found
    all.push(...expanded(operator, [major, minor, patch].map((part) => (part === undefined || /^[xX*]$/.test(part) ? null : BigInt(part))) as Parts, prerelease))
  }
  return all
}

type Parts = [major: bigint | null, minor: bigint | null, patch: bigint | null]

function expanded(operator: string, [major, minor, patch]: Parts, prerelease: string | undefined): Comparator[] {
  const at = (...parts: bigint[]): string => parts.join('.')
  if (major === null) return operator === '<' || operator === '>' ? [{ operator: '<', version: '0.0.0-0' }] : [{ operator: '>=', version: '0.0.0' }]
  const low = `${at(major, minor ?? 0n, patch ?? 0n)}${prerelease !== undefined && minor !== null && patch !== null ? `-${prerelease}` : ''}`
  const next = minor === null ? at(major + 1n, 0n, 0n) : at(major, minor + 1n, 0n)
  const between = (end: string): Comparator[] => [{ operator: '>=', version: low }, { operator: '<', version: `${end}-0` }]
  switch (operator) {
    case '^': return between(major > 0n || minor === null ? at(major + 1n, 0n, 0n) : minor > 0n || patch === null ? at(0n, minor + 1n, 0n) : at(0n, 0n, patch + 1n))
    case '~':
    case '~>': return between(next)
    case '':
    case '=': return minor === null || patch === null ? between(next) : [{ operator: '=', version: low }]
    case '>': return [patch === null ? { operator: '>=', version: next } : { operator: '>', version: low }]
    case '<=': return [patch === null ? { operator: '<', version: `${next}-0` } : { operator: '<=', version: low }]
    case '<': return [{ operator: '<', version: patch === null ? `${low}-0` : low }]
    default: return [{ operator: '>=', version: low }]
  }
}

