import type { PackageFile } from '../core/types.ts'
import { exactTokens, shapeTokens } from './sketch-normal.ts'
import { HASHES, minHash, ShingleSet } from './sketch-shingles.ts'
import { scan, unitsOf } from './sketch-tokens.ts'
import type { Tongue } from './sketch-tokens.ts'

export { HASHES, SHINGLES } from './sketch-shingles.ts'

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

const SHINGLE = { exact: 5, shape: 9 }
const CODE_BYTES = 2_000_000
const FILES = 2_000
const TONGUES: readonly [RegExp, Tongue][] = [[/\.py[wx]?$/i, 'python'], [/\.(?:[cm]?[jt]s|[jt]sx)$/i, 'javascript'], [/\.go$/i, 'go']]

/** null where there is too little code in JavaScript, TypeScript, Python or Go to compare. Reads at most 2 MB of it. */
export function sketchOf(name: string, files: ReadonlyMap<string, PackageFile>): Sketch | null {
  const exact = new ShingleSet(SHINGLE.exact, CODE_BYTES)
  const shape = new ShingleSet(SHINGLE.shape, CODE_BYTES)
  let left = CODE_BYTES
  for (const { file, tongue } of codeIn(files)) {
    if (left <= 0) break
    const units = unitsOf(file.bytes.subarray(0, left))
    left -= file.bytes.length
    const normal = exactTokens(name, units, exact.add)
    const outline = shapeTokens(units, shape.add)
    scan(units, tongue, (kind, from, to, word) => {
      normal(kind, from, to, word)
      outline(kind, from, to, word)
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
