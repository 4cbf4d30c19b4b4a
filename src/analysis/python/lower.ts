import { parser } from '@lezer/python'
import type { Source } from '../source.ts'
import { group, name, nothing, text } from '../flow/tree.ts'
import type { At, Entry, Func, Node } from '../flow/tree.ts'
import { pieces, plainString } from './strings.ts'

type SyntaxNode = ReturnType<typeof parser.parse>['topNode']

/** Python 2 and 3 as the flow engine's tree. The parser gives a tree whatever it reads; broken parts are walked through. */
export function lowerPython(source: Source): readonly Node[] {
  const code = source.text
  const at = (node: SyntaxNode): At => [node.from, node.to]
  const said = (node: SyntaxNode): string => code.slice(node.from, node.to)

  function kids(node: SyntaxNode): SyntaxNode[] {
    const found: SyntaxNode[] = []
    for (let child = node.firstChild; child; child = child.nextSibling) if (child.name !== 'Comment') found.push(child)
    return found
  }

  function body(statements: readonly SyntaxNode[]): Node[] {
    return statements.map((statement, index) => {
      // Python 2's `exec code`: the parser sees a name and then a statement.
      const next = statements[index + 1]?.name === '⚠' ? statements[index + 2] : statements[index + 1]
      return statement.name === 'ExpressionStatement' && said(statement).trim() === 'exec' && next
        ? { is: 'call', callee: name('exec', at(statement)), args: [lower(next)], named: [], made: false, at: [statement.from, next.to] }
        : lower(statement)
    })
  }

  function lower(node: SyntaxNode | null | undefined): Node {
    if (!node) return nothing([0, 0])
    const here = at(node)
    switch (node.name) {
      case 'Script': case 'Body': return group(body(kids(node)), here)
      case 'VariableName': return name(said(node), here)
      case 'Number': return text(said(node), here)
      case 'String': return text(plainString(said(node)), here)
      case 'ContinuedString': return { is: 'join', parts: kids(node).map(lower), at: here }
      case 'FormatString': return formatString(node)
      case 'CallExpression': return call(node)
      case 'MemberExpression': return member(node)
      case 'BinaryExpression': return binary(node)
      case 'ConditionalExpression': case 'ParenthesizedExpression': return group(kids(node).map(lower), here)
      case 'ArrayExpression': case 'TupleExpression': case 'SetExpression':
        return { is: 'list', parts: kids(node).filter(isExpression).map(lower), at: here }
      case 'DictionaryExpression': return { is: 'record', entries: entries(node), at: here }
      case 'AssignStatement': return assign(node)
      case 'UpdateStatement': {
        const [target, , value] = kids(node)
        return { is: 'set', target: lower(target), value: { is: 'join', parts: [lower(target), lower(value)], at: here }, declares: false, at: here }
      }
      case 'NamedExpression': {
        const [target, , value] = kids(node)
        return { is: 'set', target: lower(target), value: lower(value), declares: false, at: here }
      }
      case 'FunctionDefinition':
        return { is: 'set', target: lower(node.getChild('VariableName')), value: func(node, false), declares: true, at: here }
      case 'LambdaExpression': return func(node, false)
      case 'ClassDefinition': return classOf(node)
      case 'DecoratedStatement': return decorated(node)
      case 'ReturnStatement': case 'YieldStatement': return { is: 'return', value: group(kids(node).slice(1).map(lower), here), at: here }
      case 'WithStatement': return group(bound(node, 'as'), here)
      case 'ForStatement': return group(bound(node, 'in'), here)
      case 'ImportStatement': return imported(node)
      default: return group(kids(node).filter(isExpression).map(lower), here)
    }
  }

  function call(node: SyntaxNode): Node {
    const args: Node[] = []
    const named: Entry[] = []
    const list = node.getChild('ArgList')
    const parts = list ? kids(list) : []
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i] as SyntaxNode
      if (parts[i + 1]?.name === 'AssignOp') {
        named.push({ key: said(part), value: lower(parts[i + 2]) })
        i += 2
      } else if (isExpression(part)) args.push(lower(part))
    }
    return { is: 'call', callee: lower(node.firstChild), args, named, made: false, at: at(node) }
  }

  function member(node: SyntaxNode): Node {
    const [of, dot, key, colon] = kids(node)
    const slice = !key || key.name === ':' || colon?.name === ':'
    const named = slice ? nothing(at(node)) : dot?.name === '.' ? text(said(key), at(key)) : lower(key)
    return { is: 'member', of: lower(of), key: named, at: at(node) }
  }

  /** `a + b + c` leans to the left as deep as it is long: unrolled without recursion. */
  function binary(node: SyntaxNode): Node {
    const [left, operator, right] = kids(node)
    const sign = operator ? said(operator) : ''
    if (sign === '%' && left && right && left.name.endsWith('String')) return percent(left, right, at(node))
    if (sign !== '+') return group([left, right].map(lower), at(node))
    const parts: Node[] = []
    let most: SyntaxNode | null | undefined = node
    while (most?.name === 'BinaryExpression') {
      const [inner, plus, last]: (SyntaxNode | undefined)[] = kids(most)
      if (!plus || said(plus) !== '+') break
      parts.push(lower(last))
      most = inner
    }
    parts.push(lower(most))
    return { is: 'join', parts: parts.reverse(), at: at(node) }
  }

  function percent(left: SyntaxNode, right: SyntaxNode, here: At): Node {
    const values = right.name === 'TupleExpression' ? kids(right).filter(isExpression).map(lower) : [lower(right)]
    const parts = pieces(plainString(said(left))).flatMap((piece, index): Node[] =>
      index === 0 ? [text(piece, here)] : [values[index - 1] ?? nothing(here), text(piece, here)])
    return { is: 'join', parts, at: here }
  }

  function formatString(node: SyntaxNode): Node {
    const parts: Node[] = []
    const quote = /^[a-zA-Z]*("""|'''|"|')/.exec(said(node))?.[0].length ?? 1
    let from = node.from + quote
    for (const hole of node.getChildren('FormatReplacement')) {
      parts.push(text(code.slice(from, hole.from), [from, hole.from]), lower(kids(hole).find((kid) => kid.name !== '{')))
      from = hole.to
    }
    const end = Math.max(from, node.to - (quote > 2 ? 3 : 1))
    parts.push(text(code.slice(from, end), [from, end]))
    return { is: 'join', parts, at: at(node) }
  }

  function entries(node: SyntaxNode): Entry[] {
    const parts = kids(node)
    const found: Entry[] = []
    parts.forEach((part, index) => {
      const before = parts[index - 1]
      if (part.name === ':') found.push({ key: before?.name === 'String' ? plainString(said(before)) : null, value: lower(parts[index + 1]) })
      if (part.name === '**') found.push({ key: null, value: lower(parts[index + 1]) })
    })
    return found
  }

  function assign(node: SyntaxNode): Node {
    const groups: SyntaxNode[][] = [[]]
    for (const kid of kids(node)) {
      if (kid.name === 'AssignOp') groups.push([])
      else if (kid.name !== ',' && kid.name !== 'TypeDef') groups.at(-1)?.push(kid)
    }
    const one = (nodes: SyntaxNode[]): Node => (nodes.length === 1 ? lower(nodes[0]) : { is: 'list', parts: nodes.map(lower), at: at(node) })
    const value = one(groups.at(-1) ?? [])
    return groups.slice(0, -1).reduce<Node>((inner, target) =>
      ({ is: 'set', target: one(target), value: inner, declares: false, at: at(node) }), value)
  }

  function func(node: SyntaxNode, method: boolean): Func {
    const params: Node[] = []
    const list = node.getChild('ParamList')
    const parts = list ? kids(list) : []
    parts.forEach((part, index) => {
      if (part.name !== 'VariableName' || parts[index - 1]?.name === 'AssignOp') return
      const target = name(said(part), at(part))
      params.push(parts[index + 1]?.name === 'AssignOp' ? { is: 'set', target, value: lower(parts[index + 2]), declares: true, at: at(part) } : target)
    })
    const self = method ? params.shift() : undefined
    const own: Node[] = self ? [{ is: 'set', target: self, value: name('this', self.at), declares: true, at: self.at }] : []
    const inner = node.getChild('Body')
    const result: Node[] = inner ? body(kids(inner)) : [{ is: 'return', value: lower(node.lastChild), at: at(node) }]
    const called = node.getChild('VariableName')
    return { is: 'function', name: called ? said(called) : null, params, body: [...own, ...result], at: at(node) }
  }

  function classOf(node: SyntaxNode): Node {
    const methods: Func[] = []
    const rest: Node[] = []
    for (const statement of kids(node.getChild('Body') ?? node)) {
      const inner = statement.name === 'DecoratedStatement' ? statement.getChild('FunctionDefinition') : statement
      if (inner?.name === 'FunctionDefinition') methods.push(func(inner, true))
      else if (statement.name.endsWith('Statement')) rest.push(lower(statement))
    }
    const list = node.getChild('ArgList')
    const bases = list ? kids(list).filter(isExpression).map(lower) : []
    const made: Node = { is: 'class', bases, methods, body: rest, at: at(node) }
    return { is: 'set', target: lower(node.getChild('VariableName')), value: made, declares: true, at: at(node) }
  }

  /** A decorator is handed the function, and may call it. */
  function decorated(node: SyntaxNode): Node {
    const inner = lower(node.lastChild)
    const target: Node = inner.is === 'set' ? inner.target : nothing(at(node))
    const calls = node.getChildren('Decorator').map((decorator): Node => {
      const callee = group(kids(decorator).slice(1).filter(isExpression).map(lower), at(decorator))
      return { is: 'call', callee, args: [target], named: [], made: false, at: at(decorator) }
    })
    return group([inner, ...calls], at(node))
  }

  /** `with x as y`, `for y in x`. */
  function bound(node: SyntaxNode, word: 'as' | 'in'): Node[] {
    const parts = kids(node)
    const found: Node[] = []
    parts.forEach((part, index) => {
      if (part.name === 'Body') found.push(lower(part))
      if (part.name !== word) return
      const [before, after] = [parts[index - 1], parts[index + 1]]
      const value = lower(word === 'as' ? before : after)
      const any: Node = word === 'as' ? value : { is: 'member', of: value, key: nothing(at(node)), at: at(node) }
      found.push({ is: 'set', target: lower(word === 'as' ? after : before), value: any, declares: false, at: at(node) })
    })
    return parts.some((part) => part.name === word) ? found : parts.filter(isExpression).map(lower)
  }

  function imported(node: SyntaxNode): Node {
    const here = at(node)
    const parts = kids(node)
    const sets: Node[] = []
    const from = parts[0]?.name === 'from'
    const split = parts.findIndex((part) => part.name === 'import')
    const source = from ? parts.slice(1, split).map(said).join('') : ''
    const names = parts.slice(from ? split + 1 : 1)
    for (let i = 0; i < names.length;) {
      let end = i
      while (end < names.length && names[end]?.name !== ',') end++
      const words = names.slice(i, end).map(said).filter((word) => word !== '(' && word !== ')')
      i = end + 1
      const as = words.indexOf('as')
      const dotted = (as < 0 ? words : words.slice(0, as)).join('')
      if (dotted === '') continue
      const local = as < 0 ? (from ? dotted : dotted.split('.')[0] ?? dotted) : words[as + 1] ?? dotted
      const load = (module: string): Node => ({ is: 'import', module: text(module, here), at: here })
      const submodule = /^\.+$/.test(source) ? [load(source + dotted)] : []
      const value: Node = from
        ? group([{ is: 'member', of: load(source), key: text(dotted, here), at: here }, ...submodule], here)
        : as < 0 ? { is: 'group', parts: [load(dotted), load(local)], last: true, at: here } : load(dotted)
      if (dotted === '*') sets.push(load(source))
      else sets.push({ is: 'set', target: name(local, here), value, declares: false, at: here })
    }
    return group(sets, here)
  }

  return body(kids(parser.parse(code).topNode))
}

/** Punctuation and keywords are leaves named as they are spelled; what carries meaning has a capital. */
const isExpression = (node: SyntaxNode): boolean => /^[A-Z⚠]/.test(node.name) && !/^(?:AssignOp|ArithOp|CompareOp|UpdateOp|At)$/.test(node.name)
