import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { go } from '../../src/ecosystems/go/go.ts'
import { unpack } from '../../src/unpack/unpack.ts'
import { moduleZip, startFakeGo } from './go.ts'
import type { FakeGo } from './go.ts'

const NAME = 'up.example/Azure/lib'
const ESCAPED = 'up.example/!azure/lib'
const library = (version: string) => ({ name: NAME, version, files: { 'lib.go': `package lib\n\nconst Version = "${version}"\n` } })

const closing: (() => void | Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

const start = async (...args: Parameters<typeof startFakeGo>): Promise<FakeGo> => {
  const fake = await startFakeGo(...args)
  closing.push(() => fake.close())
  return fake
}

const installed = ((): boolean => {
  try {
    return execFileSync('go', ['version']).length > 0
  } catch {
    return false
  }
})()

/** The real go in a folder of its own, with nothing but the fake to ask. Resolves with its exit and what it printed. */
function runGo(fake: FakeGo, ...args: string[]): Promise<{ failed: boolean; printed: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'fake-go-'))
  closing.push(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'go.mod'), 'module app.example\n\ngo 1.21\n')
  const env = {
    PATH: process.env.PATH, HOME: folder, GOENV: 'off', GOTOOLCHAIN: 'local', GOFLAGS: '-mod=mod -modcacherw',
    GOPATH: join(folder, 'gopath'), GOCACHE: join(folder, 'cache'), GOPROXY: fake.url, GOSUMDB: fake.gosumdb,
  }
  return new Promise((resolve) => {
    execFile('go', args, { cwd: folder, env }, (error, stdout, stderr) => resolve({ failed: error !== null, printed: stdout + stderr }))
  })
}

describe.skipIf(!installed)('to the real go command', () => {
  it('is a proxy and a checksum database', async () => {
    const fake = await start([library('v1.0.0'), { ...library('v1.1.0'), record: 60_000_000 }], { treeSize: 71_769_961 })
    const { printed } = await runGo(fake, 'mod', 'download', '-json', `${NAME}@v1.1.0`)
    const record = go.transparency?.readRecord(Buffer.from(fake.sumdb.lookup(`${NAME}@v1.1.0`) ?? ''), { name: NAME, version: 'v1.1.0' })
    expect(JSON.parse(printed)).toMatchObject({ Version: 'v1.1.0', Sum: record?.h1 })
    expect(record?.record).toBe(60_000_000)

    const ref = { ecosystem: 'go' as const, name: NAME, version: 'v1.1.0', file: 'v1.1.0.zip' }
    const { files, oddities } = await unpack(moduleZip(library('v1.1.0')), { format: 'zip', root: go.packageRoot(ref) })
    expect(oddities).toEqual([])
    expect(go.checkUnpacked?.(ref, files, { h1: record?.h1 ?? '' })).toBeNull()
    expect(fake.requests.filter(({ path }) => path.startsWith('/sumdb/sum.example/tile/')).length).toBeGreaterThan(0)
  })

  it('is caught when it sends other bytes than the database knows', async () => {
    const fake = await start([{ ...library('v1.0.0'), zip: moduleZip({ ...library('v1.0.0'), files: { 'evil.go': 'package lib\n' } }) }])
    const { failed, printed } = await runGo(fake, 'mod', 'download', `${NAME}@v1.0.0`)
    expect(failed).toBe(true)
    expect(printed).toContain('SECURITY ERROR')
  })
})

describe('its options', () => {
  const status = async (fake: FakeGo, path: string): Promise<number> => (await fetch(new URL(path, fake.url))).status

  it('can refuse @latest', async () => {
    expect(await status(await start([library('v1.0.0')], { latest: false }), `${ESCAPED}/@latest`)).toBe(403)
    expect(await status(await start([library('v1.0.0')]), `${ESCAPED}/@latest`)).toBe(200)
  })

  it('can have no checksum database', async () => {
    expect(await status(await start([], { sumdb: null }), 'sumdb/sum.example/supported')).toBe(404)
  })

  it('publishes and forgets', async () => {
    const fake = await start([library('v1.0.0')], { treeSize: 10 })
    fake.add(library('v1.1.0'))
    fake.remove(NAME, 'v1.0.0')
    expect(await (await fetch(new URL(`${ESCAPED}/@v/list`, fake.url))).text()).toBe('v1.1.0\n')
    expect(fake.sumdb.recordOf(`${NAME}@v1.1.0`)).toBe(10)
    expect(fake.sumdb.lookup(`${NAME}@v1.0.0`)).not.toBeNull()
  })

  it('misbehaves where told to', async () => {
    const fake = await start([library('v1.0.0')], {
      behaviour: ({ path }) =>
        path.endsWith('.zip') ? { truncate: 5 } : path.endsWith('.mod') ? { drop: true } : path.endsWith('.info') ? { status: 500, body: 'no' } : null,
    })
    const get = (file: string): Promise<Response> => fetch(new URL(`${ESCAPED}/@v/${file}`, fake.url))
    expect((await get('v1.0.0.info')).status).toBe(500)
    await expect(get('v1.0.0.mod')).rejects.toThrow('fetch failed')
    await expect((await get('v1.0.0.zip')).arrayBuffer()).rejects.toThrow('terminated')
    expect((await get('list')).status).toBe(200)
    expect(fake.count(`/${ESCAPED}/@v/v1.0.0.zip`)).toBe(1)
  })
})
