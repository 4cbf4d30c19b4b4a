import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { pack } from 'tar-stream'

export type Json = Record<string, unknown>

/** One version of a package, as a test describes it. */
export interface FakeVersion {
  name: string
  version: string
  /** Path below `package/` → content. `package.json` is made from `manifest` unless it is given here. */
  files?: Readonly<Record<string, string | Uint8Array>>
  /** Members of `package.json` beside name and version. */
  manifest?: Json
  /** What the registry says instead of the archive's own manifest (manifest confusion). */
  registryManifest?: Json
  /** Default: 2020-01-01, old enough for every age rule. */
  publishedAt?: Date
  /** Dist-tags that point here from now on. `latest` always follows the newest version added, unless some tags say so. */
  tags?: readonly string[]
  /** Ready-made bytes instead of an archive built from `files`. */
  tarball?: Uint8Array
  /** Path or absolute URL of the tarball instead of `<name>/-/<base>-<version>.tgz`. */
  tarballUrl?: string
  /** Adds `dist.attestations`, answered with an empty list. */
  attested?: true
}

/** A version as the registry holds it. */
export interface Published {
  described: FakeVersion
  tarball: Buffer
  publishedAt: Date
  /** Path below the registry, when the registry serves the bytes itself. */
  path: string
  integrity: string
  shasum: string
}

/** Builds the archive (reproducibly: no clock, no owner) and its digests. */
export async function publish(described: FakeVersion): Promise<Published> {
  const { name, version } = described
  const tarball = Buffer.from(described.tarball ?? (await archive(described)))
  return {
    described,
    tarball,
    publishedAt: described.publishedAt ?? new Date('2020-01-01T00:00:00Z'),
    path: described.tarballUrl ?? `${name}/-/${name.slice(name.indexOf('/') + 1)}-${version}.tgz`,
    integrity: `sha512-${createHash('sha512').update(tarball).digest('base64')}`,
    shasum: createHash('sha1').update(tarball).digest('hex'),
  }
}

async function archive({ name, version, manifest, files = {} }: FakeVersion): Promise<Buffer> {
  const all = { 'package.json': JSON.stringify({ name, version, ...manifest }, null, 2), 'index.js': 'module.exports = 1\n', ...files }
  const tar = pack()
  for (const [path, content] of Object.entries(all)) {
    tar.entry({ name: `package/${path}`, mtime: new Date(499_162_500_000), mode: 0o644 }, Buffer.from(content))
  }
  tar.finalize()
  return gzipSync(await buffer(tar))
}

/** A registry's signing key (ECDSA P-256), as `/-/npm/v1/keys` shows it and as signatures use it. */
export class RegistryKey {
  readonly keyid: string
  readonly publicKey: string
  readonly #sign: (message: string) => string
  readonly #made = new WeakMap<Published, { keyid: string; sig: string }>()

  constructor() {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const der = publicKey.export({ type: 'spki', format: 'der' })
    this.publicKey = der.toString('base64')
    this.keyid = `SHA256:${createHash('sha256').update(der).digest('base64')}`
    this.#sign = (message) => sign('sha256', Buffer.from(message), privateKey).toString('base64')
  }

  document(): Json {
    const { keyid, publicKey: key } = this
    return { keys: [{ expires: null, keyid, keytype: 'ecdsa-sha2-nistp256', scheme: 'ecdsa-sha2-nistp256', key }] }
  }

  /** Made once a version: ECDSA never gives the same signature twice, and documents must keep their ETag. */
  signature(published: Published): { keyid: string; sig: string } {
    const { described: { name, version }, integrity } = published
    const known = this.#made.get(published) ?? { keyid: this.keyid, sig: this.#sign(`${name}@${version}:${integrity}`) }
    this.#made.set(published, known)
    return known
  }
}
