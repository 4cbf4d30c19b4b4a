export const BASE = 0x01000193

/** Polynomial over UTF-16 code units. */
export function hash(text: string): number {
  let sum = 0
  for (let at = 0; at < text.length; at++) sum = Math.imul(sum, BASE) + text.charCodeAt(at)
  return sum | 0
}

/** The same over the first of some codes. */
export function hashCodes(codes: Uint16Array, size: number): number {
  let sum = 0
  for (let at = 0; at < size; at++) sum = Math.imul(sum, BASE) + (codes[at] as number)
  return sum | 0
}

/** The finalizer of MurmurHash3: every bit of the key counts in every bit. */
export function mix(key: number): number {
  let h = key
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
