import { parser } from '@lezer/python'
import { nothing, span, startOf } from '../flow/tree.ts'
import type { At, Node } from '../flow/tree.ts'

/** A node of the parser's tree, comments left out. Punctuation and keywords are leaves named as they are spelled. */
export interface Leaf {
  readonly type: string
  readonly from: number
  readonly to: number
  readonly kids: readonly Leaf[]
}

export type Lower = (leaf: Leaf | undefined) => Node

/** Python 2's `10L` and `ur'…'` as the parser knows them, every offset kept. */
const OLD = /\b(\d+)[lL]\b|\b[uU]([rR])(?=["'])/g

const NONE: readonly Leaf[] = []

/**
 * The parser's tree in one walk of its cursor: going from node to node by its own links costs more than parsing. `done` are
 * the leaves whose parent is still open, so that every list is made once and as long as it is.
 */
export function readTree(code: string): Leaf {
  const readable = code.replace(OLD, (_whole, digits?: string, raw?: string) => (digits === undefined ? ` ${raw}` : `${digits} `))
  const done: Leaf[] = []
  const open: number[] = []
  let count = 0
  parser.parse(readable).iterate({
    enter: ({ name }) => {
      if (name === 'Comment') return false
      open.push(count)
      return undefined
    },
    leave: ({ name, from, to }) => {
      const first = open.pop() ?? 0
      done[first] = { type: name, from, to, kids: first === count ? NONE : done.slice(first, count) }
      count = first + 1
    },
  })
  return done[0] ?? { type: 'Script', from: 0, to: code.length, kids: NONE }
}

export const at = (leaf: Leaf): At => span(leaf.from, leaf.to)
/** What is not there, on an empty stretch. */
export const empty = (here: At): Node => nothing(span(startOf(here), startOf(here)))
/** Statements, or expressions of which the last is the value. */
export const sequence = (parts: readonly Node[], here: At): Node => ({ is: 'group', parts, last: true, at: here })
export const kid = (leaf: Leaf, type: string): Leaf | undefined => leaf.kids.find((one) => one.type === type)

const SIGNS = new Set(['AssignOp', 'ArithOp', 'BitOp', 'CompareOp', 'UpdateOp', 'LogicOp', 'At', 'TypeDef', 'FormatConversion', 'FormatSpec', 'FormatSelfDoc', 'TypeParamList'])

/** What carries meaning has a capital. */
export function isExpression(leaf: Leaf): boolean {
  const first = leaf.type.charCodeAt(0)
  return ((first >= 65 && first <= 90) || first > 127) && !SIGNS.has(leaf.type)
}

/** Lists of leaves between those of one type. */
export function splitAt(leaves: readonly Leaf[], type: string): Leaf[][] {
  const found: Leaf[][] = [[]]
  for (const leaf of leaves) {
    if (leaf.type === type) found.push([])
    else found.at(-1)?.push(leaf)
  }
  return found
}
