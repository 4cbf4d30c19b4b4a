import type { CodeObject } from '../marshal.ts'
import type { Machine } from './machine.ts'
import { identifier, term, unknown } from './term.ts'
import type { Term } from './term.ts'

/** Code and what is bound to it become a function; the body of a class waits for the call that makes the class. */
export function makeFunction(m: Machine, arg: number): void {
  const { release } = m
  if (release >= 300 && release < 311) m.pop()
  const { part } = m.pop()
  const defaults = release < 300 ? oldDefaults(m, arg) : release < 313 ? flagged(m, arg) : following(m)
  if (part?.is !== 'body') return m.push(unknown())
  const below = m.peek(1).part?.is === 'null' ? m.peek(2) : m.peek(1)
  if (below.part?.is === 'builder') return m.push({ ...term(identifier(part.code.name)), part })
  if (release < 300 && m.ahead(1)?.op === 'CALL_FUNCTION' && m.ahead(2)?.op === 'BUILD_CLASS') {
    m.skip(2)
    const bases = m.pop()
    m.pop()
    return m.push(term(m.writer.define(part.code, 'class', bases.items ?? [])))
  }
  m.push(term(m.writer.define(part.code, 'function', params(part.code, defaults))))
}

/** Python 2: one value each, a closure's cells above them. */
function oldDefaults(m: Machine, count: number): readonly string[] {
  if (m.ahead(0)?.op === 'MAKE_CLOSURE') m.pop()
  return m.take(Math.min(count & 0xff, 255)).map(({ text }) => text)
}

/** Up to 3.12 flags say what lies below: closure 8, annotations 4, keyword defaults 2, defaults 1. */
function flagged(m: Machine, flags: number): readonly string[] {
  for (const flag of [8, 4, 2]) if (flags & flag) m.drop(m.pop())
  return flags & 1 ? listed(m.pop()) : []
}

/** Since 3.13 instructions of their own bind what lies below, one after another. */
function following(m: Machine): readonly string[] {
  let defaults: readonly string[] = []
  for (let next = m.ahead(1); next?.op === 'SET_FUNCTION_ATTRIBUTE'; next = m.ahead(1)) {
    const value = m.pop()
    if (next.arg === 1) defaults = listed(value)
    else m.drop(value)
    m.skip(1)
  }
  return defaults
}

const listed = (of: Term): readonly string[] => of.items ?? []

/** Parameters as they are written, defaults at the last positional ones. */
function params({ argCount, keywordCount, flags, locals }: CodeObject, defaults: readonly string[]): string[] {
  const names = locals.slice(0, 1000).map(identifier)
  const plain = Math.min(Math.max(argCount, 0), names.length)
  const named = Math.min(Math.max(keywordCount, 0), names.length - plain)
  const heads = names.slice(0, plain).map((name, i) => {
    const value = defaults[i - plain + defaults.length]
    return value === undefined ? name : `${name}=${value}`
  })
  const rest = names[plain + named]
  const more = names[plain + named + (flags & 4 ? 1 : 0)]
  if (flags & 4 && rest !== undefined) heads.push(`*${rest}`)
  for (const name of names.slice(plain, plain + named)) heads.push(`${name}=None`)
  if (flags & 8 && more !== undefined) heads.push(`**${more}`)
  return heads
}
