import { NOTHING, either, outside } from './value.ts'
import type { Value } from './value.ts'

const LONGEST_REF = 200

/** A member of a value, by every name it may have; an unknown name is any member. `special` knows what some names mean. */
export function memberOf(of: Value, key: Value, special: (ref: string) => Value | null): Value {
  const names = key.texts
  let found: Value = NOTHING
  for (const name of names) {
    const cell = of.fields?.get(name)
    if (cell) found = either(found, { ...cell.value, from: cell })
    for (const ref of of.refs) {
      const longer = name === 'default' || ref.length > LONGEST_REF ? ref : `${ref}.${name}`
      found = either(found, special(longer) ?? outside(longer, of.origin))
    }
    const item = of.items?.[Number(name)]
    if (item) found = either(found, item)
  }
  if (names.length === 0) {
    for (const cell of of.fields?.values() ?? []) found = either(found, cell.value)
    for (const item of of.items ?? []) found = either(found, item)
  }
  if (of.opens) found = { ...found, opens: of.opens, from: null }
  return of.refs.length > 0 || found.from ? found : { ...found, origin: found.origin | of.origin, from: null }
}
