import { parse } from 'meriyah'
import type { ESTree, Options } from 'meriyah'
import type { Source } from '../source.ts'
import { group, name, nothing, text } from '../flow/tree.ts'
import type { At, Entry, Func, Node } from '../flow/tree.ts'
import { lowerTokens } from './loose.ts'

/** Any node of the tree, read by its type: ESTree's union is too wide to narrow child by child. */
type Tree = { type: string; start?: number; end?: number } & Record<string, unknown>

const COMMON: Options = { next: true, ranges: true, webcompat: true, jsx: true }
const WAYS: readonly Options[] = [{ ...COMMON, sourceType: 'commonjs' }, { ...COMMON, sourceType: 'module' }]

/**
 * JavaScript as the flow engine's tree. What the parser refuses is read token by token: calls are still found.
 * Throws RangeError on nesting that is too deep to follow.
 */
export function lowerJavaScript(source: Source): readonly Node[] {
  const code = source.text.startsWith('#!') ? `//${source.text.slice(2)}` : source.text
  for (const way of WAYS) {
    let program: ESTree.Program
    try {
      program = parse(code, way)
    } catch (thrown) {
      if (thrown instanceof RangeError) throw thrown
      continue
    }
    return block(program.body)
  }
  return lowerTokens(code)
}

const at = (tree: Tree): At => [tree.start ?? 0, tree.end ?? 0]
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && typeof (value as Tree).type === 'string'

/** Function declarations first: they are hoisted. */
function block(body: unknown): Node[] {
  if (!Array.isArray(body)) return [lower(body)]
  const hoisted = body.filter((statement) => isTree(statement) && statement.type === 'FunctionDeclaration')
  return [...hoisted, ...body.filter((statement) => !hoisted.includes(statement))].map(lower)
}

function list(value: unknown): Node[] {
  return Array.isArray(value) ? value.map(lower) : []
}

function lower(value: unknown): Node {
  if (!isTree(value)) return nothing([0, 0])
  const tree = value
  const here = at(tree)
  switch (tree.type) {
    case 'Literal': return typeof tree.value === 'string' || typeof tree.value === 'number' ? text(String(tree.value), here) : nothing(here)
    case 'Identifier': case 'PrivateIdentifier': return name(String(tree.name), here)
    case 'ThisExpression': return name('this', here)
    case 'TemplateLiteral': return template(tree, here)
    case 'TaggedTemplateExpression': return { is: 'call', callee: lower(tree.tag), args: [lower(tree.quasi)], named: [], made: false, at: here }
    case 'BinaryExpression': {
      const parts = spine(tree).map(lower)
      return tree.operator === '+' ? { is: 'join', parts, at: here } : group(parts.map(muted), here)
    }
    case 'LogicalExpression': return group(spine(tree).map(lower), here)
    case 'ConditionalExpression': {
      const either = group([lower(tree.consequent), lower(tree.alternate)], here)
      return { is: 'group', last: true, at: here, parts: [lower(tree.test), either] }
    }
    case 'SequenceExpression': return { is: 'group', parts: list(tree.expressions), last: true, at: here }
    case 'MemberExpression': return { is: 'member', of: lower(tree.object), key: key(tree), at: here }
    case 'CallExpression': case 'NewExpression':
      return { is: 'call', callee: lower(tree.callee), args: list(tree.arguments), named: [], made: tree.type === 'NewExpression', at: here }
    case 'ImportExpression': return { is: 'import', module: lower(tree.source), at: here }
    case 'ArrayExpression': case 'ArrayPattern': return { is: 'list', parts: list(tree.elements), at: here }
    case 'ObjectExpression': case 'ObjectPattern': return { is: 'record', entries: entries(tree.properties), at: here }
    case 'AssignmentExpression': return assignment(tree, here)
    case 'AssignmentPattern': return { is: 'set', target: lower(tree.left), value: lower(tree.right), declares: true, at: here }
    case 'RestElement': case 'SpreadElement': return group([lower(tree.argument)], here)
    case 'VariableDeclaration': return group((tree.declarations as Tree[]).map((one): Node =>
      ({ is: 'set', target: lower(one.id), value: lower(one.init), declares: true, at: at(one) })), here)
    case 'FunctionDeclaration':
      return { is: 'set', target: lower(tree.id ?? { type: 'Identifier', name: 'default' }), value: func(tree, null), declares: true, at: here }
    case 'FunctionExpression': case 'ArrowFunctionExpression': return func(tree, null)
    case 'ClassDeclaration': case 'ClassExpression': return classOf(tree, here)
    case 'ReturnStatement': return { is: 'return', value: lower(tree.argument), at: here }
    case 'ForOfStatement': case 'ForInStatement': return group([loop(tree, here), ...block(tree.body)], here)
    case 'BlockStatement': case 'StaticBlock': return group(block(tree.body), here)
    case 'ImportDeclaration': return imported(tree, here)
    case 'ExportNamedDeclaration': return group([lower(tree.declaration), ...exported(tree, here)], here)
    case 'ExportDefaultDeclaration': return toExports('default', lower(tree.declaration), here)
    case 'ExportAllDeclaration': return { is: 'import', module: lower(tree.source), at: here }
    default: return group(children(tree), here)
  }
}

/** Everything below a node of no special meaning; a statement's value is of no use to anybody. */
function children(tree: Tree): Node[] {
  const found: Node[] = []
  for (const field of Object.keys(tree)) {
    const value = tree[field]
    if (Array.isArray(value)) found.push(...block(value.filter(isTree)))
    else if (isTree(value)) found.push(lower(value))
  }
  return found
}

/** Comparisons and arithmetic carry nothing onward, but what is called in them is called. */
const muted = (node: Node): Node => ({ is: 'group', parts: [node, nothing(node.at)], last: true, at: node.at })

/** `a + b + c` is nested to the left as deep as it is long: unrolled without recursion. */
function spine(tree: Tree): unknown[] {
  const parts: unknown[] = []
  let left: unknown = tree
  while (isTree(left) && left.type === tree.type && left.operator === tree.operator) {
    parts.push(left.right)
    left = left.left
  }
  parts.push(left)
  return parts.reverse()
}

function template(tree: Tree, here: At): Node {
  const quasis = tree.quasis as Tree[]
  const inner = list(tree.expressions)
  const parts = quasis.flatMap((quasi, index): Node[] => {
    const cooked = (quasi.value as { cooked?: string | null }).cooked ?? ''
    const next = inner[index]
    return next ? [text(cooked, at(quasi)), next] : [text(cooked, at(quasi))]
  })
  return { is: 'join', parts, at: here }
}

function key(tree: Tree): Node {
  const property = tree.property as Tree
  return tree.computed ? lower(property) : text(String(property.name), at(property))
}

function entries(properties: unknown): Entry[] {
  return (properties as Tree[]).map((property) => {
    if (property.type !== 'Property') return { key: null, value: lower(property.argument) }
    const name = property.key as Tree
    const plain = !property.computed && name.type === 'Identifier' ? String(name.name) : name.type === 'Literal' ? String(name.value) : null
    return { key: plain, value: lower(property.value) }
  })
}

function assignment(tree: Tree, here: At): Node {
  const target = lower(tree.left)
  const right = lower(tree.right)
  const value: Node = tree.operator === '+=' ? { is: 'join', parts: [target, right], at: here } : right
  return { is: 'set', target, value, declares: false, at: here }
}

function func(tree: Tree, called: string | null): Func {
  const body = tree.body as Tree
  const expression = body.type !== 'BlockStatement'
  const own = isTree(tree.id) ? String(tree.id.name) : called
  return {
    is: 'function', name: own, params: list(tree.params), at: at(tree),
    body: expression ? [{ is: 'return', value: lower(body), at: at(body) }] : block(body.body),
  }
}

function classOf(tree: Tree, here: At): Node {
  const methods: Func[] = []
  const body: Node[] = []
  for (const member of (tree.body as Tree).body as Tree[]) {
    const named = isTree(member.key) ? String(member.key.name ?? member.key.value) : null
    if (member.type === 'MethodDefinition') methods.push(func(member.value as Tree, named))
    else body.push(lower(member.type === 'PropertyDefinition' ? member.value : member))
  }
  const made: Node = { is: 'class', bases: tree.superClass ? [lower(tree.superClass)] : [], methods, body, at: here }
  return isTree(tree.id) ? { is: 'set', target: lower(tree.id), value: made, declares: true, at: here } : made
}

function loop(tree: Tree, here: At): Node {
  const left = tree.left as Tree
  const target = left.type === 'VariableDeclaration' ? (left.declarations as Tree[])[0]?.id : left
  const any: Node = { is: 'member', of: lower(tree.right), key: nothing(here), at: here }
  return { is: 'set', target: lower(target), value: any, declares: left.type === 'VariableDeclaration', at: here }
}

function imported(tree: Tree, here: At): Node {
  const module: Node = { is: 'import', module: lower(tree.source), at: here }
  const sets = (tree.specifiers as Tree[]).map((one): Node => {
    const member = one.type === 'ImportSpecifier' ? String((one.imported as Tree).name) : one.type === 'ImportDefaultSpecifier' ? 'default' : null
    const value: Node = member === null ? module : { is: 'member', of: module, key: text(member, at(one)), at: here }
    return { is: 'set', target: lower(one.local), value, declares: true, at: here }
  })
  return sets.length > 0 ? group(sets, here) : module
}

function exported(tree: Tree, here: At): Node[] {
  const declaration = tree.declaration
  if (isTree(declaration)) {
    const ids = declaration.type === 'VariableDeclaration' ? (declaration.declarations as Tree[]).map((one) => one.id) : [declaration.id]
    return ids.filter(isTree).filter((id) => id.type === 'Identifier').map((id) => toExports(String(id.name), lower(id), here))
  }
  const module: Node | null = tree.source ? { is: 'import', module: lower(tree.source), at: here } : null
  return (tree.specifiers as Tree[]).map((one) => {
    const local = one.local as Tree
    const value: Node = module ? { is: 'member', of: module, key: text(String(local.name), here), at: here } : lower(local)
    return toExports(String((one.exported as Tree).name), value, here)
  })
}

const toExports = (member: string, value: Node, here: At): Node =>
  ({ is: 'set', target: { is: 'member', of: name('exports', here), key: text(member, here), at: here }, value, declares: false, at: here })
