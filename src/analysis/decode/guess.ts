import { ascii85, base32, base64, base85, hex } from './bases.ts'
import type { Decoder } from './bases.ts'
import { plainTextOf } from './bytes.ts'
import { reversed, rotated } from './ciphers.ts'
import { fromCodes, unescaped, unquoted, withoutEntities } from './escapes.ts'
import { fromSelectors, fromTags, fromZeroWidth } from './invisible.ts'
import { kindOf } from './magic.ts'
import { opened } from './open.ts'

/** What a guess found under a text: characters, or bytes. */
export type Peeled = { how: string; text: string } | { how: string; bytes: Uint8Array }

/** Shorter ones are words as often as not. */
const SHORTEST = 16
/** How much of a text must be escapes before it counts as written with them. */
const COVERED = 0.5

/** Undoes what an opaque text looks like; null for texts that are what they seem: prose, hashes, identifiers, code. */
export function peelText(text: string): Peeled | null {
  if (text.length < SHORTEST) return null
  return /[^\0-\x7f]/.test(text) ? hidden(text) : written(text) ?? turned(text) ?? numbers(text.trim())
}

/** Bytes in characters that show nothing. */
function hidden(text: string): Peeled | null {
  if (/(?:[\ufe00-\ufe0f]|\udb40[\udc00-\uddef]){12}/.test(text)) {
    const tags = fromTags(text)
    if (tags !== null && tags.length >= SHORTEST) return { how: 'tags', text: tags }
    const bytes = fromSelectors(text)
    if (bytes && bytes.length >= 12) return { how: 'variation-selectors', bytes }
  }
  if (!/[\u200b-\u200d\u2060\ufeff\uffa0\u3164]{16}/.test(text)) return null
  const bytes = fromZeroWidth(text, (bytes) => plainTextOf(bytes) !== null)
  return bytes && bytes.length >= 4 && plainTextOf(bytes) !== null ? { how: 'zero-width', bytes } : null
}

/** Text written with escapes that it does not need. */
function written(text: string): Peeled | null {
  if (text.includes('\\') && covers(text, /\\x[2-7][0-9a-fA-F]|\\u00[2-7][0-9a-fA-F]|\\u\{[2-7][0-9a-fA-F]\}|\\1?[0-7]{2}/g)) return { how: 'escapes', text: unescaped(text) }
  if (text.includes('%') && covers(text, /%(?:u00)?[2-7][0-9a-fA-F]/g)) return { how: 'url', text: unquoted(text) }
  if (text.includes('&#') && covers(text, /&#x?[0-9a-fA-F]{2,6};/g)) return { how: 'html', text: withoutEntities(text) }
  return null
}

function covers(text: string, escape: RegExp): boolean {
  let covered = 0
  for (const [one] of text.matchAll(escape)) covered += one.length
  return covered >= text.length * COVERED
}

/** Words that give away a text that was turned round or rotated: addresses, and what code cannot do without. */
const ROTATED = /\buggcf?:\/\/|\b(?:erdhver|rkrp|rvay|rinny|vzcbeg bf|fhocebprff|puvyq_cebprff)\b/
const REVERSED = /\/\/:s?ptth|\((?:eriuqer|cexe|lave|46esab)\b|\bssecorpbus\b|ssecorp_dlihc/

function turned(text: string): Peeled | null {
  if (ROTATED.test(text)) return { how: 'rot13', text: rotated(text, 13) }
  return REVERSED.test(text) ? { how: 'reversed', text: reversed(text) } : null
}

const DATA_URI = /^data:([\w.+-]+\/[\w.+-]+)?(?:;[\w-]+=[\w.-]+){0,4};base64,/i
const BASE64 = /^(?:[A-Za-z0-9+/]+|[\w-]+)={0,2}$/
const HEX = /^(?:0x)?[0-9a-f]+$/i
const CODE_LIST = /^\[?\s*(?:0x[0-9a-f]{2}|\d{2,3})\s*[,;\s|-]\s*(?:0x[0-9a-f]{2}|\d{1,3})/i

/** Text, or bytes, written with the digits of some base. */
function numbers(text: string): Peeled | null {
  const uri = DATA_URI.exec(text.slice(0, 200))
  if (uri) return /^[\w+/=%\s-]*$/.test(text.slice(uri[0].length)) ? under('base64', base64, text.slice(uri[0].length), always) : null
  const list = CODE_LIST.test(text) ? fromCodes(text) : null
  if (list !== null) return codesOf(list)
  const bare = /\s/.test(text) ? joined(text) : text
  if (bare === null) return null
  if (HEX.test(bare)) return /[a-f]/i.test(bare) || bare.length >= 40 ? under('hex', hex, bare) : null
  if (/^[A-Z2-7]+=*$/.test(bare)) return under('base32', base32, bare) ?? under('base64', base64, bare)
  if (BASE64.test(bare)) return under('base64', base64, bare) ?? backwards(bare)
  if (/^={1,2}[\w+/]+$/.test(bare)) return backwards(bare)
  if (bare.length < 40) return null
  return under('base85', base85, bare) ?? under('ascii85', ascii85, bare)
}

/** A text broken into lines of one length, as encoders do; null when its gaps are those of prose or code. */
function joined(text: string): string | null {
  const lines = text.split(/\s+/)
  const length = lines[0]?.length ?? 0
  return length >= 32 && lines.slice(0, -1).every((line) => line.length === length) ? lines.join('') : null
}

const always = (): boolean => true
/** Chance seldom makes text, a known beginning or a valid stream. */
const meaningful = (bytes: Uint8Array): boolean =>
  bytes.length >= 8 && (isText(bytes) || (bytes.length >= 24 && kindOf(bytes) !== null && plausible(bytes)) || (bytes.length >= 24 && opened(bytes) !== null))

/** Two bytes are enough for some kinds: those have to open. */
const plausible = (bytes: Uint8Array): boolean => !/^(?:zlib|lzma|bz2|ico|audio|ttf|pyc|pickle)$/.test(kindOf(bytes) ?? '') || opened(bytes) !== null || bytes.length > 512

function isText(bytes: Uint8Array): boolean {
  const text = plainTextOf(bytes)
  if (text === null) return false
  return bytes.length >= 24 ? /[a-z\d]/i.test(text) : /^[\x20-\x7e\s]+$/.test(text) && /[a-z]{2}|\d\.\d/i.test(text)
}

function under(how: string, decoder: Decoder, text: string, means: (bytes: Uint8Array) => boolean = meaningful): Peeled | null {
  const bytes = decoder(text)
  return bytes && means(bytes) ? { how, bytes } : null
}

function backwards(text: string): Peeled | null {
  if (text.length < 24) return null
  const found = under('base64', base64, Array.from(text).reverse().join('').trim())
  return found && { ...found, how: 'reversed base64' }
}

function codesOf(text: string): Peeled | null {
  if (text.length < 8) return null
  const printable = /^[\x20-\x7e\t\r\n]+$/.test(text) && new Set(text).size > 4
  if (printable) return { how: 'codes', text }
  if (text.length < 24 || /[^\0-\xff]/.test(text)) return null
  const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0))
  return meaningful(bytes) ? { how: 'codes', bytes } : null
}
