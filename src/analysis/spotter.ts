import { ADD, assemble, get, I32, LESS, load, loop, number, REPEAT_IF, set, tee, unsigned, V128, vector } from './vectors.ts'

/*
 * Which of many words a text has: three characters of each word are looked for, of all words and at sixteen places at once, by
 * the halves of each byte (Hyperscan's "Teddy"; Langdale 2015); where they may stand, the word itself is.
 */

/** Bytes that are looked at in one call; then the six tables, then a bit for each place. */
const PIECE = 64 * 1024
const TABLES_AT = PIECE + 16
const BITS_AT = TABLES_AT + 6 * 16
/** Letters of both cases become one, and some signs others: what words are looked for by is changed in the same way. */
const FOLD = 0x20

const [SPLAT, CHOOSE, SHIFT, UNEQUAL, AND, OR, BITS] = [vector(0x0f), vector(0x0e), vector(0x6d), vector(0x24), vector(0x4e), vector(0x50), vector(0x64)] as const
const [END, AT, BYTES, TABLE] = [0, 1, 2, 3] as const
const each = (count: number, make: (index: number) => number[]): number[] => Array.from({ length: count }, (_, index) => make(index)).flat()

/** The buckets whose words may have such a byte at this step. */
const bucketsAt = (step: number): number[] => [
  ...get(AT), ...load(step), ...number(FOLD), ...SPLAT, ...OR, ...set(BYTES),
  ...get(TABLE + 2 * step), ...get(BYTES), ...number(15), ...SPLAT, ...AND, ...CHOOSE,
  ...get(TABLE + 2 * step + 1), ...get(BYTES), ...number(4), ...SHIFT, ...CHOOSE, ...AND,
]
const BODY = [
  2, 1, I32, 7, V128,
  ...each(6, (index) => [...number(TABLES_AT + 16 * index), ...load(0), ...set(TABLE + index)]),
  ...loop([
    ...get(AT), ...number(3), 0x76,
    ...bucketsAt(0), ...bucketsAt(1), ...AND, ...bucketsAt(2), ...AND, ...number(0), ...SPLAT, ...UNEQUAL, ...BITS, 0x3b, 1, ...unsigned(BITS_AT),
    ...get(AT), ...number(16), ...ADD, ...tee(AT), ...get(END), ...LESS, ...REPEAT_IF,
  ]),
  0x0b,
]

interface Machine { room: Buffer; tables: Uint8Array; bits: Uint16Array; run(end: number): void }

/** null on a processor without vectors. */
function prepare(): Machine | null {
  const program = assemble(2, BODY)
  if (!program) return null
  const { memory: { buffer }, run } = program
  return { room: Buffer.from(buffer, 0, PIECE + 16), tables: new Uint8Array(buffer, TABLES_AT, 6 * 16), bits: new Uint16Array(buffer, BITS_AT, PIECE / 16), run }
}

let machine: Machine | null | undefined

interface Word {
  word: string
  group: number
  /** Where in it the characters stand that it is looked for by. */
  at: number
}

/** Rare characters first: words are looked for by those of their characters that are the fewest in code. */
const FREQUENT = 'zqjxkvwbygph0123456789mufdcl\\[{(:_nrs.\'"oiatse '
const oftenOf = (character: string): number => FREQUENT.indexOf(character.toLowerCase()) + 2
const FREQUENCIES = Float64Array.from({ length: 256 }, (_, byte) => (byte & FOLD && byte < 128 ? oftenOf(String.fromCharCode(byte)) ** 2 : 0))
const BUCKETS = 8

/** Which groups of words a text has one of. Words of less than two characters are not looked for. */
export class Spotter {
  readonly #anyCase: boolean
  readonly #groups: number
  readonly #tables = new Uint8Array(6 * 16)
  /** Words by the characters they are looked for by, as far as these tell. */
  readonly #words: (Word[] | undefined)[] = Array.from({ length: SLOTS })
  readonly #short: (Word[] | undefined)[] = Array.from({ length: SLOTS })

  /** With `anyCase` words are in small letters. */
  constructor(groups: readonly (readonly string[])[], { anyCase = false } = {}) {
    this.#groups = groups.length
    this.#anyCase = anyCase
    const words = groups.flatMap((group, index) => group.map((word): Word => ({ word, group: index, at: rarest(word) })))
    for (const word of words) {
      const [table, slot] = word.word.length > 2 ? [this.#words, slotOf(keyOf(word))] : [this.#short, slotOf(keyOf(word))]
      ;(table[slot] ??= []).push(word)
    }
    for (const key of new Set(words.map(keyOf))) this.#enter(key)
  }

  /** Puts a key into the bucket that it makes the least difference to: like ones share one. */
  #enter(key: number): void {
    const costs = Array.from({ length: BUCKETS }, (_, bucket) => {
      const before = cost(this.#tables, 1 << bucket)
      return cost(entered(this.#tables, key, 1 << bucket), 1 << bucket) - before
    })
    this.#tables.set(entered(this.#tables, key, 1 << costs.indexOf(Math.min(...costs))))
  }

  /** One for each group that has a word in the text, nought for the others. */
  in(text: string): Uint8Array {
    const found = new Uint8Array(this.#groups)
    if (machine === undefined) machine = prepare()
    if (machine === null) for (let at = 0; at < text.length; at++) this.#look(text, at, threeOf(text, at), found)
    else for (let from = 0; from < text.length; from += PIECE) this.#through(machine, text, from, found)
    return found
  }

  #through({ room, tables, bits, run }: Machine, text: string, from: number, found: Uint8Array): void {
    tables.set(this.#tables)
    const part = from === 0 && text.length <= PIECE + 2 ? text : text.slice(from, from + PIECE + 2)
    // Of characters beyond Latin-1 the lower half: no more is looked for by.
    room.write(part, 'latin1')
    room.fill(0, part.length, Math.min(part.length + 18, room.length))
    const blocks = (Math.min(PIECE, part.length) + 15) >> 4
    run(blocks * 16)
    for (let block = 0; block < blocks; block++) {
      for (let left = bits[block] as number; left !== 0; left &= left - 1) {
        const at = block * 16 + 31 - Math.clz32(left & -left)
        this.#look(text, from + at, ((room[at] as number) | ((room[at + 1] as number) << 8) | ((room[at + 2] as number) << 16)) | FOLDS, found)
      }
    }
  }

  /** Words that are looked for by what stands here. */
  #look(text: string, place: number, three: number, found: Uint8Array): void {
    const words = this.#words[slotOf(three)]
    if (words) this.#tell(words, text, place, found)
    const short = this.#short[slotOf(three & 0xffff)]
    if (short) this.#tell(short, text, place, found)
  }

  #tell(words: readonly Word[], text: string, place: number, found: Uint8Array): void {
    for (const { word, group, at } of words) if (found[group] === 0 && this.#stands(text, word, place - at)) found[group] = 1
  }

  #stands(text: string, word: string, from: number): boolean {
    if (from < 0) return false
    return this.#anyCase ? text.slice(from, from + word.length).toLowerCase() === word : text.startsWith(word, from)
  }
}

const SLOTS = 1 << 10
const FOLDS = FOLD * 0x10101
/** Three characters as one number, the first lowest, folded. */
const threeOf = (text: string, at: number): number => ((text.charCodeAt(at) & 0xff) | ((text.charCodeAt(at + 1) & 0xff) << 8) | ((text.charCodeAt(at + 2) & 0xff) << 16)) | FOLDS
/** The characters that a word is looked for by; two where it has no more. */
const keyOf = ({ word, at }: Word): number => (word.length > 2 ? threeOf(word, at) : threeOf(word, 0) & 0xffff)
const slotOf = (key: number): number => Math.imul(key, 0x9e3779b1) >>> 22

/** The tables with one more key in a bucket. A key of two characters goes with whatever stands behind them. */
function entered(tables: Uint8Array, key: number, bucket: number): Uint8Array {
  const out = Uint8Array.from(tables)
  for (let step = 0; step < 3; step++) {
    const byte = (key >> (8 * step)) & 0xff
    for (let half = 0; half < 16; half++) {
      if (byte === 0 || (byte & 15) === half) out[32 * step + half]! |= bucket
      if (byte === 0 || byte >> 4 === half) out[32 * step + 16 + half]! |= bucket
    }
  }
  return out
}

/** How often a bucket will be hit. */
function cost(tables: Uint8Array, bucket: number): number {
  let product = 1
  for (let step = 0; step < 3; step++) {
    let sum = 0
    for (let byte = FOLD; byte < 256; byte++) if ((tables[32 * step + (byte & 15)] as number) & (tables[32 * step + 16 + (byte >> 4)] as number) & bucket) sum += FREQUENCIES[byte] as number
    product *= sum
  }
  return product
}

/** Where the rarest three characters of a word begin. */
function rarest(word: string): number {
  const often = (at: number): number => oftenOf(word[at] as string) * oftenOf(word[at + 1] as string) * oftenOf(word[at + 2] as string)
  let best = 0
  for (let at = 1; at + 3 <= word.length; at++) if (often(at) < often(best)) best = at
  return best
}
