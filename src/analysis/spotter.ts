import { ADD, assemble, get, I32, LESS, load, loop, number, REPEAT_IF, set, tee, unsigned, V128, vector } from './vectors.ts'

/*
 * Which of many words a text has: four characters of each word are looked for, of all words and at sixteen places at once, by
 * the halves of each byte (Hyperscan's "Teddy"; Langdale 2015); where they may stand, the word itself is.
 */

/** Bytes that are looked at in one call; then the tables, then a bit for each place. */
const PIECE = 64 * 1024
const TABLES_AT = PIECE + 16
/** Characters that words are looked for by; two tables for each, one for either half of a byte. */
const STEPS = 4
const TABLES = 2 * STEPS
const BITS_AT = TABLES_AT + TABLES * 16
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
  2, 1, I32, 1 + TABLES, V128,
  ...each(TABLES, (index) => [...number(TABLES_AT + 16 * index), ...load(0), ...set(TABLE + index)]),
  ...loop([
    ...get(AT), ...number(3), 0x76,
    ...bucketsAt(0), ...each(STEPS - 1, (step) => [...bucketsAt(step + 1), ...AND]), ...number(0), ...SPLAT, ...UNEQUAL, ...BITS, 0x3b, 1, ...unsigned(BITS_AT),
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
  return { room: Buffer.from(buffer, 0, PIECE + 16), tables: new Uint8Array(buffer, TABLES_AT, TABLES * 16), bits: new Uint16Array(buffer, BITS_AT, PIECE / 16), run }
}

let machine: Machine | null | undefined

interface Word {
  word: string
  group: number
  /** Where in it the characters stand that it is looked for by. */
  at: number
  /** These as one number, the first lowest, folded; `mask` where it has fewer than four. */
  key: number
  mask: number
}

/** Characters from the rarest to the most frequent one in code and what is said about it: each about a tenth more frequent than the one before. */
const FREQUENT = '%^975864\\z$3!#+q&<?@|21j][0`_k\'xw*:"{}v-/;=yb,g)(.mhfdupclaionsrte '
const oftenOf = (character: string): number => 1.1 ** FREQUENT.indexOf(character.toLowerCase())
const FREQUENCIES = Float64Array.from({ length: 128 }, (_, byte) => (byte & FOLD ? oftenOf(String.fromCharCode(byte)) : 0))

/** Which groups of words a text has one of. Words of less than two characters are not looked for. */
export class Spotter {
  readonly #anyCase: boolean
  readonly #groups: number
  readonly #tables: Uint8Array
  /** Words by the first two of the characters they are looked for by, as far as these tell. */
  readonly #words: (Word[] | undefined)[] = Array.from({ length: SLOTS })

  /** With `anyCase` words are in small letters, and letters of ASCII stand for both cases. */
  constructor(groups: readonly (readonly string[])[], { anyCase = false } = {}) {
    this.#groups = groups.length
    this.#anyCase = anyCase
    const words = groups.flatMap((group, index) => group.map((word) => wordOf(word, index)))
    for (const word of words) (this.#words[slotOf(word.key)] ??= []).push(word)
    this.#tables = tablesOf(words)
  }

  /** One for each group that has a word in the text, nought for the others. */
  in(text: string): Uint8Array {
    const found = new Uint8Array(this.#groups)
    if (machine === undefined) machine = prepare()
    if (machine === null) for (let at = 0; at < text.length; at++) this.#look(text, at, fourOf(text, at), found)
    else for (let from = 0; from < text.length; from += PIECE) this.#through(machine, text, from, found)
    return found
  }

  #through({ room, tables, bits, run }: Machine, text: string, from: number, found: Uint8Array): void {
    tables.set(this.#tables)
    const part = from === 0 && text.length < PIECE + STEPS ? text : text.slice(from, from + PIECE + STEPS - 1)
    // Of characters beyond Latin-1 the lower half: no more is looked for by.
    room.write(part, 'latin1')
    room.fill(0, part.length, Math.min(part.length + 16 + STEPS, room.length))
    const blocks = (Math.min(PIECE, part.length) + 15) >> 4
    run(blocks * 16)
    for (let block = 0; block < blocks; block++) {
      for (let left = bits[block] as number; left !== 0; left &= left - 1) {
        const at = block * 16 + 31 - Math.clz32(left & -left)
        this.#look(text, from + at, room.readInt32LE(at) | FOLDS, found)
      }
    }
  }

  /** Words that are looked for by what stands here: `four` are its characters, as they are in a key. */
  #look(text: string, place: number, four: number, found: Uint8Array): void {
    const words = this.#words[slotOf(four)]
    if (!words) return
    for (const { word, group, at, key, mask } of words) if ((four & mask) === key && found[group] === 0 && this.#stands(text, word, place - at)) found[group] = 1
  }

  #stands(text: string, word: string, from: number): boolean {
    if (from < 0) return false
    if (!this.#anyCase) return text.startsWith(word, from)
    for (let at = 0; at < word.length; at++) if (lowerAt(text, from + at) !== word.charCodeAt(at)) return false
    return true
  }
}

const SLOTS = 1 << 10
const FOLDS = FOLD * 0x01010101
const byteOf = (text: string, at: number): number => text.charCodeAt(at) & 0xff
const fourOf = (text: string, at: number): number => byteOf(text, at) | (byteOf(text, at + 1) << 8) | (byteOf(text, at + 2) << 16) | (byteOf(text, at + 3) << 24) | FOLDS
const slotOf = (four: number): number => Math.imul(four & 0xffff, 0x9e3779b1) >>> 22

function wordOf(word: string, group: number): Word {
  const mask = word.length < STEPS ? (1 << (8 * word.length)) - 1 : -1
  const at = rarest(word)
  return { word, group, at, key: fourOf(word, at) & mask, mask }
}

const lowerAt = (text: string, at: number): number => {
  const code = text.charCodeAt(at)
  return code >= 65 && code <= 90 ? code | FOLD : code
}

/** Each word in the bucket that it makes the least difference to: like ones share one. */
function tablesOf(words: readonly Word[]): Uint8Array {
  let tables = new Uint8Array(TABLES * 16)
  const hits = Array.from({ length: 8 }, () => 0)
  for (const word of words) {
    const ways = hits.map((before, bucket) => {
      const wider = entered(tables, word, 1 << bucket)
      const now = hitsOf(wider, 1 << bucket)
      return { wider, bucket, now, more: now - before }
    })
    const best = ways.reduce((one, other) => (other.more < one.more ? other : one))
    tables = best.wider
    hits[best.bucket] = best.now
  }
  return tables
}

/** The tables with one more word in a bucket. One of fewer characters goes with whatever stands behind them. */
function entered(tables: Uint8Array, { key, mask }: Word, bucket: number): Uint8Array<ArrayBuffer> {
  const out = Uint8Array.from(tables)
  for (let step = 0; step < STEPS; step++) {
    const byte = (key >>> (8 * step)) & 0xff
    const any = ((mask >>> (8 * step)) & 1) === 0
    for (let half = 0; half < 16; half++) {
      if (any || (byte & 15) === half) out[32 * step + half]! |= bucket
      if (any || byte >> 4 === half) out[32 * step + 16 + half]! |= bucket
    }
  }
  return out
}

/** How often a bucket will be hit. */
function hitsOf(tables: Uint8Array, bucket: number): number {
  let product = 1
  for (let step = 0; step < STEPS; step++) {
    let sum = 0
    for (let byte = FOLD; byte < 128; byte++) if ((tables[32 * step + (byte & 15)] as number) & (tables[32 * step + 16 + (byte >> 4)] as number) & bucket) sum += FREQUENCIES[byte] as number
    product *= sum
  }
  return product
}

/** Where the rarest four characters of a word begin. */
function rarest(word: string): number {
  const often = (at: number): number => word.slice(at, at + STEPS).split('').reduce((product, character) => product * oftenOf(character), 1)
  let best = 0
  for (let at = 1; at + STEPS <= word.length; at++) if (often(at) < often(best)) best = at
  return best
}
