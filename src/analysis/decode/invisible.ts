/** Characters that show nothing, and the bytes that can be written with them. */

/** U+FE00-FE0F are bytes 0-15 and U+E0100-E01EF the rest, as the worms of 2025 had it; null when there is none. */
export function fromSelectors(text: string): Uint8Array | null {
  const out: number[] = []
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code >= 0xfe00 && code <= 0xfe0f) out.push(code - 0xfe00)
    else if (code === 0xdb40) {
      const low = text.charCodeAt(at + 1)
      if (low >= 0xdd00 && low <= 0xddef) out.push(low - 0xdd00 + 16)
    }
  }
  return out.length > 0 ? Uint8Array.from(out) : null
}

/** U+E0020-E007E are ASCII. */
export function fromTags(text: string): string | null {
  let out = ''
  for (let at = 0; at < text.length - 1; at++) {
    const low = text.charCodeAt(at + 1)
    if (text.charCodeAt(at) === 0xdb40 && low >= 0xdc20 && low <= 0xdc7e) out += String.fromCharCode(low - 0xdc00)
  }
  return out === '' ? null : out
}

/** The two characters of a bit, zero first; others in between only separate. */
const BITS: readonly (readonly [string, string])[] = [
  ['\u200b', '\u200c'], ['\u200c', '\u200b'], ['\u200b', '\u200d'], ['\u200c', '\u200d'], ['\u200d', '\u200c'],
  ['\u200b', '\ufeff'], ['\u200c', '\ufeff'], ['\u200d', '\ufeff'], ['\u2060', '\u200b'], ['\uffa0', '\u3164'],
]

/**
 * Bits written with two invisible characters, eight to a byte, most significant first. Which is which is not written
 * anywhere: the first pairing that gives text wins, the first that gives bytes at all otherwise.
 */
export function fromZeroWidth(text: string, reads: (bytes: Uint8Array) => boolean): Uint8Array | null {
  const hidden = text.replace(/[^\u200b-\u200d\u2060\ufeff\uffa0\u3164]+/g, '')
  let first: Uint8Array | null = null
  for (const [zero, one] of BITS) {
    const bytes = pack(hidden, zero, one)
    if (!bytes) continue
    if (reads(bytes)) return bytes
    first ??= bytes
  }
  return first
}

function pack(hidden: string, zero: string, one: string): Uint8Array | null {
  const out = new Uint8Array(hidden.length >>> 3)
  let [held, bits, filled] = [0, 0, 0]
  for (let at = 0; at < hidden.length; at++) {
    const character = hidden[at]
    if (character !== zero && character !== one) continue
    held = (held << 1) | (character === one ? 1 : 0)
    if (++bits < 8) continue
    out[filled++] = held
    held = 0
    bits = 0
  }
  return filled > 0 ? out.subarray(0, filled) : null
}
