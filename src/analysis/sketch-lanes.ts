/*
 * The smallest hashes of a sketch, four at a time: JavaScript has no vectors, WebAssembly has. The program is put together here from
 * its instructions (WebAssembly Core Specification 2.0, "Binary Format"), since it is shorter than what would assemble it.
 */

/** Where in the memory things are: hashes from 0 on, then seeds, then what comes out. One page has room for all. */
const SEEDS_AT = 16_384
const OUT_AT = 16_896
export const MOST = { hashes: SEEDS_AT / 4, seeds: (OUT_AT - SEEDS_AT) / 4 }
/** Vectors of four seeds at a time, so that none waits for its own multiplications. */
const VECTORS = 4

const unsigned = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)])
const signed = (value: number): number[] => (value >= -64 && value < 64 ? [value & 127] : [(value & 127) | 128, ...signed(value >> 7)])
const vector = (operation: number, ...rest: number[]): number[] => [0xfd, ...unsigned(operation), ...rest]
const sized = (bytes: readonly number[]): number[] => [...unsigned(bytes.length), ...bytes]

const get = (local: number): number[] => [0x20, local]
const set = (local: number): number[] => [0x21, local]
const tee = (local: number): number[] => [0x22, local]
const number = (value: number): number[] => [0x41, ...signed(value | 0)]
const loop = (body: readonly number[]): number[] => [0x03, 0x40, ...body, 0x0b]
const [I32, V128] = [0x7f, 0x7b]
const [ADD, LESS, REPEAT_IF] = [[0x6a], [0x49], [0x0d, 0]]
const load = (offset: number): number[] => vector(0x00, 4, ...unsigned(offset))
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
const section = (id: number, bytes: readonly number[]): number[] => [id, ...sized(bytes)]
const name = (text: string): number[] => sized([...text].map((letter) => letter.charCodeAt(0)))
const PROGRAM = Uint8Array.from([
  0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
  ...section(1, [1, 0x60, 1, I32, 0]), ...section(3, [1, 0]), ...section(5, [1, 0, 1]),
  ...section(7, [2, ...name('memory'), 2, 0, ...name('lowest'), 0, 0]),
  ...section(10, [1, ...sized(BODY)]),
])

/** What is used of it; the library that types are taken from is one without a browser. */
declare const WebAssembly: { Module: new (bytes: Uint8Array) => object; Instance: new (module: object) => { exports: unknown }; CompileError: new () => Error }

interface Exports { memory: { buffer: ArrayBuffer }; lowest(end: number): void }
interface Lanes { hashes: Int32Array; seeds: Int32Array; out: Uint32Array; lowest(end: number): void }
let lanes: Lanes | null | undefined

/** null on a processor without vectors. */
function prepare(): Lanes | null {
  try {
    const { memory: { buffer }, lowest } = new WebAssembly.Instance(new WebAssembly.Module(PROGRAM)).exports as unknown as Exports
    return { hashes: new Int32Array(buffer, 0, MOST.hashes), seeds: new Int32Array(buffer, SEEDS_AT, MOST.seeds), out: new Uint32Array(buffer, OUT_AT, MOST.seeds), lowest }
  } catch (thrown) {
    if (thrown instanceof WebAssembly.CompileError) return null
    throw thrown
  }
}

/**
 * For each seed the smallest of all hashes once they are mixed with it, by murmur3's finaliser, whose first step is done with both.
 * There are as many seeds, and at most as many hashes, as `MOST` says. What is given is good until the next call.
 */
export function lowestOf(hashes: Int32Array, seeds: Int32Array): Uint32Array {
  lanes ??= prepare()
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
