/** Traffic Light Protocol 2.0 (FIRST, 2022), from what everybody may read to what stays among those in the room. */
export const TLP_WORDS = ['clear', 'green', 'amber', 'amber+strict', 'red'] as const
export type Tlp = (typeof TLP_WORDS)[number]

/** What no machine hands on, whatever was configured. */
const STAYS: Tlp = 'red'

/**
 * `TLP:AMBER+STRICT`, `tlp:green`, `white` (the word of TLP 1.0 for clear). null: not a word of TLP at all. A `tlp:` word that
 * nobody knows is read as red: what cannot be understood is not handed on.
 */
export function readTlp(text: string): Tlp | null {
  const word = text.trim().toLowerCase().replace(/\s+/g, '')
  const bare = word.replace(/^tlp[:_-]/, '')
  const known = bare === 'white' ? 'clear' : bare.replace(/^amber[_-]strict$/, 'amber+strict')
  if ((TLP_WORDS as readonly string[]).includes(known)) return known as Tlp
  return bare === word ? null : 'red'
}

/** May an item be handed to somebody who may have at most `most`? Red never. */
export const mayLeave = (tlp: Tlp, most: Tlp): boolean => tlp !== STAYS && TLP_WORDS.indexOf(tlp) <= TLP_WORDS.indexOf(most)

/** What whoever is refused a package, without a name or a token, may read of why: TLP 2.0 lets neither red nor amber+strict go that far. */
export const toAnybody = <Said extends { summary: string; url: string | null }>(said: Said, tlp: string): Said =>
  (tlp === 'red' || tlp === 'amber+strict' ? { ...said, summary: 'known to this organisation', url: null } : said)

/** What `mayLeave`, for queries. */
export const leaving = (most: Tlp): Tlp[] => TLP_WORDS.filter((tlp) => mayLeave(tlp, most))

/** The one that says the most; `otherwise` where none says anything. */
export function strictest(all: readonly (Tlp | null)[], otherwise: Tlp): Tlp {
  const said = all.filter((tlp) => tlp !== null)
  return said.reduce<Tlp | null>((most, tlp) => (most === null || TLP_WORDS.indexOf(tlp) > TLP_WORDS.indexOf(most) ? tlp : most), null) ?? otherwise
}
