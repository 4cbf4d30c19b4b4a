import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { COMPILED } from '../src/config/compiled.ts'
import { auditProblem } from '../src/host/watch/audit.ts'
import { hasBpftrace, hasStrace, until } from '../src/host/watch/testing.ts'
import { startApi } from './harness/cli.ts'
import { startGate } from './harness/gate.ts'
import type { Gate } from './harness/gate.ts'

const MAIN = resolve(import.meta.dirname, '../src/main.ts')
const auditing = process.getuid?.() === 0 ? auditProblem() : 'this is not root'
if (auditing !== null) process.stderr.write(`skipped what needs audit rules: ${auditing}\n`)
const ENGINES = [...(hasBpftrace() ? ['bpftrace'] : []), ...(auditing === null ? ['audit'] : []), 'poll']

let folder: string
let gate: Gate
let api: Awaited<ReturnType<typeof startApi>>
let admin: string
const running: ChildProcess[] = []
const tokens = new Map<string, string>()

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-watch-test-'))
  gate = await startGate({ data: join(folder, 'data') })
  api = await startApi(gate.app)
  admin = (await gate.app.tokens.create({ name: 'admin', scopes: ['admin'], expiresAt: null })).secret
  mkdirSync(join(folder, 'app/node_modules/evil'), { recursive: true })
  mkdirSync(join(folder, 'home/.ssh'), { recursive: true })
  writeFileSync(join(folder, 'home/.ssh/id_rsa'), 'a key of this test\n')
  writeFileSync(join(folder, 'app/node_modules/evil/package.json'), '{"name":"evil","version":"6.6.6"}')
  // A client in small, under a name that is followed: it runs a hook in the package's folder, and puts a package there.
  writeFileSync(join(folder, 'npm'), `#!/bin/sh
cd ${folder}/app/node_modules/evil
npm_lifecycle_event=postinstall npm_package_json=$PWD/package.json npm_package_name=evil npm_package_version=6.6.6 sh -c 'cat ${folder}/home/.ssh/id_rsa >/dev/null; sleep 0.7; true'
mkdir -p ${folder}/app/node_modules/fresh; echo '{"version":"2.0.0"}' > ${folder}/app/node_modules/fresh/package.json
sleep 0.5
`)
  chmodSync(join(folder, 'npm'), 0o755)
})
afterEach(() => { for (const child of running.splice(0)) child.kill('SIGKILL') })
afterAll(async () => {
  await api.close()
  await gate.close()
  rmSync(folder, { recursive: true, force: true })
})

interface Told { kind: string; package: { name: string; version: string | null } | null; says: string; source: string; session: string | null; act: { target: string } | null }
async function toldOf(host: string): Promise<Told[]> {
  const answer = await fetch(`${api.origin}/api/v1/hosts/events?host=${host}&limit=500`, { headers: { authorization: `Bearer ${admin}` } })
  // A machine that has told nothing yet is not known.
  return answer.ok ? (await answer.json() as { event: Told }[]).map(({ event }) => event) : []
}

/** The program on a machine of this name, which tells the gate. */
async function start(host: string, args: readonly string[], server = api.origin): Promise<{ child: ChildProcess; err: () => string; state: string }> {
  const state = join(folder, `state-${host}`)
  tokens.set(host, tokens.get(host) ?? (await gate.app.tokens.create({ name: `of ${host}`, scopes: ['host'], expiresAt: null, host })).secret)
  const config = join(folder, `${host}.yaml`)
  writeFileSync(config, `host:\n  name: ${host}\n`)
  const child = spawn(process.execPath, [MAIN, '--config', config, ...args], {
    cwd: join(folder, 'app'), stdio: ['ignore', 'ignore', 'pipe'], env: { PATH: process.env['PATH'], HOME: join(folder, 'home'), XDG_STATE_HOME: state, SLUICE_SERVER: server, SLUICE_TOKEN: tokens.get(host), NODE_COMPILE_CACHE: COMPILED },
  })
  running.push(child)
  let err = ''
  child.stderr?.on('data', (text: Buffer) => { err += text.toString() })
  return { child, err: () => err, state: join(state, 'sluice') }
}
const ended = (child: ChildProcess): Promise<number | null> => new Promise((done) => child.once('close', (code) => { done(code) }))

describe.each(ENGINES)('a machine that is watched by %s', (engine) => {
  it('tells the gate what a package manager and a package on it did', async () => {
    const host = `watched-by-${engine}`
    const { child, err, state } = await start(host, ['host', 'watch', '--engine', engine])
    await until('the watch', () => err().includes('following package managers') && err().includes('it cannot see'), 40_000)
    expect(err()).toContain(`by ${engine}; telling ${api.origin}`)
    await ended(spawn(join(folder, 'npm'), ['ci'], { cwd: join(folder, 'app'), stdio: 'ignore' }))
    const kinds = new Map<string, string[]>()
    for (const end = Date.now() + 30_000; Date.now() < end;) {
      kinds.clear()
      for (const { kind, package: of, says } of await toldOf(host)) kinds.set(kind, [...kinds.get(kind) ?? [], `${of?.name}@${of?.version} ${says}`])
      // Others on this machine may call package managers, too.
      if (kinds.get('session')?.some((says) => says.includes(`${folder}/npm ci ended`))) break
      await new Promise((done) => setTimeout(done, 100))
    }
    expect(kinds.get('session')?.join()).toContain(`${folder}/npm ci ended`)
    expect(kinds.get('ran')?.join()).toContain('evil@6.6.6')
    if (engine !== 'poll' && engine !== 'audit') {
      expect(kinds.get('alarm')?.join()).toContain(`reads ${folder}/home/.ssh/id_rsa`)
      expect(kinds.get('installed')?.join()).toContain('fresh@2.0.0')
    }
    const over = ended(child)
    child.kill('SIGTERM')
    expect(await over).toBe(0)
    expect(JSON.parse(readFileSync(join(state, 'watch.json'), 'utf8'))).toMatchObject({ engine: null, sessions: { begun: expect.any(Number) as number }, spool: { pending: 0 } })
  }, 90_000)
})

describe.runIf(hasStrace())('a guarded command', () => {
  it('tells the gate', async () => {
    const first = await start('guarded', ['guard', '--engine', 'strace', '--stop', 'never', '--mask-files', 'keep', '--', join(folder, 'npm'), 'ci'])
    expect(await ended(first.child)).toBe(0)
    const told = await toldOf('guarded')
    expect(told.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['session', 'ran', 'alarm', 'installed']))
    expect(told.find(({ kind }) => kind === 'alarm')).toMatchObject({ source: 'guard', package: { name: 'evil', version: '6.6.6' }, act: { target: join(folder, 'home/.ssh/id_rsa') } })
    expect(new Set(told.map(({ session }) => session)).size).toBe(1)
    const shown = await fetch(`${api.origin}/api/v1/hosts/guarded`, { headers: { authorization: `Bearer ${admin}` } })
    expect(JSON.stringify(await shown.json())).toContain('fresh')
  }, 60_000)

  it('tells a gate that was away with the next one', async () => {
    const away = await start('late', ['guard', '--engine', 'strace', '--mask-files', 'keep', '--', 'true'], 'http://127.0.0.1:9')
    expect(await ended(away.child)).toBe(0)
    expect(away.err()).toMatch(/the gate was not told yet .* wait in/)
    const next = await start('late', ['guard', '--engine', 'strace', '--mask-files', 'keep', '--', 'true'])
    expect(await ended(next.child)).toBe(0)
    const sessions = (await toldOf('late')).filter(({ kind }) => kind === 'session')
    expect([sessions.length, new Set(sessions.map(({ session }) => session)).size]).toEqual([4, 2])
  }, 60_000)
})
