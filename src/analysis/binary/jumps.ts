import type { Instruction } from './disassemble.ts'

export interface Jump {
  to: number
  /** What follows the instruction is not reached from it. */
  always: boolean
}

const FORWARD = /^(?:JUMP_FORWARD|FOR_ITER|SEND|POP_JUMP_FORWARD_IF_\w+)$/
const ABSOLUTE = /^(?:POP_JUMP_IF_\w+|JUMP_IF_\w+_OR_POP|JUMP_ABSOLUTE)$/
const ENDS = /^(?:RETURN_VALUE|RETURN_CONST|RAISE_VARARGS|RERAISE|JUMP_BACKWARD|JUMP_BACKWARD_NO_INTERRUPT)$/

/**
 * Where an instruction leads besides the next one; null when nowhere. Since 3.10 arguments count instructions rather than
 * bytes, since 3.11 all jumps are relative. `release` is 311 for 3.11. Jumps backwards lead nowhere: each stretch of code is read once.
 */
export function jumpOf({ op, arg, at, next }: Instruction, release: number): Jump | null {
  if (ENDS.test(op)) return { to: -1, always: true }
  const unit = release >= 310 ? 2 : 1
  const relative = FORWARD.test(op) || (release >= 311 && ABSOLUTE.test(op))
  if (!relative && !ABSOLUTE.test(op)) return null
  const to = relative ? next + arg * unit : arg * unit
  return { to: to > at ? to : -1, always: op === 'JUMP_FORWARD' || op === 'JUMP_ABSOLUTE' || op === 'SEND' }
}
