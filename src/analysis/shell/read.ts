import { ROOT, UNKNOWN } from '../desk.ts'
import type { Desk, Heard } from '../desk.ts'
import type { ActionKind, Origin } from '../facts.ts'
import type { Place } from '../source.ts'
import { decodeEncodedCommand } from '../decode.ts'
import { FETCHERS, INTERPRETERS, COLLECTORS, installs, programName, urlIn } from './programs.ts'
import { commandsOf } from './words.ts'
import type { Command, Word } from './words.ts'

const DEPTH = 8

/** What a line knows of its variables and of the files it wrote. */
interface State {
  variables: Map<string, Origin | null>
  files: Map<string, Origin>
  /** What `…` in the text itself holds: the text was put together by code. */
  unknown: Origin | null
  depth: number
}

interface Spoken {
  text: string
  origin: Origin | null
}

/** Notes what a shell line does. `unknown` is the origin of the parts that code put into it. */
export function readShell(desk: Desk, line: string, place: Place, unknown: Origin | null = null): Heard {
  return { output: readLine(desk, line, place, { variables: new Map(), files: new Map(), unknown, depth: 0 }) }
}

/** Notes what starting a program with these words does. */
export function readProgram(desk: Desk, words: readonly string[], place: Place, origins: readonly (Origin | null)[]): Heard {
  const state: State = { variables: new Map(), files: new Map(), unknown: null, depth: 0 }
  return { output: speak(desk, words.map((text, index) => ({ text, origin: origins[index] ?? null })), null, place, state) }
}

function readLine(desk: Desk, line: string, place: Place, state: State): Origin | null {
  if (state.depth > DEPTH) {
    desk.miss(`${place.source.path}: shell commands nested too deeply`)
    return null
  }
  let piped: Origin | null = null
  let last: Origin | null = null
  for (const command of commandsOf(line)) {
    const given = piped ?? inputOf(desk, command, place, state)
    last = readCommand(desk, command, given, place, state)
    piped = command.tie === '|' ? last : null
  }
  return last
}

function inputOf(desk: Desk, command: Command, place: Place, state: State): Origin | null {
  if (!command.input) return null
  return heardIn(desk, command.input, place, state) ?? state.files.get(command.input.text) ?? null
}

function readCommand(desk: Desk, command: Command, given: Origin | null, place: Place, state: State): Origin | null {
  const words = command.words.map((word): Spoken => ({ text: word.text, origin: heardIn(desk, word, place, state) }))
  let start = 0
  for (; start < words.length; start++) {
    const assignment = /^(?:export\s+)?([A-Za-z_]\w{0,100})=/.exec(words[start]?.text ?? '')
    if (!assignment) break
    state.variables.set(assignment[1] as string, words[start]?.origin ?? null)
  }
  const output = start < words.length ? speak(desk, words.slice(start), given, place, state) : null
  if (command.output && output) state.files.set(plain(command.output.text), output)
  return output
}

/** What is substituted into a word, or what its variables hold. */
function heardIn(desk: Desk, word: Word, place: Place, state: State): Origin | null {
  let origin: Origin | null = null
  for (const inner of word.inner) origin = readLine(desk, inner, place, { ...state, depth: state.depth + 1 }) ?? origin
  for (const variable of word.variables) origin ??= state.variables.get(variable) ?? null
  return origin ?? (word.text.includes(UNKNOWN) && word.inner.length === 0 && word.variables.length === 0 ? state.unknown : null)
}

/** One program and its arguments. */
function speak(desk: Desk, all: readonly Spoken[], given: Origin | null, place: Place, state: State): Origin | null {
  const words = unwrapped(all)
  const first = words[0]
  if (!first) return null
  const program = programName(first.text)
  const rest = words.slice(1)
  const line = words.map((word) => word.text).join(' ').slice(0, 500)
  const note = (kind: ActionKind, argument: string | null, tainted: Origin | null): void =>
    desk.note({ kind, call: program, argument, tainted }, place)
  const again = (text: string): Origin | null => readLine(desk, text, place, { ...state, depth: state.depth + 1 })
  const argument = rest.reduce<Origin | null>((origin, word) => origin ?? word.origin, null)
  const fileOrigin = state.files.get(plain(first.text)) ?? first.origin

  if (fileOrigin && fileOrigin !== 'collected') {
    note('spawn', line, fileOrigin)
    return null
  }
  const installed = installs(program, rest.map((word) => word.text))
  if (installed !== null) {
    note('spawn', line, null)
    if (installed.url) {
      note('fetch', installed.url, null)
      note('execute', installed.url, 'fetched')
    }
    return null
  }
  if (FETCHERS.has(program)) {
    const url = urlIn(rest.map((word) => word.text))
    note('fetch', url, null)
    const sends = rest.some((word) => SENDING.test(word.text)) || argument === 'collected' || given === 'collected'
    if (sends && (argument === 'collected' || given === 'collected')) note('send', url, 'collected')
    for (const target of savedTo(rest.map((word) => word.text), url)) state.files.set(plain(target), 'fetched')
    return 'fetched'
  }
  if (DECODES.some(([name, flag]) => program === name && rest.some((word) => flag.test(word.text)))) {
    note('decode', line, given)
    return given === 'fetched' ? 'fetched' : 'decoded'
  }
  if (COLLECTORS.has(program)) {
    note('collect', program, null)
    return 'collected'
  }
  if (program === 'eval' || program === 'iex' || program === 'invoke-expression') {
    const text = rest.map((word) => word.text).join(' ')
    note('execute', text.slice(0, 300), argument ?? given)
    return again(text)
  }
  if (program === 'cd' || program === 'echo' || program === 'printf' || program === 'cat' || program === 'tee') {
    const held = rest.reduce<Origin | null>((origin, word) => origin ?? state.files.get(plain(word.text)) ?? null, argument ?? given)
    if (program === 'tee' && held) for (const word of rest) state.files.set(plain(word.text), held)
    return held
  }
  if (program === 'mv' || program === 'cp' || program === 'tar' || program === 'unzip') {
    const held = state.files.get(plain(rest.at(-2)?.text ?? '')) ?? state.files.get(plain(rest[0]?.text ?? ''))
    if (held && rest.at(-1)) state.files.set(plain(rest.at(-1)?.text ?? ''), held)
  }
  const language = INTERPRETERS.get(program)
  if (language !== undefined) return interpret(desk, { program, language, rest, given, line, place, state, again })
  if (program === 'npm' || program === 'pnpm' || program === 'yarn') runScript(desk, rest.map((word) => word.text), again)
  if (NATIVE.has(program) && desk.pkg.files.has('binding.gyp')) desk.file('binding.gyp', null)
  note('spawn', line, null)
  if (/[\\/]|^\.|\.(?:sh|js|py|cjs|mjs)$/.test(first.text)) desk.file(plain(first.text), null)
  // Filters hand on what they were given: `curl … | tar x`, `base64 -d | gunzip | sh`.
  return given ?? argument
}

interface Interpreting {
  program: string
  language: 'javascript' | 'python' | 'shell' | 'powershell' | 'other'
  rest: readonly Spoken[]
  given: Origin | null
  line: string
  place: Place
  state: State
  again(text: string): Origin | null
}

/** An interpreter runs the code in its arguments, a file, or what it is fed. */
function interpret(desk: Desk, { program, language, rest, given, line, place, state, again }: Interpreting): Origin | null {
  const note = (argument: string, tainted: Origin | null): void =>
    desk.note({ kind: 'execute', call: program, argument: argument.slice(0, 300), tainted }, place)
  const after = (index: number): string => rest.slice(index).map((word) => word.text).join(' ')
  let at = 0
  while (at < rest.length && /^[-/]/.test(rest[at]?.text ?? '') && !(/^\/.*[/.]/.test(rest[at]?.text ?? ''))) {
    const flag = rest[at]?.text ?? ''
    const code = rest[at + 1]
    if (language === 'powershell' && /^-e(?:nc|ncodedcommand|c)?$/i.test(flag)) {
      const text = decodeEncodedCommand(code?.text ?? '')
      desk.note({ kind: 'decode', call: `${program} ${flag}`, argument: text?.slice(0, 300) ?? null, tainted: null }, place)
      note(text ?? line, 'decoded')
      return text === null ? null : powershell(desk, text, place, again)
    }
    if (language === 'powershell' && /^-(?:c|command)$/i.test(flag)) return powershell(desk, after(at + 1), place, again)
    if (CODE_FLAGS[language]?.test(flag)) {
      const origin = code?.origin === 'collected' ? null : code?.origin ?? null
      note(code?.text ?? '', origin)
      if (!code || code.text === UNKNOWN) return null
      if (language === 'shell') return again(program === 'cmd' ? after(at + 1) : code.text)
      if (language !== 'other' && language !== 'powershell') desk.code(language, code.text, place)
      return null
    }
    if (language === 'python' && flag === '-m') {
      speak(desk, rest.slice(at + 1), given, place, state)
      return null
    }
    at += VALUE_FLAGS.test(flag) ? 2 : 1
    if (VALUE_FLAGS.test(flag) && code && /^-(?:r|-require|-import|-loader)$/.test(flag)) desk.file(plain(code.text), 'javascript')
    if (flag === '-' || flag === '-s') break
  }
  if (language === 'powershell' && rest[at] && !/\.ps1$/i.test(rest[at]?.text ?? '')) {
    return powershell(desk, after(at), place, again)
  }
  const file = rest[at]
  const held = file ? file.origin ?? state.files.get(plain(file.text)) ?? null : given
  if (held && held !== 'collected') note(line, held)
  else desk.note({ kind: 'spawn', call: program, argument: line, tainted: null }, place)
  if (file && !held) desk.file(plain(file.text), language === 'powershell' || language === 'other' ? null : language)
  return null
}

/** PowerShell is read by its words: downloads and runs are called by a few names. */
function powershell(desk: Desk, text: string, place: Place, again: (text: string) => Origin | null): Origin | null {
  const fetches = /download(?:string|file|data)|invoke-(?:webrequest|restmethod)|start-bitstransfer|\b(?:iwr|irm|curl|wget)\b/i.test(text)
  const runs = /invoke-expression|\biex\b|start-process|\bsaps\b|\.invoke\(|invoke-item|&\s*\(/i.test(text)
  if (fetches) desk.note({ kind: 'fetch', call: 'powershell', argument: urlIn([text]), tainted: null }, place)
  if (runs) desk.note({ kind: 'execute', call: 'powershell', argument: text.slice(0, 300), tainted: fetches ? 'fetched' : null }, place)
  if (!fetches && !runs) return again(text)
  return null
}

/** `npm run build` inside a hook leads to another script of the same package. */
function runScript(desk: Desk, words: readonly string[], again: (text: string) => Origin | null): void {
  const name = words[0] === 'run' || words[0] === 'run-script' ? words.find((word, index) => index > 0 && !word.startsWith('-')) : words[0]
  const scripts = desk.pkg.manifest.scripts
  if (name !== undefined && Object.hasOwn(scripts, name)) again(scripts[name] ?? '')
}

/** `sudo`, `env A=b`, `nohup` and the like start what follows them. */
function unwrapped(words: readonly Spoken[]): readonly Spoken[] {
  let at = 0
  while (at < words.length && WRAPPERS.has(programName(words[at]?.text ?? ''))) {
    at++
    while (at < words.length - 1 && /^(?:-|[A-Za-z_]\w*=)/.test(words[at]?.text ?? '')) at++
  }
  return at < words.length ? words.slice(at) : words
}

function savedTo(words: readonly string[], url: string | null): string[] {
  const found: string[] = []
  words.forEach((word, index) => {
    if (/^(?:-o|--output|-O|--output-document|-OutFile|-outfile)$/.test(word) && words[index + 1]) found.push(words[index + 1] as string)
    const joined = /^(?:--output=|--output-document=|-o|-O)(.+)$/.exec(word)
    if (joined?.[1]) found.push(joined[1])
    if (/^-[a-zA-Z]*[oO]$/.test(word) && words[index + 1]) found.push(words[index + 1] as string)
  })
  if (url) found.push(url.split(/[?#]/)[0]?.split('/').at(-1) || 'index.html')
  return found
}

/** One spelling for a path in a line: no `./`, no package root. */
const plain = (path: string): string => path.replaceAll('\\', '/').replace(`${ROOT}/`, '').replace(/^(?:\.\/)+/, '')

const WRAPPERS = new Set([
  'sudo', 'env', 'nohup', 'command', 'exec', 'cross-env', 'cross-env-shell',
  'nice', 'xargs', 'setsid', 'stdbuf', 'time', 'start', 'doas',
])
const NATIVE = new Set(['node-gyp', 'node-gyp-build', 'prebuild-install', 'node-pre-gyp', 'prebuildify', 'cmake-js', 'prebuild', 'electron-rebuild'])
const SENDING = /^(?:-d|--data.*|-F|--form|-T|--upload-file|--post-.*|-X|--request|.*…)/
const DECODES: readonly (readonly [string, RegExp])[] = [
  ['base64', /^(?:-[a-z]*[dD]|--decode)$/], ['base32', /^(?:-d|--decode)$/], ['openssl', /^-d$/], ['xxd', /^-[a-z]*r/],
  ['certutil', /^[-/]decode$/i], ['uudecode', /^/],
]
const CODE_FLAGS: Partial<Record<Interpreting['language'], RegExp>> = {
  javascript: /^(?:-e|-p|-pe|--eval|--print)$/, python: /^-[a-zA-Z]*c$/, shell: /^(?:-[a-z]*c|\/[ckCK])$/, other: /^-[erEn]+$/,
}
const VALUE_FLAGS = /^(?:-r|--require|--import|--loader|-W|-X|-O|-ExecutionPolicy|-ep|-exec|-w|-WindowStyle)$/i
