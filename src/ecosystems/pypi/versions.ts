/** A version as PEP 440 compares it. Numbers are decimal text without leading zeros, so that none is too large. */
export interface Version {
  epoch: string
  release: readonly string[]
  pre: readonly [letter: 'a' | 'b' | 'rc', number: string] | null
  post: string | null
  dev: string | null
  local: readonly string[]
}

/** Longer texts are no version: the longest on the public index is well below. */
const LONGEST = 256

/** PEP 440, appendix B. Every part begins with what no part before it can end with, so nothing is read twice. */
const SHAPE = new RegExp([
  String.raw`^v?(?:(\d+)!)?(\d+(?:\.\d+)*)`,
  String.raw`(?:[-_.]?(alpha|a|beta|b|preview|pre|c|rc)(?:[-_.]?(\d+))?)?`,
  String.raw`(?:-(\d+)|[-_.]?(post|rev|r)(?:[-_.]?(\d+))?)?`,
  String.raw`(?:[-_.]?(dev)(?:[-_.]?(\d+))?)?`,
  String.raw`(?:\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?$`,
].join(''))

const LETTERS: Readonly<Record<string, 'a' | 'b' | 'rc'>> = { a: 'a', alpha: 'a', b: 'b', beta: 'b', c: 'rc', rc: 'rc', pre: 'rc', preview: 'rc' }

/** null: not a version in PEP 440's sense. */
export function parseVersion(raw: string): Version | null {
  if (raw.length > LONGEST) return null
  const found = SHAPE.exec(raw.trim().toLowerCase())
  if (!found) return null
  const [, epoch, release, letter, pre, implicit, post, postNumber, dev, devNumber, local] = found
  return {
    epoch: plain(epoch),
    release: (release as string).split('.').map(plain),
    pre: letter ? [LETTERS[letter] as 'a' | 'b' | 'rc', plain(pre)] : null,
    post: implicit ? plain(implicit) : post ? plain(postNumber) : null,
    dev: dev ? plain(devNumber) : null,
    local: local ? local.split(/[-_.]/).map((part) => (isNumber(part) ? plain(part) : part)) : [],
  }
}

/** The normal form (PEP 440), trailing zeros kept; what is no version stays as it is. */
export function normalVersion(raw: string): string {
  const version = parseVersion(raw)
  if (!version) return raw
  const { epoch, release, pre, post, dev, local } = version
  return [
    epoch === '0' ? '' : `${epoch}!`, release.join('.'), pre ? pre.join('') : '', post === null ? '' : `.post${post}`,
    dev === null ? '' : `.dev${dev}`, local.length > 0 ? `+${local.join('.')}` : '',
  ].join('')
}

export function isPrerelease(raw: string): boolean {
  const version = parseVersion(raw)
  return version !== null && (version.pre !== null || version.dev !== null)
}

/**
 * PEP 440's order; `1.0` and `1.0.0` are equal. Texts that are no version come before all that are, in the order of their
 * characters.
 */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [parseVersion(a), parseVersion(b)]
  if (!left || !right) return left ? 1 : right ? -1 : byText(a, b)
  return byNumber(left.epoch, right.epoch)
    || byRelease(left.release, right.release)
    || byPre(left, right)
    || byOptional(left.post, right.post, -1)
    || byOptional(left.dev, right.dev, 1)
    || byLocal(left.local, right.local)
}

/** Missing parts count as zero. */
function byRelease(a: readonly string[], b: readonly string[]): number {
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const order = byNumber(a[at] ?? '0', b[at] ?? '0')
    if (order !== 0) return order
  }
  return 0
}

/** `1.0.dev1` < `1.0a1` < `1.0`: a development release of the final one precedes its alphas. */
function byPre(a: Version, b: Version): number {
  const order = rank(a) - rank(b)
  if (order !== 0 || !a.pre || !b.pre) return order
  return byText(a.pre[0], b.pre[0]) || byNumber(a.pre[1], b.pre[1])
}

const rank = (version: Version): number => (version.pre ? 1 : version.post === null && version.dev !== null ? 0 : 2)

/** `absent`: where a version without the part stands against one that has it. */
function byOptional(a: string | null, b: string | null, absent: 1 | -1): number {
  if (a !== null && b !== null) return byNumber(a, b)
  return a === b ? 0 : a === null ? absent : -absent
}

/** Numbers come after words, longer labels after their beginnings. */
function byLocal(a: readonly string[], b: readonly string[]): number {
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const [left, right] = [a[at], b[at]]
    if (left === undefined || right === undefined) return left === undefined ? -1 : 1
    const numbers = Number(isNumber(left)) - Number(isNumber(right))
    const order = numbers || (isNumber(left) ? byNumber(left, right) : byText(left, right))
    if (order !== 0) return order
  }
  return 0
}

const isNumber = (text: string): boolean => /^\d+$/.test(text)
const plain = (digits: string | undefined): string => (digits ?? '0').replace(/^0+(?=\d)/, '')
const byNumber = (a: string, b: string): number => a.length - b.length || byText(a, b)
const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
