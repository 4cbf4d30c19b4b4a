import { createHash } from 'node:crypto'
import { WORDS } from './words.ts'

/** BIP 39: 16 bytes of entropy and four bits of checksum, as twelve words that wallets accept. */
export function mnemonicOf(entropy: Uint8Array): string {
  const checked = Buffer.concat([entropy, createHash('sha256').update(entropy).digest().subarray(0, 1)])
  const bits = Array.from(checked, (byte) => byte.toString(2).padStart(8, '0')).join('')
  const count = Math.floor(entropy.length * 8 * 33 / 32 / 11)
  return Array.from({ length: count }, (_, i) => WORDS[Number.parseInt(bits.slice(i * 11, i * 11 + 11), 2)]).join(' ')
}
