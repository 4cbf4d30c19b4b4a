import { createHash } from 'node:crypto'
import { hex, integrity, tarball } from '../../test/harness/archives.ts'

export interface Packument {
  name: string
  'dist-tags': Record<string, string>
  versions: Record<string, Record<string, unknown> & { dist: { tarball: string; [member: string]: unknown } }>
  time?: Record<string, string>
}

/** The members of the abbreviated form, as npm's registry documents it. */
const KEPT = [
  'name', 'version', 'deprecated', 'dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies', 'peerDependenciesMeta',
  'acceptDependencies', 'bundleDependencies', 'bin', 'directories', 'dist', 'engines', 'funding', 'cpu', 'os', 'libc', 'hasInstallScript',
  '_hasShrinkwrap',
]

export function abbreviate(document: Packument): unknown {
  const versions = Object.fromEntries(Object.entries(document.versions).map(([version, manifest]) =>
    [version, Object.fromEntries(KEPT.filter((key) => key in manifest).map((key) => [key, manifest[key]]))]))
  const modified = Object.values(document.time ?? {}).sort().at(-1)
  return { name: document.name, modified, 'dist-tags': document['dist-tags'], versions }
}

const OLD = '2020-01-01T00:00:00.000Z'

/** A package of three small versions and the bytes of the newest. */
export async function tinyPackage(url: string): Promise<{ packument: Packument; tarballPath: string; tarball: Buffer }> {
  const name = 'bench-tiny'
  const packument: Packument = { name, 'dist-tags': { latest: '1.0.2' }, versions: {}, time: { created: OLD, modified: OLD } }
  let bytes: Buffer = Buffer.alloc(0)
  for (const version of ['1.0.0', '1.0.1', '1.0.2']) {
    const manifest = { name, version, license: 'MIT', main: 'index.js', description: 'A small package' }
    bytes = await tarball('package', {
      'package.json': JSON.stringify(manifest), 'index.js': `'use strict'\n\nmodule.exports = (value) => value + ${JSON.stringify(version)}\n`,
      'README.md': `# ${name}\n\n${'It is small. '.repeat(100)}\n`,
    })
    packument.versions[version] = {
      ...manifest, dist: { tarball: `${url}${name}/-/${name}-${version}.tgz`, integrity: integrity(bytes), shasum: hex('sha1', bytes) },
    }
    if (packument.time) packument.time[version] = OLD
  }
  return { packument, tarballPath: `${name}/-/${name}-1.0.2.tgz`, tarball: bytes }
}

/** `typescript` in shape and size: 3,700 versions, mostly nightly, about 10 MB in full. */
export function bigPackument(url: string): Packument {
  const name = 'typescript'
  const document: Packument = { name, 'dist-tags': {}, versions: {}, time: { created: OLD, modified: OLD } }
  const developed = Object.fromEntries(Array.from({ length: 48 }, (_, index) => [`@scope-${index % 7}/tool-${index}`, `^${index}.1.0`]))
  for (let index = 0; index < 3_700; index += 1) {
    const version = index % 40 === 39 ? `5.${Math.floor(index / 40)}.0` : `5.${Math.floor(index / 40)}.0-dev.${20_200_000 + index}`
    const digest = createHash('sha512').update(version)
    document.versions[version] = {
      name, version, author: 'Somebody', license: 'Apache-2.0', description: 'A language for application scale development',
      homepage: 'https://language.example/', keywords: ['language', 'compiler'], main: './lib/main.js', bin: { tsc: './bin/tsc' },
      engines: { node: '>=14.17' }, devDependencies: developed, scripts: { test: 'tool runtests', build: 'tool build', lint: 'tool lint' },
      gitHead: createHash('sha1').update(version).digest('hex'),
      dist: {
        tarball: `${url}${name}/-/${name}-${version}.tgz`, integrity: `sha512-${digest.digest('base64')}`,
        shasum: createHash('sha1').update(version).digest('hex'), fileCount: 180, unpackedSize: 32_000_000 + index,
        signatures: [{ keyid: 'SHA256:jl3bwswu80PjjokCgh0o2w5c2U4LhQAE57gj9cz1kzA', sig: createHash('sha512').update(`${version}.`).digest('base64') }],
      },
    }
    if (document.time) document.time[version] = new Date(Date.parse(OLD) + index * 3_600_000).toISOString()
    document['dist-tags'][version.includes('-') ? 'next' : 'latest'] = version
  }
  return document
}
