import { endOf, name, span, text } from '../flow/tree.ts'
import type { At, Node } from '../flow/tree.ts'
import type { Reader, Type } from './reader.ts'

const plain = (is: Type['is'], of: Type | null = null): Type => ({ is, name: null, of, fields: [] })
const OTHER = plain('other')

/** Reads a type. Lengths of arrays, type arguments and signatures are passed over. */
export function readType(reader: Reader): Type {
  if (reader.take('*') || reader.take('&')) return plain('pointer', readType(reader))
  if (reader.take('~') || reader.take('...')) return readType(reader)
  if (reader.take('<-')) return readType(reader)
  if (reader.is('[')) {
    reader.pos = reader.close + 1
    return plain('list', readType(reader))
  }
  if (reader.is('(')) {
    let inner = OTHER
    reader.inside(() => { inner = readType(reader) })
    return inner
  }
  if (reader.take('map')) {
    if (reader.is('[')) reader.pos = reader.close + 1
    return plain('map', readType(reader))
  }
  if (reader.take('chan')) {
    reader.take('<-')
    return plain('channel', readType(reader))
  }
  if (reader.take('struct')) return readStruct(reader)
  if (reader.take('interface')) {
    if (reader.is('{')) reader.pos = reader.close + 1
    return OTHER
  }
  if (reader.take('func')) {
    readSignature(reader)
    return plain('function')
  }
  return reader.sees('word') ? readNamed(reader) : OTHER
}

function readNamed(reader: Reader): Type {
  const { from } = reader
  let node: Node = name(reader.said, reader.here())
  reader.pos++
  if (reader.is('.') && reader.tokens.kinds[reader.pos + 1] === 'word') {
    reader.pos++
    node = { is: 'member', of: node, key: text(reader.said, reader.here()), at: span(from, endOf(reader.here())) }
    reader.pos++
  }
  if (reader.is('[') && reader.peek() !== ']') reader.pos = reader.close + 1
  return namedBy(node)
}

export const namedBy = (node: Node): Type => ({ is: 'named', name: node, of: null, fields: [] })

function readStruct(reader: Reader): Type {
  const fields: string[] = []
  const inner = new Map<string, Type>()
  if (!reader.is('{')) return OTHER
  reader.inside(() => {
    if (reader.sees('end')) return
    const names = readNames(reader)
    if (names.length === 0 || reader.sees('end') || reader.sees('text') || reader.is('.') || reader.is('}')) {
      // An embedded type is a field of its own name.
      while (!reader.sees('end') && !reader.is('}')) {
        if (reader.sees('word')) names.splice(0, names.length, reader.said)
        reader.pos++
      }
    } else {
      const type = readType(reader)
      for (const one of names) inner.set(one, type)
    }
    fields.push(...names)
    if (reader.sees('text')) reader.pos++
  })
  return { is: 'struct', name: null, of: null, fields, inner }
}

/** `a, b, c` */
export function readNames(reader: Reader): string[] {
  const names: string[] = []
  do {
    const word = reader.word()
    if (word === null) break
    names.push(word)
  } while (reader.take(','))
  return names
}

interface Parameter {
  name: string | null
  /** A word that stands by itself: a type, or a name whose type follows with the next one. */
  alone: string | null
  rest: boolean
  type: Type | null
  at: At
}

/** Parameters and the names of results. */
export function readSignature(reader: Reader): { params: readonly Node[]; results: readonly string[] } {
  if (reader.is('[')) reader.pos = reader.close + 1
  const params = readParameters(reader).map(target)
  const results = reader.is('(') ? readParameters(reader).flatMap((result) => result.name ?? []) : []
  if (results.length === 0 && startsType(reader)) readType(reader)
  return { params, results }
}

function target(parameter: Parameter): Node {
  const { at } = parameter
  const named: Node = parameter.name === null || parameter.name === '_' ? { is: 'list', parts: [], at } : name(parameter.name, at)
  return parameter.rest ? { is: 'spread', of: named, at } : named
}

function startsType(reader: Reader): boolean {
  return reader.sees('word') || ['*', '[', '<-', 'map', 'chan', 'func', 'struct', 'interface'].some((start) => reader.is(start))
}

/** `(a, b string, c ...int)` or `(string, int)`: where one has a name, words that stand alone are names. */
export function readParameters(reader: Reader): Parameter[] {
  const found: Parameter[] = []
  if (!reader.is('(')) return found
  reader.inside(() => {
    if (reader.take(',') || reader.sees('end')) return
    const at = reader.here()
    const word = reader.sees('word') && reader.peek() !== '.' && !genericAhead(reader) ? reader.said : null
    if (word !== null) reader.pos++
    const lonely = word !== null && !(reader.is('...') || startsType(reader) || reader.is('('))
    const rest = reader.take('...')
    const type = lonely ? null : readType(reader)
    found.push({ name: lonely ? null : word, rest, type, at, alone: lonely ? word : null })
  })
  const named = found.some((one) => one.name !== null)
  return found.map((one) => (named && one.name === null ? { ...one, name: one.alone } : one))
}

/** `T[K]` that stands alone, as opposed to `a [4]T`. */
function genericAhead(reader: Reader): boolean {
  if (reader.peek() !== '[' || reader.peek(2) === ']') return false
  const after = reader.tokens.said[(reader.tokens.closes[reader.pos + 1] ?? 0) + 1]
  return after === ',' || after === ')'
}
