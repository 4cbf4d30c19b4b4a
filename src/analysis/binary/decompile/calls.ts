import type { Machine } from './machine.ts'
import { identifier, isUnknown, listed, made, term, unknown } from './term.ts'
import type { Term } from './term.ts'

/** Sequences with more items are not taken apart. */
const MOST = 1000

/** A call, or the class that a call of the class builder makes. `texts` are the arguments as they are written. */
export function invoke(m: Machine, callee: Term, args: readonly Term[], texts: readonly string[]): Term {
  const [first] = args
  if (callee.part?.is === 'exit') return unknown()
  if (callee.part?.is === 'entered') return callee
  if (callee.part?.is === 'builder') return first?.part?.is === 'body' ? term(m.writer.define(first.part.code, 'class', texts.slice(2))) : unknown()
  if (isUnknown(callee)) {
    args.forEach((arg) => m.drop(arg))
    return unknown()
  }
  return { ...made(`${callee.text}(${listed(texts)})`, callee, ...args), acts: true }
}

/** Arguments out of a sequence: itself where it is spelled out, starred otherwise. */
export function spread(of: Term): string {
  if (of.part?.is === 'growing' && of.part.open !== '{') return of.part.inner
  return of.items ? listed(of.items) : `*${of.text}`
}

/** Takes a sequence apart, its first item on top. */
export function unpacked(m: Machine, count: number): void {
  const of = m.pop()
  const few = Math.min(count, MOST)
  if (of.items?.length === few) {
    for (let i = few - 1; i >= 0; i--) m.push(term(of.items[i] ?? '', of.acts, of.depth))
    return
  }
  const base = isUnknown(of) || (of.text === identifier(of.text) && !of.part) ? of : m.named(of)
  for (let i = few - 1; i >= 0; i--) m.push(isUnknown(base) ? base : made(`${base.text}[${i}]`, base))
}
