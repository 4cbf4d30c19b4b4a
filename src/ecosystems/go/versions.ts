/** Go versions: semantic versions with a leading `v` (golang.org/ref/mod#versions). Every scan here is linear. */

interface Semver {
  major: string
  minor: string
  patch: string
  /** Identifiers after the hyphen; empty for a release. */
  prerelease: readonly string[]
  /** With its `+`, or empty. */
  build: string
}

/** Longer ones are no versions: a pseudo-version takes about 40 characters, the longest tags in the wild under 100. */
const LONGEST = 256

const NUMBER = /^(?:0|[1-9][0-9]*)$/
const IDENTIFIER = /^[0-9A-Za-z-]+$/

/** Also accepts the short forms `v1` and `v1.2`, which have no prerelease and no build. */
function parse(version: string): Semver | null {
  if (version.length > LONGEST || version[0] !== 'v') return null
  const plus = version.indexOf('+')
  const build = plus < 0 ? '' : version.slice(plus)
  const main = plus < 0 ? version.slice(1) : version.slice(1, plus)
  const hyphen = main.indexOf('-')
  const numbers = (hyphen < 0 ? main : main.slice(0, hyphen)).split('.')
  const prerelease = hyphen < 0 ? [] : main.slice(hyphen + 1).split('.')
  const [major, minor = '0', patch = '0'] = numbers as [string, string?, string?]
  if (numbers.length > 3 || ![major, minor, patch].every((part) => NUMBER.test(part))) return null
  if (numbers.length < 3 && (hyphen >= 0 || plus >= 0)) return null
  if (!prerelease.every((part) => IDENTIFIER.test(part) && (!isDigits(part) || NUMBER.test(part)))) return null
  if (build && !build.slice(1).split('.').every((part) => IDENTIFIER.test(part))) return null
  return { major, minor, patch, prerelease, build }
}

/**
 * The order of Go's `semver.Compare`: build metadata does not count, so `v2.0.0+incompatible` equals `v2.0.0`; a short
 * form equals its long one. What is no version sorts before every version.
 */
export function compareVersions(a: string, b: string): number {
  const left = parse(a)
  const right = parse(b)
  if (!left || !right) return Number(left !== null) - Number(right !== null)
  return compareNumbers(left.major, right.major)
    || compareNumbers(left.minor, right.minor)
    || compareNumbers(left.patch, right.patch)
    || comparePrerelease(left.prerelease, right.prerelease)
}

/** Canonical: all three numbers, and no build metadata but `+incompatible`. Only such versions have files. */
export function isCanonical(version: string): boolean {
  const parsed = parse(version)
  if (!parsed || (parsed.build !== '' && parsed.build !== '+incompatible')) return false
  return version.split(/[-+]/, 1)[0]?.split('.').length === 3
}

/** A version made from a commit: `v0.0.0-20210203040506-abcdefabcdef` and its two relatives with a base version. */
export function isPseudo(version: string): boolean {
  const parsed = parse(version)
  const [stamp = '', ...before] = parsed ? [...parsed.prerelease].reverse() : []
  if (!parsed || !/^[0-9]{14}-[0-9A-Za-z]+$/.test(stamp)) return false
  return before.length === 0 ? parsed.minor === '0' && parsed.patch === '0' : before[0] === '0'
}

export const isPrerelease = (version: string): boolean => (parse(version)?.prerelease.length ?? 0) > 0
export const isIncompatible = (version: string): boolean => parse(version)?.build === '+incompatible'

/**
 * Does a canonical version fit its module path? `/v2` wants v2 (gopkg.in's `.v2` too); a path without such a suffix
 * wants v0, v1 or `+incompatible` (golang.org/ref/mod#major-version-suffixes).
 */
export function fitsPath(version: string, path: string): boolean {
  const parsed = parse(version)
  if (!parsed) return false
  const suffix = majorSuffix(path)
  if (suffix === null) return parsed.major === '0' || parsed.major === '1' || parsed.build === '+incompatible'
  if (suffix === '.v1' && version.startsWith('v0.0.0-')) return true
  return parsed.major === suffix.slice(2)
}

/** `/v2`, or `.v2` for gopkg.in (without `-unstable`); null where the path has none. */
export function majorSuffix(path: string): string | null {
  const gopkg = path.startsWith('gopkg.in/')
  const found = (gopkg ? /\.v(?:0|[1-9][0-9]*)(?=(?:-unstable)?$)/ : /\/v[1-9][0-9]*$/).exec(path)
  return found && found[0] !== '/v1' ? found[0] : null
}

const isDigits = (text: string): boolean => /^[0-9]+$/.test(text)

/** Decimal strings without leading zeros, of any length. */
function compareNumbers(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length
  return a === b ? 0 : a < b ? -1 : 1
}

function comparePrerelease(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return Number(a.length === 0) - Number(b.length === 0)
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const left = a[i] as string
    const right = b[i] as string
    if (left === right) continue
    const numeric = isDigits(left)
    if (numeric !== isDigits(right)) return numeric ? -1 : 1
    return numeric ? compareNumbers(left, right) : left < right ? -1 : 1
  }
  return a.length - b.length
}
