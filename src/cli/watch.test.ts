import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startFakeNpm } from '../../test/fakes/npm.ts'
import type { FakeNpm } from '../../test/fakes/npm.ts'
import { startFakePypi } from '../../test/fakes/pypi.ts'
import type { FakePypi } from '../../test/fakes/pypi.ts'
import { sluice, startApi } from '../../test/harness/cli.ts'
import { startGate } from '../../test/harness/gate.ts'
import type { Gate, GateOptions } from '../../test/harness/gate.ts'
import { seedWatch } from '../../test/harness/watched.ts'

let [data, secret] = ['', '']
let npm: FakeNpm
let pypi: FakePypi
let gate: Gate
let api: Awaited<ReturnType<typeof startApi>>
let options: GateOptions & { data: string }

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'sluice-cli-watch-'))
  npm = await startFakeNpm([{ name: '@acme/taken', version: '1.0.0', registryManifest: { _npmUser: { name: 'stranger', email: 's@mail.example' } } }])
  pypi = await startFakePypi()
  options = {
    data, sources: { npm: { url: npm.url, sumdb: null }, pypi: { url: pypi.index, sumdb: null } }, origins: [pypi.files.url],
    policy: { private: ['@acme/billing', '@acme/taken', 'acme-only'].map((pattern) => ({ ecosystem: 'npm', pattern, registry: null })) },
  }
  gate = await startGate(options)
  api = await startApi(gate.app)
  secret = (await gate.app.tokens.create({ name: 'operator', scopes: ['admin'], expiresAt: null })).secret
  await seedWatch(gate.app.context.database)
})

afterAll(async () => {
  await api.close()
  await gate.close()
  await Promise.all([npm.close(), pypi.close()])
  await rm(data, { recursive: true, force: true })
})

const here = (...args: string[]) => sluice(args, { gate: options })
const there = (...args: string[]) => sluice([...args, '--server', api.origin], { env: { SLUICE_TOKEN: secret } })
const both = [['a data folder', here], ['a running gate', there]] as const

describe('the same from a data folder and from a running gate', () => {
  it.each([
    'watch list', 'watch alarms', 'watch alarms --all', 'watch alarms --since 2026-01-02', 'watch alarms --all --json', 'watch close nope', 'watch remove npm:nobody', 'watch digest --since 2026-01-01', 'watch digest --since 2026-01-01 --json',
    'campaigns list', 'campaigns list --all --json', 'campaigns show c1', 'campaigns show c1 --json', 'campaigns show none', 'campaigns show __proto__', 'campaigns export c1 --format csv', 'campaigns export none',
    'campaigns actors', 'campaigns actors pypi:mallory', 'campaigns actors mallory --ecosystem pypi --json', 'campaigns actors npm:nobody', 'names check --ecosystem pypi reqests requests', 'names check npm:raect --json',
    'names check npm:@acme/billing', 'names exposed', 'names exposed --json',
  ])('%s', async (line) => {
    const [local, remote] = [await here(...line.split(' ')), await there(...line.split(' '))]
    const timeless = (text: string): string => text.replace(/to \d{4}-\d\d-\d\d \d\d:\d\d UTC/g, 'to now')
    const read = (text: string): unknown => (line.endsWith('--json') ? JSON.parse(timeless(text)) : timeless(text))
    expect([remote.code, read(remote.out), remote.err]).toEqual([local.code, read(local.out), local.err])
    expect(local.out + local.err).not.toBe('')
    // eslint-disable-next-line no-control-regex -- control characters are what must not be there
    if (!line.endsWith('--json')) expect(local.out.replaceAll('\n', '').replaceAll('\r', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/)
  })
})

describe.each(both)('on %s', (_where, on) => {
  it('watches an uploader, says who is watched, and stops', async () => {
    expect((await on('watch', 'add', 'pypi:Mallory', '--because', '354 uploads')).out).toBe('pypi:mallory is watched: 354 uploads\n')
    expect((await on('watch', 'add', 'm@mail.example', '--because', 'the same', '--json')).json()).toMatchObject({ ecosystem: 'npm', actor: 'm@mail.example' })
    expect((await on('watch', 'add', 'go:github.com/mallory', '--because', 'the same')).code).toBe(0)
    expect((await on('watch', 'list')).out).toMatch(/^UPLOADER +SINCE +BY +BECAUSE\n[^]*pypi:mallory {2,}\d{4}-\d\d-\d\d \d\d:\d\d {2}\S+ {2,}354 uploads/)
    expect((await on('watch', 'status')).out).toMatch(/3 watched uploaders/)
    for (const actor of ['pypi:mallory', 'm@mail.example', 'go:github.com/mallory']) expect((await on('watch', 'remove', actor)).out).toContain('is watched no more')
    const none = await on('watch', 'list')
    expect([none.code, none.out, none.err]).toEqual([0, '', expect.stringContaining('Nobody is watched yet')])
  })

  it('shows alarms with what speaks for them, and closes one', async () => {
    const { id } = await gate.app.context.database.query.insertInto('alarms').values({
      id: `x-${_where.length}`, subject: `x ${_where}`, kind: 'twin', severity: 'high', title: 'to be closed', facts: '{"packages":[],"told":1}', size: 1, campaign: null, opened_at: 1, changed_at: 1, closed_at: null,
    }).returning('id').executeTakeFirstOrThrow()
    const shown = (await on('watch', 'alarms')).out
    expect(shown).toMatch(/high {2}an imitation .*\n {2}signal .*\n {2}since 2026-01-02 00:00; sluice watch close a1/)
    expect(shown).toContain(`sluice watch close ${id}`)
    expect(shown).not.toContain('dealt with')
    expect((await on('watch', 'close', id)).out).toBe('Closed.\n')
    expect((await on('watch', 'close', id)).code).toBe(1)
    expect((await on('watch', 'alarms', '--all')).out).toMatch(/low {2}dealt with \(closed\)/)
  })

  it('writes a digest as text and as a mail', async () => {
    const text = (await on('watch', 'digest', '--since', '2026-01-01')).out
    expect(text).toMatch(/^Sluice: \d alarms \(1 high, 1 medium/)
    const mail = (await on('watch', 'digest', '--eml', '--since', '2026-01-01', '--to', 'a@acme.example\r\nBcc: x@mail.example', '--from', 'sluice@acme.example')).out
    const [head = '', body = ''] = mail.split('\r\n\r\n')
    expect(head).toMatch(/^From: sluice@acme\.example\r\nTo: a@acme\.example Bcc: x@mail\.example\r\nSubject: Sluice: /)
    expect(Buffer.from(body, 'base64').toString()).toContain('an imitation')
  })

  it('imports popular names', async () => {
    const file = join(data, 'names.csv')
    await writeFile(file, 'download_count,project\n9,alpha-beta-gamma\n8,requests\n')
    expect((await on('names', 'update', file, '--ecosystem', 'pypi')).out).toBe('2 popular names of pypi from the list given\n')
    expect((await on('names', 'check', 'pypi:alpha-beta-gama')).out).toContain('did you mean alpha-beta-gamma?')
    expect((await on('names', 'update', '--ecosystem', 'npm')).err).toContain('no list of popular npm names is configured')
  })

  it('lists private names that anybody could take, and exits with 1', async () => {
    const ran = await on('names', 'exposed')
    expect(ran.code).toBe(1)
    expect(ran.out).toMatch(/npm:@acme\/billing {2}npm +@acme\/billing +free +free to whoever owns the scope @acme/)
    expect(ran.out).toMatch(/npm:@acme\/billing {2}pypi +acme-billing +free +free: anybody can register it/)
    expect(ran.out).toMatch(/npm:@acme\/taken +npm +@acme\/taken +taken +belongs to stranger; 1 release\n/)
  })
})

describe('names check', () => {
  it('exits with 1 where one imitates, with 0 where none does', async () => {
    expect((await here('names', 'check', '--ecosystem', 'npm', 'react', 'a-rain-gauge-reader')).code).toBe(0)
    const ran = await here('names', 'check', 'npm:raect')
    expect([ran.code, ran.out, ran.err]).toEqual([1, expect.stringMatching(/^npm:raect {2}imitates; did you mean react\?\n/), expect.stringContaining('--look asks the registries')])
  })

  it('asks the registry when it is told to, and never about a private name', async () => {
    const looked = (await here('names', 'check', 'npm:raect', '--look', '--json')).json() as { looked: boolean; because: string[] }[]
    expect(looked).toMatchObject([{ looked: true, because: expect.arrayContaining([expect.stringContaining('the registry has no raect')]) }])
    const before = npm.requests.length
    await here('names', 'check', 'npm:@acme/billing', 'npm:acme-only', '--look')
    expect([before > 0, npm.requests.length]).toEqual([true, before])
  })

  it('of many names shows those that matter', async () => {
    const ran = await here('names', 'check', '--ecosystem', 'npm', 'raect', ...Array.from({ length: 300 }, (_, at) => `zq${at}-unlike-${at}w`))
    expect(ran.out.split('\n').filter((line) => line.includes('nothing against it'))).toEqual([])
    expect(ran.out).toMatch(/npm:raect {2}imitates[^]*\n301 names checked, 1 that may not be what they seem\.\n$/)
  })
})

describe('names audit', () => {
  it('says which dependency may not be what it claims to be, and where it stands', async () => {
    const project = await mkdtemp(join(tmpdir(), 'sluice-project-'))
    await writeFile(join(project, 'package.json'), JSON.stringify({ dependencies: { raect: '^1', react: '^19', '\u001b[2Jevil': '1', '../up': '1', '__proto__': '1' } }))
    const ran = await here('names', 'audit', project, '--offline')
    expect(ran.code).toBe(1)
    expect(ran.out).toMatch(/npm:raect {2}imitates; did you mean react\?[^]*at .*package\.json/)
    expect(ran.out).toMatch(/of 1 file looked at, 1 that may not be what it claims to be \(by the names alone\)\.\n$/)
    // eslint-disable-next-line no-control-regex -- control characters are what must not be there
    expect((ran.out + ran.err).replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f]/)
    expect((await here('names', 'audit', project, '--offline', '--json')).json()).toMatchObject({ doubts: [{ check: { name: 'raect', meant: 'react' } }] })
    expect((await there('names', 'audit', project, '--offline')).out).toBe(ran.out)
    await rm(project, { recursive: true })
  })
})

describe('names audit of what comes from elsewhere', () => {
  it('asks no public registry about it', async () => {
    const project = await mkdtemp(join(tmpdir(), 'sluice-audited-'))
    const npm = await startFakeNpm([])
    const entry = (resolved?: string) => ({ version: '1.0.0', ...(resolved === undefined ? {} : { resolved }) })
    await writeFile(join(project, 'package-lock.json'), JSON.stringify({
      name: 'p', lockfileVersion: 3, packages: {
        '': { name: 'p', dependencies: { lodahs: '1.0.0', raect: '1.0.0' } },
        'node_modules/lodahs': entry('https://npm.corp.example/lodahs/-/lodahs-1.0.0.tgz'), 'node_modules/raect': entry(),
      },
    }))
    const ran = await sluice(['names', 'audit', project], { gate: { data: join(project, 'data'), sources: { npm: { url: npm.url, sumdb: null } } } })
    expect(ran.out).toMatch(/lodahs[^]*raect|raect[^]*lodahs/)
    expect([...new Set(npm.requests.map(({ path }) => path))].sort()).toEqual(['/raect'])
    await npm.close()
    await rm(project, { recursive: true })
  })
})

describe('bad usage is a sentence and a remedy, exits with 2 and leaves nothing behind', () => {
  it.each<[string[], string]>([
    [['names', 'check', 'lodahs'], 'which registry is lodahs of?'], [['names', 'check'], "missing required argument 'name'"], [['names', 'check', '--ecosystem', 'cargo', 'x'], 'Allowed choices are npm, pypi, go'],
    [['names', 'audit', '/nonexistent'], 'there is no /nonexistent'], [['names', 'update', 'x'], 'which registry is the list about?'], [['names', 'update'], 'no lists of popular names are configured'],
    [['names', 'update', '/nonexistent', '--ecosystem', 'npm'], 'the list cannot be read'], [['watch', 'add', 'mallory', '--because', 'x'], 'not an uploader: mallory'], [['watch', 'add', 'npm:mallory'], "required option '--because <reason>'"],
    [['watch', 'alarms', '--since', 'yesterday'], '--since yesterday is no time'], [['watch', 'digest', '--since', ''], 'is no time'], [['campaigns', 'export', 'c1', '--format', 'xml'], 'Allowed choices are json, csv'],
    [['campaigns', 'actors', 'mallory'], 'at which registry is mallory?'], [['campaigns', 'rule-out', 'file', 'x'], 'a ruling needs a reason'], [['watch', 'nonsense'], "unknown command 'nonsense'"],
  ])('%j', async (args, says) => {
    const empty = await mkdtemp(join(tmpdir(), 'sluice-empty-'))
    const ran = await sluice(args, { gate: { ...options, data: join(empty, 'data') } })
    expect([ran.code, ran.out]).toEqual([2, ''])
    expect(ran.err).toContain(says)
    expect(ran.err).not.toMatch(/\n\s+at /)
    expect(await readdir(empty)).toEqual([])
    await rm(empty, { recursive: true })
  })

  it('wants a reason that says something', async () => {
    for (const on of [here, there]) expect(await on('watch', 'add', 'npm:m', '--because', ' ')).toMatchObject({ code: 2, err: expect.stringContaining('watching somebody needs a reason') })
  })

  it('says what a running gate must be told', async () => {
    expect(await there('names', 'update')).toMatchObject({ code: 2, err: expect.stringContaining('which list is the gate to read again?') })
    expect(await here('campaigns', 'rule-out', 'file', 'x', '--because', 'y')).toMatchObject({ code: 2, err: expect.stringContaining('name a running gate whose watch is on with --server URL') })
    expect(await sluice(['watch', 'alarms', '--server', api.origin])).toMatchObject({ code: 1, err: expect.stringContaining('a token with the scope audit is needed') })
  })
})

describe('without a data folder', () => {
  it.each([['watch', 'status'], ['watch', 'list'], ['watch', 'alarms'], ['watch', 'digest'], ['campaigns', 'list'], ['campaigns', 'actors']])('%s %s says how to get one', async (...args) => {
    expect(await here(...args, '--data', '/nonexistent/folder')).toMatchObject({ code: 1, out: '', err: expect.stringContaining('there is no data folder at /nonexistent/folder') })
  })
})

describe('help', () => {
  it.each<[string, string[]]>([
    ['names', ['check', 'audit', 'learn', 'exposed', 'update']], ['watch', ['status', 'add', 'remove', 'list', 'alarms', 'close', 'digest']], ['campaigns', ['list', 'show', 'export', 'rule-out', 'rulings', 'actors']],
  ])('of %s explains every command', async (group, commands) => {
    for (const command of commands) {
      const { code, out } = await sluice([group, command, '--help'])
      expect([code, out]).toEqual([0, expect.stringMatching(new RegExp(`^Usage: sluice ${group} ${command}`))])
      expect(out).toContain('--server')
    }
  })
})
