import { Pieces } from './pieces.ts'
import { NameThreads } from './name-threads.ts'
import { unwrap } from './unwrap.ts'

/** A planted secret as it is looked for. */
export interface Sought {
  id: string
  /** What is only its own: no armour, no prefix that others share. At least 12 bytes. */
  core: Uint8Array
  /** The shortest piece that counts, where 12 bytes are not enough to be only its own (words of a language). */
  least?: number
}

export interface Found {
  token: string
  /** What lay around it, outermost first; empty: it was there as it is. */
  encodings: readonly string[]
}

export interface FinderLimits {
  /** How many encodings may lie around each other. */
  depth: number
  /** Of everything that comes out of encodings, for each call; and how long it may take. */
  bytes: number
  ms: number
}

const STANDARD: FinderLimits = { depth: 4, bytes: 96 * 1024 * 1024, ms: 3_000 }

interface Layer {
  bytes: Uint8Array
  begins: boolean
  encodings: readonly string[]
}

/**
 * Finds planted secrets again in whatever was sent or written, also when it was encoded, several times over, or cut into
 * pieces of at least 12 characters: twelve characters of a random secret occur nowhere by chance.
 */
export class Finder {
  readonly #pieces: Pieces
  readonly #limits: FinderLimits
  readonly #threads = new NameThreads()
  /** Calls that ended at a limit before everything was looked into. */
  unfinished = 0

  constructor(tokens: readonly Sought[], limits: Partial<FinderLimits> = {}) {
    this.#pieces = new Pieces(tokens)
    this.#limits = { ...STANDARD, ...limits }
  }

  /** Each token once, with the fewest encodings that it was found under. The shallow layers first, until a limit. */
  find(bytes: Uint8Array): Found[] {
    const found = new Map<string, readonly string[]>()
    const queue: Layer[] = [{ bytes, begins: true, encodings: [] }]
    const end = performance.now() + this.#limits.ms
    let left = this.#limits.bytes
    for (let next = 0; next < queue.length; next++) {
      const layer = queue[next] as Layer
      // The queue holds what is still to be looked at, and nothing else.
      queue[next] = EMPTY
      for (const { token, under } of this.#pieces.search(layer.bytes)) {
        if (!found.has(token)) found.set(token, under === null ? layer.encodings : [...layer.encodings, under])
      }
      const further = this.#limits.depth - layer.encodings.length
      if (further <= 0) continue
      for (const { by, bytes: inner, begins } of unwrap({ ...layer, last: further === 1 })) {
        left -= inner.length
        if (left < 0 || performance.now() > end) {
          this.unfinished++
          return listed(found)
        }
        queue.push({ bytes: inner, begins, encodings: [...layer.encodings, by] })
      }
    }
    return listed(found)
  }

  /** In a name that was looked up: as it is, with its labels joined, and joined to what was asked before under the same domain. */
  findInName(name: string): Found[] {
    const found = new Map<string, readonly string[]>()
    for (const { text, by } of this.#threads.follow(name)) {
      for (const { token, encodings } of this.find(Buffer.from(text, 'latin1'))) {
        if (!found.has(token)) found.set(token, by === null ? encodings : [by, ...encodings])
      }
    }
    return listed(found)
  }
}

const EMPTY: Layer = { bytes: new Uint8Array(0), begins: false, encodings: [] }

const listed = (found: ReadonlyMap<string, readonly string[]>): Found[] => [...found].map(([token, encodings]) => ({ token, encodings }))
