import { endOf, name, span, startOf, text } from '../flow/tree.ts'
import type { At, Node } from '../flow/tree.ts'
import { called, pathOf } from './calls.ts'
import { composite } from './composites.ts'
import type { Literal } from './composites.ts'
import { numberOf, runeOf, stringOf } from './literals.ts'
import type { Reader, Type } from './reader.ts'
import { namedBy, readSignature, readType } from './types.ts'

/** Reads the statements of a function's body. */
type Body = (reader: Reader) => readonly Node[]

const STRENGTHS: Readonly<Record<string, number>> = Object.assign(Object.create(null) as Record<string, number>, {
  '||': 1, '&&': 2, '==': 3, '!=': 3, '<': 3, '<=': 3, '>': 3, '>=': 3, '+': 4, '-': 4, '|': 4, '^': 4,
  '*': 5, '/': 5, '%': 5, '<<': 5, '>>': 5, '&': 5, '&^': 5,
})
const PREFIXES = new Set(['+', '-', '!', '^', '*', '&', '<-', '~'])
const TYPES = new Set(['[', 'map', 'chan', 'struct', 'interface'])
/** Facts of the machine that are read without a call. */
const ASKED = new Set(['runtime.GOOS', 'runtime.GOARCH'])

/** Go's expressions, by strength of their operators; long chains of one operator do not nest. */
export class Expressions {
  readonly #reader: Reader
  readonly #body: Body

  constructor(reader: Reader, body: Body) {
    this.#reader = reader
    this.#body = body
  }

  /** Expressions with commas between them. */
  list(): Node[] {
    const found = [this.one()]
    while (this.#reader.take(',')) found.push(this.one())
    return found
  }

  one(strength = 1): Node {
    const reader = this.#reader
    const { from } = reader
    let left = this.#prefixed()
    /** The chain that `left` is, while it can be made longer. */
    let chain = null as { sign: string; parts: Node[] } | null
    for (;;) {
      const sign = reader.sees('sign') ? reader.said : ''
      const binds = STRENGTHS[sign]
      if (binds === undefined || binds < strength) return left
      reader.pos++
      const right = this.one(binds + 1)
      if (chain?.sign === sign) chain.parts.push(right)
      else {
        const parts = [left, right]
        chain = CHAINS.has(sign) ? { sign, parts } : null
        left = operation(sign, parts, span(from, from))
      }
      left = { ...left, at: reader.since(from) }
    }
  }

  #prefixed(): Node {
    const reader = this.#reader
    const { from } = reader
    if (!reader.sees('sign') || !PREFIXES.has(reader.said)) return this.#primary()
    const sign = reader.said
    if (sign === '<-' && reader.peek() === 'chan') return this.#type()
    reader.pos++
    const inner = this.#prefixed()
    if (sign === '*' || sign === '&' || sign === '<-' || sign === '+' || sign === '~') {
      const spelled = reader.spelled.get(inner)
      if (!spelled || sign !== '*') return inner
      const pointer: Node = { ...inner, at: reader.since(from) }
      reader.spelled.set(pointer, { is: 'pointer', name: null, of: spelled, fields: [] })
      return pointer
    }
    if (sign === '-' && inner.is === 'number') return { ...inner, value: -inner.value, at: reader.since(from) }
    return { is: 'operate', sign: sign === '^' ? '~' : sign, parts: [inner], at: reader.since(from) }
  }

  #primary(): Node {
    const reader = this.#reader
    const { from } = reader
    let node = this.#operand()
    for (;;) {
      if (reader.is('.')) node = this.#selected(node, from)
      else if (reader.is('(')) node = this.#call(node, from)
      else if (reader.is('[')) node = this.#index(node, from)
      else if (reader.is('{') && !reader.head && (node.is === 'name' || (node.is === 'member' && (node.of.is === 'name' || node.of.is === 'import')))) {
        node = composite(reader, reader.spelled.get(node) ?? namedBy(node), this.#literal())
      } else return node
    }
  }

  #operand(): Node {
    const reader = this.#reader
    const at = reader.here()
    const { said } = reader
    switch (reader.kind) {
      case 'number': reader.pos++; return { is: 'number', value: numberOf(said), at }
      case 'rune': reader.pos++; return { is: 'number', value: runeOf(said), at }
      case 'text': reader.pos++; return stringOf(said, at)
      case 'word': reader.pos++; return this.#name(said, at)
      default:
    }
    if (reader.is('(')) {
      let inner: Node | null = null
      reader.inside(() => { inner = this.one() })
      return inner ?? reader.nothing()
    }
    if (reader.is('func')) return this.#function()
    if (TYPES.has(said)) return this.#type()
    return { is: 'list', parts: [], at: span(startOf(at), startOf(at)) }
  }

  #name(said: string, at: At): Node {
    const { dotted, declared } = this.#reader
    const own = name(said, at)
    if (dotted.length === 0 || declared.has(said) || !/^[A-Z]/.test(said)) return own
    const from = dotted.map((path): Node => ({ is: 'member', of: { is: 'import', module: text(path, at), at }, key: text(said, at), at }))
    return from.length === 1 ? from[0] as Node : { is: 'group', parts: from, last: false, at }
  }

  /** A type where a value is expected: it makes one, or converts one. */
  #type(): Node {
    const reader = this.#reader
    const { from } = reader
    const type = readType(reader)
    if (reader.is('{') && type.is !== 'channel') return composite(reader, type, this.#literal())
    return this.#spelled(type, reader.since(from))
  }

  #spelled(type: Type, at: At): Node {
    const node: Node = { is: 'list', parts: [], at }
    this.#reader.spelled.set(node, type)
    return node
  }

  #function(): Node {
    const reader = this.#reader
    const { from } = reader
    reader.pos++
    const { params, results } = readSignature(reader)
    if (!reader.is('{')) return this.#spelled({ is: 'function', name: null, of: null, fields: [] }, reader.since(from))
    const outer = reader.results
    reader.results = results
    const body = this.#body(reader)
    reader.results = outer
    return { is: 'function', name: null, params, body, at: reader.since(from) }
  }

  /** `x.f`; `x.(T)` is `x`. */
  #selected(of: Node, from: number): Node {
    const reader = this.#reader
    reader.pos++
    if (reader.is('(')) {
      reader.pos = reader.close + 1
      return of
    }
    const key = reader.word()
    if (key === null) return of
    const node: Node = { is: 'member', of, key: text(key, span(endOf(reader.since(from)) - key.length, endOf(reader.since(from)))), at: reader.since(from) }
    if (ASKED.has(pathOf(reader, node) ?? '')) return { is: 'call', callee: node, args: [], named: [], made: false, at: node.at }
    return node
  }

  #call(callee: Node, from: number): Node {
    const reader = this.#reader
    const args: Node[] = []
    reader.inside(() => {
      if (reader.take(',') || reader.sees('end')) return
      const arg = this.one()
      args.push(reader.take('...') ? { is: 'spread', of: arg, at: arg.at } : arg)
    })
    return called(reader, { callee, args, at: reader.since(from) })
  }

  /** `x[i]`, `x[a:b]`; what is called with something in brackets may be a function with a type argument. */
  #index(of: Node, from: number): Node {
    const reader = this.#reader
    const parts: Node[] = []
    let colons = 0
    reader.inside(() => {
      if (reader.sees('sign') && reader.said === ':') {
        reader.pos++
        colons++
        while (parts.length < colons) parts.push(reader.nothing())
      } else if (!reader.take(',')) parts.push(this.one())
    })
    const at = reader.since(from)
    const [first] = parts
    if (colons > 0) return { is: 'member', of, key: { is: 'list', parts: parts.slice(0, 2), at }, slice: true, at }
    const node: Node = { is: 'member', of, key: first ?? reader.nothing(), at }
    const generic = of.is === 'name' || of.is === 'member'
    if (generic && reader.is('(')) return { is: 'group', parts: [of, node], last: false, at }
    return generic && reader.is('{') && !reader.head ? of : node
  }

  #literal(): Literal {
    const reader = this.#reader
    const { from } = reader
    const elements: { key: Node | null; value: Node | Literal }[] = []
    const value = (): Node | Literal => {
      if (reader.is('{')) return this.#literal()
      // The name of a field is nobody else's.
      return reader.kind === 'word' && reader.peek() === ':' ? name(reader.word() ?? '', reader.here()) : this.one()
    }
    reader.inside(() => {
      if (reader.take(',') || reader.sees('end')) return
      const first = value()
      if (!reader.take(':')) elements.push({ key: null, value: first })
      else elements.push({ key: first.is === 'literal' ? null : first, value: value() })
    })
    return { is: 'literal', elements, at: reader.since(from) }
  }
}

const CHAINS = new Set(['+', '&&', '||'])

function operation(sign: string, parts: Node[], at: At): Node {
  if (sign === '+') return { is: 'join', parts, at }
  if (sign !== '&^') return { is: 'operate', sign, parts, at }
  const [left, right] = parts as [Node, Node]
  return { is: 'operate', sign: '&', parts: [left, { is: 'operate', sign: '~', parts: [right], at }], at }
}
