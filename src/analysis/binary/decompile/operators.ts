import type { Machine } from './machine.ts'
import type { Step, Steps } from './step.ts'
import { isUnknown, made, term } from './term.ts'
import type { Term } from './term.ts'

/** Operators by the argument of BINARY_OP; the same again for `+=` and the like; `[]` since 3.14. */
const OPERATORS = ['+', '&', '//', '<<', '@', '*', '%', '|', '**', '>>', '-', '/', '^']
const SUBSCRIPT = 26
const WORDS: Readonly<Record<string, string>> = {
  ADD: '+', AND: '&', FLOOR_DIVIDE: '//', LSHIFT: '<<', MATRIX_MULTIPLY: '@', MULTIPLY: '*', MODULO: '%', OR: '|', POWER: '**', RSHIFT: '>>',
  SUBTRACT: '-', TRUE_DIVIDE: '/', DIVIDE: '/', XOR: '^',
}
const COMPARISONS = ['<', '<=', '==', '!=', '>', '>=', 'in', 'not in', 'is', 'is not', '==']

const two = (combine: (a: Term, b: Term) => Term): Step => (m) => {
  const b = m.pop()
  m.push(combine(m.pop(), b))
}
const infix = (sign: string): Step => two((a, b) => operation(a, sign, b))
const prefix = (sign: string): Step => (m) => {
  const of = m.pop()
  m.push(made(`(${sign}${of.text})`, of))
}
const slice: Step = (m) => {
  const to = m.pop()
  sliced(m, m.pop(), to)
}
const NONE = term('None')

export function operation(a: Term, sign: string, b: Term): Term {
  const plain = sign === '+' ? `${a.sum ?? a.text} + ${b.text}` : `${a.text} ${sign} ${b.text}`
  const one = made(`(${plain})`, a, b)
  if (sign !== '+' || isUnknown(one)) return one
  // A long sum is as deep as its deepest part: it is written, and read, flat.
  return { ...one, sum: plain, depth: Math.max(a.sum === undefined ? a.depth + 1 : a.depth, b.depth + 1) }
}

export const subscript = (of: Term, key: Term): Term => made(`${of.text}[${key.slice ?? key.text}]`, of, key)
export const bound = ({ text }: Term): string => (text === 'None' ? '' : text)

function sliced(m: Machine, from: Term, to: Term): void {
  const of = m.pop()
  m.push(made(`${of.text}[${bound(from)}:${bound(to)}]`, of, from, to))
}

/** Expressions of operators and subscripts. */
export const operators: Steps = {
  ...Object.fromEntries(Object.entries(WORDS).flatMap(([word, sign]) => [[`BINARY_${word}`, infix(sign)], [`INPLACE_${word}`, infix(sign)]])),
  BINARY_OP: (m, arg) => (arg === SUBSCRIPT ? two(subscript) : infix(OPERATORS[arg % 13] ?? '+'))(m, arg),
  BINARY_SUBSCR: two(subscript),
  BINARY_SLICE: slice,
  'SLICE+0': (m) => sliced(m, NONE, NONE),
  'SLICE+1': (m) => sliced(m, m.pop(), NONE),
  'SLICE+2': (m) => sliced(m, NONE, m.pop()),
  'SLICE+3': slice,
  COMPARE_OP: (m, arg) => infix(COMPARISONS[m.release >= 313 ? arg >> 5 : m.release >= 312 ? arg >> 4 : arg] ?? '==')(m, arg),
  IS_OP: infix('is'),
  CONTAINS_OP: infix('in'),
  UNARY_NOT: prefix('not '),
  UNARY_NEGATIVE: prefix('-'),
  UNARY_INVERT: prefix('~'),
}
