import { identityOf, timeOf } from '../../core/identity.ts'
import type { Identity } from '../../core/watch.ts'
import { SluiceError } from '../../core/errors.ts'
import { asObject, isObject, parseJson } from './json.ts'
import type { Json } from './json.ts'

/** What publishes for whoever set it up (npm's trusted publishing): no one's account. */
const NOBODY = /^(?:GitHub Actions|GitLab CI\/CD|.*-no-?reply@.*|no-?reply@.*)$/i

/** Not versions, though they stand among the times. */
const NOT_VERSIONS = new Set(['created', 'modified', 'unpublished'])

/** Who and what the complete packument says a package is. Throws `index-invalid`. */
export function readIdentity(name: string, body: Uint8Array): Identity {
  const packument = parse(body)
  const versions = asObject(packument['versions']) ?? {}
  const times = asObject(packument['time']) ?? {}
  const latest = newest(packument, versions)
  const people = [packument['maintainers'], latest['maintainers']].flatMap((list) => (Array.isArray(list) ? list.slice(0, 100) as unknown[] : []))
  const publisher = asObject(latest['_npmUser'])
  return identityOf('npm', name, {
    description: packument['description'] ?? latest['description'],
    accounts: people.map((person) => somebody(memberOf(person, 'name'))),
    publisher: somebody(publisher?.['name']),
    emails: [...people, publisher, latest['author'] ?? packument['author']].map((person) => somebody(memberOf(person, 'email'))),
    repositories: [...[latest['repository'], packument['repository'], latest['bugs']].map((one) => memberOf(one, 'url')), latest['homepage']],
    homepage: latest['homepage'] ?? packument['homepage'],
    releases: Object.keys(versions).filter((version) => !NOT_VERSIONS.has(version)).map((version) => ({ version, at: timeOf(times[version]) })),
    readme: packument['readme'],
  })
}

function newest(packument: Json, versions: Json): Json {
  const tagged = asObject(packument['dist-tags'])?.['latest']
  const last = Object.keys(versions).at(-1)
  return (typeof tagged === 'string' && Object.hasOwn(versions, tagged) ? asObject(versions[tagged]) : null)
    ?? (last === undefined ? null : asObject(versions[last])) ?? {}
}

/** People and repositories are written as a text or as an object. */
const memberOf = (value: unknown, member: string): unknown => (isObject(value) ? value[member] : value)

const somebody = (value: unknown): unknown => (typeof value === 'string' && NOBODY.test(value.slice(0, 200)) ? null : value)

function parse(body: Uint8Array): Json {
  let value: unknown
  try {
    value = parseJson(body)
  } catch (cause) {
    throw new SluiceError('index-invalid', 'the packument is not JSON', { cause })
  }
  if (!isObject(value)) throw new SluiceError('index-invalid', 'the packument is not a JSON object')
  return value
}
