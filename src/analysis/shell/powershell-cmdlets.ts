import { UNKNOWN } from '../desk.ts'
import { FETCHED, mixed, NETWORK, UNTAINTED } from '../taint.ts'
import type { Taint } from '../taint.ts'
import { heldBy, joined, note, runnable, save, stepped, urlIn } from './call.ts'
import type { Call } from './call.ts'
import { asked } from './fetching.ts'
import { flat, thing } from './powershell-things.ts'
import type { Thing } from './powershell-things.ts'

/** What PowerShell's commands do, as far as it matters here. */

export interface Cmdlet {
  call: Call
  name: string
  words: readonly Thing[]
  given: Thing | null
  /** Reads text as PowerShell. */
  evaluate(text: string): Thing
}

/** The value of a parameter, also of an abbreviated one. */
function named(words: readonly Thing[], pattern: RegExp): Thing | undefined {
  const at = words.findIndex((word) => pattern.test(word.text))
  if (at < 0) return undefined
  const glued = /^-\w+:(.+)$/.exec(words[at]?.text ?? '')?.[1]
  return glued === undefined ? words[at + 1] : thing(glued, words[at]?.taint)
}

const SWITCHES = /^-(?:usebasicparsing|useb|passthru|force|nonewwindow|wait|recurse|append|raw|noprofile|nop|asstring|quiet|confirm:.*|whatif)$/i

/** Arguments that no parameter takes. */
const positional = (words: readonly Thing[]): Thing[] => words.filter((word, index) => {
  const before = words[index - 1]?.text ?? ''
  return !word.text.startsWith('-') && !(before.startsWith('-') && before.length > 1 && !SWITCHES.test(before) && !before.includes(':'))
})

export const asThing = (value: { text: string; taint: Taint }): Thing => thing(value.text, value.taint)
export const inside = (call: Call, program: string): Call => ({ ...call, program })

function webRequest({ call, name, words, given }: Cmdlet): Thing {
  const at = inside(call, name.toLowerCase())
  const target = named(words, /^-u(?:ri?)?(?::|$)/i) ?? positional(words)[0] ?? given ?? thing()
  const url = urlIn([target.text]) ?? target.text
  const body = named(words, /^-bo(?:d|dy)?\b/i)
  const file = named(words, /^-inf/i)
  const form = named(words, /^-form/i)
  const sent = [target.taint, body?.taint ?? UNTAINTED, form?.taint ?? UNTAINTED, file ? heldBy(at, file).taint : UNTAINTED, named(words, /^-headers?/i)?.taint ?? UNTAINTED].reduce(mixed, UNTAINTED)
  const answer = asked(at, url, sent)
  const out = named(words, /^-(?:outf|o$|outfile|destination)/i) ?? (name.toLowerCase() === 'start-bitstransfer' ? positional(words)[1] : undefined)
  if (out) save(at, out.text, answer)
  return asThing(answer)
}

function bits(cmdlet: Cmdlet): Thing {
  const source = named(cmdlet.words, /^-so/i)
  const target = named(cmdlet.words, /^-dest/i) ?? positional(cmdlet.words)[1]
  const at = inside(cmdlet.call, 'start-bitstransfer')
  const answer = asked(at, source?.text ?? positional(cmdlet.words)[0]?.text ?? null)
  if (target) save(at, target.text, answer)
  return asThing(answer)
}

function invoke({ call, name, words, given, evaluate }: Cmdlet): Thing {
  const code = named(words, /^-c/i) ?? words.find((word) => !word.text.startsWith('-')) ?? given ?? thing()
  return execute(inside(call, name.toLowerCase()), code, evaluate)
}

export function execute(call: Call, code: Thing, evaluate: (text: string) => Thing): Thing {
  note(call, 'execute', code.text, runnable(code.taint))
  return code.text === UNKNOWN || code.text === '' ? thing(UNKNOWN, runnable(code.taint)) : evaluate(code.text)
}

function startProcess({ call, words }: Cmdlet): Thing {
  const file = named(words, /^-f/i) ?? positional(words)[0]
  if (!file) return thing()
  const list = named(words, /^-a/i) ?? positional(words)[1]
  const args = list ? flat(list).flatMap((item) => item.text.split(/\s+(?=-)/).map((text) => thing(text, item.taint))) : []
  const hidden = named(words, /^-w/i)?.text.toLowerCase() === 'hidden'
  if (hidden || /runas/i.test(named(words, /^-verb/i)?.text ?? '')) note(call, 'spawn', words.map((word) => word.text).join(' '), file.taint, 'start-process')
  return started(call, file, args, null)
}

/** Any other command: a program with its words. */
export function started(call: Call, name: Thing, words: readonly Thing[], given: Thing | null): Thing {
  if (name.block) return thing('')
  const line = name.text.trim()
  // `& "program args"`: with blanks it is a path, or a line somebody put together.
  const all = [thing(line, name.taint), ...words.flatMap(flat)]
  return asThing(call.start(all, given ?? { text: '', taint: UNTAINTED }))
}

function newObject({ call, words }: Cmdlet): Thing {
  const type = (words[0]?.text.startsWith('-') ? named(words, /^-t/i)?.text : words[0]?.text) ?? ''
  if (/sockets\.tcpclient|udpclient/i.test(type)) return socket(call, type, words.slice(1).flatMap(flat))
  return { ...thing(UNKNOWN, joined(words)), type: type.toLowerCase() }
}

export function socket(call: Call, type: string, args: readonly Thing[]): Thing {
  const address = args.map((word) => word.text).filter((text) => text !== '' && !text.startsWith('-')).slice(0, 2).join(':')
  const at = inside(call, type.toLowerCase())
  const incoming = stepped(at, UNTAINTED, FETCHED | NETWORK, { kind: 'fetch', argument: address })
  note(at, 'connect', address)
  return { ...thing(UNKNOWN, incoming), type: 'tcpclient' }
}

function write({ call, name, words, given }: Cmdlet): Thing {
  const path = named(words, /^-(?:path|filepath|literalpath|pspath)/i) ?? positional(words)[0]
  const value = named(words, /^-(?:val|inputobject)/i) ?? given ?? positional(words)[1] ?? thing('')
  if (path) save(inside(call, name.toLowerCase()), path.text, value)
  return thing('')
}

function property({ call, name, words, evaluate }: Cmdlet): Thing {
  const path = named(words, /^-(?:path|literalpath)/i) ?? positional(words)[0]
  const value = named(words, /^-val/i) ?? positional(words)[2]
  const at = inside(call, name.toLowerCase())
  note(at, 'write', path?.text ?? null, value?.taint ?? UNTAINTED)
  return value && /\\Run|Winlogon|\\Shell/i.test(path?.text ?? '') ? evaluate(`& ${value.text}`) : thing('')
}

function task({ call, name, words }: Cmdlet): Thing {
  const at = inside(call, name.toLowerCase())
  if (/action$/i.test(name)) return started(call, named(words, /^-e/i) ?? thing(), [named(words, /^-a/i)].filter((word) => word !== undefined).flatMap((word) => word.text.split(/\s+/).map((text) => thing(text, word.taint))), null)
  note(at, 'write', `C:\\Windows\\System32\\Tasks\\${named(words, /^-taskn/i)?.text ?? ''}`, joined(words))
  return thing('')
}

function service({ call, name, words }: Cmdlet): Thing {
  note(inside(call, name.toLowerCase()), 'write', `HKLM\\SYSTEM\\CurrentControlSet\\Services\\${named(words, /^-n/i)?.text ?? positional(words)[0]?.text ?? ''}`, joined(words))
  return thing('')
}

function read({ call, words }: Cmdlet): Thing {
  const path = named(words, /^-(?:path|literalpath)/i) ?? positional(words)[0]
  return path ? asThing(heldBy(call, path)) : thing()
}

/** Commands that shape data, or print it. */
const through = ({ words, given }: Cmdlet): Thing => given ?? positional(words)[0] ?? thing('', joined(words))
const mail = ({ call, words, given }: Cmdlet): Thing => asThing(call.start([thing('send-mailmessage'), ...words.flatMap(flat)], given ?? undefined))

const all = (names: string, cmdlet: (cmdlet: Cmdlet) => Thing): [string, (cmdlet: Cmdlet) => Thing][] => names.split(' ').map((name) => [name, cmdlet])

export const CMDLETS: ReadonlyMap<string, (cmdlet: Cmdlet) => Thing> = new Map([
  ...all('invoke-webrequest invoke-restmethod iwr irm', webRequest), ...all('curl wget', (cmdlet) => (cmdlet.words.some((word) => /^-(?:uri|outf|useb|method|body|inf)/i.test(word.text)) ? webRequest(cmdlet) : started(cmdlet.call, thing(cmdlet.name), cmdlet.words, cmdlet.given))),
  ...all('start-bitstransfer', bits), ...all('invoke-expression iex', invoke), ...all('start-process saps start invoke-item ii', startProcess), ...all('new-object', newObject),
  ...all('set-content add-content out-file sc ac tee-object', write), ...all('set-itemproperty new-itemproperty sp', property),
  ...all('new-scheduledtaskaction register-scheduledtask register-scheduledjob', task), ...all('new-service', service), ...all('get-content gc cat type', read), ...all('send-mailmessage', mail),
  ...all('out-string convertto-json convertto-csv select-object select sort-object out-null convertfrom-json measure-object format-list ft fl write-output echo convertto-xml export-csv get-unique tee', through),
])
