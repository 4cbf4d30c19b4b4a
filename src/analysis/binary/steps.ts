import { invoke, spread, unpacked } from './calls.ts'
import { makeFunction } from './functions.ts'
import type { Machine } from './machine.ts'
import { quoted } from './literal.ts'
import { grow, growing, identifier, isUnknown, listed, made, padding, term, unknown } from './term.ts'
import type { Term } from './term.ts'

/** What one kind of instruction does to the machine; `arg` is its argument. */
export type Step = (m: Machine, arg: number) => void

/** Operators by the argument of BINARY_OP; the same again for `+=` and the like; `[]` since 3.14. */
const OPERATORS = ['+', '&', '//', '<<', '@', '*', '%', '|', '**', '>>', '-', '/', '^']
const SUBSCRIPT = 26
const WORDS: Readonly<Record<string, string>> = {
  ADD: '+', AND: '&', FLOOR_DIVIDE: '//', LSHIFT: '<<', MATRIX_MULTIPLY: '@', MULTIPLY: '*', MODULO: '%', OR: '|', POWER: '**', RSHIFT: '>>',
  SUBTRACT: '-', TRUE_DIVIDE: '/', DIVIDE: '/', XOR: '^',
}
const COMPARISONS = ['<', '<=', '==', '!=', '>', '>=', 'in', 'not in', 'is', 'is not', '==']

const nothing: Step = () => undefined
const two = (combine: (a: Term, b: Term) => Term): Step => (m) => {
  const b = m.pop()
  m.push(combine(m.pop(), b))
}
const infix = (sign: string): Step => two((a, b) => operation(a, sign, b))

function operation(a: Term, sign: string, b: Term): Term {
  const plain = sign === '+' ? `${a.sum ?? a.text} + ${b.text}` : `${a.text} ${sign} ${b.text}`
  const one = made(`(${plain})`, a, b)
  if (sign !== '+' || isUnknown(one)) return one
  // A long sum is as deep as its deepest part: it is written, and read, flat.
  return { ...one, sum: plain, depth: Math.max(a.sum === undefined ? a.depth + 1 : a.depth, b.depth + 1) }
}

const subscript = (of: Term, key: Term): Term => made(`${of.text}[${key.slice ?? key.text}]`, of, key)
const bound = ({ text }: Term): string => (text === 'None' ? '' : text)

function sliced(m: Machine, from: Term, to: Term): void {
  const of = m.pop()
  m.push(made(`${of.text}[${bound(from)}:${bound(to)}]`, of, from, to))
}

const store = (target: (m: Machine, arg: number) => string): Step => (m, arg) => m.store(target(m, arg), m.pop())
const load = (read: (m: Machine, arg: number) => Term): Step => (m, arg) => m.push(read(m, arg))
const nameAt = (m: Machine, arg: number): Term => term(m.plain(m.name(arg)))
const list = (open: string, close: string): Step => (m, arg) => m.list(open, close, m.take(arg))
const append: Step = (m, arg) => {
  const item = m.pop()
  grow(m.peek(arg), item.text, item)
}
const extend = (stars: string): Step => (m, arg) => {
  const more = m.pop()
  grow(m.peek(arg), more.part?.is === 'growing' && more.part.inner !== '' ? more.part.inner : (more.items ? listed(more.items) : `${stars}${more.text}`), more)
}
const together = (open: string, close: string, stars: string): Step => (m, arg) => {
  const parts = m.take(arg)
  m.push(growing(open, close, parts, parts.map((part) => `${stars}${part.text}`)))
}
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
const comparison: Step = (m, arg) => infix(COMPARISONS[m.release >= 313 ? arg >> 5 : m.release >= 312 ? arg >> 4 : arg] ?? '==')(m, arg)

export const STEPS: Readonly<Record<string, Step>> = {
  ...Object.fromEntries(Object.entries(WORDS).flatMap(([word, sign]) => [[`BINARY_${word}`, infix(sign)], [`INPLACE_${word}`, infix(sign)]])),
  ...Object.fromEntries(['NOP', 'RESUME', 'CACHE', 'PRECALL', 'MAKE_CELL', 'COPY_FREE_VARS', 'SETUP_LOOP', 'SETUP_FINALLY', 'SETUP_EXCEPT', 'POP_BLOCK',
    'POP_EXCEPT', 'SETUP_ANNOTATIONS', 'DELETE_NAME', 'DELETE_GLOBAL', 'DELETE_FAST', 'DELETE_DEREF', 'NOT_TAKEN', 'PRINT_NEWLINE', 'GET_ITER', 'END_FOR',
    'GET_YIELD_FROM_ITER', 'GET_AITER', 'GET_AWAITABLE', 'END_SEND', 'TO_BOOL', 'LIST_TO_TUPLE', 'CONVERT_VALUE', 'BEGIN_FINALLY', 'POP_FINALLY',
    'END_FINALLY', 'CALL_FINALLY', 'WITH_CLEANUP_FINISH'].map((op) => [op, nothing])),

  LOAD_CONST: load((m, arg) => m.constant(arg)),
  LOAD_SMALL_INT: load((_m, arg) => term(String(arg))),
  LOAD_COMMON_CONSTANT: load(unknown),
  LOAD_NAME: load(nameAt),
  LOAD_GLOBAL: (m, arg) => {
    if (m.release < 311) m.push(nameAt(m, arg))
    else if (arg & 1) m.pushCallable(nameAt(m, arg >> 1))
    else m.push(nameAt(m, arg >> 1))
  },
  ...Object.fromEntries(['LOAD_FAST', 'LOAD_FAST_CHECK', 'LOAD_FAST_BORROW'].map((op) => [op, load((m, arg) => m.local(arg))])),
  ...Object.fromEntries(['LOAD_FAST_LOAD_FAST', 'LOAD_FAST_BORROW_LOAD_FAST_BORROW'].map((op) => [op, (m: Machine, arg: number) => {
    m.push(m.local(arg >> 4))
    m.push(m.local(arg & 15))
  }])),
  ...Object.fromEntries(['LOAD_DEREF', 'LOAD_CLASSDEREF', 'LOAD_CLOSURE'].map((op) => [op, load((m, arg) => m.cell(arg))])),
  LOAD_FROM_DICT_OR_DEREF: (m, arg) => { m.pop(); m.push(m.cell(arg)) },
  LOAD_FROM_DICT_OR_GLOBALS: (m, arg) => { m.pop(); m.push(nameAt(m, arg)) },
  LOAD_FAST_AND_CLEAR: load(unknown),
  LOAD_LOCALS: load(unknown),
  LOAD_BUILD_CLASS: load(() => ({ ...padding(), part: { is: 'builder' } })),
  LOAD_ATTR: (m, arg) => {
    const name = m.name(m.release >= 312 ? arg >> 1 : arg)
    const of = m.pop()
    const one = inside(of, name) ?? m.attribute(of, name)
    if (m.release >= 312 && arg & 1) m.pushCallable(one)
    else m.push(one)
  },
  LOAD_METHOD: (m, arg) => m.pushCallable(m.attribute(m.pop(), m.name(arg))),
  LOAD_SUPER_ATTR: (m, arg) => {
    m.take(3)
    const one = m.attribute(term('super()'), m.name(arg >> 2))
    if (arg & 1) m.pushCallable(one)
    else m.push(one)
  },
  /** 3.14: 0 is `__enter__`, 1 is `__exit__`. */
  LOAD_SPECIAL: (m, arg) => {
    const of = m.pop()
    m.push(arg === 0 ? { ...of, part: { is: 'entered', of: of.text } } : { text: '_exit', acts: false, depth: 0, part: { is: 'exit' } })
    m.push(padding())
  },

  STORE_NAME: store((m, arg) => m.plain(m.name(arg))),
  STORE_GLOBAL: store((m, arg) => m.plain(m.name(arg))),
  STORE_FAST: store((m, arg) => m.local(arg).text),
  STORE_DEREF: store((m, arg) => m.cell(arg).text),
  STORE_FAST_LOAD_FAST: (m, arg) => {
    m.store(m.local(arg >> 4).text, m.pop())
    m.push(m.local(arg & 15))
  },
  STORE_FAST_STORE_FAST: (m, arg) => {
    m.store(m.local(arg >> 4).text, m.pop())
    m.store(m.local(arg & 15).text, m.pop())
  },
  STORE_ATTR: (m, arg) => {
    const of = m.pop()
    m.store(m.attribute(of, identifier(m.name(arg))).text, m.pop())
  },
  STORE_SUBSCR: (m) => {
    const key = m.pop()
    m.store(subscript(m.pop(), key).text, m.pop())
  },
  STORE_SLICE: (m) => {
    const [of, from, to] = m.take(3)
    if (of && from && to) m.store(`${of.text}[${bound(from)}:${bound(to)}]`, m.pop())
  },
  STORE_MAP: (m) => {
    const key = m.pop()
    const value = m.pop()
    grow(m.peek(1), `${key.text}: ${value.text}`, value)
  },
  DELETE_ATTR: (m) => m.drop(m.pop()),
  DELETE_SUBSCR: (m) => m.take(2).forEach((one) => m.drop(one)),

  IMPORT_NAME: (m, arg) => {
    const listed = m.pop().text !== 'None'
    const level = Number(m.pop().text)
    const name = '.'.repeat(level > 0 && level < 20 ? level : 0) + m.name(arg)
    m.push({ text: `__import__(${quoted(name)})`, acts: true, depth: 0, part: { is: 'module', name, listed, inside: null } })
  },
  IMPORT_FROM: (m, arg) => {
    const of = m.peek(1)
    const name = m.name(arg)
    const one = of.part?.is === 'module' && of.part.listed ? null : inside(of, name)
    m.push(one ?? { ...m.attribute(of, name), part: { is: 'taken', module: of.part?.is === 'module' ? of.part.name : '', name } })
    of.acts = false
  },
  IMPORT_STAR: (m) => star(m, m.pop()),

  BINARY_OP: (m, arg) => (arg === SUBSCRIPT ? two(subscript) : infix(OPERATORS[arg % 13] ?? '+'))(m, arg),
  BINARY_SUBSCR: two(subscript),
  BINARY_SLICE: (m) => {
    const to = m.pop()
    sliced(m, m.pop(), to)
  },
  'SLICE+0': (m) => sliced(m, term('None'), term('None')),
  'SLICE+1': (m) => sliced(m, m.pop(), term('None')),
  'SLICE+2': (m) => sliced(m, term('None'), m.pop()),
  'SLICE+3': (m, arg) => STEPS.BINARY_SLICE?.(m, arg),
  COMPARE_OP: comparison,
  IS_OP: infix('is'),
  CONTAINS_OP: infix('in'),
  UNARY_NOT: (m) => { const of = m.pop(); m.push(made(`(not ${of.text})`, of)) },
  UNARY_NEGATIVE: (m) => { const of = m.pop(); m.push(made(`(-${of.text})`, of)) },
  UNARY_INVERT: (m) => { const of = m.pop(); m.push(made(`(~${of.text})`, of)) },
  UNARY_POSITIVE: nothing,

  BUILD_LIST: list('[', ']'),
  BUILD_SET: list('{', '}'),
  BUILD_TUPLE: (m, arg) => {
    const items = m.take(arg)
    m.push({ ...growing('(', ')', items), items: items.slice(0, 256).map((item) => item.text) })
  },
  BUILD_MAP: (m, arg) => {
    const parts = m.release < 300 ? [] : m.take(arg * 2)
    const pairs = Array.from({ length: parts.length >> 1 }, (_, i) => `${parts[i * 2]?.text}: ${parts[i * 2 + 1]?.text}`)
    m.push(growing('{', '}', parts, pairs))
  },
  BUILD_CONST_KEY_MAP: (m, arg) => {
    const keys = m.pop().items ?? []
    const values = m.take(arg)
    m.push(growing('{', '}', values, values.map((value, i) => `${keys[i] ?? '_'}: ${value.text}`)))
  },
  BUILD_STRING: (m, arg) => m.push(m.take(Math.min(arg, 10_000)).reduce((sum, part) => operation(sum, '+', part), term('\'\''))),
  BUILD_SLICE: (m, arg) => {
    const parts = m.take(Math.min(arg, 3))
    m.push({ ...made(`slice(${parts.map(({ text }) => text).join(', ')})`, ...parts), slice: parts.map(bound).join(':') })
  },
  BUILD_LIST_UNPACK: together('[', ']', '*'),
  BUILD_TUPLE_UNPACK: together('[', ']', '*'),
  BUILD_TUPLE_UNPACK_WITH_CALL: together('[', ']', '*'),
  BUILD_SET_UNPACK: together('{', '}', '*'),
  BUILD_MAP_UNPACK: together('{', '}', '**'),
  BUILD_MAP_UNPACK_WITH_CALL: (m, arg) => together('{', '}', '**')(m, arg & 0xff),
  LIST_APPEND: append,
  SET_ADD: append,
  MAP_ADD: (m, arg) => {
    const [a, b] = m.take(2)
    // Before 3.8 the value lay below its key.
    if (a && b) grow(m.peek(arg), m.release < 308 ? `${b.text}: ${a.text}` : `${a.text}: ${b.text}`, made('', a, b))
  },
  LIST_EXTEND: extend('*'),
  SET_UPDATE: extend('*'),
  DICT_UPDATE: extend('**'),
  DICT_MERGE: extend('**'),
  FORMAT_VALUE: (m, arg) => {
    if (arg & 4) m.pop()
    STEPS.FORMAT_SIMPLE?.(m, arg)
  },
  FORMAT_SIMPLE: (m) => { const of = m.pop(); m.push(made(`str(${of.text})`, of)) },
  FORMAT_WITH_SPEC: (m, arg) => { m.pop(); STEPS.FORMAT_SIMPLE?.(m, arg) },

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
  UNPACK_SEQUENCE: (m, arg) => unpacked(m, arg),
  UNPACK_EX: (m, arg) => unpacked(m, (arg & 0xff) + 1 + (arg >>> 8)),

  PUSH_NULL: load(padding),
  KW_NAMES: (m, arg) => { m.keywords = m.constant(arg).items ?? [] },
  CALL_FUNCTION: (m, arg) => {
    // Before 3.6 the second byte counts pairs of name and value.
    const named = m.release < 306 ? m.take((arg >> 8) * 2) : []
    const args = m.take(m.release < 306 ? arg & 0xff : arg)
    const pairs = Array.from({ length: named.length >> 1 }, (_, i) => `${nameOf(named[i * 2]?.text)}=${named[i * 2 + 1]?.text}`)
    m.push(invoke(m, m.pop(), args, [...args.map(({ text }) => text), ...pairs]))
  },
  CALL_FUNCTION_VAR: (m, arg) => starred(m, arg, true, false),
  CALL_FUNCTION_KW: (m, arg) => {
    if (m.release < 306) return starred(m, arg, false, true)
    const names = m.pop().items ?? []
    const args = m.take(arg)
    m.push(invoke(m, m.pop(), args, withNames(args, names)))
  },
  CALL_FUNCTION_VAR_KW: (m, arg) => starred(m, arg, true, true),
  CALL_METHOD: (m, arg) => {
    const args = m.take(arg)
    const callee = m.pop()
    m.pop()
    m.push(invoke(m, callee, args, args.map(({ text }) => text)))
  },
  CALL: (m, arg) => {
    const args = m.take(arg)
    const names = m.keywords
    m.keywords = []
    called(m, args, names)
  },
  CALL_KW: (m, arg) => {
    const names = m.pop().items ?? []
    called(m, m.take(arg), names)
  },
  CALL_FUNCTION_EX: (m, arg) => {
    const more = m.release >= 314 || arg & 1 ? m.pop() : padding()
    const args = m.pop()
    const first = m.pop()
    const callee = m.release < 311 || first.part?.is !== 'null' ? first : m.pop()
    if (m.release >= 311 && callee === first) m.pop()
    m.push(invoke(m, callee, [args, more], [spread(args), more.part?.is === 'null' ? '' : `**${more.text}`].filter((text) => text !== '')))
  },
  CALL_INTRINSIC_1: (m, arg) => {
    if (arg !== 2) return
    star(m, m.pop())
    m.push(unknown())
  },
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
  RETURN_GENERATOR: load(unknown),
  GEN_START: (m) => { m.pop() },

  SETUP_WITH: enter,
  BEFORE_WITH: enter,
  SETUP_ASYNC_WITH: nothing,
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

function star(m: Machine, { part }: Term): void {
  if (part?.is === 'module') m.writer.emit(/^[\w.]+$/.test(part.name) ? `from ${part.name} import *` : `__import__(${quoted(part.name)})`)
}

/** The submodule that `import a.b as c` walks to. */
function inside({ part, text }: Term, name: string): Term | null {
  if (part?.is !== 'module' || part.listed) return null
  const walked = `${part.inside ?? part.name.split('.')[0]}.${name}`
  return part.name === walked || part.name.startsWith(`${walked}.`) ? { text, acts: true, depth: 0, part: { ...part, inside: walked } } : null
}

/** Since 3.11 two places hold what is called: a function and nothing, or a method and its object. */
function called(m: Machine, args: readonly Term[], names: readonly string[]): void {
  const second = m.pop()
  const first = m.pop()
  if (first.part?.is === 'null') m.push(invoke(m, second, args, withNames(args, names)))
  else if (second.part?.is === 'null') m.push(invoke(m, first, args, withNames(args, names)))
  else m.push(invoke(m, first, [second, ...args], withNames([second, ...args], names)))
}

const nameOf = (text: string | undefined): string => identifier((text ?? '').replace(/^'|'$/g, ''))

function withNames(args: readonly Term[], names: readonly string[]): string[] {
  const plain = args.length - names.length
  return args.map(({ text }, i) => (i < plain ? text : `${nameOf(names[i - plain])}=${text}`))
}

/** Python 2's `f(*a, **b)`. */
function starred(m: Machine, arg: number, list: boolean, dict: boolean): void {
  const more = dict ? [m.pop()] : []
  const rest = list ? [m.pop()] : []
  const named = m.take((arg >> 8) * 2)
  const args = m.take(arg & 0xff)
  const pairs = Array.from({ length: named.length >> 1 }, (_, i) => `${nameOf(named[i * 2]?.text)}=${named[i * 2 + 1]?.text}`)
  const texts = [...args.map(({ text }) => text), ...rest.map(spread), ...pairs, ...more.map(({ text }) => `**${text}`)]
  m.push(invoke(m, m.pop(), [...args, ...rest, ...more], texts))
}
