/** A semantic version (semver.org 2.0.0), its numbers as digits so that none is too large. Build metadata orders nothing. */
interface Version {
  release: readonly [string, string, string]
  prerelease: readonly string[]
}

/** npm's own limit on the length of a version. */
const LONGEST = 256

const SHAPE = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z\-.]+))?(?:\+[0-9A-Za-z\-.]+)?$/

function parse(text: string): Version | null {
  if (text.length > LONGEST) return null
  const match = SHAPE.exec(text)
  if (!match) return null
  const prerelease = match[4] === undefined ? [] : match[4].split('.')
  if (prerelease.includes('')) return null
  return { release: [match[1] as string, match[2] as string, match[3] as string], prerelease }
}

/** People write `v1.2.3` and `=1.2.3`, and npm takes them. */
export const canonicalVersion = (raw: string): string => raw.trim().replace(/^[v=]{1,2}(?=\d)/, '')

export const isVersion = (text: string): boolean => parse(text) !== null

/** Whether a valid version is a prerelease. Invalid ones count as such: nothing should move to them by itself. */
export function isPrerelease(text: string): boolean {
  const version = parse(text)
  return version === null || version.prerelease.length > 0
}

/** Semver precedence made total: invalid versions first, equal precedence by spelling. */
export function compareVersions(a: string, b: string): number {
  if (a === b) return 0
  const left = parse(a)
  const right = parse(b)
  if (left === null || right === null) return left ? 1 : right ? -1 : bySpelling(a, b)
  return precedence(left, right) || bySpelling(a, b)
}

/** Valid versions only, lowest first, each parsed once. */
export function inOrder(versions: Iterable<string>): string[] {
  const parsed: { text: string; version: Version }[] = []
  for (const text of versions) {
    const version = parse(text)
    if (version) parsed.push({ text, version })
  }
  parsed.sort((a, b) => precedence(a.version, b.version) || bySpelling(a.text, b.text))
  return parsed.map(({ text }) => text)
}

/** Precedence alone (0 for versions that differ only in build metadata); null when either is no version. */
export function comparePrecedence(a: string, b: string): number | null {
  const left = parse(a)
  const right = parse(b)
  return left && right ? precedence(left, right) : null
}

function precedence(a: Version, b: Version): number {
  for (const index of [0, 1, 2] as const) {
    const order = byNumber(a.release[index], b.release[index])
    if (order !== 0) return order
  }
  if (a.prerelease.length === 0 || b.prerelease.length === 0) return b.prerelease.length - a.prerelease.length
  for (const [index, left] of a.prerelease.entries()) {
    const right = b.prerelease[index]
    if (right === undefined) return 1
    const order = byIdentifier(left, right)
    if (order !== 0) return order
  }
  return a.prerelease.length - b.prerelease.length
}

const DIGITS = /^\d+$/

/** Numbers by value and below words; words by ASCII. */
function byIdentifier(a: string, b: string): number {
  const number = DIGITS.test(a)
  if (number !== DIGITS.test(b)) return number ? -1 : 1
  return number ? byNumber(a, b) : bySpelling(a, b)
}

/** Digits of any length, leading zeros ignored. */
function byNumber(a: string, b: string): number {
  const left = a.replace(/^0+(?=\d)/, '')
  const right = b.replace(/^0+(?=\d)/, '')
  return left.length - right.length || bySpelling(left, right)
}

const bySpelling = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
