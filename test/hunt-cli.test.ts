import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { startFakeNpm } from './fakes/npm.ts'
import { sluice, startApi } from './harness/cli.ts'
import type { Ran } from './harness/cli.ts'
import { startGate } from './harness/gate.ts'

const open: { close(): Promise<void> }[] = []
let data = ''
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'sluice-hunt-cli-'))
})
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
  await rm(data, { recursive: true, force: true })
})

const CODE = Array.from({ length: 30 }, (_, at) => `function step${at}(first, second) { const sum = first.part${at % 7} + second.other; return sum > ${at} ? sum : helper${at % 5}(second) }`).join('\n')

/** Three packages that were judged and delivered. */
async function judged(): Promise<void> {
  const npm = await startFakeNpm([
    { name: 'one', version: '1.0.0', files: { 'index.js': "exports.x = 'https://files.evil.example/list'\nexports.y = '=cmd@evil.example'\n" } }, { name: 'two', version: '2.0.0', files: { 'index.js': "exports.x = 'https://evil.example/'\n" } },
    { name: 'like', version: '1.0.0', files: { 'index.js': CODE } }, { name: 'whole', version: '1.0.0', files: { 'lib.js': "module.exports = 'small'\n", 'index.js': `${CODE.replaceAll('sum', 'total').replaceAll('+', '*')}\n`, 'other.js': CODE.replaceAll('step', 'walk').replaceAll('part', 'piece').replaceAll('first', 'left').replaceAll('?', '||') } },
  ])
  open.push(npm)
  const gate = await startGate({ sources: { npm: { url: npm.url, sumdb: null } }, data })
  for (const [name, version] of [['one', '1.0.0'], ['two', '2.0.0'], ['like', '1.0.0'], ['whole', '1.0.0']] as const) expect((await fetch(`${gate.npm}${name}/-/${name}-${version}.tgz`)).status).toBe(200)
  await gate.close()
}

const hunt = (...args: string[]): Promise<Ran> => sluice(['hunt', ...args], { gate: { data } })

it('hunts in a data folder, and prints what scripts and people read', async () => {
  await judged()
  const found = await hunt('hxxps://files[.]evil[.]example/list')
  expect([found.code, found.out]).toEqual([1, expect.stringContaining('npm:one@1.0.0')])
  expect(found.out).toContain('hxxps://files[.]evil[.]example/list')
  expect(found.out).not.toContain('https://files')
  expect(found.err).toContain('--recall 1 --because')
  expect(await hunt('nothing.example')).toMatchObject({ code: 0, out: '' })
  expect((await hunt('evil.example', '--json')).json()).toMatchObject({ files: 2, versions: 2, more: 0, complete: true, exposure: { totals: { served: 2 } }, subjects: [{}, {}] })
  expect((await hunt('evil.example', '--limit', '1')).out).toContain('and 1 more')
  const csv = (await hunt('cmd@evil.example', '--csv')).out.split('\n')
  expect(csv[0]).toMatch(/^ecosystem,name,version/)
  expect(csv[1]).toMatch(/cmd\[@\]evil\[\.\]example$/)
  expect(await hunt('behaviour:nonsense')).toMatchObject({ code: 2, err: expect.stringContaining('  ^') })
  expect(await sluice(['hunt', 'evil.example'], { gate: { data: join(data, 'none') } })).toMatchObject({ code: 2 })
})

it('finds code that is alike, and a file that is in a package as it is', async () => {
  await judged()
  await writeFile(join(data, 'copy.js'), `// mine now\n${CODE.replaceAll('7', '8')}\nmodule.exports = 'https://elsewhere.example'\n`)
  expect((await hunt('--like', join(data, 'copy.js'), '--least', '80', '--json')).json()).toMatchObject({ files: 1, hits: [{ name: 'like', why: [{ what: 'code is alike' }] }] })
  await writeFile(join(data, 'snippet.js'), `${CODE.replaceAll('sum', 'total').replaceAll('+', '*')}\n`)
  const { hits } = (await hunt('--like', join(data, 'snippet.js'), '--least', '99', '--json')).json() as { hits: { name: string; why: { what: string; file: string }[] }[] }
  expect(hits.find(({ name }) => name === 'whole')?.why).toContainEqual(expect.objectContaining({ what: 'is the file', file: 'index.js' }))
  await writeFile(join(data, 'notes.txt'), 'no code')
  expect(await hunt('--like', join(data, 'notes.txt'))).toMatchObject({ code: 2 })
  expect(await hunt('--like', join(data, 'absent.js'))).toMatchObject({ code: 2 })
})

it('recalls only what the person has seen', async () => {
  await judged()
  expect(await hunt('evil.example', '--recall', '2')).toMatchObject({ code: 2 })
  expect(await hunt('evil.example', '--recall', '3', '--because', 'SEC-1')).toMatchObject({ code: 2, err: expect.stringContaining('nothing was recalled: 2 versions were found, not 3') })
  expect((await sluice(['orders', '--json'], { gate: { data } })).json()).toEqual([])
  expect(await hunt('evil.example', '--recall', '2', '--because', 'SEC-1')).toMatchObject({ code: 1, out: expect.stringContaining('2 versions recalled: SEC-1') })
  const orders = (await sluice(['orders', '--json'], { gate: { data } })).json() as { action: string; name: string; version: string }[]
  expect(orders.map(({ action, name, version }) => `${action} ${name}@${version}`).sort()).toEqual(['recall one@1.0.0', 'recall two@2.0.0'])
})

it('hunts at a running gate, too', async () => {
  await judged()
  const gate = await startGate({ data })
  open.push(gate)
  const api = await startApi(gate.app)
  open.push(api)
  const { secret } = await gate.app.tokens.create({ name: 'ci', scopes: ['admin'], expiresAt: null })
  const remote = (...args: string[]): Promise<Ran> => sluice(['--server', api.origin, 'hunt', ...args], { env: { SLUICE_TOKEN: secret } })
  expect(await remote('evil.example')).toMatchObject({ code: 1, out: expect.stringContaining('2 files of 2 versions') })
  await writeFile(join(data, 'rule.yar'), 'rule evil { strings: $a = "files.evil.example" condition: $a }')
  expect(await remote('--yara', join(data, 'rule.yar'))).toMatchObject({ code: 1, out: expect.stringContaining('matches the rule evil') })
  expect(await remote('since:')).toMatchObject({ code: 2, err: expect.stringContaining('what?') })
  expect((await fetch(`${api.origin}/api/v1/hunt?what=evil.example`)).status).toBe(401)
})
