import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { get } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { COMPILED } from '../src/config/compiled.ts'
import { startFakeNpm } from './fakes/npm.ts'
import type { FakeNpm } from './fakes/npm.ts'

const ROOT = resolve(import.meta.dirname, '..')
const running = new Set<ChildProcess>()
let folder: string
let npm: FakeNpm

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-up-'))
  // More than the sockets between gate and client hold, so that a download can be under way.
  npm = await startFakeNpm([{ name: 'large', version: '1.0.0', files: { 'data.bin': randomBytes(24 * 1024 * 1024).toString('base64') } }])
  await writeFile(join(folder, 'sluice.yaml'), 'policy:\n  minimum_age: { npm: 0 }\n')
})

afterAll(async () => {
  for (const child of running) child.kill('SIGKILL')
  await npm.close()
  await rm(folder, { recursive: true, force: true })
})

/** The real program in a process of its own, as `npm start` runs it. */
function start(...args: string[]) {
  const child = spawn(join(ROOT, 'node_modules', '.bin', 'node'), [join(ROOT, 'src', 'main.ts'), 'up', '--config', join(folder, 'sluice.yaml'), '--data', join(folder, 'data'), ...args], {
    cwd: folder, stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], HOME: folder, SLUICE_NPM_UPSTREAM: npm.url, SLUICE_PYPI_UPSTREAM: 'off', SLUICE_GO_UPSTREAM: 'off', NODE_COMPILE_CACHE: COMPILED },
  })
  running.add(child)
  const seen = { out: '', err: '' }
  child.stderr.on('data', (chunk: Buffer) => { seen.err += chunk.toString() })
  const ended = once(child, 'close').then(([code, signal]) => {
    running.delete(child)
    return { code: code as number | null, signal: signal as string | null, ...seen }
  })
  const open = new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      seen.out += chunk.toString()
      const origin = /Sluice is open at (\S+)/.exec(seen.out)?.[1]
      if (origin) resolve(origin)
    })
    void ended.then(() => reject(new Error(seen.err)))
  })
  return { child, open, ended }
}

describe.skipIf(process.platform === 'win32')('sluice up', { timeout: 90_000 }, () => {
  it('finishes a download that is under way when it is told to end, and takes no new ones', async () => {
    const { child, open, ended } = start('--port', '0')
    const origin = await open
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      get(`${origin}/npm/large/-/large-1.0.0.tgz`, resolve).on('error', reject)
    })
    expect(response.statusCode).toBe(200)
    // One signal by the terminal and one by a parent process are one wish.
    child.kill('SIGTERM')
    child.kill('SIGINT')
    let refused = false
    while (!refused) refused = await fetch(`${origin}/healthz`).then(() => false, () => true)
    let bytes = 0
    for await (const chunk of response) bytes += (chunk as Buffer).byteLength
    expect(bytes).toBe(npm.tarball('large', '1.0.0').byteLength)
    expect(await ended).toMatchObject({ code: 0, signal: null, err: expect.stringContaining('"msg":"closed"') })
  })

  it('says that a port is taken, and ends', async () => {
    const first = start('--port', '0')
    const { port } = new URL(await first.open)
    const second = start('--port', port)
    second.open.catch(() => null)
    const { code, out, err } = await second.ended
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain(`sluice: cannot listen on 127.0.0.1:${port}: something listens there already\n`)
    first.child.kill('SIGTERM')
    expect((await first.ended).code).toBe(0)
  })

  it('says that the data folder cannot be written, and ends', async () => {
    const file = join(folder, 'sluice.yaml')
    const { open, ended } = start('--data', file)
    open.catch(() => null)
    const { code, err } = await ended
    expect([code, err]).toEqual([1, expect.stringContaining(`sluice: the data folder ${file} cannot be written`)])
  })
})
