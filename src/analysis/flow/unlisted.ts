import type { Call } from './call.ts'
import { COLLECTED, FETCHED, NETWORK, only, outside } from './value.ts'
import type { Value } from './value.ts'

/**
 * A call nobody has a rule for: what goes in comes out, what is written to a handle lands in its file, what is fed to a
 * hash is checked, and what is written to a connection is sent. `folded`: its text is known already.
 */
export function passThrough(call: Call, callee: Value, folded: boolean): Value {
  const { engine, receiver, args, named, method, place } = call
  let bits = receiver.origin
  for (const arg of [...args, ...named.values()]) bits |= arg.origin
  for (const handle of [receiver, ...args]) {
    if (handle.opens) {
      engine.mark(handle.opens, bits)
      if (bits & FETCHED) engine.desk.note({ kind: 'write', call: method, argument: handle.opens.texts[0] ?? null, tainted: 'fetched' }, place)
    }
    if (bits & FETCHED && handle.refs.some((ref) => HASHER.test(ref))) {
      engine.desk.note({ kind: 'verify', call: method, argument: null, tainted: 'fetched' }, place)
    }
  }
  const carried = args.reduce((all, arg) => all | arg.origin, 0)
  if (receiver.origin & NETWORK && carried & COLLECTED && SENDS.test(method)) {
    engine.desk.note({ kind: 'send', call: method, argument: receiver.texts[0] ?? null, tainted: 'collected' }, place)
  }
  if (receiver.from && carried && KEEPS.test(method)) engine.put(receiver.from, only(carried))
  const ref = callee.refs[0]
  const value = ref && ref.length < LONGEST_REF && !folded ? outside(`${ref}()`, bits) : only(bits)
  return receiver.opens ? { ...value, opens: receiver.opens } : value
}

const LONGEST_REF = 200
const HASHER = /createHash\(\)|hashlib\.\w+\(\)|createVerify\(\)/
const SENDS = /^(?:write|end|send|sendall|sendto|request|post|put|patch|emit|get|storbinary)$/
const KEEPS = /^(?:push|unshift|append|extend|add|set|update|write|splice|insert|concat|setdefault)$/
