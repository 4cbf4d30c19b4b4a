import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../../adapters/embedded/database.ts'
import { SluiceError } from '../../core/errors.ts'
import type { Database } from '../../ports/database.ts'
import { Cases } from '../cases/cases.ts'
import type { Party } from './matter.ts'
import { readMail } from './reply.ts'
import { matter, PLANTED, registrar, secrets, sender } from './testing.ts'
import { Tickets } from './tickets.ts'
import type { Carrier } from './tickets.ts'

let folder: string
let database: Database
let now: Date
let carried: Parameters<Carrier>[0][]
let carrying: () => ReturnType<Carrier>
let cases: Cases
let tickets: Tickets
let of: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-tickets-'))
  database = await openDatabase(join(folder, 'sluice.db'))
  await database.migrate()
  now = new Date('2024-03-06T17:20:00Z')
  carried = []
  carrying = () => Promise.resolve({ gone: true, receipt: '250 queued as 1' })
  const clock = { now: () => now }
  cases = new Cases({ database, clock, ledger: { append: async () => undefined } })
  tickets = new Tickets({ database, cases, clock, carry: async (letter) => { carried.push(letter); return carrying() } })
  of = (await cases.open({ title: 'a look-alike', severity: 'high', tlp: 'amber', cause: 'report', source: 'x', by: 'ann', says: 'opened' })).id
})
afterEach(async () => {
  await database.close()
  await rm(folder, { recursive: true })
})

const open = (party: Party = registrar) => tickets.open(of, { party, target: { type: 'domain', value: 'files.pypihosted.example' }, channel: 'mail', by: 'ann' })
const written = async (party?: Party) => {
  const { id } = await open(party)
  return { id, message: await tickets.write(id, { matter, sender, secrets, by: 'ann' }) }
}
const sent = async () => {
  const { id, message } = await written()
  await tickets.approve(id, { digest: message.digest, by: 'bob' })
  await tickets.send(id, { by: 'ann' })
  return id
}
const reply = (text: string, more: object = {}) => ({ at: now, from: 'abuse@names.example', text, digest: text, by: 'ann', step: 'reply' as const, ...more })
const states = async () => (await cases.show(of)).timeline.flatMap(({ fact }) => (fact.kind === 'ticket' ? [fact.state] : []))
const days = (count: number): void => { now = new Date(now.getTime() + count * 86_400_000) }

describe('a ticket', () => {
  it('goes from the draft to the look that finds the thing gone, each step a line of the case', async () => {
    const id = await sent()
    expect(carried).toMatchObject([{ to: 'abuse@names.example', subject: expect.stringContaining('pypihosted'), attachments: [{ name: 'xarf.json' }] }])
    days(1)
    await tickets.record(id, reply('We have received your report.', { step: 'acknowledge' }))
    days(5)
    expect((await tickets.list({ due: true })).map((one) => [one.id, one.due.todo])).toEqual([[id, 'escalate']])
    await tickets.record(id, reply('We informed the registrant.', { step: 'forward' }))
    days(6)
    expect(await tickets.observed(id, { gone: true, says: 'no name servers', at: now, source: 'DNS' })).toBe(true)
    expect(await tickets.observed(id, { gone: true, says: 'no name servers', at: now, source: 'DNS' })).toBe(false)
    days(1)
    expect(await tickets.observed(id, { gone: false, says: 'it resolves again', at: now, source: 'DNS' })).toBe(true)
    expect((await tickets.show(id)).due.todo).toBe('rewrite')
    expect(await states()).toEqual(['draft', 'approved', 'sent', 'acknowledged', 'forwarded', 'verified', 'relapsed'])
    expect(await tickets.list({ case: of })).toHaveLength(1)
  })

  it('never goes out unapproved, nor with another text than the one that was approved', async () => {
    const { id, message } = await written()
    await expect(tickets.send(id, { by: 'ann' })).rejects.toMatchObject({ code: 'usage' })
    await expect(tickets.approve(id, { digest: 'f'.repeat(64), by: 'bob' })).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining('has changed') })
    await tickets.approve(id, { digest: message.digest, by: 'bob' })
    await tickets.write(id, { matter: { ...matter, before: [] }, sender, secrets, by: 'ann' })
    await expect(tickets.send(id, { by: 'ann' })).rejects.toMatchObject({ code: 'usage' })
    await expect(tickets.markSent(id, { receipt: 'pasted', by: 'ann' })).rejects.toMatchObject({ code: 'usage' })
    expect(carried).toEqual([])
  })

  it('does not go out with a text that was changed behind its back', async () => {
    const { id, message } = await written()
    await tickets.approve(id, { digest: message.digest, by: 'bob' })
    await database.query.updateTable('ticket_texts').set({ text: 'something else' }).execute()
    await expect(tickets.send(id, { by: 'ann' })).rejects.toMatchObject({ code: 'storage' })
    expect(carried).toEqual([])
  })

  it('goes out once, also when two people send it at the same time', async () => {
    const { id, message } = await written()
    await tickets.approve(id, { digest: message.digest, by: 'bob' })
    const both = await Promise.allSettled([tickets.send(id, { by: 'ann' }), tickets.send(id, { by: 'bob' })])
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(carried).toHaveLength(1)
    await expect(tickets.send(id, { by: 'ann' })).rejects.toMatchObject({ code: 'usage' })
  })

  it('is uncertain after a crash, and only a person goes on', async () => {
    const { id, message } = await written()
    await tickets.approve(id, { digest: message.digest, by: 'bob' })
    carrying = () => Promise.reject(new Error('the connection broke after DATA'))
    await expect(tickets.send(id, { by: 'ann' })).rejects.toThrow('connection broke')
    carrying = () => Promise.resolve({ gone: true, receipt: '250' })
    await expect(tickets.send(id, { by: 'ann' })).rejects.toMatchObject({ message: expect.stringContaining('not known whether') })
    expect((await tickets.show(id)).texts.at(-1)).toMatchObject({ uncertain: true })
    await tickets.markSent(id, { receipt: 'it is in the mailbox', by: 'ann' })
    expect((await tickets.show(id)).texts.at(-1)).toMatchObject({ uncertain: false, receipt: 'it is in the mailbox' })
    expect(carried).toHaveLength(1)
  })

  // A process that dies does nothing after the moment: everything it still would have written is not there.
  it.each([1, 2, 3, 4, 5, 6, 7])('ends at its write %i, and is begun again: goes out once at most, and never unapproved', async (dies) => {
    const { id, message } = await written()
    let writes = 0
    let dead = false
    const mortal: Database = { ...database, query: database.query, transaction: async (work) => {
      if (dead || ++writes >= dies) { dead = true; throw new Error('killed') }
      return database.transaction(work)
    } }
    const clock = { now: () => now }
    const seal = new Cases({ database, clock, ledger: { append: async () => { if (++writes >= dies) { dead = true; throw new Error('killed') } } } })
    const doomed = new Tickets({ database: mortal, cases: seal, clock, carry: async (letter) => {
      if (++writes >= dies) { dead = true; throw new Error('killed before it went') }
      carried.push(letter)
      return carrying()
    } })
    const steps = (of: Tickets) => [() => of.approve(id, { digest: message.digest, by: 'bob' }), () => of.send(id, { by: 'ann' })]
    for (const step of steps(doomed)) if (!dead) await step().catch(() => undefined)
    for (const step of steps(tickets)) await step().catch(() => undefined)
    const { state, texts } = await tickets.show(id)
    expect(carried.length).toBeLessThanOrEqual(1)
    // Whatever is not known to have gone is said to be uncertain, and left to a person.
    expect([state, texts[0]?.uncertain]).toEqual(texts[0]?.sentAt === null ? ['approved', true] : ['sent', false])
    expect(texts[0]?.approvedBy).toBe('bob')
  })

  it('may be tried again where the other side refused for certain', async () => {
    const { id, message } = await written()
    await tickets.approve(id, { digest: message.digest, by: 'bob' })
    carrying = () => Promise.reject(new SluiceError('upstream-status', '550 no such user'))
    await expect(tickets.send(id, { by: 'ann' })).rejects.toThrow('550')
    carrying = () => Promise.resolve({ gone: true, receipt: '250' })
    await expect(tickets.send(id, { by: 'ann' })).resolves.toEqual({ gone: true, receipt: '250' })
  })

  it('is not sent by being written to a file', async () => {
    const { id, message } = await written()
    await tickets.approve(id, { digest: message.digest, by: 'bob' })
    carrying = () => Promise.resolve({ gone: false, receipt: 'written to outbox/x' })
    expect(await tickets.send(id, { by: 'ann' })).toEqual({ gone: false, receipt: 'written to outbox/x' })
    expect(await tickets.show(id)).toMatchObject({ state: 'approved', sentAt: null })
    await tickets.markSent(id, { receipt: 'sent from my own mail program', by: 'ann' })
    expect(await tickets.show(id)).toMatchObject({ state: 'sent', sentAt: now })
  })

  it('shows who approves what goes out of the text, and keeps both renderings apart', async () => {
    const { message } = await written()
    expect(message).toMatchObject({ rendering: 'redacted', removed: [{ is: 'the finder', times: 3 }, { is: 'a host or mailbox of ours', times: 1 }, { is: 'an internal address', times: 1 }, { is: 'an internal host', times: 1 }, { is: 'a token', times: 1 }] })
    // What goes along is read, too.
    expect(message.marked).toContain('Attached: capture.txt')
    expect(message.marked).toContain('from ⟦an internal host: runner***')
    expect(message.marked.replaceAll(/\s+/g, ' ')).toContain('⟦the finder: No***⟧')
    expect(JSON.stringify([message.text, message.attachments])).not.toContain(PLANTED.finder)
    const trusted = await written({ ...registrar, kind: 'cert', mayReachSuspect: false })
    expect(trusted.message).toMatchObject({ rendering: 'full', removed: [], leftOut: [] })
    expect(trusted.message.text).toContain(PLANTED.finder)
  })

  it('takes the same answer once, and one from a clock that is wrong', async () => {
    const id = await sent()
    await tickets.record(id, reply('done', { step: 'mitigate', at: new Date('2031-01-01T00:00Z') }))
    await tickets.record(id, reply('done', { step: 'mitigate', at: new Date('2031-01-01T00:00Z') }))
    const { mail, state } = await tickets.show(id)
    expect([mail.length, state, mail[0]?.at.getUTCFullYear()]).toEqual([1, 'mitigated', 2031])
    expect(await states()).toEqual(['draft', 'approved', 'sent', 'mitigated'])
  })

  it('takes no answer to a letter that was never sent', async () => {
    const { id } = await written()
    await expect(tickets.record(id, reply('what?'))).rejects.toMatchObject({ code: 'usage', hint: expect.stringContaining('approve') })
    expect((await tickets.show(id)).mail).toEqual([])
  })

  it('takes an answer that comes while the next letter is written, and one that comes after the end', async () => {
    const id = await sent()
    await tickets.write(id, { matter, sender, secrets, by: 'ann' })
    expect(await tickets.record(id, reply('we told the registrant', { step: 'forward' }))).toMatchObject({ state: 'forwarded' })
    await tickets.observed(id, { gone: true, says: 'gone', at: now, source: 'DNS' })
    expect(await tickets.record(id, reply('closed on our side'))).toMatchObject({ state: 'verified' })
    expect((await tickets.show(id)).mail).toHaveLength(2)
  })

  it('is not written anew while it goes out', async () => {
    const { id, message } = await written()
    await tickets.approve(id, { digest: message.digest, by: 'bob' })
    let arrived: (receipt: { gone: boolean; receipt: string }) => void = () => undefined
    carrying = () => new Promise((resolve) => { arrived = resolve })
    const sending = tickets.send(id, { by: 'ann' })
    await expect.poll(() => carried.length).toBe(1)
    await expect(tickets.write(id, { matter, sender, secrets, by: 'bob' })).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining('just now') })
    arrived({ gone: true, receipt: '250' })
    await sending
    expect((await tickets.show(id)).texts).toHaveLength(1)
    await tickets.write(id, { matter, sender, secrets, by: 'bob' })
  })

  it('waits for a text, then for a word, and nothing that has ended hides it', async () => {
    const { id } = await open()
    expect((await tickets.list({ due: true })).map(({ due }) => due.todo)).toEqual(['write'])
    await tickets.write(id, { matter, sender, secrets, by: 'ann' })
    expect((await tickets.list({ due: true })).map(({ due }) => due.todo)).toEqual(['approve'])
    expect(await tickets.list({ states: ['closed'] })).toEqual([])
  })

  it('needs a mailbox to write to', async () => {
    await expect(open({ ...registrar, contact: null })).rejects.toMatchObject({ code: 'usage' })
    await expect(tickets.show('T-nothing')).rejects.toMatchObject({ code: 'not-found' })
  })
})

describe('a mail that came back', () => {
  const mail = (body: string, headers = '') => Buffer.from(`From: Abuse <abuse@names.example>\r\nDate: Tue, 12 Mar 2024 08:00:00 +0000\r\nSubject: Re: Abuse report\r\n${headers}\r\n${body}\r\n`)
  it.each([
    ['We forwarded your report to our customer.', '', 'forward'], ['The registrant has been notified of your complaint.', '', 'forward'], ['The domain has been suspended.', '', 'mitigate'],
    ['We are unable to act on this.', '', 'refuse'], ['Thank you, we are looking into it.', '', 'reply'], ['Your ticket was received. It has been suspended.', 'Auto-Submitted: auto-replied\r\n', 'acknowledge'],
    ['> the domain has been suspended\r\nWe are looking.', '', 'reply'],
  ])('%s', async (body, headers, suggests) => {
    expect(await readMail(mail(body, headers))).toMatchObject({ from: 'abuse@names.example', at: new Date('2024-03-12T08:00Z'), suggests })
  })

  it.each([['nothing', Buffer.alloc(0)], ['a picture', Buffer.from([137, 80, 78, 71, 0, 255])], ['a mail without a date', Buffer.from('From: a@b.example\r\n\r\nx')], ['too much', Buffer.alloc(10 * 1024 * 1024 + 1)]])('refuses %s', async (_, bytes) => {
    await expect(readMail(bytes)).rejects.toMatchObject({ code: 'usage' })
  })
})
