import { oneLine } from '../../../core/text.ts'

/** Reading JSON that strangers wrote: whatever is not as it should be is not there. Strings come as one line, cut. */

const MOST = 500
const LONGEST = 500

export type Thing = Readonly<Record<string, unknown>>

export const thing = (value: unknown): Thing | null => (typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Thing : null)
export const list = (value: unknown): unknown[] => (Array.isArray(value) ? value.slice(0, MOST) : [])
export const things = (value: unknown): Thing[] => list(value).map(thing).filter((one) => one !== null)

/** Own properties only: `__proto__` and `constructor` are names like any other. */
export const at = (value: Thing | null, key: string): unknown => (value !== null && Object.hasOwn(value, key) ? value[key] : undefined)

export function words(value: unknown): string | null {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value)
  if (typeof value !== 'string') return null
  const line = oneLine(value, LONGEST)
  return line === '' ? null : line
}

export const wordList = (value: unknown): string[] => list(value).flatMap((one) => words(one) ?? [])

/** RFC 3339; null: no moment. */
export function moment(value: unknown): Date | null {
  const text = words(value)
  if (text === null || !/^\d{4}-\d{2}-\d{2}(?:[T ]|$)/.test(text)) return null
  const date = new Date(text)
  return Number.isNaN(date.getTime()) ? null : date
}
