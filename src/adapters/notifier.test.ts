import { createHmac } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Database } from '../ports/database.ts'
import type { Notifier } from '../ports/notifier.ts'
import type { Upstream, UpstreamOptions } from '../ports/upstream.ts'
import { openDatabase } from './embedded/database.ts'
import { openQueue } from './embedded/queue.ts'
import { createNotifier } from './notifier.ts'
import type { Receiver } from './receivers/receiver.ts'
import { webhookReceiver } from './receivers/webhook.ts'
import type { Webhook } from './receivers/webhook.ts'

const NOTICE = { kind: 'recalled' as const, title: 'recalled', text: 'left-pad 9.9.9', data: { name: 'left-pad' }, at: new Date('2026-01-02T03:04:05Z') }

let folder: string
let database: Database
let now: number
let status: number | Error
/** The receiver answers after this. */
let answers: Promise<void> | null
let sent: { url: string; options: UpstreamOptions }[]
let lines: string[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-notifier-'))
  database = await openDatabase(join(folder, 'sluice.db'))
  await database.migrate()
  now = NOTICE.at.getTime()
  status = 200
  answers = null
  sent = []
  lines = []
})

afterEach(async () => {
  await database.close()
  await rm(folder, { recursive: true, force: true })
})

function notifier(webhook: Webhook | null): Notifier {
  const clock = { now: () => new Date(now) }
  const upstream: Upstream = {
    async fetch(url, options = {}) {
      sent.push({ url, options })
      await answers
      if (status instanceof Error) throw status
      return { status, headers: {}, url, body: Readable.from([]) }
    },
    close: async () => undefined,
  }
  return createNotifier({
    log: pino({}, { write: (line: string) => void lines.push(line) }), clock, queue: openQueue(database, clock),
    receivers: webhook ? [webhookReceiver(webhook, { upstream, clock })] : [],
  })
}

describe('notifier', () => {
  it('only logs without a webhook', async () => {
    await notifier(null).notify(NOTICE)
    expect(sent).toEqual([])
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ notice: 'recalled', name: 'left-pad', msg: 'recalled: left-pad 9.9.9' })
  })

  it('keeps a notice that is given again once, and under the same name for the receiver', async () => {
    status = 500
    const hook = notifier({ url: 'https://hook.example/', secret: null })
    await hook.notify({ ...NOTICE, id: 'a1-4' })
    await hook.notify({ ...NOTICE, id: 'a1-4' })
    status = 200
    now += 3_600_000
    await hook.deliverDue()
    await hook.notify({ ...NOTICE, id: 'a1-4' })
    expect(sent.map(({ options }) => options.headers?.['sluice-notice'])).toEqual(['a1-4', 'a1-4', 'a1-4'])
  })

  it('signs time and body', async () => {
    await notifier({ url: 'https://hook.example/', secret: 'k' }).notify(NOTICE)
    const { headers = {}, body } = sent[0]?.options ?? {}
    expect(headers['sluice-timestamp']).toBe('1767323045')
    expect(headers['sluice-signature']).toBe(`sha256=${createHmac('sha256', 'k').update(`1767323045.${Buffer.from(body ?? []).toString()}`).digest('hex')}`)
  })

  it.each([500, new Error('down')])('sends again, with a new time, what a receiver that fails with %s did not take', async (failure) => {
    status = failure
    await notifier({ url: 'https://hook.example/', secret: 'k' }).notify(NOTICE)
    expect(lines[1]).toContain('the webhook did not take the notice')
    // After a restart, once it is due.
    const later = notifier({ url: 'https://hook.example/', secret: 'k' })
    await later.deliverDue()
    expect(sent).toHaveLength(1)
    status = 204
    now += 11_000
    await later.deliverDue()
    await later.deliverDue()
    expect(sent).toHaveLength(2)
    expect(sent[1]?.options.body).toEqual(sent[0]?.options.body)
    expect(sent[1]?.options.headers?.['sluice-notice']).toBe(sent[0]?.options.headers?.['sluice-notice'])
    expect(sent[1]?.options.headers?.['sluice-timestamp']).toBe('1767323056')
  })

  it('keeps nobody waiting for a receiver that does not answer, and sends when it does', async () => {
    const answer = Promise.withResolvers<void>()
    answers = answer.promise
    const hook = notifier({ url: 'https://hook.example/', secret: null })
    await Promise.all([hook.notify({ ...NOTICE, id: 'a' }), hook.notify({ ...NOTICE, id: 'b' })])
    expect(sent).toHaveLength(1)
    answer.resolve()
    await hook.deliverDue()
    expect(sent.map(({ options }) => options.headers?.['sluice-notice']).sort()).toEqual(['a', 'b'])
  })

  it('gives up after about a day, and lists what nobody took', async () => {
    status = 500
    const failing = notifier({ url: 'https://hook.example/', secret: null })
    await failing.notify(NOTICE)
    for (let hour = 0; hour < 40; hour++) {
      now += 3_600_000
      await failing.deliverDue()
    }
    expect(sent.length).toBeGreaterThan(3)
    expect(await openQueue(database, { now: () => new Date(now) }).counts('notices')).toEqual({ waiting: 0, running: 0, dead: 1 })
  })

  it('lets no receiver wait for another, nor be told again for its sake', async () => {
    const told: string[] = []
    const never = Promise.withResolvers<void>()
    const receiver = (name: string, send: (attempt: number) => Promise<void>): Receiver => {
      let attempts = 0
      return { name, topic: `test:${name}`, send: async ({ id }) => {
        told.push(`${name} ${id}`)
        await send(++attempts)
      } }
    }
    const clock = { now: () => new Date(now) }
    const hub = createNotifier({
      log: pino({ level: 'silent' }), clock, queue: openQueue(database, clock),
      receivers: [receiver('hangs', () => never.promise), receiver('fails', (attempt) => (attempt === 1 ? Promise.reject(new Error('down')) : Promise.resolve())), receiver('well', () => Promise.resolve())],
    })
    await hub.notify({ ...NOTICE, id: 'a' })
    await hub.notify({ ...NOTICE, id: 'b' })
    expect(told.filter((one) => one.startsWith('well')).toSorted()).toEqual(['well a', 'well b'])
    now += 11_000
    const done = hub.deliverDue()
    await expect.poll(() => told.toSorted()).toEqual(['fails a', 'fails a', 'fails b', 'hangs a', 'well a', 'well b'])
    never.resolve()
    await done
  })

  it('is kept with the transaction it belongs to, or not at all', async () => {
    const hook = notifier({ url: 'https://hook.example/', secret: null })
    await expect(database.transaction(async (tx) => {
      await hook.notify({ ...NOTICE, id: 'undone' }, tx)
      throw new Error('no')
    })).rejects.toThrow('no')
    await database.transaction((tx) => hook.notify({ ...NOTICE, id: 'done' }, tx))
    expect(sent).toEqual([])
    await hook.deliverDue()
    expect(sent.map(({ options }) => options.headers?.['sluice-notice'])).toEqual(['done'])
  })
})
