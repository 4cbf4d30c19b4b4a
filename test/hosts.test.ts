import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BATCH, writeBatch } from '../src/host/events/batch.ts'
import type { BatchAnswer, Coding } from '../src/host/events/batch.ts'
import type { HostEvent } from '../src/host/events/event.ts'
import { hostAct, hostEvent } from '../src/host/events/testing.ts'
import { keepPackages } from '../src/host/ingest/packages.ts'
import { startFakeNpm } from './fakes/npm.ts'
import type { FakeNpm } from './fakes/npm.ts'
import { sluice, startApi } from './harness/cli.ts'
import { startGate } from './harness/gate.ts'
import type { Gate } from './harness/gate.ts'

const DAY = 86_400_000
let data: string
let gate: Gate
let npm: FakeNpm
const notices: string[] = []
let api: Awaited<ReturnType<typeof startApi>>
let admin: string

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'sluice-hosts-'))
  npm = await startFakeNpm([{ name: 'left-pad', version: '1.3.0', files: { 'index.js': 'module.exports = 1\n' } }, { name: 'left-pad', version: '1.2.0', files: { 'index.js': 'module.exports = 2\n' } }])
  gate = await startGate({ data, sources: { npm: { url: npm.url, sumdb: null } }, onNotice: (notice) => void notices.push(`${notice.kind} ${notice.title}`) })
  api = await startApi(gate.app)
  admin = (await gate.app.tokens.create({ name: 'admin', scopes: ['admin'], expiresAt: null })).secret
})

afterAll(async () => {
  await api.close()
  await gate.close()
  await npm.close()
  await rm(data, { recursive: true, force: true })
})

const tokenFor = async (host?: string) => (await gate.app.tokens.create({ name: `of ${host?.replace('*', 'any') ?? 'nobody yet'}`, scopes: ['host'], expiresAt: null, host })).secret
async function post(token: string, body: Uint8Array, { path = 'hosts/events', coding, type = 'application/x-ndjson' }: { path?: string; coding?: string; type?: string } = {}) {
  const answer = await fetch(`${api.origin}/api/v1/${path}`, { method: 'POST', body: Buffer.from(body), headers: { authorization: `Bearer ${token}`, 'content-type': type, ...(coding === undefined ? {} : { 'content-encoding': coding }) } })
  return { status: answer.status, retryAfter: answer.headers.get('retry-after'), body: JSON.parse(await answer.text()) as BatchAnswer & { error: string } }
}
async function read<T>(path: string, token = admin): Promise<T> {
  const answer = await fetch(`${api.origin}/api/v1/${path}`, { headers: { authorization: `Bearer ${token}` } })
  return JSON.parse(await answer.text()) as T
}
interface Shown { items: { name: string; version: string; place: string; goneAt: string | null; firstAt: string; delivered: string }[]; runs: { name: string; count: number }[]; problems: { says: string }[]; refused: number; packages: number; tokens: string[]; completeAt: string | null }

/** A machine that tells things. */
async function machine(name: string) {
  const token = await tokenFor(name)
  const spool = randomUUID()
  let sequence = 0
  const event = (more: Partial<HostEvent> = {}): HostEvent => hostEvent({ id: randomUUID(), host: name, at: new Date(), ...more })
  return {
    token, spool, event,
    lines: (events: readonly HostEvent[]) => events.map((one) => ({ sequence: sequence++, event: one })),
    tell(events: readonly HostEvent[], { coding = 'gzip', complete }: { coding?: Coding; complete?: string } = {}) {
      return this.send(this.lines(events), { coding, ...(complete === undefined ? {} : { complete }) })
    },
    send: (lines: readonly { sequence: number; event: HostEvent }[], { coding = 'gzip', complete }: { coding?: Coding; complete?: string } = {}) =>
      post(token, writeBatch({ host: name, spool, ...(complete === undefined ? {} : { complete }) }, lines, coding), coding === 'identity' ? {} : { coding }),
    show: (gone = false) => read<Shown>(`hosts/${name}?gone=${gone}`),
  }
}

const left = (version: string, place = '/srv/app/node_modules/left-pad') => ({ package: { ecosystem: 'npm' as const, name: 'left-pad', version, digest: null }, place })

describe('what a machine tells', () => {
  it.each(['identity', 'gzip', 'zstd'] as const)('is taken once, however often it comes: %s', async (coding) => {
    const one = await machine(`once-${coding}`)
    const lines = one.lines([one.event(), one.event({ kind: 'ran', source: 'watch' }), one.event({ kind: 'alarm', act: hostAct(), source: 'guard' })])
    expect((await one.send(lines, { coding })).body).toMatchObject({ known: false, upTo: 2, taken: 3, duplicates: 0, refusedTotal: 0 })
    expect((await one.send(lines, { coding })).body).toMatchObject({ known: true, upTo: 2, taken: 0, duplicates: 3 })
    // The same events from a spool that begins anew.
    const again = await post(one.token, writeBatch({ host: `once-${coding}`, spool: randomUUID() }, lines.slice(1), 'identity'))
    expect(again.body).toMatchObject({ known: false, taken: 0, duplicates: 2 })
    expect(await one.show()).toMatchObject({ packages: 1, refused: 0, items: [{ name: 'left-pad', version: '1.3.0', delivered: 'never' }], runs: [{ name: 'left-pad', count: 1 }] })
    expect(await read<unknown[]>(`hosts/events?host=once-${coding}`)).toMatchObject([{ event: { kind: 'alarm' } }, { event: { kind: 'ran' } }])
  })

  it('comes in any order, and the latest word counts', async () => {
    const one = await machine('order')
    const at = (minutes: number) => new Date(Date.now() - minutes * 60_000)
    const [first, second] = [one.lines([one.event({ ...left('1.0.0'), at: at(30) })]), one.lines([one.event({ kind: 'removed', source: 'watch', ...left('1.0.0'), at: at(10) }), one.event({ ...left('2.0.0'), at: at(10) })])]
    await one.send(second)
    expect((await one.send(first)).body).toMatchObject({ taken: 1, duplicates: 0 })
    expect((await one.show()).items.map(({ version }) => version)).toEqual(['2.0.0'])
    const [gone] = (await one.show(true)).items
    expect([gone?.version, gone?.goneAt !== null, Date.parse(gone?.firstAt ?? '') < Date.now() - 29 * 60_000]).toEqual(['1.0.0', true, true])
  })

  it('ends what a whole inventory did not find again', async () => {
    const one = await machine('whole')
    const session = randomUUID()
    await one.tell([one.event({ ...left('1.0.0'), at: new Date(Date.now() - 60_000) }), one.event({ ...left('1.0.0', '/srv/other'), at: new Date(Date.now() - 60_000) })])
    expect((await one.tell([one.event({ ...left('1.0.0'), session })], { complete: session })).body).toMatchObject({ taken: 1, ended: 1 })
    expect(await one.show()).toMatchObject({ packages: 1, items: [{ place: '/srv/app/node_modules/left-pad' }], completeAt: expect.any(String) as string })
  })

  it('ends nothing that it found again with a clock that went back, and all where it found nothing', async () => {
    const one = await machine('battery')
    const tell = (session: string, at: Date) => one.tell([one.event({ ...left('1.0.0'), session, at }), one.event({ ...left('1.0.0', '/srv/other'), session, at })], { complete: session })
    await tell(randomUUID(), new Date())
    expect((await tell(randomUUID(), new Date(Date.now() - 90 * DAY))).body).toMatchObject({ taken: 2, ended: 0 })
    expect(await one.show()).toMatchObject({ packages: 2 })
    expect((await one.tell([], { complete: randomUUID() })).body).toMatchObject({ ended: 2 })
  })

  it('keeps up to date what is known where there is no room for more', async () => {
    const one = await machine('full')
    await one.tell([one.event(left('1.0.0')), one.event(left('2.0.0'))])
    const { database } = gate.app.context
    const { id } = await database.query.selectFrom('hosts').select('id').where('name', '=', 'full').executeTakeFirstOrThrow()
    const told = ['3.0.0', '1.0.0'].map((version) => ({ event: one.event({ ...left(version), session: 'later' }), at: Date.now() }))
    expect(await database.transaction((tx) => keepPackages(tx, id, told, 2))).toBe(1)
    expect(await database.query.selectFrom('host_packages').select(['version', 'session']).where('host', '=', id).orderBy('version').execute()).toEqual([{ version: '1.0.0', session: 'later' }, { version: '2.0.0', session: null }])
  })

  it('is within what can be true, whatever its clock says', async () => {
    const one = await machine('clock')
    await one.tell([one.event({ kind: 'alarm', says: 'future', at: new Date(Date.now() + 400 * DAY) }), one.event({ kind: 'alarm', says: 'late', at: new Date(Date.now() - 30 * DAY) }), one.event({ kind: 'alarm', says: 'never', at: new Date(0) }), one.event({ ...left('9.0.0'), at: new Date(Date.now() + 400 * DAY) })])
    const events = await read<{ at: string; clock: string | null; event: { says: string } }[]>('hosts/events?host=clock')
    expect(Object.fromEntries(events.map(({ clock, event }) => [event.says, clock]))).toEqual({ future: 'future', late: 'late', never: 'late' })
    expect(events.every(({ at }) => Date.parse(at) <= Date.now() && Date.parse(at) > Date.now() - 401 * DAY)).toBe(true)
    // What claims to come from the future does not outlast the present.
    await one.tell([one.event({ kind: 'removed', source: 'watch', ...left('9.0.0') })])
    expect((await one.show()).items).toEqual([])
  })
})

describe('what is refused', () => {
  it('is what is said of another machine', async () => {
    const [one, two] = [await machine('mine'), await machine('yours')]
    expect((await one.tell([one.event(), one.event({ host: 'yours', ...left('6.6.6') })])).body).toMatchObject({ taken: 1, refusedTotal: 1, refused: [{ sequence: 1, says: 'an event of another machine: yours' }] })
    await two.tell([two.event()])
    const forged = await post(one.token, writeBatch({ host: 'yours', spool: randomUUID() }, [{ sequence: 0, event: two.event(left('6.6.6')) }], 'gzip'), { coding: 'gzip' })
    expect([forged.status, forged.body.error]).toEqual([403, 'this token speaks for mine, not for yours'])
    expect((await two.show()).items.map(({ version }) => version)).toEqual(['1.3.0'])
    expect(await one.show()).toMatchObject({ refused: 2, problems: [{ says: 'an event of another machine: yours' }, { says: 'a batch that claims to be of yours came with the token of this machine' }] })
  })

  it('is a second token that takes a name at its first word', async () => {
    const [token, other] = [await tokenFor(), await tokenFor()]
    const batch = (host: string) => writeBatch({ host, spool: randomUUID() }, [{ sequence: 0, event: hostEvent({ id: randomUUID(), host }) }], 'identity')
    expect((await post(token, batch('First'))).status).toBe(200)
    expect((await post(token, batch('second'))).body.error).toBe('this token speaks for first, not for second')
    expect((await post(other, batch('first'))).body.error).toBe('another token speaks for first')
    expect((await post(await tokenFor('first'), batch('FIRST.'))).status).toBe(200)
    expect((await read<Shown>('hosts/first')).tokens).toHaveLength(2)
  })

  it('is what has no token for it', async () => {
    const reader = (await gate.app.tokens.create({ name: 'reader', scopes: ['read'], expiresAt: null })).secret
    const batch = writeBatch({ host: 'x', spool: randomUUID() }, [], 'identity')
    for (const token of [reader, admin, 'nonsense']) expect((await post(token, batch)).status).toBe(401)
    const one = await machine('blind')
    expect((await fetch(`${api.origin}/api/v1/hosts`, { headers: { authorization: `Bearer ${one.token}` } })).status).toBe(401)
    await expect(gate.app.tokens.create({ name: 'x', scopes: ['read'], expiresAt: null, host: 'x' })).rejects.toMatchObject({ code: 'usage' })
    await expect(gate.app.tokens.create({ name: 'x', scopes: ['host'], expiresAt: null, host: 'a b' })).rejects.toMatchObject({ code: 'usage' })
  })

  it.each<[string, number, () => Uint8Array, { coding?: string; type?: string }]>([
    ['what is no batch', 400, () => Buffer.from('hello'), {}], ['a bomb', 400, () => gzipSync(Buffer.alloc(64 * 1024 * 1024)), { coding: 'gzip' }], ['a bomb of zstd', 400, () => zstdCompressSync(Buffer.alloc(64 * 1024 * 1024)), { coding: 'zstd' }],
    ['more than is read', 413, () => Buffer.alloc(BATCH.sent + 1), {}], ['another type', 415, () => Buffer.from('{}'), { type: 'text/plain' }], ['nothing', 400, () => new Uint8Array(), {}],
    ['a host of no name', 400, () => writeBatch({ host: '../../etc', spool: randomUUID() }, [], 'identity'), {}],
  ])('is %s', async (_what, status, body, options) => {
    const one = await machine(`whole-${status}`)
    expect((await post(one.token, body(), options)).status).toBe(status)
  })

  it('does not take the rest along', async () => {
    const one = await machine('broken')
    const good = Buffer.from(writeBatch({ host: 'broken', spool: one.spool }, one.lines([one.event()]), 'identity')).toString()
    const { body } = await post(one.token, Buffer.from(`${good}{"class_uid":1007}\n{nonsense\n`))
    expect(body).toMatchObject({ taken: 1, refusedTotal: 2, refused: [{ sequence: null }, { sequence: null }] })
  })

  it('is more than one token may send, until later', async () => {
    const one = await machine('flood')
    // More than so many a minute, however slow this machine is: two a second are let through besides.
    let [taken, answer] = [0, await post(one.token, Buffer.from('x'))]
    for (; answer.status !== 429; taken += 1) answer = await post(one.token, Buffer.from('x'))
    expect([taken >= 300, answer.retryAfter]).toEqual([true, '60'])
    expect((await (await machine('calm')).tell([])).status).toBe(200)
  })
})

describe('other programs', () => {
  const falco = (hostname: string) => ({ hostname, rule: 'Read sensitive file untrusted', priority: 'Warning', time: new Date().toISOString(), output: 'a file was read', output_fields: { 'evt.type': 'openat', 'fd.name': '/etc/shadow', 'proc.pid': 7, 'proc.exepath': '/usr/bin/node', 'proc.cwd': '/srv/app/node_modules/evil/', 'user.name': 'ada' } })
  it('tell of their machine, or of many with a token for that', async () => {
    const [own, any] = [await tokenFor('node-1'), await tokenFor('*')]
    const bytes = (value: unknown) => Buffer.from(JSON.stringify(value))
    const json = { path: 'hosts/falco', type: 'application/json' }
    expect(await post(own, bytes(falco('node-1')), json)).toMatchObject({ status: 200, body: { hosts: [{ name: 'node-1', taken: 1 }], refusedTotal: 0 } })
    expect((await post(own, bytes(falco('node-2')), json)).status).toBe(403)
    const both = bytes([falco('node-2'), falco('node-3'), { nonsense: true }])
    expect(await post(any, both, json)).toMatchObject({ status: 200, body: { hosts: [{ name: 'node-2', taken: 1 }, { name: 'node-3', taken: 1 }], refusedTotal: 1 } })
    expect(await post(any, both, json)).toMatchObject({ body: { hosts: [{ taken: 0, duplicates: 1 }, { taken: 0, duplicates: 1 }] } })
    expect(await read('hosts/events?host=node-2')).toMatchObject([{ event: { kind: 'alarm', source: 'falco', package: { name: 'evil' }, act: { kind: 'read', target: '/etc/shadow' } } }])
  })

  it('tell what is installed', async () => {
    const token = await tokenFor('node-4')
    const line = { name: 'pack_acme_npm_packages', hostIdentifier: 'node-4', unixTime: String(Math.floor(Date.now() / 1_000)), epoch: '0', counter: '0', action: 'snapshot', snapshot: [{ name: 'left-pad', version: '1.3.0', path: '/srv/node_modules/left-pad/package.json' }] }
    expect((await post(token, Buffer.from(JSON.stringify(line)), { path: 'hosts/osquery', type: 'application/json' })).body).toMatchObject({ hosts: [{ taken: 1 }] })
    expect((await read<Shown>('hosts/node-4')).items).toMatchObject([{ name: 'left-pad', version: '1.3.0' }])
  })
})

describe('who has it', () => {
  it('is named where it is recalled, and what came past the gate is said', async () => {
    const [one, two] = [await machine('has-it'), await machine('has-another')]
    await fetch(`${gate.npm}left-pad/-/left-pad-1.3.0.tgz`).then((answer) => answer.arrayBuffer())
    await one.tell([one.event(left('1.3.0')), one.event({ kind: 'ran', source: 'guard', ...left('1.3.0') }), one.event(left('6.6.6', '/srv/past'))])
    await two.tell([two.event(left('1.2.0'))])
    const trace = await read<{ receivers: { kind: string; host: string; version: string; delivered: string }[] }>('trace?package=npm:left-pad&kind=installed&kind=ran')
    const of = (name: string) => trace.receivers.filter(({ host }) => host === name).map(({ kind, version, delivered }) => `${kind} ${version} ${delivered}`).sort()
    expect(of('has-it')).toEqual(['installed 1.3.0 elsewhere', 'installed 6.6.6 never', 'ran 1.3.0 elsewhere'])
    expect(of('has-another')).toEqual(['installed 1.2.0 never'])
    const { id } = await gate.app.operator.order({ ecosystem: 'npm', name: 'left-pad', version: '1.3.0', digest: null, action: 'recall', because: 'SEC-9', by: 'ann', expiresAt: null })
    const { recalledNotice } = await import('../src/recall/notice.ts')
    const { exposureOf } = await import('../src/ledger/exposure.ts')
    const exposure = await exposureOf(gate.app.context.database, [{ ecosystem: 'npm', name: 'left-pad', version: '1.3.0', digest: null }])
    const { text } = recalledNotice({ id, ecosystem: 'npm', name: 'left-pad', cause: 'order', reference: id, because: 'SEC-9', by: 'ann', at: new Date(), subjects: [{ ecosystem: 'npm', name: 'left-pad', version: '1.3.0', digest: null }], totals: null, quiet: false, toldAt: null }, { tombstones: [], exposure, at: new Date() })
    expect(text).toMatch(/Who met it: \d+ ran it, \d+ have it installed/)
    expect(text).toMatch(/ran left-pad@1\.3\.0: in guard: \/srv\/app\/node_modules\/left-pad, host has-it; 1×/)
    expect(text).toMatch(/installed left-pad@1\.3\.0: in inventory: \/srv\/app\/node_modules\/left-pad, host has-it; 1×/)
    expect(text).not.toContain('has-another')
    const shown = await sluice(['trace', 'npm:left-pad@6.6.6', '--server', api.origin], { env: { SLUICE_TOKEN: admin } })
    expect(shown.out).toMatch(/has-it inventory: \/srv\/past .*installed past the gate/)
    const checked = await fetch(`${api.origin}/api/v1/check`, { method: 'POST', headers: { 'authorization': `Bearer ${admin}`, 'content-type': 'application/json' }, body: JSON.stringify({ packages: [{ ecosystem: 'npm', name: 'left-pad', version: '1.3.0' }] }) })
    expect(await checked.json()).toMatchObject({ packages: [{ against: [{ kind: 'recalled' }], machines: Number(/(\d+) have it installed/.exec(text)?.[1]) }] })
    const page = await sluice(['report', 'exposure', 'npm:left-pad@6.6.6', '--server', api.origin], { env: { SLUICE_TOKEN: admin } })
    expect(page.out).toMatch(/Machines that say so[^]*By their own word 1 machine has it installed; of 1 row this gate never delivered[^]*has-it[^]*never delivered/)
    const csv = await sluice(['trace', 'npm:left-pad@6.6.6', '--csv', '--server', api.origin], { env: { SLUICE_TOKEN: admin } })
    expect(csv.out).toMatch(/"installed","npm","left-pad","6\.6\.6",.*"has-it".*"never delivered by this gate"/)
  })

  it('is told to people where it was taken back before, and so are alarms', async () => {
    const { database } = gate.app.context
    await database.query.insertInto('advisories').values({ id: 'MAL-1', ecosystem: 'npm', name: 'evil', malicious: 1, summary: 'steals', versions: '["1.0.1"]', ranges: '[]', severity: null, url: null, source: 'test', modified: 1, withdrawn: null, tlp: 'clear' }).execute()
    const one = await machine('late-to-it')
    notices.length = 0
    const evil = (version: string) => ({ package: { ecosystem: 'npm' as const, name: 'evil', version, digest: null } })
    await one.tell([one.event(evil('1.0.0')), one.event(evil('1.0.1')), one.event({ kind: 'blocked', source: 'guard', says: 'evil read ~/.npmrc' })])
    // What was recalled before is told whenever deliveries have ended.
    const alarms = (): string[] => notices.filter((one) => one.startsWith('alarm '))
    expect(alarms()).toEqual(['alarm 1 alarm on late-to-it', 'alarm late-to-it has npm evil 1.0.1'])
    notices.length = 0
    await one.tell([one.event({ ...evil('1.0.1'), kind: 'ran', source: 'watch' })])
    expect(alarms()).toEqual(['alarm late-to-it ran npm evil 1.0.1'])
  })

  it('is shown by machine', async () => {
    const list = await sluice(['hosts', 'list', '--server', api.origin], { env: { SLUICE_TOKEN: admin } })
    expect(list.out).toMatch(/^MACHINE +PACKAGES[^]*\nhas-it +2 /)
    const shown = await sluice(['hosts', 'show', 'HAS-IT', '--server', api.origin], { env: { SLUICE_TOKEN: admin } })
    expect(shown.out).toMatch(/npm:left-pad@6\.6\.6 +nobody/)
    expect(shown.out).not.toMatch(/npm:left-pad@1\.3\.0 +others/)
    expect(shown.err).toContain('1 of them were never delivered by this gate')
    expect((await sluice(['hosts', 'show', 'nobody', '--server', api.origin], { env: { SLUICE_TOKEN: admin } })).code).toBe(1)
    const told = await sluice(['hosts', 'events', 'mine', '--kind', 'alarm', '--data', data], { gate: { data } })
    expect(told.err).toContain('Nothing of that was told')
  })
})

describe('forgetting', () => {
  it('takes a machine with all it said, and a user out of what machines said', async () => {
    const [one, two] = [await machine('gone'), await machine('stays')]
    await one.tell([one.event()])
    await two.tell([two.event({ place: '/home/ada/app/node_modules/left-pad' }), two.event({ kind: 'alarm', source: 'guard', place: '/home/ada/.npmrc', says: 'x read /home/ada/.npmrc', act: hostAct({ kind: 'read', target: '/home/ada/.npmrc' }) })])
    await gate.app.operator.forget({ user: 'ada' }, { by: 'ann', because: 'asked' })
    expect(JSON.stringify([await two.show(), await read('hosts/events?host=stays')])).not.toMatch(/\bada\b/)
    expect(await read('hosts/events?host=stays')).toMatchObject([{ event: { user: null, place: '/home/…/.npmrc', act: { target: '/home/…/.npmrc' } } }])
    await gate.app.operator.forget({ host: 'gone' }, { by: 'ann', because: 'asked' })
    expect(await read('hosts/gone')).toMatchObject({ error: 'no machine called gone has told anything' })
    expect((await two.show()).items).toHaveLength(1)
  })

  it('leaves no token that could speak for somebody else', async () => {
    const [kept, ended] = [await machine('forgotten'), await machine('retired')]
    await kept.tell([kept.event()])
    await ended.tell([ended.event()])
    const as = (token: string, host: string) => post(token, writeBatch({ host, spool: randomUUID() }, [{ sequence: 0, event: hostEvent({ id: randomUUID(), host }) }], 'identity'))
    await gate.app.operator.forget({ host: 'forgotten' }, { by: 'ann', because: 'asked' })
    expect((await as(kept.token, 'never-seen')).body.error).toBe('this token speaks for forgotten, not for never-seen')
    expect((await fetch(`${api.origin}/api/v1/hosts/retired`, { method: 'DELETE', headers: { authorization: `Bearer ${admin}` } })).status).toBe(200)
    const { tokens } = gate.app
    expect((await tokens.list()).find(({ name }) => name === 'of retired')?.revokedAt).toBeInstanceOf(Date)
    expect([401, 403]).toContain((await as(ended.token, 'retired')).status)
    expect((await read<{ name: string }[]>('hosts')).map(({ name }) => name)).not.toContain('retired')
    await gate.app.context.database.query.deleteFrom('hosts').execute()
  })

  it('is by age, too', async () => {
    const one = await machine('old')
    await one.tell([one.event(), one.event({ kind: 'alarm', source: 'guard' })])
    const { pruneHosts } = await import('../src/host/ingest/forget.ts')
    const keep = { events: DAY, gone: DAY, silent: 10 * DAY, mostEvents: 100, users: null, hosts: null }
    await pruneHosts(gate.app.context.database, keep, new Date(Date.now() + 2 * DAY))
    expect([await read<unknown[]>('hosts/events?host=old'), (await one.show()).items.length]).toEqual([[], 1])
    await pruneHosts(gate.app.context.database, keep, new Date(Date.now() + 11 * DAY))
    expect(await read('hosts')).toEqual([])
  })
})
