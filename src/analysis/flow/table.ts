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
