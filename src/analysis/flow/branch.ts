import { nothing, span, startOf } from './tree.ts'
import type { At, Node } from './tree.ts'

/** `test ? yes : no`, where the value matters. */
export const pick = (test: Node, yes: Node, no: Node, at: At): Node => made(test, yes, no, true, at)
/** `if (test) yes else no`. */
export const when = (test: Node, yes: Node, no: Node, at: At): Node => made(test, yes, no, false, at)
/** `test && yes`: worth its test where that is false. */
export const both = (test: Node, yes: Node, at: At): Node => pick(test, yes, nothing(span(startOf(yes.at), startOf(yes.at))), at)

function made(test: Node, yes: Node, otherwise: Node, expression: boolean, at: At): Node {
  // oxlint-disable-next-line unicorn/no-thenable -- a tree is never awaited
  return { is: 'branch', test, then: yes, otherwise, expression, at }
}
