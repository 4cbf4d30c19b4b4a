import { name, span, text } from '../flow/tree.ts'
import type { At, Func, Node } from '../flow/tree.ts'
import { at, empty, isExpression, kid, sequence, splitAt } from './syntax.ts'
import type { Leaf, Lower } from './syntax.ts'

/** What definitions need of the lowering they are part of. */
export interface Lowering {
  said(leaf: Leaf): string
  lower: Lower
  body(leaf: Leaf | undefined): Node[]
  /** Reads with these names as the ones that an outer scope owns; null outside of functions. */
  within<T>(names: Set<string> | null, read: () => T): T
  items(leaves: readonly Leaf[]): Node[]
  set(target: Node, value: Node, here: At): Node
}

/** Functions, lambdas, classes, and what is decorated. */
export function lowerDefinition(leaf: Leaf, lowering: Lowering): Node {
  const here = at(leaf)
  switch (leaf.type) {
    case 'LambdaExpression': return func(leaf, lowering, false)
    case 'ClassDefinition': return classOf(leaf, lowering)
    case 'DecoratedStatement': return decorated(leaf, lowering)
    default: return { is: 'set', target: lowering.lower(kid(leaf, 'VariableName')), value: func(leaf, lowering, false), declares: true, at: here }
  }
}

function func(leaf: Leaf, lowering: Lowering, method: boolean): Func {
  const { said, lower, body, within } = lowering
  const params = splitAt((kid(leaf, 'ParamList')?.kids ?? []).filter((one) => one.type !== '(' && one.type !== ')'), ',')
    .flatMap((part) => param(part, lowering))
  const self = method ? params.shift() : undefined
  const own: Node[] = self ? [{ is: 'set', target: self, value: name('this', self.at), declares: true, at: self.at }] : []
  const inner = kid(leaf, 'Body')
  const result = within(new Set(), (): Node[] => (inner ? body(inner) : [{ is: 'return', value: lower(leaf.kids.at(-1)), at: at(leaf) }]))
  const called = kid(leaf, 'VariableName')
  return { is: 'function', name: called && leaf.type === 'FunctionDefinition' ? said(called) : null, params, body: [...own, ...result], at: at(leaf) }
}

/** `**names` is what a record of targets leaves. */
function param(leaves: readonly Leaf[], { lower }: Lowering): Node[] {
  const [first] = leaves
  const named = leaves.find((leaf) => leaf.type === 'VariableName')
  if (!first || !named) return []
  const target = lower(named)
  const here = span(first.from, leaves.at(-1)?.to ?? first.to)
  if (first.type === '*') return [{ is: 'spread', of: target, at: here }]
  if (first.type === '**') return [{ is: 'record', entries: [{ key: null, value: target }], at: here }]
  const value = leaves[leaves.findIndex((leaf) => leaf.type === 'AssignOp') + 1]
  return leaves.some((leaf) => leaf.type === 'AssignOp') ? [{ is: 'set', target, value: lower(value), declares: true, at: here }] : [target]
}

/** What a class sets for all of its objects, a nameless method sets for each. */
function classOf(leaf: Leaf, lowering: Lowering): Node {
  const { lower, within, said, items } = lowering
  const here = at(leaf)
  const methods: Func[] = []
  const rest: Node[] = []
  const fields: Node[] = []
  within(null, () => {
    for (const statement of kid(leaf, 'Body')?.kids ?? []) {
      const inner = statement.type === 'DecoratedStatement' ? kid(statement, 'FunctionDefinition') : statement
      const alone = statement.type === 'DecoratedStatement' && statement.kids.some((one) => one.type === 'Decorator' && /^@staticmethod\b/.test(said(one)))
      if (inner?.type === 'FunctionDefinition') methods.push(func(inner, lowering, !alone))
      else if (isExpression(statement)) {
        const node = lower(statement)
        rest.push(node)
        if (node.is === 'set' && node.target.is === 'name') {
          const field: Node = { is: 'member', of: name('this', node.at), key: text(node.target.name, node.at), at: node.at }
          fields.push({ is: 'set', target: field, value: node.target, declares: false, at: node.at })
        }
      }
    }
  })
  if (fields.length > 0) methods.unshift({ is: 'function', name: null, params: [], body: fields, at: here })
  const bases = items(splitAt(kid(leaf, 'ArgList')?.kids ?? [], ',').filter((part) => !part.some((one) => one.type === 'AssignOp')).flat())
  const named = kid(leaf, 'VariableName')
  const made: Node = { is: 'class', name: named ? said(named) : null, bases, methods, body: rest, at: here }
  return { is: 'set', target: lower(named), value: made, declares: true, at: here }
}

/** A decorator is handed the function, and may call it. */
function decorated(leaf: Leaf, lowering: Lowering): Node {
  const inner = lowering.lower(leaf.kids.at(-1))
  const target: Node = inner.is === 'set' ? inner.target : empty(at(leaf))
  const calls = leaf.kids.filter((one) => one.type === 'Decorator').map((decorator): Node =>
    ({ is: 'call', callee: dotted(decorator, lowering), args: [target], named: [], made: false, at: at(decorator) }))
  return sequence([inner, ...calls], at(leaf))
}

/** `@a.b(c)`. */
function dotted(decorator: Leaf, { said, lower, items }: Lowering): Node {
  const here = at(decorator)
  const list = kid(decorator, 'ArgList')
  const [first, ...rest] = decorator.kids.filter((one) => one.type === 'VariableName')
  const callee = rest.reduce<Node>((of, key) => ({ is: 'member', of, key: text(said(key), at(key)), at: here }), lower(first))
  return list ? { is: 'call', callee, args: items(list.kids.filter((one) => one.type !== 'AssignOp')), named: [], made: false, at: here } : callee
}
