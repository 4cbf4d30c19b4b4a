import { rot13 } from './rot13.ts'
import type { Sought } from './finder.ts'

/** The shortest piece of a secret that counts. */
const PIECE = 12
/** Bytes that are compared at once. Every piece of 12 holds four of them at a place that is a multiple of nine. */
const GRAM = 4
const STEP = PIECE - GRAM + 1
/** Of neighbours' differences a piece has one less. */
const DELTA_STEP = STEP - 1
const SIEVE_BITS = 20
/** Longer secrets are known by their first bytes; any part of those counts. */
const LONGEST = 512

interface Variant {
  token: string
  bytes: Uint8Array
  under: string | null
  least: number
}

interface Spot {
  variant: Variant
  at: number
}

/** Looks for pieces of known secrets in one pass, and under every one-byte XOR in a second one. */
export class Pieces {
  readonly #plain = new Grams()
  readonly #delta = new Grams()

  constructor(tokens: readonly Sought[]) {
    for (const { id, core, least = PIECE } of tokens) {
      const bytes = core.subarray(0, LONGEST)
      const text = Buffer.from(bytes).toString('latin1')
      this.#add({ token: id, bytes, under: null, least }, true)
      this.#add({ token: id, bytes: Uint8Array.from(bytes).reverse(), under: 'reversed', least }, false)
      this.#add({ token: id, bytes: rot13(bytes), under: 'rot13', least }, false)
      if (text !== text.toLowerCase()) this.#add({ token: id, bytes: Buffer.from(text.toLowerCase(), 'latin1'), under: 'lowercase', least }, false)
      if (text !== text.toUpperCase()) this.#add({ token: id, bytes: Buffer.from(text.toUpperCase(), 'latin1'), under: 'uppercase', least }, false)
    }
  }

  #add(variant: Variant, xor: boolean): void {
    const { bytes } = variant
    for (let at = 0; at + GRAM <= bytes.length; at++) this.#plain.add(gramAt(bytes, at), { variant, at })
    if (!xor) return
    const delta = differences(bytes)
    for (let at = 0; at + GRAM <= delta.length; at++) this.#delta.add(gramAt(delta, at), { variant, at })
  }

  search(bytes: Uint8Array): { token: string; under: string | null }[] {
    const found = new Map<string, string | null>()
    for (let at = 0; at + GRAM <= bytes.length; at += STEP) {
      for (const { variant, at: place } of this.#plain.get(gramAt(bytes, at))) {
        if (found.get(variant.token) !== null && matches(bytes, at, variant, place, 0)) note(found, variant.token, variant.under)
      }
    }
    for (let at = 0; at + GRAM < bytes.length; at += DELTA_STEP) {
      for (const { variant, at: place } of this.#delta.get(deltaAt(bytes, at))) {
        const key = (bytes[at] as number) ^ (variant.bytes[place] as number)
        // Differing by 32 only is what changed case looks like.
        if (key !== 0 && !found.has(variant.token) && matches(bytes, at, variant, place, key)) note(found, variant.token, 'xor')
      }
    }
    return [...found].map(([token, under]) => ({ token, under }))
  }
}

function note(found: Map<string, string | null>, token: string, under: string | null): void {
  if (under === null || !found.has(token)) found.set(token, under)
}

const gramAt = (bytes: Uint8Array, at: number): number =>
  (bytes[at] as number) << 24 | (bytes[at + 1] as number) << 16 | (bytes[at + 2] as number) << 8 | (bytes[at + 3] as number)

function deltaAt(bytes: Uint8Array, at: number): number {
  const gram = gramAt(bytes, at)
  return gram ^ (gram << 8 | (bytes[at + 4] as number))
}

function differences(bytes: Uint8Array): Uint8Array {
  const delta = new Uint8Array(Math.max(0, bytes.length - 1))
  for (let i = 0; i < delta.length; i++) delta[i] = (bytes[i] as number) ^ (bytes[i + 1] as number)
  return delta
}

/** Whether the two agree, but for the key, on at least a piece around these places. */
function matches(bytes: Uint8Array, at: number, { bytes: core, least }: Variant, place: number, key: number): boolean {
  let before = 0
  while (before < least && at > before && place > before && ((bytes[at - before - 1] as number) ^ key) === core[place - before - 1]) before++
  let after = 0
  while (before + after < least && place + after < core.length && at + after < bytes.length && ((bytes[at + after] as number) ^ key) === core[place + after]) after++
  return before + after >= least
}

const NONE: readonly Spot[] = []

/** Where in the secrets four bytes stand; a sieve of bits in front, because almost always they stand nowhere. */
class Grams {
  readonly #sieve = new Uint8Array(2 ** SIEVE_BITS / 8)
  readonly #spots = new Map<number, Spot[]>()

  add(gram: number, spot: Spot): void {
    const bit = Math.imul(gram, 0x9e3779b1) >>> (32 - SIEVE_BITS)
    this.#sieve[bit >>> 3] = (this.#sieve[bit >>> 3] as number) | 1 << (bit & 7)
    const spots = this.#spots.get(gram)
    if (spots) spots.push(spot)
    else this.#spots.set(gram, [spot])
  }

  get(gram: number): readonly Spot[] {
    const bit = Math.imul(gram, 0x9e3779b1) >>> (32 - SIEVE_BITS)
    return ((this.#sieve[bit >>> 3] as number) & 1 << (bit & 7)) === 0 ? NONE : this.#spots.get(gram) ?? NONE
  }
}
