/**
 * Whether a raw deflate stream (RFC 1951) may begin here: false only where the first block's header, or its first code, is an error.
 * Nine of ten texts that are no stream are told without asking zlib, which makes an object and an error for each.
 */
export function mayBeDeflate(bytes: Uint8Array): boolean {
  const bits = (bytes[0] ?? 0) | ((bytes[1] ?? 0) << 8) | ((bytes[2] ?? 0) << 16)
  switch ((bits >> 1) & 3) {
    case 0: return ((bytes[1] ?? 0) ^ (bytes[3] ?? 0)) === 0xff && ((bytes[2] ?? 0) ^ (bytes[4] ?? 0)) === 0xff
    case 1: return !isRepetition(bits >> 3)
    case 2: return isCode(bytes, bits)
    default: return false
  }
}

/** The first fixed code (3.2.6) repeats what there is not yet: seven bits from 1 to 23, or eight from 192 to 199; most significant first. */
function isRepetition(bits: number): boolean {
  let code = 0
  for (let at = 0; at < 7; at++) code = (code << 1) | ((bits >> at) & 1)
  return code < 24 ? code > 0 : code >= 96 && code < 100
}

/** 3.2.7: at most 286 and 30 codes, and the lengths of those for lengths, three bits each, fill the code space. */
function isCode(bytes: Uint8Array, bits: number): boolean {
  if (((bits >> 3) & 31) > 29 || ((bits >> 8) & 31) > 29) return false
  const count = ((bits >> 13) & 15) + 4
  let space = 0
  for (let at = 17, last = 17 + 3 * count; at < last; at += 3) {
    const length = (((bytes[at >> 3] ?? 0) | ((bytes[(at >> 3) + 1] ?? 0) << 8)) >> (at & 7)) & 7
    if (length > 0) space += 128 >> length
  }
  return space === 128
}
