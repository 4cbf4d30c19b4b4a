import type { Node } from '../tree.ts'
import { inside } from '../walk.ts'

/** What running a piece of code, functions in it left out, may change. */
export interface Changes {
  /** Variables that are set. */
  names: ReadonlySet<string>
  /** Variables whose lists or records are changed in place. */
  contents: ReadonlySet<string>
  /** Nodes that were looked at. */
  size: number
}

const CHANGES_IN_PLACE = new Set(['push', 'pop', 'shift', 'unshift', 'splice', 'reverse', 'sort', 'fill', 'append', 'extend', 'insert', 'remove', 'clear', 'update', 'setdefault', 'set', 'copyWithin'])
const known = new WeakMap<Node, Changes>()

export function changesIn(node: Node): Changes {
  const found = known.get(node)
  if (found) return found
  const names = new Set<string>()
  const contents = new Set<string>()
  const left: Node[] = [node]
  let size = 0
  for (let one = left.pop(); one; one = left.pop()) {
    size++
    if (one.is === 'function') continue
    if (one.is === 'set') targets(one.target, names, contents)
    if (one.is === 'loop' && one.each) targets(one.each.target, names, contents)
    if (one.is === 'call' && one.callee.is === 'member' && one.callee.key.is === 'text' && CHANGES_IN_PLACE.has(one.callee.key.value)) root(one.callee.of, contents)
    for (const child of inside(one)) left.push(child)
  }
  const changes = { names, contents, size }
  known.set(node, changes)
  return changes
}

function targets(target: Node, names: Set<string>, contents: Set<string>): void {
  switch (target.is) {
    case 'name':
      names.add(target.name)
      break
    case 'member': return root(target.of, contents)
    case 'list':
      for (const part of target.parts) targets(part, names, contents)
      break
    case 'record':
      for (const entry of target.entries) targets(entry.value, names, contents)
      break
    case 'set': return targets(target.target, names, contents)
    case 'spread': return targets(target.of, names, contents)
  }
}

/** The variable that a chain of members hangs on. */
function root(of: Node, contents: Set<string>): void {
  let base = of
  while (base.is === 'member') base = base.of
  if (base.is === 'name') contents.add(base.name)
}
