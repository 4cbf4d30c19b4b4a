import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sluice, startApi } from '../../test/harness/cli.ts'
import { startGate } from '../../test/harness/gate.ts'
import type { Gate, GateOptions } from '../../test/harness/gate.ts'
import { createCarrier } from '../incident/carrier.ts'

let [data, secret] = ['', '']
let gate: Gate
let api: Awaited<ReturnType<typeof startApi>>
let options: GateOptions & { data: string }

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'sluice-cli-incident-'))
  const sender = { organisation: 'Acme', contact: 'abuse-desk@acme.example', domain: 'acme.example' }
  options = { data, response: { sender, ownDomains: ['acme.example'], publisher: { id: 'acme.example', name: 'Acme' }, looksAtContent: false, carry: createCarrier({ mailer: null, sender, outbox: join(data, 'outbox') }) } }
  gate = await startGate(options)
  api = await startApi(gate.app)
  secret = (await gate.app.tokens.create({ name: 'operator', scopes: ['admin'], expiresAt: null })).secret
})

afterAll(async () => {
  await api.close()
  await gate.close()
  await rm(data, { recursive: true, force: true })
})

const here = (...args: string[]) => sluice(args, { gate: options })
const there = (...args: string[]) => sluice([...args, '--server', api.origin], { env: { SLUICE_TOKEN: secret } })

describe('before anything happened', () => {
  it.each(['case list', 'case list --open', 'case show C-2026-0001', 'ticket list', 'ticket list --due', 'ticket show T-nothing', 'reports list', 'reports list --open', 'reports observers', 'report incident C-2026-0001', 'case list --json'])('%s says so, the same from both', async (line) => {
    const [one, other] = await Promise.all([here(...line.split(' ')), there(...line.split(' '))])
    expect({ ...one, json: null }).toEqual({ ...other, json: null })
    expect(`${one.out}${one.err}`).not.toBe('')
  })
})

describe.each([['a data folder', here], ['a running gate', there]] as const)('an incident from %s', (where, run) => {
  const ok = async (...args: string[]) => {
    const ran = await run(...args)
    expect(ran.err.startsWith('sluice:') ? ran.err : '', args.join(' ')).toBe('')
    expect(ran.code, args.join(' ')).toBe(0)
    return ran
  }
  const name = where === 'a data folder' ? 'colour-ish' : 'colour-esque'
  let id: string
  let ticket: string

  it('comes in as a report', async () => {
    const refused = await run('reports', 'submit', `pypi:${name}==1.0`, '--summary', 'setup.py fetches and runs an archive')
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('names the file and line')])
    expect((await ok('reports', 'submit', `pypi:${name}==1.0`, '--summary', 'setup.py fetches and runs an archive', '--link', 'https://inspector.example/setup.py#L3')).out).toMatch(/kept as R-[0-9a-f]{8}; somebody looks at it/)
    const [report] = (await ok('reports', 'list', '--open', '--json')).json() as { id: string; name: string }[]
    expect(report?.name).toBe(name)
    expect((await ok('reports', 'show', report?.id ?? '')).out).toContain('setup.py fetches and runs an archive')
    expect((await ok('reports', 'decide', `pypi:${name}`, '--malicious')).out).toContain('1 report confirmed')
  })

  it('becomes a case', async () => {
    const opened = (await ok('case', 'open', `pypi:${name}==1.0`, '--because', 'it runs an archive', '--severity', 'critical', '--json')).json() as { id: string; tasks: unknown[] }
    id = opened.id
    expect(opened.tasks).toHaveLength(4)
    await ok('case', 'observable', id, 'domain', 'files.evil.example', '--part', 'second-stage', '--tlp', 'clear')
    await ok('case', 'happened', id, 'removed', '--at', '2026-01-02T03:04Z', '--source', 'the registry')
    await ok('case', 'happened', id, 'uploaded', '--at', '2026-01-01')
    await ok('case', 'task', id, 'confirm', '--done')
    await ok('case', 'set', id, '--for', 'ann', '--tlp', 'clear')
    await writeFile(join(data, 'log.txt'), 'GET /x from build-7.acme.example')
    await ok('case', 'evidence', id, join(data, 'log.txt'), '--nature', 'document', '--type', 'text/plain')
    const { out } = await ok('case', 'show', id)
    for (const part of ['critical', 'with ann', 'files.evil.example', '2026-01-01       ', 'removed', 'log.txt', '1 of 4 done', 'upload → removal', 'at most 2 days']) expect(out).toContain(part)
  })

  it.each([
    [['case', 'happened', 'ID', 'nonsense'], 'is no step'], [['case', 'note', 'ID', 'x', '--at', 'yesterday'], 'is no time'], [['case', 'note', 'ID', 'x', '--at', '2999-01-01'], 'in the future'], [['case', 'observable', 'ID', 'thing', 'x'], 'no kind of indicator'],
    [['case', 'correct', 'ID', 'x', '--because', 'y'], 'says what is right'], [['case', 'reopen', 'ID', '--because', 'x'], 'is open'], [['ticket', 'draft', 'ID', 'domain', 'other.example'], 'has no domain other.example'], [['case', 'set', 'ID'], 'say what to set'],
    [['case', 'evidence', 'ID', '/nonexistent'], 'cannot read'],
  ])('refuses %j', async (args, says) => {
    const ran = await run(...args.map((one) => (one === 'ID' ? id : one)))
    expect([ran.code, ran.err]).toEqual([2, expect.stringContaining(says)])
  })

  it('is written about, approved, and lies in the outbox until a person sent it', async () => {
    ticket = ((await ok('ticket', 'draft', id, 'domain', 'files.evil.example', '--to', 'Names Ltd', '--party', 'registrar', '--contact', 'abuse@names.example', '--json')).json() as { tickets: { id: string }[] }).tickets[0]?.id ?? ''
    const { digest } = (await ok('ticket', 'write', ticket, '--json')).json() as { digest: string }
    const early = await run('ticket', 'send', ticket)
    expect([early.code, early.err]).toEqual([2, expect.stringContaining('cannot send')])
    await ok('ticket', 'approve', ticket, digest)
    const sent = await ok('ticket', 'send', ticket)
    expect(sent.err).toContain('Nothing was sent')
    const [folder = ''] = (await readdir(join(data, 'outbox'))).filter((one) => one.startsWith(ticket))
    const letter = await readFile(join(data, 'outbox', folder, 'letter.txt'), 'utf8')
    expect(letter).toContain('files[.]evil[.]example')
    expect(letter).toContain('log.txt: text/plain')
    const xarf = await readFile(join(data, 'outbox', folder, '1-xarf.json'), 'utf8')
    expect(Buffer.from((JSON.parse(xarf) as { evidence: { payload: string }[] }).evidence.at(-1)?.payload ?? '', 'base64').toString()).toBe('GET /x from [removed: a host or mailbox of ours]')
    expect((await ok('ticket', 'list')).out).toContain('send now')
    await ok('ticket', 'send', ticket, '--by-hand', 'their form, reference 17')
    await ok('ticket', 'reply', ticket, '--text', 'we told the holder', '--as', 'forward', '--from', 'abuse@names.example')
    const { out } = await ok('ticket', 'show', ticket)
    for (const part of ['forwarded', 'reference 17', 'we told the holder', 'approved by']) expect(out).toContain(part)
  })

  it('ends with a report and receipts', async () => {
    const out = join(data, `report-${name}`)
    await ok('report', 'incident', id, '--out', out)
    expect((await readdir(out)).sort()).toEqual(['indicators.csv', 'misp.json', 'osv', 'report.html', 'report.md', 'stix.json'])
    await writeFile(join(out, 'report.md'), `${await readFile(join(out, 'report.md'), 'utf8')}\nEdited by a person.\n`)
    await ok('report', 'incident', id, '--out', out, '--edited', join(out, 'report.md'))
    expect(await readFile(join(out, 'report.html'), 'utf8')).toContain('Edited by a person.')
    await ok('ticket', 'receipts', id, '--out', join(data, `receipts-${name}`))
    expect(await readFile(join(data, `receipts-${name}`, 'list.csv'), 'utf8')).toContain('"their form, reference 17"')
    await ok('ticket', 'receipts', id, '--out', join(data, 'receipts.zip'))
    expect((await readFile(join(data, 'receipts.zip'))).subarray(0, 2).toString()).toBe('PK')
    await ok('ticket', 'close', ticket, '--because', 'it is over')
    await ok('case', 'close', id, '--outcome', 'without-impact', '--because', 'nobody had it')
    expect((await ok('case', 'list')).out).toContain('without-impact')
    expect((await ok('case', 'verify', id)).out).toContain('every line is what it was')
    await gate.app.context.database.query.updateTable('case_events').set({ says: 'never happened' }).where('case_id', '=', id).where('says', '=', 'nobody had it').execute()
    const changed = await run('case', 'verify', id)
    expect([changed.code, changed.out]).toEqual([1, expect.stringContaining('not what it was')])
  })
})

describe('reports by HTTP', () => {
  const form = (fields: Record<string, string>, headers: Record<string, string> = {}) => fetch(`${api.origin}/report`, { method: 'POST', body: new URLSearchParams(fields), headers })
  const said = { kind: 'malware', package: 'npm:thing@1.0.0', summary: 'it does <b>bad</b> things', link: 'https://inspector.example/x#L1' }

  it('come in by a page without a script, which says what is missing and keeps what was written', async () => {
    const page = await fetch(`${api.origin}/report`)
    expect(page.headers.get('content-security-policy')).toContain("form-action 'self'")
    const missing = await form({ ...said, link: '' })
    const text = await missing.text()
    expect([missing.status, text]).toEqual([400, expect.stringContaining('names the file and line')])
    expect(text).toContain('it does &lt;b&gt;bad&lt;/b&gt; things')
    expect(text).not.toContain('<b>bad')
    expect((await form(said)).status).toBe(201)
  })

  it('do not come from pages of other sites, nor without end', async () => {
    expect((await form(said, { origin: 'https://evil.example' })).status).toBe(403)
    expect((await form({ ...said, summary: 'x'.repeat(100_000) })).status).toBe(413)
    const many = await Promise.all(Array.from({ length: 12 }, () => form(said)))
    expect(many.filter(({ status }) => status === 429).length).toBeGreaterThan(5)
    expect(many.find(({ status }) => status === 429)?.headers.get('retry-after')).toMatch(/^\d+$/)
  })

  it('come in by the API, with a token of their own count', async () => {
    const post = (body: object) => fetch(`${api.origin}/api/v1/reports`, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json', authorization: `Bearer ${secret}` } })
    const taken = await post({ ...said, machine: true })
    expect([taken.status, await taken.json()]).toEqual([201, { reference: expect.stringMatching(/^R-/), says: expect.stringContaining('Thank you') }])
    expect((await post({ ...said, nonsense: 1 })).status).toBe(400)
    expect((await post({ ...said, package: 'nothing' })).status).toBe(400)
  })
})
