import { UNKNOWN } from '../desk.ts'
import type { Language } from '../desk.ts'
import { mixed, taint } from '../taint.ts'
import { heldBy, NOTHING, note, plain, runnable, unknown, urlIn } from './call.ts'
import type { Call, Program, Value } from './call.ts'
import { asked } from './fetching.ts'
import { readForeign } from './foreign.ts'
import { INTERPRETERS } from './names.ts'
import type { Interpreter } from './names.ts'
import { startPowershell } from './powershell.ts'

/** An interpreter runs the code in its arguments, a file, or what it is fed. */
const CODE_FLAGS: Readonly<Record<Interpreter, RegExp>> = {
  javascript: /^(?:-e|-p|-pe|--eval|--print|eval|--eval=.*|-e.+)$/, python: /^-[a-zA-Z]*c$/, shell: /^(?:-[a-z]*c|--command)$/, powershell: /^-c$/, other: /^-(?:[a-z]*e|r|E|n?le|ne|pe)$/,
}
const VALUED = /^(?:-r|--require|--import|--loader|--experimental-loader|-W|-X|-O|-o|--rcfile|--init-file|-l|-m|-A|--config|-I|-M)$/
const LONGEST = 262_144

const interpret: Program = (call) => {
  const language = INTERPRETERS.get(call.program) as Interpreter
  if (language === 'powershell') return startPowershell(call)
  if (call.program === 'cmd') return command(call)
  if (call.program.endsWith('awk')) return awk(call)
  if (language === 'javascript' && (call.texts[0] === 'run' || call.texts[0] === 'x')) return javascriptRun(call)
  if (call.program === '.' || call.program === 'source') return call.words[0] ? fromFile(call, language, call.words[0]) : NOTHING
  let at = 0
  while (at < call.words.length) {
    const flag = call.texts[at] as string
    if (!/^[-+]/.test(flag) && !(language === 'javascript' && flag === 'eval')) break
    if (CODE_FLAGS[language].test(flag)) return inArgument(call, language, glued(call, at))
    if (language === 'python' && flag === '-m') return module(call, at + 1)
    if (flag === '-s' || flag === '-' || flag === '--' && at + 1 >= call.words.length) return onInput(call, language)
    const value = call.words[at + 1]
    if (VALUED.test(flag) && value) {
      if (language === 'javascript') call.desk.file(plain(value.text), 'javascript')
      if (/^--(?:rcfile|init-file)$/.test(flag)) return fromFile(call, language, value)
      at++
    }
    at++
  }
  const file = call.words[at]
  return file === undefined || file.text === '/dev/stdin' || file.text === '-' ? onInput(call, language) : fromFile(call, language, file)
}

/** `-e code`, `-ecode`, `--eval=code`. */
function glued(call: Call, at: number): Value | undefined {
  const word = call.words[at] as Value
  const inside = /^(?:--eval=|-e(?=[^-\w]))([\s\S]+)$/.exec(word.text)?.[1]
  return inside === undefined ? call.words[at + 1] : { text: inside, taint: word.taint }
}

function inArgument(call: Call, language: Interpreter, code: Value | undefined): Value {
  if (code === undefined) return NOTHING
  return run(call, language, code, code.text)
}

/** Runs text. What is known of it is read; where it comes from is said in any case. */
function run(call: Call, language: Interpreter, code: Value, argument: string): Value {
  const from = runnable(code.taint)
  const known = code.text !== UNKNOWN && code.text !== ''
  if (from.bits !== 0 || argument === code.text) note(call, 'execute', argument, from)
  if (!known) return unknown(from)
  if (language === 'shell') return call.read(code.text, 'posix')
  if (language === 'other') return readForeign(call, code)
  if (language !== 'powershell') call.desk.code(language, code.text, call.place, from.trail.some((step) => step.kind === 'decode') ? 'decoded' : undefined)
  return unknown(code.taint)
}

function onInput(call: Call, language: Interpreter): Value {
  if (call.given === NOTHING || (call.given.text === '' && call.given.taint.bits === 0)) {
    note(call, 'spawn', call.line)
    return NOTHING
  }
  return run(call, language, call.given, call.line)
}

function fromFile(call: Call, language: Interpreter, file: Value): Value {
  if (/^https?:\/\//i.test(file.text)) {
    const answer = asked(call, file.text)
    note(call, 'execute', file.text, answer.taint)
    return NOTHING
  }
  const written = call.files.unpacked(file.text)
  const from = runnable(written ? mixed(written.taint, file.taint) : file.taint)
  if (from.bits !== 0) note(call, 'execute', call.line, from)
  else note(call, 'spawn', call.line)
  if (written && written.text !== UNKNOWN && written.text !== '') return run(call, language, written, call.line)
  call.desk.file(plain(file.text), asLanguage(language))
  return unknown(from)
}

const asLanguage = (language: Interpreter): Language | null => (language === 'other' || language === 'powershell' ? null : language)

/** `python -m pip …`, `python -m base64 -d`, `python -m http.server`. */
function module(call: Call, at: number): Value {
  const name = call.texts[at] ?? ''
  if (name === 'http.server' || name === 'SimpleHTTPServer') {
    note(call, 'listen', call.line)
    return NOTHING
  }
  call.desk.file(plain(name.replaceAll('.', '/')), 'python')
  return call.start(call.words.slice(at), call.given)
}

/** `deno run URL`, `bun run script`. */
function javascriptRun(call: Call): Value {
  const what = call.words.slice(1).find((word) => !word.text.startsWith('-'))
  if (!what) return NOTHING
  const script = call.desk.pkg.manifest.scripts
  if (call.program === 'bun' && Object.hasOwn(script, what.text)) return call.read(script[what.text] ?? '', 'posix')
  return fromFile(call, 'javascript', what)
}

/** `cmd /c …`: the rest of the line is the command. */
function command(call: Call): Value {
  const at = call.texts.findIndex((text) => /^\/+[ckr]$/i.test(text))
  const glue = call.texts.findIndex((text) => /^\/+[ckr]\S/i.test(text))
  const start = at >= 0 ? at + 1 : glue
  if (start < 0) return call.given.text === '' && call.given.taint.bits === 0 ? NOTHING : run(call, 'shell', call.given, call.line)
  const rest = call.words.slice(start)
  const text = rest.map((word) => word.text).join(' ').replace(/^\/+[ckr]/i, '')
  const from = runnable(rest.reduce((all, word) => mixed(all, word.taint), taint(0, [])))
  note(call, 'execute', text, from)
  return call.read(rest.length === 1 ? text : spelled(rest, text), 'batch')
}

/** Words with blanks were quoted, and stay so. */
const spelled = (words: readonly Value[], text: string): string =>
  text.length > LONGEST ? text : words.map((word) => (/\s/.test(word.text) && !word.text.includes('"') ? `"${word.text}"` : word.text)).join(' ').replace(/^\/+[ckr]/i, '')

/** A filter, unless it starts something or opens a socket. */
function awk(call: Call): Value {
  const program = call.words.find((word) => !word.text.startsWith('-'))
  if (program && /system\s*\(|\|\s*getline|\/inet\/|"\s*\|/.test(program.text)) {
    note(call, 'execute', program.text, runnable(program.taint))
    readForeign(call, program)
  }
  const files = call.words.slice(call.words.findIndex((word) => word === program) + 1).map((word) => heldBy(call, word).taint)
  return { text: call.given.text === '' && files.length === 0 ? '' : UNKNOWN, taint: files.reduce(mixed, call.given.taint) }
}

/** `eval text`, `iex text`. */
const evaluate: Program = (call) => {
  const words = call.words.length > 0 ? call.words : [call.given]
  const text = words.map((word) => word.text).join(' ')
  const from = runnable(words.reduce((all, word) => mixed(all, word.taint), taint(0, [])))
  note(call, 'execute', text, from)
  return text === UNKNOWN ? unknown(from) : call.read(text)
}

/** `busybox wget …`, `toybox …`: the program is the first argument. */
const box: Program = (call) => (call.words.length === 0 ? NOTHING : call.start(call.words, call.given))

/** `osascript -e`, `php -r` and their kin name an address at times. */
const script: Program = (call) => {
  const url = urlIn(call.texts.filter((text) => /:\/\//.test(text)))
  if (url !== null && /^(?:wscript|cscript)$/.test(call.program)) note(call, 'execute', url, asked(call, url).taint)
  return interpret(call)
}

export const INTERPRETING: readonly (readonly [string, Program])[] = [
  ...[...INTERPRETERS.keys()].map((name) => [name, /^[wc]script$/.test(name) ? script : interpret] as const),
  ['eval', evaluate], ['busybox', box], ['toybox', box],
]
