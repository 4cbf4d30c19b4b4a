import { areNeighbours } from '../keyboard.ts'
import { encodeLabel } from '../punycode.ts'
import { registered, splitter } from './labels.ts'
import { ENDINGS, INFRASTRUCTURE, KIN, TELLING } from './words.ts'

/** What can be made of a name; kinds after dnstwist's, and the words of the name put together anew. */
type CandidateKind =
  | 'addition' | 'bitsquatting' | 'cyrillic' | 'dictionary' | 'homoglyph' | 'hyphenation' | 'insertion' | 'omission' | 'plural' | 'recombination' | 'repetition'
  | 'replacement' | 'subdomain' | 'tld-swap' | 'transposition' | 'various' | 'vowel-swap'

export interface Candidate {
  kind: CandidateKind
  /** As DNS has it. */
  host: string
}

const SIGNS = [...'abcdefghijklmnopqrstuvwxyz0123456789']
const VOWELS = [...'aeiou']
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/
/** Signs of ASCII that are drawn alike, one way. */
const ALIKE: Readonly<Record<string, readonly string[]>> = {
  0: ['o'], 1: ['l', 'i'], 3: ['8', 'e'], 5: ['s'], 6: ['9'], 8: ['3'], 9: ['6', 'g'], a: ['4'], b: ['d', 'lb', '6'], c: ['e'], d: ['b', 'cl', 'dl'], e: ['c', '3'], g: ['q', '9'], h: ['lh'],
  i: ['1', 'l', 'j'], k: ['lc'], l: ['1', 'i'], m: ['n', 'nn', 'rn'], n: ['m', 'r'], o: ['0'], q: ['g'], s: ['5'], t: ['7'], u: ['v'], v: ['u'], w: ['vv'], z: ['2'], rn: ['m'], cl: ['d'], vv: ['w'],
}
/** The letter of another script, or with a mark, that passes for it (UTS 39). */
const FOREIGN: Readonly<Record<string, string>> = {
  a: 'аɑáàâäåąă', b: 'ьƅḅ', c: 'сϲćčç', d: 'ԁɗďđ', e: 'еҽéèêëęė', f: 'ƒḟ', g: 'ɡցğġ', h: 'һհĥħ', i: 'іıɩíìîï', j: 'јϳĵ', k: 'кκķ', l: 'ӏłļĺ', m: 'мᴍṃ', n: 'ոռñńņ', o: 'оοօóòôöõ', p: 'рρṗ', q: 'ԛ',
  r: 'гᴦŕř', s: 'ѕꜱśšș', t: 'тτţť', u: 'υսúùûü', v: 'ѵνṿ', w: 'ԝẁŵ', x: 'хχẋ', y: 'уүγýÿ', z: 'ᴢźžż',
}
const CYRILLIC: Readonly<Record<string, string>> = {
  a: 'а', b: 'ь', c: 'с', d: 'ԁ', e: 'е', g: 'ԍ', h: 'һ', i: 'і', j: 'ј', k: 'к', l: 'ӏ', m: 'м', o: 'о', p: 'р', q: 'ԛ', s: 'ѕ', t: 'т', v: 'ѵ', w: 'ԝ', x: 'х', y: 'у', n: 'п', r: 'г', u: 'ц',
}

/**
 * Domains that somebody might register to pass for `host`, each once, under the first kind that makes it. Some thousands for a name
 * of a dozen letters; the registered domain itself is none of them.
 */
export function* candidates(host: string): Generator<Candidate> {
  const { label: written, ending, domain, front } = registered(host.toLowerCase().replace(/\.$/, ''))
  const seen = new Set([domain])
  const label = written.slice(0, 63)
  for (const [kind, made] of [
    ...Object.entries(PERMUTATIONS).map(([kind, permute]) => [kind as CandidateKind, map(permute(label), (one) => `${one}.${ending}`)] as const),
    ...[...new Set([ending, 'com'])].map((under) => ['dictionary', map(hung(label), (one) => `${one}.${under}`)] as const),
    ['tld-swap', map(ENDINGS, (other) => `${label}.${other}`)],
    ['subdomain', map(slots(label), (at) => `${label.slice(0, at)}.${label.slice(at)}.${ending}`)],
    ['various', various(label, ending, front)],
    ['recombination', recombined(label, ending, front)],
  ] as const) {
    for (const one of made) {
      const name = asDns(one)
      if (name === null || seen.has(name)) continue
      seen.add(name)
      yield { kind, host: name }
    }
  }
}

function asDns(host: string): string | null {
  const labels = host.split('.').map(encodeLabel)
  return labels.every((label) => label !== null && LABEL.test(label)) ? labels.join('.') : null
}

const places = (text: string): number[] => Array.from(text, (_, at) => at)
const slots = (text: string): number[] => places(text).slice(1)
const put = (text: string, at: number, instead: string, size = 1): string => text.slice(0, at) + instead + text.slice(at + size)

const PERMUTATIONS = {
  transposition: (label) => slots(label).map((at) => put(label, at - 1, `${label[at]}${label[at - 1]}`, 2)),
  omission: (label) => places(label).map((at) => put(label, at, '')),
  repetition: (label) => places(label).map((at) => put(label, at, `${label[at]}${label[at]}`)),
  'vowel-swap': (label) => places(label).flatMap((at) => (VOWELS.includes(label[at] as string) ? VOWELS.map((vowel) => put(label, at, vowel)) : [])),
  replacement: (label) => places(label).flatMap((at) => SIGNS.filter((sign) => areNeighbours(label[at] as string, sign)).map((sign) => put(label, at, sign))),
  insertion: (label) => places(label).flatMap((at) => SIGNS.filter((sign) => areNeighbours(label[at] as string, sign)).flatMap((sign) => [put(label, at, sign, 0), put(label, at + 1, sign, 0)])),
  addition: (label) => [...SIGNS.map((sign) => label + sign), ...[...label.matchAll(/-/g)].flatMap(({ index }) => SIGNS.map((sign) => put(label, index, sign, 0)))],
  plural: (label) => slots(label).map((at) => put(label, at, /[sxz]/.test(label[at - 1] as string) ? 'es' : 's', 0)),
  bitsquatting: (label) => places(label).flatMap((at) => [0, 1, 2, 3, 4, 5, 6].map((bit) => put(label, at, String.fromCharCode(label.charCodeAt(at) ^ (1 << bit))))
    .filter((one) => /^[a-z0-9-]+$/.test(one))),
  hyphenation: (label) => slots(label).map((at) => put(label, at, '-', 0)),
  homoglyph: (label) => [...alike(label), ...alike(label).flatMap(alike), ...places(label).flatMap((at) => [...FOREIGN[label[at] as string] ?? ''].map((sign) => put(label, at, sign)))],
  cyrillic: (label) => {
    const whole = [...label].map((sign) => CYRILLIC[sign] ?? sign).join('')
    return /[a-z]/.test(whole) ? [] : [whole]
  },
} satisfies Partial<Record<CandidateKind, (label: string) => readonly string[]>>

const hung = (label: string): string[] => [...INFRASTRUCTURE.keys()].flatMap((word) => [`${label}-${word}`, label + word, `${word}-${label}`, word + label])
const alike = (label: string): string[] => places(label).flatMap((at) => [1, 2].flatMap((size) => (ALIKE[label.slice(at, at + size)] ?? []).map((sign) => put(label, at, sign, size))))

function* map<A, B>(all: Iterable<A>, change: (one: A) => B): Generator<B> {
  for (const one of all) yield change(one)
}

/** What stands beside the name run together with it. */
function various(label: string, ending: string, front: readonly string[]): string[] {
  const bare = ending.replaceAll('.', '')
  const last = ending.split('.').at(-1) as string
  const together = front.length === 0 ? [] : [front.join('') + label, `${front.join('-')}-${label}`]
  return [`${label}${bare}.${last}`, `${label}-${bare}.com`, `${label}${bare}.com`, `${label}.${last}`, `www${label}.${ending}`, `www-${label}.${ending}`, ...together.map((one) => `${one}.${ending}`)]
}

/** The words of the name, and what is said for them, in any order, with and without words of infrastructure between hyphens or not. */
function* recombined(label: string, ending: string, front: readonly string[]): Generator<string> {
  const parts = WHOLE(label)
  const all = [...new Set([...parts, ...front.flatMap(WHOLE)])]
  const orders = parts.length > 1 ? pairs(all).filter((pair) => pair.some(tells)).map((pair) => pair.map(spellings) as [string[], string[]]) : []
  for (const [first, second] of orders) {
    for (const one of first) for (const two of second) for (const joint of ['', '-']) for (const under of new Set([ending, 'com', 'org', 'net'])) yield `${one}${joint}${two}.${under}`
  }
}

const STEMS: ReadonlySet<string> = new Set(INFRASTRUCTURE.values())
/** It says whose infrastructure it is. */
const tells = (part: string): boolean => TELLING.has(KIN.get(part) ?? part) || !STEMS.has(part)

const WHOLE = splitter(KIN.keys())

/** A part as it may be written: as it is, the other forms of its word, what is said for it. */
function spellings(part: string): string[] {
  const kin = KIN.get(part) ?? part
  const forms = [...INFRASTRUCTURE].filter(([, stem]) => stem === part || stem === kin).map(([word]) => word)
  return [...new Set([part, ...forms, ...[...KIN].filter(([, stem]) => stem === kin).map(([word]) => word)])]
}

const pairs = <T>(all: readonly T[]): [T, T][] => all.flatMap((one, at) => all.flatMap((other, to): [T, T][] => (at === to ? [] : [[one, other]])))
