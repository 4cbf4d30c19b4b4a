import { createHmac } from 'node:crypto'

export const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
export const BASE62 = `0123456789${LETTERS}`
export const BASE64 = `${LETTERS}0123456789+/`
export const BASE64URL = `${LETTERS}0123456789-_`
export const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
export const HEX = '0123456789abcdef'

/** Bytes that follow from a seed and what they are for, and from nothing else; whoever lacks the seed cannot tell them from chance. */
export class Dice {
  readonly #seed: string
  readonly #use: string
  #block = Buffer.alloc(0)
  #blocks = 0

  constructor(seed: string, use: string) {
    this.#seed = seed
    this.#use = use
  }

  /** Another one, of the same seed. */
  of(use: string): Dice {
    return new Dice(this.#seed, use)
  }

  bytes(count: number): Buffer {
    while (this.#block.length < count) {
      this.#block = Buffer.concat([this.#block, createHmac('sha256', this.#seed).update(`${this.#use}\0${this.#blocks++}`).digest()])
    }
    const taken = Buffer.from(this.#block.subarray(0, count))
    this.#block = this.#block.subarray(count)
    return taken
  }

  /** Below `limit`, every number as likely as another. */
  below(limit: number): number {
    const most = 2 ** 32 - 2 ** 32 % limit
    for (;;) {
      const value = this.bytes(4).readUInt32BE()
      if (value < most) return value % limit
    }
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T
  }

  chars(alphabet: string, count: number): string {
    return Array.from({ length: count }, () => alphabet[this.below(alphabet.length)]).join('')
  }

  /** `0`-led decimal digits never. */
  digits(count: number): string {
    return this.chars('123456789', 1) + this.chars('0123456789', count - 1)
  }
}
