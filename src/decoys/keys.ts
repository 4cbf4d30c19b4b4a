import { createPrivateKey, createPublicKey } from 'node:crypto'
import { integer, octets, oid, sequence, element } from './der.ts'
import type { Dice } from './dice.ts'

const block = (label: string, bytes: Buffer, width: number): string =>
  `-----BEGIN ${label}-----\n${(bytes.toString('base64').match(new RegExp(`.{1,${width}}`, 'g')) as string[]).join('\n')}\n-----END ${label}-----\n`

export interface SshKey {
  /** As OpenSSH writes it, without a passphrase. */
  secret: string
  /** One line, as in `id_ed25519.pub`. */
  public: string
}

/** A real Ed25519 pair in OpenSSH's own format (PROTOCOL.key in its sources), so that `ssh-keygen -y` takes it. */
export function sshKey(dice: Dice, comment: string): SshKey {
  const seed = dice.bytes(32)
  // PKCS #8 of an Ed25519 seed (RFC 8410) is this head and the seed.
  const key = createPrivateKey({ key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]), format: 'der', type: 'pkcs8' })
  const point = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32)
  const blob = Buffer.concat([string('ssh-ed25519'), string(point)])
  const check = dice.bytes(4)
  const inner = Buffer.concat([check, check, string('ssh-ed25519'), string(point), string(Buffer.concat([seed, point])), string(comment)])
  const padding = Buffer.from(Array.from({ length: (8 - inner.length % 8) % 8 }, (_, i) => i + 1))
  const whole = Buffer.concat([
    Buffer.from('openssh-key-v1\0'), string('none'), string('none'), string(''), number(1), string(blob), string(Buffer.concat([inner, padding])),
  ])
  return { secret: block('OPENSSH PRIVATE KEY', whole, 70), public: `ssh-ed25519 ${blob.toString('base64')} ${comment}\n` }
}

function string(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value)
  return Buffer.concat([number(bytes.length), bytes])
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

/** What looks like a 2048-bit RSA key to whoever checks form and length (RFC 8017, A.1.2); its numbers fit nothing. */
export function rsaShaped(dice: Dice, as: 'pkcs1' | 'pkcs8'): string {
  const odd = (length: number): Buffer => {
    const bytes = dice.bytes(length)
    bytes[0] = (bytes[0] as number) | 0xc0
    bytes[length - 1] = (bytes[length - 1] as number) | 1
    return bytes
  }
  const key = sequence(
    integer(Buffer.from([0])), integer(odd(256)), integer(Buffer.from([1, 0, 1])), integer(odd(256)),
    integer(odd(128)), integer(odd(128)), integer(odd(128)), integer(odd(128)), integer(odd(128)),
  )
  if (as === 'pkcs1') return block('RSA PRIVATE KEY', key, 64)
  return block('PRIVATE KEY', sequence(integer(Buffer.from([0])), sequence(oid('1.2.840.113549.1.1.1'), element(0x05)), octets(key)), 64)
}
