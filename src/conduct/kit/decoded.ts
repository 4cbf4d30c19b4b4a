import { gunzipSync, inflateSync } from 'node:zlib'

const MOST = 4096
/** Shorter runs of letters are words. */
const RUN = /[A-Za-z0-9+/_-]{24,}={0,2}/g
const HEX = /(?:[0-9a-f]{2}){12,}/gi
const RUNS = 8

/** Bytes as one line of text that people may see. */
export function printable(bytes: Uint8Array, most = 300): string {
  return clean(new TextDecoder().decode(bytes.subarray(0, MOST))).slice(0, most)
}

/** Nothing that moves a terminal's cursor, reorders or hides text. */
export const clean = (text: string): string => text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').replaceAll('\uFFFD', '·').trim()

/** What is readable once an encoding is undone, and which: what was packed whole, or lies in the text. null: nothing was hidden. */
export function decoded(sample: Uint8Array, most = 300): { text: string; how: string[] } | null {
  const packed = unpacked(sample)
  if (packed) return { text: printable(packed.bytes, most), how: [packed.how] }
  const text = new TextDecoder('latin1').decode(sample.subarray(0, MOST))
  const parts: string[] = []
  const how = new Set<string>()
  for (const { bytes, name } of candidates(text)) {
    const inner = unpacked(bytes)
    const plain = inner?.bytes ?? bytes
    if (!isReadable(plain)) continue
    how.add(inner ? `${name}, ${inner.how}` : name)
    parts.push(printable(plain, most))
  }
  return parts.length === 0 ? null : { text: parts.join(' … ').slice(0, most), how: [...how] }
}

function* candidates(text: string): Generator<{ bytes: Uint8Array; name: string }> {
  let left = RUNS
  for (const [hex] of text.matchAll(HEX)) {
    if (left-- <= 0) return
    yield { bytes: Buffer.from(hex.slice(0, hex.length & ~1), 'hex'), name: 'hex' }
  }
  for (const [run] of text.matchAll(RUN)) {
    if (left-- <= 0) return
    yield { bytes: Buffer.from(run, 'base64'), name: 'base64' }
    if (/[A-Za-z]{8}/.test(run)) yield { bytes: Buffer.from([...run].reverse().join(''), 'base64'), name: 'base64, reversed' }
  }
}

function unpacked(bytes: Uint8Array): { bytes: Uint8Array; how: string } | null {
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b
  if (!isGzip && !(bytes[0] === 0x78 && ((bytes[0] << 8) + (bytes[1] ?? 1)) % 31 === 0)) return null
  try {
    return isGzip ? { bytes: gunzipSync(bytes, { maxOutputLength: 1 << 16 }), how: 'gzip' } : { bytes: inflateSync(bytes, { maxOutputLength: 1 << 16 }), how: 'zlib' }
  } catch {
    return null
  }
}

/** Nearly all of it is printable ASCII, and there is enough of it to say something. */
function isReadable(bytes: Uint8Array): boolean {
  const seen = bytes.subarray(0, 512)
  const plain = seen.filter((byte) => byte >= 32 && byte < 127 || byte === 9 || byte === 10 || byte === 13).length
  return seen.length >= 10 && plain / seen.length > 0.95
}
