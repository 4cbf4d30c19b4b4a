import { decodeEncodedCommand } from '../decode/index.ts'
import { UNKNOWN } from '../desk.ts'
import { DECODED, mixed, UNTAINTED } from '../taint.ts'
import type { Taint } from '../taint.ts'
import { NOTHING, note, plain, runnable, stepped, unknown } from './call.ts'
import type { Call, Program, Value } from './call.ts'
import { CMDLETS } from './powershell-cmdlets.ts'
import { Script } from './powershell-script.ts'
import { thing } from './powershell-things.ts'

/** Every beginning of a parameter's name will do. */
const ENCODED = /^[-/–](?:e|ec|en|enc|enco|encod|encode|encoded|encodedc|encodedco|encodedcom|encodedcomm|encodedcomma|encodedcomman|encodedcommand)$/i
const COMMAND = /^[-/–](?:c|co|com|comm|comma|comman|command)$/i
const FILE = /^[-/–](?:f|fi|fil|file)$/i
const VALUED = /^[-/–](?:ep?|ex\w*|executionpolicy|w|wi\w*|windowstyle|v|ve\w*|psconsolefile|inputformat|in\w*|of?|ou\w*|outputformat|config\w*|wd|wo\w*|workingdirectory|s|settings\w*)$/i

/** What a script does; gives what it prints. */
export function readPowershell(call: Call, text: string): Value {
  return new Script(call).run(text)
}

/** `powershell -nop -w hidden -enc …`. */
export function startPowershell(call: Call): Value {
  for (let at = 0; at < call.words.length; at++) {
    const flag = call.texts[at] as string
    const value = call.words[at + 1]
    if (ENCODED.test(flag)) return encoded(call, value)
    if (COMMAND.test(flag)) return inArguments(call, at + 1)
    if (FILE.test(flag)) return value ? fromFile(call, value) : NOTHING
    if (VALUED.test(flag)) at++
    else if (flag === '-') return onInput(call)
    else if (!/^[-/–]\w/.test(flag)) return /\.ps[dm]?1$/i.test(flag) ? fromFile(call, call.words[at] as Value) : inArguments(call, at)
  }
  return onInput(call)
}

function encoded(call: Call, code: Value | undefined): Value {
  const text = decodeEncodedCommand(code?.text ?? '')
  const from = stepped(call, code?.taint ?? UNTAINTED, DECODED, { kind: 'decode', argument: text })
  note(call, 'decode', text, code?.taint ?? UNTAINTED, `${call.program} -EncodedCommand`)
  note(call, 'execute', text ?? call.line, from)
  if (text === null) return unknown(from)
  call.desk.text(text, 'decoded', call.place)
  return call.read(text, 'powershell')
}

function inArguments(call: Call, at: number): Value {
  const words = call.words.slice(at)
  const text = words.map((word) => word.text).join(' ').replace(/^'([^']*)'$/, '$1')
  if (text === '-') return onInput(call)
  return execute(call, { text, taint: words.reduce<Taint>((all, word) => mixed(all, word.taint), UNTAINTED) }, text)
}

function execute(call: Call, code: Value, argument: string): Value {
  const from = runnable(code.taint)
  note(call, 'execute', argument, from)
  return code.text === UNKNOWN || code.text === '' ? unknown(from) : call.read(code.text.replace(/^\s*&\s*\{([\s\S]*)\}\s*$/, '$1'), 'powershell')
}

function onInput(call: Call): Value {
  if (call.given.text === '' && call.given.taint.bits === 0) {
    note(call, 'spawn', call.line)
    return NOTHING
  }
  return execute(call, call.given, call.line)
}

function fromFile(call: Call, file: Value): Value {
  const written = call.files.get(file.text)
  const from = runnable(written ? mixed(written.taint, file.taint) : file.taint)
  note(call, from.bits === 0 ? 'spawn' : 'execute', call.line, from)
  if (written && written.text !== UNKNOWN) return call.read(written.text, 'powershell')
  call.desk.file(plain(file.text), null)
  return unknown(from)
}

/** PowerShell's own commands in a line that is not known to be PowerShell. */
const cmdlet: Program = (call) => {
  const known = CMDLETS.get(call.program)
  const given = call.given.text === '' && call.given.taint.bits === 0 ? null : thing(call.given.text, call.given.taint)
  return known?.({ call, name: call.program, words: call.words.map((word) => thing(word.text, word.taint)), given, evaluate: (text) => { const read = call.read(text, 'powershell'); return thing(read.text, read.taint) } }) ?? NOTHING
}

const OUTSIDE = ['invoke-webrequest', 'invoke-restmethod', 'iwr', 'irm', 'invoke-expression', 'iex', 'start-process', 'saps', 'start-bitstransfer', 'new-itemproperty', 'set-itemproperty', 'set-content', 'add-content', 'out-file', 'register-scheduledtask', 'new-service']

export const POWERSHELL_PROGRAMS: readonly (readonly [string, Program])[] = OUTSIDE.map((name) => [name, cmdlet] as const)
