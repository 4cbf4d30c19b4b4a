import { ascii85, base32, base32hex, base64, base85, hex, z85 } from './bases.ts'
import { LONGEST_INPUT, bytesOf, charactersOf, textOf } from './bytes.ts'
import { reversed, rotated, rotated47, xored } from './ciphers.ts'
import { brotli, gunzip, inflate, inflateRaw, unzip, zstd } from './compressed.ts'
import type { Unpacked } from './compressed.ts'
import { fromCodes, unescaped, unquoted, withoutEntities } from './escapes.ts'
import { fromSelectors, fromTags, fromZeroWidth } from './invisible.ts'
import { codecNamed } from './names.ts'
import type { Codec } from './names.ts'

export interface Decoded {
  bytes: Uint8Array
  /** Null when the bytes are not readable text. */
  text: string | null
  /** Only the beginning was decoded: the whole is longer than is looked at. */
  cut: boolean
}

/** A repeating key; a number is one byte of it. */
export type Key = string | number | readonly number[]

export interface DecodeOptions {
  /** For `xor`; for `rot` the number of places the letters were moved. */
  key?: Key | undefined
}

/**
 * Undoes an encoding the code names, as Python's codecs, Node's Buffer, zlib and the modules of both call it. Null when
 * there is no such decoder, the input is not of that kind, or longer than is looked at. Never throws; input and output bounded.
 */
export function decode(how: string, input: string | Uint8Array, options: DecodeOptions = {}): Decoded | null {
  if (input.length === 0 || input.length > LONGEST_INPUT) return null
  const named = codecNamed(how)
  return named ? CODECS[named.codec](input, { ...options, key: options.key ?? named.key }) : null
}

/** PowerShell's -EncodedCommand: base64 of UTF-16. */
export function decodeEncodedCommand(text: string): string | null {
  return /^[\w+/=]+$/.test(text) ? decode('encodedcommand', text)?.text ?? null : null
}

type Run = (input: string | Uint8Array, options: DecodeOptions) => Decoded | null

const fromText = (decoder: (text: string) => Uint8Array | null): Run => (input) => ofBytes(decoder(charactersOf(input)))
const between = (change: (text: string) => string | null): Run => (input) => ofText(change(typeof input === 'string' ? input : Buffer.from(input).toString('utf8')))
const unpacking = (unpack: (bytes: Uint8Array) => Unpacked | null): Run => (input) => {
  const out = unpack(bytesOf(input))
  return out && { ...out, text: textOf(out.bytes) }
}

const CODECS: Readonly<Record<Codec, Run>> = {
  base64: fromText(base64),
  base32: fromText(base32),
  base32hex: fromText(base32hex),
  base85: fromText(base85),
  z85: fromText(z85),
  ascii85: fromText(ascii85),
  hex: fromText(hex),
  url: between(unquoted),
  rot: (input, { key = 13 }) => (typeof key === 'number' ? ofText(rotated(charactersOf(input), -key)) : null),
  rot47: between(rotated47),
  xor: (input, { key }) => (key === undefined ? null : ofBytes(xored(bytesOf(input), keyBytes(key)))),
  zlib: unpacking(inflate),
  deflate: unpacking(inflateRaw),
  gzip: unpacking(gunzip),
  unzip: unpacking(unzip),
  brotli: unpacking(brotli),
  zstd: unpacking(zstd),
  escapes: between(unescaped),
  reversed: (input) => (typeof input === 'string' ? ofText(reversed(input)) : ofBytes(Uint8Array.from(input).reverse())),
  html: between(withoutEntities),
  codes: between(fromCodes),
  'zero-width': between((text) => charactersFrom(fromZeroWidth(text, (bytes) => textOf(bytes) !== null))),
  'variation-selectors': (input) => (typeof input === 'string' ? ofBytes(fromSelectors(input)) : null),
  tags: between(fromTags),
  'base64-utf16': (input) => {
    const bytes = base64(charactersOf(input))
    return bytes && { bytes, text: new TextDecoder('utf-16le').decode(bytes), cut: false }
  },
}

function keyBytes(key: Key): Uint8Array {
  if (typeof key === 'string') return bytesOf(key)
  return Uint8Array.from(typeof key === 'number' ? [key] : key)
}

const charactersFrom = (bytes: Uint8Array | null): string | null => bytes && (textOf(bytes) ?? charactersOf(bytes))
const ofBytes = (bytes: Uint8Array | null): Decoded | null => bytes && { bytes, text: textOf(bytes), cut: false }
const ofText = (text: string | null): Decoded | null => (text === null ? null : { bytes: Buffer.from(text, 'utf8'), text, cut: false })
