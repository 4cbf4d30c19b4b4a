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
const NONE: ReadonlySet<string> = new Set()
const known = new WeakMap<Node, Changes>()

/** Sets that are made when there is something to put into them: most code changes nothing. */
class Found {
  names: Set<string> | null = null
  contents: Set<string> | null = null

  name(name: string): void {
    (this.names ??= new Set()).add(name)
  }

  content(name: string): void {
    (this.contents ??= new Set()).add(name)
  }
}

export function changesIn(node: Node): Changes {
  const found = known.get(node)
  if (found) return found
  const all = new Found()
  const left: Node[] = [node]
  let size = 0
  for (let one = left.pop(); one; one = left.pop()) {
    size++
    if (one.is === 'function') continue
    if (one.is === 'set') targets(one.target, all)
    if (one.is === 'loop' && one.each) targets(one.each.target, all)
    if (one.is === 'call' && one.callee.is === 'member' && one.callee.key.is === 'text' && CHANGES_IN_PLACE.has(one.callee.key.value)) root(one.callee.of, all)
    for (const child of inside(one)) left.push(child)
  }
  const changes: Changes = { names: all.names ?? NONE, contents: all.contents ?? NONE, size }
  known.set(node, changes)
  return changes
}

function targets(target: Node, all: Found): void {
  switch (target.is) {
    case 'name':
      all.name(target.name)
      break
    case 'member': return root(target.of, all)
    case 'list':
      for (const part of target.parts) targets(part, all)
      break
    case 'record':
      for (const entry of target.entries) targets(entry.value, all)
      break
    case 'set': return targets(target.target, all)
    case 'spread': return targets(target.of, all)
  }
}

/** The variable that a chain of members hangs on. */
function root(of: Node, all: Found): void {
  let base = of
  while (base.is === 'member') base = base.of
  if (base.is === 'name') all.content(base.name)
}
