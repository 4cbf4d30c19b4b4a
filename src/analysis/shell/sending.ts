import { mixed, taint, UNTAINTED } from '../taint.ts'
import type { Taint } from '../taint.ts'
import { collected, heldBy, isFlag, joined, NOTHING, note, runnable, save, unknown, urlIn } from './call.ts'
import type { Call, Program, Value } from './call.ts'
import { asked } from './fetching.ts'
import { connected } from './redirects.ts'

/** Programs that carry data to another machine in a way of their own. */

/** A name that is looked up reaches whoever answers for the domain. */
const resolve: Program = (call) => {
  const named = call.words.filter((word) => !/^[-+@]/.test(word.text) && /[.…]/.test(word.text))
  const name = named[0] ?? call.words.find((word) => word.taint.bits !== 0)
  if (call.program === 'ping' && call.texts.some((text) => /^(?:127\.0\.0\.1|localhost)$/.test(text))) {
    note(call, 'wait', call.line)
    return NOTHING
  }
  const carried = mixed(joined(call.words), call.given.taint)
  note(call, 'resolve', name?.text ?? null)
  if (collected(carried)) note(call, 'send', name?.text ?? null, carried)
  return unknown()
}

/** `nc host port`, `telnet`, `socat`, `openssl s_client`: what it prints came over the network; `-e` gives a shell away. */
const socket: Program = (call) => {
  const address = addressOf(call)
  if (call.texts.some((text) => /^-[a-z]*l[a-z]*$/.test(text)) || /\b(?:TCP|UDP)4?-LISTEN/i.test(call.line)) note(call, 'listen', address)
  const incoming = connected(call, address ?? call.line, call.program)
  const shell = /(?:^|\s)-[a-z]*[ec]\s+\S|--(?:sh-)?exec|\b(?:EXEC|SYSTEM):/i.test(call.line)
  if (shell && call.program !== 'openssl') note(call, 'execute', call.line, incoming.taint)
  const files = call.words.filter((word) => /[\\/~]/.test(word.text) && !/:\/\//.test(word.text)).map((word) => heldBy(call, word).taint)
  const carried = [call.given.taint, joined(call.words), ...files].reduce(mixed, UNTAINTED)
  if (collected(carried)) note(call, 'send', address, carried)
  return incoming
}

function addressOf(call: Call): string | null {
  const url = urlIn(call.texts.map((text) => text.replace(/^(?:(?:TCP|UDP|OPENSSL)[46]?(?:-CONNECT)?:)/i, '')))
  const host = url ?? call.texts.find((text) => !isFlag(text)) ?? null
  const port = call.texts.find((text) => /^\d{1,5}$/.test(text))
  return host === null || port === undefined || host.includes(':') || host === port ? host : `${host}:${port}`
}

/** `scp`, `rsync` and storage clients: the last word is where it goes, unless that is here. */
const transfer: Program = (call) => {
  const words = call.words.filter((word) => !isFlag(word.text))
  const far = words.find((word) => REMOTE.test(word.text))
  const last = words.at(-1)
  if (far && last && far !== last) {
    save(call, last.text, asked(call, far.text))
    return NOTHING
  }
  return deliver(call, far?.text ?? urlIn(call.texts), words.filter((word) => word !== far))
}

const REMOTE = /^(?:[\w.-]+@)?[\w.-]{2,}:(?!\\)|^(?:s3|gs|rsync|sftp|ftp|https?|scp|ssh):\/\//

/** `mail`, `sendmail`, `ftp`, a chat client: whatever it is fed goes away. */
const mail: Program = (call) => {
  const to = call.texts.find((text) => /\S@\S|:\/\//.test(text)) ?? urlIn(call.texts)
  return deliver(call, to, call.words)
}

export function deliver(call: Call, to: string | null, words: readonly Value[]): Value {
  const held = words.map((word) => mixed(word.taint, /[\\/~.]/.test(word.text) ? heldBy(call, word).taint : UNTAINTED))
  const carried: Taint = [call.given.taint, ...held].reduce(mixed, UNTAINTED)
  note(call, 'spawn', call.line, carried)
  if (collected(carried)) note(call, 'send', to ?? call.line, carried)
  else if (to !== null) note(call, 'fetch', to)
  return NOTHING
}

/** Runs a command on another machine; what it is fed goes there. */
const remote: Program = (call) => {
  const carried = mixed(call.given.taint, joined(call.words))
  note(call, 'spawn', call.line, carried)
  if (collected(carried)) note(call, 'send', call.texts.find((text) => !isFlag(text)) ?? null, carried)
  if (call.texts.some((text) => /^-[a-zA-Z]*[RD]/.test(text))) note(call, 'connect', call.line)
  return unknown(taint(runnable(call.given.taint).bits, call.given.taint.trail))
}

const each = (names: string, program: Program): [string, Program][] => names.split(' ').map((name) => [name, program])

export const SENDING: readonly (readonly [string, Program])[] = [
  ...each('nslookup dig host ping ping6 drill getent resolve-dnsname traceroute', resolve),
  ...each('nc ncat netcat nc.openbsd nc.traditional telnet socat', socket),
  ...each('scp rsync sftp rclone gsutil s3cmd tftp', transfer), ...each('mail mailx sendmail mutt ftp lftp ncftpput swaks msmtp send-mailmessage', mail), ['ssh', remote],
]
export { socket, transfer }
