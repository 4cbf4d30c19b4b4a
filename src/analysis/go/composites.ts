import { text } from '../flow/tree.ts'
import type { At, Entry, Node } from '../flow/tree.ts'
import type { Reader, Type } from './reader.ts'

/** `{…}` behind a type, and the ones inside it that leave their type out. */
export interface Literal {
  is: 'literal'
  elements: readonly { key: Node | null; value: Node | Literal }[]
  at: At
}

const isLiteral = (value: Node | Literal): value is Literal => value.is === 'literal'

/**
 * Slices and arrays are lists, maps and nameless structs records. All values of a struct type of this package share the
 * one record that the type's name stands for: its methods and whatever any of its values holds. A type of the standard
 * library is called, with its fields as named arguments.
 */
export function composite(reader: Reader, type: Type, literal: Literal): Node {
  const { at, elements } = literal
  const known = underlying(reader, type)
  const value = ({ value: inner }: Literal['elements'][number]): Node => (isLiteral(inner) ? composite(reader, known.of ?? OTHER, inner) : inner)
  const fieldsOf = known.is === 'named' && elements.every(({ key }) => key?.is === 'name')
  if (known.is === 'list' || (known.is === 'other' && elements.every(({ key }) => key === null))) {
    return { is: 'list', parts: elements.map(value), at }
  }
  if (known.is === 'map' || known.is === 'other' || (known.is === 'named' && !fieldsOf && elements.some(({ key }) => key !== null))) {
    return { is: 'record', entries: elements.map((one) => entry(one.key, value(one), known.is === 'other')), at }
  }
  const named = elements.map((one, index): Entry => ({ key: one.key?.is === 'name' ? one.key.name : known.fields[index] ?? null, value: value(one) }))
  if (type.name === null) return { is: 'record', entries: named.filter((one) => one.key !== null), at }
  const own = type.name
  if (own.is === 'member' && own.of.is === 'name' && isStandard(reader, own.of.name)) return called(reader, own, named, at)
  // Without its declaration, what stands there may be items or fields.
  if (own.is === 'name' && known.is === 'named' && elements.length > 0 && !fieldsOf) return { is: 'group', parts: [{ is: 'list', parts: elements.map(value), at }, own], last: false, at }
  const sets = named.map((one): Node => (one.key === null ? one.value : {
    is: 'set', target: { is: 'member', of: own, key: text(one.key, one.value.at), at: one.value.at }, value: one.value, declares: false, at: one.value.at,
  }))
  // A package that is not the standard library's may be part of this module.
  const worth: Node = own.is === 'member' && sets.length > 0 ? { is: 'group', parts: [called(reader, own, named, at), own], last: false, at } : { ...own, at }
  return sets.length === 0 ? worth : { is: 'group', parts: [...sets, worth], last: true, at }
}

/** Fields that say what such a value is about: they come first, as for the function that makes one. */
const SUBJECTS: ReadonlyMap<string, readonly string[]> = new Map([['os/exec.Cmd', ['Args', 'Path']], ['net/http.Request', ['URL']]])

function called(reader: Reader, type: Node, fields: readonly Entry[], at: At): Node {
  const path = type.is === 'member' && type.of.is === 'name' && type.key.is === 'text' ? `${reader.imports.get(type.of.name)}.${type.key.value}` : ''
  const subjects = SUBJECTS.get(path)
  const subject = subjects?.map((key) => fields.find((one) => one.key === key)).find((one) => one !== undefined)
  // Without its subject, nothing can be said of it yet.
  if (subjects && !subject) return { ...type, at }
  const args = [...(subject ? [subject] : []), ...fields.filter((one) => one.key === null)].map((one) => one.value)
  return { is: 'call', callee: type, args, named: fields.filter((one) => one.key !== null && one !== subject), made: true, at }
}

/** Whether a name stands for a package of the standard library: those have no domain in front. */
export function isStandard(reader: Reader, local: string): boolean {
  const path = reader.imports.get(local)
  return path !== undefined && !path.split('/')[0]?.includes('.')
}

/** A value of a type to which nothing was given: `var x T`, `new(T)`. */
export function zero(reader: Reader, type: Type, at: At): Node {
  const known = underlying(reader, type)
  if (known.is === 'named' || known.is === 'struct' || known.is === 'map') {
    if (known.name?.is === 'name' && BASIC.test(known.name.name)) return known.name.name === 'string' ? text('', at) : { is: 'list', parts: [], at }
    return composite(reader, type, { is: 'literal', elements: [], at })
  }
  const made: Node = { is: 'list', parts: [], at }
  reader.spelled.set(made, known)
  return made
}

/** Types of the language itself. */
export const BASIC = /^(?:bool|string|u?int(?:8|16|32|64)?|uintptr|byte|rune|float(?:32|64)|complex(?:64|128)|error|any|comparable)$/

const OTHER: Type = { is: 'other', name: null, of: null, fields: [] }
const DEEPEST = 10

/** What a name of the package stands for, as far as this file says. */
export function underlying(reader: Reader, type: Type): Type {
  let known = type
  for (let depth = 0; depth < DEEPEST; depth++) {
    const next = known.is === 'pointer' ? known.of : known.is === 'named' && known.name?.is === 'name' ? reader.types.get(known.name.name) : null
    if (!next) break
    known = next
  }
  return known
}

function entry(key: Node | null, value: Node, field: boolean): Entry {
  if (key?.is === 'text') return { key: key.value, value }
  if (key?.is === 'number') return { key: String(key.value), value }
  if (field && key?.is === 'name') return { key: key.name, value }
  return { key: null, computed: key ?? { is: 'list', parts: [], at: value.at }, value }
}

/** What a type points to in the end. */
export function pointed(type: Type): Type {
  let inner = type
  while (inner.is === 'pointer' && inner.of) inner = inner.of
  return inner
}
