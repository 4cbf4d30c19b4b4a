import { UNKNOWN } from '../desk.ts'
import { Fields, NOTHING, cellOf, known, numeric, only } from './value.ts'
import type { Value } from './value.ts'

const LONGEST = 1_000_000
const DEEPEST = 8
const MOST = 4096

/** What JSON that is known says; otherwise what goes in comes out. */
export function parsed(main: Value): Value {
  const [text] = main.texts
  if (main.texts.length !== 1 || text === undefined || text.length > LONGEST || text.includes(UNKNOWN)) return main
  try {
    return { ...only(main), ...meant(JSON.parse(text), 0), bits: main.bits, trail: main.trail }
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return main
    throw thrown
  }
}

function meant(value: unknown, depth: number): Value {
  if (typeof value === 'string') return known(value)
  if (typeof value === 'number') return numeric(value)
  if (typeof value !== 'object' || value === null || depth > DEEPEST) return NOTHING
  if (Array.isArray(value)) return { ...NOTHING, items: value.slice(0, MOST).map((item) => meant(item, depth + 1)) }
  const fields = new Fields()
  for (const [key, item] of Object.entries(value).slice(0, MOST)) cellOf(fields, key).add(meant(item, depth + 1))
  return { ...NOTHING, fields }
}
