import { parser } from '@lezer/python'
import { nothing } from '../flow/tree.ts'
import type { At, Node } from '../flow/tree.ts'

/** A node of the parser's tree, comments left out. Punctuation and keywords are leaves named as they are spelled. */
export interface Leaf {
  readonly type: string
  readonly from: number
  readonly to: number
  readonly kids: Leaf[]
}

export type Lower = (leaf: Leaf | undefined) => Node

/** Python 2's `10L` and `ur'…'` as the parser knows them, every offset kept. */
const OLD = /\b(\d+)[lL]\b|\b[uU]([rR])(?=["'])/g

/** The parser's tree in one walk of its cursor: going from node to node by its own links costs more than parsing. */
export function readTree(code: string): Leaf {
  const readable = code.replace(OLD, (_whole, digits?: string, raw?: string) => (digits === undefined ? ` ${raw}` : `${digits} `))
  const top: Leaf = { type: 'Script', from: 0, to: code.length, kids: [] }
  const stack: Leaf[] = [top]
  parser.parse(readable).iterate({
    enter: (node) => {
      if (node.name === 'Comment') return false
      const leaf: Leaf = { type: node.name, from: node.from, to: node.to, kids: [] }
      stack.at(-1)?.kids.push(leaf)
      stack.push(leaf)
      return undefined
    },
    leave: (node) => {
      if (node.name !== 'Comment') stack.pop()
    },
  })
  return top.kids[0] ?? top
}

export const at = (leaf: Leaf): At => [leaf.from, leaf.to]
/** What is not there, on an empty stretch. */
export const empty = (here: At): Node => nothing([here[0], here[0]])
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
