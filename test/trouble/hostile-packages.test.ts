import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { EcosystemId } from '../../src/core/types.ts'
import { tar, tarGz, zip } from '../fakes/archive-writers.ts'
import { hostileArchives } from '../fakes/hostile-archives.ts'
import type { HostileArchive } from '../fakes/hostile-archives.ts'
import { startFakeNpm } from '../fakes/npm.ts'
import type { FakeNpm } from '../fakes/npm.ts'
import { startGate } from '../harness/gate.ts'
import type { Gate, GateOptions } from '../harness/gate.ts'
import { ask, halfWritten, lines } from './ask.ts'
import { configure, descendants, resident, startProcess } from './process.ts'
import { rigs } from './rigs.ts'
import type { Rig } from './rigs.ts'

const MB = 1024 * 1024
const HELD = new Set(['undetermined', 'suspicious', 'malicious', 'changed'])

/** Which archives an ecosystem would take for one of its own. */
const ofFormat: Readonly<Record<EcosystemId, (archive: HostileArchive) => boolean>> = {
  npm: ({ format }) => format === 'tar.gz', pypi: ({ format }) => format === 'zip', go: ({ format }) => format === 'zip',
}

describe.each(['npm', 'pypi', 'go'] as const)('%s: hostile archives through the whole gate', (ecosystem) => {
  let rig: Rig
  let gate: Gate
  let before: number
  beforeAll(async () => {
    rig = await rigs[ecosystem]()
    gate = await startGate({ sources: { [ecosystem]: rig.source }, origins: rig.origins })
    before = process.memoryUsage().rss
  })
  afterAll(async () => {
    expect((await gate.app.operator.verifyLedger()).ok).toBe(true)
    expect(await halfWritten(gate)).toEqual([])
    // Some of these unpack to 100 MB and more: nothing of that may happen in the gate itself, which also makes them here.
    expect(process.memoryUsage().rss - before).toBeLessThan(700 * MB)
    await gate.close()
    await rig.close()
  })

  it.each(hostileArchives.filter(ofFormat[ecosystem]).map((archive, at) => [archive.what, archive, at] as const))('%s', async (_what, archive, at) => {
    const name = `h${at}`
    const bytes = Buffer.from(archive.bytes())
    await rig.publish(name, '1.0.0', bytes)
    const answer = await ask(gate, rig.bytesPath(name, '1.0.0'))
    const denied = await lines(gate, ecosystem, rig.canonical(name), 'denied')
    const { expect: expected } = archive
    // None of them has the content that the checksum database promised.
    if (ecosystem === 'go') expect(denied).toMatchObject([{ reason: expect.stringMatching(/^(?:changed|undetermined)$/) }])
    else if ('error' in expected || expected.missing !== undefined) expect(denied.map(({ reason }) => HELD.has(String(reason)))).toEqual([true])
    if (denied.length > 0) {
      expect(answer.status).toBe(403)
      expect(denied[0]?.because).toMatch(/\w{3}/)
      expect(answer.body.toString()).toMatch(/\w{3}/)
    } else {
      expect([answer.status, answer.body.equals(bytes)]).toEqual([200, true])
      expect('odd' in expected && expected.odd.every((kind) => !DANGEROUS.has(kind))).toBe(true)
    }
  })
})

/** What misleads whoever unpacks: never served without a person's word. */
const DANGEROUS = new Set(['traversal', 'absolute-path', 'duplicate-entry', 'header-mismatch', 'record-mismatch', 'leading-data', 'encrypted'])

const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function npmGate(options: GateOptions, packages: Parameters<typeof startFakeNpm>[0]): Promise<{ npm: FakeNpm; gate: Gate }> {
  const npm = await startFakeNpm(packages)
  const gate = await startGate({ sources: { npm: { url: npm.url, sumdb: null } }, ...options })
  cleanups.push(() => npm.close(), () => gate.close())
  return { npm, gate }
}

/** A packument of about `size` bytes, full of versions that could be installed. */
function hugePackument(origin: string, size: number): Buffer {
  const readme = 'x'.repeat(20_000)
  const versions = Array.from({ length: Math.ceil(size / 20_500) }, (_, at) => {
    const version = `1.${at}.0`
    return `${JSON.stringify(version)}:${JSON.stringify({ name: 'huge', version, readme, dist: { tarball: `${origin}huge/-/huge-${version}.tgz`, shasum: '0'.repeat(40) } })}`
  })
  return Buffer.from(`{"name":"huge","_id":"huge","time":{},"dist-tags":{"latest":"1.0.0"},"versions":{${versions.join()}}}`)
}

/** Reads an answer without keeping it. */
const drain = (url: string): Promise<{ status: number; size: number }> => new Promise((resolve, reject) => {
  get(url, (response) => {
    let size = 0
    response.on('data', (chunk: Buffer) => { size += chunk.byteLength })
    response.on('end', () => resolve({ status: response.statusCode ?? 0, size })).on('error', reject)
  }).on('error', reject)
})

describe('a packument of 50 MB', () => {
  it('is filtered and served while others are answered', async () => {
    const { npm, gate } = await npmGate({}, [{ name: 'up', version: '1.0.0' }])
    npm.behaviour.set('/huge', { status: 200, contentType: 'application/json', body: hugePackument(npm.url, 50 * MB) })
    const policy = gate.app.context.policy()
    await gate.app.setPolicy({ ...policy, id: 'no 1.1.0', deny: [{ ecosystem: 'npm', name: 'huge', versions: ['1.1.0'], lifts: [], because: 'not here', expires: null }] })
    expect((await ask(gate, '/npm/up')).status).toBe(200)
    // In processor time of the gate's thread, which a busy machine does not stretch.
    const spent = (): number => {
      const { user, system } = process.threadCpuUsage()
      return (user + system) / 1_000
    }
    let [turn, longest] = [spent(), 0]
    const turns = setInterval(() => {
      const now = spent()
      longest = Math.max(longest, now - turn)
      turn = now
    }, 5)
    const progress = { done: false }
    const huge = drain(`${gate.npm}huge`).finally(() => { progress.done = true })
    let [others, slowest] = [0, 0]
    while (!progress.done) {
      const started = spent()
      expect((await ask(gate, '/npm/up')).status).toBe(200)
      slowest = Math.max(slowest, spent() - started)
      others++
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    clearInterval(turns)
    const { status, size } = await huge
    expect(status).toBe(200)
    expect(size).toBeGreaterThan(40 * MB)
    expect(others).toBeGreaterThan(10)
    // Orders of magnitude, not speeds: parsing it in the gate itself would take seconds.
    expect(longest).toBeLessThan(1_000)
    expect(slowest).toBeLessThan(2_000)
  })

  it('and archives that grow leave a gate of its own small', { timeout: 90_000 }, async () => {
    const bombs = Array.from({ length: 6 }, (_, at) => ({ name: `bomb-${at}`, version: '1.0.0', tarball: tarGz([{ path: 'package/zeros', body: Buffer.alloc(100e6, at) }]) }))
    const npm = await startFakeNpm([{ name: 'up', version: '1.0.0' }, ...bombs])
    npm.behaviour.set('/huge', { status: 200, contentType: 'application/json', body: hugePackument(npm.url, 50 * MB) })
    const folder = await mkdtemp(join(tmpdir(), 'sluice-large-'))
    const gate = await startProcess(await configure(folder, npm.url), join(folder, 'data'))
    cleanups.push(() => npm.close(), () => rm(folder, { recursive: true, force: true }), async () => {
      gate.child.kill('SIGKILL')
      await gate.ended
    })
    let most = 0
    const sampling = setInterval(() => void resident(gate.pid).then((size) => { most = Math.max(most, size) }), 50)
    const answers = await Promise.all([drain(`${gate.origin}/npm/huge`), ...bombs.map(({ name }) => drain(`${gate.origin}/npm/${name}/-/${name}-1.0.0.tgz`))])
    clearInterval(sampling)
    expect(answers.map(({ status }) => status)).toEqual([200, ...bombs.map(() => 403)])
    expect(await drain(`${gate.origin}/npm/up/-/up-1.0.0.tgz`)).toMatchObject({ status: 200 })
    expect(most).toBeGreaterThan(50 * MB)
    // The gate, and two workers of at most 512 MB each with what Node itself needs.
    expect(most).toBeLessThan(2_000 * MB)
  })
})

/** A small archive of 200 MB of code. */
function heavy(): Parameters<FakeNpm['addVersion']>[0] {
  const manifest = JSON.stringify({ name: 'heavy', version: '1.0.0' })
  const code = `module.exports = [${`'${randomBytes(8_000).toString('base64')}',\n`.repeat(96)}]\n`
  const files = Array.from({ length: 200 }, (_, at) => ({ path: `package/f${at}.js`, body: code }))
  return { name: 'heavy', version: '1.0.0', tarball: gzipSync(tar([{ path: 'package/package.json', body: manifest }, ...files]), { level: 1 }) }
}

describe('an examination over its limits', () => {
  const harmless = [{ name: 'up', version: '1.0.0' }, { name: 'up', version: '1.1.0' }]
  it('of time is held as undetermined; others go on', async () => {
    const { gate } = await npmGate({ workers: { size: 1, timeMs: 10_000, memoryMb: 499 } }, [{ name: 'stuck', version: '1.0.0' }, ...harmless])
    for (const path of ['/npm/up', '/npm/stuck', '/npm/up/-/up-1.0.0.tgz']) expect((await ask(gate, path)).status).toBe(200)
    // A worker that is stopped is one that never ends. This gate's are known by their limit.
    for (const pid of await descendants(process.pid)) {
      if ((await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).includes('--max-old-space-size=499')) process.kill(pid, 'SIGSTOP')
    }
    const stuck = ask(gate, '/npm/stuck/-/stuck-1.0.0.tgz')
    expect((await ask(gate, '/npm/up')).status).toBe(200)
    expect((await stuck).status).toBe(403)
    expect(await lines(gate, 'npm', 'stuck', 'denied')).toMatchObject([{ reason: 'undetermined', because: expect.stringMatching(/longer than 10000 ms/) }])
    expect((await ask(gate, '/npm/up/-/up-1.1.0.tgz')).status).toBe(200)
  })

  it('of memory is held as undetermined; others go on', async () => {
    const { gate } = await npmGate({ workers: { memoryMb: 64 } }, [heavy(), ...harmless])
    expect((await ask(gate, '/npm/up')).status).toBe(200)
    const [held, served] = await Promise.all([ask(gate, '/npm/heavy/-/heavy-1.0.0.tgz'), ask(gate, '/npm/up/-/up-1.0.0.tgz')])
    expect([held.status, served.status]).toEqual([403, 200])
    expect(await lines(gate, 'npm', 'heavy', 'denied')).toMatchObject([{ reason: 'undetermined', because: expect.stringMatching(/memory/) }])
    expect((await ask(gate, '/npm/up/-/up-1.1.0.tgz')).status).toBe(200)
  })

  it('is not started twice for what was held', async () => {
    const { npm, gate } = await npmGate({}, [{ name: 'bad', version: '1.0.0', tarball: gzipSync('no archive') }, { name: 'bad', version: '1.1.0', tarball: zip([]) }])
    for (const version of ['1.0.0', '1.1.0', '1.0.0', '1.1.0']) expect((await ask(gate, `/npm/bad/-/bad-${version}.tgz`)).status).toBe(403)
    expect(await lines(gate, 'npm', 'bad', 'decided')).toHaveLength(2)
    expect(npm.count(npm.tarballPath('bad', '1.0.0'))).toBe(1)
  })
})
