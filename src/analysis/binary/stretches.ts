import type { Classes } from './classes.ts'

/* Stretches of printable bytes in a binary: of one byte each, and of two. Nothing shorter than `SHORTEST` characters. */

export type Range = readonly [from: number, to: number]

const SHORTEST = 6
const PRINTABLE = Uint8Array.from({ length: 256 }, (_, byte) => (byte === 9 || (byte >= 0x20 && byte <= 0x7e) ? 1 : 0))

/** Two blocks at a time are looked at, for what begins in the first. */
const window = (bits: Uint16Array, block: number): number => (bits[block] as number) | ((bits[block + 1] as number) << 16)

/** The first place from `floor` on where one of these begins; -1 where none does. */
function firstFrom(floor: number, block: number, starts: number): number {
  const left = starts & 0xffff & (floor > block * 16 ? -1 << (floor - block * 16) : -1)
  return left === 0 ? -1 : block * 16 + 31 - Math.clz32(left & -left)
}

export function* narrow(bytes: Uint8Array, { printable }: Classes): Generator<Range> {
  let floor = 0
  for (let block = 0; block < printable.length - 1; block++) {
    const one = window(printable, block)
    const two = one & (one >>> 1)
    const six = two & (two >>> 2) & (two >>> 4)
    const from = (six & 0xffff) === 0 ? -1 : firstFrom(floor, block, six)
    if (from < 0) continue
    floor = from + SHORTEST
    while (floor < bytes.length && PRINTABLE[bytes[floor] as number] === 1) floor++
    yield [from, floor]
    block = (floor >> 4) - 1
  }
}

/** A zero behind each character, as UTF-16LE has it. */
export function* wide(bytes: Uint8Array, { printable, zero }: Classes): Generator<Range> {
  let floor = 0
  for (let block = 0; block < printable.length - 1; block++) {
    const one = window(printable, block) & (window(zero, block) >>> 1)
    const two = one & (one >>> 2)
    const six = two & (two >>> 4) & (two >>> 8)
    const from = (six & 0xffff) === 0 ? -1 : firstFrom(floor, block, six)
    if (from < 0) continue
    floor = from + SHORTEST * 2
    while (floor + 1 < bytes.length && isWide(bytes, floor)) floor += 2
    yield [from, floor]
    block = (floor >> 4) - 1
  }
}

const isWide = (bytes: Uint8Array, at: number): boolean => bytes[at + 1] === 0 && PRINTABLE[bytes[at] as number] === 1

/** One byte in six is looked at where there is no text, in a table: several times as fast as a regular expression, and no text as long as the file is made. */
export function* narrowOneByOne(bytes: Uint8Array): Generator<Range> {
  let floor = 0
  for (let probe = SHORTEST - 1; probe < bytes.length; probe += SHORTEST) {
    if (PRINTABLE[bytes[probe] as number] === 0) continue
    let from = probe
    while (from > floor && PRINTABLE[bytes[from - 1] as number] === 1) from--
    let to = probe + 1
    while (to < bytes.length && PRINTABLE[bytes[to] as number] === 1) to++
    if (to - from >= SHORTEST) yield [from, to]
    floor = to
    probe = to
  }
}

/** A zero behind each character, as UTF-16LE has it: of any ten bytes of such text the first two are a character and a zero, or a zero and a character. */
export function* wideOneByOne(bytes: Uint8Array): Generator<Range> {
  let floor = 0
  for (let probe = 0; probe + 1 < bytes.length; probe += SHORTEST * 2 - 2) {
    const [one, next] = [bytes[probe] as number, bytes[probe + 1] as number]
    if (!(one === 0 ? PRINTABLE[next] === 1 : next === 0 && PRINTABLE[one] === 1)) continue
    let from = one === 0 ? probe + 1 : probe
    while (from - 2 >= floor && isWide(bytes, from - 2)) from -= 2
    let to = from
    while (to + 1 < bytes.length && isWide(bytes, to)) to += 2
    if (to - from < SHORTEST * 2) continue
    yield [from, to]
    floor = to
    probe = Math.max(probe, to - SHORTEST * 2 + 2)
  }
}
