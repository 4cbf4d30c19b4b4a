import type { At, Entry, Func, Node } from '../flow/tree.ts'
import { NOWHERE, UNNAMED, endOf, name, nothing, span, startOf, text, trimmed } from '../flow/tree.ts'
import { both, pick, when } from '../flow/branch.ts'
import { exported, exportedAll, exportedDefault, imported } from './modules.ts'
import { at, empty, isTree, optional, sequence } from './syntax.ts'
import type { Tree } from './syntax.ts'

/** Statements in the order in which they run: function declarations are hoisted. */
export function lowerBlock(body: unknown): Node[] {
  if (!Array.isArray(body)) return [lower(body)]
  const hoisted: Node[] = []
  const rest: Node[] = []
  for (const statement of body as Tree[]) {
    const declared = statement.type.startsWith('Export') && isTree(statement.declaration) ? statement.declaration : statement
    ;(declared.type === 'FunctionDeclaration' ? hoisted : rest).push(lower(statement))
  }
  return hoisted.length === 0 ? trimmed(rest) : [...hoisted, ...rest]
}

const operate = (sign: string, parts: readonly Node[], here: At): Node => ({ is: 'operate', sign, parts, at: here })
const set = (target: Node, value: Node, declares: boolean, here: At): Node => ({ is: 'set', target, value, declares, at: here })
const leave = (here: At): Node => ({ is: 'jump', how: 'break', value: empty(here), at: here })
const or = (value: unknown, here: At): Node => (isTree(value) ? lower(value) : empty(here))
const all = (value: unknown): Node[] => (Array.isArray(value) ? value.map((one) => (isTree(one) ? lower(one) : nothing(NOWHERE))) : [])

function lower(value: unknown): Node {
  if (!isTree(value)) return nothing(NOWHERE)
  const tree = value
  const here = at(tree)
  switch (tree.type) {
    case 'Literal': return literal(tree, here)
    case 'Identifier': case 'JSXIdentifier': return name(String(tree.name), here)
    case 'PrivateIdentifier': return text(`#${String(tree.name)}`, here)
    case 'ThisExpression': return name('this', here)
    case 'Super': return name('super', here)
    case 'MetaProperty': return name(`${String((tree.meta as Tree).name)}.${String((tree.property as Tree).name)}`, here)
    case 'TemplateLiteral': return template(tree, here, 'cooked')
    case 'TaggedTemplateExpression': return tagged(tree, here)
    case 'BinaryExpression': return binary(tree)
    case 'LogicalExpression': return logical(tree, here)
    case 'UnaryExpression': return unary(tree, here)
    case 'UpdateExpression': return update(tree, here)
    case 'ConditionalExpression': case 'IfStatement': return branches(tree)
    case 'SequenceExpression': return sequence(all(tree.expressions), here)
    case 'MemberExpression': case 'CallExpression': return chain(tree)
    case 'NewExpression': return call(tree, lower(tree.callee), here)
    case 'ChainExpression': case 'ParenthesizedExpression': case 'ExpressionStatement': case 'JSXExpressionContainer':
      return lower(tree.expression)
    case 'AwaitExpression': return lower(tree.argument)
    case 'YieldExpression': return yielded(tree, here)
    case 'ImportExpression': return { is: 'import', module: lower(tree.source), at: here }
    case 'ArrayExpression': case 'ArrayPattern': return { is: 'list', parts: all(tree.elements), at: here }
    case 'ObjectExpression': case 'ObjectPattern': return { is: 'record', entries: entries(tree.properties), at: here }
    case 'AssignmentExpression': return assignment(tree, here)
    case 'AssignmentPattern': return set(lower(tree.left), lower(tree.right), true, here)
    case 'RestElement': case 'SpreadElement': case 'JSXSpreadChild': return { is: 'spread', of: lower(tree.argument ?? tree.expression), at: here }
    case 'VariableDeclaration': return sequence((tree.declarations as Tree[]).map((one) => set(lower(one.id), or(one.init, at(one)), true, at(one))), here)
    case 'FunctionDeclaration': return set(isTree(tree.id) ? lower(tree.id) : name('default', here), func(tree, null), true, here)
    case 'FunctionExpression': case 'ArrowFunctionExpression': return func(tree, null)
    case 'ClassDeclaration': case 'ClassExpression': return classOf(tree, here)
    case 'ReturnStatement': return { is: 'return', value: or(tree.argument, here), at: here }
    case 'ThrowStatement': return { is: 'jump', how: 'throw', value: lower(tree.argument), at: here }
    case 'BreakStatement': case 'ContinueStatement': {
      const label = isTree(tree.label) ? text(String(tree.label.name), at(tree.label)) : empty(here)
      return { is: 'jump', how: tree.type === 'BreakStatement' ? 'break' : 'continue', value: label, at: here }
    }
    case 'LabeledStatement': return sequence([text(String((tree.label as Tree).name), at(tree.label as Tree)), lower(tree.body)], here)
    case 'ForStatement':
      return { is: 'loop', start: or(tree.init, here), test: or(tree.test, here), step: or(tree.update, here), each: null, body: lower(tree.body), at: here }
    case 'WhileStatement':
      return { is: 'loop', start: empty(here), test: lower(tree.test), step: empty(here), each: null, body: lower(tree.body), at: here }
    case 'DoWhileStatement': return once(lower(tree.test), tree, here)
    case 'ForOfStatement': case 'ForInStatement': return each(tree, here)
    case 'SwitchStatement': return choice(tree, here)
    case 'TryStatement': return attempt(tree, here)
    case 'BlockStatement': case 'StaticBlock': return sequence(lowerBlock(tree.body), here)
    case 'EmptyStatement': case 'DebuggerStatement': case 'JSXEmptyExpression': return empty(here)
    case 'ImportDeclaration': return imported(tree, here, lower)
    case 'ExportNamedDeclaration': return exported(tree, here, lower)
    case 'ExportDefaultDeclaration': return exportedDefault(lower(tree.declaration), here)
    case 'ExportAllDeclaration': return exportedAll(tree, here, lower)
    case 'JSXElement': return element(tree, here)
    case 'JSXFragment': return sequence(all(tree.children), here)
    case 'JSXText': return text(String(tree.value), here)
    case 'JSXMemberExpression':
      return { is: 'member', of: lower(tree.object), key: text(String((tree.property as Tree).name), here), at: here }
    default: return sequence(children(tree), here)
  }
}

/** Everything below a node of no special meaning. */
function children(tree: Tree): Node[] {
  const found: Node[] = []
  for (const field of Object.keys(tree)) {
    const value = tree[field]
    if (Array.isArray(value)) for (const one of value) { if (isTree(one)) found.push(lower(one)) }
    else if (isTree(value)) found.push(lower(value))
  }
  return found
}

function literal(tree: Tree, here: At): Node {
  const { value } = tree
  if (isTree(tree.regex) || tree.regex) {
    const { pattern, flags } = tree.regex as { pattern: string; flags: string }
    return { is: 'call', callee: name('RegExp', here), args: [text(pattern, here), text(flags, here)], named: UNNAMED, made: false, at: here }
  }
  if (typeof value === 'string') return text(value, here)
  if (typeof value === 'number' || typeof value === 'bigint') return { is: 'number', value: Number(value), at: here }
  return name(String(value), here)
}

function template(tree: Tree, here: At, form: 'cooked' | 'raw'): Node {
  const inner = all(tree.expressions)
  const parts: Node[] = []
  ;(tree.quasis as Tree[]).forEach((quasi, index) => {
    const said = (quasi.value as { cooked?: string | null; raw?: string })[form] ?? ''
    if (said !== '' || index === 0) parts.push(text(said, at(quasi)))
    const next = inner[index]
    if (next) parts.push(next)
  })
  const [only] = parts
  return parts.length === 1 && only?.is === 'text' ? text(only.value, here) : { is: 'join', parts, at: here }
}

function tagged(tree: Tree, here: At): Node {
  const tag = tree.tag as Tree
  const raw = tag.type === 'MemberExpression' && (tag.object as Tree).name === 'String' && (tag.property as Tree).name === 'raw'
  if (raw) return template(tree.quasi as Tree, here, 'raw')
  return { is: 'call', callee: lower(tag), args: [lower(tree.quasi)], named: UNNAMED, made: false, at: here }
}

/** `a + b - c` is nested to the left as deep as it is long: followed without recursion; sums become one join. */
function binary(tree: Tree): Node {
  const spine: Tree[] = []
  let left = tree
  while (left.type === 'BinaryExpression') {
    spine.push(left)
    left = left.left as Tree
  }
  let node = lower(left)
  let sum: Node[] | null = null
  for (let i = spine.length - 1; i >= 0; i--) {
    const one = spine[i] as Tree
    const right = lower(one.right)
    if (one.operator !== '+') {
      sum = null
      node = operate(String(one.operator), [node, right], at(one))
    } else if (sum) {
      sum.push(right)
      node = { is: 'join', parts: sum, at: at(one) }
    } else node = { is: 'join', parts: sum = [node, right], at: at(one) }
  }
  return node
}

function logical(tree: Tree, here: At): Node {
  const parts: Node[] = []
  let left = tree
  while (left.type === 'LogicalExpression' && left.operator === tree.operator) {
    parts.push(lower(left.right))
    left = left.left as Tree
  }
  parts.push(lower(left))
  if (tree.operator !== '&&') return { is: 'group', parts: parts.reverse(), last: false, at: here }
  return parts.reduceRight((test, then): Node => both(test, then, span(startOf(test.at), endOf(then.at))))
}

function unary(tree: Tree, here: At): Node {
  const value = lower(tree.argument)
  if (tree.operator === '-' && value.is === 'number') return { is: 'number', value: -value.value, at: here }
  return operate(String(tree.operator), [value], here)
}

/** `i++` is worth what `i` was: the step taken back from what it has become. */
function update(tree: Tree, here: At): Node {
  const [step, back] = tree.operator === '++' ? ['++', '--'] : ['--', '++']
  const target = lower(tree.argument)
  const changed = set(target, operate(step, [target], here), false, here)
  return tree.prefix ? changed : operate(back, [changed], here)
}

function assignment(tree: Tree, here: At): Node {
  const target = lower(tree.left)
  const right = lower(tree.right)
  const sign = String(tree.operator).slice(0, -1)
  if (sign === '') return set(target, right, false, here)
  if (sign === '+') return set(target, { is: 'join', parts: [target, right], at: here }, false, here)
  if (sign === '&&') return both(target, set(target, right, false, here), here)
  const value: Node = sign === '||' || sign === '??' ? { is: 'group', parts: [target, right], last: false, at: here } : operate(sign, [target, right], here)
  return set(target, value, false, here)
}

/** `else if` and `a ? b : c ? d : e` lean to the right as deep as they are long: followed without recursion. */
function branches(tree: Tree): Node {
  const spine: Tree[] = []
  let rest: unknown = tree
  while (isTree(rest) && rest.type === tree.type) {
    spine.push(rest)
    rest = rest.alternate
  }
  const choose = tree.type === 'IfStatement' ? when : pick
  const last = spine.at(-1) as Tree
  let node = or(rest, span(endOf(at(last)), endOf(at(last))))
  for (let i = spine.length - 1; i >= 0; i--) {
    const one = spine[i] as Tree
    node = choose(lower(one.test), lower(one.consequent), node, at(one))
  }
  return node
}

/** `a.b().c().d()` leans to the left as deep as it is long: followed without recursion. */
function chain(tree: Tree): Node {
  const inner = below(tree)
  if (!isLink(inner)) return link(tree, lower(inner))
  const innermost = below(inner)
  // `a.b` and `a.b()`: what most chains are needs no list.
  if (!isLink(innermost)) return link(tree, link(inner, lower(innermost)))
  const spine: Tree[] = []
  let left = tree
  for (;;) {
    if (!isLink(left)) break
    spine.push(left)
    left = below(left)
  }
  let node = lower(left)
  for (let i = spine.length - 1; i >= 0; i--) node = link(spine[i] as Tree, node)
  return node
}

const isLink = ({ type }: Tree): boolean => type === 'MemberExpression' || type === 'CallExpression'

/** What a member or a call is of, brackets around it left out. */
function below(tree: Tree): Tree {
  let inner = (tree.type === 'MemberExpression' ? tree.object : tree.callee) as Tree
  while (inner.type === 'ChainExpression' || inner.type === 'ParenthesizedExpression') inner = inner.expression as Tree
  return inner
}

function link(tree: Tree, of: Node): Node {
  return tree.type === 'CallExpression' ? call(tree, of, at(tree)) : { is: 'member', of, key: key(tree), at: at(tree) }
}

function call(tree: Tree, callee: Node, here: At): Node {
  const args = all(tree.arguments)
  return direct(callee, args, here) ?? { is: 'call', callee, args, named: UNNAMED, made: tree.type === 'NewExpression', at: here }
}

/** `o.m.call(o, …)`, `o.m.apply(o, […])`, `o.m.bind(o)` and `Reflect.get(o, 'm')` say what `o.m(…)` and `o.m` say. */
function direct(callee: Node, args: readonly Node[], at: At): Node | null {
  if (callee.is !== 'member' || callee.key.is !== 'text') return null
  const [first, second] = args
  const how = callee.key.value
  const { of } = callee
  if (how === 'get' && of.is === 'name' && of.name === 'Reflect' && first && second && args.length === 2) return { is: 'member', of: first, key: second, at }
  if (of.is !== 'member' || of.of.is !== 'name' || first?.is !== 'name' || first.name !== of.of.name) return null
  if (how === 'bind') return args.length === 1 ? of : null
  if (how === 'call') return { is: 'call', callee: of, args: args.slice(1), named: UNNAMED, made: false, at }
  return how === 'apply' && second && args.length === 2 ? { is: 'call', callee: of, args: second.is === 'list' ? second.parts : [{ is: 'spread', of: second, at }], named: UNNAMED, made: false, at } : null
}

function key(tree: Tree): Node {
  const property = tree.property as Tree
  return tree.computed || property.type === 'PrivateIdentifier' ? lower(property) : text(String(property.name), at(property))
}

/** The name of a property, when it is written out. */
function plain(tree: Tree): string | null {
  const named = tree.key as Tree
  if (named.type === 'Literal') return String(named.value)
  if (named.type === 'PrivateIdentifier') return `#${String(named.name)}`
  return !tree.computed && named.type === 'Identifier' ? String(named.name) : null
}

function entries(properties: unknown): Entry[] {
  return (properties as Tree[]).map((property): Entry => {
    if (property.type !== 'Property') return { key: null, value: lower(property.argument) }
    const named = plain(property)
    const value = property.kind === 'get' ? got(property, named) : isAsked(property, named) ? lower(property.value) : unasked(property, named)
    return named === null ? { key: null, computed: lower(property.key), value } : { key: named, value }
  })
}

/** Setters, and functions that the language calls by itself, as `[Symbol.toPrimitive]` and `toString`. */
const isAsked = ({ kind, method, value }: Tree, named: string | null): boolean =>
  !isTree(value) || kind === 'init' && (method !== true || named !== null && !/^(?:toString|valueOf|toJSON|inspect)$/.test(named))

/** A function, which has been called. */
function unasked(property: Tree, named: string | null): Node {
  const made = func(property.value as Tree, named)
  return { is: 'group', parts: [{ is: 'call', callee: made, args: [], named: UNNAMED, made: false, at: made.at }, made], last: true, at: made.at }
}

/** Whoever reads the property calls the function. */
const got = (property: Tree, named: string | null): Node =>
  ({ is: 'call', callee: func(property.value as Tree, named), args: [], named: UNNAMED, made: false, at: at(property) })

function func(tree: Tree, called: string | null): Func {
  const body = tree.body as Tree
  return {
    is: 'function', name: isTree(tree.id) ? String(tree.id.name) : called, params: all(tree.params), at: at(tree),
    body: body.type === 'BlockStatement' ? lowerBlock(body.body) : [{ is: 'return', value: lower(body), at: at(body) }],
  }
}

/** What the language calls by itself, as it does with `[Symbol.iterator]` and getters. */
const UNASKED = /^(?:toString|valueOf|toJSON|then|next|inspect)$/

/** Fields are set by a nameless method, static ones where the class stands. */
function classOf(tree: Tree, here: At): Node {
  const own = isTree(tree.id) ? String(tree.id.name) : null
  const methods: Func[] = []
  const fields: Node[] = []
  const body: Node[] = []
  for (const member of (tree.body as Tree).body as Tree[]) {
    const place = at(member)
    for (const decorator of Array.isArray(member.decorators) ? member.decorators as Tree[] : []) body.push(lower(decorator))
    if (member.type === 'MethodDefinition') {
      const named = plain(member)
      if (named === null) body.push(lower(member.key))
      if (member.static && member.kind === 'get') body.push(got(member, named))
      const method = func(member.value as Tree, named)
      methods.push(named === null || member.kind === 'get' || member.kind === 'set' || UNASKED.test(named) ? { ...method, unasked: true } : method)
    }
    else if (member.type === 'PropertyDefinition' || member.type === 'AccessorProperty') {
      const named = plain(member)
      if (named === null) body.push(lower(member.key))
      const of = name(member.static ? own ?? 'this' : 'this', place)
      const field = named === null ? lower(member.key) : text(named, place)
      ;(member.static ? body : fields).push(set({ is: 'member', of, key: field, at: place }, or(member.value, place), false, place))
    } else body.push(lower(member))
  }
  if (fields.length > 0) methods.unshift({ is: 'function', name: null, params: [], body: fields, at: here })
  const made: Node = { is: 'class', name: own, bases: optional(tree.superClass, lower), methods, body, at: here }
  return tree.type === 'ClassDeclaration' ? set(name(own ?? 'default', here), made, true, here) : made
}

/** `do … while`: the test is what every round ends with, `continue` or not. */
function once(test: Node, tree: Tree, here: At): Node {
  const step = when(test, empty(here), leave(here), test.at)
  return { is: 'loop', start: empty(here), test: empty(here), step, each: null, body: lower(tree.body), at: here }
}

function each(tree: Tree, here: At): Node {
  const left = tree.left as Tree
  const declares = left.type === 'VariableDeclaration'
  const target = lower(declares ? (left.declarations as Tree[])[0]?.id : left)
  const right = lower(tree.right)
  const keys: Node = { is: 'member', of: name('Object', right.at), key: text('keys', right.at), at: right.at }
  const of: Node = tree.type === 'ForInStatement' ? { is: 'call', callee: keys, args: [right], named: UNNAMED, made: false, at: right.at } : right
  const body = lower(tree.body)
  return { is: 'loop', start: declares ? set(target, empty(here), true, here) : empty(here), test: empty(here), step: empty(here), each: { target, of }, body, at: here }
}

/**
 * A case is entered when it fits or the one before it was not left. Names with a space in them are nobody else's.
 * One round of a loop, so that `break` leaves it.
 */
function choice(tree: Tree, here: At): Node {
  const asked = name(`switch ${startOf(here)}`, here)
  const entered = name(`case ${startOf(here)}`, here)
  const cases = tree.cases as Tree[]
  const fits = cases.map((one) => (isTree(one.test) ? operate('===', [asked, lower(one.test)], at(one)) : null))
  const parts: Node[] = [set(asked, lower(tree.discriminant), true, here), set(entered, name('false', here), true, here)]
  cases.forEach((one, index) => {
    const place = at(one)
    const later = fits.slice(index + 1).filter((test) => test !== null)
    const fit = fits[index] ?? operate('!', [later.length === 0 ? name('false', place) : { is: 'group', parts: later, last: false, at: place }], place)
    const test: Node = { is: 'group', parts: [entered, fit], last: false, at: place }
    const entry = sequence([set(entered, name('true', place), false, place), ...lowerBlock(one.consequent)], place)
    parts.push(when(test, entry, empty(place), place))
  })
  return { is: 'loop', start: empty(here), test: empty(here), step: leave(here), each: null, body: sequence(parts, here), at: here }
}

function attempt(tree: Tree, here: At): Node {
  const handlers = isTree(tree.handler) ? [{ target: isTree(tree.handler.param) ? lower(tree.handler.param) : null, body: lower(tree.handler.body) }] : []
  return { is: 'try', body: lower(tree.block), handlers, last: or(tree.finalizer, here), at: here }
}

/** `yield x`: one more of the list that calling the function gives; worth what came back, which is `x` where it is awaited. */
function yielded(tree: Tree, here: At): Node {
  const value = name(`yield ${startOf(here)}`, here)
  const given: Node = tree.delegate ? value : { is: 'list', parts: [value], at: here }
  return sequence([set(value, or(tree.argument, here), true, here), { is: 'return', value: { is: 'spread', of: given, at: here }, at: here }, value], here)
}

/** A component is called with its properties; what is built in is a member of `JSX`. */
function element(tree: Tree, here: At): Node {
  const opening = tree.openingElement as Tree
  const tag = opening.name as Tree
  const own = tag.type === 'JSXIdentifier' && /^[a-z]/.test(String(tag.name))
  const callee: Node = own ? { is: 'member', of: name('JSX', at(tag)), key: text(String(tag.name), at(tag)), at: at(tag) } : lower(tag)
  const named = (opening.attributes as Tree[]).map((one): Entry => (one.type === 'JSXSpreadAttribute'
    ? { key: null, value: lower(one.argument) }
    : { key: String((one.name as Tree).name), value: isTree(one.value) ? lower(one.value) : name('true', at(one)) }))
  return { is: 'call', callee, args: all(tree.children), named, made: false, at: here }
}
