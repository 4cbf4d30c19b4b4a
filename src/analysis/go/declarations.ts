import { group, name, nothing } from '../flow/tree.ts'
import type { At, Entry, Node } from '../flow/tree.ts'
import { assignment } from './assignments.ts'
import { pointed, zero } from './composites.ts'
import { embedded } from './directives.ts'
import type { Expressions } from './expressions.ts'
import type { Reader, Type } from './reader.ts'
import { readNames, readType } from './types.ts'

/** `var`, `const`, `type`, alone or in brackets. */
export function declaration(reader: Reader, expressions: Expressions): Node {
  const { from } = reader
  const what = reader.said
  const files = what === 'var' ? embedded(reader) : null
  reader.pos++
  const found: Node[] = []
  let index = 0
  const spec = (): void => {
    if (reader.sees('end')) return
    found.push(what === 'type' ? typeSpec(reader) : valueSpec(reader, expressions, { index: index++, files }))
  }
  if (reader.is('(')) reader.inside(spec)
  else spec()
  return found.length === 1 ? found[0] as Node : group(found, reader.since(from))
}

/** A struct's name stands for the record of its methods and fields. */
function typeSpec(reader: Reader): Node {
  const { from } = reader
  const spec = readTypeSpec(reader)
  const at = reader.since(from)
  if (spec === null) return nothing(at)
  const value = spec.alias && spec.type.name ? spec.type.name : recordOf(reader, spec.type, at)
  return { is: 'set', target: name(spec.own, at), value, declares: true, at }
}

/** A struct with the structs inside it: the fields of those can be set before they are. */
function recordOf(reader: Reader, type: Type, at: At): Node {
  const entries: Entry[] = []
  for (const [key, field] of type.inner ?? []) {
    const inner = pointed(field)
    if (inner.is === 'struct') entries.push({ key, value: recordOf(reader, inner, at) })
    else if (inner.name?.is === 'name' && reader.types.get(inner.name.name)?.is === 'struct') entries.push({ key, value: inner.name })
  }
  return { is: 'record', entries, at }
}

/** `T struct { … }`, `T[K any] []K`, `T = U`: remembered under its name. */
export function readTypeSpec(reader: Reader): { own: string; alias: boolean; type: Type } | null {
  const own = reader.word()
  if (own === null) return null
  if (reader.is('[') && reader.tokens.kinds[reader.pos + 1] === 'word' && reader.peek(2) !== ']') reader.pos = reader.close + 1
  const alias = reader.take('=')
  const type = readType(reader)
  reader.types.set(own, type)
  return { own, alias, type }
}

interface Spec {
  /** Its place in the brackets: what `iota` is. */
  index: number
  /** What `//go:embed` above it names. */
  files: Node | null
}

function valueSpec(reader: Reader, expressions: Expressions, { index, files }: Spec): Node {
  const { from } = reader
  const places = readNames(reader)
  const targets = places.map((place) => name(place, reader.since(from)))
  let type: Type | null = null
  if (!reader.is('=') && !reader.sees('end') && !reader.is(')')) type = readType(reader)
  const values = reader.take('=') ? expressions.list() : null
  const here = reader.since(from)
  if (files && !values) return assignment(reader, targets, [files], { declares: true, at: here })
  const given = values?.map((value) => (value.is === 'name' && value.name === 'iota' ? { is: 'number' as const, value: index, at: value.at } : value))
    ?? targets.map((): Node => (type && type.is !== 'pointer' ? zero(reader, type, here) : nothing(here)))
  return assignment(reader, targets, given, { declares: true, at: here })
}
