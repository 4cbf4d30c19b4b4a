const MOST_STEPS = 32

export interface Reached {
  /** `Dependency.path`. */
  path: readonly string[]
  dev: boolean
  direct: boolean
}

/**
 * How each node is reached from the project, by breadth first: what production needs before what only development needs, so
 * that `dev` means that nothing else asks for it. Linear in nodes and edges; cycles end where they began.
 */
export function reach<Node>(roots: { production: Iterable<Node>; development: Iterable<Node> }, graph: {
  next(node: Node): Iterable<Node>
  name(node: Node): string
}): Map<Node, Reached> {
  const found = new Map<Node, Reached>()
  const from = (start: Iterable<Node>, dev: boolean): void => {
    const queue: Node[] = []
    const note = (node: Node, path: readonly string[], direct: boolean): void => {
      const known = found.get(node)
      if (known) {
        if (direct && !known.direct) found.set(node, { ...known, direct, path: [] })
        return
      }
      found.set(node, { path, dev, direct })
      queue.push(node)
    }
    for (const node of start) note(node, [], true)
    for (let at = 0; at < queue.length; at++) {
      const node = queue[at] as Node
      const path = longer((found.get(node) as Reached).path, graph.name(node))
      for (const next of graph.next(node)) note(next, path, false)
    }
  }
  from(roots.production, false)
  from(roots.development, true)
  return found
}

/** Paths of one length share no memory worth saving: they end at a bound. */
function longer(path: readonly string[], name: string): readonly string[] {
  if (path.length > MOST_STEPS) return path
  return [...path, path.length < MOST_STEPS ? name.slice(0, 300) : '…']
}

/** Adds to the list of a key. */
export function push<Key, Item>(map: Map<Key, Item[]>, key: Key, item: Item): void {
  const list = map.get(key)
  if (list) list.push(item)
  else map.set(key, [item])
}
