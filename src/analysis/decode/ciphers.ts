/** Letters moved by `by` places in the alphabet; 13 undoes itself. */
export function rotated(text: string, by: number): string {
  const shift = ((by % 26) + 26) % 26
  return mapped(text, (code) => {
    const base = code >= 97 && code <= 122 ? 97 : code >= 65 && code <= 90 ? 65 : null
    return base === null ? code : ((code - base + shift) % 26) + base
  })
}

/** Every printable ASCII character moved by 47 places. */
export const rotated47 = (text: string): string => mapped(text, (code) => (code >= 33 && code <= 126 ? ((code - 33 + 47) % 94) + 33 : code))

function mapped(text: string, change: (code: number) => number): string {
  const units = new Uint16Array(text.length)
  for (let at = 0; at < text.length; at++) units[at] = change(text.charCodeAt(at))
  return Buffer.from(units.buffer).toString('utf16le')
}

export function xored(bytes: Uint8Array, key: Uint8Array): Uint8Array | null {
  if (key.length === 0) return null
  const out = new Uint8Array(bytes.length)
  for (let at = 0; at < bytes.length; at++) out[at] = (bytes[at] as number) ^ (key[at % key.length] as number)
  return out
}

/** By code points, as both languages' idioms for it do. */
export const reversed = (text: string): string => Array.from(text).reverse().join('')

const SAMPLE = 96
const LETTERS = 0.5

/** The one byte under which these bytes become the wordiest text; null when they become none. */
export function guessKey(bytes: Uint8Array): number | null {
  if (bytes.length < 48) return null
  const sample = bytes.subarray(0, SAMPLE)
  // No key makes two of one byte, or one of two.
  if (new Set(sample).size <= 10) return null
  let best: { key: number; score: number } | null = null
  for (let key = 1; key < 256; key++) {
    const score = wordiness(sample, key)
    if (score > (best?.score ?? sample.length * LETTERS)) best = { key, score }
  }
  return best?.key ?? null
}

/** How many characters are small letters or blanks; none when one is not of a text at all. */
function wordiness(sample: Uint8Array, key: number): number {
  let count = 0
  for (const byte of sample) {
    const code = byte ^ key
    if (code > 0x7e || (code < 0x20 && code !== 9 && code !== 10 && code !== 13)) return 0
    if (code === 0x20 || code === 10 || (code >= 97 && code <= 122)) count++
  }
  return count
}
