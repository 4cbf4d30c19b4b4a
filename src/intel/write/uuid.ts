import { createHash } from 'node:crypto'

/** For STIX observables (STIX 2.1, 2.9): whoever describes the same thing gives it the same id. */
export const STIX_NAMESPACE = '00abedb4-aa42-466c-9c01-fed23315a9b7'
/** For everything else of ours: STIX keeps its own namespace for observables. */
export const OWN_NAMESPACE = '7f1c3a52-60c1-5d0e-9b5d-3d7a4e0c6f18'

/** RFC 9562, 5.5. */
export function uuid5(namespace: string, name: string): string {
  const hash = createHash('sha1').update(Buffer.from(namespace.replaceAll('-', ''), 'hex')).update(name).digest().subarray(0, 16)
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6)
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8)
  const hex = hash.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
