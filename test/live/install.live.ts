import { execFileSync, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { runClient } from '../harness/clients.ts'
import { installed, writeProject } from '../harness/projects.ts'

/** A real gate as a person starts it, from the upstreams this machine's own clients are set to. */
let gate: ChildProcess
let origin = ''
let data = ''
let said = ''
/** May read who received what. */
let token = ''

const sluice = (...args: string[]): string =>
  execFileSync(process.execPath, [resolve('src/main.ts'), '--data', join(data, 'gate'), ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'sluice-live-'))
  gate = spawn(process.execPath, [resolve('src/main.ts'), '--data', join(data, 'gate'), 'up', '--port', '0'], { stdio: ['ignore', 'pipe', 'pipe'] })
  origin = await new Promise<string>((open, fail) => {
    const read = (chunk: Buffer): void => {
      said += chunk.toString()
      const found = /Sluice is open at (http:\/\/\S+)/.exec(said)
      if (found) open(found[1] as string)
    }
    gate.stdout?.on('data', read)
    gate.stderr?.on('data', read)
    gate.on('exit', (code) => fail(new Error(`the gate ended with ${code}: ${said}`)))
  })
  token = sluice('token', 'create', 'witness', '--scope', 'audit').trim()
})

afterAll(async () => {
  const closed = new Promise((done) => gate.once('exit', done))
  gate.kill('SIGTERM')
  await closed
  await rm(data, { recursive: true, force: true, maxRetries: 5 })
})

interface Line { entry: { kind: string; file?: string; version?: string; digest?: string } }

/** The artifacts of a package that the ledger says were delivered. */
async function delivered(spec: string): Promise<{ version: string; file: string }[]> {
  const response = await fetch(`${origin}/api/v1/trace?kind=served&limit=1000&package=${encodeURIComponent(spec)}`, { headers: { authorization: `Bearer ${token}` } })
  const { lines } = await response.json() as { lines: Line[] }
  return lines.map(({ entry }) => ({ version: entry.version ?? '', file: entry.file ?? '' }))
}

async function project(client: 'npm' | 'pip' | 'go', wanted: Record<string, string>) {
  const folder = await mkdtemp(join(data, `${client}-`))
  const urls = { npm: `${origin}/npm/`, pypi: `${origin}/pypi/simple/`, go: `${origin}/go` }
  const args = await writeProject(client, folder, wanted, urls)
  const outcome = await runClient(client, args, { cwd: folder, gate: urls, timeoutMs: 240_000 })
  expect(outcome.code, `${outcome.text}\n${said}`).toBe(0)
  return { folder, urls, found: await installed(client, folder) }
}

const parts = (spec: string): { name: string; version: string } => ({ name: spec.slice(0, spec.lastIndexOf('@')), version: spec.slice(spec.lastIndexOf('@') + 1) })

it('npm installs a real application, and the ledger has every package of it', async () => {
  const { found } = await project('npm', { express: '^4.21.0', '@hapi/hoek': '^11.0.0' })
  expect(found.length).toBeGreaterThan(50)
  for (const spec of found) {
    const { name, version } = parts(spec)
    expect((await delivered(`npm:${name}@${version}`)).map((one) => one.version), spec).toContain(version)
  }
})

it('pip installs wheels and builds an sdist', async () => {
  const { found } = await project('pip', { flask: '>=3', docopt: '==0.6.2' })
  expect(found.length).toBeGreaterThan(6)
  for (const spec of found) {
    const { name, version } = parts(spec)
    expect((await delivered(`pypi:${name}==${version}`)).length, spec).toBeGreaterThan(0)
  }
  expect((await delivered('pypi:docopt')).some(({ file }) => file.endsWith('.tar.gz'))).toBe(true)
})

it('go downloads a real module graph and verifies it against the checksum database', async () => {
  const folder = await mkdtemp(join(data, 'go-'))
  await writeFile(join(folder, 'go.mod'), 'module project.example/app\n\ngo 1.21\n\nrequire github.com/spf13/cobra v1.8.0\n')
  const sumdb = execFileSync('go', ['env', 'GOSUMDB'], { encoding: 'utf8' }).trim()
  const outcome = await runClient('go', ['mod', 'download', '-json', 'all'], {
    cwd: folder, gate: { go: `${origin}/go` }, timeoutMs: 240_000, env: { GOSUMDB: sumdb },
  })
  expect(outcome.code, `${outcome.text}\n${said}`).toBe(0)
  const modules = [...outcome.stdout.matchAll(/"Path": "([^"]+)",\s+"Version": "([^"]+)"/g)].map(([, name, version]) => `${name}@${version}`)
  expect(modules.length).toBeGreaterThan(4)
  for (const spec of modules) expect((await delivered(`go:${spec}`)).some(({ file }) => file.endsWith('.zip')), spec).toBe(true)
})

it('keeps a ledger that verifies', () => {
  expect(JSON.parse(sluice('--json', 'ledger', 'verify'))).toMatchObject({ ok: true })
})
