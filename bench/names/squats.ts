import type { SquatKind } from '../../src/names/index.ts'
import { MISSPELT, NUMBERS } from '../../src/names/words.ts'
import type { Random } from './random.ts'

/** Makes one imitation of a name; null where the name has no room for this kind. */
type Maker = (name: string, random: Random) => string | null

const letters = 'abcdefghijklmnopqrstuvwxyz'
const KEYS: Readonly<Record<string, string>> = {
  q: 'wa', w: 'qes', e: 'wrd', r: 'etf', t: 'ryg', y: 'tuh', u: 'yij', i: 'uok', o: 'ipl', p: 'ol', a: 'qsz', s: 'adw', d: 'sfe', f: 'dgr', g: 'fht', h: 'gjy', j: 'hku', k: 'jli', l: 'ko',
  z: 'xa', x: 'zc', c: 'xv', v: 'cb', b: 'vn', n: 'bm', m: 'n',
}
const LOOKALIKES: readonly (readonly [string, string])[] = [['o', '0'], ['l', '1'], ['i', '1'], ['l', 'i'], ['i', 'l'], ['m', 'rn'], ['rn', 'm'], ['w', 'vv'], ['d', 'cl'], ['e', '3'], ['a', '4'], ['s', '5']]
const SOUNDS: readonly (readonly [string, string])[] = [['ph', 'f'], ['f', 'ph'], ['ck', 'k'], ['c', 'k'], ['k', 'c'], ['x', 'ks'], ['s', 'z'], ['z', 's'], ['qu', 'kw'], ['y', 'i']]
const HUNG_LAST = ['js', 'dev', 'sdk', 'cli', 'utils', 'py', 'api', 'lib', 'tool', 'core', 'node', 'test', 'client', 'helper', 'update'] as const
const HUNG_FIRST = ['python', 'node', 'py', 'js', 'npm', 'official', 'python3', 'new', 'lib'] as const

/** Where in a text something stands. */
const places = (text: string, fits: (at: number) => boolean): number[] => [...text].flatMap((_, at) => (fits(at) ? [at] : []))
const isLetter = (sign: string | undefined): boolean => sign !== undefined && /[a-z]/.test(sign)

function edited(text: string, random: Random, fits: (at: number) => boolean, edit: (at: number) => string): string | null {
  const at = random.of(places(text, fits))
  return at === undefined ? null : edit(at)
}

const put = (text: string, at: number, width: number, by: string): string => text.slice(0, at) + by + text.slice(at + width)

function exchanged(text: string, random: Random, pairs: readonly (readonly [string, string])[]): string | null {
  const possible = pairs.flatMap(([from, to]) => places(text, (at) => text.startsWith(from, at)).map((at) => put(text, at, from.length, to)))
  return random.of(possible) ?? null
}

const MAKERS: Readonly<Partial<Record<SquatKind, Maker>>> = {
  omission: (name, random) => edited(name, random, (at) => isLetter(name[at]), (at) => put(name, at, 1, '')),
  repetition: (name, random) => edited(name, random, (at) => isLetter(name[at]), (at) => put(name, at, 0, name[at] as string)),
  swap: (name, random) => edited(name, random, (at) => isLetter(name[at]) && isLetter(name[at + 1]) && name[at] !== name[at + 1], (at) => put(name, at, 2, `${name[at + 1]}${name[at]}`)),
  keyboard: (name, random) => edited(name, random, (at) => KEYS[name[at] ?? ''] !== undefined, (at) => put(name, at, 1, random.of([...KEYS[name[at] as string] as string]) as string)),
  'look-alike': (name, random) => exchanged(name, random, LOOKALIKES),
  replacement: (name, random) => edited(name, random, (at) => isLetter(name[at]), (at) => put(name, at, 1, random.of([...letters].filter((sign) => sign !== name[at])) as string)),
  insertion: (name, random) => put(name, 1 + random.below(name.length - 1), 0, random.of([...letters]) as string),
  vowel: (name, random) => edited(name, random, (at) => /[aeiou]/.test(name[at] as string), (at) => put(name, at, 1, random.of([...'aeiou'].filter((sign) => sign !== name[at])) as string)),
  'bit-flip': (name, random) => edited(name, random, (at) => isLetter(name[at]), (at) =>
    put(name, at, 1, random.of([1, 2, 4, 8, 16].map((bit) => String.fromCharCode(name.charCodeAt(at) ^ bit)).filter(isLetter)) ?? '')),
  delimiter: (name, random) => (/[-_.]/.test(name) ? edited(name, random, (at) => /[-_.]/.test(name[at] as string), (at) => put(name, at, 1, ''))
    : name.length < 6 ? null : put(name, 3 + random.below(name.length - 5), 0, '-')),
  order: (name) => {
    const words = name.split('-')
    return words.length < 2 ? null : [...words.slice(1), words[0]].join('-')
  },
  plural: (name) => (name.endsWith('s') ? name.slice(0, -1) : `${name}s`),
  combo: (name, random) => (random.below(2) === 0 ? `${random.of(HUNG_FIRST)}-${name}` : `${name}-${random.of(HUNG_LAST)}`),
  version: (name, random) => (/[0-9]$/.test(name) ? name.replace(/[0-9]+$/, '') : `${name}${random.of(['2', '3', '4', '-2', '-v2'] as const)}`),
  sound: (name, random) => exchanged(name, random, SOUNDS),
  number: (name, random) => exchanged(name, random, [...NUMBERS].flatMap(([word, digit]): [string, string][] => [[word, digit], [digit, word]]).filter(([from]) => name.split('-').includes(from))),
  misspelling: (name, random) => exchanged(name, random, [...MISSPELT].map(([wrong, right]): [string, string] => [right, wrong]).filter(([right]) => name.split('-').includes(right))),
}

/** Nobody else can publish in a scope, so that another one is needed: `@scope/name` as `scope-name`, or with its scope misspelt. */
const SCOPED: Readonly<Partial<Record<SquatKind, Maker>>> = {
  scope: (name, random) => {
    const [scope = '', rest = ''] = name.slice(1).split('/')
    return random.below(2) === 0 ? `${scope}-${rest}` : `${scope}${rest}`
  },
  brand: (name, random) => {
    const [scope = '', rest = ''] = name.slice(1).split('/')
    const wrong = scope.length < 4 ? null : MAKERS[random.of(['swap', 'omission', 'repetition', 'look-alike', 'keyboard'] as const)]?.(scope, random)
    return wrong === null || wrong === undefined ? null : `@${wrong}/${rest}`
  },
}

/** One imitation of a protected name, or null where this kind has none; of a module on a host of code, one of its owner. */
export function squat(name: string, kind: SquatKind, random: Random): string | null {
  const [, host, owner, rest] = /^(github\.com)\/([^/]+)(\/.+)$/i.exec(name) ?? []
  if (host && owner) {
    const made = squat(owner.toLowerCase(), kind, random)
    return made === null ? null : `${host}/${made}${rest}`
  }
  const maker = (name.startsWith('@') ? SCOPED : MAKERS)[kind]
  const made = maker?.(name, random) ?? ''
  return made === '' || made.startsWith('-') || made.endsWith('-') ? null : made
}

export const KINDS = [...Object.keys(MAKERS), ...Object.keys(SCOPED)] as SquatKind[]
