import { crc32 } from 'node:zlib'
import { BASE32, BASE62, BASE64, BASE64URL, HEX, LETTERS, type Dice } from './dice.ts'

/** A secret as its service writes it, and the part of it that is only its own. */
export interface Shape {
  value: string
  core: string
}

const whole = (prefix: string, core: string): Shape => ({ value: prefix + core, core })

/** GitHub's and npm's tokens end in the CRC-32 of the part before, in base 62 (github.blog, "Behind GitHub's new authentication token formats"). */
export function checked(dice: Dice, prefix: string): Shape {
  const entropy = dice.chars(BASE62, 30)
  let checksum = ''
  for (let left = crc32(entropy); left > 0; left = Math.floor(left / 62)) checksum = (BASE62[left % 62] as string) + checksum
  return whole(prefix, entropy + checksum.padStart(6, '0'))
}

export const ofChars = (dice: Dice, prefix: string, alphabet: string, count: number): Shape => whole(prefix, dice.chars(alphabet, count))

export const githubFineGrained = (dice: Dice): Shape => whole('github_pat_', `${dice.chars(BASE62, 22)}_${dice.chars(BASE62, 59)}`)
export const awsKeyId = (dice: Dice, prefix: 'AKIA' | 'ASIA'): Shape => whole(prefix, dice.chars(BASE32, 16))
export const awsSecret = (dice: Dice): Shape => whole('', dice.chars(BASE64, 40))
export const awsSession = (dice: Dice): Shape => whole('IQoJb3JpZ2luX2VjE', `${dice.chars(BASE64, 331)}=`)
export const hex = (dice: Dice, count: number, prefix = ''): Shape => ofChars(dice, prefix, HEX, count)

/** RFC 7519, with claims as given and a signature that nobody made. */
export function jwt(dice: Dice, claims: Readonly<Record<string, unknown>>, header: Readonly<Record<string, unknown>> = { alg: 'RS256', typ: 'JWT', kid: 'k1' }): Shape {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const signature = dice.bytes(256).toString('base64url')
  return { value: `${part(header)}.${part(claims)}.${signature}`, core: signature }
}

/**
 * PyPI's tokens are macaroons, version 2 of their binary format: location, identifier, caveats, signature. The location is the
 * registry's host; the identifier is as long as it takes for what is secret to begin at a whole group of base64.
 */
export function pypi(dice: Dice, host: string): Shape {
  const field = (kind: number, bytes: Buffer): Buffer => Buffer.concat([Buffer.from([kind, bytes.length]), bytes])
  const location = Buffer.from(host.slice(0, 60))
  const identifier = Buffer.from(uuid(dice))
  const head = Buffer.concat([
    Buffer.from([2]), field(1, location),
    field(2, Buffer.concat([identifier, Buffer.alloc((3 - (location.length + identifier.length + 7) % 3) % 3, 0x30)])), Buffer.from([0, 0]),
  ])
  const rest = Buffer.concat([field(6, dice.bytes(32)), dice.bytes(55)])
  const core = rest.toString('base64url')
  return { value: `pypi-${head.toString('base64url')}${core}`, core: core.slice(4) }
}

export function uuid(dice: Dice): string {
  const digits = dice.bytes(16).toString('hex')
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-a${digits.slice(17, 20)}-${digits.slice(20)}`
}

/** What people think of as a strong password: words would be found in ordinary text. */
export const password = (dice: Dice): Shape => whole('', `${dice.chars(LETTERS, 5)}-${dice.chars(BASE62, 7)}.${dice.chars(BASE62, 6)}`)

export const discord = (dice: Dice): Shape => {
  const user = Buffer.from(dice.digits(18)).toString('base64url')
  return whole('', `${user}.${dice.chars(BASE62, 6)}.${dice.chars(BASE64URL, 38)}`)
}

export const anthropic = (dice: Dice): Shape => whole('sk-ant-api03-', `${dice.chars(BASE64URL, 93)}AA`)

export function openai(dice: Dice): Shape {
  const [before, after] = [dice.chars(BASE64URL, 74), dice.chars(BASE64URL, 74)]
  return { value: `sk-proj-${before}T3BlbkFJ${after}`, core: `${before}T3BlbkFJ${after}` }
}

export const azureSecret = (dice: Dice): Shape => whole('', `${dice.chars(BASE62, 3)}8Q~${dice.chars(BASE62, 34)}`)
export const telegram = (dice: Dice): Shape => whole(`${dice.digits(10)}:`, `AA${dice.chars(BASE64URL, 33)}`)
export const slack = (dice: Dice, prefix: 'xoxb' | 'xoxp' | 'xoxc'): Shape => whole(
  `${prefix}-`, `${dice.digits(12)}-${dice.digits(13)}-${dice.chars(BASE62, 24)}`,
)
export const sendgrid = (dice: Dice): Shape => whole('SG.', `${dice.chars(BASE64URL, 22)}.${dice.chars(BASE64URL, 43)}`)
