import { UNKNOWN } from '../desk.ts'
import { CONTENT, DECODED, FILE_DECODED, FILE_FETCHED, UNTAINTED, mixed, taint } from '../taint.ts'
import type { Taint } from '../taint.ts'
import type { Call } from './call.ts'
import { RUNS, carried, note } from './noting.ts'
import { NOTHING, known, outside } from './value.ts'
import type { Value } from './value.ts'

/** A command line for a shell; a list is a program with its arguments. */
export function command(call: Call, main: Value): Value {
  const { engine, place } = call
  if (main.items && main.items.length > 0) return program(call, main.items[0] ?? NOTHING, { ...NOTHING, items: main.items.slice(1) })
  const held = engine.holds(main)
  if (main.texts.length === 0) {
    note(call, held.bits & RUNS ? 'execute' : 'spawn', null, held)
    return outside(`${call.ref}()`)
  }
  let output: Taint = UNTAINTED
  for (const text of main.texts) {
    output = mixed(output, engine.desk.shell(text, place, held))
    // A line that was hidden is run as it is; where it is known, what else it may be was fetched.
    if (held.bits & DECODED && !text.includes(UNKNOWN)) note(call, 'execute', text.slice(0, 300), held)
  }
  return heard(call, output)
}

/** A program with a list of arguments. */
export function program(call: Call, first: Value, rest: Value | undefined): Value {
  const { engine, place } = call
  if (first.items && first.items.length > 0) return command(call, first)
  const words = [first, ...(rest?.items ?? [])].map((value) => value.refs.find((ref) => ref in INTERPRETERS) ? known(interpreter(value)) : value)
  const list = words.slice(0, 1000)
  // What was saved under a name with blanks is no command line.
  const shell = list.length === 1 && first.texts.some((text) => text.includes(' ')) && !(engine.holds(first).bits & (FILE_FETCHED | FILE_DECODED))
  if (shell) return command(call, first)
  let output: Taint = UNTAINTED
  const alternatives = Math.max(1, ...list.map((word) => word.texts.length))
  for (let i = 0; i < alternatives; i++) {
    const spelled = list.map((word) => word.texts[i] ?? word.texts[0] ?? UNKNOWN)
    output = mixed(output, engine.desk.program(spelled, place, list.map((word) => engine.holds(word))))
  }
  return heard(call, output)
}

/** A script of the package in a process of its own. */
export function forked(call: Call, main: Value): Value {
  for (const path of main.texts) call.engine.desk.program(['node', path], call.place, [UNTAINTED, call.engine.holds(main)])
  return outside(`${call.ref}()`)
}

const INTERPRETERS: Readonly<Record<string, string>> = Object.assign(Object.create(null), {
  'process.execPath': 'node', 'process.argv0': 'node', 'process.argv.0': 'node', 'sys.executable': 'python',
})

const interpreter = (value: Value): string => INTERPRETERS[value.refs.find((ref) => ref in INTERPRETERS) ?? ''] ?? UNKNOWN

/** What a process gives: its output, and with a pipe to it, what it is fed. */
function heard(call: Call, output: Taint): Value {
  const held = mixed(output, taint(carried(call.args).bits & CONTENT & ~RUNS, []))
  return { ...outside(`${call.ref}()`, output.bits), trail: held.trail }
}
