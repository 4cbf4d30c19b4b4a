import { name, text } from '../flow/tree.ts'
import type { Node } from '../flow/tree.ts'

/** The last word of what is called: `functools.cached_property`. */
export const wordOf = (node: Node): string => (node.is === 'name' ? node.name : node.is === 'member' && node.key.is === 'text' ? node.key.value : '')

/** What a class sets, as each of its objects has it: a method with some of its arguments given is that method. */
export function fieldOf({ target, value, at }: Extract<Node, { is: 'set' }>, methods: ReadonlySet<string | null>): Node[] {
  if (target.is !== 'name') return []
  const [first] = value.is === 'call' && wordOf(value.callee) === 'partialmethod' ? value.args : []
  const given = first?.is === 'name' && methods.has(first.name) ? own(first.name, value) : target
  return [{ is: 'set', target: own(target.name, { at }), value: given, declares: false, at }]
}

const own = (key: string, { at }: Pick<Node, 'at'>): Node => ({ is: 'member', of: name('this', at), key: text(key, at), at })
