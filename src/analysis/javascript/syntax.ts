import { nothing, span, startOf } from '../flow/tree.ts'
import type { At, Node } from '../flow/tree.ts'

/** Any node of the parser's tree, read by its type: ESTree's union is too wide to narrow child by child. */
export type Tree = { type: string; start?: number; end?: number } & Record<string, unknown>
export type Lower = (tree: unknown) => Node

export const at = (tree: Tree): At => span(tree.start ?? 0, tree.end ?? 0)
export const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && typeof (value as Tree).type === 'string'
/** What is not there, on an empty stretch. */
export const empty = (here: At): Node => nothing(span(startOf(here), startOf(here)))
export const optional = (tree: unknown, lower: Lower): Node[] => (isTree(tree) ? [lower(tree)] : [])
/** Statements, or expressions of which the last is the value. */
export const sequence = (parts: readonly Node[], here: At): Node => ({ is: 'group', parts, last: true, at: here })
