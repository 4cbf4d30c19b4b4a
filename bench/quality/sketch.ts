import type { PackageFile } from '../../src/core/types.ts'
import { hash32 } from './sample.ts'

/** MinHash values of a package's Python code (Broder 1997). Empty where there is too little code to compare. */
export type Sketch = Uint32Array

const HASHES = 128
const SHINGLE = 5
/** Of large packages only the shingles with the smallest hashes count: the same sample of the same code everywhere. */
const SHINGLES = 4_000
const CODE_BYTES = 2_000_000

/** One seed each, by golden-ratio steps. */
const SEEDS = Uint32Array.from({ length: HASHES }, (_, index) => Math.imul(index + 1, 0x9e3779b1))

export function sketch(name: string, files: Iterable<PackageFile>): Sketch {
  const shingles = new Set<number>()
  let left = CODE_BYTES
  for (const { path, bytes } of files) {
    if (!/\.pyw?$/i.test(path) || left <= 0) continue
    const text = Buffer.from(bytes.subarray(0, left)).toString('utf8')
    left -= bytes.length
    const tokens = normalise(text, name)
    for (let at = 0; at + SHINGLE <= tokens.length; at += 1) shingles.add(hash32(tokens.slice(at, at + SHINGLE).join(' ')))
  }
  if (shingles.size < SHINGLE) return new Uint32Array(0)
  const kept = shingles.size <= SHINGLES ? shingles : Uint32Array.from(shingles).sort().subarray(0, SHINGLES)
  const values = new Uint32Array(HASHES).fill(0xffffffff)
  for (const shingle of kept) {
    for (let index = 0; index < HASHES; index += 1) {
      const value = mix(shingle ^ (SEEDS[index] as number))
      if (value < (values[index] as number)) values[index] = value
    }
  }
  return values
}

/** An estimate, standard error at most 0.045; 0 with nothing to compare. */
export function similarity(one: Sketch, other: Sketch): number {
  if (one.length === 0 || other.length === 0) return 0
  let same = 0
  for (let index = 0; index < HASHES; index += 1) if (one[index] === other[index]) same += 1
  return same / HASHES
}

function mix(value: number): number {
  let hash = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

const TOKEN = /#[^\n]*|"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|[A-Za-z_]\w*|\d[\w.]*|\S/g

/** What copies change: the package's name, numbers, addresses, long encoded strings, comments. */
function normalise(text: string, name: string): string[] {
  const own = squash(name)
  const word = (raw: string): string => (squash(raw) === own ? 'NAME' : raw.replace(/\d+/g, '0'))
  return (text.match(TOKEN) ?? []).flatMap((token) => {
    const first = token[0] as string
    if (first === '#') return []
    if (first !== '"' && first !== '\'') return [word(token)]
    if (/:\/\//.test(token)) return ['ADDRESS']
    return token.split(/\s+/).map((part) => (part.length > 40 ? 'LONG' : word(part.replace(/^["']+|["']+$/g, ''))))
  })
}

const squash = (raw: string): string => raw.toLowerCase().replace(/[^a-z0-9]/g, '')
