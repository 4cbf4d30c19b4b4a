import type { CodeObject } from './marshal.ts'
import { isTuple } from './marshal.ts'
import { operationsOf } from './opcodes.ts'

/** One instruction; operations that nothing here needs are called `?`. */
export interface Instruction {
  op: string
  arg: number
  at: number
  /** Where the next one begins. */
  next: number
}

/** Instructions of a code object in order, without interpreting any. None when the version's opcodes are not known. */
export function disassemble(code: CodeObject, version: string | null): Instruction[] {
  const operations = version === null ? null : operationsOf(version)
  if (!operations) return []
  const { bytecode } = code
  const list: Instruction[] = []
  let extended = 0
  for (let at = 0; at < bytecode.length;) {
    const number = bytecode[at] ?? 0
    const wide = !operations.words && number >= HAVE_ARGUMENT
    const size = operations.words ? 2 : wide ? 3 : 1
    const low = wide ? (bytecode[at + 1] ?? 0) | ((bytecode[at + 2] ?? 0) << 8) : operations.words ? bytecode[at + 1] ?? 0 : 0
    const arg = ((extended << (wide ? 16 : 8)) | low) >>> 0
    const op = operations.names[number] ?? '?'
    const next = at + size + 2 * (operations.caches[number] ?? 0)
    if (op === 'EXTENDED_ARG') extended = arg
    else {
      extended = 0
      list.push({ op, arg, at, next })
    }
    // Compilers leave caches empty; instructions put there could be jumped to.
    at = isEmpty(bytecode, at + size, next) ? next : at + size
  }
  return list
}

/** Before 3.6 instructions from this number on carry two bytes of argument. */
const HAVE_ARGUMENT = 90

function isEmpty(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (bytes[at]) return false
  return true
}

/** Modules and what is taken from them: `os`, `urllib.request`, `subprocess.Popen`; relative ones with their dots. */
export function importsOf(code: CodeObject, version: string | null): string[] {
  const found = new Set<string>()
  let level = 0
  let module = ''
  for (const { op, arg } of disassemble(code, version)) {
    const constant = op === 'LOAD_CONST' ? code.constants[arg] : op === 'LOAD_SMALL_INT' ? arg : undefined
    if (typeof constant === 'number') level = constant
    if (constant !== undefined && !isTuple(constant) && constant !== null && typeof constant !== 'number') level = 0
    if (op === 'IMPORT_NAME') {
      module = '.'.repeat(Math.max(0, Math.min(level, 20))) + (code.names[arg] ?? '')
      level = 0
      if (module !== '') found.add(module)
    }
    if (op === 'IMPORT_FROM' && code.names[arg]) found.add(module.endsWith('.') || module === '' ? module + code.names[arg] : `${module}.${code.names[arg]}`)
  }
  return [...found]
}
