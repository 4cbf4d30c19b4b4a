import { joinTrails } from '../taint.ts'
import { NOTHING, cellOf, either, known, outside } from './value.ts'
import type { Tongue, Unit } from './tongue.ts'
import type { Reader, Value } from './value.ts'

const LONGEST_REF = 200
/** So many fields of a table are looked at where it is not known which one is meant. */
const ANY = 512

/** Who asks for a member: it is told when that changes. */
export interface Asking {
  reader: Reader
  tongue: Tongue
  unit: Unit
}

/**
 * A member of a value, by every name it may have; an unknown name is any member. The language knows what some names
 * mean in a unit; `reader` is told when a field changes.
 */
export function memberOf(of: Value, key: Value, { reader, tongue, unit }: Asking): Value {
  const names = key.texts
  let found: Value = NOTHING
  // How long something is tells nothing of what it says.
  if (names.length === 1 && names[0] === 'length' && !of.fields && of.bits !== 0) return NOTHING
  for (const name of names) {
    // A field that is not there yet may come: its reader waits for it.
    if (of.fields) found = either(found, cellOf(of.fields, name).read(reader))
    for (const ref of of.refs) {
      if (name === 'parent' && ref === 'pathlib.Path()' && of.texts.length > 0) {
        found = either(found, { ...of, texts: of.texts.map((text) => text.replace(/[\\/][^\\/]*$/, '')), from: null })
        continue
      }
      const longer = name === 'default' || ref.length > LONGEST_REF ? ref : `${ref}.${name}`
      found = either(found, tongue.special(longer, unit) ?? { ...outside(longer, of.bits), trail: of.trail })
    }
    if (name === 'constructor' && of.refs.length === 0) found = either(found, of.functions.length > 0 ? outside('Function') : of.items ? outside('Array') : of.texts.length > 0 ? outside('String') : NOTHING)
    const index = mayCount(name) ? Number(name) : Number.NaN
    if (Number.isInteger(index)) found = either(found, at(of, index))
  }
  if (names.length === 0) {
    let left = ANY
    for (const cell of of.fields?.values() ?? []) {
      if (--left < 0) break
      found = either(found, cell.read(reader))
    }
    for (const item of of.items ?? []) found = either(found, item)
  }
  if (of.opens) found = names[0] === 'name' ? of.opens : { ...found, opens: of.opens, from: null }
  // Any member of what a call gave is part of it; any member of a thing with a name (`process.env[x]`) may be nothing special.
  if ((of.refs.length > 0 && (names.length > 0 || !of.refs.some((ref) => ref.endsWith(')')))) || found.from || of.bits === 0) return found
  return { ...found, bits: found.bits | of.bits, trail: joinTrails(found.trail, of.trail), from: null }
}

/** Digits, signs and blanks: what numbers begin with. */
const mayCount = (name: string): boolean => name === '' || name.charCodeAt(0) < 58

/** An item of a list or a character of a text; negative ones count from the end. */
function at(of: Value, index: number): Value {
  if (of.items) return of.items.at(index) ?? NOTHING
  const [text] = of.texts
  const character = of.texts.length === 1 && !of.number ? text?.at(index) : undefined
  return character === undefined ? NOTHING : known(character)
}

const MOST_ENTRIES = 256

/** What `items()`, `values()` and their kin give of a record: pairs, values or names; null where it is none of these. */
export function entriesOf(of: Value, method: string, reader: Reader): Value | null {
  if (!of.fields || of.fields.size === 0 || !ENTRIES.test(method)) return null
  const entries = of.fields.entries().take(MOST_ENTRIES).toArray()
  if (PAIRS.test(method)) return { ...NOTHING, items: entries.map(([name, cell]) => ({ ...NOTHING, items: [known(name), cell.read(reader)] })) }
  if (method === 'values') return { ...NOTHING, items: entries.map(([, cell]) => cell.read(reader)) }
  return { ...NOTHING, items: entries.map(([name]) => known(name)) }
}

const ENTRIES = /^(?:items|iteritems|entries|values|keys)$/
const PAIRS = /^(?:items|iteritems|entries)$/
