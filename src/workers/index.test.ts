import { zstdCompressSync, gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { findRelease } from '../admission/renditions.ts'
import type { Policy } from '../core/policy.ts'
import { buildIndex } from './index.ts'
import type { IndexJob } from './jobs.ts'

const now = new Date('2026-01-10T00:00:00Z')
const policy: Policy = {
  id: 'p', mode: 'enforce', minimumAge: { npm: 86_400_000, pypi: 0, go: 0 }, suspicious: 'hold', undetermined: 'hold', suspected: 'hold', removedUpstream: 'hold', quarantinedUpstream: 'hold', reports: { youngerThan: 86_400_000, observers: 2, trusted: 1 },
  allow: [], deny: [], private: [], advisories: { holdFrom: null },
}

function job(changes: Partial<IndexJob> = {}, time: Record<string, string> | null = { '1.0.0': '2026-01-01T00:00:00Z', '1.1.0': '2026-01-09T12:00:00Z' }): IndexJob {
  const versions = Object.fromEntries(['1.0.0', '1.1.0'].map((version) => [version, {
    name: 'up', version, dist: { tarball: `https://registry.example/up/-/up-${version}.tgz`, integrity: 'sha512-AAAA' },
  }]))
  const packument = { name: 'up', 'dist-tags': { latest: '1.1.0' }, versions, ...(time ? { time } : {}) }
  return {
    kind: 'index', ecosystem: 'npm', name: 'up', raw: zstdCompressSync(JSON.stringify(packument)), contentType: 'application/json',
    documentBase: 'https://registry.example/up', base: 'http://gate.test/npm/', variant: 'corgi', encoding: 'identity', policy,
    standing: { orders: [], advisories: [], judged: new Map(), dated: new Map(), suspicions: [], reviews: [], near: null }, now, ...changes,
  }
}

const shown = (body: Uint8Array) => JSON.parse(Buffer.from(body).toString()) as { versions: Record<string, unknown>; 'dist-tags': { latest: string } }

describe('buildIndex', () => {
  it('hides what is too young, re-points latest, and says when that changes', async () => {
    const built = await buildIndex(job())
    expect(Object.keys(shown(built.body).versions)).toEqual(['1.0.0'])
    expect(shown(built.body)['dist-tags'].latest).toBe('1.0.0')
    expect(built).toMatchObject({ shown: 1, hidden: 1, undated: 0, changesAt: new Date('2026-01-10T12:00:00Z') })
  })

  it('counts releases that are held only because nothing dates them', async () => {
    expect(await buildIndex(job({}, null))).toMatchObject({ shown: 0, hidden: 2, undated: 2, changesAt: null })
  })

  it('encodes as asked and keeps one etag for the content', async () => {
    const [plain, packed] = await Promise.all([buildIndex(job()), buildIndex(job({ encoding: 'gzip' }))])
    expect(gunzipSync(packed.body)).toEqual(Buffer.from(plain.body))
    expect(packed.etag).toBe(plain.etag)
    expect(packed.size).toBe(plain.body.byteLength)
  })

  it('says of one version that it is hidden and why, or that there is none', async () => {
    expect((await buildIndex(job({ variant: 'manifest 1.0.0' }))).lacks).toBeNull()
    const hidden = await buildIndex(job({ variant: 'manifest 1.1.0' }))
    expect(hidden).toMatchObject({ size: 0, lacks: { version: '1.1.0', ruling: { action: 'hold', reason: 'too-young' } }, changesAt: new Date('2026-01-10T12:00:00Z') })
    expect((await buildIndex(job({ variant: 'manifest 3.0.0' }))).lacks).toEqual({ version: '3.0.0', ruling: null })
  })

  it('refuses what is no index document', async () => {
    await expect(buildIndex(job({ raw: zstdCompressSync('<html>') }))).rejects.toThrow(expect.objectContaining({ code: 'index-invalid' }) as Error)
  })

  it('lists releases as lines in which one is found without parsing the rest', async () => {
    const lines = Buffer.from((await buildIndex(job({ variant: null }))).releases)
    expect(findRelease(lines, 'up-1.0.0.tgz')).toMatchObject({ version: '1.0.0', publishedAt: new Date('2026-01-01T00:00:00Z') })
    expect(findRelease(lines, 'up-1.1.0.tgz')).toMatchObject({ version: '1.1.0', url: 'https://registry.example/up/-/up-1.1.0.tgz' })
    expect(findRelease(lines, 'up-1.1.0')).toBeNull()
    expect(findRelease(lines, '"],["')).toBeNull()
  })
})
