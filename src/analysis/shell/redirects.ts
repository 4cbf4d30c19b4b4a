import { FETCHED, mixed, NETWORK, UNTAINTED } from '../taint.ts'
import { collected, heldBy, note, save, stepped, unknown } from './call.ts'
import type { Call, Value } from './call.ts'
import { isShell } from './names.ts'
import type { Command, Redirect } from './commands.ts'
import type { Word } from './words.ts'

/** What a command is fed: the pipe, or what its redirections put in its place. */
export function fed(command: Command, piped: Value, valueOf: (word: Word) => Value, call: Call): Value {
  return command.redirects.reduce((given, redirect) => {
    if (redirect.operator === '<<' || redirect.operator === '<<<') return valueOf(redirect.to)
    return redirect.operator === '<' ? source(call, valueOf(redirect.to)) : given
  }, piped)
}

function source(call: Call, path: Value): Value {
  if (path.text.startsWith('&')) return call.files.get(path.text) ?? call.given
  const address = addressOf(path.text)
  return address === null ? heldBy(call, path) : connected(call, address)
}

/** Sends what a command prints where its redirections say; gives what is left for the pipe. */
export function drained(command: Command, printed: Value, valueOf: (word: Word) => Value, call: Call): Value {
  let left = printed
  for (const redirect of command.redirects) {
    if (redirect.operator === '<' || redirect.operator === '<<' || redirect.operator === '<<<') continue
    const path = valueOf(redirect.to)
    const address = addressOf(path.text)
    if (address !== null) left = toNetwork(call, redirect, address, printed)
    else if (path.text.startsWith('&')) toDescriptor(call, path.text, printed)
    else if (redirect.fd !== '2') {
      save(call, path.text, appended(call, redirect, path.text, printed), redirect.operator)
      left = { text: '', taint: UNTAINTED }
    }
  }
  return left
}

function appended(call: Call, redirect: Redirect, path: string, printed: Value): Value {
  const before = redirect.operator === '>>' ? call.files.get(path) : null
  if (!before) return printed
  const text = before.text + printed.text
  return { text: text.length > 262_144 ? printed.text : text, taint: mixed(before.taint, printed.taint) }
}

/** A shell on a socket runs whatever the other end says. */
function toNetwork(call: Call, redirect: Redirect, address: string, printed: Value): Value {
  const incoming = connected(call, address)
  if (redirect.fd !== '') call.files.set(`&${redirect.fd}`, incoming)
  if (isShell(call.program)) note(call, 'execute', call.line, incoming.taint)
  else if (collected(printed.taint)) note(call, 'send', address, printed.taint, '/dev/tcp')
  return redirect.operator === '<>' ? incoming : printed
}

function toDescriptor(call: Call, descriptor: string, printed: Value): void {
  const socket = call.files.get(descriptor)
  if (!socket || !(socket.taint.bits & NETWORK)) return
  const address = socket.taint.trail.at(-1)?.argument ?? null
  if (isShell(call.program)) note(call, 'execute', call.line, socket.taint)
  else if (collected(printed.taint)) note(call, 'send', address, printed.taint, '/dev/tcp')
}

/** Notes a connection; gives what comes over it. */
export function connected(call: Call, address: string, name = '/dev/tcp'): Value {
  const incoming = stepped(call, UNTAINTED, FETCHED | NETWORK, { kind: 'fetch', argument: address, call: name })
  note(call, 'connect', address, UNTAINTED, name)
  return unknown(incoming)
}

const addressOf = (path: string): string | null => {
  const parts = /^\/dev\/(tcp|udp)\/([^/]{1,255})\/([^/]{1,20})$/.exec(path)
  return parts ? `${parts[1]}://${parts[2]}:${parts[3]}` : null
}
