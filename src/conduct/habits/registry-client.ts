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

/**
 * Whether all that was done with a host is asking it for archives of this one package, as a registry of npm has them: `name/-/name-1.0.0.tgz`.
 * Nothing that was read fits in there. The name is the package's, the version has nothing but numbers, and no more is connected to than is asked.
 */
export function asksForPackages(acts: readonly Pick<Act, 'kind' | 'method' | 'target' | 'honey' | 'bytes'>[], name: string): boolean {
  const asked = acts.filter(({ kind }) => kind === 'request')
  const connected = acts.filter(({ kind }) => kind === 'connect')
  return asked.length > 0 && connected.length <= 2 * asked.length && acts.every(({ kind, honey }) => kind !== 'send' && (honey ?? []).length === 0) && asked.every((act) => isArchiveOf(act, name))
}

function isArchiveOf({ method, target, bytes = 0 }: Pick<Act, 'method' | 'target' | 'bytes'>, name: string): boolean {
  const url = URL.parse(target)
  const path = plain(url?.pathname ?? '') ?? ''
  const start = `/${name}/-/${name.replace(/^.*\//, '')}-`
  return (method === 'GET' || method === 'HEAD') && bytes === 0 && url?.protocol === 'https:' && url.username === '' && url.search === ''
    && path.startsWith(start) && /^\d{1,4}\.\d{1,4}\.\d{1,4}\.tgz$/.test(path.slice(start.length))
}
