import { isNothing, itemsOf } from '../constant.ts'
import type { Constant } from '../constant.ts'
import type { Known } from '../pure/types.ts'
import { NOWHERE, name, text } from '../tree.ts'
import type { Func, Node } from '../tree.ts'

/** `Function('return x')`, which obfuscators use to get at globals and patterns: the few bodies that need no parser. */
export function returning(body: string): Func | null {
  const at = NOWHERE
  const found = /^\s*return\s*(?:\/((?:[^/\\\n[]|\\.){1,200})\/([a-z]{0,6})|\b([\w$]{1,60}))\s*;?\s*$/.exec(body)
  if (!found) return null
  const [, source, flags, named] = found
  const value: Node = named === undefined
    ? { is: 'call', callee: name('RegExp', at), args: [text(source ?? '', at), text(flags ?? '', at)], named: [], made: false, at }
    : name(named, at)
  return { is: 'function', name: null, params: [], body: [{ is: 'return', value, at }], at }
}

/** What `apply` hands on: a list, or the `arguments` of a function. */
export function argumentsIn(value: Constant): Known[] | undefined {
  if (!(value instanceof Map)) return isNothing(value) ? [] : itemsOf(value, 'javascript')
  const length = value.get('length')
  return typeof length === 'number' ? Array.from({ length }, (_none, index) => value.get(String(index))) : undefined
}
