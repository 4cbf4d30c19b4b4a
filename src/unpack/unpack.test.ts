import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { tar, tarGz, zip } from '../../test/fakes/archive-writers.ts'
import { unpack } from './unpack.ts'
import type { Unpacked } from './unpack.ts'

const folder = mkdtempSync(join(tmpdir(), 'sluice-unpack-'))
afterAll(() => rmSync(folder, { recursive: true }))

const stripOne = { strip: 1 }
const text = (unpacked: Unpacked, path: string): string | undefined => {
  const file = unpacked.files.get(path)
  return file && Buffer.from(file.bytes).toString()
}
const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex')

// Written by bzip2 1.0.8 and xz 5.6 from one tar: setup.py and runs.txt (RUNS) under pkg-1.0/.
const RUNS = `${'aaaaaaaaaa'.repeat(60)}${'b'.repeat(4)}${'c'.repeat(259)}abcabcabc`
const BZ2 = 'QlpoOTFBWSZTWYpeBUsAAGxboMqQQAP/AEEAeqveYABACAggAJENTSA0DQZBkANoJQkGU0NG0DUeoepoaU+XG6ij1NbBBOmHsiXBHhzFHhCTIDgNmL5mZtXYYil6iGZA'
  + 'YEJDCDzQqNOtTzAkRdatbQCaipobsGRViOMkmyNWopbYyY0IZlPratKfzrhD0oJpB+LBqkzMFexAFoZEXckU4UJCKXgVLA=='
const XZ = '/Td6WFoAAAFpIt42AgAhARwAAAAQz1jM4A3/AHhdADgayRV3cRwtFMAtU35hx0Zm0RcRaMrYfRvispF1mJ2QXzEJq6b6G73vCzrgj2hR/v5HKGhZr26WA8wFCqcMLthQ'
  + 'A0ooUv8VcJWs/lLEGRX2p/ORmfuyp78NScy+2hgkDzf6lSlrWGl9BwBE+EFmhVaphtZn4CTO+wACi5EYAAGQAYAcAAABBzYbPjANiwIAAAAAAVla'

describe('unpack', () => {
  const entries = [{ path: 'pkg-1.0/setup.py', body: 'import os\n' }, { path: 'pkg-1.0/runs.txt', body: RUNS, mode: 0o755 }]
  it.each([
    { format: 'tar', bytes: tar(entries) },
    { format: 'tar.gz', bytes: tarGz(entries) },
    { format: 'tar.bz2', bytes: Buffer.from(BZ2, 'base64') },
    { format: 'tar.xz', bytes: Buffer.from(XZ, 'base64') },
    { format: 'zip', bytes: zip(entries) },
  ] as const)('$format, from bytes and from a path', async ({ format, bytes }) => {
    const path = join(folder, format)
    writeFileSync(path, bytes)
    for (const source of [bytes, path]) {
      const unpacked = await unpack(source, { format, root: stripOne })
      expect([...unpacked.files.keys()]).toEqual(['setup.py', 'runs.txt'])
      expect(text(unpacked, 'setup.py')).toBe('import os\n')
      expect(unpacked.files.get('runs.txt')).toMatchObject({ path: 'runs.txt', size: RUNS.length, sha256: sha256(RUNS), truncated: false })
      expect(text(unpacked, 'runs.txt')).toBe(RUNS)
      expect(unpacked).toMatchObject({ oddities: [], missing: [] })
      expect(unpacked.bytes).toBeGreaterThanOrEqual(RUNS.length)
    }
  })

  it.each([
    { what: 'another top folder than package', entries: [{ path: 'my-lib/index.js' }], keys: ['index.js'] },
    { what: 'folders of their own', entries: [{ path: 'package/lib/', type: 'folder' as const }, { path: 'package/lib/a.js' }], keys: ['lib/a.js'] },
    { what: 'a root folder that is .', entries: [{ path: './a.js' }, { path: './lib/b.js' }], keys: ['a.js', 'lib/b.js'] },
    { what: 'needless parts', entries: [{ path: 'package/./lib//a.js' }], keys: ['lib/a.js'] },
    { what: 'a pax name that is only long', entries: [{ path: `package/${'folder/'.repeat(20)}index.js` }], keys: [`${'folder/'.repeat(20)}index.js`] },
    { what: 'letters of other languages', entries: [{ path: 'package/日本語/ünï.js' }], keys: ['日本語/ünï.js'] },
    { what: 'the same file twice', entries: [{ path: 'package/a.js' }, { path: 'package/a.js' }], keys: ['a.js'] },
    { what: 'empty files', entries: [{ path: 'package/__init__.py', body: '' }], keys: ['__init__.py'] },
  ])('says nothing of $what', async ({ entries, keys }) => {
    const unpacked = await unpack(tarGz(entries), { format: 'tar.gz', root: stripOne })
    expect([...unpacked.files.keys()]).toEqual(keys)
    expect(unpacked.oddities).toEqual([])
  })

  it('takes a prefix off, with or without its slash', async () => {
    for (const prefix of ['mod.example/m@v1.0.0', 'mod.example/m@v1.0.0/']) {
      const unpacked = await unpack(zip([{ path: 'mod.example/m@v1.0.0/a/b.go', body: 'package a' }]), { format: 'zip', root: { prefix } })
      expect([...unpacked.files.keys()]).toEqual(['a/b.go'])
      expect(unpacked.oddities).toEqual([])
    }
  })

  it('keeps only the beginning of opaque files, with the hash of all of it', async () => {
    const png = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(300_000, 'pixels')])
    const elf = Buffer.concat([Buffer.from('\x7fELF'), Buffer.alloc(300_000, 'code')])
    const entries = [{ path: 'logo.png', body: png }, { path: 'logo.js', body: png }, { path: 'lib.so', body: elf }]
    const limits = { nativeHeadBytes: 100_000 }
    const zipped = await unpack(zip(entries), { format: 'zip', root: { strip: 0 }, limits })
    const tarred = await unpack(tarGz(entries), { format: 'tar.gz', root: { strip: 0 }, limits })
    for (const { files, missing } of [zipped, tarred]) {
      expect(files.get('logo.png')).toMatchObject({ size: png.length, truncated: true, sha256: sha256(png) })
      expect(files.get('logo.png')?.bytes.length).toBe(64 * 1024)
      expect(files.get('logo.js')).toMatchObject({ truncated: false })
      expect(files.get('lib.so')?.bytes.length).toBe(100_000)
      expect(missing).toEqual([])
    }
  })

  it('keeps a program that begins like an image whole', async () => {
    const polyglot = `GIF89a=1;/*${'x'.repeat(100_000)}*/console.log('hidden')`
    const { files } = await unpack(zip([{ path: 'logo.gif', body: polyglot }]), { format: 'zip', root: { strip: 0 } })
    expect(files.get('logo.gif')?.truncated).toBe(false)
  })

  it('names source that it cuts, in one file and in all', async () => {
    const entries = ['a.js', 'b.js', 'c.js'].map((path) => ({ path, body: 'y'.repeat(1000) }))
    const cut = await unpack(tarGz(entries), { format: 'tar.gz', root: { strip: 0 }, limits: { keptFileBytes: 900 } })
    expect(cut.missing).toEqual(['a.js: 900 of 1000 bytes read', 'b.js: 900 of 1000 bytes read', 'c.js: 900 of 1000 bytes read'])
    expect(cut.files.get('a.js')).toMatchObject({ truncated: true, size: 1000, sha256: sha256('y'.repeat(1000)) })
    const all = await unpack(zip(entries), { format: 'zip', root: { strip: 0 }, limits: { keptBytes: 1500 } })
    expect(all.missing).toEqual(['b.js: 500 of 1000 bytes read', 'c.js: 0 of 1000 bytes read'])
  })

  it.each([
    { limit: { entries: 2 } },
    { limit: { totalBytes: 2000 } },
    { limit: { fileBytes: 500 } },
    { limit: { pathBytes: 5 } },
    { limit: { pathParts: 1 } },
    { limit: { ratio: 2, ratioFrom: 1000 } },
  ])('stops at $limit', async ({ limit }) => {
    const entries = ['lib/a.js', 'lib/b.js', 'lib/c.js'].map((path) => ({ path, body: 'y'.repeat(1000) }))
    for (const [format, bytes] of [['zip', zip(entries)], ['tar.gz', tarGz(entries)]] as const) {
      await expect(unpack(bytes, { format, root: { strip: 0 }, limits: limit })).rejects.toMatchObject({ code: 'archive-limit' })
    }
  })

  it('bounds what it says', async () => {
    const entries = Array.from({ length: 300 }, (_, index) => ({ path: `../${index}`, body: 'y'.repeat(100) }))
    const { oddities, missing } = await unpack(zip(entries), { format: 'zip', root: { strip: 0 }, limits: { keptFileBytes: 10 } })
    expect(oddities).toHaveLength(50)
    expect(missing).toHaveLength(101)
    expect(missing.at(-1)).toBe('and 200 more')
  })

  it('reads bzip2 streams one after the other, and tells what follows them', async () => {
    const one = Buffer.from(BZ2, 'base64')
    const twice = await unpack(Buffer.concat([one, one]), { format: 'tar.bz2', root: stripOne })
    expect(twice.oddities.map((oddity) => [oddity.kind, oddity.path])).toEqual([
      ['trailing-data', 'pkg-1.0/setup.py'], ['trailing-data', 'pkg-1.0/runs.txt'],
    ])
    const trailed = await unpack(Buffer.concat([one, Buffer.from('more')]), { format: 'tar.bz2', root: stripOne })
    expect(trailed.oddities).toMatchObject([{ kind: 'trailing-data' }])
  })

  it.each([
    { what: 'a folder', source: folder, format: 'tar.gz' },
    { what: 'nothing there', source: join(folder, 'absent'), format: 'tar.gz' },
    { what: 'a format that is no archive', source: new Uint8Array(10), format: 'none' },
  ] as const)('refuses $what', async ({ source, format }) => {
    await expect(unpack(source, { format, root: stripOne })).rejects.toMatchObject({ code: 'archive-invalid' })
  })
})
