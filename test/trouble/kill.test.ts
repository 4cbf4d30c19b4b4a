import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { openBlobs } from '../../src/adapters/embedded/blobs.ts'
import { openDatabase } from '../../src/adapters/embedded/database.ts'
import type { Digest } from '../../src/core/types.ts'
import { readHead } from '../../src/ledger/head.ts'
import { trace } from '../../src/ledger/trace.ts'
import { verify } from '../../src/ledger/verify.ts'
import { startFakeNpm } from '../fakes/npm.ts'
import type { FakeNpm } from '../fakes/npm.ts'
import { eventually } from './ask.ts'
import { configure, descendants, isAlive, startProcess } from './process.ts'
import type { GateProcess } from './process.ts'

const ROUNDS = 4
const PACKAGES = 60

const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function place(npm: FakeNpm): Promise<{ folder: string; data: string; config: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-process-'))
  cleanups.push(() => npm.close(), () => rm(folder, { recursive: true, force: true }))
  return { folder, data: join(folder, 'data'), config: await configure(folder, npm.url) }
}

async function start(config: string, data: string): Promise<GateProcess> {
  const gate = await startProcess(config, data)
  cleanups.push(async () => {
    gate.child.kill('SIGKILL')
    await gate.ended
  })
  return gate
}

const digestOf = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`

/** Asks for index and bytes of package after package until the gate is gone. Answers the digests that arrived whole, by file. */
async function load(origin: string, from: number, received: (file: string, digest: string) => void): Promise<void> {
  for (let at = from; ; at++) {
    const name = `pkg-${at % PACKAGES}`
    try {
      await (await fetch(`${origin}/npm/${name}`)).arrayBuffer()
      const response = await fetch(`${origin}/npm/${name}/-/${name}-1.0.0.tgz`)
      const bytes = new Uint8Array(await response.arrayBuffer())
      if (response.status === 200) received(`${name}-1.0.0.tgz`, digestOf(bytes))
    } catch {
      return
    }
  }
}

describe('a gate that is killed', () => {
  it('under load lost no delivery, left no half blob and no worker, and goes on where it was', { timeout: 300_000 }, async () => {
    const npm = await startFakeNpm(Array.from({ length: PACKAGES }, (_, at) => (
      { name: `pkg-${at}`, version: '1.0.0', files: { 'data.bin': randomBytes(400_000), 'a.js': `module.exports = ${at}\n` } })))
    const { data, config } = await place(npm)
    const received: { file: string; digest: string }[] = []
    let orphans: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const gate = await start(config, data)
      const before = received.length
      const loads = Array.from({ length: 6 }, (_, at) => load(gate.origin, round * 13 + at * 10, (file, digest) => received.push({ file, digest })))
      const enough = before + 5 + Math.floor(Math.random() * 40)
      await eventually(() => received.length >= enough)
      orphans = orphans.concat(await descendants(gate.pid))
      gate.child.kill('SIGKILL')
      expect(await gate.ended).toBe('SIGKILL')
      await Promise.all(loads)

      const database = await openDatabase(join(data, 'sluice.db'))
      const kept = await readHead(join(data, 'ledger.head'))
      expect(await verify({ database, kept: kept ? [{ ...kept, where: 'the head file' }] : [] })).toMatchObject({ ok: true, problems: [] })
      const served = new Set<string>()
      for (const name of new Set(received.map(({ file }) => file.slice(0, file.indexOf('-1.0.0'))))) {
        const { lines } = await trace(database, [{ ecosystem: 'npm', name }], { kinds: ['served'] })
        for (const { entry } of lines) served.add(`${entry.file} ${entry.digest}`)
      }
      expect(received.filter(({ file, digest }) => !served.has(`${file} ${digest}`))).toEqual([])
      const blobs = await openBlobs(join(data, 'blobs'))
      expect(await readdir(join(data, 'blobs', 'temp'))).toEqual([])
      for await (const digest of blobs.list()) expect(digestOf(await readFile(blobs.path(digest) ?? ''))).toBe(digest)
      for (const { digest } of await database.query.selectFrom('artifacts').select('digest').execute()) expect(await blobs.has(digest as Digest)).toBe(true)
      await database.close()
    }
    // Workers are processes: without any, this would show nothing of them.
    expect(orphans.length).toBeGreaterThan(0)
    await eventually(async () => !(await Promise.all(orphans.map(isAlive))).includes(true))

    const gate = await start(config, data)
    for (let at = 0; at < PACKAGES; at++) {
      const bytes = new Uint8Array(await (await fetch(`${gate.origin}/npm/pkg-${at}/-/pkg-${at}-1.0.0.tgz`)).arrayBuffer())
      expect(digestOf(bytes)).toBe(digestOf(npm.tarball(`pkg-${at}`, '1.0.0')))
    }
    gate.child.kill('SIGTERM')
    expect(await gate.ended).toBe(0)
  })
})

describe('a gate that is told to end', () => {
  it('completes a download under way and exits with 0', async () => {
    const npm = await startFakeNpm([{ name: 'big', version: '1.0.0', files: { 'data.bin': randomBytes(30e6) } }])
    const { data, config } = await place(npm)
    const gate = await start(config, data)
    const hash = createHash('sha256')
    await new Promise<void>((resolve, reject) => {
      get(`${gate.origin}/npm/big/-/big-1.0.0.tgz`, (response) => {
        let told = false
        response.on('data', (chunk: Buffer) => {
          hash.update(chunk)
          if (told) return
          told = true
          gate.child.kill('SIGTERM')
          response.pause()
          // It has heard: it listens no more. Only then is the rest read.
          void eventually(() => gate.log().includes('closing')).then(() => response.resume())
        })
        response.on('end', () => resolve()).on('error', reject)
      }).on('error', reject)
    })
    expect(hash.digest('hex')).toBe(createHash('sha256').update(npm.tarball('big', '1.0.0')).digest('hex'))
    expect(await gate.ended).toBe(0)
    expect(await descendants(gate.pid)).toEqual([])
  })
})

describe('a policy that changes while the gate runs', () => {
  it('is in force on index and bytes without a restart; one that is not valid changes nothing and is said', async () => {
    const npm = await startFakeNpm([{ name: 'up', version: '1.0.0' }, { name: 'up', version: '1.1.0' }])
    const { folder, data, config } = await place(npm)
    const gate = await start(config, data)
    const now = async (): Promise<string> => {
      const index = await (await fetch(`${gate.origin}/npm/up`)).json() as { versions: object }
      return `${Object.keys(index.versions).join()} ${(await fetch(`${gate.origin}/npm/up/-/up-1.1.0.tgz`)).status}`
    }
    expect(await now()).toBe('1.0.0,1.1.0 200')

    await configure(folder, npm.url, 'minimum_age: { npm: 0 }\n  deny: [{ package: "npm:up@1.1.0", because: "not here" }]')
    await eventually(async () => await now() === '1.0.0 403')

    await writeFile(config, 'policy: { minimum_age: { npm: 0 }, deny: [{ package: "npm:up@1.0.0" }] }\n')
    await eventually(() => gate.log().includes('not valid'))
    expect(gate.log()).toMatch(/needs a reason/)
    expect(await now()).toBe('1.0.0 403')
    await configure(folder, npm.url)
    await eventually(async () => await now() === '1.0.0,1.1.0 200')
  })
})
