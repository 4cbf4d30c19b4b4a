import { mask } from '../../analysis/indicators/index.ts'

/**
 * What must not reach whom a complaint is about. Letters are written of pieces that say whether they are for everybody (`letter.ts`); this
 * is the second line of defence: whatever a person typed or a log said is searched for what would betray the finder, the victims or the defence.
 */
export interface Secrets {
  /** Exact words: names, mailboxes, hosts, tokens, victims, unpublished indicators, ids. Each with what it is. */
  words: readonly { word: string; is: string }[]
  /** The organisation's own domains: any host, mailbox or address under them. */
  domains: readonly string[]
  /** What may be said although it looks like a secret: the sender's mailbox, the target, published indicators. */
  allowed: readonly string[]
}

export interface Removed {
  /** Where in the text it was, in UTF-16 code units of the text before anything was removed. */
  at: number
  /** What it is: `the finder`, `an internal address`. Never the thing itself. */
  is: string
  length: number
}

/** Shortest word that is looked for: shorter ones would tear texts apart. */
const SHORTEST = 3
const LONGEST_TEXT = 1_000_000

interface Span { from: number; to: number; is: string }

/**
 * The text without what betrays, each gap saying what was there. `whole` is the text that places are of: the one given, composed (NFC), as
 * names are compared. Linear in the text for each rule. Throws RangeError for texts over a million characters.
 */
export function redact(given: string, secrets: Secrets): { text: string; whole: string; removed: Removed[] } {
  if (given.length > LONGEST_TEXT) throw new RangeError('a text to redact has at most a million characters')
  const text = given.normalize('NFC')
  const spans = merged(spansOf(text, secrets))
  let out = ''
  let last = 0
  for (const { from, to, is } of spans) {
    out += `${text.slice(last, from)}[removed: ${is}]`
    last = to
  }
  return { text: out + text.slice(last), whole: text, removed: spans.map(({ from, to, is }) => ({ at: from, length: to - from, is })) }
}

/** What is left of secrets in a finished text: what this finds, nobody sends. */
export const leaks = (text: string, secrets: Secrets): string[] => [...new Set(merged(spansOf(text.normalize('NFC'), secrets)).map(({ is }) => is))]

/** Which of these words stand in a text, in whatever spelling. */
export function standing(given: string, words: Secrets['words']): Secrets['words'] {
  const text = given.normalize('NFC')
  const folded = fold(text)
  return words.filter(({ word }) => mayStand(folded, word) && spelt(text, word.trim(), '').length > 0)
}

function spansOf(text: string, { words, domains, allowed }: Secrets): Span[] {
  const folded = fold(text)
  const find = (word: string, is: string): Span[] => (mayStand(folded, word) ? spelt(text, word.trim(), is) : [])
  const free = allowed.flatMap((word) => find(word, ''))
  const isFree = ({ from, to }: Span): boolean => free.some((one) => one.from <= from && one.to >= to)
  return [
    ...words.filter(({ word }) => word.trim().length >= SHORTEST).flatMap(({ word, is }) => find(word, is)),
    ...domains.filter((domain) => mayStand(folded, domain)).flatMap((domain) => under(text, domain)),
    ...PATTERNS.flatMap(({ pattern, is }) => [...text.matchAll(pattern)].map(({ 0: found, index }) => ({ from: index, to: index + found.length, is }))),
  ].filter((span) => !isFree(span))
}

/** Letters regardless of case, without signs that are not seen (Unicode Cf: zero-width spaces, soft hyphens) and soft line breaks of mails (RFC 2045 §6.7). */
const fold = (text: string): string => text.replace(/\p{Cf}|=\r?\n/gu, '').toUpperCase().toLowerCase()

/** A quick look, so that thousands of names cost little: whether the longest piece of the word stands there at all. */
function mayStand(folded: string, word: string): boolean {
  const [longest = ''] = fold(word.normalize('NFC')).split(/[\s.@]+/).sort((a, b) => b.length - a.length)
  return longest !== '' && folded.includes(longest)
}

const UNSEEN = '(?:\\p{Cf}|=\\r?\\n)*'
const DOT = '(?:\\.|\\[\\.\\]|\\(\\.\\)|\\[dot\\])'
const SIGNS: Readonly<Record<string, string>> = {
  '.': `${UNSEEN}${DOT}${UNSEEN}`, '@': `(?:${UNSEEN}(?:@|\\[@\\]|\\[at\\]|%40|&#0{0,5}64;|&#x0{0,4}40;|&commat;)${UNSEEN}|[\\s\\p{Cf}]+at[\\s\\p{Cf}]+)`, ' ': '(?:[\\s\\p{Cf}]+|%20|&nbsp;|[+_.-])',
}

/** A word as it stands, whatever its case, and not within a longer word; also defanged, encoded for URLs, with its spaces as line breaks or hyphens, and with signs between its letters that nobody sees. */
function spelt(text: string, word: string, is: string): Span[] {
  if (word === '') return []
  const tokens = [...word.normalize('NFC').replace(/\s+/g, ' ')].map((letter) => SIGNS[letter] ?? { letter: escaped(letter) })
  const loose = new RegExp(tokens.map((one, index) => (typeof one === 'string' ? one : `${index > 0 && typeof tokens[index - 1] !== 'string' ? UNSEEN : ''}${one.letter}`)).join(''), 'giu')
  return [...text.matchAll(loose)].filter(({ 0: found, index }) => !within(text, index, found.length)).map(({ 0: found, index }) => ({ from: index, to: index + found.length, is }))
}

const within = (text: string, at: number, length: number): boolean =>
  (isLetter(text[at]) && isLetter(text[at - 1])) || (isLetter(text[at + length - 1]) && isLetter(text[at + length]))

const isLetter = (letter: string | undefined): boolean => letter !== undefined && /[\p{L}\p{N}]/u.test(letter)

/** Hosts and mailboxes of a domain, also defanged: from the first character that belongs to the name to the end of the domain. */
function under(text: string, domain: string): Span[] {
  const loose = new RegExp(domain.split('.').map(escaped).join(DOT), 'gi')
  return [...text.matchAll(loose)].flatMap(({ 0: found, index: at }) => {
    const to = at + found.length
    if (/^(?:[a-z0-9-]|(?:\.|\[\.\])[a-z0-9])/i.test(text.slice(to, to + 4))) return []
    // A longer label, unless what stands before it is a sign encoded for URLs (`bob%40acme.example`).
    if (/[a-z0-9-]/i.test(text[at - 1] ?? '') && !/%[0-9a-f]{2}$/i.test(text.slice(Math.max(0, at - 3), at))) return []
    let from = at
    while (from > 0 && at - from < 253 && /[a-z0-9._%+@[\]()-]/i.test(text[from - 1] as string)) from--
    while (from < at && /[[\]().]/.test(text[from] as string)) from++
    return [{ from, to, is: 'a host or mailbox of ours' }]
  })
}

/**
 * What is a secret by its form: addresses of inner networks (RFC 1918, 4193, 6598, 3927), names that are only known inside, home folders, keys and tokens in
 * the shapes their issuers document.
 */
const PATTERNS: readonly { pattern: RegExp; is: string }[] = [
  { pattern: /(?<![\d.])(?:10(?:\[?\.\]?\d{1,3}){3}|192\[?\.\]?168(?:\[?\.\]?\d{1,3}){2}|172\[?\.\]?(?:1[6-9]|2\d|3[01])(?:\[?\.\]?\d{1,3}){2}|100\[?\.\]?(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])(?:\[?\.\]?\d{1,3}){2}|169\[?\.\]?254(?:\[?\.\]?\d{1,3}){2})(?![\d.]*\d)/g, is: 'an internal address' },
  { pattern: /(?<![0-9a-f:])(?:f[cd][0-9a-f]{2}|fe80):[0-9a-f:]{2,39}/gi, is: 'an internal address' },
  // Not `Path.home()`, `self.local = …`: code has such names, too.
  { pattern: /(?<![\w.$\]-])(?!(?:Path|self|this|os|process|window|globalThis|module|exports|threading|config|options|opts|args|env|node|pathlib)\.)(?:[a-z0-9-]{1,63}\[?\.\]?){1,6}(?:internal|intranet|corp|lan|home|local|localdomain)(?![\w-]|\[?\.\]?\w|\s{0,4}[(=[])/gi, is: 'an internal host' },
  { pattern: /(?<=\/(?:home|Users)\/)(?!\[removed: )[^/\s"':$*{}%~<>][^/\s"':]{0,63}/g, is: 'a user' },
  { pattern: /(?<=[A-Z]:\\Users\\)(?!\[removed: )[^\\\s"':]{1,64}/gi, is: 'a user' },
  { pattern: /(?<![\w-])(?:gh[pousr]_[A-Za-z0-9]{20,255}|github_pat_\w{20,255}|glpat-[\w-]{20,100}|npm_[A-Za-z0-9]{30,100}|pypi-[\w-]{40,300}|A[KS]IA[0-9A-Z]{16}|xox[abprs]-[\w-]{10,200}|sk-[\w-]{20,200})/g, is: 'a token' },
  { pattern: /(?<![\w-])eyJ[\w-]{10,2000}\.[\w-]{10,4000}\.[\w-]{0,1000}/g, is: 'a token' },
  { pattern: /-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----/g, is: 'a private key' },
  { pattern: /(?<=\/\/)(?!\[removed: )[^/\s:@]{1,100}:[^/\s@]{1,100}(?=@)/g, is: 'a password' },
  { pattern: /(?<![\w-])C-20\d\d-\d{4,6}(?!\d)/g, is: 'a case id' },
  { pattern: /"?_internal"?\s*:/g, is: 'internal data' },
]

function merged(spans: readonly Span[]): Span[] {
  const out: Span[] = []
  for (const span of [...spans].sort((a, b) => a.from - b.from || b.to - a.to)) {
    const last = out.at(-1)
    if (!last || span.from >= last.to) out.push({ ...span })
    else if (span.to > last.to) out[out.length - 1] = { ...last, to: span.to }
  }
  return out
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')

/** The text as it was, with what goes out of it marked for the person who approves: `⟦the finder: An***es⟧`. */
export function marked(text: string, removed: readonly Removed[]): string {
  let out = ''
  let last = 0
  for (const { at, length, is } of removed) {
    out += `${text.slice(last, at)}⟦${is}: ${mask(text.slice(at, at + length))}⟧`
    last = at + length
  }
  return out + text.slice(last)
}
