import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { rot13 } from './rot13.ts'

/** How a secret is hidden on its way out. `text`: what comes out is text; `only`: what it can be done to. */
export interface Encoder {
  name: string
  encode(bytes: Buffer): Buffer
  text: boolean
  only?: 'text'
}

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1')
const each = (bytes: Buffer, map: (byte: number) => string): Buffer => latin1(Array.from(bytes, map).join(''))
const pair = (byte: number): string => byte.toString(16).padStart(2, '0')

function base32(bytes: Buffer): Buffer {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('')
  return latin1((bits.match(/.{1,5}/g) ?? []).map((five) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[Number.parseInt(five.padEnd(5, '0'), 2)]).join(''))
}

export const ENCODERS: readonly Encoder[] = [
  { name: 'base64', encode: (bytes) => latin1(bytes.toString('base64')), text: true },
  { name: 'base64url', encode: (bytes) => latin1(bytes.toString('base64url')), text: true },
  { name: 'base64 in lines', encode: (bytes) => latin1((bytes.toString('base64').match(/.{1,76}/g) ?? []).join('\r\n')), text: true },
  { name: 'base32', encode: base32, text: true },
  { name: 'hex', encode: (bytes) => latin1(bytes.toString('hex')), text: true },
  { name: 'hex with colons', encode: (bytes) => latin1(Array.from(bytes, pair).join(':')), text: true },
  { name: 'url', encode: (bytes) => latin1(encodeURIComponent(bytes.toString('latin1'))), text: true, only: 'text' },
  { name: 'url, all of it', encode: (bytes) => each(bytes, (byte) => `%${pair(byte)}`), text: true },
  { name: 'unicode escapes', encode: (bytes) => each(bytes, (byte) => `\\u00${pair(byte)}`), text: true },
  { name: 'hex escapes', encode: (bytes) => each(bytes, (byte) => `\\x${pair(byte)}`), text: true },
  { name: 'JSON', encode: (bytes) => latin1(JSON.stringify({ value: bytes.toString('latin1') })), text: true, only: 'text' },
  { name: 'decimal', encode: (bytes) => latin1(JSON.stringify([...bytes])), text: true },
  { name: 'html', encode: (bytes) => each(bytes, (byte) => `&#${byte};`), text: true },
  { name: 'reversed', encode: (bytes) => Buffer.from(bytes).reverse(), text: true, only: 'text' },
  { name: 'rot13', encode: (bytes) => Buffer.from(rot13(bytes)), text: true, only: 'text' },
  { name: 'utf-16', encode: (bytes) => Buffer.from(bytes.toString('latin1'), 'utf16le'), text: false, only: 'text' },
  { name: 'xor', encode: (bytes) => bytes.map((byte) => byte ^ 0xa5) as Buffer, text: false },
  { name: 'gzip', encode: (bytes) => gzipSync(bytes), text: false },
  { name: 'zlib', encode: (bytes) => deflateSync(bytes), text: false },
  { name: 'deflate', encode: (bytes) => deflateRawSync(bytes), text: false },
  { name: 'brotli', encode: (bytes) => brotliCompressSync(bytes), text: false },
  { name: 'zstd', encode: (bytes) => zstdCompressSync(bytes), text: false },
]

/** Whether one can be done to what the other made, and be undone without knowing: a stream without a head under a key leaves no trace. */
export function follows(encoder: Encoder, before: Encoder | null): boolean {
  if (before === null) return true
  if (encoder.only === 'text' && !before.text) return false
  if (encoder.name === 'xor') return !['deflate', 'brotli', 'xor', 'utf-16'].includes(before.name)
  return true
}
