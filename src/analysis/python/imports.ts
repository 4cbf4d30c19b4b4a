import { name, text } from '../flow/tree.ts'
import type { Node } from '../flow/tree.ts'
import { at, sequence, splitAt } from './syntax.ts'
import type { Leaf } from './syntax.ts'

/** `import a.b as c`, `from .a import (b as c)`, `from a import *`. */
export function imported(leaf: Leaf, said: (leaf: Leaf) => string, set: (target: Node, value: Node) => Node): Node {
  const here = at(leaf)
  const from = leaf.kids[0]?.type === 'from'
  const split = leaf.kids.findIndex((one) => one.type === 'import')
  const source = from ? leaf.kids.slice(1, split).map(said).join('') : ''
  const load = (module: string): Node => ({ is: 'import', module: text(module, here), at: here })
  /** `import a.b.c` also makes `b` a member of `a`, and `c` one of that. */
  const submodules = (dotted: string): Node[] => {
    const parts = dotted.split('.')
    return parts.slice(1).map((part, index) => {
      const above = parts.slice(0, index + 1)
      return set({ is: 'member', of: load(above.join('.')), key: text(part, here), at: here }, load([...above, part].join('.')))
    })
  }
  const sets = splitAt(leaf.kids.slice(split + 1), ',').flatMap((part): Node[] => {
    const words = part.map(said).filter((word) => word !== '(' && word !== ')')
    const as = words.indexOf('as')
    const dotted = (as < 0 ? words : words.slice(0, as)).join('')
    if (dotted === '') return []
    if (from) {
      if (dotted === '*') return [set(name('*', here), load(source))]
      // What is imported from a package may be a module of it.
      const member: Node = { is: 'member', of: load(source), key: text(dotted, here), at: here }
      const local = name(as < 0 ? dotted : words[as + 1] ?? dotted, here)
      if (/^\.+$/.test(source)) return [set(local, { is: 'group', parts: [member, load(source + dotted)], last: false, at: here })]
      return [set(member, load(`${source}.${dotted}`)), set(local, member)]
    }
    if (as >= 0) return [set(name(words[as + 1] ?? dotted, here), load(dotted))]
    const root = dotted.split('.')[0] ?? dotted
    return [set(name(root, here), load(root)), ...submodules(dotted)]
  })
  const [only] = sets
  return only && sets.length === 1 ? only : sequence(sets, here)
}
