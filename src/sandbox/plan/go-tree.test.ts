import { execFileSync } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { goZip } from '../../../test/harness/archives.ts'
import { Getter } from './get.ts'
import { fetchGoTree } from './go-tree.ts'
import { Tally } from './mirror.ts'
import { Tools } from './tools.ts'

const go = await new Tools(process.env['PATH'] ?? '').go().then(({ program }) => program, () => null)
if (go === null) console.warn('not tested: there is no go here')
const BASE = 'https://proxy.example/'

function proxy(modules: Record<string, { requires?: string; files?: Record<string, string> }>) {
  const asked: string[] = []
  const answers = new Map<string, string | Buffer>()
  for (const [at, { requires = '', files = {} }] of Object.entries(modules)) {
    const [name = '', version = ''] = at.split('@')
    const goMod = `module ${name}\n\ngo 1.21\n${requires}`
    answers.set(`${name}/@v/${version}.mod`, goMod).set(`${name}/@v/${version}.info`, JSON.stringify({ Version: version })).set(`${name}/@v/${version}.zip`, goZip(name, version, { 'go.mod': goMod, ...files }))
  }
  return { asked, upstream: { fetch: async (url: string) => {
    asked.push(url)
    const body = answers.get(url.slice(BASE.length))
    return { status: body === undefined ? 404 : 200, headers: {}, url, body: Readable.from([Buffer.from(body ?? 'not found')]) }
  } } }
}

describe.skipIf(go === null)('fetchGoTree', () => {
  let scratch: string
  beforeEach(async () => { scratch = await mkdtemp(join(tmpdir(), 'sluice-go-tree-')) })
  afterEach(() => rm(scratch, { recursive: true }))

  async function fetch(goMod: string, modules: Parameters<typeof proxy>[0]) {
    const { asked, upstream } = proxy(modules)
    const tally = new Tally(100)
    const signal = new AbortController().signal
    await fetchGoTree(goMod, join(scratch, 'mirror'), { go: go as string, get: new Getter({ upstream, signal, bytes: 10_000_000 }), base: BASE, tally, scratch: join(scratch, 'work'), timeMs: 60_000, signal })
    const files = (await readdir(join(scratch, 'mirror', 'go'), { recursive: true }).catch(() => [])).filter((path) => path.endsWith('.zip')).sort()
    return { asked, files, lacking: tally.lacking, packages: tally.packages }
  }

  it('lays out what is required as a proxy does', async () => {
    const { files, lacking, packages } = await fetch('module sample.example/x\n\ngo 1.21\n\nrequire (\n\tmod.example/a v1.0.0\n\tmod.example/b/v2 v2.1.0 // indirect\n)\n', {
      'mod.example/a@v1.0.0': { requires: 'require mod.example/b/v2 v2.1.0\n' }, 'mod.example/b/v2@v2.1.0': {},
    })
    expect([files, lacking, packages]).toEqual([['mod.example/a/@v/v1.0.0.zip', 'mod.example/b/v2/@v/v2.1.0.zip'], [], 2])
  })

  it('asks nobody but the proxy, whatever the module replaces, excludes or asks for', async () => {
    const { asked, lacking } = await fetch([
      'module sample.example/x', 'go 1.21', 'toolchain go1.99.0', 'require mod.example/a v1.0.0', 'require git.example/evil.git v1.0.0', 'replace mod.example/a => ../../../etc', 'replace git.example/evil.git => https://files.example/x v1.0.0', '',
    ].join('\n'), { 'mod.example/a@v1.0.0': {} })
    expect(asked.every((url) => url.startsWith(BASE))).toBe(true)
    expect(lacking.join(' ')).toContain('git.example/evil.git')
  })

  it('takes no line that hides in a string', async () => {
    const { asked, files } = await fetch('module sample.example/x\ngo "1.21\\nreplace mod.example/a => /nowhere"\nrequire mod.example/a v1.0.0\n', { 'mod.example/a@v1.0.0': {} })
    expect([asked.length > 0, files]).toEqual([true, ['mod.example/a/@v/v1.0.0.zip']])
  })

  it('fetches nothing for a module that requires nothing', async () => {
    expect(await fetch('module sample.example/x\n', {})).toEqual({ asked: [], files: [], lacking: [], packages: 0 })
  })

  it('leaves no folder behind that cannot be removed', async () => {
    await fetch('module sample.example/x\n\ngo 1.21\n\nrequire mod.example/a v1.0.0\n', { 'mod.example/a@v1.0.0': { files: { 'x/y/z.go': 'package z\n' } } })
    expect(execFileSync('find', [join(scratch, 'work'), '-type', 'd', '!', '-perm', '-u+w'], { encoding: 'utf8' })).toBe('')
  })
})
