import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'

/**
 * Three registries in a process of their own: documents of a made-up distribution of sizes, gzipped as registries send them.
 * Started with the number of packages; says its port; answers `/-/count` with how many bytes it sent.
 */
const count = Number(process.argv[2] ?? 1_000)

export const digestOf = (algorithm: 'sha1' | 'sha256', name: string, version: string): string => createHash(algorithm).update(`${name} ${version}`).digest('hex')

const sha512 = (name: string, version: string): string => createHash('sha512').update(`${name} ${version}`).digest('base64')

export interface Made { ecosystem: 'npm' | 'pypi' | 'go'; name: string; versions: string[] }

/** Of ten packages six are npm's, three PyPI's, one Go's. The number of versions is log-normal: median 12, one in a hundred over 400. */
export function packages(many: number): Made[] {
  let seed = 7
  const random = (): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    return (seed + 1) / 2_147_483_649
  }
  return Array.from({ length: many }, (_, at) => {
    const normal = Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random())
    const size = Math.min(2_000, Math.max(1, Math.round(12 * Math.exp(1.5 * normal))))
    const kind = at % 10
    const ecosystem = kind < 6 ? 'npm' : kind < 9 ? 'pypi' : 'go'
    const versions = Array.from({ length: size }, (__, index) => `${Math.floor(index / 100)}.${Math.floor(index / 10) % 10}.${index % 10}`)
    return { ecosystem, name: ecosystem === 'go' ? `code.example/team/module-${at}` : `package-${at}`, versions: ecosystem === 'go' ? versions.map((version) => `v${version}`).filter((version) => /^v[01]\./.test(version)) : versions }
  })
}

/** About 750 bytes a version, as in abbreviated packuments with a handful of dependencies. */
function packument({ name, versions }: Made, base: string): string {
  const dependencies = Object.fromEntries(Array.from({ length: 6 }, (_, at) => [`dependency-of-${name.slice(-2)}-${at}`, `^${at}.2.${at}`]))
  return JSON.stringify({
    name, modified: '2026-01-01T00:00:00.000Z', 'dist-tags': { latest: versions.at(-1) },
    versions: Object.fromEntries(versions.map((version) => [version, {
      name, version, dependencies, engines: { node: '>=18' }, bin: {},
      dist: {
        tarball: `${base}npm/${name}/-/${name}-${version}.tgz`, shasum: digestOf('sha1', name, version), integrity: `sha512-${sha512(name, version)}`, fileCount: 12, unpackedSize: 48_123,
        signatures: [{ keyid: 'SHA256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', sig: sha512(name, `${version} signed`) }],
      },
    }])),
  })
}

/** Two files a version, about 700 bytes each, as in PEP 691 pages. */
function page({ name, versions }: Made, base: string): string {
  const file = (version: string, filename: string) => ({
    filename, url: `${base}files/${digestOf('sha1', name, version)}/${filename}`, hashes: { sha256: digestOf('sha256', name, version) }, size: 48_123, 'requires-python': '>=3.9',
    'core-metadata': { sha256: digestOf('sha256', name, `${version} metadata`) }, yanked: false, provenance: null, 'upload-time': '2025-01-01T00:00:00.000000Z',
  })
  return JSON.stringify({ meta: { 'api-version': '1.4' }, name, versions, 'project-status': { status: 'active' }, files: versions.flatMap((version) => [file(version, `${name.replace('-', '_')}-${version}-py3-none-any.whl`), file(version, `${name}-${version}.tar.gz`)]) })
}

if (process.argv[1]?.endsWith('recheck-upstream.ts')) {
  const made = new Map(packages(count).map((one) => [one.name, one]))
  const packed = new Map<string, Buffer>()
  let sent = 0
  const server = createServer((request, response) => {
    const path = decodeURIComponent((request.url ?? '').split('?')[0] as string)
    if (path === '/-/count') return void response.end(String(sent))
    const body = packed.get(path)
    if (!body) return void response.writeHead(404).end('not found')
    sent += body.byteLength
    const type = path.startsWith('/npm/') ? 'application/json' : path.startsWith('/pypi/') ? 'application/vnd.pypi.simple.v1+json' : 'text/plain'
    response.writeHead(200, { 'content-type': type, 'content-encoding': 'gzip', 'content-length': String(body.byteLength) }).end(body)
  })
  server.listen(0, '127.0.0.1', () => {
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    for (const one of made.values()) {
      if (one.ecosystem === 'npm') packed.set(`/npm/${one.name}`, gzipSync(packument(one, base)))
      else if (one.ecosystem === 'pypi') packed.set(`/pypi/simple/${one.name}/`, gzipSync(page(one, base)))
      else {
        packed.set(`/go/${one.name}/@v/list`, gzipSync(one.versions.map((version) => `${version}\n`).join('')))
        packed.set(`/go/${one.name}/@v/${one.versions.at(-1)}.mod`, gzipSync(`module ${one.name}\n\ngo 1.22\n\nrequire (\n${Array.from({ length: 20 }, (_, at) => `\tcode.example/other/m${at} v1.${at}.0\n`).join('')})\n`))
      }
    }
    process.send?.({ base })
  })
  process.on('disconnect', () => process.exit())
}
