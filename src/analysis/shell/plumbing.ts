import { UNKNOWN } from '../desk.ts'
import { placeOf } from '../places.ts'
import { DECODED, mixed, SOURCES } from '../taint.ts'
import { collect, heldBy, isFlag, joined, NOTHING, note, plain, save, stepped, unknown } from './call.ts'
import type { Call, Program, Value } from './call.ts'
import { ansi, spelledOut } from './escapes.ts'
import { options } from './options.ts'

/** Programs that print, copy and hand on: what goes in comes out. */

const said = (call: Call): readonly Value[] => call.words.slice(call.words.findIndex((word) => !/^-[neE]+$/.test(word.text)))

const echo: Program = (call) => {
  if (call.words.every((word) => /^-[neE]+$/.test(word.text))) return NOTHING
  const words = said(call)
  const text = words.map((word) => word.text).join(' ')
  const value = { text: call.words.some((word) => /^-e?n/.test(word.text)) ? text : `${text}\n`, taint: joined(words) }
  return call.words.some((word) => /^-n?e/.test(word.text)) ? escaped(call, value) : value
}

const HOLE = /%(?:[-\d.]{0,6}[sdbqixXc]|%)/g

const printf: Program = (call) => {
  const [format, ...args] = call.words[0]?.text === '-v' ? call.words.slice(2) : call.words
  if (!format) return NOTHING
  const holes = format.text.match(HOLE)?.filter((what) => what !== '%%').length ?? 0
  // The format is used again until no argument is left.
  const rounds = holes === 0 ? 1 : Math.min(200, Math.max(1, Math.ceil(args.length / holes)))
  let next = 0
  const fill = (): string => format.text.replace(HOLE, (what) => (what === '%%' ? '%' : args[next++]?.text ?? ''))
  const text = Array.from({ length: rounds }, fill).join('')
  const printed = escaped(call, { text, taint: mixed(format.taint, joined(args)) })
  if (call.words[0]?.text === '-v') call.variables.set(call.words[1]?.text ?? '', printed)
  return printed
}

/** Text spelled in numbers is hidden text. */
function escaped(call: Call, value: Value): Value {
  const text = ansi(value.text)
  if (spelledOut(value.text.slice(0, 4_000)) < 4) return { ...value, text }
  const from = stepped(call, value.taint, DECODED, { kind: 'decode', argument: text })
  note(call, 'decode', text.trimEnd(), value.taint)
  call.desk.text(text, 'decoded', call.place)
  return { text, taint: from }
}

/** Prints files, or what it is fed. */
const print: Program = (call) => {
  const files = call.words.filter((word) => !isFlag(word.text) && !/^\+?\d+$/.test(word.text))
  return files.every((word) => word.text === '-') ? call.given : gathered(files.map((word) => heldBy(call, word)))
}

const gathered = (values: readonly Value[]): Value => ({ text: values.map((value) => value.text).join('\n'), taint: joined(values) })

/** Passes lines through, changed in a way that is not followed. The first argument is a pattern unless an option gives it. */
const filter: Program = (call) => {
  const { rest, of } = options(call.words, new Set(['-e', '-f', '-k', '-t', '-d', '-c', '-m', '-A', '-B', '-C', '--include', '-n']))
  const pattern = of('-e')[0] ?? rest[0]
  const files = PATTERNED.has(call.program) && of('-e').length === 0 ? rest.slice(1) : rest
  if (/grep|findstr|ag|rg/.test(call.program) && pattern && SECRETS.test(pattern.text)) {
    return unknown(mixed(joined(files), collect(call, SOURCES.files, call.line)))
  }
  const input = files.length === 0 ? call.given : gathered(files.map((word) => heldBy(call, word)))
  return call.program === 'sed' ? edited(call, input, pattern?.text ?? '') : { text: input.text === '' ? '' : UNKNOWN, taint: input.taint }
}

function edited(call: Call, input: Value, script: string): Value {
  const change = /^s([/|,#@])([^\\[\].*^$+?(){}]{1,200})\1([^\\&]{0,200})\1(g?)$/.exec(script)
  if (call.texts.some((text) => /^-i|^--in-place/.test(text))) {
    for (const word of call.words.slice(1)) if (placeOf(word.text)) save(call, word.text, unknown(joined(call.words)))
  }
  if (!change || input.text.includes(UNKNOWN)) return { text: UNKNOWN, taint: input.taint }
  const [what, put] = [change[2] ?? '', change[3] ?? '']
  if (put.length * input.text.length > 1_048_576) return unknown(input.taint)
  return { text: change[4] ? input.text.replaceAll(what, () => put) : input.text.replace(what, () => put), taint: input.taint }
}

const PATTERNED = new Set(['grep', 'egrep', 'fgrep', 'rg', 'ag', 'sed', 'awk', 'findstr', 'jq'])
export const SECRETS = /PRIVATE KEY|BEGIN (?:RSA|OPENSSH|EC)|passw|secret|token|api.?key|AKIA|mnemonic|seed.?phrase|xprv|ghp_|npm_\[|_authToken/i

const tee: Program = (call) => {
  for (const word of call.words) if (!isFlag(word.text)) save(call, word.text, call.given)
  return call.given
}

/** Copies the content of files; a copy of a secret is a secret. */
const copy: Program = (call) => {
  const { rest, of } = options(call.words, new Set(['-t', '--target-directory', '-m', '-o', '-g', '-S']))
  const target = of('-t', '--target-directory')[0] ?? rest.at(-1)
  const sources = of('-t', '--target-directory').length > 0 ? rest : rest.slice(0, -1)
  if (!target || sources.length === 0) return NOTHING
  const content = gathered(sources.map((word) => heldBy(call, word)))
  save(call, target.text, content)
  if (target.text.endsWith('/')) for (const source of sources) call.files.set(target.text + (plain(source.text).split('/').at(-1) ?? ''), content)
  return NOTHING
}

/** `tar`, `zip` and their kin: out of an archive comes what went in, under names nobody knows. */
const archive: Program = (call) => {
  const words = call.words.filter((word) => !isFlag(word.text))
  const unpacks = /^(?:unzip|unrar|ditto|expand-archive)$/.test(call.program) || call.texts.some((text, index) => /^-{0,2}[a-z]*x[a-z]*$/i.test(text) && (index === 0 || text.startsWith('-')) || text === '--extract')
  if (unpacks) {
    const held = words.map((word) => call.files.get(word.text)).find((value) => value !== null) ?? call.given
    if (held.taint.bits !== 0) call.files.loose(unknown(held.taint))
    return unknown(held.taint)
  }
  const packed = call.words.map((word) => (/[\\/.~$%<]/.test(word.text) ? heldBy(call, word).taint : word.taint)).reduce(mixed, call.given.taint)
  const target = words.find((word) => /\.(?:tar|tgz|zip|gz|7z|rar|bz2|xz|dat|bin|tmp|log)\b/i.test(word.text)) ?? words.find((word) => word.text.startsWith('/'))
  if (target && packed.bits !== 0) call.files.set(target.text, unknown(packed))
  return unknown(packed)
}

const read: Program = (call) => {
  for (const word of call.words) if (/^[A-Za-z_]\w*$/.test(word.text)) call.variables.set(word.text, call.given.taint.bits === 0 ? unknown() : call.given)
  return NOTHING
}

/** `for x in a b`: of what the loop goes through, the telling one stands for all. */
const loop: Program = (call) => {
  const name = call.texts[0] ?? ''
  const items = call.words.slice(call.texts[1] === 'in' ? 2 : 1)
  const telling = items.find((item) => placeOf(item.text) !== null) ?? items[0]
  call.variables.set(name, { text: telling && !/[*?]/.test(telling.text) ? telling.text : telling?.text ?? UNKNOWN, taint: joined(items) })
  return NOTHING
}

const declare: Program = (call) => {
  for (const word of call.words) {
    const parts = /^([A-Za-z_]\w{0,100})=([\s\S]*)$/.exec(word.text)
    if (parts) call.variables.set(parts[1] as string, { text: parts[2] ?? '', taint: word.taint })
  }
  return call.texts.some((text) => /^-[a-z]*[px]$/.test(text)) || (call.program === 'export' && call.words.length === 0)
    ? unknown(collect(call, SOURCES.environment, call.line)) : NOTHING
}

/** `set NAME=text` of Windows, `set` alone prints all there is; elsewhere it only changes the shell. */
const set: Program = (call) => {
  if (call.words.length === 0) return unknown(collect(call, SOURCES.environment, call.line))
  const parts = /^(?:\/[ap]\s+)?"?(\w{1,100})=([\s\S]*?)"?$/i.exec(call.texts.join(' '))
  if (call.dialect === 'batch' && parts) call.variables.set(parts[1] as string, { text: parts[2] ?? '', taint: joined(call.words) })
  return NOTHING
}

const alias: Program = (call) => {
  for (const text of call.texts) {
    const at = text.indexOf('=')
    if (at > 0) call.functions.set(text.slice(0, at), `${text.slice(at + 1)} "$@"`)
  }
  return NOTHING
}

/** `trap 'commands' EXIT`. */
const trap: Program = (call) => (call.texts[0] && call.texts[0] !== '-' ? call.read(call.texts[0]) : NOTHING)

const fifo: Program = (call) => {
  note(call, 'spawn', call.line)
  return NOTHING
}

const wait: Program = (call) => {
  note(call, 'wait', call.texts.find((text) => /\d/.test(text)) ?? call.line)
  return NOTHING
}

const quiet: Program = () => NOTHING

/** Tests of the machine: is this a container, a build server, a sandbox? */
const check: Program = (call) => {
  if (/\.dockerenv|hypervisor|vmware|virtualbox|sandbox/i.test(call.line)) note(call, 'check', call.line)
  return NOTHING
}

const each = (names: string, program: Program): [string, Program][] => names.split(' ').map((name) => [name, program])

export const PLUMBING: readonly (readonly [string, Program])[] = [
  ...each('echo write-output write-host', echo), ['printf', printf], ...each('cat less more head tail tac nl type strings sort uniq cut fold column get-content gc bat zless od hexdump', print),
  ...each('grep egrep fgrep rg ag sed awk findstr jq wc', filter), ['tee', tee], ...each('cp mv ln install rename move copy xcopy robocopy copy-item move-item', copy),
  ...each('tar zip unzip 7z 7za rar unrar cpio bsdtar ditto expand-archive compress-archive', archive), ...each('read mapfile readarray', read), ['for', loop], ['select', loop],
  ...each('export declare typeset local readonly', declare), ['alias', alias], ['set', set], ['trap', trap], ...each('mkfifo mknod', fifo), ...each('sleep start-sleep', wait),
  ...each('[ [[ test if', check), ...each(': true false cd pushd popd exit return break continue shift umask wait case in mkdir md pwd date clear cls rem setlocal endlocal goto pause title color shopt ulimit let unalias bg fg jobs touch basename dirname seq expr dirs getopts hash', quiet),
]

