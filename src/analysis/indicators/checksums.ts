import { createHash } from 'node:crypto'
import { keccak256 } from './keccak.ts'

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest()

function number58(text: string): bigint | null {
  let value = 0n
  for (const character of text) {
    const digit = BASE58.indexOf(character)
    if (digit < 0) return null
    value = value * 58n + BigInt(digit)
  }
  return value
}

const bytesOf = (value: bigint, size: number): Buffer => Buffer.from(value.toString(16).padStart(size * 2, '0'), 'hex')

/** Bytes of a base58 number, a leading 1 being a zero byte; null for other characters. */
export function base58(text: string): Uint8Array | null {
  const value = number58(text)
  if (value === null) return null
  const zeros = /^1*/.exec(text)?.[0].length ?? 0
  return Buffer.concat([Buffer.alloc(zeros), value === 0n ? Buffer.alloc(0) : bytesOf(value, Math.ceil(value.toString(16).length / 2))])
}

/** The version byte of a base58check address with 20 bytes in it, its checksum right; null otherwise. */
export function base58check(text: string): number | null {
  const bytes = base58(text)
  if (!bytes || bytes.length !== 25) return null
  return sha256(sha256(bytes.subarray(0, 21))).subarray(0, 4).equals(bytes.subarray(21)) ? bytes[0] as number : null
}

const BECH32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'
const GENERATORS = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3]

/** BIP 173 and 350: a remainder of 1, or of bech32m's constant. */
export function isBech32(text: string): boolean {
  const at = text.lastIndexOf('1')
  const prefix = text.slice(0, at)
  const digits = Array.from(text.slice(at + 1), (character) => BECH32.indexOf(character))
  if (at < 1 || digits.length < 8 || digits.includes(-1)) return false
  const codes = Array.from(prefix, (character) => character.charCodeAt(0))
  let sum = 1
  for (const value of [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31), ...digits]) {
    const top = sum >>> 25
    sum = ((sum & 0x1ffffff) << 5) ^ value
    for (const [bit, generator] of GENERATORS.entries()) if ((top >> bit) & 1) sum ^= generator
  }
  return sum === 1 || sum === 0x2bc830a3
}

/** EIP-55: a letter is large where the hash of the small ones has a high digit. */
export function isEip55(address: string): boolean {
  const digits = address.slice(2)
  const hash = Buffer.from(keccak256(Buffer.from(digits.toLowerCase()))).toString('hex')
  return [...digits].every((digit, at) => !/[a-f]/i.test(digit) || (digit === digit.toUpperCase()) === Number.parseInt(hash[at] as string, 16) > 7)
}

/** Bytes by characters of a base58 block. */
const BLOCK = [0, 0, 1, 2, 0, 3, 4, 5, 0, 6, 7, 8]

/** Monero's base58 is in blocks of 11 characters to 8 bytes; the last four bytes are of Keccak-256. */
export function isMonero(text: string): boolean {
  const blocks: Buffer[] = []
  for (let at = 0; at < text.length; at += 11) {
    const block = text.slice(at, at + 11)
    const [size, value] = [BLOCK[block.length] ?? 0, number58(block)]
    if (size === 0 || value === null || value >= 256n ** BigInt(size)) return false
    blocks.push(bytesOf(value, size))
  }
  const all = Buffer.concat(blocks)
  return all.length > 64 && Buffer.from(keccak256(all.subarray(0, -4))).subarray(0, 4).equals(all.subarray(-4))
}
