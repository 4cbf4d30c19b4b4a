import type { Node } from '../flow/tree.ts'
import { body } from './blocks.ts'
import { forOf, ifOf, tryOf, whileOf, withOf } from './compound.ts'
import { classOf, decoratedOf, defOf } from './definitions.ts'
import { yielded } from './expressions.ts'
import { fromOf, importOf } from './imports.ts'
import { execOf, printOf } from './legacy.ts'
import { matchOf } from './patterns.ts'
import { empty, sequence } from './reader.ts'
import type { Reader } from './reader.ts'
import {
  ASSERT, ASSIGN, ASYNC, AT, AUGMENTED, BREAK, CLASS, COLON, COMMA, CONTINUE, DEF, DEL, ELIF, ELSE, EXCEPT, FINALLY, FOR, FROM, GLOBAL, IF, IMPORT, NAME, NEWLINE, NONLOCAL,
  PASS, RAISE, RETURN, STAR, TRY, WHILE, WITH, YIELD, isWord,
} from './tokens.ts'
import { several, tuple } from './tuples.ts'

/** One statement: after a simple one stands what ends it, after any other its next line. Nothing where none begins. */
export function statement(r: Reader, into: Node[]): void {
  const { kind } = r
  if (kind === AT) decoratedOf(r, into)
  else if (kind === ELSE || kind === ELIF || kind === EXCEPT || kind === FINALLY) stray(r, into)
  else {
    const node = (kind === NAME ? soft(r) : null) ?? compound(r) ?? keyword(r) ?? assigned(r)
    if (node) into.push(node)
  }
}

/** What is a keyword only where it stands. */
function soft(r: Reader): Node | null {
  switch (r.value) {
    case 'print': return printOf(r)
    case 'exec': return execOf(r)
    case 'match': return matchOf(r)
    case 'type': return typeOf(r)
    default: return null
  }
}

function compound(r: Reader): Node | null {
  const { from } = r
  if (r.kind === ASYNC) {
    const back = r.mark()
    r.next()
    if (r.kind !== DEF && r.kind !== FOR && r.kind !== WITH) {
      back()
      return null
    }
  }
  switch (r.kind) {
    case IF: return ifOf(r, from)
    case FOR: return forOf(r, from)
    case WHILE: return whileOf(r, from)
    case TRY: return tryOf(r, from)
    case WITH: return withOf(r, from)
    case DEF: return defOf(r, from)
    case CLASS: return classOf(r)
    default: return null
  }
}

/** The end of something whose beginning is missing. */
function stray(r: Reader, into: Node[]): void {
  r.next()
  if (r.kind !== COLON) into.push(tuple(r))
  if (r.kind === COLON) into.push(body(r))
}

function keyword(r: Reader): Node | null {
  const { from, kind } = r
  switch (kind) {
    case IMPORT: return importOf(r)
    case FROM: return fromOf(r)
    case YIELD: return yielded(r)
    case BREAK: case CONTINUE: case RAISE: {
      r.next()
      const how = kind === BREAK ? 'break' : kind === CONTINUE ? 'continue' : 'throw'
      const value = kind === RAISE && r.begins ? r.expression() : null
      // Python 2's `raise X, y`, Python 3's `raise X from y`.
      if (r.kind === COMMA || r.kind === FROM) {
        r.next()
        r.besides(tuple)
      }
      const here = r.since(from)
      return { is: 'jump', how, value: value ?? empty(here), at: here }
    }
    case RETURN: {
      r.next()
      const value = r.begins || r.kind === STAR ? tuple(r) : null
      return { is: 'return', value: value ?? empty(r.until), at: r.since(from) }
    }
    case PASS:
      r.next()
      return sequence([], r.since(from))
    case ASSERT: case DEL: {
      r.next()
      const parts = several(r)
      const here = r.since(from)
      return kind === DEL ? { is: 'operate', sign: 'del', parts, at: here } : sequence(parts, here)
    }
    case GLOBAL: case NONLOCAL: return scope(r)
    default: return null
  }
}

/** Names that belong to an outer scope. */
function scope(r: Reader): Node | null {
  const { from } = r
  const back = r.mark()
  r.next()
  if (!isWord(r.kind)) {
    back()
    return null
  }
  while (isWord(r.kind)) {
    r.shared ??= new Set()
    r.shared.add(r.value)
    r.next()
    r.take(COMMA)
  }
  return empty(r.since(from))
}

/** `type X[T] = …`. */
function typeOf(r: Reader): Node | null {
  const { from } = r
  const back = r.mark()
  r.next()
  if (r.kind === NAME) {
    const target = r.expression()
    const named = target.is === 'member' ? target.of : target
    if (r.take(ASSIGN)) {
      const value = r.expression()
      return r.set(named, value, r.since(from))
    }
  }
  back()
  return null
}

/** An expression, or one that something is assigned to. */
function assigned(r: Reader): Node | null {
  const { from } = r
  const first = tuple(r)
  if (r.from === from) return null
  if (r.kind === AUGMENTED) return augmented(r, from, first)
  const typed = r.kind === COLON && (first.is === 'name' || first.is === 'member')
  if (typed) {
    r.next()
    if (r.kind === NEWLINE) return first
    r.besides()
  }
  if (r.kind !== ASSIGN) return typed ? empty(r.since(from)) : first
  const all = [first]
  while (r.take(ASSIGN)) all.push(tuple(r))
  const here = r.since(from)
  const value = all.pop() as Node
  return all.reduceRight<Node>((inner, target) => r.set(target, inner, here), value)
}

function augmented(r: Reader, from: number, target: Node): Node {
  const sign = r.code.slice(r.from, r.to - 1)
  r.next()
  const value = tuple(r)
  const here = r.since(from)
  return r.set(target, sign === '+' ? { is: 'join', parts: [target, value], at: here } : { is: 'operate', sign, parts: [target, value], at: here }, here)
}
