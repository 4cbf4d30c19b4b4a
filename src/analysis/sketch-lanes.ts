import { ADD, assemble, get, I32, LESS, load, loop, number, REPEAT_IF, set, tee, unsigned, V128, vector } from './vectors.ts'

/* The smallest hashes of a sketch, four at a time. */

/** Where in the memory things are: hashes from 0 on, then seeds, then what comes out. One page has room for all. */
const SEEDS_AT = 16_384
const OUT_AT = 16_896
export const MOST = { hashes: SEEDS_AT / 4, seeds: (OUT_AT - SEEDS_AT) / 4 }
/** Vectors of four seeds at a time, so that none waits for its own multiplications. */
const VECTORS = 4

const store = (offset: number): number[] => vector(0x0b, 4, ...unsigned(offset))
const SPREAD = vector(0x09, 2, 0)
const SPLAT = vector(0x11)
const XOR = vector(0x51)
const SHIFT = vector(0xad)
const MULTIPLY = vector(0xb5)
const LESSER = vector(0xb7)

/** Locals. The first is the parameter: where hashes end, in bytes. */
const [END, AT, GROUP, HASH, MIXED, ONE, OTHER, LOWEST] = [0, 1, 2, 3, 4, 5, 6, 7] as const
const SEED = LOWEST + VECTORS
const each = (make: (index: number) => number[]): number[] => Array.from({ length: VECTORS }, (_, index) => make(index)).flat()

/** Murmur3's finaliser after its first step. */
const mix = (seed: number, lowest: number): number[] => [
  ...get(HASH), ...get(seed), ...XOR, ...get(ONE), ...MULTIPLY, ...tee(MIXED), ...get(MIXED), ...number(13), ...SHIFT, ...XOR, ...get(OTHER), ...MULTIPLY, ...tee(MIXED),
  ...get(MIXED), ...number(16), ...SHIFT, ...XOR, ...get(lowest), ...LESSER, ...set(lowest),
]

const BODY = [
  2, 2, I32, 4 + 2 * VECTORS, V128,
  ...number(0x85ebca6b), ...SPLAT, ...set(ONE), ...number(0xc2b2ae35), ...SPLAT, ...set(OTHER),
  ...loop([
    ...each((index) => [...get(GROUP), ...load(SEEDS_AT + 16 * index), ...set(SEED + index), ...number(-1), ...SPLAT, ...set(LOWEST + index)]),
    ...number(0), ...set(AT),
    ...loop([
      ...get(AT), ...SPREAD, ...set(HASH), ...each((index) => mix(SEED + index, LOWEST + index)),
      ...get(AT), ...number(4), ...ADD, ...tee(AT), ...get(END), ...LESS, ...REPEAT_IF,
    ]),
    ...each((index) => [...get(GROUP), ...get(LOWEST + index), ...store(OUT_AT + 16 * index)]),
    ...get(GROUP), ...number(16 * VECTORS), ...ADD, ...tee(GROUP), ...number(OUT_AT - SEEDS_AT), ...LESS, ...REPEAT_IF,
  ]),
  0x0b,
]
interface Lanes { hashes: Int32Array; seeds: Int32Array; out: Uint32Array; lowest(end: number): void }
let lanes: Lanes | null | undefined

/** null on a processor without vectors. */
function prepare(): Lanes | null {
  const program = assemble(1, BODY)
  if (!program) return null
  const { memory: { buffer }, run } = program
  return { hashes: new Int32Array(buffer, 0, MOST.hashes), seeds: new Int32Array(buffer, SEEDS_AT, MOST.seeds), out: new Uint32Array(buffer, OUT_AT, MOST.seeds), lowest: run }
}

/**
 * For each seed the smallest of all hashes once they are mixed with it, by murmur3's finaliser, whose first step is done with both.
 * There are as many seeds, and at most as many hashes, as `MOST` says. What is given is good until the next call.
 */
export function lowestOf(hashes: Int32Array, seeds: Int32Array): Uint32Array {
  if (lanes === undefined) lanes = prepare()
  if (lanes === null || hashes.length === 0) return oneByOne(hashes, seeds)
  lanes.hashes.set(hashes)
  lanes.seeds.set(seeds)
  lanes.lowest(hashes.length * 4)
  return lanes.out
}

/** The same without vectors. */
export function oneByOne(hashes: Int32Array, seeds: Int32Array): Uint32Array {
  return Uint32Array.from(seeds, (seed) => {
    let lowest = 0xffffffff
    for (const hash of hashes) {
      let mixed = Math.imul(hash ^ seed, 0x85ebca6b)
      mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
      lowest = Math.min(lowest, (mixed ^ (mixed >>> 16)) >>> 0)
    }
    return lowest
  })
}
