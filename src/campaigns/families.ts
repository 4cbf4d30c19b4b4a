import { createHash } from 'node:crypto'
import { encodeSketch, SHINGLES, similarity } from '../analysis/sketch.ts'
import type { MinHash, Sketch } from '../analysis/sketch.ts'

/**
 * Code of this likeness is of one family: as it stands, or in shape where there is enough of it to have one. Of 400,000 pairs of popular
 * packages 57 are as like in shape, next to all of them of one publisher or forks.
 */
const ALIKE = 0.5
const SHAPELY = 60
/** A copy with something added: less like, but all of the smaller one is in the larger. */
const CONTAINED = { alike: 0.33, share: 0.85, least: 100 }
/** More families of one package than this add nothing. */
const KINSHIPS = 3
/**
 * Rows of a band and bands (locality-sensitive hashing; Leskovec, Rajaraman and Ullman, "Mining of Massive Datasets", 3.4): pairs of
 * likeness 0.6 meet in one with probability 0.99, of 0.5 with 0.87, of 0.1 with 0.003. All are compared before they count.
 */
const ROWS = 4
const BANDS = 32
const WAYS = 4

interface Family {
  id: string
  sketch: Sketch
}

export interface Kinship {
  family: string
  /** Likeness to the family's first, 0 to 1. */
  near: number
  /** Of how much code the family's first is. */
  shingles: number
}

/**
 * Families of packages with like code, each known by its first member. Looking one up costs the same however many there are: a
 * table of fixed size, in which the newest push out the oldest.
 */
export class Families {
  readonly #families: (Family | null)[] = []
  readonly #byId = new Map<string, number>()
  readonly #capacity: number
  readonly #exact: Bands
  readonly #shape: Bands
  #next = 0

  constructor(capacity: number) {
    this.#capacity = capacity
    this.#exact = new Bands(capacity)
    this.#shape = new Bands(capacity)
  }

  /** The families it belongs to, the nearest first; a new one where there is none (`founded`). */
  place(sketch: Sketch): { kinships: Kinship[]; founded: boolean } {
    const slots = new Set([...this.#exact.find(sketch.exact), ...(sketch.outlines >= SHAPELY ? this.#shape.find(sketch.shape) : [])])
    const kinships: Kinship[] = []
    for (const slot of slots) {
      const family = this.#families[slot]
      const near = family ? likeness(sketch, family.sketch) : 0
      if (!family || near === 0) continue
      kinships.push({ family: family.id, near, shingles: family.sketch.shingles })
      if ((this.#next - slot + this.#capacity) % this.#capacity > this.#capacity / 2) this.#renew(slot, family)
    }
    if (kinships.length > 0) return { kinships: kinships.sort((a, b) => b.near - a.near).slice(0, KINSHIPS), founded: false }
    const family = idOf(sketch)
    this.add(family, sketch)
    return { kinships: [{ family, near: 1, shingles: sketch.shingles }], founded: true }
  }

  /** What is still met is not among the oldest. */
  #renew(slot: number, { id, sketch }: Family): void {
    this.#families[slot] = null
    this.#byId.delete(id)
    this.add(id, sketch)
  }

  /** A family as it was known before. */
  add(id: string, sketch: Sketch): void {
    if (this.#byId.has(id)) return
    const slot = this.#next
    this.#next = (this.#next + 1) % this.#capacity
    const old = this.#families[slot]
    if (old) this.#byId.delete(old.id)
    this.#families[slot] = { id, sketch }
    this.#byId.set(id, slot)
    this.#exact.add(sketch.exact, slot)
    this.#shape.add(sketch.shape, slot)
  }
}

/** 0 where it is not enough. Copies that were renamed are as near as their shapes, but never certain. */
function likeness(one: Sketch, other: Sketch): number {
  const exact = similarity(one.exact, other.exact)
  const least = Math.min(one.outlines, other.outlines)
  const shape = least >= SHAPELY ? Math.min(similarity(one.shape, other.shape), 0.94) : 0
  const near = Math.max(exact, shape)
  if (near >= ALIKE) return near
  const contained = (shape * (one.outlines + other.outlines)) / ((1 + shape) * least)
  return shape >= CONTAINED.alike && contained >= CONTAINED.share && least >= CONTAINED.least && Math.max(one.outlines, other.outlines) <= SHINGLES ? ALIKE : 0
}

export const idOf = (sketch: Sketch): string => createHash('sha256').update(encodeSketch(sketch)).digest('hex').slice(0, 16)

/** Band values → slots, in buckets of four: the newest takes the place of the oldest. */
class Bands {
  readonly #tags: Uint32Array
  readonly #slots: Int32Array
  readonly #turn: Uint8Array
  readonly #mask: number

  constructor(capacity: number) {
    const buckets = 2 ** Math.ceil(Math.log2(Math.max(64, (capacity * BANDS) / 2)))
    this.#mask = buckets - 1
    this.#tags = new Uint32Array(buckets * WAYS)
    this.#slots = new Int32Array(buckets * WAYS).fill(-1)
    this.#turn = new Uint8Array(buckets)
  }

  find(values: MinHash): number[] {
    const found: number[] = []
    for (let band = 0; band < BANDS; band += 1) {
      const tag = bandOf(values, band)
      const from = (tag & this.#mask) * WAYS
      for (let way = from; way < from + WAYS; way += 1) if (this.#tags[way] === tag && (this.#slots[way] as number) >= 0) found.push(this.#slots[way] as number)
    }
    return found
  }

  add(values: MinHash, slot: number): void {
    for (let band = 0; band < BANDS; band += 1) {
      const tag = bandOf(values, band)
      const bucket = tag & this.#mask
      const way = this.#turn[bucket] as number
      this.#turn[bucket] = (way + 1) % WAYS
      this.#tags[bucket * WAYS + way] = tag
      this.#slots[bucket * WAYS + way] = slot
    }
  }
}

function bandOf(values: MinHash, band: number): number {
  let hash = Math.imul(band + 1, 0x9e3779b1)
  for (let row = band * ROWS; row < (band + 1) * ROWS; row += 1) {
    hash = Math.imul(hash ^ (values[row] as number), 0x85ebca6b)
    hash ^= hash >>> 13
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
