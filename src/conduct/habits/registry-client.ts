import type { Act } from '../../tracing/act.ts'

/** Tokens that clients of their registry send to read what is private; others are for publishing alone. */
const READS_WITH = /^npm-(?:project-|ci-)?token$/

/**
 * Whether this is what every client of a registry does, whoever brings one: it reads a package with the token that its user has for that
 * very registry, in the header made for it. The registry learns nothing that it has not given out itself. The host is the caller's to judge.
 */
export function readsAsClient({ kind, method, target, honey = [], bytes = 0 }: Pick<Act, 'kind' | 'method' | 'target' | 'honey' | 'bytes'>): boolean {
  const url = URL.parse(target)
  return kind === 'request' && (method === 'GET' || method === 'HEAD') && bytes === 0 && url !== null && url.protocol === 'https:' && url.username === '' && url.search === ''
    && isPackage(url.pathname) && honey.length > 0 && honey.every(({ token, where, encodings }) => where === 'authorization' && encodings.length === 0 && READS_WITH.test(token))
}

/** A registry may begin some folders down. */
const DEEPEST = 8
const LONGEST = 500
const SCOPED = /^@[^/]+(?:\/[^/]+)?$/

/** A package's document, whole or of one version, or its archive; what a registry keeps under `/-/` beside these is about users. */
function isPackage(path: string): boolean {
  const segments = path.split('/', DEEPEST + 1).slice(1).map(plain)
  const at = segments.indexOf('-')
  return segments.length < DEEPEST && segments.every((one) => one !== null && one !== '' && one !== '.' && one !== '..' && (!one.includes('/') || SCOPED.test(one)) && !one.includes('\\'))
    && (at < 0 || at > 0 && at === segments.length - 2 && path.endsWith('.tgz'))
}

/** null: too long, or not to be read. */
function plain(segment: string): string | null {
  try {
    return segment.length > LONGEST ? null : decodeURIComponent(segment)
  } catch {
    return null
  }
}
