import { placeOf, givenBy } from '../places.ts'
import { COLLECTED, ENCODED, FETCHED, FILE_FETCHED, NETWORK, SOURCES, UNTAINTED, mixed, taint } from '../taint.ts'
import type { Taint } from '../taint.ts'
import type { Call } from './call.ts'
import { carried, note, step } from './noting.ts'
import { peer } from './unlisted.ts'
import { NOTHING, known, only, outside } from './value.ts'
import type { Value } from './value.ts'

/** Asks the network; what goes along in the URL or the body and was collected is sent. */
export function fetched(call: Call, main: Value): Value {
  const url = target(main) ?? peer(carried([main, call.receiver]).trail)
  note(call, 'fetch', url, UNTAINTED)
  const out = payloadOf(call)
  if (out.bits & COLLECTED) note(call, 'send', url, out)
  const given = url === null ? 0 : givenBy(placeOf(url))
  if (given) note(call, 'collect', url, taint(given, []))
  return { ...outside(`${call.ref}()`, FETCHED | NETWORK | given), trail: [step(call, 'fetch', url)] }
}

/** Opens a socket, asks the name service or opens a port. A name that is made of secrets carries them. */
export function connected(call: Call, kind: 'connect' | 'resolve' | 'listen', main: Value): Value {
  const [first, second] = [main.items?.[0] ?? main, main.items?.[1] ?? call.args[1]]
  const host = [first, second].map((value) => (value ? target(value) : null)).find((text) => text !== null && !/^\d+$/.test(text)) ?? (target(first))
  const port = [first, second].flatMap((value) => value?.texts ?? []).find((text) => /^\d{1,5}$/.test(text))
  const peerName = host !== null && port !== undefined && host !== port ? `${host}:${port}` : host
  note(call, kind, peerName, UNTAINTED)
  const out = payloadOf(call)
  if (kind !== 'listen' && out.bits & COLLECTED) note(call, 'send', peerName, out)
  // Addresses are no content; what a text record says may be.
  const bits = kind === 'resolve' && !SAYING.test(call.ref) ? NETWORK : FETCHED | NETWORK
  const made: Value = { ...outside(`${call.ref}()`, bits), trail: [step(call, 'fetch', peerName)] }
  // `s.connect(…)` makes its receiver the connection; a module stays one.
  if (call.receiver.from && call.receiver.refs.some((ref) => ref.endsWith(')'))) call.engine.put(call.receiver.from, only(made))
  return made
}

/** Puts a request together: what it carries, under the address it goes to. */
export function requested(call: Call, main: Value): Value {
  const url = target(main)
  const out = payloadOf(call)
  return { ...(url === null ? NOTHING : known(url)), bits: out.bits, trail: out.trail }
}

/** Fetches into a file. */
export function saved(call: Call, main: Value, path: Value): Value {
  const result = fetched(call, main)
  const held = taint(FETCHED, result.trail)
  call.engine.mark(path, held)
  note(call, 'write', path.texts[0] ?? null, held)
  return { ...NOTHING, texts: path.texts, bits: FILE_FETCHED, trail: result.trail }
}

/** Writes to what the receiver is connected to. */
export function sent(call: Call): Value {
  const out = payloadOf(call)
  if (out.bits & COLLECTED) note(call, 'send', peer(call.receiver.trail), out)
  return { ...outside(`${call.ref}()`, FETCHED | NETWORK), trail: call.receiver.trail }
}

const SAYING = /txt|any|query|resolver\.resolve/i

function payloadOf(call: Call): Taint {
  let out: Taint = UNTAINTED
  for (const arg of call.args) out = mixed(out, payload(arg, 0))
  for (const [key, arg] of call.named) out = mixed(out, QUIET.test(key) ? quiet(payload(arg, 0)) : payload(arg, 0))
  return out
}

const DEEPEST = 6
const MOST_RECORDS = 500

/** What a request carries. Records that hang together are looked at once. */
export function payload(value: Value, depth: number, seen = new Set<object>()): Taint {
  if (!value.fields || depth > DEEPEST || seen.size > MOST_RECORDS || seen.has(value.fields)) return value
  seen.add(value.fields)
  // A request has an address and carries what it was put together with, whatever fields were set later.
  let held: Taint = value.texts.length > 0 ? value : UNTAINTED
  const options = depth === 0 && [...value.fields.keys()].some((key) => OPTIONS.test(key))
  for (const [key, cell] of value.fields) {
    const inner = payload(cell.value, depth + 1, seen)
    held = mixed(held, (options && ADDRESS.test(key)) || QUIET.test(key) ? quiet(inner) : inner)
  }
  return held.bits === 0 && value.refs.length > 0 ? value : held
}

const QUIET = /^(?:headers?|auth|agents?|proxy|proxies|env|ca|cert|key|dispatcher|strictSSL|timeout|verify)$/i
/** Parts of an address, in an object that says how to ask. */
const ADDRESS = /^(?:hostname|host|port|socketPath|path)$/
const OPTIONS = /^(?:method|headers|path|protocol|agent)$/
const HONEST = SOURCES.secret | SOURCES.host

/** Headers, proxies and agents hold a token or the system's name in honest code, too; never whole files or environments. */
function quiet(held: Taint): Taint {
  return held.bits & COLLECTED & ~HONEST ? held : taint(held.bits & ~(HONEST | ENCODED), held.trail)
}

const WHOLE = /^[a-z][a-z\d+.-]{1,20}:\/\/./i

/** The URL in a request's arguments, whichever way they are spelled: of what a variable held before it was decoded, too. */
function target(value: Value): string | null {
  const whole = value.texts.find((text) => WHOLE.test(text)) ?? value.texts[0]
  if (whole !== undefined) return whole
  const field = (name: string): string | undefined => value.fields?.get(name)?.value.texts[0]
  const url = field('url') ?? field('uri') ?? field('href') ?? field('baseURL')
  if (url !== undefined) return url
  const host = field('hostname') ?? field('host')
  if (host === undefined) return null
  const port = field('port')
  return `${field('protocol') ?? 'https:'}//${host}${port ? `:${port}` : ''}${field('path') ?? '/'}`
}

