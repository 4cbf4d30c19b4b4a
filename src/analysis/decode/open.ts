import { plainTextOf } from './bytes.ts'
import { guessKey, xored } from './ciphers.ts'
import { gunzip, inflate, peekBrotli, peekInflateRaw, inflateRaw, brotli, zstd } from './compressed.ts'
import type { Unpacked } from './compressed.ts'
import { kindOf } from './magic.ts'

/** Bytes that come out of other bytes. */
export interface Opened extends Unpacked {
  how: string
}

/** Less than this comes out of anything by chance. */
const CONVINCING = 24
/** A stream that is shorter has nothing in it that would be worth the trouble. Identifiers are as long. */
const SHORTEST_STREAM = 32

/** Unpacks or deciphers bytes without being told how; null when they are what they are. */
export function opened(bytes: Uint8Array): Opened | null {
  switch (kindOf(bytes)) {
    case 'gzip': return by('gzip', gunzip(bytes))
    case 'zlib': return by('zlib', inflate(bytes))
    case 'zstd': return by('zstd', zstd(bytes))
    case null: return plainTextOf(bytes) === null ? unmarked(bytes) : null
    default: return null
  }
}

/** Streams without a beginning of their own, and one byte's worth of cipher: only text proves a guess right. */
function unmarked(bytes: Uint8Array): Opened | null {
  const stream = bytes.length >= SHORTEST_STREAM
  if (stream && convincing(peekInflateRaw(bytes))) return by('deflate', inflateRaw(bytes))
  if (stream && convincing(peekBrotli(bytes))) return by('brotli', brotli(bytes))
  const key = guessKey(bytes)
  const plain = key === null ? null : xored(bytes, Uint8Array.of(key))
  return plain && plainTextOf(plain) !== null ? { how: `xor ${key}`, bytes: plain, cut: false } : null
}

const convincing = (out: Unpacked | null): boolean => out !== null && out.bytes.length >= CONVINCING && plainTextOf(out.bytes) !== null
const by = (how: string, out: Unpacked | null): Opened | null => out && { ...out, how }
