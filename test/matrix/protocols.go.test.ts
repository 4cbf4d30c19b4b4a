import { readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startFakeGo } from '../fakes/go.ts'
import type { FakeGo } from '../fakes/go.ts'
import { installed, projectFolder, writeProject } from '../harness/projects.ts'
import { run as runProgram } from '../harness/run.ts'
import { startBench } from './bench.ts'
import type { Bench } from './bench.ts'

const LIB = 'up.example/Azure/lib'
const library = (version: string) => ({ name: LIB, version, files: { 'lib.go': `package lib\n\nconst Version = "${version}"\n` } })

let go: FakeGo
let own: FakeGo
let bench: Bench

beforeAll(async () => {
  go = await startFakeGo([
    library('v1.0.0'), library('v1.1.0'), { ...library('v1.1.1-0.20200102030405-0123456789ab'), refs: ['main'] },
    {
      name: 'up.example/tool', version: 'v0.3.0',
      files: {
        'go.mod': `module up.example/tool\n\ngo 1.21\n\nrequire ${LIB} v1.0.0\n`,
        'go.sum': '', 'main.go': `package main\n\nimport "${LIB}"\n\nfunc main() { println("tool with", lib.Version) }\n`,
      },
    },
  ])
  own = await startFakeGo([{ name: 'acme.example/inner', version: 'v1.0.0' }], { sumdb: null })
  bench = await startBench({
    sources: { go: { url: go.url, sumdb: go.sumdb.name } }, origins: [own.url],
    policy: { private: [{ ecosystem: 'go', pattern: 'acme.example', paths: true, registry: own.url }] },
  })
})

afterAll(async () => {
  await bench.close()
  await go.close()
  await own.close()
})

const sumdb = (more: Record<string, string> = {}): { env: Record<string, string> } => ({ env: { GOSUMDB: go.gosumdb, ...more } })

async function project(name: string): Promise<string> {
  const cwd = await projectFolder(bench.folder, name)
  await writeProject('go', cwd, {}, bench.gate)
  return cwd
}

describe('go', () => {
  it('gets a module and verifies it by the checksum database, through the gate', async () => {
    const cwd = await project('get')
    go.clear()
    await bench.must('go', cwd, ['get', `${LIB}@latest`], sumdb())
    expect(await installed('go', cwd)).toEqual([`${LIB}@v1.1.0`])
    expect(await readFile(join(cwd, 'go.sum'), 'utf8')).toContain(`${LIB} v1.1.0 h1:`)
    const asked = go.requests.map(({ path }) => decodeURIComponent(path))
    expect(asked.some((path) => path.startsWith(`/sumdb/${go.sumdb.name}/lookup/up.example/!azure/lib@v1.1.0`))).toBe(true)
    expect(asked.some((path) => path.startsWith(`/sumdb/${go.sumdb.name}/tile/`))).toBe(true)
  })

  it('lists versions', async () => {
    expect(await bench.must('go', await project('list'), ['list', '-m', '-versions', LIB])).toContain(`${LIB} v1.0.0 v1.1.0`)
  })

  it('takes a branch for the version it stands for', async () => {
    const cwd = await project('branch')
    await bench.must('go', cwd, ['get', `${LIB}@main`], sumdb())
    expect(await installed('go', cwd)).toEqual([`${LIB}@v1.1.1-0.20200102030405-0123456789ab`])
  })

  it('downloads what go.mod says, and again with go.sum', async () => {
    const cwd = await project('download')
    await writeFile(join(cwd, 'go.mod'), `module app.example\n\ngo 1.21\n\nrequire ${LIB} v1.0.0\n`)
    await bench.must('go', cwd, ['mod', 'download'], sumdb())
    const again = await project('download-again')
    for (const file of ['go.mod', 'go.sum']) await writeFile(join(again, file), await readFile(join(cwd, file)))
    await bench.must('go', again, ['mod', 'download'], sumdb({ GOFLAGS: '-modcacherw -mod=readonly' }))
    expect(await installed('go', again)).toEqual([`${LIB}@v1.0.0`])
  })

  it('installs a program with its dependencies', async () => {
    const cwd = await project('install')
    await bench.must('go', cwd, ['install', 'up.example/tool@latest'], sumdb())
    expect(await readdir(join(cwd, 'bin'))).toEqual(['tool'])
    expect((await runProgram([join(cwd, 'bin', 'tool')], { cwd, env: {}, timeoutMs: 20_000 })).text).toBe('tool with v1.0.0\n')
  }, 120_000)

  it('gets a private module from its own registry, and nobody else hears its name', async () => {
    const cwd = await project('private')
    await bench.must('go', cwd, ['get', 'acme.example/inner@v1.0.0'], sumdb({ GONOSUMDB: 'acme.example' }))
    expect(await installed('go', cwd)).toEqual(['acme.example/inner@v1.0.0'])
    const careless = await bench.run('go', await project('careless'), ['get', 'acme.example/inner@v1.0.0'], sumdb())
    expect(careless.code).toBe(1)
    expect(go.requests.filter(({ url }) => url.includes('acme.example'))).toEqual([])
  })

  it('says what is missing', async () => {
    const outcome = await bench.run('go', await project('missing'), ['get', 'up.example/absent@v1.0.0'], sumdb())
    expect([outcome.code, outcome.text]).toEqual([1, expect.stringMatching(/404 Not Found[\s\S]*Sluice: upstream answered 404 for v1\.0\.0\.info/)])
  })
})
