import { oneLine } from '../../core/text.ts'
import type { Found, Mark, Once, Statement } from '../../core/presence.ts'
import type { PresenceReading } from '../ecosystem.ts'
import { asObject, asText, parseJson } from './json.ts'
import type { Json } from './json.ts'
import { readPackument } from './packument.ts'
import type { Entry } from './packument.ts'
import { inOrder } from './versions.ts'
import { CORGI } from './variants.ts'

/**
 * npm takes malware out by replacing the whole package with one whose only version is `0.0.1-security` (`-security.0` when that
 * was taken), of the repository npm/security-holder.
 */
const PLACEHOLDER = /^\d{1,5}\.\d{1,5}\.\d{1,5}-security(?:\.\d{1,5})?$/

/**
 * The first look reads the abbreviated document, a tenth of the size; the second the complete one, which caches keep apart, with
 * `write=true`, by which npm itself asks past caches before it changes a package.
 */
export const presence: PresenceReading = {
  request: (name, again) => (again
    ? { path: `${name.replace('/', '%2f')}?write=true`, accept: 'application/json' }
    : { path: name.replace('/', '%2f'), accept: `${CORGI}; q=1.0, application/json; q=0.8, */*` }),
  read({ name, body, base }, wanted) {
    const packument = readPackument(name, body, base)
    const entries = new Map(packument.entries.map((entry) => [entry.version, entry]))
    const listed = inOrder([...entries.keys()])
    const found = wanted.map((one) => findIn(entries, packument.times, one))
    return { whole: wholeOf(packument.top, packument.tags, listed), listed: listed.length, newest: listed.at(-1) ?? null, found }
  },
  readAbsence(_name, body) {
    const document = parsed(body)
    return document && unpublished(asObject(document['time']) ?? {})
  },
}

function parsed(body: Uint8Array): Json | null {
  try {
    return asObject(parseJson(body))
  } catch {
    return null
  }
}

function wholeOf(top: Json, tags: ReadonlyMap<string, string>, listed: readonly string[]): Statement | null {
  const holders = listed.filter((version) => PLACEHOLDER.test(version))
  const latest = tags.get('latest')
  if (holders.length > 0 && (holders.length === listed.length || (latest !== undefined && holders.includes(latest)))) {
    return { kind: 'placeholder', says: `npm put the security placeholder ${holders.at(-1)} in its place` }
  }
  return unpublished(asObject(top['time']) ?? {})
}

function unpublished(times: Json): Statement | null {
  const said = Object.hasOwn(times, 'unpublished') ? asObject(times['unpublished']) : null
  if (!said) return null
  const [by, at] = [asText(said['name']), asText(said['time'])]
  return { kind: 'unpublished', says: `unpublished${by === null ? '' : ` by ${oneLine(by, 80)}`}${at === null ? '' : ` at ${oneLine(at, 40)}`}` }
}

function findIn(entries: ReadonlyMap<string, Entry>, times: Json, { version }: Once): Found {
  const entry = entries.get(version)
  const time = Object.hasOwn(times, version) ? asText(times[version]) : null
  // A version has one file, wherever the document says that it is.
  if (!entry) {
    const line = time === null ? null : oneLine(JSON.stringify({ time: { [version]: time } }), 200)
    return { there: false, pledge: null, url: null, remembered: time !== null, mark: null, line }
  }
  const { integrity, shasum, tarball } = entry.dist
  const { pledge, url } = entry.release
  return { there: true, pledge, url, remembered: true, mark: deprecation(entry), line: oneLine(JSON.stringify({ version, dist: { tarball, integrity, shasum } }), 400) }
}

function deprecation({ said }: Entry): Mark | null {
  const text = asText(said['deprecated'])
  return text === null ? null : { kind: 'deprecated', says: `deprecated: ${oneLine(text, 200)}` }
}

