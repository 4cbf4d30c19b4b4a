import type { PackageFile } from '../core/types.ts'
import { exactTokens, shapeTokens } from './sketch-normal.ts'
import { scan } from './sketch-tokens.ts'
import type { Tongue } from './sketch-tokens.ts'

/** MinHash values (Broder 1997), of each the low 16 bits: unlike values agree once in 65,536 times (Li and König 2010). */
export type MinHash = Uint16Array

/** What is left of a package's code when it is only to be found again. */
export interface Sketch {
  /** Of the code as it stands, without what copies change: the package's name, numbers, addresses, encoded strings, comments. */
  exact: MinHash
  /** Of its shape: what its own names and strings are does not count. */
  shape: MinHash
  /** How many different runs of tokens there were, of each: a sketch of few says little. */
  shingles: number
  outlines: number
}

export const HASHES = 128
const SHINGLE = { exact: 5, shape: 9 }
/** Of large packages only the shingles with the smallest hashes count: the same sample of the same code everywhere. */
export const SHINGLES = 4_000
const CODE_BYTES = 2_000_000
const FILES = 2_000
const TONGUES: readonly [RegExp, Tongue][] = [[/\.py[wx]?$/i, 'python'], [/\.(?:[cm]?[jt]s|[jt]sx)$/i, 'javascript'], [/\.go$/i, 'go']]

/** One seed each, by golden-ratio steps. */
const SEEDS = Uint32Array.from({ length: HASHES }, (_, index) => Math.imul(index + 1, 0x9e3779b1))

/** null where there is too little code in JavaScript, TypeScript, Python or Go to compare. Reads at most 2 MB of it. */
export function sketchOf(name: string, files: ReadonlyMap<string, PackageFile>): Sketch | null {
  const exact = new Shingles(SHINGLE.exact)
  const shape = new Shingles(SHINGLE.shape)
  let left = CODE_BYTES
  for (const { file, tongue } of codeIn(files)) {
    if (left <= 0) break
    const text = Buffer.from(file.bytes.subarray(0, left)).toString('utf8')
    left -= file.bytes.length
    const normal = exactTokens(name, text, exact.add)
    const outline = shapeTokens(text, shape.add)
    scan(text, tongue, (kind, from, to) => {
      normal(kind, from, to)
      outline(kind, from, to)
    })
    exact.endFile()
    shape.endFile()
  }
  if (exact.count < SHINGLE.exact) return null
  return { exact: minHash(exact.smallest()), shape: minHash(shape.smallest()), shingles: exact.count, outlines: shape.count }
}

/** By content, so that which code is read of a large package does not hang on what its files are called. */
function codeIn(files: ReadonlyMap<string, PackageFile>): { file: PackageFile; tongue: Tongue }[] {
  const found: { file: PackageFile; tongue: Tongue }[] = []
  for (const file of files.values()) {
    const tongue = TONGUES.find(([ending]) => ending.test(file.path))?.[1]
    if (tongue) found.push({ file, tongue })
  }
  return found.sort((a, b) => (a.file.sha256 < b.file.sha256 ? -1 : a.file.sha256 > b.file.sha256 ? 1 : 0)).slice(0, FILES)
}

/** The smallest hashes of all runs of `size` tokens of a file (bottom-k; Bar-Yossef et al. 2002), and how many different there were. */
class Shingles {
  /** Whole numbers below 2³¹ need no memory of their own: the hashes are kept with a sign. */
  readonly #seen = new Set<number>()
  readonly #size: number
  /** The last tokens, twice: from the oldest on they stand in one row. */
  readonly #ring: Int32Array
  #at = 0
  #filled = 0
  #limit = 0xffffffff

  constructor(size: number) {
    this.#size = size
    this.#ring = new Int32Array(size * 2)
  }

  readonly add = (token: number): void => {
    const ring = this.#ring
    const size = this.#size
    const at = this.#at
    ring[at] = token
    ring[at + size] = token
    const oldest = at + 1 === size ? 0 : at + 1
    this.#at = oldest
    if (++this.#filled < size) return
    let hash = 0
    for (let step = oldest; step < oldest + size; step += 1) hash = Math.imul(hash, 0x01000193) ^ (ring[step] as number)
    const shingle = mix(hash)
    if (shingle > this.#limit) return
    this.#seen.add(shingle | 0)
    if (this.#seen.size >= SHINGLES * 2) this.#cut()
  }

  /** Drops what cannot be among the smallest any more. */
  #cut(): void {
    const kept = this.smallest()
    this.#limit = kept.at(-1) as number
    this.#seen.clear()
    for (const each of kept) this.#seen.add(each | 0)
  }

  /** Exact up to `SHINGLES` × 2, from there an estimate. */
  get count(): number {
    return this.#limit === 0xffffffff ? this.#seen.size : Math.min(CODE_BYTES, Math.round((this.#seen.size * 0xffffffff) / this.#limit))
  }

  smallest(): Uint32Array {
    return Uint32Array.from(this.#seen).sort().subarray(0, SHINGLES)
  }

  endFile(): void {
    this.#at = 0
    this.#filled = 0
  }
}

/** Four at a time: one alone waits for its own multiplications. */
function minHash(shingles: Uint32Array): MinHash {
  const values = new Uint32Array(HASHES)
  for (let index = 0; index < HASHES; index += 4) {
    const [first, second, third, fourth] = SEEDS.subarray(index, index + 4) as unknown as [number, number, number, number]
    let [a, b, c, d] = [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff]
    for (let at = 0; at < shingles.length; at += 1) {
      const shingle = shingles[at] as number
      a = Math.min(a, mix(shingle ^ first))
      b = Math.min(b, mix(shingle ^ second))
      c = Math.min(c, mix(shingle ^ third))
      d = Math.min(d, mix(shingle ^ fourth))
    }
    values.set([a, b, c, d], index)
  }
  return Uint16Array.from(values)
}

/** Murmur3's finaliser. */
function mix(value: number): number {
  let hash = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** What share of the code is the same: an estimate, standard error at most 0.045. 0 with nothing to compare. */
export function similarity(one: MinHash, other: MinHash): number {
  if (one.length !== HASHES || other.length !== HASHES) return 0
  let same = 0
  for (let index = 0; index < HASHES; index += 1) if (one[index] === other[index]) same += 1
  return same / HASHES
}

const ENCODED = /^s1\.([0-9a-z]{1,6})\.([0-9a-z]{1,6})\.([A-Za-z0-9_-]{342})\.([A-Za-z0-9_-]{342})$/

/** About 700 characters for a column. */
export function encodeSketch({ exact, shape, shingles, outlines }: Sketch): string {
  const text = (values: MinHash): string => {
    const bytes = Buffer.alloc(HASHES * 2)
    values.forEach((value, index) => bytes.writeUInt16LE(value, index * 2))
    return bytes.toString('base64url')
  }
  return `s1.${shingles.toString(36)}.${outlines.toString(36)}.${text(exact)}.${text(shape)}`
}

/** null for whatever `encodeSketch` did not write. */
export function decodeSketch(text: string): Sketch | null {
  const [, shingles, outlines, exact, shape] = ENCODED.exec(text.slice(0, 1_000)) ?? []
  if (shingles === undefined || outlines === undefined || exact === undefined || shape === undefined || text.length > 1_000) return null
  const values = (part: string): MinHash => {
    const bytes = Buffer.from(part, 'base64url')
    return Uint16Array.from({ length: HASHES }, (_, index) => bytes.readUInt16LE(index * 2))
  }
  return { exact: values(exact), shape: values(shape), shingles: Number.parseInt(shingles, 36), outlines: Number.parseInt(outlines, 36) }
}
