import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { suspectBytes } from '../src/admission/suspects.ts'
import type { Policy } from '../src/core/policy.ts'
import type { Notice } from '../src/ports/notifier.ts'
import { startFakeNpm } from './fakes/npm.ts'
import type { FakeNpm } from './fakes/npm.ts'
import { startFakePypi } from './fakes/pypi.ts'
import type { FakePypi } from './fakes/pypi.ts'
import { startGate } from './harness/gate.ts'
import type { Gate, GateOptions } from './harness/gate.ts'

const HOUR = 3_600_000
const CONFIRM = 600_000

let npm: FakeNpm
let pypi: FakePypi
let data: string
let now: number
let notices: Notice[]
const gates: Gate[] = []

beforeEach(async () => {
  now = Date.parse('2024-03-05T01:09:00Z')
  notices = []
  npm = await startFakeNpm([], { remembers: true })
  pypi = await startFakePypi()
  data = await mkdtemp(join(tmpdir(), 'sluice-recheck-'))
})
afterEach(async () => {
  for (const gate of gates.splice(0)) await gate.close()
  await Promise.all([npm.close(), pypi.close(), rm(data, { recursive: true, force: true })])
})

async function start(options: GateOptions = {}): Promise<Gate> {
  const gate = await startGate({
    data, sources: { npm: { url: npm.url, sumdb: null }, pypi: { url: pypi.index, sumdb: null } }, origins: [pypi.files.url],
    clock: { now: () => new Date(now) }, onNotice: (notice) => notices.push(notice), ...options,
  })
  gates.push(gate)
  return gate
}
const stop = async (gate: Gate): Promise<void> => {
  gates.splice(gates.indexOf(gate), 1)
  await gate.close()
}
const status = async (url: string, headers: Record<string, string> = {}): Promise<number> => {
  const response = await fetch(url, { headers })
  await response.arrayBuffer()
  return response.status
}
const has = async (gate: Gate, name: string, ...versions: string[]): Promise<void> => {
  for (const version of versions) await npm.addVersion({ name, version })
  for (const version of versions) expect(await status(`${gate.npm}${name}/-/${name}-${version}.tgz`)).toBe(200)
}
const known = (gate: Gate, name: string) => gate.app.reviews.recheck('npm', name)
const bytes = (gate: Gate, name: string, version = '1.0.0') => status(`${gate.npm}${name}/-/${name}-${version}.tgz`)
/** A version that is gone, and believed to be. */
async function gone(gate: Gate, name: string, version: string): Promise<string> {
  await known(gate, name)
  npm.removeVersion(name, version)
  await known(gate, name)
  now += CONFIRM
  return (await known(gate, name)).reviews[0]?.id as string
}
const rows = (gate: Gate) => gate.app.context.database.query.selectFrom('reviews').select(['name', 'matter', 'state', 'outcome']).orderBy('opened_at').execute()
const alarms = async (gate: Gate) => (await gate.app.lookout.alarms({ open: true })).map(({ subject }) => subject)

describe('case A: removed 40 hours after its upload, and no client asks again', () => {
  it('is found, held, and named with who received it', async () => {
    const gate = await start()
    const { file } = pypi.add('yocolor', { version: '0.4.6', uploadTime: '2024-03-05T01:09:00Z', files: { 'yocolor/__init__.py': 'RED = 31\n' } })
    now += 2 * HOUR
    const { secret } = await gate.app.tokens.create({ name: 'build-7', scopes: ['read'], expiresAt: null })
    expect(await status(`${gate.origin}/pypi/files/yocolor/${file}`, { authorization: `Bearer ${secret}` })).toBe(200)
    await gate.app.reviews.enrol()
    expect([await gate.app.reviews.turn(), await gate.app.reviews.turn()]).toEqual([1, 0])

    now = Date.parse('2024-03-06T17:16:00Z')
    pypi.remove('yocolor')
    for (let hour = 0; hour < 3; hour++) {
      while (await gate.app.reviews.turn() > 0) { /* the next one */ }
      now += HOUR
    }
    const [review] = await gate.app.reviews.list()
    expect(review).toMatchObject({ ecosystem: 'pypi', name: 'yocolor', kind: 'removed', versions: null, severity: 'high', says: expect.stringMatching(/pypi:yocolor was removed upstream, noticed 4\d h after it was published: the whole package is gone: upstream answers 404/) })
    expect(review?.evidence.looks.map((look) => look.status)).toEqual([404, 404, 404])
    const { exposure } = await gate.app.reviews.show(review?.id as string)
    expect(exposure.met.filter(({ contact }) => contact === 'served')).toMatchObject([{ token: 'build-7', count: 1 }])
    expect(notices).toHaveLength(1)
    expect(notices[0]).toMatchObject({ kind: 'alarm', title: expect.stringContaining('yocolor'), text: expect.stringContaining('received by build-7'), data: { severity: 'high', what: 'removed' } })
    expect(await status(`${gate.origin}/pypi/files/yocolor/${file}`, { authorization: `Bearer ${secret}` })).toBe(403)
  })
})

describe('a person\'s word', () => {
  it.each([['malicious', 403, 'recall'], ['harmless', 200, 'release'], ['held', 403, 'hold']] as const)('%s', async (outcome, answered, action) => {
    const gate = await start()
    await has(gate, 'up', '1.0.0', '1.1.0')
    const id = await gone(gate, 'up', '1.1.0')
    expect(await bytes(gate, 'up', '1.1.0')).toBe(403)
    await expect(gate.app.reviews.close(id, { outcome, because: '  ', by: 'ann' })).rejects.toMatchObject({ code: 'usage' })
    expect(await gate.app.reviews.close(id.slice(0, 8), { outcome, because: 'looked at it', by: 'ann' })).toMatchObject({ orders: 1, review: { state: 'closed', outcome, by: 'ann' } })
    expect(await gate.app.operator.orders()).toMatchObject([{ action, version: '1.1.0', because: expect.stringContaining(`looked at it (review ${id.slice(0, 8)})`), by: 'ann' }])
    expect([await bytes(gate, 'up', '1.1.0'), await bytes(gate, 'up', '1.0.0')]).toEqual([answered, 200])
    expect(await alarms(gate)).toEqual([])
    await expect(gate.app.reviews.close(id, { outcome, because: 'again', by: 'ann' })).rejects.toMatchObject({ code: 'not-found' })
    // The same removal is no new matter.
    now += HOUR
    await known(gate, 'up')
    now += CONFIRM
    await known(gate, 'up')
    expect(await rows(gate)).toHaveLength(1)
  })

  it('on other bytes releases those that were first seen, and no others', async () => {
    const gate = await start()
    await has(gate, 'up', '1.0.0')
    await known(gate, 'up')
    await npm.swap({ name: 'up', version: '1.0.0', files: { 'index.js': 'module.exports = 2\n' } }, true)
    const { reviews: [review] } = await known(gate, 'up')
    await gate.app.reviews.close(review?.id as string, { outcome: 'harmless', because: 'rebuilt', by: 'ann' })
    const [first] = (await gate.app.reviews.show(review?.id as string)).evidence.bytes
    expect((await gate.app.operator.orders())[0]).toMatchObject({ action: 'release', digest: first?.first })
    const response = await fetch(`${gate.npm}up/-/up-1.0.0.tgz`)
    const served = Buffer.from(await response.arrayBuffer())
    const { createHash } = await import('node:crypto')
    expect([response.status, `sha256:${createHash('sha256').update(served).digest('hex')}`]).toEqual([200, first?.first])
    // Other bytes again are another matter.
    await npm.swap({ name: 'up', version: '1.0.0', files: { 'index.js': 'module.exports = 3\n' } }, true)
    now += HOUR
    expect((await known(gate, 'up')).reviews).toMatchObject([{ matter: 'changed', state: 'open' }])
  })
})

describe('policy', () => {
  const policy = async (gate: Gate, changed: Partial<Policy>): Promise<void> => gate.app.setPolicy({ ...gate.app.context.policy(), id: JSON.stringify(changed), ...changed })

  it('may serve what is gone, never what the registry itself called malware', async () => {
    const gate = await start()
    await policy(gate, { removedUpstream: 'serve' })
    await has(gate, 'left', '1.0.0')
    await has(gate, 'bad', '1.0.0')
    await gone(gate, 'left', '1.0.0')
    await known(gate, 'bad')
    await npm.placehold('bad')
    await known(gate, 'bad')
    expect([await bytes(gate, 'left'), await bytes(gate, 'bad')]).toEqual([200, 403])
    await policy(gate, { removedUpstream: 'hold' })
    expect(await bytes(gate, 'left')).toBe(403)
  })

  it('may recall at once what the registry called malware, and only that', async () => {
    const gate = await start()
    await policy(gate, { quarantinedUpstream: 'recall' })
    await has(gate, 'left', '1.0.0')
    await has(gate, 'bad', '1.0.0')
    await gone(gate, 'left', '1.0.0')
    await known(gate, 'bad')
    await npm.placehold('bad')
    await known(gate, 'bad')
    expect((await gate.app.operator.orders()).map(({ name, version, action, by }) => [name, version, action, by])).toEqual([['bad', null, 'recall', 'policy']])
    expect((await rows(gate)).map(({ name, state, outcome }) => [name, state, outcome])).toEqual([['left', 'open', null], ['bad', 'closed', 'malicious']])
    await gate.app.reviews.tell()
    expect(await gate.app.operator.orders()).toHaveLength(1)
  })
})

describe('a matter that gets worse', () => {
  it('is told again once the registry calls it malware, in place of what was told before', async () => {
    const gate = await start()
    await has(gate, 'worse', '1.0.0', '1.1.0')
    const id = await gone(gate, 'worse', '1.1.0')
    expect(await alarms(gate)).toEqual(['upstream removed npm:worse'])
    await npm.placehold('worse')
    now += HOUR
    expect((await known(gate, 'worse')).reviews).toMatchObject([{ id, kind: 'placeholder', versions: null }])
    expect([await alarms(gate), notices.length]).toEqual([['upstream malware npm:worse'], 2])
    expect(await rows(gate)).toHaveLength(1)
  })

  it('is looked at soon when somebody asks for what is gone', async () => {
    const gate = await start({ limits: { fresh: 0, stale: 0 } })
    await has(gate, 'asked', '1.0.0', '1.1.0')
    await known(gate, 'asked')
    npm.removeVersion('asked', '1.1.0')
    now += 20 * 60_000
    expect(await gate.app.reviews.turn()).toBe(0)
    expect(await status(`${gate.npm}asked`)).toBe(200)
    expect(await bytes(gate, 'asked', '1.1.0')).toBe(403)
    await vi.waitUntil(async () => await gate.app.reviews.turn() === 1, { timeout: 50_000 })
    // Asked again and again, it is looked at when its time has come.
    expect(await bytes(gate, 'asked', '1.1.0')).toBe(403)
    expect(await gate.app.reviews.turn()).toBe(0)
  })
})

describe('what stands in inventories only', () => {
  const lock = async (gate: Gate, name: string, version: string): Promise<void> => {
    const { query } = gate.app.context.database
    await query.insertInto('inventories').values({ id: `i ${name}`, service: 's', source: `${name}.lock`, format: 'x', digest: '', revision: null, packages: 1, problems: '[]', by: 'ann', first_at: now, last_at: now }).execute()
    await query.insertInto('inventory_items').values({ inventory: `i ${name}`, ecosystem: 'npm', name, version, direct: 1, path: '[]', digests: '[]', first_at: now, last_at: now, gone_at: null }).execute()
  }

  it('is looked after as well: a placeholder is told; a removal of what was once seen there is one; what never was there is a note', async () => {
    const gate = await start()
    for (const name of ['seen', 'malware']) await npm.addVersion({ name, version: '1.0.0' })
    await npm.addVersion({ name: 'never', version: '1.0.0' })
    await lock(gate, 'seen', '1.0.0')
    await lock(gate, 'malware', '1.0.0')
    await lock(gate, 'never', '9.9.9')
    await gate.app.reviews.enrol()
    while (await gate.app.reviews.turn() > 0) { /* the next one */ }
    expect((await rows(gate)).map(({ name, matter, state }) => [name, matter, state])).toEqual([['never', 'note', 'noted']])
    await npm.addVersion({ name: 'seen', version: '2.0.0' })
    npm.removeVersion('seen', '1.0.0')
    await npm.placehold('malware')
    for (const wait of [27 * HOUR, CONFIRM]) {
      now += wait
      while (await gate.app.reviews.turn() > 0) { /* the next one */ }
    }
    expect((await gate.app.reviews.list()).map(({ name, kind }) => `${name} ${kind}`).sort()).toEqual(['malware placeholder', 'seen removed'])
  })
})

describe('a crash', () => {
  it.each(['ledger', 'notifier', 'saving'] as const)('at the %s repeats a step and loses nothing', async (step) => {
    let killed = false
    let gate = await start({ onNotice: (notice) => { if (step === 'notifier' && !killed) { killed = true; throw new Error('killed') } notices.push(notice) } })
    await has(gate, 'bad', '1.0.0')
    await known(gate, 'bad')
    await npm.placehold('bad')
    const { ledger, database } = gate.app.context
    if (step === 'ledger') vi.spyOn(ledger, 'append').mockRejectedValueOnce(new Error('killed'))
    if (step === 'saving') {
      // Everything but the last step, which moves the schedule on.
      const transaction = database.transaction.bind(database)
      vi.spyOn(database, 'transaction').mockImplementation(async (work) => transaction(async (tx) => {
        const done = await work(tx)
        const open = await tx.selectFrom('reviews').select('id').executeTakeFirst()
        const told = await tx.selectFrom('alarms').select('id').executeTakeFirst()
        if (open && !told && !killed) killed = true
        else if (killed) throw new Error('killed')
        return done
      }))
    }
    await expect(known(gate, 'bad')).rejects.toThrow('killed')
    vi.restoreAllMocks()
    await stop(gate)
    gate = await start()
    now += 2 * HOUR
    await gate.app.reviews.enrol()
    while (await gate.app.reviews.turn() > 0) { /* the next one */ }
    await gate.app.reviews.tell()
    expect(await rows(gate)).toMatchObject([{ name: 'bad', state: 'open' }])
    expect([await alarms(gate), notices.length, await bytes(gate, 'bad')]).toEqual([['upstream malware npm:bad'], 1, 403])
    const held = (await gate.app.operator.trace({ ecosystem: 'npm', name: 'bad' }, { kinds: ['decided'] })).lines.filter(({ entry }) => entry.by === 'recheck')
    expect(held.length).toBeGreaterThanOrEqual(1)
  })
})

describe('two gates on one data folder', () => {
  it('make one review and one alarm of one matter, and both refuse at once', async () => {
    const [one, other] = [await start(), await start()]
    await has(one, 'bad', '1.0.0')
    expect(await bytes(other, 'bad')).toBe(200)
    await Promise.all([known(one, 'bad'), known(other, 'bad')])
    await npm.placehold('bad')
    await Promise.all([known(one, 'bad'), known(other, 'bad')])
    expect(await rows(one)).toHaveLength(1)
    expect(await alarms(one)).toHaveLength(1)
    expect(new Set(notices.map(({ id }) => id)).size).toBe(1)
    await vi.waitUntil(async () => await bytes(one, 'bad') === 403 && await bytes(other, 'bad') === 403, { timeout: 50_000 })
  })
})

describe('by itself', () => {
  it('a running gate finds it, on one of two gates', async () => {
    const watch = { budget: 0, feeds: { npm: 'off', pypi: 'off', go: 'off' } }
    const options = { watch, recheck: { budget: 6_000, recent: 50, confirm: 100, rest: 1_000 }, clock: { now: () => new Date() } }
    const [one, other] = [await start(options), await start(options)]
    await has(one, 'up', '1.0.0', '1.1.0')
    await vi.waitUntil(async () => (await one.app.reviews.status()).packages === 1 || (await one.app.reviews.enrol(), false), { timeout: 50_000 })
    await vi.waitUntil(async () => (await one.app.reviews.status()).unseen === 0, { timeout: 50_000 })
    npm.removeVersion('up', '1.1.0')
    await vi.waitUntil(async () => (await one.app.reviews.list()).length === 1, { timeout: 50_000 })
    await vi.waitUntil(() => notices.length === 1, { timeout: 50_000 })
    const looked = await Promise.all([one, other].map(async ({ app }) => (await app.reviews.status()).looked ?? 0))
    expect(looked.filter((count) => count > 0)).toHaveLength(1)
  })

  it('leaves a registry alone that is in trouble, and looks at the others', async () => {
    const gate = await start()
    await has(gate, 'up', '1.0.0')
    const { file } = pypi.add('thing', { version: '1.0' })
    expect(await status(`${gate.origin}/pypi/files/thing/${file}`)).toBe(200)
    for (const name of ['a', 'b', 'c', 'd', 'e']) await has(gate, name, '1.0.0')
    await gate.app.reviews.enrol()
    for (const name of ['up', 'a', 'b', 'c', 'd', 'e']) npm.behaviour.set(`/${name}`, { status: 503 })
    npm.clear()
    let turns = 0
    while (await gate.app.reviews.turn() > 0) turns++
    expect([turns, npm.requests.length]).toEqual([4, 3])
    const { registries, due } = await gate.app.reviews.status()
    expect(registries).toMatchObject([{ ecosystem: 'npm', state: 'in trouble', pausedUntil: expect.any(Date), problem: 'upstream answered 503' }, { ecosystem: 'pypi', state: 'answering' }])
    expect(due).toBeGreaterThan(0)
    for (const name of ['up', 'a', 'b', 'c', 'd', 'e']) npm.behaviour.delete(`/${name}`)
    now += 2 * HOUR
    while (await gate.app.reviews.turn() > 0) { /* the next one */ }
    expect(await gate.app.reviews.status()).toMatchObject({ unseen: 0, due: 0, openReviews: 0 })
  })

  it('looks no more often than its budget says', async () => {
    const gate = await start({ recheck: { budget: 3 } })
    for (const name of ['a', 'b', 'c', 'd', 'e']) await has(gate, name, '1.0.0')
    await gate.app.reviews.enrol()
    const turns = async (): Promise<number> => { let count = 0; while (await gate.app.reviews.turn() > 0) count++; return count }
    expect(await turns()).toBe(3)
    now += 20_000
    expect(await turns()).toBe(1)
  })
})

describe('files that are suspected', () => {
  it('are few, whatever an upstream sends, and forgotten once nothing is had', async () => {
    const gate = await start()
    await npm.addVersion({ name: 'odd', version: '1.0.0' })
    for (let at = 0; at < 100; at++) await suspectBytes(gate.app.context, { ecosystem: 'npm', name: 'odd', version: '1.0.0', file: `odd-${at}.tgz` })
    const row = await gate.app.context.database.query.selectFrom('rechecks').select('suspect').executeTakeFirstOrThrow()
    expect((JSON.parse(row.suspect) as unknown[]).length).toBe(20)
    await known(gate, 'odd')
    expect((await known(gate, 'odd')).result).toBe('nothing had')
    expect(await gate.app.context.database.query.selectFrom('rechecks').selectAll().execute()).toEqual([])
  })
})

describe('what cannot be looked at', () => {
  const due = async (gate: Gate, name: string): Promise<number> => Number((await gate.app.context.database.query.selectFrom('rechecks').select('due_at').where('name', '=', name).executeTakeFirstOrThrow()).due_at)

  it('waits, though a file of it is suspected', async () => {
    const gate = await start()
    await has(gate, 'odd', '1.0.0')
    await suspectBytes(gate.app.context, { ecosystem: 'npm', name: 'odd', version: '1.0.0', file: 'odd-1.0.0.tgz' })
    npm.behaviour.set('/odd/-/odd-1.0.0.tgz', { status: 503 })
    expect(await known(gate, 'odd')).toMatchObject({ result: 'trouble' })
    expect(await due(gate, 'odd')).toBeGreaterThan(now)
  })

  it('does not stay in front of all others', async () => {
    const gate = await start()
    await has(gate, 'odd', '1.0.0')
    await gate.app.context.database.query.updateTable('artifacts').set({ hashes: 'no JSON' }).where('name', '=', 'odd').execute()
    await expect(known(gate, 'odd')).rejects.toThrow()
    expect(await due(gate, 'odd')).toBeGreaterThan(now)
  })
})

it('much that upstream calls malware at once is held, and recalled by nobody but a person', async () => {
  const gate = await start()
  await gate.app.setPolicy({ ...gate.app.context.policy(), id: 'recalling', quarantinedUpstream: 'recall' })
  const names = Array.from({ length: 7 }, (_, at) => `wave-${at}`)
  for (const name of names) {
    await has(gate, name, '1.0.0')
    await known(gate, name)
  }
  for (const name of names) await npm.placehold(name)
  for (const name of names) await known(gate, name)
  const open = (await gate.app.reviews.list({})).map(({ name }) => name)
  expect(open).toContain('wave-6')
  for (const name of open) expect(await bytes(gate, name)).toBe(403)
  now += 5 * HOUR
  await gate.app.reviews.tell()
  expect((await gate.app.reviews.list({})).map(({ name }) => name)).toEqual(open)
  expect((await gate.app.lookout.alarms({ open: true })).filter(({ title }) => title.includes('without a person'))).toHaveLength(1)
})

it('an upstream that sends other bytes each time does not fill the disk', async () => {
  const gate = await start()
  await has(gate, 'odd', '1.0.0')
  const held = async (): Promise<number> => (await gate.app.context.database.query.selectFrom('review_bytes').selectAll().execute()).length
  for (let time = 0; time < 8; time++) {
    await suspectBytes(gate.app.context, { ecosystem: 'npm', name: 'odd', version: '1.0.0', file: 'odd-1.0.0.tgz' })
    npm.behaviour.set(npm.tarballPath('odd', '1.0.0'), { body: `noise ${time}` })
    await known(gate, 'odd')
  }
  expect(await held()).toBe(5)
  expect(await bytes(gate, 'odd')).toBe(403)
})
