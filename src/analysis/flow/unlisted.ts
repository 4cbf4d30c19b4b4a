import { COLLECTED, CONTENT, DECODED, ENCODED, FETCHED, NETWORK, SOURCES, extended, taint } from '../taint.ts'
import type { Step } from '../taint.ts'
import type { Call } from './call.ts'
import { NOTHING, only, outside, tainted } from './value.ts'
import type { Value } from './value.ts'

/**
 * A call nobody has a rule for: what goes in comes out, what is written to a handle lands in its file, what is fed to a
 * hash is checked, and what is written to a connection is sent. `folded`: its text is known already.
 */
export function passThrough(call: Call, callee: Value, folded: boolean): Value {
  const { engine, receiver, args, named, method, place } = call
  let given: Value = NOTHING
  for (const arg of args) if (arg.bits) given = tainted(given, arg)
  for (const arg of named.values()) if (arg.bits) given = tainted(given, arg)
  const all = untrusted(receiver.bits ? tainted(only(receiver), given) : given, call)
  const note = (kind: 'write' | 'verify' | 'send', argument: string | null): void =>
    engine.desk.note({ kind, call: spelled(call, callee), argument, taint: kind === 'send' ? given : all }, place)
  if (receiver.opens || args.some((arg) => arg.opens)) {
    for (const handle of [receiver, ...args]) {
      if (!handle.opens) continue
      engine.mark(handle.opens, all, handle === receiver && WRITES.test(method) ? args[0]?.texts[0] : undefined, true)
      if (handle === receiver) for (const text of args[0]?.texts ?? []) engine.desk.left(text, place)
      if (WRITES.test(method) || all.bits & (FETCHED | DECODED)) note('write', handle.opens.texts[0] ?? null)
    }
  }
  if (all.bits & FETCHED && [receiver, ...args].some((one) => one.refs.some((ref) => HASHER.test(ref)))) note('verify', null)
  if (receiver.bits & NETWORK && given.bits & COLLECTED && SENDS.test(method) && !isLookup(call)) note('send', peer(receiver.trail))
  // A stream of what was read, led into a connection.
  const [into] = args
  if (method === 'pipe' && into && into.bits & NETWORK && receiver.bits & COLLECTED) {
    engine.desk.note({ kind: 'send', call: spelled(call, callee), argument: peer(into.trail), taint: receiver }, place)
  }
  if (receiver.from && given.bits & CONTENT && KEEPS.test(method)) engine.put(receiver.from, only(taint(given.bits & CONTENT, given.trail)))
  if (all.bits && method === 'toString' && ENCODING.test(args[0]?.texts[0] ?? '')) {
    const step: Step = { kind: 'encode', call: 'toString', argument: args[0]?.texts[0] ?? null, place }
    return { ...only(taint(all.bits | ENCODED, extended(all.trail, step))), refs: callee.refs.map((ref) => `${ref}()`) }
  }
  const ref = callee.refs[0]
  const value = ref && ref.length < LONGEST_REF && !folded ? { ...outside(`${ref}()`, SPELLS.test(method) ? all.bits : all.bits & ~ENCODED), trail: all.trail } : all
  return receiver.opens ? { ...value, opens: receiver.opens } : value
}

/** `table.get(key, '')`: requests take no text beside their address. */
const isLookup = ({ method, args }: Call): boolean => method === 'get' && args.length === 2 && (args[1]?.texts.length ?? 0) > 0 && args[1]?.fields === null

/** What is made with a key (a signature, an address) is not the key; spelled in another way it still is. */
function untrusted(value: Value, { method, receiver, args }: Call): Value {
  if (!(value.bits & SOURCES.entrusted)) return value
  const itself = ((receiver.bits | (args[0]?.bits ?? 0)) & SOURCES.entrusted) !== 0
  return JOINS.test(method) || itself && RESPELLS.test(method) ? value : only(taint(value.bits & ~SOURCES.entrusted, value.trail))
}

const RESPELLS = /^(?:toString|toJSON|stringify|dumps|hex|encode|decode|from|slice|substr|substring|split|reverse|reversed|replace|trim|strip|lower|upper|map|b64encode|hexlify|then|str|String|bytes|EncodeToString)$/
const JOINS = /^(?:join|concat|format|append|push|set|Sprintf)$/

/** Whom a connection was made to, as its trail says. */
export function peer(trail: readonly Step[]): string | null {
  return trail.findLast((step) => step.kind === 'fetch' && step.argument !== null)?.argument ?? null
}

const spelled = (call: Call, callee: Value): string => (callee.refs[0] ?? call.method).slice(0, LONGEST_REF)

const LONGEST_REF = 200
const ENCODING = /^(?:base64|base64url|hex)$/i
/** Bytes as text and back: what was made unreadable stays so. */
const SPELLS = /^(?:decode|encode|toString|strip|rstrip|trim|replace|join)$/
const HASHER = /createHash\(\)|hashlib\.\w+\(\)|createVerify\(\)|sha\d+\.New\(\)|md5\.New\(\)/
const WRITES = /^(?:write|writelines|writeString|WriteString|Write|end|dump|SetStringValue|SetValueEx)$/
const SENDS = /^(?:write|end|send|sendall|sendto|request|post|put|patch|emit|get|storbinary|sendmail|send_message|send_document|send_photo|Write|Send|Do|publish|upload|insert_one|insert_many|insertOne|insertMany)$/
const KEEPS = /^(?:push|unshift|append|extend|add|set|set_content|set_payload|add_attachment|attach|update|write|splice|insert|concat|setdefault|Write|WriteString|writestr|appendleft|Set|Add)$/
