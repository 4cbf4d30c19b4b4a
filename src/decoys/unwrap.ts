import { inflated } from './inflated.ts'
import { blockRuns, decodeRuns } from './text-runs.ts'

export interface Inner {
  by: string
  bytes: Uint8Array
}

/** What a binary buffer is not worth being tried as. */
const TEXT_LIKE = 0.85

/**
 * Everything a buffer may be an encoding of, one layer. Most of what comes out is nonsense and dies in the next layer for want of
 * anything to decode. What undoes the step before it is not tried.
 */
export function* unwrap(bytes: Uint8Array, before: readonly string[]): Generator<Inner> {
  if (bytes.length < 12) return
  const last = before.at(-1)
  const view = survey(bytes)
  const isText = view.printable >= TEXT_LIKE * Math.min(bytes.length, SURVEYED)
  if (!isText) yield* inflated(bytes)
  if (view.zeros > bytes.length / 8) yield* utf16(bytes)
  yield* decodeRuns(blockRuns(bytes))
  if (isText) yield* escapes(bytes, view)
  if (last !== 'reversed' && !(last === 'rot13' && before.at(-2) === 'reversed') && (isText || endsLikeStream(bytes))) yield { by: 'reversed', bytes: Uint8Array.from(bytes).reverse() }
  if (isText && last !== 'rot13' && !(last === 'reversed' && before.at(-2) === 'rot13')) yield { by: 'rot13', bytes: translated(bytes, ROT13) }
  if (last !== 'xor') yield* unxored(bytes, isText, view.distinct)
}

const SURVEYED = 64 * 1024

interface Survey {
  printable: number
  zeros: number
  distinct: Uint8Array
  percent: boolean
  backslash: boolean
  ampersand: boolean
  equals: boolean
}

/** One pass over the beginning: what kinds of bytes there are. */
function survey(bytes: Uint8Array): Survey {
  const counts = new Uint32Array(256)
  const part = bytes.subarray(0, SURVEYED)
  for (const byte of part) counts[byte] = (counts[byte] as number) + 1
  let printable = 0
  for (let byte = 0; byte < 256; byte++) if (isPrintable(byte)) printable += counts[byte] as number
  const distinct = Uint8Array.from(counts.keys()).filter((byte) => counts[byte] !== 0)
  const has = (code: number): boolean => counts[code] !== 0 || (bytes.length > SURVEYED && bytes.includes(code, SURVEYED))
  return { printable, zeros: counts[0] as number, distinct, percent: has(37), backslash: has(92), ampersand: has(38), equals: has(61) }
}

const isPrintable = (byte: number): boolean => (byte >= 32 && byte < 127) || byte === 9 || byte === 10 || byte === 13

const ROT13 = table((byte) => {
  const base = byte & 0x20 ? 97 : 65
  return (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122) ? (byte - base + 13) % 26 + base : byte
})

function table(map: (byte: number) => number): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => map(byte))
}

function translated(bytes: Uint8Array, by: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length)
  for (let i = 0; i < bytes.length; i++) out[i] = by[bytes[i] as number] as number
  return out
}

/** Every other byte a zero: text in either order. */
function* utf16(bytes: Uint8Array): Generator<Inner> {
  const out = new Uint8Array(bytes.length)
  let length = 0
  for (const byte of bytes) if (byte !== 0) out[length++] = byte
  yield { by: 'utf-16', bytes: out.subarray(0, length) }
}

function* escapes(bytes: Uint8Array, { percent, backslash, ampersand, equals }: Survey): Generator<Inner> {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
  const undo = function* (by: string, pattern: RegExp, replace: (match: string, ...groups: string[]) => string): Generator<Inner> {
    const out = text.replace(pattern, replace)
    if (out.length !== text.length) yield { by, bytes: Buffer.from(out, 'latin1') }
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
  if (decimal.length > 0) yield { by: 'decimal', bytes: decimal }
  const pairs = join(/(?:0x)?[0-9a-f]{2}(?:(?::|, ?| |-)(?:0x)?[0-9a-f]{2}){11,}/gi, /(?<=^|[^0-9a-z]|0x)[0-9a-f]{2}/gi, 16)
  if (pairs.length > 0) yield { by: 'hex', bytes: pairs }
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
function* unxored(bytes: Uint8Array, isText: boolean, distinct: Uint8Array): Generator<Inner> {
  if (bytes.length > LARGEST_XORED || bytes.length < LEAST_XORED) return
  const [first = 0, second = 0] = bytes
  const keys = new Set<number>()
  for (const [a, b] of HEADS) if ((first ^ a) === (second ^ b)) keys.add(first ^ a)
  if (bytes.length <= SURVEYED && distinct.length <= 100 && !(isText && distinct.every(isEncoded))) {
    const fits = isText ? isEncoded : isPrintable
    for (let key = 1; key < 256 && keys.size < MOST_KEYS; key++) if (distinct.every((byte) => fits(byte ^ key))) keys.add(key)
  }
  for (const key of keys) if (key !== 0) yield { by: 'xor', bytes: translated(bytes, table((byte) => byte ^ key)) }
}

const LEAST_XORED = 16

const ENCODED = table((byte) => (/[\w+/=\s-]/.test(String.fromCharCode(byte)) ? 1 : 0))
const isEncoded = (byte: number): boolean => ENCODED[byte] === 1
