import { both, pick, when } from '../flow/branch.ts'
import { NOWHERE, UNNAMED, endOf, name, span, startOf, text, trimmed } from '../flow/tree.ts'
import type { At, Entry, Node } from '../flow/tree.ts'
import type { Source } from '../source.ts'
import { comprehension, loopOf } from './comprehensions.ts'
import { lowerDefinition } from './definitions.ts'
import { imported } from './imports.ts'
import { formatted, percent } from './formats.ts'
import { lowerMatch } from './patterns.ts'
import { readNumber, readString } from './strings.ts'
import { at, empty, isExpression, kid, readTree, sequence, splitAt } from './syntax.ts'
import type { Leaf } from './syntax.ts'

const FOREIGN = /[^\0-\x7f]/
const COMPARES = new Set(['<', '>', '<=', '>=', '==', '!=', '<>', 'in', 'not in', 'is', 'is not'])

/**
 * Python 2 and 3 as the flow engine's tree. The parser gives a tree whatever it reads; broken parts are walked through.
 * Throws RangeError on nesting that is too deep to follow.
 *
 * Conventions as for JavaScript: `True`, `False` and `None` are names; what is absent is `nothing` on an empty stretch;
 * `a and b` is a branch without an otherwise; `a or b` a group; statement lists are groups with `last`; `yield x` returns a
 * spread; the first parameter of a method is `this`; `from m import *` sets the name `*`.
 */
export function lowerPython(source: Source): readonly Node[] {
  const code = source.text
  /** Names mean what they do in their plain letters (PEP 3131): `𝘦𝘷𝘢𝘭` is `eval`. */
  const said = (leaf: Leaf): string => {
    const spelled = code.slice(leaf.from, leaf.to)
    return (leaf.type === 'VariableName' || leaf.type === 'PropertyName') && FOREIGN.test(spelled) ? spelled.normalize('NFKC') : spelled
  }
  /** Names of the function at hand that belong to an outer one; null outside of functions. */
  let shared: Set<string> | null = null

  const within = <T>(names: Set<string> | null, read: () => T): T => {
    const outer = shared
    shared = names
    try {
      return read()
    } finally {
      shared = outer
    }
  }

  const set = (target: Node, value: Node, here: At): Node =>
    ({ is: 'set', target, value, declares: shared !== null && owned(names(target), shared), at: here })

  function body(leaf: Leaf | undefined): Node[] {
    const statements = (leaf?.kids ?? []).flatMap((one) => (one.type === 'StatementGroup' ? one.kids : [one]))
    const found: Node[] = []
    for (let i = 0; i < statements.length; i++) {
      const statement = statements[i] as Leaf
      const [error, next] = [statements[i + 1], statements[i + 2]]
      // Python 2's `exec code in names` and `print >>file, text`: the parser sees a statement, an error and another statement.
      const spoilt = error?.type === '⚠' && next?.type === 'ExpressionStatement' ? next : undefined
      if (spoilt && statement.type === 'ExpressionStatement' && said(statement).trim() === 'exec') {
        found.push(callOf('exec', [lower(executed(spoilt))], span(statement.from, spoilt.to)))
        i += 2
      } else if (spoilt && statement.type === 'PrintStatement' && kid(statement, '⚠')) {
        const callee: Node = { is: 'member', of: lower(statement.kids.at(-1)), key: text('write', at(statement)), at: at(statement) }
        found.push({ is: 'call', callee, args: [lower(spoilt)], named: UNNAMED, made: false, at: span(statement.from, spoilt.to) })
        i += 2
      } else if (isExpression(statement)) found.push(lower(statement))
    }
    return trimmed(found)
  }

  /** The code in `code in names`. */
  function executed(statement: Leaf): Leaf | undefined {
    const [first] = statement.kids
    return first?.type === 'BinaryExpression' && kid(first, 'in') ? first.kids[0] : first
  }

  function lower(leaf: Leaf | undefined): Node {
    if (!leaf) return empty(NOWHERE)
    const here = at(leaf)
    const { kids } = leaf
    switch (leaf.type) {
      case 'Script': case 'Body': return sequence(body(leaf), here)
      case 'VariableName': case 'Boolean': case 'None': case 'PropertyName': return name(said(leaf), here)
      case 'Number': return { is: 'number', value: readNumber(said(leaf)), at: here }
      case 'String': case 'ContinuedString': case 'FormatString': return string(leaf, here)
      case 'CallExpression': case 'MemberExpression': return chain(leaf)
      case 'BinaryExpression': return binary(leaf)
      case 'UnaryExpression': return unary(leaf, here)
      case 'ConditionalExpression': return conditional(leaf)
      case 'ExpressionStatement': return tuple(kids, here)
      case 'ParenthesizedExpression': {
        const inner = kids.find(isExpression)
        return kid(leaf, '*') ? { is: 'spread', of: lower(inner), at: here } : lower(inner)
      }
      case 'ArrayExpression': case 'TupleExpression': case 'SetExpression': return { is: 'list', parts: items(kids), at: here }
      case 'ComprehensionExpression': case 'ArrayComprehensionExpression': case 'SetComprehensionExpression':
        return comprehension(kids.slice(1), here, lower)
      case 'DictionaryExpression': return { is: 'record', entries: entries(kids), at: here }
      case 'DictionaryComprehensionExpression': return { is: 'record', entries: [{ key: null, value: comprehension(kids.slice(1), here, lower) }], at: here }
      case 'AssignStatement': return assign(leaf, here)
      case 'UpdateStatement': return update(leaf, here)
      case 'NamedExpression': return set(lower(kids[0]), lower(kids[2]), here)
      case 'FunctionDefinition': case 'LambdaExpression': case 'ClassDefinition': case 'DecoratedStatement':
        return lowerDefinition(leaf, { said, lower, body, within, items, set })
      case 'ReturnStatement': return { is: 'return', value: kids.length > 1 ? tuple(kids.slice(1), here) : empty(span(endOf(here), endOf(here))), at: here }
      case 'YieldStatement': return yielded(leaf, here)
      case 'YieldExpression': {
        const given = name(`yield ${leaf.from}`, here)
        return sequence([yielded(leaf, here, given), given], here)
      }
      case 'AwaitExpression': return lower(kids[1])
      case 'IfStatement': return branches(kids, here)
      case 'WhileStatement': return loopOf(leaf, null, lower)
      case 'ForStatement': return loopOf(leaf, (leaves) => tuple(leaves, here), lower)
      case 'MatchStatement': return lowerMatch(leaf, { lower, set, said })
      case 'TryStatement': return attempt(kids, here)
      case 'WithStatement': return withOf(kids, here)
      case 'ImportStatement': return imported(leaf, said, (target, value) => set(target, value, here))
      case 'BreakStatement': case 'ContinueStatement': case 'RaiseStatement': {
        const how = leaf.type === 'BreakStatement' ? 'break' : leaf.type === 'ContinueStatement' ? 'continue' : 'throw'
        return { is: 'jump', how, value: kids[1] ? lower(kids[1]) : empty(here), at: here }
      }
      case 'PrintStatement': return callOf('print', kids.slice(1).filter((one) => isExpression(one) && one.type !== '⚠').map(lower), here)
      case 'DeleteStatement': return { is: 'operate', sign: 'del', parts: items(kids), at: here }
      case 'ScopeStatement':
        for (const one of kids) if (one.type === 'VariableName') shared?.add(said(one))
        return empty(here)
      default: return sequence(kids.filter(isExpression).map(lower), here)
    }
  }

  const callOf = (callee: string, args: readonly Node[], here: At): Node => ({ is: 'call', callee: name(callee, here), args, named: UNNAMED, made: false, at: here })

  /** Expressions between commas, starred ones spread. */
  function items(leaves: readonly Leaf[]): Node[] {
    const found: Node[] = []
    leaves.forEach((leaf, index) => {
      if (isExpression(leaf)) found.push(leaves[index - 1]?.type === '*' ? { is: 'spread', of: lower(leaf), at: at(leaf) } : lower(leaf))
    })
    return trimmed(found)
  }

  /** One expression, or the tuple that commas make. */
  function tuple(leaves: readonly Leaf[], here: At): Node {
    const parts = items(leaves)
    const [only] = parts
    return only && parts.length === 1 && !leaves.some((leaf) => leaf.type === ',') ? only : { is: 'list', parts, at: here }
  }

  /** Literals side by side are one literal. */
  function string(leaf: Leaf, here: At): Node {
    if (leaf.type === 'String') {
      const { value, bytes } = readString(said(leaf))
      return bytes ? { is: 'bytes', value, at: here } : text(value, here)
    }
    const pieces = leaf.type === 'ContinuedString' ? leaf.kids : [leaf]
    if (pieces.some((piece) => piece.type === 'FormatString')) {
      return { is: 'join', at: here, parts: pieces.flatMap((piece) => (piece.type === 'FormatString' ? formatted(piece, code, lower) : [string(piece, at(piece))])) }
    }
    const read = pieces.map((piece) => readString(said(piece)))
    const value = read.map((one) => one.value).join('')
    return read.some((one) => one.bytes) ? { is: 'bytes', value, at: here } : text(value, here)
  }

  /** `a.b().c()[0]` leans to the left as deep as it is long: followed without recursion. */
  function chain(leaf: Leaf): Node {
    const [inner] = leaf.kids
    if (!isLink(inner)) return link(leaf, lower(inner))
    const [innermost] = inner.kids
    // `a.b` and `a.b()`: what most chains are needs no list.
    if (!isLink(innermost)) return link(leaf, link(inner, lower(innermost)))
    const spine: Leaf[] = []
    let left: Leaf | undefined = leaf
    while (isLink(left)) {
      spine.push(left)
      left = left.kids[0]
    }
    let node = lower(left)
    for (let i = spine.length - 1; i >= 0; i--) node = link(spine[i] as Leaf, node)
    return node
  }

  const link = (leaf: Leaf, of: Node): Node => (leaf.type === 'CallExpression' ? call(leaf, of) : member(leaf, of))

  function call(leaf: Leaf, callee: Node): Node {
    const args: Node[] = []
    const named: Entry[] = []
    for (const part of arguments_(kid(leaf, 'ArgList')?.kids.slice(1, -1) ?? [])) {
      const [first, second, third] = part
      if (!first) continue
      if (second?.type === 'AssignOp') named.push({ key: said(first), value: lower(third) })
      else if (first.type === '**') named.push({ key: null, value: lower(second) })
      else if (first.type === '*') args.push({ is: 'spread', of: lower(second), at: span(first.from, second?.to ?? first.to) })
      else if (part.some((one) => one.type === 'for')) args.push(comprehension(part, span(first.from, part.at(-1)?.to ?? first.to), lower))
      else args.push(...part.filter(isExpression).map(lower))
    }
    return { is: 'call', callee, args: trimmed(args), named: named.length === 0 ? UNNAMED : trimmed(named), made: false, at: at(leaf) }
  }

  /** Arguments between commas; the commas after `for` belong to its targets. */
  function arguments_(leaves: readonly Leaf[]): Leaf[][] {
    const found: Leaf[][] = [[]]
    let targets = false
    for (const leaf of leaves) {
      if (leaf.type === 'for') targets = true
      else if (leaf.type === 'in') targets = false
      if (leaf.type === ',' && !targets) found.push([])
      else found.at(-1)?.push(leaf)
    }
    return found
  }

  function member(leaf: Leaf, of: Node): Node {
    const here = at(leaf)
    const [, open, ...rest] = leaf.kids
    if (open?.type !== '[') return { is: 'member', of, key: rest[0] ? text(said(rest[0]), at(rest[0])) : empty(here), at: here }
    const inside = rest.filter((one) => one.type !== ']')
    if (!inside.some((one) => one.type === ':') || inside.some((one) => one.type === ',')) return { is: 'member', of, key: tuple(inside, here), at: here }
    const parts = splitAt(inside, ':').map((part) => (part[0] ? lower(part[0]) : empty(here)))
    while (parts.length < 3) parts.push(empty(here))
    return { is: 'member', of, key: { is: 'list', parts, at: here }, slice: true, at: here }
  }

  /** `a + b - c` leans to the left as deep as it is long: followed without recursion; sums become one join. */
  function binary(leaf: Leaf): Node {
    const spine: Leaf[] = []
    let left: Leaf | undefined = leaf
    while (left?.type === 'BinaryExpression') {
      spine.push(left)
      left = left.kids[0]
    }
    let node = lower(left)
    let sum: Node[] | null = null
    let compared: Node | null = null
    for (let i = spine.length - 1; i >= 0; i--) {
      const one = spine[i] as Leaf
      const here = at(one)
      const sign = one.kids.slice(1, -1).map(said).join(' ')
      const last = one.kids.at(-1)
      const right = lower(last)
      if (sign === '+' && sum) sum.push(right)
      sum = sign === '+' ? sum ?? [node, right] : null
      if (sum) node = { is: 'join', parts: sum, at: here }
      else if (sign === 'or') node = node.is === 'group' && !node.last && spine[i + 1] ? { ...node, parts: grown(node.parts, right), at: here } : { is: 'group', parts: [node, right], last: false, at: here }
      else if (sign === 'and') node = both(node, right, here)
      else if (sign === '%' && node.is === 'text' && last) node = percent(node.value, right, last.type === 'TupleExpression', here)
      else {
        const test: Node = { is: 'operate', sign, parts: [compared ?? node, right], at: here }
        node = compared ? both(node, test, here) : test
      }
      compared = COMPARES.has(sign) ? right : null
    }
    return node
  }

  function unary(leaf: Leaf, here: At): Node {
    const sign = leaf.kids[0] ? said(leaf.kids[0]) : ''
    const value = lower(leaf.kids[1])
    if (sign === '-' && value.is === 'number') return { is: 'number', value: -value.value, at: here }
    return { is: 'operate', sign, parts: [value], at: here }
  }

  function conditional(leaf: Leaf): Node {
    const spine: Leaf[] = []
    let rest: Leaf | undefined = leaf
    while (rest?.type === 'ConditionalExpression') {
      spine.push(rest)
      rest = rest.kids[4]
    }
    return spine.reduceRight((otherwise, one) => pick(lower(one.kids[2]), lower(one.kids[0]), otherwise, at(one)), lower(rest))
  }

  function entries(leaves: readonly Leaf[]): Entry[] {
    return splitAt(leaves.slice(1, -1), ',').filter((part) => part.length > 1).map((part): Entry => {
      const [first, , value] = part
      if (first?.type === '**') return { key: null, value: lower(part[1]) }
      const key = lower(first)
      return key.is === 'text' ? { key: key.value, value: lower(value) } : { key: null, computed: key, value: lower(value) }
    })
  }

  function assign(leaf: Leaf, here: At): Node {
    const groups = splitAt(leaf.kids.filter((one) => one.type !== 'TypeDef'), 'AssignOp')
    if (groups.length === 1) return empty(here)
    const value = tuple(groups.at(-1) ?? [], here)
    return groups.slice(0, -1).reduceRight<Node>((inner, target) => set(tuple(target, here), inner, here), value)
  }

  function update(leaf: Leaf, here: At): Node {
    const [first, operator, ...rest] = leaf.kids
    const target = lower(first)
    const value = tuple(rest, here)
    const sign = operator ? said(operator).slice(0, -1) : ''
    return set(target, sign === '+' ? { is: 'join', parts: [target, value], at: here } : { is: 'operate', sign, parts: [target, value], at: here }, here)
  }

  /** One more of the list that calling the function gives. */
  function yielded(leaf: Leaf, here: At, kept?: Node): Node {
    const [, first, ...rest] = leaf.kids
    const from = first?.type === 'from'
    const value = first ? tuple(from ? rest : leaf.kids.slice(1), here) : empty(here)
    const given = kept ? set(kept, value, here) : value
    return { is: 'return', value: { is: 'spread', of: from ? given : { is: 'list', parts: [given], at: here }, at: here }, at: here }
  }

  function branches(leaves: readonly Leaf[], here: At): Node {
    const arms: { test: Node; yes: Node; from: number }[] = []
    let otherwise = empty(span(endOf(here), endOf(here)))
    leaves.forEach((leaf, index) => {
      if (leaf.type !== 'Body') return
      const test = leaves[index - 1]
      if (test?.type === 'else') otherwise = lower(leaf)
      else arms.push({ test: test && isExpression(test) ? lower(test) : empty(here), yes: lower(leaf), from: test?.from ?? leaf.from })
    })
    return arms.reduceRight((rest, { test, yes, from }) => when(test, yes, rest, span(from, endOf(here))), otherwise)
  }

  /** What stands in `else` belongs to the end of the tried body. */
  function attempt(leaves: readonly Leaf[], here: At): Node {
    const tried: Node[] = []
    const handlers: { target: Node | null; body: Node }[] = []
    let last = empty(here)
    let word = 'try'
    let target: Node | null = null
    leaves.forEach((leaf, index) => {
      if (leaf.type === 'Body') {
        if (word === 'try' || word === 'else') tried.push(lower(leaf))
        else if (word === 'except') handlers.push({ target, body: lower(leaf) })
        else last = lower(leaf)
        target = null
      } else if (leaf.type === 'try' || leaf.type === 'except' || leaf.type === 'else' || leaf.type === 'finally') word = leaf.type
      else if (leaf.type === 'as' || leaf.type === ',') target = lower(leaves[index + 1])
    })
    return { is: 'try', body: sequence(tried, here), handlers, last, at: here }
  }

  function withOf(leaves: readonly Leaf[], here: At): Node {
    const inside = leaves.filter((leaf) => leaf.type !== 'with' && leaf.type !== 'async')
    const opened = splitAt(inside.filter((leaf) => leaf.type !== 'Body'), ',').map((part): Node => {
      const [value, as, target] = part
      return as?.type === 'as' && target ? set(lower(target), lower(value), span(value?.from ?? startOf(here), target.to)) : lower(value)
    })
    return sequence([...opened, ...inside.filter((leaf) => leaf.type === 'Body').map(lower)], here)
  }

  return body(readTree(code))
}

const isLink = (leaf: Leaf | undefined): leaf is Leaf => leaf?.type === 'CallExpression' || leaf?.type === 'MemberExpression'

const owned = (bound: readonly string[], shared: ReadonlySet<string>): boolean => bound.length > 0 && !bound.some((one) => shared.has(one))

/** Names that a target binds. */
function names(target: Node): string[] {
  if (target.is === 'name') return [target.name]
  if (target.is === 'spread') return names(target.of)
  return target.is === 'list' ? target.parts.flatMap(names) : []
}

/** Parts of a long `a or b or c` gathered in one array: copying it for each would take quadratic time. */
function grown(parts: readonly Node[], part: Node): readonly Node[] {
  ;(parts as Node[]).push(part)
  return parts
}
