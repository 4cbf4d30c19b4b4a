import { createHash, createPublicKey, verify } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import { startFakeNpm } from './npm.ts'
import type { FakeNpm } from './npm.ts'

const CORGI = 'application/vnd.npm.install-v1+json'

interface Doc {
  'dist-tags': Record<string, string>
  time?: Record<string, string>
  modified?: string
  versions: Record<string, {
    scripts?: unknown
    hasInstallScript?: boolean
    dist: { tarball: string; integrity: string; signatures: { keyid: string; sig: string }[] }
  }>
}

let registry: FakeNpm
const read = async (path: string, accept = 'application/json'): Promise<Doc> =>
  (await fetch(registry.url + path, { headers: { accept } })).json() as Promise<Doc>

describe('the fake npm registry', () => {
  afterEach(() => registry.close())

  it('serves both forms of a packument and tarballs that keep their promises', async () => {
    registry = await startFakeNpm([{ name: '@s/n', version: '1.0.0', manifest: { scripts: { install: 'node x' } } }])
    const full = await read('@s%2fn')
    const corgi = await read('@s%2fn', CORGI)
    expect(full.time?.['1.0.0']).toBe('2020-01-01T00:00:00.000Z')
    expect(full.versions['1.0.0']?.scripts).toEqual({ install: 'node x' })
    expect(corgi).toMatchObject({ modified: '2020-01-01T00:00:00.000Z', versions: { '1.0.0': { hasInstallScript: true } } })
    expect(corgi.time).toBeUndefined()
    const { tarball, integrity } = full.versions['1.0.0']!.dist
    const bytes = Buffer.from(await (await fetch(tarball)).arrayBuffer())
    expect(`sha512-${createHash('sha512').update(bytes).digest('base64')}`).toBe(integrity)
    expect(registry.count(registry.tarballPath('@s/n', '1.0.0'))).toBe(1)
  })

  it('signs name, version and integrity with the key it shows', async () => {
    registry = await startFakeNpm([{ name: 'a', version: '1.0.0' }])
    const { dist } = (await read('a')).versions['1.0.0']!
    const key = createPublicKey({ key: Buffer.from(registry.key.publicKey, 'base64'), format: 'der', type: 'spki' })
    const signature = dist.signatures[0]!
    expect(signature.keyid).toBe(registry.key.keyid)
    expect(verify('sha256', Buffer.from(`a@1.0.0:${dist.integrity}`), key, Buffer.from(signature.sig, 'base64'))).toBe(true)
  })

  it('answers 304 until a version is added or removed', async () => {
    registry = await startFakeNpm([{ name: 'a', version: '1.0.0' }])
    const etag = (await fetch(`${registry.url}a`)).headers.get('etag') ?? ''
    const again = () => fetch(`${registry.url}a`, { headers: { 'if-none-match': etag } })
    expect((await again()).status).toBe(304)
    await registry.addVersion({ name: 'a', version: '2.0.0' })
    expect((await again()).status).toBe(200)
    registry.removeVersion('a', '2.0.0')
    expect((await read('a'))['dist-tags']).toEqual({ latest: '1.0.0' })
    expect((await again()).status).toBe(304)
  })

  it('misbehaves as told, and stops when told', async () => {
    registry = await startFakeNpm([{ name: 'a', version: '1.0.0' }])
    registry.behaviour.set('/a', { status: 503, times: 1 })
    expect((await fetch(`${registry.url}a`)).status).toBe(503)
    expect((await fetch(`${registry.url}a`)).status).toBe(200)
    registry.behaviour.set('/a', { truncate: 10 })
    await expect(fetch(`${registry.url}a`).then((answer) => answer.text())).rejects.toThrow()
    registry.behaviour.set('/a', { drop: true })
    await expect(fetch(`${registry.url}a`)).rejects.toThrow()
    registry.behaviour.set('/a', { endless: true })
    const endless = await fetch(`${registry.url}a`)
    let seen = 0
    for await (const chunk of endless.body!) {
      seen += chunk.byteLength
      if (seen > 1_000_000) break
    }
    expect(seen).toBeGreaterThan(1_000_000)
    registry.removeTarball('a', '1.0.0')
    expect((await fetch(`${registry.url}a/-/a-1.0.0.tgz`)).status).toBe(404)
  })
})
