import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../adapters/embedded/database.ts'
import type { Database } from '../ports/database.ts'
import { Clockwork } from './clockwork.ts'
import { followDomains } from './follow.ts'
import { Response } from './response.ts'
import { registrar } from './tickets/testing.ts'

const sender = { organisation: 'Acme', contact: 'abuse-desk@acme.example', domain: 'acme.example' }
let folder: string
let database: Database
let now: Date
let response: Response
let ordering: () => void
let rule: { youngerThan: number; observers: number; trusted: number }
const orders: string[] = []
const logged: string[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-response-'))
  database = await openDatabase(join(folder, 'sluice.db'))
  await database.migrate()
  now = new Date('2024-03-06T12:00:00Z')
  ordering = () => undefined
  rule = { youngerThan: 0, observers: 2, trusted: 0 }
  orders.length = 0
  logged.length = 0
  response = new Response({
    database, clock: { now: () => now }, ledger: { append: async () => undefined }, evidence: null as never, downloads: () => Promise.resolve(null), related: () => Promise.resolve([]), facts: () => Promise.resolve(null),
    order: async ({ action, name }) => { ordering(); orders.push(`${action} ${name}`) }, carry: () => Promise.resolve({ gone: true, receipt: '250 queued' }),
    settings: { sender, ownDomains: ['acme.example'], rule: () => rule },
  })
})
afterEach(async () => {
  await database.close()
  await rm(folder, { recursive: true })
})

const report = (id: string, contact: string | null = null) => response.report({
  kind: 'malware', ecosystem: 'npm', name: 'left-pat', versions: ['1.0.0'], link: 'https://inspector.example/x#line.1', evidence: [], summary: 'it reads tokens and sends them', observer: { id, isMachine: false, contact },
})
const minutes = (count: number): void => { now = new Date(now.getTime() + count * 60_000) }
const open = (more: object = {}) => response.open({ title: null, packages: [{ ecosystem: 'npm', name: 'left-pat', version: '1.0.0', digest: null }], campaign: null, severity: 'high', tlp: 'amber', cause: 'person', because: 'x', by: 'jane', ...more })
const withDomain = async () => {
  const { id } = await open()
  await response.cases.tell(id, { source: 'x', by: 'jane', says: 'x', fact: { kind: 'observable', type: 'domain', value: 'evil.example', role: 'second-stage', tlp: 'amber' } })
  const ticket = await response.tickets.open(id, { party: registrar, target: { type: 'domain', value: 'evil.example' }, channel: 'mail', by: 'jane' })
  return { id, ticket: ticket.id }
}
const domains = (state: 'up' | 'down') => ({
  recheckDue: () => Promise.resolve({ reports: [{ target: 'domain:evil.example', state, reasons: ['name servers'], looked: { at: now } }], problems: [] }), watch: () => Promise.resolve(), watched: () => Promise.resolve([]),
}) as never

describe('reports that hold a package', () => {
  it('hold it also where everything ended between the report and the hold', async () => {
    await report('ann')
    ordering = () => { throw new Error('killed') }
    await expect(report('bob')).rejects.toThrow('killed')
    ordering = () => undefined
    expect(await response.resume()).toBe(0)
    minutes(3)
    expect(await response.resume()).toBe(1)
    expect(await response.resume()).toBe(0)
    expect(orders).toEqual(['hold left-pat'])
    expect(await response.cases.list()).toHaveLength(1)
  })
})

describe('how old a package is', () => {
  const artifact = { ecosystem: 'npm', name: 'left-pat', file: 'left-pat-1.0.0.tgz', version: '1.0.0', digest: `sha256:${'ab'.repeat(32)}`, size: 1, upstream: 'https://files.example/', source: 'public', hashes: '{}', purged: 0 }
  const HOUR = 3_600_000
  it.each([
    ['new', {}, null, [], true], ['old, of which only the newest version came through here', {}, '2015-01-01T00:00:00.000Z', [], false], ['seen here before it says that it was published', { first_seen_at: Date.parse('2024-03-01T00:00Z') }, null, [], false],
    ['popular', {}, null, [{ ecosystem: 'npm', rank: 1, name: 'left-pat' }], false],
  ])('%s', async (_, more, createdAt, popular, isHeld) => {
    rule = { youngerThan: 24 * HOUR, observers: 0, trusted: 0 }
    await database.query.insertInto('artifacts').values({ ...artifact, published_at: now.getTime() - HOUR, first_seen_at: now.getTime(), ...more } as never).execute()
    if (createdAt !== null) await database.query.insertInto('identities').values({ ecosystem: 'npm', name: 'left-pat', identity: JSON.stringify({ createdAt }), fetched_at: 0 }).execute()
    if (popular.length > 0) await database.query.insertInto('popular').values(popular).execute()
    await report('ann')
    await response.reports.trust('ann', true)
    expect((await report('ann')).quarantine !== null).toBe(isHeld)
  })
})

describe('letters', () => {
  it('name no mailbox of a finder and no stranger, to nobody', async () => {
    await report('anonymous at 192.0.2.55', 'nora@lab.example')
    const { id } = await withDomain()
    const { id: cert } = await response.tickets.open(id, { party: { ...registrar, kind: 'cert', mayReachSuspect: false }, target: { type: 'domain', value: 'evil.example' }, channel: 'mail', by: 'jane' })
    const message = await response.write(cert, 'jane')
    expect(message.rendering).toBe('full')
    expect(JSON.stringify(message)).not.toMatch(/192\.0\.2\.55|nora@lab|anonymous/)
  })
})

describe('what is seen of domains', () => {
  it('says nothing to a letter that was closed while its domain was never gone', async () => {
    const { ticket } = await withDomain()
    await response.tickets.close(ticket, { because: 'the wrong party', by: 'jane' })
    await followDomains({ domains: domains('up'), response, log: () => undefined })
    expect((await response.tickets.show(ticket)).state).toBe('closed')
  })

  it('opens case and letter again where it was gone and is back', async () => {
    const { id, ticket } = await withDomain()
    await followDomains({ domains: domains('down'), response, log: () => undefined })
    await response.tickets.close(ticket, { because: 'gone', by: 'jane' })
    await response.cases.tell(id, { source: 'jane', by: 'jane', says: 'done', fact: { kind: 'closed', outcome: 'without-impact' } })
    minutes(60)
    await followDomains({ domains: domains('up'), response, log: () => undefined })
    await followDomains({ domains: domains('up'), response, log: () => undefined })
    expect(await response.cases.show(id)).toMatchObject({ state: 'open' })
    expect((await response.tickets.show(ticket)).state).toBe('relapsed')
    expect((await response.cases.show(id)).timeline.filter(({ fact }) => fact.kind === 'reopened')).toHaveLength(1)
  })
})

describe('what happens by the clock', () => {
  it('goes on where one part of it fails', async () => {
    const { ticket } = await withDomain()
    await database.query.updateTable('tickets').set({ state: 'mitigated', sent_at: now.getTime() }).where('id', '=', ticket).execute()
    const noticed: string[] = []
    const broken = { ...(domains('up') as object), recheckDue: () => Promise.reject(new Error('no DNS')) } as never
    await new Clockwork({ database, clock: { now: () => now }, response, domains: broken, notify: async ({ title }) => void noticed.push(title), log: (says) => logged.push(says) }).tick()
    expect(logged).toEqual(['looks at domains: no DNS'])
    expect(noticed).toHaveLength(1)
  })

  it('tells a case of a flood in pieces', async () => {
    const files = Array.from({ length: 40 }, (_, index) => ({
      ecosystem: 'npm', name: 'left-pat', file: `left-pat-${index}.tgz`, version: '1.0.0', digest: `sha256:${'ab'.repeat(32)}`, level: 'malicious', score: 90, missing: '[]', runs: '[]', rules: 'r', learned: null, profile: null, difference: null, repository: null, sketch: null,
      judged_at: now.getTime(), elapsed_ms: 1, indicators: '[]', findings: '[]',
    }))
    await database.query.insertInto('verdicts').values(files as never).execute()
    const { id } = await open()
    expect((await response.cases.show(id)).timeline.filter(({ fact }) => fact.kind === 'milestone').length).toBe(40)
    expect(await response.refresh(id)).toBe(0)
  })
})
