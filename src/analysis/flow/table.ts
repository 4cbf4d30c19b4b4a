import type { Rule } from './tongue.ts'

/** Rows of a language's table of rules: what one rule says of many names. */
type Rules = Record<string, Rule>

const each = (refs: readonly string[], rule: Rule): Rules => Object.fromEntries(refs.map((ref) => [ref, { ...rule }]))

export const all = (does: Rule['does'], refs: readonly string[]): Rules => each(refs, { does, at: 0 })

/** What undoes `how`. */
export const codec = (how: string, refs: readonly string[]): Rules => each(refs, { does: 'decode', at: 0, how })

export const collect = (what: NonNullable<Rule['what']>, refs: readonly string[]): Rules => each(refs, { does: 'collect', at: 0, what })

/** What asks `how` this machine is. */
export const check = (how: string, refs: readonly string[]): Rules => each(refs, { does: 'check', at: 0, how })

/** The same few callees are asked about over and over; refs are put together anew each time. */
const KEPT = 20_000

/** A language's `rule` that remembers its answers. It must always give the same for the same name. */
export function remembered(rule: (ref: string) => Rule | null): (ref: string) => Rule | null {
  const kept = new Map<string, Rule | null>()
  return (ref) => {
    const seen = kept.get(ref)
    if (seen !== undefined) return seen
    if (kept.size >= KEPT) kept.clear()
    const found = rule(ref)
    kept.set(ref, found)
    return found
  }
}
