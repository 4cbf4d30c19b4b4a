import type { At, Node } from '../flow/tree.ts'
import { at, empty, isExpression, sequence, splitAt } from './syntax.ts'
import type { Leaf, Lower } from './syntax.ts'

type Loop = { target: Node; of: Node; tests: Node[] }

const tupleOf = (leaves: readonly Leaf[], here: At, lower: Lower): Node => {
  const parts = leaves.filter(isExpression).map(lower)
  const [only] = parts
  return only && parts.length === 1 && !leaves.some((leaf) => leaf.type === ',') ? only : { is: 'list', parts, at: here }
}

/** `value for target in of if test …`; `key: value for …` makes records of one entry. */
export function comprehension(leaves: readonly Leaf[], here: At, lower: Lower): Node {
  const first = leaves.findIndex((leaf) => leaf.type === 'for')
  const value = made(leaves.slice(0, first), here, lower)
  const loops: Loop[] = splitAt(leaves.slice(first + 1), 'for').map((part) => {
    const split = part.findIndex((leaf) => leaf.type === 'in')
    const [of, ...tests] = splitAt(part.slice(split + 1), 'if').map((inner) => inner.find(isExpression))
    return { target: tupleOf(part.slice(0, split), here, lower), of: lower(of), tests: tests.map(lower) }
  })
  return { is: 'gather', value, loops, at: here }
}

function made(leaves: readonly Leaf[], here: At, lower: Lower): Node {
  const parts = leaves.filter(isExpression)
  if (leaves.some((leaf) => leaf.type === ':')) return { is: 'record', entries: [{ key: null, computed: lower(parts[0]), value: lower(parts[1]) }], at: here }
  return leaves[0]?.type === '*' ? { is: 'spread', of: lower(parts[0]), at: here } : lower(parts[0])
}

/** `for` and `while` with what stands in their `else`, which comes after. */
export function loopOf(leaf: Leaf, tuple: ((leaves: readonly Leaf[]) => Node) | null, lower: Lower): Node {
  const here = at(leaf)
  const bodies = leaf.kids.filter((one) => one.type === 'Body')
  const head = leaf.kids.slice(leaf.kids.findIndex((one) => one.type === 'for' || one.type === 'while') + 1, leaf.kids.findIndex((one) => one.type === 'Body'))
  const split = head.findIndex((one) => one.type === 'in')
  const each = tuple ? { target: tuple(head.slice(0, split)), of: tuple(head.slice(split + 1)) } : null
  const test = tuple ? empty(here) : lower(head.find(isExpression))
  const loop: Node = { is: 'loop', start: empty(here), test, step: empty(here), each, body: lower(bodies[0]), at: here }
  return bodies.length > 1 ? sequence([loop, lower(bodies[1])], here) : loop
}
