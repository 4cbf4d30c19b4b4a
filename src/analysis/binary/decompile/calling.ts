import { invoke, spread } from './calls.ts'
import type { Machine } from './machine.ts'
import { star } from './names.ts'
import type { Steps } from './step.ts'
import { identifier, padding, unknown } from './term.ts'
import type { Term } from './term.ts'

/** Calls, by the conventions of each release. */
export const calling: Steps = {
  PUSH_NULL: (m) => m.push(padding()),
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
