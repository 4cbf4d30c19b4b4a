import { slip } from '../edits.ts'
import type { SlipKind } from '../edits.ts'
import { look } from '../lookalikes.ts'

/** How a host's name was made out of another's: dnstwist's kinds of permutations, and what those do not reach. */
export type ImitationKind =
  | 'addition' | 'bitsquatting' | 'dictionary' | 'homoglyph' | 'hyphenation' | 'in-front' | 'insertion' | 'misspelling' | 'omission' | 'plural' | 'recombination'
  | 'repetition' | 'replacement' | 'subdomain' | 'tld-swap' | 'transposition' | 'various' | 'vowel-swap'

export interface Way {
  kind: ImitationKind
  /** The sentence that tells a person. */
  says: string
  /** Honest names hardly ever do this; otherwise it only is a reason to look. */
  sure: boolean
}

export const way = (kind: ImitationKind, sure: boolean, says: string): Way => ({ kind, says, sure })

const OF_SLIP: Readonly<Record<SlipKind, ImitationKind>> = {
  version: 'replacement', plural: 'plural', omission: 'omission', repetition: 'repetition', insertion: 'insertion', keyboard: 'replacement', vowel: 'vowel-swap', 'bit-flip': 'bitsquatting',
  replacement: 'replacement', swap: 'transposition',
}

/** From here on two slips are no accident, and one with another first letter is none. */
const LONG = 8

/** A word with its forms, worked out once. */
interface Spelt {
  text: string
  plain: string
  look: string
  consonants: string
}
/** A label, without its hyphens, and everything in it that may be a name misspelt. */
export interface Spelling extends Spelt {
  joined: string
  parts: readonly Spelt[]
}

export function spelling(label: string): Spelling {
  const parts = [...new Set([label, ...label.split('-')])].map(spelt)
  return { ...parts[0] as Spelt, joined: label.replaceAll('-', ''), parts }
}

const spelt = (text: string): Spelt => ({ text, plain: plain(text), look: look(text), consonants: consonants(text) })

/** The ways in which a label, or a part of it between hyphens, is a name misspelt. `weak`: also those that are only a reason to look. */
export function misspelt({ text: label, joined, parts }: Spelling, known: Spelling, weak: boolean): Way[] {
  const { text: name } = known
  if (label === name || name.length < 4) return []
  if (joined === name) return name.length > 5 || weak ? [way('hyphenation', name.length > 5, `\`${label}\` sets a hyphen into \`${name}\``)] : []
  for (const part of parts) {
    const found = part.text === name ? [] : alike(part, known, weak)
    if (found.length > 0) return found
  }
  return weak && name.length >= LONG && Math.abs(label.length - name.length) <= 2 && distance(label, name) <= 2
    ? [way('misspelling', false, `\`${label}\` is two slips away from \`${name}\``)] : []
}

function alike(one: Spelt, other: Spelt, weak: boolean): Way[] {
  const [part, name] = [one.text, other.text]
  if (Math.abs(part.length - name.length) > 2) return []
  if (one.plain === name || (one.look === other.look && !onlyDigits(part, name))) return [way('homoglyph', true, `\`${part}\` is written to look like \`${name}\``)]
  const near = name.length > 4 && part[0] === name[0]
  const vowels = near && part.length === name.length && one.consonants === other.consonants
  const close = near && (name.length > 5 || part.length === name.length) && distance(part, name) <= Math.max(1, Math.floor(name.length / 5))
  if (!vowels && !close && !weak) return []
  const slips = slip(part, name, { one: part, other: name })?.kinds.map(({ kind, says }) => way(kindOf(kind, part, name), vowels || close, says)) ?? []
  if (slips.length > 0) return slips
  if (vowels) return [way('vowel-swap', true, `\`${part}\` has other vowels than \`${name}\``)]
  if (close) return [way('misspelling', true, `\`${part}\` is two slips away from \`${name}\``)]
  return name.length > 4 && glyphs(part) === glyphs(name) ? [way('homoglyph', false, `\`${part}\` has letters that may be taken for those of \`${name}\``)] : []
}

const kindOf = (kind: SlipKind, part: string, name: string): ImitationKind =>
  (part.length > name.length && part.startsWith(name) && kind !== 'plural' && kind !== 'repetition' ? 'addition' : OF_SLIP[kind])

/** Signs that are read as letters. */
const plain = (text: string): string => text.replace(/0/g, 'o').replace(/1/g, 'i').replace(/3/g, 'e').replace(/5/g, 's').replace(/rn/g, 'm').replace(/vv/g, 'w').replace(/^q/, 'g')
/** Letters that are alike at a glance, or in small print. */
const glyphs = (text: string): string => look(text).replace(/j/g, 'l').replace(/lh/g, 'h').replace(/l?b/g, 'd')
  .replace(/lc/g, 'k').replace(/[eo]/g, 'c').replace(/q/g, 'g').replace(/u/g, 'v').replace(/nn/g, 'm').replace(/[nr]/g, 'm')
const onlyDigits = (one: string, other: string): boolean => one.replace(/[0-9]/g, '0') === other.replace(/[0-9]/g, '0')
const consonants = (text: string): string => text.replace(/[aeiouy]/g, '*')

/** Optimal string alignment distance (restricted Damerau-Levenshtein), on labels only. */
function distance(a: string, b: string): number {
  let [above, row]: [number[], number[]] = [[], Array.from({ length: b.length + 1 }, (_, j) => j)]
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      let least = Math.min((row[j] as number) + 1, (next[j - 1] as number) + 1, (row[j - 1] as number) + same)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, (above[j - 2] as number) + 1)
      next.push(least)
    }
    above = row
    row = next
  }
  return row[b.length] as number
}
