import { isUtf8 } from 'node:buffer'

/** Longest input a decoder looks at, in characters or bytes. */
export const LONGEST_INPUT = 4 * 1024 * 1024
/** Most bytes a decoder gives. */
export const LONGEST_OUTPUT = 16 * 1024 * 1024

/** What an interpreter would take as the bytes of a text: one each where they fit, UTF-8 otherwise. */
export function bytesOf(input: string | Uint8Array): Uint8Array {
  if (typeof input !== 'string') return input
  return Buffer.from(input, /^[\0-\xff]*$/.test(input) ? 'latin1' : 'utf8')
}

/** Bytes as characters, for codecs that read text. */
export const charactersOf = (input: string | Uint8Array): string =>
  typeof input === 'string' ? input : Buffer.from(input.buffer, input.byteOffset, input.byteLength).toString('latin1')

/** Of ten characters, one may be damage: interpreters read over it in comments and strings, so a reader of code has to as well. */
const DAMAGE = 0.1

const DECODERS = { 'utf-8': new TextDecoder('utf-8'), 'utf-16le': new TextDecoder('utf-16le'), 'utf-16be': new TextDecoder('utf-16be') }

/** Text behind bytes: UTF-8, or UTF-16 where every second byte is empty as PowerShell writes it; null when it is not text. */
export function textOf(bytes: Uint8Array): string | null {
  if (bytes.length === 0) return null
  const text = DECODERS[wideness(bytes) ?? 'utf-8'].decode(bytes)
  return damage(text) <= text.length * DAMAGE ? text : null
}

/** Text without any damage, as a guess has to be judged: chance seldom makes it from what is not text. */
export function plainTextOf(bytes: Uint8Array): string | null {
  // Most guesses are not even UTF-8.
  if (!isUtf8(bytes) && wideness(bytes) === null) return null
  const text = textOf(bytes)
  return text !== null && damage(text) === 0 ? text : null
}

function wideness(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  const seen = Math.min(bytes.length & ~1, 512)
  if (seen < 8) return null
  let [even, odd] = [0, 0]
  for (let at = 0; at < seen; at += 2) {
    if (bytes[at] === 0) even++
    if (bytes[at + 1] === 0) odd++
  }
  if (odd > seen * 0.4 && even === 0) return 'utf-16le'
  return even > seen * 0.4 && odd === 0 ? 'utf-16be' : null
}

/** Characters that text does not have: controls and what could not be decoded. */
function damage(text: string): number {
  let count = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 0xfffd || code === 0x7f || (code < 0x20 && code !== 9 && code !== 10 && code !== 13 && code !== 12 && code !== 27)) count++
  }
  return count
}
