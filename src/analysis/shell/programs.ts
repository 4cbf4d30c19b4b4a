import { UNKNOWN } from '../desk.ts'
import { mixed } from '../taint.ts'
import { argued, joined, note, plain, runnable, unknown } from './call.ts'
import type { Call, Program, Value } from './call.ts'
import { coding } from './coding.ts'
import { COLLECTING, TELLERS } from './collecting.ts'
import { DESTROYING } from './destroying.ts'
import { FETCHING } from './fetching.ts'
import { INSTALLING_PROGRAMS } from './installing.ts'
import { INTERPRETING } from './interpreting.ts'
import { KEEPING } from './keeping.ts'
import { PLUMBING } from './plumbing.ts'
import { POWERSHELL_PROGRAMS } from './powershell.ts'
import { SENDING } from './sending.ts'
import { WRAPPING } from './wrapping.ts'

/** What is known of programs, by name. What stands later counts. */
const KNOWN = new Map<string, Program>([
  ...PLUMBING, ...WRAPPING, ...FETCHING, ...SENDING, ...COLLECTING, ...INTERPRETING, ...INSTALLING_PROGRAMS, ...KEEPING, ...DESTROYING, ...POWERSHELL_PROGRAMS,
])
for (const [name, program] of coding(KNOWN.get('certutil'))) KNOWN.set(name, program)
for (const [name, teller] of TELLERS) KNOWN.set(name, teller(KNOWN.get(name), started))

const RUNNABLE = /\.(?:sh|bash|js|cjs|mjs|ts|py|ps1|bat|cmd|vbs|pl|rb)$/i

/** Starts what `first` names: a file somebody wrote, a file of the package, or a program that is known by its name. */
export function startProgram(call: Call, first: Value): Value {
  const pathlike = /[\\/]/.test(first.text)
  const written = call.files.unpacked(first.text)
  const own = pathlike && call.desk.pkg.files.has(plain(first.text))
  const from = runnable(written && !own ? mixed(written.taint, first.taint) : first.taint)
  if (from.bits !== 0 && (written || !KNOWN.has(call.program))) return fetched(call, first, from, written)
  if (own) return script(call, first)
  const command = KNOWN.has(call.program) ? undefined : call.desk.pkg.triggers.find(({ kind, name }) => kind === 'command' && name === first.text)
  if (command?.file) return script(call, { ...first, text: command.file })
  return (KNOWN.get(call.program) ?? started)(call)
}

/** A file or text that came from outside is started. */
function fetched(call: Call, first: Value, from: Value['taint'], written: Value | null): Value {
  note(call, written || !first.text.startsWith(UNKNOWN) ? 'spawn' : 'execute', call.line, from)
  if (written && written.text !== UNKNOWN && written.text !== '') call.read(written.text)
  return unknown(from)
}

function script(call: Call, first: Value): Value {
  note(call, 'spawn', call.line, argued(call))
  call.desk.file(plain(first.text), null)
  return unknown()
}

/** A program nobody knows. Filters hand on what they were given: `curl … | filter | sh`. */
function started(call: Call): Value {
  note(call, 'spawn', call.line, argued(call))
  const [first = ''] = call.line.split(' ', 1)
  if (/[\\/]|^\./.test(first) || RUNNABLE.test(first)) call.desk.file(plain(first), null)
  const argument = call.texts[0]
  // An interpreter that nobody can name is still given a script: `"$PYTHON" helper.py`.
  if (first === UNKNOWN && argument !== undefined && RUNNABLE.test(argument)) call.desk.file(plain(argument), null)
  return unknown(call.given.taint.bits !== 0 ? call.given.taint : joined(call.words))
}
