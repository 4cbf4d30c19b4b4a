import { name, text } from '../flow/tree.ts'
import type { At, Node } from '../flow/tree.ts'
import { at, isTree, sequence } from './syntax.ts'
import type { Lower, Tree } from './syntax.ts'

/** A name, or the text that stands for one: `export { x as 'y z' }`. */
const named = (tree: unknown): string => String((tree as Tree).name ?? (tree as Tree).value)
const load = (tree: Tree, here: At, lower: Lower): Node => ({ is: 'import', module: lower(tree.source), at: here })
const member = (of: Node, key: string, here: At): Node => ({ is: 'member', of, key: text(key, here), at: here })
const toExports = (key: string, value: Node, here: At): Node =>
  ({ is: 'set', target: member(name('exports', here), key, here), value, declares: false, at: here })

/** `import a, { b as c }, * as d from 'm'`. */
export function imported(tree: Tree, here: At, lower: Lower): Node {
  const module = load(tree, here, lower)
  const sets = (tree.specifiers as Tree[]).map((one): Node => {
    const key = one.type === 'ImportSpecifier' ? named(one.imported) : one.type === 'ImportDefaultSpecifier' ? 'default' : null
    return { is: 'set', target: lower(one.local), value: key === null ? module : member(module, key, at(one)), declares: true, at: here }
  })
  return sets.length > 0 ? sequence(sets, here) : module
}

/** `export const a = …`, `export { a as b }`, `export { a } from 'm'`. */
export function exported(tree: Tree, here: At, lower: Lower): Node {
  const { declaration } = tree
  if (isTree(declaration)) {
    const targets = declaration.type === 'VariableDeclaration' ? (declaration.declarations as Tree[]).map((one) => one.id) : [declaration.id]
    const names = targets.flatMap((target) => bound(lower(target)))
    return sequence([lower(declaration), ...names.map((one) => toExports(one, name(one, here), here))], here)
  }
  const module = tree.source ? load(tree, here, lower) : null
  const sets = (tree.specifiers as Tree[]).map((one) =>
    toExports(named(one.exported), module ? member(module, named(one.local), here) : lower(one.local), here))
  return module && sets.length === 0 ? module : sequence(sets, here)
}

export const exportedDefault = (value: Node, here: At): Node =>
  (value.is === 'set' ? sequence([value, toExports('default', value.target, here)], here) : toExports('default', value, here))

/** `export * from 'm'` copies whatever the module has. */
export function exportedAll(tree: Tree, here: At, lower: Lower): Node {
  const module = load(tree, here, lower)
  if (isTree(tree.exported)) return toExports(named(tree.exported), module, here)
  const callee = member(name('Object', here), 'assign', here)
  return { is: 'call', callee, args: [name('exports', here), module], named: [], made: false, at: here }
}

/** The names that a target binds. */
function bound(target: Node): string[] {
  switch (target.is) {
    case 'name': return [target.name]
    case 'list': return target.parts.flatMap(bound)
    case 'record': return target.entries.flatMap((entry) => bound(entry.value))
    case 'set': return bound(target.target)
    case 'spread': return bound(target.of)
    default: return []
  }
}
