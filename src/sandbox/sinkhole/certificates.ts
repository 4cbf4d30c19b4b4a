import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, sign, X509Certificate, type KeyObject } from 'node:crypto'
import { isIP } from 'node:net'
import { createSecureContext, type SecureContext } from 'node:tls'
import { bits, explicit, implicit, integer, octets, oid, sequence, set, time, truth, utf8 } from '../../decoys/der.ts'

/** Who signs the certificates of one run. PEM, both. */
export interface Authority {
  certificate: string
  key: string
}

const DAY = 86_400_000
const ECDSA_SHA256 = sequence(oid('1.2.840.10045.4.3.2'))
const ISSUER = { organisation: 'Global Transit Trust Services', name: 'GTTS Root R4' }

/** A new one, good for nothing outside the run that it is made for. */
export function makeAuthority(now = Date.now()): Authority {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const certificate = certify({
    subject: named(ISSUER.organisation, ISSUER.name), from: now - 900 * DAY, to: now + 3_650 * DAY, publicKey, signer: privateKey, signerPublic: publicKey,
    extensions: [
      extension('2.5.29.19', true, sequence(truth)),
      // keyCertSign, cRLSign
      extension('2.5.29.15', true, bits(Buffer.from([0x06]), 1)),
    ],
  })
  return { certificate, key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string }
}

/** Certificates by name, made when they are asked for: a signature each, no program is started. */
export class Mint {
  readonly #authority: KeyObject
  readonly #authorityPublic: KeyObject
  readonly #certificate: string
  readonly #leaf = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  readonly #leafPem: string
  readonly #made = new Map<string, SecureContext>()
  readonly #most: number

  constructor(authority: Authority, most: number) {
    this.#authority = createPrivateKey(authority.key)
    this.#authorityPublic = createPublicKey(authority.key)
    // Throws where it is none, before anybody connects.
    this.#certificate = new X509Certificate(authority.certificate).toString()
    this.#leafPem = this.#leaf.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
    this.#most = most
  }

  /** For a host name or an address. */
  context(host: string): SecureContext {
    const name = isIP(host) || isHostName(host) ? host.toLowerCase() : 'localhost'
    const known = this.#made.get(name)
    if (known) return known
    if (this.#made.size >= this.#most) this.#made.delete(this.#made.keys().next().value as string)
    const made = createSecureContext({
      cert: `${this.certificate(name)}\n${this.#certificate}`, key: this.#leafPem, minVersion: 'TLSv1', ciphers: 'DEFAULT:@SECLEVEL=0',
    })
    this.#made.set(name, made)
    return made
  }

  certificate(name: string, now = Date.now()): string {
    return certify({
      subject: name.length <= 64 ? sequence(relative('2.5.4.3', name)) : sequence(), from: now - 40 * DAY, to: now + 300 * DAY,
      publicKey: this.#leaf.publicKey, signer: this.#authority, signerPublic: this.#authorityPublic,
      extensions: [
        extension('2.5.29.19', true, sequence()),
        extension('2.5.29.15', true, bits(Buffer.from([0x80]), 7)),
        // serverAuth
        extension('2.5.29.37', false, sequence(oid('1.3.6.1.5.5.7.3.1'))),
        extension('2.5.29.17', name.length > 64, sequence(alternative(name))),
      ],
    })
  }
}

/** What may stand in a certificate as a name; anything else a client sent as SNI gets one that does not fit it. */
const isHostName = (name: string): boolean => name.length <= 253 && /^(?:[a-z0-9_](?:[a-z0-9_-]{0,62})\.)*[a-z0-9_][a-z0-9_-]{0,62}$/i.test(name)

interface Certified {
  subject: Buffer
  from: number
  to: number
  publicKey: KeyObject
  signer: KeyObject
  signerPublic: KeyObject
  extensions: readonly Buffer[]
}

/** RFC 5280, version 3, signed with ECDSA. The issuer is always ours. */
function certify({ subject, from, to, publicKey, signer, signerPublic, extensions }: Certified): string {
  const body = sequence(
    explicit(0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([0x4a]), randomBytes(15)])),
    ECDSA_SHA256, named(ISSUER.organisation, ISSUER.name),
    sequence(time(new Date(from)), time(new Date(to))),
    subject, publicKey.export({ type: 'spki', format: 'der' }),
    explicit(3, sequence(
      ...extensions,
      extension('2.5.29.14', false, octets(keyId(publicKey))),
      extension('2.5.29.35', false, sequence(implicit(0, keyId(signerPublic)))),
    )),
  )
  const der = sequence(body, ECDSA_SHA256, bits(sign('sha256', body, signer)))
  return `-----BEGIN CERTIFICATE-----\n${(der.toString('base64').match(/.{1,64}/g) as string[]).join('\n')}\n-----END CERTIFICATE-----\n`
}

const keyId = (key: KeyObject): Buffer => createHash('sha1').update(key.export({ type: 'spki', format: 'der' })).digest()
const relative = (type: string, value: string): Buffer => set(sequence(oid(type), utf8(value)))
const named = (organisation: string, name: string): Buffer => sequence(relative('2.5.4.10', organisation), relative('2.5.4.3', name))
const extension = (id: string, critical: boolean, value: Buffer): Buffer => sequence(oid(id), ...(critical ? [truth] : []), octets(value))

function alternative(name: string): Buffer {
  const version = isIP(name)
  if (version === 0) return implicit(2, Buffer.from(name, 'latin1'))
  return implicit(7, version === 4 ? Buffer.from(name.split('.').map(Number)) : v6(name))
}

function v6(address: string): Buffer {
  const [head = '', tail] = new URL(`http://[${address.replace(/%.*$/, '')}]/`).hostname.slice(1, -1).split('::')
  const groups = (text: string): number[] => text.split(':').filter((group) => group !== '').map((group) => Number.parseInt(group, 16))
  const [before, after] = [groups(head), groups(tail ?? '')]
  const all = [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after]
  return Buffer.from(all.flatMap((group) => [group >>> 8, group & 255]))
}
