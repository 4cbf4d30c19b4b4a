import { Agent, request } from 'node:http'
import { randomBytes } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import { endRecall, recall } from '../src/admission/recall.ts'
import type { Policy, Rule } from '../src/core/policy.ts'
import type { Digest } from '../src/core/types.ts'
import type { Notice } from '../src/ports/notifier.ts'
import { startFakeNpm } from './fakes/npm.ts'
import type { FakeNpm } from './fakes/npm.ts'
import type { FakeVersion } from './fakes/npm-package.ts'
import { OPEN_POLICY, startGate } from './harness/gate.ts'
import type { Gate, GateOptions } from './harness/gate.ts'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

interface World {
  npm: FakeNpm
  gate: Gate
  notices: Notice[]
  get(name: string, version?: string): Promise<number>
}

async function npmGate(options: GateOptions = {}, more: readonly FakeVersion[] = []): Promise<World> {
  const npm = await startFakeNpm([{ name: 'up', version: '1.0.0' }, { name: 'up', version: '2.0.0' }, ...more])
  open.push(npm)
  const notices: Notice[] = []
  const gate = await startGate({ sources: { npm: { url: npm.url, sumdb: null } }, onNotice: (notice) => notices.push(notice), ...options })
  open.push(gate)
  return { npm, gate, notices, get: async (name, version = '1.0.0') => (await fetch(`${gate.npm}${name}/-/${name}-${version}.tgz`)).status }
}

const order = (gate: Gate, action: 'recall' | 'release' | 'hold', about: { name?: string; version?: string; digest?: Digest; expiresAt?: Date } = {}) =>
  gate.app.operator.order({ ecosystem: 'npm', name: 'up', version: null, digest: null, action, because: 'SEC-1', by: 'ann', expiresAt: null, ...about })
const digestOf = async (gate: Gate, name = 'up', version = '1.0.0'): Promise<Digest> => (await gate.app.context.database.query.selectFrom('artifacts').select('digest')
  .where('name', '=', name).where('version', '=', version).executeTakeFirstOrThrow()).digest as Digest
const where = async ({ app: { context: { blobs, evidence } } }: Gate, digest: Digest) =>
  [await blobs.has(digest) ? 'blob' : '', await evidence.has(digest) ? 'evidence' : ''].filter(Boolean).join(' ')
const lines = async (gate: Gate, name = 'up') => (await gate.app.operator.trace({ ecosystem: 'npm', name }, { kinds: ['recalled', 'purged', 'restored'] }))
  .lines.map(({ entry }) => `${entry.kind} ${entry.file ?? ''}`.trim())
const settled = async (gate: Gate, name = 'up') => expect(await gate.app.recalls.settle('npm', name, 60_000)).toBe(true)
const eventually = (check: () => Promise<void>) => expect.poll(async () => {
  await check()
  return true
}).toBe(true)

async function advise({ app: { context: { database } } }: Gate, withdrawn: number | null = null): Promise<void> {
  const row = { malicious: 1, summary: 'steals tokens', versions: '["1.0.0"]', ranges: '[]', severity: null, url: null, source: 'osv', modified: 1, withdrawn }
  await database.transaction(async (tx) => {
    await tx.insertInto('advisories').values({ id: 'MAL-2026-1', ecosystem: 'npm', name: 'up', ...row })
      .onConflict((conflict) => conflict.columns(['ecosystem', 'name', 'id']).doUpdateSet(row)).execute()
    await tx.insertInto('changes').values({ kind: 'advisory', ecosystem: 'npm', name: 'up', at: 1 }).execute()
  })
}

describe('a recall', () => {
  it('takes back what was served: bytes become evidence, the ledger and people are told, once', async () => {
    // Whoever asked is counted when this test has asked, not before.
    let ahead = 0
    const { gate, notices, npm, get } = await npmGate({ recalls: { settled: 3_600_000 }, clock: { now: () => new Date(Date.now() + ahead) } })
    expect([await get('up'), await get('up', '2.0.0')]).toEqual([200, 200])
    const [one, two] = [await digestOf(gate), await digestOf(gate, 'up', '2.0.0')]
    await order(gate, 'recall', { version: '1.0.0' })
    expect(await get('up')).toBe(403)
    await expect.poll(async () => (await gate.app.recallBook.list()).length).toBe(1)
    expect(notices).toEqual([])
    ahead = 3_700_000
    await settled(gate)
    expect([await where(gate, one), await where(gate, two)]).toEqual(['evidence', 'blob'])
    expect(await lines(gate)).toEqual(['recalled', 'recalled up-1.0.0.tgz', 'purged up-1.0.0.tgz'])
    expect(notices).toMatchObject([{ kind: 'recalled', title: 'npm up 1.0.0 recalled', data: { served: 1, denied: 1, by: 'ann', because: 'SEC-1' } }])
    const asked = npm.count(npm.tarballPath('up', '1.0.0'))
    expect([await get('up'), await get('up', '2.0.0')]).toEqual([403, 200])
    expect(npm.count(npm.tarballPath('up', '1.0.0'))).toBe(asked)
    await gate.app.recalls.tick()
    expect(notices).toHaveLength(1)
    expect(await gate.app.operator.verifyLedger()).toMatchObject({ ok: true })
  })

  it('ends with a release: the same bytes are back and served without asking upstream', async () => {
    const { gate, notices, npm, get } = await npmGate()
    await get('up')
    const digest = await digestOf(gate)
    await order(gate, 'recall', { version: '1.0.0' })
    await settled(gate)
    const asked = npm.count(npm.tarballPath('up', '1.0.0'))
    await order(gate, 'release', { version: '1.0.0' })
    await settled(gate)
    expect(await where(gate, digest)).toBe('blob')
    expect(await get('up')).toBe(200)
    expect(npm.count(npm.tarballPath('up', '1.0.0'))).toBe(asked)
    expect(await lines(gate)).toEqual(['recalled', 'recalled up-1.0.0.tgz', 'purged up-1.0.0.tgz', 'restored up-1.0.0.tgz'])
    expect(notices.map(({ kind }) => kind)).toEqual(['recalled', 'lifted'])
  })

  it('and again, and again', async () => {
    const { gate, notices, get } = await npmGate()
    await get('up')
    for (const action of ['recall', 'release', 'recall', 'release', 'recall'] as const) {
      await order(gate, action, { version: '1.0.0' })
      await settled(gate)
    }
    expect(await where(gate, await digestOf(gate))).toBe('evidence')
    expect(await get('up')).toBe(403)
    expect(notices.map(({ kind }) => kind)).toEqual(['recalled', 'lifted', 'recalled', 'lifted', 'recalled'])
  })

  it('given and ended before anything was done is told in that order, and leaves the bytes', async () => {
    const { gate, notices, get } = await npmGate({ recalls: { settled: 1_000 } })
    await get('up')
    await order(gate, 'recall', { version: '1.0.0' })
    await expect.poll(async () => (await gate.app.recallBook.list()).length).toBe(1)
    await order(gate, 'release', { version: '1.0.0' })
    await eventually(async () => expect(notices.map(({ kind }) => kind)).toEqual(['recalled', 'lifted']))
    await settled(gate)
    expect(await where(gate, await digestOf(gate))).toBe('blob')
    expect(await get('up')).toBe(200)
  })

  it('ends by itself when the order does', async () => {
    let now = Date.now()
    const { gate, notices, get } = await npmGate({ clock: { now: () => new Date(now) } })
    await get('up')
    await order(gate, 'recall', { version: '1.0.0', expiresAt: new Date(now + 86_400_000) })
    await eventually(async () => {
      now += 500
      expect(notices).toHaveLength(1)
    })
    now += 86_400_000
    await eventually(async () => expect(await where(gate, await digestOf(gate))).toBe('blob'))
    expect(notices.map(({ kind, data }) => [kind, data['by']])).toEqual([['recalled', 'ann'], ['lifted', 'sluice']])
  })

  it('is back when the release that ended it expires', async () => {
    let now = Date.now()
    const { gate, notices, get } = await npmGate({ clock: { now: () => new Date(now) } })
    await get('up')
    const digest = await digestOf(gate)
    await order(gate, 'recall', { version: '1.0.0' })
    await eventually(async () => {
      now += 500
      expect(notices).toHaveLength(1)
    })
    await order(gate, 'release', { version: '1.0.0', expiresAt: new Date(now + 60_000) })
    await eventually(async () => expect(await where(gate, digest)).toBe('blob'))
    now += 90_000
    await eventually(async () => {
      now += 500
      expect(notices.map(({ kind }) => kind)).toEqual(['recalled', 'lifted', 'recalled'])
    })
    expect(await where(gate, digest)).toBe('evidence')
  })

  it('of a package is one matter, whatever files it has', async () => {
    const { gate, notices, get } = await npmGate()
    await get('up')
    await get('up', '2.0.0')
    await order(gate, 'recall')
    await settled(gate)
    expect(notices.map(({ title }) => title)).toEqual(['npm up recalled'])
    expect(await gate.app.recallBook.list()).toMatchObject([{ cause: 'order', files: 2, open: 2 }])
  })

  it('of what nobody has is traced and told all the same', async () => {
    const { gate, notices } = await npmGate()
    await order(gate, 'recall', { name: 'nothing' })
    await settled(gate, 'nothing')
    expect(notices).toMatchObject([{ kind: 'recalled', title: 'npm nothing recalled', data: { served: 0 } }])
  })

  it('copies bytes that another package shares, and takes them when that one goes, too', async () => {
    const { gate, get } = await npmGate()
    await get('up')
    const digest = await digestOf(gate)
    const { database } = gate.app.context
    const row = await database.query.selectFrom('artifacts').selectAll().where('digest', '=', digest).executeTakeFirstOrThrow()
    await database.query.insertInto('artifacts').values({ ...row, name: 'twin', file: 'twin-1.0.0.tgz' }).execute()
    await order(gate, 'recall', { version: '1.0.0' })
    await settled(gate)
    expect(await where(gate, digest)).toBe('blob evidence')
    await order(gate, 'recall', { name: 'twin' })
    await settled(gate, 'twin')
    expect(await where(gate, digest)).toBe('evidence')
    await order(gate, 'release', { version: '1.0.0' })
    await settled(gate)
    expect(await where(gate, digest)).toBe('blob evidence')
    await order(gate, 'release', { name: 'twin' })
    await settled(gate, 'twin')
    expect(await where(gate, digest)).toBe('blob')
  })

  it.each(['an order', 'another policy'])('cuts a download that is under way: %s', async (by) => {
    const { gate, get } = await npmGate({}, [{ name: 'large', version: '1.0.0', files: { 'index.js': '', 'data.bin': randomBytes(16 * 1024 * 1024) } }])
    expect(await get('large')).toBe(200)
    const ended = new Promise<{ complete: boolean; bytes: number }>((resolve, reject) => {
      request(`${gate.npm}large/-/large-1.0.0.tgz`, (response) => {
        let bytes = 0
        response.once('data', (chunk: Buffer) => {
          bytes += chunk.length
          response.pause()
          const denying = { ...gate.app.context.policy(), id: 'denying', deny: [{ ecosystem: 'npm', name: 'large', versions: [], because: 'banned', expires: null, lifts: [] } satisfies Rule] }
          const denied: Promise<unknown> = by === 'an order' ? order(gate, 'recall', { name: 'large' }) : gate.app.setPolicy(denying)
          denied.then(() => expect.poll(() => gate.app.door.running.check()).toBe(0)).then(() => {
            response.on('data', (more: Buffer) => { bytes += more.length })
            response.resume()
          }, reject)
        })
        response.on('error', () => undefined)
        response.on('close', () => resolve({ complete: response.complete, bytes }))
      }).on('error', () => undefined).end()
    })
    const { complete, bytes } = await ended
    expect(complete).toBe(false)
    expect(bytes).toBeLessThan(16 * 1024 * 1024)
    expect(await get('large')).toBe(403)
  })
})

describe('what the system still holds', () => {
  it('of a file that was handed over whole is not sent on', async () => {
    const { gate, get } = await npmGate({}, [{ name: 'large', version: '1.0.0', files: { 'index.js': '', 'data.bin': randomBytes(6 * 1024 * 1024) } }])
    expect(await get('large')).toBe(200)
    const ended = new Promise<{ complete: boolean; bytes: number }>((resolve, reject) => {
      request(`${gate.npm}large/-/large-1.0.0.tgz`, { agent: new Agent({ keepAlive: true }) }, (response) => {
        let bytes = 0
        response.once('data', (chunk: Buffer) => {
          bytes += chunk.length
          response.pause()
          // Long enough for as much as the system takes to be handed to it.
          setTimeout(() => {
            order(gate, 'recall', { name: 'large' }).then(() => gate.app.door.running.check()).then(() => {
              response.on('data', (more: Buffer) => { bytes += more.length })
              response.resume()
            }, reject)
          }, 700)
        })
        response.on('error', () => undefined)
        response.on('close', () => resolve({ complete: response.complete, bytes }))
      }).on('error', () => undefined).end()
    })
    expect((await ended).complete).toBe(false)
  })

  it('a connection that went on to something else is left alone', async () => {
    const { gate, get } = await npmGate({}, [{ name: 'large', version: '1.0.0', files: { 'index.js': '', 'data.bin': randomBytes(400_000) } }])
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const read = (path: string) => new Promise<[status: number | undefined, port: number | undefined]>((resolve, reject) => {
      request(`${gate.npm}${path}`, { agent }, (response) => {
        const { localPort } = response.socket
        response.resume().on('end', () => resolve([response.statusCode, localPort]))
      }).on('error', reject).end()
    })
    await get('large')
    const [status, port] = await read('large/-/large-1.0.0.tgz')
    expect(status).toBe(200)
    expect(await read('up')).toEqual([200, port])
    await order(gate, 'recall', { name: 'large' })
    await gate.app.door.running.check()
    expect(await read('up')).toEqual([200, port])
    agent.destroy()
  })
})

describe('what else takes back', () => {
  it('an advisory does, and its withdrawal gives back', async () => {
    const { gate, notices, get } = await npmGate()
    await get('up')
    const digest = await digestOf(gate)
    await advise(gate)
    await eventually(async () => expect(await where(gate, digest)).toBe('evidence'))
    await eventually(async () => expect(notices).toMatchObject([{ kind: 'recalled', data: { cause: 'advisory', reference: 'MAL-2026-1', served: 1 } }]))
    expect(await get('up')).toBe(403)
    await advise(gate, 2)
    await eventually(async () => expect(notices.map(({ kind }) => kind)).toEqual(['recalled', 'lifted']))
    await settled(gate)
    expect(await get('up')).toBe(200)
  })

  it('a withdrawn advisory does not end what a person ordered', async () => {
    const { gate, notices, get } = await npmGate()
    await get('up')
    await advise(gate)
    await eventually(async () => expect(notices).toHaveLength(1))
    await order(gate, 'recall', { version: '1.0.0' })
    await settled(gate)
    await advise(gate, 2)
    await gate.app.recalls.tick()
    expect(await where(gate, await digestOf(gate))).toBe('evidence')
    expect(await get('up')).toBe(403)
    expect(notices.filter(({ kind }) => kind === 'lifted')).toEqual([])
  })

  it('not an advisory on what was never served', async () => {
    const { gate, notices, get } = await npmGate()
    await order(gate, 'hold')
    expect(await get('up')).toBe(403)
    await advise(gate)
    await gate.app.recalls.tick()
    expect([notices, await gate.app.recallBook.list()]).toEqual([[], []])
  })

  it('a malicious verdict on a second look does, and the next look is at the evidence', async () => {
    const { gate, notices, npm, get } = await npmGate()
    await get('up')
    const digest = await digestOf(gate)
    const { database } = gate.app.context
    const judge = (level: string) => database.transaction(async (tx) => {
      await tx.updateTable('verdicts').set({ level, rules: 'older', findings: JSON.stringify([{ detector: 'x', behaviour: 'hidden-code', severity: 'critical', confidence: 1, title: 'bad', evidence: [] }]) }).where('digest', '=', digest).execute()
      await tx.insertInto('changes').values({ kind: 'verdict', ecosystem: 'npm', name: 'up', at: 1 }).execute()
    })
    await judge('malicious')
    await eventually(async () => expect(await where(gate, digest)).toBe('evidence'))
    await eventually(async () => expect(notices).toMatchObject([{ kind: 'recalled', data: { cause: 'verdict' } }]))
    const asked = npm.count(npm.tarballPath('up', '1.0.0'))
    // Judged by older rules, so the next who asks has it judged anew: clean, and so it comes back.
    await eventually(async () => expect(await get('up')).toBe(200))
    expect(npm.count(npm.tarballPath('up', '1.0.0'))).toBe(asked)
    expect(await where(gate, digest)).toBe('blob')
  })

  it('a deny rule of a new policy does, and the next policy gives back', async () => {
    const { gate, notices, get } = await npmGate()
    await get('up')
    const digest = await digestOf(gate)
    const rule: Rule = { ecosystem: 'npm', name: 'u*', versions: [], because: 'banned', expires: null, lifts: [] }
    const denying: Policy = { ...OPEN_POLICY, id: 'denying', deny: [rule] }
    await gate.app.setPolicy(denying)
    await eventually(async () => expect(await where(gate, digest)).toBe('evidence'))
    await eventually(async () => expect(notices).toMatchObject([{ kind: 'recalled', data: { cause: 'policy', reference: 'denying' } }]))
    await gate.app.setPolicy({ ...OPEN_POLICY, id: 'open again' })
    await eventually(async () => expect(await where(gate, digest)).toBe('blob'))
    await settled(gate)
    expect(await get('up')).toBe(200)
  })

  it('a program does, once for a cause, and ends that alone', async () => {
    const { gate, notices, get } = await npmGate()
    await get('up')
    const wanted = { ecosystem: 'npm', name: 'up', version: '1.0.0', digest: null, because: 'indicator c2.example', by: 'hunt', cause: { kind: 'hunt', reference: 'c2.example' } } as const
    const made = await recall(gate.app.context, wanted)
    expect((await recall(gate.app.context, wanted)).id).toBe(made.id)
    await settled(gate)
    expect(notices).toMatchObject([{ data: { cause: 'hunt', by: 'hunt' } }])
    expect(await endRecall(gate.app.context, { cause: { kind: 'hunt', reference: 'another' }, because: 'no', by: 'hunt' })).toBe(0)
    expect(await endRecall(gate.app.context, { cause: wanted.cause, because: 'the indicator was wrong', by: 'hunt' })).toBe(1)
    await eventually(async () => expect(await get('up')).toBe(200))
  })
})

describe('what was taken back stays away', () => {
  it('though another process fetches it meanwhile, and the sweep takes what is left', async () => {
    const { gate, get } = await npmGate()
    await get('up')
    const digest = await digestOf(gate)
    await order(gate, 'recall', { version: '1.0.0' })
    await settled(gate)
    const { acquire } = await import('../src/admission/acquire.ts')
    const found = await gate.app.door.settling.find('npm', 'up', 'up-1.0.0.tgz')
    if ('absent' in found) throw new Error('not found')
    expect((await acquire(gate.app.context, found)).digest).toBe(digest)
    expect(await where(gate, digest)).toBe('evidence')
    await gate.app.context.evidence.delete(digest)
    await expect(acquire(gate.app.context, found)).rejects.toMatchObject({ code: 'not-found' })
  })

  it('evidence that was changed is not put back', async () => {
    const { gate, get } = await npmGate()
    await get('up')
    const digest = await digestOf(gate)
    await order(gate, 'recall', { version: '1.0.0' })
    await settled(gate)
    const { writeFile } = await import('node:fs/promises')
    await writeFile(gate.app.context.evidence.path(digest) ?? '', 'something else')
    await order(gate, 'release', { version: '1.0.0' })
    const [first] = await gate.app.recallBook.list()
    await eventually(async () => expect((await gate.app.recallBook.show(first?.id ?? ''))?.files).toMatchObject([{ step: 'lifting', problem: expect.stringContaining('is stored as') as string }]))
    // A client waits for what is being put back; here nothing comes.
    gate.app.context.limits.patience = 300
    expect(await get('up')).toBe(403)
    expect(await where(gate, digest)).toBe('evidence')
  })
})

describe('what stands in the way of one', () => {
  it('keeps no other recall back, and is tried again', async () => {
    let now = Date.now()
    const { gate, get } = await npmGate({ clock: { now: () => new Date(now) } }, [{ name: 'odd', version: '1.0.0' }])
    expect([await get('odd'), await get('up')]).toEqual([200, 200])
    const { query } = gate.app.context.database
    const { findings } = await query.selectFrom('verdicts').select('findings').where('name', '=', 'odd').executeTakeFirstOrThrow()
    await query.updateTable('verdicts').set({ findings: 'no JSON' }).where('name', '=', 'odd').execute()
    await order(gate, 'recall', { name: 'odd', version: '1.0.0' })
    await order(gate, 'recall', { version: '1.0.0' })
    const [odd, up] = [await digestOf(gate, 'odd'), await digestOf(gate)]
    await eventually(async () => expect(await where(gate, up)).toBe('evidence'))
    expect(await where(gate, odd)).toBe('blob')
    expect(await get('odd')).not.toBe(200)
    await query.updateTable('verdicts').set({ findings }).where('name', '=', 'odd').execute()
    now += 60_000
    await eventually(async () => expect(await where(gate, odd)).toBe('evidence'))
  })

  it('is not a clock that ran a day ahead when it was recalled', async () => {
    const { gate, get, notices } = await npmGate()
    await get('up')
    await order(gate, 'recall', { version: '1.0.0' })
    await settled(gate)
    const { query } = gate.app.context.database
    const ahead = Date.now() + 86_400_000
    await query.updateTable('recalls').set({ at: ahead, told_at: null }).execute()
    await query.updateTable('tombstones').set({ step: 'decided', at: ahead, due_at: ahead }).execute()
    await eventually(async () => expect((await query.selectFrom('tombstones').select('step').executeTakeFirst())?.step).toBe('withdrawn'))
    await eventually(async () => expect(notices).toHaveLength(2))
  })

  it('a release leaves bytes that a review keeps, too', async () => {
    const { gate, get } = await npmGate()
    await get('up')
    const digest = await digestOf(gate)
    await order(gate, 'recall', { version: '1.0.0' })
    await settled(gate)
    await gate.app.context.database.query.insertInto('review_bytes').values({ review: 'r', file: 'up-1.0.0.tgz', digest, at: 0 }).execute()
    await order(gate, 'release', { version: '1.0.0' })
    await settled(gate)
    expect(await where(gate, digest)).toBe('blob evidence')
  })
})
