import { group, name, text } from '../flow/tree.ts'
import type { At, Node } from '../flow/tree.ts'
import { BASIC, pointed, underlying, zero } from './composites.ts'
import type { Reader, Type } from './reader.ts'
import { namedBy } from './types.ts'

/** A call as read, before it is known what it calls. */
export interface Read {
  callee: Node
  args: readonly Node[]
  at: At
}

const call = (callee: Node, args: readonly Node[], at: At): Node => ({ is: 'call', callee, args, named: [], made: false, at })

/** The type that a node spells, where it may be one. */
export function typeOf(reader: Reader, node: Node): Type | null {
  const spelled = reader.spelled.get(node)
  if (spelled) return spelled
  if (node.is === 'name') return BASIC.test(node.name) || reader.types.has(node.name) ? namedBy(node) : null
  return null
}

/** A conversion is worth what it converts; only numbers made a text, and whole numbers made bytes, change. */
export function converted(reader: Reader, type: Type, inner: Node, at: At): Node {
  const known = underlying(reader, pointed(type))
  const basic = known.name?.is === 'name' ? known.name.name : ''
  if (basic === 'string') return spelledOut(inner, at)
  if ((basic === 'byte' || basic === 'uint8') && inner.is === 'operate') {
    return { is: 'operate', sign: '&', parts: [inner, { is: 'number', value: 255, at }], at }
  }
  return inner
}

/** `string(x)`: what `x` says, or the characters that it numbers. */
function spelledOut(inner: Node, at: At): Node {
  if (inner.is === 'text' || inner.is === 'bytes' || inner.is === 'join') return inner
  const characters = call(name('string', at), [inner], at)
  return inner.is === 'list' || inner.is === 'number' || inner.is === 'operate' ? characters : group([inner, characters], at)
}

/** What a builtin function comes to; null: it is none, or the file declares a function of that name. */
export function builtin(reader: Reader, { callee, args, at }: Read): Node | null {
  if (callee.is !== 'name' || reader.declared.has(callee.name)) return null
  const [first, second] = args
  switch (callee.name) {
    case 'append': {
      if (!first) return null
      const head: Node = first.is === 'spread' ? first : { is: 'spread', of: first, at: first.at }
      return { is: 'list', parts: [head, ...args.slice(1)], at }
    }
    case 'copy': return first && second ? { is: 'set', target: first.is === 'member' && first.slice ? first.of : first, value: second, declares: false, at } : null
    case 'len': return first ? { is: 'member', of: first, key: text('length', at), at } : null
    case 'new': case 'make': {
      const type = first ? typeOf(reader, first) ?? namedBy(first) : null
      return type && first ? zero(reader, type, at) : null
    }
    case 'panic': return { is: 'jump', how: 'throw', value: first ?? group([], at), at }
    default: return null
  }
}
