import { UNKNOWN } from '../desk.ts'
import { secretIn } from '../secrets.ts'
import { DECODED, ENCODED, mixed, NETWORK, SOURCES, UNTAINTED } from '../taint.ts'
import type { Taint } from '../taint.ts'
import { collect, collected, heldBy, joined, note, runnable, save, stepped } from './call.ts'
import type { Call } from './call.ts'
import { asked } from './fetching.ts'
import { binary, flat, listOf, thing } from './powershell-things.ts'
import type { Thing } from './powershell-things.ts'
import { asThing, execute, inside, socket, started } from './powershell-cmdlets.ts'

/** What properties and methods of .NET give, as far as it matters here. */

export interface Member {
  call: Call
  on: Thing
  name: string
  args: readonly Thing[]
  called: boolean
  evaluate(text: string): Thing
  /** Puts another value where a variable holds this one. */
  replace(item: Thing, by: Thing): void
}

const FETCHES = /^(?:download(?:string|data|file)|openread|getstringasync|getbytearrayasync|getasync|downloadstringtaskasync|downloadfileasync|downloaddata)$/
const SENDS = /^(?:upload(?:string|file|data|values)|postasync|putasync|openwrite)$/

/** A property or a method of a value, or of a type. */
export function member(about: Member): Thing {
  const { call, on, args } = about
  const name = about.name.toLowerCase()
  const type = (on.type ?? '').toLowerCase().replace(/^system\./, '')
  const taint = mixed(on.taint, joined(args))
  const first = args[0] ?? thing()
  if (type === 'environment' || /\benvironment\b/.test(type)) return environment(call, name, first)
  if (FETCHES.test(name)) return download(call, about.name, args)
  if (SENDS.test(name)) {
    const at = inside(call, about.name)
    const sent = args.slice(1).reduce((held, arg) => mixed(held, mixed(arg.taint, name === 'uploadfile' ? heldBy(at, arg).taint : UNTAINTED)), first.taint)
    return asThing(asked(at, first.text, sent))
  }
  if (name === 'frombase64string') return decoded(call, first)
  if (name === 'tobase64string') return thing(UNKNOWN, stepped(inside(call, about.name), first.taint, ENCODED, { kind: 'encode', argument: null }))
  if (name === 'getstring' || name === 'getbytes' || name === 'tochararray') return characters(name, name === 'tochararray' ? on : first)
  if (/^(?:start|create|newscriptblock|load|loadfile|loadfrom|unsafeloadfrom|invokescript)$/.test(name) && type !== '') return begun(about, type, first)
  if (name === 'new') return type.includes('tcpclient') ? socket(call, type, args) : { ...thing(UNKNOWN, taint), type }
  if (name.startsWith('invoke') && on.text !== UNKNOWN && on.block) return about.evaluate(on.text)
  if (name.startsWith('invoke') && runnable(on.taint).bits !== 0) return execute(inside(call, about.name), on, about.evaluate)
  if (name === 'invoke' && args.length > 0 && /iex|invoke-expression/i.test(on.text)) return execute(inside(call, 'invoke-expression'), first, about.evaluate)
  return stored(about, name, type, taint) ?? shaped(about, name, type, taint)
}

function environment(call: Call, name: string, first: Thing): Thing {
  const wanted = name === 'getenvironmentvariable' ? first.text.toLowerCase() : name
  if (name === 'getenvironmentvariables') return thing(UNKNOWN, collect(call, SOURCES.environment, '[Environment]', '[Environment]'))
  if (/user|machine|computer|domain/.test(wanted)) return thing(UNKNOWN, collect(call, SOURCES.host, wanted, '[Environment]'))
  return secretIn(wanted) ? thing(UNKNOWN, collect(call, SOURCES.secret, wanted, '[Environment]')) : thing(`%${wanted.toUpperCase()}%`)
}

function download(call: Call, name: string, args: readonly Thing[]): Thing {
  const at = inside(call, name)
  const answer = asked(at, args[0]?.text ?? null, args[0]?.taint ?? UNTAINTED)
  const file = args[1]
  if (/file/i.test(name) && file) save(at, file.text, answer)
  return asThing(answer)
}

/** Base64 holds UTF-16 or UTF-8; bytes that are neither are of no use here. */
function decoded(call: Call, input: Thing): Thing {
  const at = inside(call, '[Convert]::FromBase64String')
  const bytes = /^[\w+/=\s]+$/.test(input.text) ? Buffer.from(input.text, 'base64') : null
  const wide = bytes !== null && bytes.length > 3 && bytes[1] === 0 && bytes[3] === 0
  const text = bytes?.toString(wide ? 'utf16le' : 'utf8') ?? null
  const known = text !== null && !text.includes('\u{fffd}') && !text.includes('\0') ? text : null
  note(at, 'decode', known, input.taint)
  if (known !== null) call.desk.text(known, 'decoded', call.place)
  return thing(known ?? UNKNOWN, stepped(at, input.taint, DECODED, { kind: 'decode', argument: known }))
}

/** Bytes and characters: a list of numbers is the text they spell. */
function characters(name: string, value: Thing): Thing {
  if (name === 'tochararray') return listOf([...value.text], value.taint)
  if (value.list && value.list.every((item) => /^(?:0x[\da-f]{1,2}|\d{1,3})$/i.test(item.text))) return thing(String.fromCharCode(...value.list.slice(0, 10_000).map((item) => Number(item.text))), value.taint)
  return thing(value.text, value.taint)
}

/** `[Process]::Start`, `[ScriptBlock]::Create`, `[Assembly]::Load`. */
function begun(about: Member, type: string, first: Thing): Thing {
  const { call } = about
  if (/scriptblock/.test(type)) return execute(inside(call, '[ScriptBlock]::Create'), first, about.evaluate)
  if (/process/.test(type)) return started(call, first, about.args.slice(1), null)
  if (/assembly/.test(type)) note(inside(call, `[Assembly]::${about.name}`), 'execute', first.text, runnable(first.taint))
  return thing(UNKNOWN, mixed(about.on.taint, first.taint))
}

/** Files, clipboard, screen, names. */
function stored({ call, on, args, replace, name: spelled }: Member, name: string, type: string, taint: Taint): Thing | null {
  const [path, value] = args
  const at = inside(call, on.type ? `[${on.type}]::${spelled}` : spelled)
  if (name.startsWith('readall') && path) return asThing(heldBy(at, path))
  if (/^(?:writeall|appendall)/.test(name) && path) {
    save(at, path.text, value ?? thing())
    return thing('')
  }
  if (name === 'gettext' && /clipboard/.test(type)) return thing(UNKNOWN, collect(at, SOURCES.clipboard, spelled))
  if (name === 'copyfromscreen') return thing(UNKNOWN, collect(at, SOURCES.screen, spelled))
  if (name === 'getcurrent' || name === 'gethostname') return thing(UNKNOWN, collect(at, SOURCES.host, spelled))
  if (/^gethost(?:entry|addresses|byname)$/.test(name)) {
    note(at, 'resolve', path?.text ?? null)
    if (collected(taint)) note(at, 'send', path?.text ?? null, taint)
    return thing()
  }
  if (name === 'write' && on.taint.bits & NETWORK && collected(joined(args))) note(at, 'send', on.taint.trail.at(-1)?.argument ?? null, joined(args))
  if (name === 'read' && path && on.taint.bits & NETWORK) replace(path, thing(UNKNOWN, on.taint))
  return null
}

/** What methods of texts and lists give. */
function shaped({ on, args, replace }: Member, name: string, type: string, taint: Taint): Thing {
  const [first = thing(), second = thing()] = args
  if (on.type !== undefined) {
    if (name === 'reverse') replace(first, { ...first, list: flat(first).toReversed() })
    if (name === 'join') return binary('-join', second, first)
    if (name === 'concat') return thing(args.map((arg) => arg.text).join(''), taint)
    if (name === 'format') return binary('-f', first, args.length > 2 ? { ...thing(''), list: args.slice(1) } : second)
    if (/^to(?:byte|u?int\d*|char)$/.test(name)) return numbered(name, first, second, taint)
    return { ...thing(UNKNOWN, taint), type: name === 'utf8' || name === 'unicode' || name === 'ascii' ? 'encoding' : type }
  }
  if (name === 'replace') return binary('-replace', on, { ...thing(''), list: [thing(first.text.replace(/\\/g, '\\\\')), second] })
  if (name === 'substring') return thing(on.text === UNKNOWN ? UNKNOWN : on.text.slice(Number(first.text) || 0, args[1] ? (Number(first.text) || 0) + (Number(second.text) || 0) : undefined), taint)
  if (name === 'split') return binary('-split', on, first)
  if (name === 'tolower' || name === 'tolowerinvariant') return thing(on.text.toLowerCase(), taint)
  if (name === 'toupper' || name === 'toupperinvariant') return thing(on.text.toUpperCase(), taint)
  if (name === 'length' || name === 'count') return thing(on.text.includes(UNKNOWN) ? UNKNOWN : String(on.list?.length ?? on.text.length), taint)
  if (name === 'trim' || name === 'tostring' || name === 'value' || name === 'content' || name === 'name') return thing(name === 'trim' ? on.text.trim() : on.text, taint)
  if (name === 'insert' || name === 'remove' || name === 'padleft') return thing(UNKNOWN, taint)
  return thing(UNKNOWN, taint)
}

function numbered(name: string, first: Thing, base: Thing, taint: Taint): Thing {
  const radix = /^(?:2|8|10|16)$/.test(base.text) ? Number(base.text) : 10
  const value = Number.parseInt(first.text, radix)
  if (Number.isNaN(value)) return thing(UNKNOWN, taint)
  return thing(name === 'tochar' ? String.fromCharCode(value) : String(value), taint)
}
