import { createCipheriv, createHash, createHmac, pbkdf2Sync } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { Readable } from 'node:stream'
import { Decrypter, generateX25519Identity, identityToRecipient } from 'age-encryption'
import { extract } from 'tar-stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fromBuffer } from 'yauzl'
import type { Entry } from 'yauzl'
import type { Digest } from '../src/core/types.ts'
import { startFakeNpm } from './fakes/npm.ts'
import type { FakeNpm } from './fakes/npm.ts'
import { startApi } from './harness/cli.ts'
import { startGate } from './harness/gate.ts'
import type { Gate } from './harness/gate.ts'

let npm: FakeNpm
let gate: Gate
let folder: string
let digest: Digest
let tarball: Buffer

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-evidence-'))
  npm = await startFakeNpm([{ name: 'up', version: '1.0.0' }, { name: 'up', version: '2.0.0' }])
  gate = await startGate({ sources: { npm: { url: npm.url, sumdb: null } } })
  for (const version of ['1.0.0', '2.0.0']) expect((await fetch(`${gate.npm}up/-/up-${version}.tgz`)).status).toBe(200)
  await gate.app.operator.order({ ecosystem: 'npm', name: 'up', version: '1.0.0', digest: null, action: 'recall', because: 'SEC-1', by: 'ann', expiresAt: null })
  expect(await gate.app.recalls.settle('npm', 'up', 60_000)).toBe(true)
  tarball = npm.tarball('up', '1.0.0')
  digest = `sha256:${createHash('sha256').update(tarball).digest('hex')}`
})

afterAll(async () => {
  await gate.close()
  await npm.close()
  await rm(folder, { recursive: true })
})

const exported = () => gate.app.context.database.query.selectFrom('ledger').select('entry').where('kind', '=', 'exported').orderBy('seq').execute()

async function untar(bytes: Uint8Array): Promise<Record<string, Buffer>> {
  const files: Record<string, Buffer> = {}
  for await (const entry of Readable.from([bytes]).pipe(extract())) files[entry.header.name] = await buffer(entry)
  return files
}

/** WinZip's AE-2, by its specification and not by the library that wrote it: PBKDF2 with SHA-1, AES-256 in counter mode, little-endian. */
async function unzip(bytes: Buffer, password: string): Promise<Record<string, Buffer>> {
  const entries = await new Promise<Entry[]>((resolve, reject) => {
    fromBuffer(bytes, { lazyEntries: true, strictFileNames: false }, (error, zip) => {
      if (error) return reject(error)
      const all: Entry[] = []
      zip.on('entry', (entry: Entry) => {
        all.push(entry)
        zip.readEntry()
      }).on('end', () => resolve(all)).on('error', reject)
      zip.readEntry()
    })
  })
  return Object.fromEntries(entries.map((entry) => {
    const aes = entry.extraFields.find(({ id }) => id === 0x9901)?.data
    expect({ method: entry.compressionMethod, strength: aes?.[4], stored: aes?.readUInt16LE(5) }).toEqual({ method: 99, strength: 3, stored: 0 })
    const at = entry.relativeOffsetOfLocalHeader + 30 + bytes.readUInt16LE(entry.relativeOffsetOfLocalHeader + 26) + bytes.readUInt16LE(entry.relativeOffsetOfLocalHeader + 28)
    const whole = bytes.subarray(at, at + entry.compressedSize)
    const keys = pbkdf2Sync(password, whole.subarray(0, 16), 1_000, 66, 'sha1')
    expect(keys.subarray(64)).toEqual(whole.subarray(16, 18))
    const body = whole.subarray(18, -10)
    expect(createHmac('sha1', keys.subarray(32, 64)).update(body).digest().subarray(0, 10)).toEqual(whole.subarray(-10))
    const counters = Buffer.alloc(Math.ceil(body.length / 16) * 16)
    for (let block = 0; block * 16 < counters.length; block++) counters.writeUInt32LE(block + 1, block * 16)
    const stream = createCipheriv('aes-256-ecb', keys.subarray(0, 32), null).setAutoPadding(false).update(counters)
    return [entry.fileName, Buffer.from(body.map((byte, index) => byte ^ (stream[index] ?? 0)))]
  }))
}

const manifestOf = (files: Record<string, Buffer>) => JSON.parse((files['manifest.json'] as Buffer).toString()) as {
  exported: { by: string; because: string }
  evidence: { sample: string; digest: string; files: { name: string; version: string }[]; verdicts: { level: string }[]; custody: { what: string; by: string }[] }[]
}

describe('evidence', () => {
  it('is listed, and shown with hashes, origin, verdict and who had it in hand', async () => {
    const { evidence } = gate.app
    expect(await evidence.list()).toMatchObject([{ digest, size: tarball.length, files: [{ name: 'up', version: '1.0.0', file: 'up-1.0.0.tgz', because: 'SEC-1', cause: 'order' }] }])
    expect(await evidence.show(digest.slice(7, 17))).toMatchObject({
      digest, size: tarball.length, hashes: { sha256: digest.slice(7), sha512: expect.any(String) as string }, origins: [{ upstream: expect.stringContaining('up-1.0.0.tgz') as string }],
      verdicts: [{ level: 'clean' }], custody: [{ what: 'decided' }, { what: 'recalled', by: 'ann' }, { what: 'purged' }],
    })
    await expect(evidence.show('00000000')).rejects.toMatchObject({ code: 'not-found' })
    await expect(evidence.show('%')).rejects.toMatchObject({ code: 'usage' })
  })

  it('leaves as an age file that its recipient can open, with a manifest; the ledger says so', async () => {
    const identity = await generateX25519Identity()
    const before = (await exported()).length
    const { name, stream } = await gate.app.evidence.export({ digests: [digest], by: 'ann', because: 'CERT', seal: { format: 'age', recipients: [await identityToRecipient(identity)] } })
    const bytes = await buffer(stream)
    expect(name).toBe(`evidence-${digest.slice(7, 19)}.tar.age`)
    expect(bytes.subarray(0, 21).toString()).toBe('age-encryption.org/v1')
    expect(bytes.includes(tarball.subarray(10, 60))).toBe(false)
    const decrypter = new Decrypter()
    decrypter.addIdentity(identity)
    const files = await untar(await decrypter.decrypt(bytes))
    expect(files[`${digest.slice(7)}.sample`]).toEqual(tarball)
    expect(manifestOf(files)).toMatchObject({ exported: { by: 'ann', because: 'CERT' }, evidence: [{ digest, files: [{ name: 'up', version: '1.0.0' }], verdicts: [{ level: 'clean' }] }] })
    const lines = await exported()
    expect(lines).toHaveLength(before + 1)
    expect(JSON.parse(lines.at(-1)?.entry ?? '')).toMatchObject({ kind: 'exported', digest, by: 'ann', because: 'CERT', facts: { format: 'age' } })
  })

  it('or for a passphrase', async () => {
    const passphrase = 'correct horse battery staple'
    const bytes = await buffer((await gate.app.evidence.export({ digests: [digest], by: 'ann', because: 'CERT', seal: { format: 'age', passphrase } })).stream)
    const decrypter = new Decrypter()
    decrypter.addPassphrase(passphrase)
    expect((await untar(await decrypter.decrypt(bytes)))[`${digest.slice(7)}.sample`]).toEqual(tarball)
  })

  it('or as the zip that analysts exchange: every entry AES-256, password "infected"', async () => {
    const bytes = await buffer((await gate.app.evidence.export({ digests: [digest], by: 'ann', because: 'lab', seal: { format: 'zip' } })).stream)
    const files = await unzip(bytes, 'infected')
    expect(files[`${digest.slice(7)}.sample`]).toEqual(tarball)
    expect(manifestOf(files).evidence[0]?.custody.map(({ what }) => what)).toContain('purged')
  })

  it.each([
    ['no reason', { because: ' ' }, 'usage'], ['nothing', { digests: [] }, 'usage'], ['no recipient', { seal: { format: 'age' as const, recipients: [] } }, 'usage'],
    ['a recipient that is none', { seal: { format: 'age' as const, recipients: ['age1nonsense'] } }, 'usage'], ['a weak passphrase', { seal: { format: 'age' as const, passphrase: 'short' } }, 'usage'],
    ['what is not evidence', { digests: [`sha256:${'0'.repeat(64)}` as Digest] }, 'not-found'],
  ])('is not exported with %s, and nothing is noted', async (_, changed, code) => {
    const before = (await exported()).length
    await expect(gate.app.evidence.export({ digests: [digest], by: 'ann', because: 'CERT', seal: { format: 'zip' }, ...changed })).rejects.toMatchObject({ code })
    expect((await exported()).length).toBe(before)
  })

  it('that was changed on disk is not exported as what it was', async () => {
    const path = gate.app.context.evidence.path(digest) ?? ''
    const kept = await readFile(path)
    await writeFile(path, Buffer.from(kept.map((byte) => byte ^ 1)))
    try {
      const { stream } = await gate.app.evidence.export({ digests: [digest], by: 'ann', because: 'CERT', seal: { format: 'zip' } })
      await expect(buffer(stream)).rejects.toThrow('is something else')
    } finally {
      await writeFile(path, kept)
    }
  })

  it('and recalls are asked of and exported by the API, which wants an admin for that', async () => {
    const api = await startApi(gate.app)
    try {
      const { secret } = await gate.app.tokens.create({ name: 'root', scopes: ['read', 'audit', 'admin'], expiresAt: null })
      const { secret: reader } = await gate.app.tokens.create({ name: 'reader', scopes: ['read'], expiresAt: null })
      const ask = (path: string, token: string, json?: unknown) => fetch(`${api.origin}/api/v1/${path}`, {
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, ...(json === undefined ? {} : { method: 'POST', body: JSON.stringify(json) }),
      })
      const [recall] = await (await ask('recalls?open=true', secret)).json() as { id: string }[]
      expect(await (await ask(`recalls/${recall?.id}`, secret)).json()).toMatchObject({
        recall: { name: 'up', totals: { served: 1 } }, files: [{ step: 'withdrawn', kept: true }], exposure: { totals: { served: 1 } }, clear: expect.arrayContaining([expect.objectContaining({ client: 'npm' })]) as unknown[],
      })
      expect(await (await ask('recalls/files', secret)).json()).toMatchObject([{ name: 'up', version: '1.0.0', digest, size: tarball.length, sha512: expect.any(String) as string }])
      expect(await (await ask(`evidence/${digest}`, secret)).json()).toMatchObject({ digest })
      const json = { digests: [digest], because: 'CERT', format: 'zip' }
      expect((await ask('evidence/export', reader, json)).status).toBe(401)
      expect((await ask('recalls', reader)).status).toBe(401)
      const answer = await ask('evidence/export', secret, json)
      expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="evidence-${digest.slice(7, 19)}.zip"`)
      expect((await unzip(Buffer.from(await answer.arrayBuffer()), 'infected'))[`${digest.slice(7)}.sample`]).toEqual(tarball)
      expect((await ask('evidence/export', secret, { ...json, format: 'age' })).status).toBe(400)
      expect(JSON.parse((await exported()).at(-1)?.entry ?? '')).toMatchObject({ by: 'root' })
    } finally {
      await api.close()
    }
  })
})
