import type { Node } from './tree.ts'

/** The nodes directly below a node, in the order of the source. */
export function inside(node: Node): readonly Node[] {
  switch (node.is) {
    case 'member': return [node.of, node.key]
    case 'call': return [node.callee, ...node.args, ...node.named.flatMap(both)]
    case 'join': case 'operate': case 'group': case 'list': return node.parts
    case 'spread': return [node.of]
    case 'record': return node.entries.flatMap(both)
    case 'function': return [...node.params, ...node.body]
    case 'class': return [...node.bases, ...node.body, ...node.methods]
    case 'set': return [node.target, node.value]
    case 'return': case 'jump': return [node.value]
    case 'import': return [node.module]
    case 'branch': return [node.test, node.then, node.otherwise]
    case 'loop': return [node.start, ...(node.each ? [node.each.target, node.each.of] : []), node.test, node.step, node.body]
    case 'gather': return [node.value, ...node.loops.flatMap((loop) => [loop.target, loop.of, ...loop.tests])]
    case 'try': return [node.body, ...node.handlers.flatMap((handler) => (handler.target ? [handler.target, handler.body] : [handler.body])), node.last]
    default: return []
  }
}

const both = ({ computed, value }: { computed?: Node; value: Node }): Node[] => (computed ? [computed, value] : [value])

/** Every node of a tree, however deep. */
export function* nodesOf(body: readonly Node[]): Generator<Node> {
  const left = [...body].reverse()
  for (let node = left.pop(); node; node = left.pop()) {
    yield node
    for (const child of [...inside(node)].reverse()) left.push(child)
  }
}
