import { calling } from './calling.ts'
import { containers } from './containers.ts'
import { makeFunction } from './functions.ts'
import type { Machine } from './machine.ts'
import { names } from './names.ts'
import { operators } from './operators.ts'
import type { Step, Steps } from './step.ts'
import { isUnknown, unknown } from './term.ts'
import type { Term } from './term.ts'

const enter: Step = (m) => {
  const context = m.pop()
  m.push({ text: '_exit', acts: false, depth: 0, part: { is: 'exit' } })
  m.push({ ...context, part: { is: 'entered', of: context.text } })
}
/** Leaves a `with` block: its exit, and a None above it before 3.8, are taken off. */
const leave: Step = (m) => {
  if (m.peek(2).part?.is === 'exit') m.pop()
  if (m.peek(1).part?.is === 'exit') m.pop()
}

/** What has no bearing on what is computed from what. */
const IDLE = [
  'NOP', 'RESUME', 'CACHE', 'PRECALL', 'MAKE_CELL', 'COPY_FREE_VARS', 'SETUP_LOOP', 'SETUP_FINALLY', 'SETUP_EXCEPT', 'SETUP_ASYNC_WITH', 'POP_BLOCK',
  'POP_EXCEPT', 'SETUP_ANNOTATIONS', 'DELETE_NAME', 'DELETE_GLOBAL', 'DELETE_FAST', 'DELETE_DEREF', 'NOT_TAKEN', 'PRINT_NEWLINE', 'GET_ITER', 'END_FOR',
  'GET_YIELD_FROM_ITER', 'GET_AITER', 'GET_AWAITABLE', 'END_SEND', 'TO_BOOL', 'UNARY_POSITIVE', 'LIST_TO_TUPLE', 'CONVERT_VALUE', 'BEGIN_FINALLY',
  'POP_FINALLY', 'END_FINALLY', 'CALL_FINALLY', 'WITH_CLEANUP_FINISH',
]

/** By name of operation; what is missing here is not followed. */
export const STEPS: Steps = {
  ...Object.fromEntries(IDLE.map((op) => [op, () => undefined])),
  ...names,
  ...operators,
  ...containers,
  ...calling,

  POP_TOP: (m) => m.drop(m.pop()),
  POP_ITER: (m) => { m.pop() },
  DUP_TOP: (m) => m.copy(1),
  DUP_TOP_TWO: (m) => { m.copy(2); m.copy(2) },
  DUP_TOPX: (m, arg) => { for (let i = 0; i < Math.min(arg, 5); i++) m.copy(arg) },
  COPY: (m, arg) => m.copy(arg),
  ROT_TWO: (m) => m.rotate(2),
  ROT_THREE: (m) => m.rotate(3),
  ROT_FOUR: (m) => m.rotate(4),
  ROT_N: (m, arg) => m.rotate(arg),
  SWAP: (m, arg) => m.swap(arg),

  MAKE_FUNCTION: makeFunction,
  MAKE_CLOSURE: makeFunction,
  SET_FUNCTION_ATTRIBUTE: (m) => {
    const made = m.pop()
    m.pop()
    m.push(made)
  },

  YIELD_VALUE: (m) => {
    const value = m.pop()
    if (!isUnknown(value) && m.kind === 'function') m.writer.emit(`yield ${value.text}`)
    m.push(unknown())
  },
  YIELD_FROM: (m) => { m.pop() },
  SEND: (m) => { m.pop() },
  RETURN_VALUE: (m) => returned(m, m.pop()),
  RETURN_CONST: (m, arg) => returned(m, m.constant(arg)),
  RAISE_VARARGS: (m, arg) => m.take(Math.min(arg, 3)).forEach((one) => m.drop(one)),
  RETURN_GENERATOR: (m) => m.push(unknown()),
  GEN_START: (m) => { m.pop() },

  SETUP_WITH: enter,
  BEFORE_WITH: enter,
  BEFORE_ASYNC_WITH: enter,
  WITH_CLEANUP: leave,
  WITH_CLEANUP_START: leave,
  PRINT_ITEM: (m) => m.writer.emit(`print(${m.pop().text})`),
  EXEC_STMT: (m) => m.writer.emit(`exec(${m.take(3)[0]?.text ?? ''})`),
}

function returned(m: Machine, value: Term): void {
  if (m.kind !== 'function') return m.drop(value)
  if (!isUnknown(value) && value.text !== 'None') m.writer.emit(`return ${value.text}`)
}

