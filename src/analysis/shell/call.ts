import { UNKNOWN } from '../desk.ts'
import type { Desk } from '../desk.ts'
import type { ActionKind } from '../facts.ts'
import { givenBy, placeOf } from '../places.ts'
import type { Place } from '../source.ts'
import { COLLECTED, CONTENT, DECODED, extended, FETCHED, FILE_DECODED, FILE_FETCHED, mixed, taint, UNTAINTED } from '../taint.ts'
import type { Step, Taint } from '../taint.ts'
import { plain } from '../written.ts'
import type { Content, WrittenFiles } from '../written.ts'

export { plain }

/** What a word, a variable, a file or the output of a command holds. */
export type Value = Content

export const NOTHING: Value = { text: '', taint: UNTAINTED }
const LONGEST_LINE = 500
const LONGEST_TEXT = 262_144

/** A value nobody knows the text of. */
export const unknown = (from: Taint = UNTAINTED): Value => ({ text: UNKNOWN, taint: from })

/** How code in a shell is spelled: POSIX, Windows batch, PowerShell. */
export type Dialect = 'posix' | 'batch' | 'powershell'

/** One program that is started, with all that its reader may want to know, do and say. */
export interface Call {
  readonly desk: Desk
  readonly place: Place
  readonly dialect: Dialect
  /** The program's bare name, in lower case. */
  readonly program: string
  /** Its arguments. */
  readonly words: readonly Value[]
  readonly texts: readonly string[]
  /** What it is fed. */
  readonly given: Value
  /** Program and arguments, at most 500 characters. */
  readonly line: string
  readonly variables: Map<string, Value>
  readonly functions: Map<string, string>
  readonly files: WrittenFiles
  /** Reads text as commands; gives their output. */
  read(text: string, dialect?: Dialect): Value
  /** Reads a script of the package that is known by its name; a circle of scripts is gone round once. */
  script(name: string, text: string): void
  /** Starts a program: the first word. */
  start(words: readonly Value[], given?: Value): Value
}

/** What is known of a program: reads one call, notes what it does, and gives what it prints. */
export type Program = (call: Call) => Value

export function note(call: Call, kind: ActionKind, argument: string | null, from: Taint = UNTAINTED, name = call.program): void {
  call.desk.note({ kind, call: name, argument: argument === null ? null : argument.slice(0, LONGEST_LINE), taint: from }, call.place)
}

/** Adds bits to a taint, and the step that explains them. */
export function stepped(call: Call, from: Taint, bits: number, step: Pick<Step, 'kind' | 'argument'> & { call?: string }): Taint {
  const argument = step.argument === null ? null : step.argument.slice(0, LONGEST_LINE)
  return taint(from.bits | bits, extended(from.trail, { kind: step.kind, call: step.call ?? call.program, argument, place: call.place }))
}

export const joined = (values: readonly Value[]): Taint => values.reduce((all, value) => mixed(all, value.taint), UNTAINTED)

/** The part of a taint that can be run: what was fetched or decoded, not what was collected here. */
export function runnable(from: Taint): Taint {
  const lifted = (from.bits & FILE_FETCHED ? FETCHED : 0) | (from.bits & FILE_DECODED ? DECODED : 0)
  const bits = from.bits & (FETCHED | DECODED) | lifted
  return taint(bits, from.trail)
}

export const collected = (from: Taint): boolean => (from.bits & COLLECTED) !== 0

/** What is collected goes along with a program's arguments; what was fetched is not run by being one. */
export function argued(call: Call): Taint {
  const { bits, trail } = joined(call.words)
  return taint(bits & COLLECTED, trail)
}

/** Notes that something of this machine is read; gives what reading it holds. */
export function collect(call: Call, bits: number, argument: string, name = call.program): Taint {
  const held = stepped(call, UNTAINTED, bits, { kind: 'collect', argument, call: name })
  note(call, 'collect', argument, held, name)
  return held
}

/**
 * What the file holds that a word names: what commands wrote to it, what code says of it, what is known of such places,
 * or its text when it is a file of the package. Reading a place that matters is noted.
 */
export function heldBy(call: Call, path: Value): Value {
  const written = call.files.get(path.text)
  if (written) return written
  const bits = givenBy(placeOf(path.text))
  if (bits !== 0) return unknown(mixed(collect(call, bits, path.text), path.taint))
  // What a search found is named by where it was found.
  const lifted = mixed(runnable(path.taint), taint(path.taint.bits & COLLECTED, path.taint.trail))
  const file = call.desk.pkg.files.get(plain(path.text))
  if (!file) return unknown(lifted)
  const text = new TextDecoder().decode(file.bytes.subarray(0, LONGEST_TEXT))
  return { text: text.includes('\0') ? UNKNOWN : text, taint: lifted }
}

/** Puts a value into a file, and notes it when the place matters or when the content does. */
export function save(call: Call, path: string, value: Value, name = call.program): void {
  if (path === '/dev/null') return
  const place = placeOf(path)
  const matters = place !== null && place !== 'temporary' && place !== 'home' && place !== 'cloud'
  if (matters || value.taint.bits & CONTENT) note(call, 'write', path, value.taint, name)
  if (value.text !== '' && value.text !== UNKNOWN) call.desk.left(value.text, call.place)
  const step = value.taint.bits === 0 ? value.taint : stepped(call, value.taint, 0, { kind: 'write', argument: path, call: name })
  call.files.set(path, { text: value.text, taint: step })
  if (place === 'shell-startup' && value.text !== UNKNOWN && value.text.trim() !== '') call.read(value.text)
}

export const isFlag = (word: string): boolean => word.startsWith('-') && word !== '-'

/** The address a program is given, also without its scheme. */
export function urlIn(words: readonly string[]): string | null {
  for (const word of words) {
    const found = /(?:https?|ftp|tcp|wss?|git|ssh):\/\/[^\s'"`)<>]{1,2000}/i.exec(word)
    if (found) return found[0]
  }
  return words.find((word) => BARE.test(word)) ?? null
}

const BARE = /^(?:[\w.…-]{1,100}@)?(?:\d{1,3}(?:\.\d{1,3}){3}|[\w…-]{1,100}(?:\.[\w…-]{1,100}){1,10})(?::\d+)?(?:[/?]\S*)?$/
