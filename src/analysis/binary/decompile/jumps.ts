import type { Instruction } from '../disassemble.ts'

export interface Jump {
  /** Offset of the instruction; -1 when that was read already or is not said. */
  to: number
  /** What follows the instruction is not reached from it. */
  always: boolean
}

const BRANCHES = ['TRUE', 'FALSE', 'NONE', 'NOT_NONE']
const FORWARD = new Set(['JUMP_FORWARD', 'FOR_ITER', 'SEND', ...BRANCHES.map((when) => `POP_JUMP_FORWARD_IF_${when}`)])
/** Absolute before 3.11. */
const ABSOLUTE = new Set(['JUMP_ABSOLUTE', 'JUMP_IF_TRUE_OR_POP', 'JUMP_IF_FALSE_OR_POP', ...BRANCHES.map((when) => `POP_JUMP_IF_${when}`)])
const ENDS = new Set(['RETURN_VALUE', 'RETURN_CONST', 'RAISE_VARARGS', 'RERAISE', 'JUMP_BACKWARD', 'JUMP_BACKWARD_NO_INTERRUPT'])
const ALWAYS = new Set(['JUMP_FORWARD', 'JUMP_ABSOLUTE', 'SEND'])

/**
 * Where an instruction leads besides the next one; null when nowhere. Since 3.10 arguments count instructions rather than
 * bytes, since 3.11 all jumps are relative. `release` is 311 for 3.11. Jumps backwards lead nowhere: each stretch of code is
 * read once.
 */
export function jumpOf({ op, arg, at, next }: Instruction, release: number): Jump | null {
  if (ENDS.has(op)) return { to: -1, always: true }
  const absolute = ABSOLUTE.has(op)
  if (!absolute && !FORWARD.has(op)) return null
  const distance = release >= 310 ? arg * 2 : arg
  const to = absolute && release < 311 ? distance : next + distance
  return { to: to > at ? to : -1, always: ALWAYS.has(op) }
}
