import { inflated } from './inflated.ts'
import type { Inner } from './layer.ts'
import { rot13, translated } from './rot13.ts'
import { blockRuns, decodeRuns, joined } from './text-runs.ts'

/** How much of a buffer must be printable for it to be text. */
const TEXT_LIKE = 0.85
/** Larger texts are turned around and shifted only where they hold what may be an encoding. */
const WHOLE_TEXT = 4 * 1024
/** And of what is larger than that, where it would begin. */
const LARGEST_TURNED = 128 * 1024

export interface Wrapped {
  bytes: Uint8Array
  begins: boolean
  /** Outermost first. */
  encodings: readonly string[]
  /** Nothing is undone after this: what only matters to further steps is left out. */
  last: boolean
}

/**
 * Everything a buffer may be an encoding of, one layer. Most of what comes out is nonsense and dies in the next layer for want of
 * anything to decode. What undoes the step before it is not tried.
 */
export function* unwrap({ bytes, begins, encodings, last }: Wrapped): Generator<Inner> {
  if (bytes.length < 12) return
  const view = survey(bytes)
  const isText = view.printable >= TEXT_LIKE * Math.min(bytes.length, SURVEYED)
  yield* inflated(bytes, begins && !isText)
  if (view.zeros > bytes.length / 8) yield utf16(bytes)
  const runs = blockRuns(bytes)
  yield* decodeRuns(runs)
  if (isText) yield* escapes(bytes, view)
  if (last) return
  const [before, second] = [encodings.at(-1), encodings.at(-2)]
  const turned = before === 'reversed' || (before === 'rot13' && second === 'reversed')
  const shifted = before === 'rot13' || (before === 'reversed' && second === 'rot13')
  const part = isText && bytes.length > WHOLE_TEXT && view.escaped < bytes.length / 16 ? joined(runs) : bytes
  if (!turned && (isText || endsLikeStream(bytes))) yield { by: 'reversed', bytes: Uint8Array.from(part.subarray(-LARGEST_TURNED)).reverse(), begins: true }
  if (!shifted && isText) yield { by: 'rot13', bytes: rot13(part.subarray(0, LARGEST_TURNED)), begins: true }
  if (before !== 'xor') yield* unxored(bytes, isText)
}

const SURVEYED = 64 * 1024

interface Survey {
  printable: number
  zeros: number
  /** Signs that begin an escape. */
  escaped: number
  percent: boolean
  backslash: boolean
  ampersand: boolean
  equals: boolean
}

const [PRINTABLE, PERCENT, BACKSLASH, AMPERSAND, EQUALS] = [1, 2, 4, 8, 16]

const isPrintable = (byte: number): boolean => (byte >= 32 && byte < 127) || byte === 9 || byte === 10 || byte === 13

const KINDS = table((byte) => (isPrintable(byte) ? PRINTABLE : 0) | (byte === 37 ? PERCENT : byte === 92 ? BACKSLASH : byte === 38 ? AMPERSAND : byte === 61 ? EQUALS : 0))

/** One pass over the beginning: what kinds of bytes there are. */
function survey(bytes: Uint8Array): Survey {
  let [printable, zeros, escaped, any] = [0, 0, 0, 0]
  const end = Math.min(bytes.length, SURVEYED)
  for (let i = 0; i < end; i++) {
    const byte = bytes[i] as number
    const kind = KINDS[byte] as number
    printable += kind & PRINTABLE
    any |= kind
    if (byte === 0) zeros++
    if ((kind & (PERCENT | BACKSLASH | AMPERSAND)) !== 0) escaped++
  }
  const has = (kind: number, code: number): boolean => (any & kind) !== 0 || (bytes.length > SURVEYED && bytes.includes(code, SURVEYED))
  return { printable, zeros, escaped, percent: has(PERCENT, 37), backslash: has(BACKSLASH, 92), ampersand: has(AMPERSAND, 38), equals: has(EQUALS, 61) }
}

function table(map: (byte: number) => number): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => map(byte))
}

/** Every other byte a zero: text in either order. */
function utf16(bytes: Uint8Array): Inner {
  return { by: 'utf-16', bytes: bytes.filter((byte) => byte !== 0), begins: true }
}

function* escapes(bytes: Uint8Array, { percent, backslash, ampersand, equals }: Survey): Generator<Inner> {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
  const undo = function* (by: string, pattern: RegExp, replace: (match: string, ...groups: string[]) => string): Generator<Inner> {
    const out = text.replace(pattern, replace)
    if (out.length !== text.length) yield { by, bytes: Buffer.from(out, 'latin1'), begins: true }
  }
  const character = (digits: string, base: number): string => String.fromCharCode(Number.parseInt(digits, base) & 255)
  if (percent) yield* undo('url', /%([0-9a-f]{2})/gi, (_, digits) => character(digits as string, 16))
  if (backslash) {
    yield* undo('escapes', /\\(?:u00([0-9a-f]{2})|x([0-9a-f]{2})|([0-3][0-7]{2})|u\{0*([0-9a-f]{1,2})\}|([^a-z0-9]|[nrt]))/gi, (_, unicode, hex, octal, braces, plain) =>
      (unicode ? character(unicode, 16) : hex ? character(hex, 16) : octal ? character(octal, 8) : braces ? character(braces, 16) : ESCAPED[plain as string] ?? plain as string))
  }
  if (ampersand) yield* undo('html', /&#(?:x([0-9a-f]{1,4})|(\d{1,5}));/gi, (_, hex, decimal) => (hex ? character(hex, 16) : character(decimal as string, 10)))
  if (equals) yield* undo('quoted-printable', /=(?:([0-9A-F]{2})|\r?\n)/g, (_, digits) => (digits ? character(digits, 16) : ''))
  yield* lists(text)
}

const ESCAPED: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', N: 'N', R: 'R', T: 'T' }

/** Bytes as numbers in a row, as JSON and printing an array give them, and hexadecimal pairs with something between them. */
function* lists(text: string): Generator<Inner> {
  const join = (pattern: RegExp, each: RegExp, base: number): Buffer => {
    const parts: number[] = []
    for (const [run] of text.matchAll(pattern)) for (const [number] of run.matchAll(each)) parts.push(Number.parseInt(number, base) & 255)
    return Buffer.from(parts)
  }
  const decimal = join(/(?<![\d.])\d{1,3}(?:(?:, ?|\r?\n[ \t]{0,20}|,\r?\n[ \t]{0,20}| )\d{1,3}){11,}(?![\d.])/g, /\d+/g, 10)
  if (decimal.length > 0) yield { by: 'decimal', bytes: decimal, begins: true }
  const pairs = join(/(?:0x)?[0-9a-f]{2}(?:(?::|, ?| |-)(?:0x)?[0-9a-f]{2}){11,}/gi, /(?<=^|[^0-9a-z]|0x)[0-9a-f]{2}/gi, 16)
  if (pairs.length > 0) yield { by: 'hex', bytes: pairs, begins: true }
}

const HEADS = [[0x1f, 0x8b], [0x28, 0xb5], [0x50, 0x4b], [0x78, 0x9c], [0x78, 0x01], [0x78, 0xda], [0x78, 0x5e]] as const

const endsLikeStream = (bytes: Uint8Array): boolean => HEADS.some(([first, second]) => bytes.at(-1) === first && bytes.at(-2) === second)

/** Keys to try on one buffer; more would be guessing. */
const MOST_KEYS = 8
const LARGEST_XORED = 1024 * 1024

/**
 * With one byte: by the head of a compressed stream, or because all that comes out is text, and where it was text before, text in
 * the alphabet of an encoding. A secret itself needs no key (`Pieces`).
 */
function* unxored(bytes: Uint8Array, isText: boolean): Generator<Inner> {
  if (bytes.length > LARGEST_XORED || bytes.length < LEAST_XORED) return
  const [first = 0, second = 0] = bytes
  const keys = new Set<number>()
  for (const [a, b] of HEADS) if ((first ^ a) === (second ^ b)) keys.add(first ^ a)
  const distinct = bytes.length <= SURVEYED ? distinctOf(bytes) : []
  if (distinct.length > 0 && distinct.length <= MOST_DISTINCT && !(isText && distinct.every(isEncoded))) {
    const fits = isText ? isEncoded : isPrintable
    for (let key = 1; key < 256 && keys.size < MOST_KEYS; key++) if (distinct.every((byte) => fits(byte ^ key))) keys.add(key)
  }
  for (const key of keys) if (key !== 0) yield { by: 'xor', bytes: translated(bytes, table((byte) => byte ^ key)), begins: true }
}

const LEAST_XORED = 16
/** As many as text has at most. */
const MOST_DISTINCT = 100

function distinctOf(bytes: Uint8Array): number[] {
  const seen = new Uint8Array(256)
  const list: number[] = []
  for (let i = 0; i < bytes.length && list.length <= MOST_DISTINCT; i++) {
    const byte = bytes[i] as number
    if (seen[byte] === 0) list.push(byte)
    seen[byte] = 1
  }
  return list
}

const ENCODED = table((byte) => (/[\w+/=\s-]/.test(String.fromCharCode(byte)) ? 1 : 0))
const isEncoded = (byte: number): boolean => ENCODED[byte] === 1
