import { ADD, assemble, get, I32, LESS, load, loop, number, REPEAT_IF, set, tee, unsigned, V128, vector } from '../vectors.ts'
import type { Program } from '../vectors.ts'

/* Which bytes are printable and which are zero, sixteen at a time, as bits. */

/** Bytes that are looked at in one call, and where their bits are put. */
const PIECE = 256 * 1024
const PRINTABLE_AT = PIECE
const ZERO_AT = PIECE + PIECE / 8
const PAGES = (ZERO_AT + PIECE / 8) / 65_536

const SPLAT = vector(0x0f)
const [EQUAL, UNEQUAL, AT_LEAST, AND, OR, BITS] = [vector(0x23), vector(0x24), vector(0x2b), vector(0x4e), vector(0x50), vector(0x64)] as const
const SHIFT_RIGHT = [0x76]
const storeBits = (offset: number): number[] => [0x3b, 1, ...unsigned(offset)]
const [END, AT, BYTES] = [0, 1, 2] as const
const against = (byte: number, how: readonly number[]): number[] => [...get(BYTES), ...number(byte), ...SPLAT, ...how]
const place = [...get(AT), ...number(3), ...SHIFT_RIGHT]

/** Bytes count as signed, so that those beyond ASCII are less than a blank. */
const BODY = [
  2, 1, I32, 1, V128,
  ...loop([
    ...get(AT), ...load(0), ...set(BYTES),
    ...place, ...against(0x20, AT_LEAST), ...against(0x7f, UNEQUAL), ...AND, ...against(9, EQUAL), ...OR, ...BITS, ...storeBits(PRINTABLE_AT),
    ...place, ...against(0, EQUAL), ...BITS, ...storeBits(ZERO_AT),
    ...get(AT), ...number(16), ...ADD, ...tee(AT), ...get(END), ...LESS, ...REPEAT_IF,
  ]),
  0x0b,
]

/** One bit a byte, sixteen a number, lowest first; one number more than there are bytes for. */
export interface Classes { printable: Uint16Array; zero: Uint16Array }

let program: Program | null | undefined

/** Printable is what ASCII shows, and a tab. Null on a processor without vectors. */
export function classesOf(bytes: Uint8Array): Classes | null {
  if (program === undefined) program = assemble(PAGES, BODY)
  if (program === null) return null
  const { buffer } = program.memory
  const room = new Uint8Array(buffer, 0, PIECE)
  const classes = { printable: new Uint16Array(Math.ceil(bytes.length / 16) + 1), zero: new Uint16Array(Math.ceil(bytes.length / 16) + 1) }
  for (let at = 0; at < bytes.length; at += PIECE) {
    const count = Math.min(PIECE, bytes.length - at)
    const blocks = Math.ceil(count / 16)
    room.set(count === bytes.length ? bytes : bytes.subarray(at, at + count))
    // Neither printable nor zero.
    room.fill(0xff, count, blocks * 16)
    program.run(blocks * 16)
    classes.printable.set(new Uint16Array(buffer, PRINTABLE_AT, blocks), at / 16)
    classes.zero.set(new Uint16Array(buffer, ZERO_AT, blocks), at / 16)
  }
  return classes
}
