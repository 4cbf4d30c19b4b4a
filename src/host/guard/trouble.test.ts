import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { COMPILED } from '../../config/compiled.ts'
import { proc } from '../watch/proc.ts'
import { hasBpftrace, hasStrace, until } from '../watch/testing.ts'
import type { GuardReport } from './report.ts'

const MAIN = resolve(import.meta.dirname, '../../main.ts')
const bpftrace = hasBpftrace()
const strace = hasStrace()

let folder: string
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'sluice-trouble-')) })
afterAll(() => { rmSync(folder, { recursive: true, force: true }) })

let runs = 0
function start(args: readonly string[]) {
  const file = join(folder, `report-${runs++}.json`)
  const child = spawn(process.execPath, [MAIN, 'guard', '--mask-files', 'keep', '--grace', '0', '--report', file, ...args], { cwd: folder, env: { PATH: process.env['PATH'], HOME: folder, NODE_COMPILE_CACHE: COMPILED }, stdio: ['ignore', 'pipe', 'pipe'] })
  let [out, err] = ['', '']
  child.stdout.on('data', (text: Buffer) => { out += text.toString() })
  child.stderr.on('data', (text: Buffer) => { err += text.toString() })
  const ended = new Promise<number | null>((done) => child.once('close', (code) => { done(code) }))
  return { child, ended, out: () => out, err: () => err, report: () => JSON.parse(readFileSync(file, 'utf8')) as GuardReport }
}

const childNamed = (parent: number, name: string): number | undefined => readdirSync('/proc').filter((entry) => /^\d+$/.test(entry)).map(Number).find((pid) => {
  const stat = proc.stat(pid)
  return stat?.parent === parent && stat.name === name
})

describe.runIf(bpftrace)('when bpftrace is killed midway', () => {
  const command = ['sh', '-c', 'echo up; while test ! -e go; do sleep 0.1; done; cat .ssh/id_rsa; echo done']

  async function killed(args: readonly string[]) {
    const run = start(['--engine', 'bpftrace', ...args, '--', ...command])
    await until('the command', () => run.out().includes('up'), 40_000)
    process.kill(childNamed(run.child.pid as number, 'bpftrace') as number, 'SIGKILL')
    await until('a word about it', () => run.err().includes('bpftrace follows no more'))
    return run
  }

  it('the command is ended where policy says so', async () => {
    const run = await killed(['--fail', 'stop'])
    expect(await run.ended).toBe(98)
    expect(run.out()).not.toContain('done')
    expect(run.report()).toMatchObject({ stopped: { left: 0 }, watched: { says: expect.stringContaining('follows no more') as string } })
  }, 60_000)

  it.runIf(strace)('it goes on where policy says so, and strace follows', async () => {
    const run = await killed(['--fail', 'go-on', '--stop', 'never'])
    await until('strace', () => childNamed(run.child.pid as number, 'strace') !== undefined)
    const parent = run.child.pid as number
    await until('it to follow', () => proc.traced(childNamed(parent, 'strace') ?? 0).includes(childNamed(parent, 'sh') ?? -1))
    await new Promise((done) => spawn('touch', [join(folder, 'go')]).once('close', done))
    expect(await run.ended).toBe(0)
    expect(run.out()).toContain('done')
    expect(run.err()).toContain('strace follows what runs')
    expect(run.report().alarms.map(({ act }) => act.target)).toContain(join(folder, '.ssh/id_rsa'))
  }, 60_000)
})

describe.each([...(bpftrace ? ['bpftrace'] : []), ...(strace ? ['strace'] : [])])('a flood, by %s', (engine) => {
  it('is seen, counted and summed up, within bounds', async () => {
    const flood = 'const fs = require("fs"); for (let i = 0; i < 20000; i++) { try { fs.closeSync(fs.openSync(process.env.HOME + "/flood-" + i)) } catch {} } require("child_process").spawnSync("cat", [process.env.HOME + "/.aws/credentials"])'
    const run = start(['--engine', engine, '--stop', 'never', '--', process.execPath, '-e', flood])
    expect(await run.ended).toBe(0)
    const { watched, alarms, read } = run.report()
    expect(watched.events + watched.lostTotal + watched.unlisted).toBeGreaterThanOrEqual(20_000)
    expect(read.length).toBeLessThanOrEqual(2_000)
    if (watched.lostTotal === 0) expect(alarms.map(({ act }) => act.target)).toContain(join(folder, '.aws/credentials'))
  }, 60_000)
})
