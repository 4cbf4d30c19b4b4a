import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../adapters/embedded/database.ts'
import { openQueue } from '../adapters/embedded/queue.ts'
import { Revisions } from '../admission/revisions.ts'
import { Campaigns } from '../campaigns/campaigns.ts'
import { Watchlist } from '../campaigns/watchlist.ts'
import { identityOf } from '../core/identity.ts'
import type { RawIdentity } from '../core/identity.ts'
import type { Policy } from '../core/policy.ts'
import type { EcosystemId } from '../core/types.ts'
import type { FeedEvent, Identity } from '../core/watch.ts'
import { ProtectedNames } from '../names/protected.ts'
import type { Database } from '../ports/database.ts'
import type { Notice } from '../ports/notifier.ts'
import { Ahead } from './ahead.ts'
import { Alarms } from './alarms.ts'
import { Budget } from './budget.ts'
import { CampaignAlarms } from './campaign-alarms.ts'
import type { Identities } from './identities.ts'
import { EventLog } from './log.ts'
import { Suspicions } from './suspicions.ts'
import { Watch } from './watch.ts'
import { WorkList } from './work.ts'

let [folder, now] = ['', 0]
let database: Database
let [notices, lines, warnings]: [Notice[], string[], unknown[]] = [[], [], []]
/** What each registry shows: an identity, null for a 404, an error for a registry in trouble. */
let registry: Map<string, RawIdentity | null | Error>
let asked: string[]
/** The step that fails, once. */
let killedAt: 'ledger' | 'campaigns' | 'notifier' | 'queue' | null
const clock = { now: () => new Date(now) }
const DAY = 86_400_000

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-watch-'))
  database = await openDatabase(join(folder, 'sluice.db'))
  await database.migrate()
  for (const [ecosystem, names] of Object.entries({ npm: ['lodash', 'react'], pypi: ['requests', 'urllib3'], go: ['github.com/gorilla/mux'] })) {
    await database.query.insertInto('popular').values(names.map((name, at) => ({ ecosystem, name, rank: at + 1 }))).execute()
  }
  ;[now, notices, lines, warnings, asked, registry, killedAt] = [Date.UTC(2026, 0, 1), [], [], [], [], new Map(), null]
})

afterEach(async () => {
  await database.close()
  await rm(folder, { recursive: true, force: true })
})

const kill = (step: typeof killedAt): void => {
  if (killedAt !== step) return
  killedAt = null
  throw new Error(`killed at the ${step}`)
}

/** The watch as it is after a start: memory is empty, the tables are what they were. */
async function start(): Promise<Watch> {
  const names = new ProtectedNames({ database, clock, policy: () => ({ id: 'p', private: [{ ecosystem: 'npm', pattern: '@acme/*', registry: null }] }) as unknown as Policy })
  const suspicions = new Suspicions({
    database, clock, revisions: new Revisions(database),
    ledger: { append: async ({ action, ecosystem, name }) => { kill('ledger'); lines.push(`${action} ${ecosystem}:${name}`); return undefined as never } },
  })
  const alarms = new Alarms({ database, clock, notifier: { deliverDue: () => Promise.resolve(), notify: async (notice) => { kill('notifier'); notices.push(notice) } } })
  const campaigns = await Campaigns.open(database, clock)
  const queue = openQueue(database, clock)
  const log = { warn: (what: unknown) => warnings.push(what), info: () => undefined, error: () => undefined } as never
  const identities = {
    saved: () => Promise.resolve(),
    async of(ecosystem: EcosystemId, name: string): Promise<Identity | null> {
      asked.push(`${ecosystem}:${name}`)
      const found = registry.get(`${ecosystem}:${name}`) ?? null
      if (found instanceof Error) throw found
      const identity = found && identityOf(ecosystem, name, found)
      const row = { identity: JSON.stringify(identity), fetched_at: now }
      await database.query.insertInto('identities').values({ ecosystem, name, ...row, ...(identity ? {} : { identity: null }) }).onConflict((conflict) => conflict.columns(['ecosystem', 'name']).doNothing()).execute()
      return identity
    },
  } as unknown as Identities
  return new Watch({
    database, clock, log, names, suspicions, alarms, identities, followers: [],
    events: new EventLog(database, clock), work: new WorkList(database, clock), watchlist: await Watchlist.open(database, clock),
    campaigns: { observe: async (batch) => { kill('campaigns'); return campaigns.observe(batch) } },
    campaignAlarms: new CampaignAlarms({ database, alarms, suspicions, clock }),
    ahead: new Ahead({ clock, log, budget: new Budget(60, clock), queue: { ...queue, add: async (job) => { kill('queue'); return queue.add(job) } }, examine: () => Promise.resolve() }),
    ledger: { append: () => Promise.reject(new Error('the watch itself writes nothing')) }, leads: () => Promise.resolve(true), isOn: () => true,
  })
}

let serial = 0
async function publish(ecosystem: EcosystemId, name: string, raw: RawIdentity | null, event: Partial<FeedEvent> = {}): Promise<void> {
  registry.set(`${ecosystem}:${name}`, raw)
  const log = new EventLog(database, clock)
  const position = await log.position(ecosystem)
  if (!position) {
    await log.readBy('watch')
    await log.begin(ecosystem, 'fake', '0', {})
  }
  await log.append({
    ecosystem, feed: 'fake', from: position?.cursor ?? '0', cursor: String(++serial), state: {},
    events: [{ ecosystem, mark: String(serial), name, version: null, kind: 'published', at: new Date(now), account: null, ...event }],
  })
}
const fresh = (more: RawIdentity = {}): RawIdentity => ({ description: 'a thing of its own', accounts: ['somebody'], publisher: 'somebody', releases: [{ version: '7.3.1', at: new Date(now) }], ...more })
const old = (version: string): RawIdentity => ({
  description: 'a streaming library that many use', accounts: ['corp'], releases: Array.from({ length: 40 }, (_, at) => ({ version: at === 39 ? version : `4.0.${at}`, at: new Date(now - (400 - at) * DAY) })),
})
async function run(watch: Watch): Promise<void> {
  while (await watch.readEvents() > 0) { /* the next ones */ }
  for (const ecosystem of ['npm', 'pypi', 'go'] as const) while (await watch.lookInto(ecosystem) > 0) { /* the next ones */ }
  await watch.readVerdicts()
}
const open = async () => (await database.query.selectFrom('alarms').select(['subject', 'size']).where('closed_at', 'is', null).orderBy('subject').execute()).map(({ subject, size }) => `${subject} ${size}`)
const waiting = async () => (await database.query.selectFrom('watch_work').select('name').execute()).map(({ name }) => name)
const jobs = async () => (await database.query.selectFrom('jobs').select(['topic', 'key']).orderBy('topic').execute()).map(({ topic, key }) => `${topic}: ${key}`)
const twin = async (): Promise<void> => {
  registry.set('npm:corp-streaming', old('4.14.0'))
  await publish('pypi', 'corp-streaming', fresh({ releases: [{ version: '4.14.0', at: new Date(now) }] }), { version: '4.14.0' })
}

describe('what a feed speaks of', () => {
  it('becomes alarms, holds and examinations, and nothing waits any more', async () => {
    const watch = await start()
    await twin()
    await publish('pypi', 'reqests', fresh())
    await publish('pypi', 'acme-billing', fresh())
    await publish('pypi', 'a-rain-gauge', fresh())
    await run(watch)
    expect(await open()).toEqual(['imitates pypi:requests 1', 'private npm:@acme/* 1', 'twin pypi:corp-streaming 1'])
    expect(lines.sort()).toEqual(['hold pypi:acme-billing', 'hold pypi:corp-streaming'])
    expect(await jobs()).toEqual(['examine pypi 0: acme-billing@7.3.1', 'examine pypi 0: corp-streaming@4.14.0', 'examine pypi 0: reqests@7.3.1', 'examine pypi 2: a-rain-gauge@7.3.1'])
    expect([await waiting(), notices.length]).toEqual([[], 3])
  })

  it('goes first where somebody who is watched published it before, whoever the feed says it was', async () => {
    const watchlist = await Watchlist.open(database, clock)
    await watchlist.add({ ecosystem: 'npm', actor: 'bad@mail.example', because: 'case 7', by: 'ann' })
    for (const [actor, name] of [['bad@mail.example', 'theirs'], ['somebody', 'ordinary']] as const) {
      await database.query.insertInto('uploads').values({ ecosystem: 'pypi', actor, name, first_at: 1, last_at: 1, malicious: 0 }).execute()
    }
    for (const name of ['ordinary', 'theirs']) await publish('pypi', name, fresh())
    await (await start()).readEvents()
    expect(await database.query.selectFrom('watch_work').select(['name', 'class']).orderBy('name').execute()).toEqual([{ name: 'ordinary', class: 2 }, { name: 'theirs', class: 0 }])
  })

  it.each(['ledger', 'campaigns', 'notifier', 'queue'] as const)('is told once, and wholly, when the watch is killed at the %s', async (step) => {
    await twin()
    await publish('pypi', 'reqests', fresh())
    const first = await start()
    await first.readEvents()
    killedAt = step
    await first.lookInto('pypi')
    // A restart, and the time after which failed ones are tried again.
    now += 3_600_000
    const second = await start()
    await run(second)
    expect(await open()).toEqual(['imitates pypi:requests 1', 'twin pypi:corp-streaming 1'])
    expect([...new Set(notices.map(({ id }) => id))]).toHaveLength(2)
    expect(notices).toHaveLength(2)
    expect([[...new Set(lines)], await waiting()]).toEqual([['hold pypi:corp-streaming'], []])
    expect((await jobs()).map((job) => job.replace(/^\S+ /, ''))).toEqual(['pypi 0: corp-streaming@4.14.0', 'pypi 0: reqests@7.3.1'])
  })

  it('is read again, and changes nothing, where the events were read twice', async () => {
    const watch = await start()
    await twin()
    await run(watch)
    await database.query.updateTable('settings').set({ value: '0' }).where('key', '=', 'events read by watch').execute()
    await run(await start())
    expect([await open(), notices.length, lines.length]).toEqual([['twin pypi:corp-streaming 1'], 1, 1])
  })

  it('is looked at again where the registry does not show it yet', async () => {
    const watch = await start()
    await publish('pypi', 'reqests', null)
    await run(watch)
    expect([await open(), await waiting()]).toEqual([[], ['reqests']])
    registry.set('pypi:reqests', fresh())
    now += 120_000
    await run(watch)
    expect([await open(), await waiting()]).toEqual([['imitates pypi:requests 1'], []])
  })

  it('is spoken of as far as is known where another registry is in trouble, and as a twin later', async () => {
    const watch = await start()
    await twin()
    registry.set('npm:corp-streaming', new Error('upstream answered 500'))
    await run(watch)
    expect([await open(), await waiting(), warnings]).toEqual([[], ['corp-streaming'], [expect.objectContaining({ error: expect.stringContaining('npm could not be asked') })]])
    registry.set('npm:corp-streaming', old('4.14.0'))
    now += 120_000
    await run(watch)
    expect([await open(), await waiting()]).toEqual([['twin pypi:corp-streaming 1'], []])
  })

  it('is given up where its registry stays in trouble, and keeps nobody waiting', async () => {
    const watch = await start()
    await publish('pypi', 'broken', null)
    registry.set('pypi:broken', new Error('upstream answered 500'))
    await publish('pypi', 'reqests', fresh())
    for (let turn = 0; turn < 6; turn++) {
      await run(watch)
      now += 6 * 3_600_000
    }
    expect([await open(), await waiting()]).toEqual([['imitates pypi:requests 1'], []])
  })

  it('is new although it was asked about before it was there', async () => {
    const watch = await start()
    await publish('npm', 'reqeusts-client', fresh())
    await run(watch)
    expect(asked).toContain('pypi:reqeusts-client')
    await publish('pypi', 'reqeusts-client', fresh())
    await watch.readEvents()
    expect(await database.query.selectFrom('watch_work').select('class').execute()).not.toEqual([{ class: 3 }])
  })

  it('is no private name that has appeared when it is gone', async () => {
    const watch = await start()
    await publish('pypi', 'acme-gone', null, { kind: 'removed' })
    await run(watch)
    expect([await open(), await waiting()]).toEqual([[], []])
    await publish('pypi', 'acme-quick', null)
    await run(watch)
    expect(await open()).toEqual(['private npm:@acme/* 1'])
  })

  it.each([
    ['a word of the language', '__proto__'], ['another', 'constructor'], ['without end', 'a'.repeat(5_000)], ['commands to a terminal', 'x\u0000\u001b[2Jy'], ['a picture', '🦀'],
  ])('may have an absurd name: %s', async (_, name) => {
    const watch = await start()
    await publish('npm', name, fresh(), { at: new Date(now + 400 * DAY), account: '__proto__' })
    await publish('npm', 'reeact', fresh())
    await run(watch)
    expect(await waiting()).toEqual([])
    expect(asked).toContain('npm:reeact')
  })
})

describe('a twin', () => {
  it('stays held whatever is released after it, there or here', async () => {
    const watch = await start()
    await twin()
    await run(watch)
    for (let release = 0; release < 5; release++) {
      now += DAY
      registry.set('npm:corp-streaming', { ...old('4.14.0'), releases: [...old('4.14.0').releases ?? [], ...Array.from({ length: release + 1 }, (_, at) => ({ version: `5.${at}.0`, at: new Date(now) }))] })
      await publish('pypi', 'corp-streaming', fresh({ releases: [{ version: '4.14.0', at: new Date(now - DAY) }, ...Array.from({ length: release + 3 }, (_, at) => ({ version: `4.14.${at + 1}`, at: new Date(now) }))] }))
      await run(watch)
    }
    now += 60 * DAY
    await publish('pypi', 'corp-streaming', fresh({ releases: [{ version: '4.14.0', at: new Date(now - 65 * DAY) }] }))
    await run(watch)
    expect([lines, await open()]).toEqual([['hold pypi:corp-streaming'], ['twin pypi:corp-streaming 1']])
  })

  it('is free where the other says that it is the same', async () => {
    const watch = await start()
    await twin()
    await run(watch)
    registry.set('npm:corp-streaming', { ...old('4.14.0'), readme: 'pip install corp-streaming' })
    now += DAY
    await publish('pypi', 'corp-streaming', fresh({ releases: [{ version: '4.14.0', at: new Date(now - DAY) }] }))
    await run(watch)
    expect(lines).toEqual(['hold pypi:corp-streaming', 'serve pypi:corp-streaming'])
  })
})

describe('somebody who is watched', () => {
  it('is spoken of at every upload, once each, and of who else may upload it is said so', async () => {
    await (await Watchlist.open(database, clock)).add({ ecosystem: 'npm', actor: 'mallory', because: 'case 7', by: 'ann' })
    const watch = await start()
    await publish('npm', 'harmless', fresh({ publisher: 'Mallory' }), { version: '1.0.0' })
    await run(watch)
    await publish('npm', 'harmless', fresh({ publisher: 'Mallory' }), { version: '1.0.0' })
    await run(watch)
    expect(await open()).toEqual(['actor npm mallory 1'])
    await publish('npm', 'harmless', fresh({ publisher: 'Mallory' }), { version: '1.0.1' })
    await publish('npm', 'shared', fresh({ accounts: ['mallory', 'ann'], publisher: 'ann' }))
    await run(watch)
    expect(await open()).toEqual(['actor npm mallory 3'])
    const { facts } = await database.query.selectFrom('alarms').select('facts').executeTakeFirstOrThrow()
    expect((JSON.parse(facts) as { packages: { says: string }[] }).packages.map(({ says }) => says)).toContain('npm:shared names among its people mallory, who is watched: case 7')
  })
})

describe('a flood', () => {
  it('of imitations of one name is one alarm, however many there are', async () => {
    const watch = await start()
    const squats = [...'aeiouxyz'].flatMap((letter) => Array.from({ length: 7 }, (_, at) => `${'requests'.slice(0, at + 1)}${letter}${'requests'.slice(at + 1)}`))
    for (const [at, name] of squats.entries()) await publish('pypi', name, fresh({ accounts: [`a${at}`], publisher: `a${at}`, description: `thing ${at}` }))
    await run(watch)
    expect(await open()).toEqual([expect.stringMatching(/^imitates pypi:requests (?:4[1-9]|5\d)$/)])
  })

  it('of imitations of everything becomes one alarm past some dozens', async () => {
    await database.query.insertInto('popular').values(Array.from({ length: 60 }, (_, at) => ({ ecosystem: 'pypi', name: `victim-number-${String.fromCharCode(97 + at % 26)}${at}-${'xyz'.repeat(at % 3 + 1)}`, rank: at + 10 }))).execute()
    const victims = (await database.query.selectFrom('popular').select('name').where('ecosystem', '=', 'pypi').where('rank', '>=', 10).orderBy('rank').execute()).map(({ name }) => name)
    const watch = await start()
    for (const [at, name] of victims.entries()) await publish('pypi', name.replace('victim', 'vlctim'), fresh({ accounts: [`a${at}`], publisher: `a${at}`, description: `thing ${at}` }))
    await run(watch)
    const all = await open()
    expect(all.length).toBeLessThanOrEqual(41)
    const packages = all.reduce((sum, one) => sum + Number(one.split(' ').at(-1)), 0)
    expect(packages).toBeGreaterThanOrEqual(60)
    expect(await waiting()).toEqual([])
  })
})
