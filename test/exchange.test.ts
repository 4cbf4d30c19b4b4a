import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { advisoriesFor } from '../src/intel/store.ts'
import { handClock } from '../src/monitor/feeds/testing.ts'
import { zip } from './fakes/archive-writers.ts'
import { startApi } from './harness/cli.ts'
import { startGate } from './harness/gate.ts'
import type { Gate, GateOptions } from './harness/gate.ts'

const open: { close(): Promise<void> }[] = []
const gateOf = async (options: GateOptions = {}): Promise<Gate> => {
  const gate = await startGate(options)
  open.push(gate)
  return gate
}
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

/** A server with documents that can be changed, and that remembers what was asked. */
async function serve(documents: Record<string, string | Buffer>): Promise<{ url: string; asked: string[]; documents: Record<string, string | Buffer>; headers: Record<string, Record<string, string>>; down: boolean }> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0] as string
    asked.push(path)
    const body = site.down ? undefined : documents[path]
    if (body === undefined) return void response.writeHead(site.down ? 503 : 404).end()
    const etag = `"${createHash('sha256').update(body).digest('hex').slice(0, 16)}"`
    if (request.headers['if-none-match'] === etag) return void response.writeHead(304, { etag }).end()
    response.writeHead(200, { etag, ...site.headers[path] }).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  open.push({ close: () => new Promise((resolve) => { server.close(() => resolve()); server.closeAllConnections() }) })
  const site = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, asked, documents, headers: {} as Record<string, Record<string, string>>, down: false }
  return site
}

const osv = (id: string, name: string, more: object = {}): string =>
  JSON.stringify({ id, modified: '2026-01-01T00:00:00Z', summary: id, affected: [{ package: { ecosystem: 'npm', name }, versions: ['1.0.0'] }], ...more })

/** A file that was examined here and found malicious, with an address where the finding points. */
async function judged({ app: { context } }: Gate, name: string, { behaviour = 'exfiltration', source = 'public', level = 'malicious' } = {}): Promise<void> {
  const { query } = context.database
  const digest = `sha256:${createHash('sha256').update(name).digest('hex')}`
  const now = context.clock.now().getTime()
  const file = `${name}-1.0.0.tgz`
  await query.deleteFrom('verdicts').where('name', '=', name).execute()
  await query.insertInto('artifacts').values({ ecosystem: 'npm', name, file, version: '1.0.0', digest, size: 1, upstream: 'http://up.invalid/', source, published_at: null, first_seen_at: now, hashes: '{}' } as never).onConflict((c) => c.doNothing()).execute()
  await query.insertInto('verdicts').values({
    ecosystem: 'npm', name, file, version: '1.0.0', digest, level, score: 90, missing: '[]', runs: '[]', rules: 'r', judged_at: now, elapsed_ms: 1,
    findings: JSON.stringify([{ detector: 'd', behaviour, severity: 'critical', confidence: 1, title: 'Sends credentials away', evidence: [{ file: 'index.js', lines: [3, 3], excerpt: 'secret words of the package', says: 'x' }] }]),
    indicators: JSON.stringify([{ type: 'url', value: 'https://c2.example/in', file: 'index.js', line: 3 }, { type: 'domain', value: 'elsewhere.example', file: 'readme.md', line: 1 }]),
  } as never).execute()
  await query.insertInto('changes').values({ kind: 'verdict', ecosystem: 'npm', name, at: now }).execute()
}

describe('what this gate says', () => {
  let gate: Gate
  const clock = handClock(Date.parse('2026-06-01T00:00:00Z'))
  beforeEach(async () => { gate = await gateOf({ clock }) })
  const texts = async (format: 'osv' | 'stix' | 'purl' | 'csv' | 'submission', most?: 'clear' | 'green' | 'amber') => {
    const { files, kept } = await gate.app.exchange.export(format, { most })
    return { text: files.map(({ text }) => text).join('\n'), kept, paths: files.map(({ path }) => path) }
  }

  it('is of what was found here, with the addresses a finding points to and no words of the package or of people', async () => {
    await judged(gate, 'evil')
    await judged(gate, 'ours', { source: 'http://private.invalid/' })
    await judged(gate, 'known', { behaviour: 'known-malicious' })
    const { text } = await texts('osv')
    const record = JSON.parse(text)
    expect(record).toMatchObject({
      affected: [{ package: { ecosystem: 'npm', name: 'evil' }, versions: ['1.0.0'], database_specific: { indicators: { package_integrity: [{ filename: 'evil-1.0.0.tgz' }] } } }],
      database_specific: { iocs: { urls: ['https://c2.example/in'] }, tlp: 'green' }, credits: [{ name: 'Sluice', type: 'FINDER' }],
    })
    expect(text).not.toMatch(/secret words|ours|elsewhere/)
    expect((await texts('purl')).text).toBe('pkg:npm/evil@1.0.0\n')
  })

  it('is withdrawn when it is no longer so, and said again when it is', async () => {
    await judged(gate, 'evil')
    const first = await gate.app.exchange.feedPage({ since: undefined, limit: 100, most: 'green' })
    clock.at += 1_000
    await judged(gate, 'evil', { level: 'clean' })
    const second = await gate.app.exchange.feedPage({ since: first.next, limit: 100, most: 'green' })
    expect(second.records).toMatchObject([{ id: first.records[0]?.['id'], withdrawn: '2026-06-01T00:00:01.000Z' }])
    clock.at += 1_000
    await judged(gate, 'evil')
    const third = await gate.app.exchange.feedPage({ since: second.next, limit: 100, most: 'green' })
    expect(third.records[0]).not.toHaveProperty('withdrawn')
    expect((await gate.app.exchange.feedPage({ since: third.next, limit: 100, most: 'green' })).records).toEqual([])
  })

  it('leaves only as far as TLP allows, and red never', async () => {
    await judged(gate, 'evil')
    await gate.app.exchange.addIndicators(['c2.example'], { type: null, says: 'seen', tlp: 'amber', validUntil: null, by: 'alice' })
    await gate.app.exchange.addIndicators(['red.example'], { type: null, says: 'seen', tlp: 'red', validUntil: null, by: 'alice' })
    expect((await texts('submission')).kept).toBe(2)
    expect(await texts('stix')).toMatchObject({ kept: 1 })
    const { text } = await texts('csv', 'amber')
    expect(text).toContain('"c2[.]example"')
    expect(text).not.toMatch(/red\[?\.|alice|[^.\]]c2\.example/)
    await expect(gate.app.exchange.export('stix', { most: 'red' })).rejects.toMatchObject({ code: 'usage' })
    expect((await texts('submission', 'green')).paths).toEqual([expect.stringMatching(/^osv\/malicious\/npm\/evil\/MAL-0000-sluice-[0-9a-f]{24}\.json$/)])
  })

  it('goes to another gate by cursor: advisories, statements, what is withdrawn; a person\'s release stays a person\'s', async () => {
    await judged(gate, 'evil')
    const list = await serve({ '/list.csv': 'name,version,ecosystem\nlisted,1.0.0,npm\n' })
    const [api, first] = await Promise.all([startApi(gate.app), gateOf({ clock, origins: [list.url] })])
    open.push(api)
    await first.app.exchange.addFeed({ name: 'list', location: `${list.url}list.csv`, format: null, tlp: 'clear' }, { by: 'me', atMachine: true })
    expect(await first.app.exchange.syncFeeds()).toMatchObject([{ report: { imported: 1 }, problem: null }])
    expect((await advisoriesFor(first.app.context.database, 'npm', 'listed'))).toMatchObject([{ malicious: true, source: 'list', versions: ['1.0.0'] }])

    const token = await gate.app.tokens.create({ name: 'ci', scopes: ['read'], expiresAt: null })
    const ask = async (query: string, secret: string | null = token.secret) =>
      (await fetch(`${api.origin}/api/v1/feed/osv${query}`, { headers: secret === null ? {} : { authorization: `Bearer ${secret}` } })).json() as Promise<{ records: unknown[]; next: string; more: boolean }>
    expect((await ask('')).records).toHaveLength(1)
    // Without a token: what is clear, and this is green.
    expect((await ask('', null)).records).toEqual([])
    expect(await fetch(`${api.origin}/api/v1/feed/osv?since=nonsense`).then((answer) => answer.status)).toBe(400)

    const second = await gateOf({ clock, origins: [api.origin] })
    await second.app.exchange.addFeed({ name: 'gate', location: `${api.origin}/api/v1/feed/osv`, format: null, tlp: 'clear' }, { by: 'me', atMachine: true })
    // As nobody it gets nothing, and that is no error.
    expect(await second.app.exchange.syncFeeds('gate')).toMatchObject([{ problem: null, report: { imported: 0 } }])
  })
})

describe('feeds of others', () => {
  const clock = handClock(Date.parse('2026-06-01T00:00:00Z'))
  const name = (gate: Gate, of: string) => advisoriesFor(gate.app.context.database, 'npm', of)

  it('reads OSV\'s bulk layout once, and then only what changed', async () => {
    const site = await serve({
      '/npm/all.zip': zip([{ path: 'MAL-1.json', body: osv('MAL-1', 'one') }, { path: 'MAL-2.json', body: osv('MAL-2', 'two') }]),
      '/npm/modified_id.csv': '2026-01-01T00:00:00Z,MAL-1\n2026-01-01T00:00:00Z,MAL-2\n',
    })
    const gate = await gateOf({ clock, origins: [site.url] })
    await gate.app.exchange.addFeed({ name: 'osv', location: `${site.url}npm/`, format: null, tlp: 'clear' }, { by: 'me', atMachine: true })
    expect(await gate.app.exchange.syncFeeds('osv')).toMatchObject([{ report: { imported: 2 }, problem: null }])
    site.asked.length = 0
    expect(await gate.app.exchange.syncFeeds('osv')).toMatchObject([{ report: { imported: 0, updated: 0 }, problem: null }])
    expect(site.asked).toEqual(['/npm/modified_id.csv'])
    site.documents['/npm/modified_id.csv'] = '2026-02-01T00:00:00Z,MAL-3\n2026-01-01T00:00:01Z,../../secret\n2026-01-01T00:00:00Z,MAL-1\n'
    site.documents['/npm/MAL-3.json'] = osv('MAL-3', 'three', { modified: '2026-02-01T00:00:00Z' })
    site.documents['/npm/MAL-1.json'] = osv('MAL-1', 'one')
    expect(await gate.app.exchange.syncFeeds('osv')).toMatchObject([{ report: { imported: 1, unchanged: 1 }, problem: null }])
    expect(site.asked).not.toContain('/npm/all.zip')
    expect(await name(gate, 'three')).toHaveLength(1)
  })

  it('reads a feed again whose level is another one', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sluice-levels-'))
    open.push({ close: () => rm(folder, { recursive: true, force: true }) })
    await writeFile(join(folder, 'a.json'), osv('MAL-1', 'one'))
    const gate = await gateOf({ clock })
    const { exchange, context } = gate.app
    const read = async (tlp: 'clear' | 'amber'): Promise<string | undefined> => {
      await exchange.addFeed({ name: 'osv', location: folder, format: null, tlp }, { by: 'me', atMachine: true })
      await exchange.syncFeeds('osv')
      await exchange.removeFeed('osv')
      return (await context.database.query.selectFrom('advisories').select('tlp').where('name', '=', 'one').executeTakeFirst())?.tlp
    }
    expect([await read('clear'), await read('amber'), await read('amber')]).toEqual(['clear', 'amber', 'amber'])
  })

  it('loses nothing to a table of the future, or to an archive older than its table', async () => {
    const site = await serve({
      '/npm/all.zip': zip([{ path: 'MAL-1.json', body: osv('MAL-1', 'one') }]),
      '/npm/modified_id.csv': '2099-01-01T00:00:00Z,MAL-9\n2026-01-01T00:00:00Z,MAL-2\n2025-01-01T00:00:00Z,MAL-1\n', '/npm/MAL-2.json': osv('MAL-2', 'two'),
    })
    site.headers['/npm/all.zip'] = { 'last-modified': new Date('2025-12-31T00:00:00Z').toUTCString() }
    const gate = await gateOf({ clock, origins: [site.url] })
    await gate.app.exchange.addFeed({ name: 'osv', location: `${site.url}npm/`, format: null, tlp: 'clear' }, { by: 'me', atMachine: true })
    await gate.app.exchange.syncFeeds('osv')
    expect(await name(gate, 'two')).toHaveLength(0)
    await gate.app.exchange.syncFeeds('osv')
    expect(await name(gate, 'two')).toHaveLength(1)
    const later = new Date(clock.at + 60_000).toISOString()
    site.documents['/npm/modified_id.csv'] = `2099-01-01T00:00:00Z,MAL-9\n${later},MAL-3\n2026-01-01T00:00:00Z,MAL-2\n`
    site.documents['/npm/MAL-3.json'] = osv('MAL-3', 'three', { modified: later })
    await gate.app.exchange.syncFeeds('osv')
    expect(await name(gate, 'three')).toHaveLength(1)
  })

  it('says that a feed is down, keeps what was there, and tries again later and later', async () => {
    const site = await serve({ '/list.txt': 'pkg:npm/evil@1.0.0\n' })
    const gate = await gateOf({ clock, origins: [site.url] })
    const { exchange } = gate.app
    await exchange.addFeed({ name: 'list', location: `${site.url}list.txt`, format: null, tlp: 'clear' }, { by: 'me', atMachine: true })
    await exchange.syncFeeds()
    site.down = true
    const pauses: number[] = []
    for (let tries = 0; tries < 3; tries++) {
      expect((await exchange.syncFeeds())[0]?.problem).toMatch(/answers 503/)
      const [{ state } = { state: null }] = await exchange.feeds()
      pauses.push(Date.parse(state?.nextAt ?? '') - clock.at)
    }
    expect(pauses).toEqual([60_000, 120_000, 240_000])
    expect(await exchange.syncDue()).toEqual([])
    expect(await name(gate, 'evil')).toHaveLength(1)
    expect(await gate.app.operator.checkup().then((checks) => checks.find((one) => one.name === 'feeds'))).toMatchObject({ state: 'warning' })
    site.down = false
    // A page of a proxy in place of the list changes nothing.
    site.documents['/list.txt'] = '<html>log in</html>'
    expect((await exchange.syncFeeds())[0]?.problem).toMatch(/web page/)
    expect((await name(gate, 'evil'))[0]?.withdrawn).toBeNull()
    site.documents['/list.txt'] = 'pkg:npm/evil@1.0.0\npkg:npm/other\n'
    clock.at += 86_400_000
    expect(await exchange.syncDue()).toMatchObject([{ report: { imported: 1 }, problem: null }])
  })

  it('reads a MISP feed by its manifest, and another gate\'s own export of one', async () => {
    const from = await gateOf({ clock })
    await judged(from, 'evil')
    const { files } = await from.app.exchange.export('misp', {})
    const site = await serve(Object.fromEntries(files.map(({ path, text }) => [`/misp/${path}`, text])))
    const gate = await gateOf({ clock, origins: [site.url] })
    await gate.app.exchange.addFeed({ name: 'misp', location: `${site.url}misp/`, format: null, tlp: 'clear' }, { by: 'me', atMachine: true })
    expect(await gate.app.exchange.syncFeeds()).toMatchObject([{ report: { imported: 1 }, problem: null }])
    expect(await name(gate, 'evil')).toMatchObject([{ malicious: true, versions: ['1.0.0'] }])
    expect((await gate.app.exchange.indicators({})).map(({ type, value, tlp }) => `${type} ${value} ${tlp}`)).toEqual(expect.arrayContaining(['url https://c2.example/in green']))
    site.asked.length = 0
    await gate.app.exchange.syncFeeds()
    expect(site.asked).toEqual(['/misp/manifest.json'])
  })
})

describe('TAXII 2.1', () => {
  it('has discovery, collections, objects in pages, manifest and filters; what is green wants a token', async () => {
    const clock = handClock(Date.parse('2026-06-01T00:00:00Z'))
    const gate = await gateOf({ clock })
    await judged(gate, 'evil')
    const api = await startApi(gate.app)
    open.push(api)
    const { secret } = await gate.app.tokens.create({ name: 'soc', scopes: ['read'], expiresAt: null })
    const basic = `Basic ${Buffer.from(`soc:${secret}`).toString('base64')}`
    const ask = async (path: string, headers: Record<string, string> = { authorization: basic, accept: 'application/taxii+json;version=2.1' }, method = 'GET') => {
      const answer = await fetch(`${api.origin}/taxii2/${path}`, { headers, method })
      return { status: answer.status, type: answer.headers.get('content-type'), first: answer.headers.get('x-taxii-date-added-first'), last: answer.headers.get('x-taxii-date-added-last'), body: await answer.json().catch(() => null) as never }
    }
    expect(await ask('')).toMatchObject({ status: 200, type: 'application/taxii+json;version=2.1', body: { api_roots: ['http://gate.example/taxii2/sluice/'] } })
    expect(await ask('sluice/')).toMatchObject({ body: { versions: ['application/taxii+json;version=2.1'] } })
    const { body: { collections: [statements] } } = await ask('sluice/collections/') as unknown as { body: { collections: { id: string; can_write: boolean }[] } }
    expect(statements?.can_write).toBe(false)
    const at = `sluice/collections/${statements?.id}`
    const whole = await ask(`${at}/objects/`) as unknown as { body: { objects: { id: string; type: string }[]; more?: boolean }; first: string; last: string }
    expect(whole).toMatchObject({ first: '2026-06-01T00:00:00.000000Z', last: '2026-06-01T00:00:00.000000Z' })
    expect(new Set(whole.body.objects.map(({ type }) => type))).toEqual(new Set(['marking-definition', 'identity', 'malware', 'software', 'file', 'indicator', 'url', 'infrastructure', 'relationship', 'report']))

    const paged: string[] = []
    for (let next: string | undefined = ''; next !== undefined;) {
      const page = await ask(`${at}/objects/?limit=3${next === '' ? '' : `&next=${next}`}`) as unknown as { body: { objects: { id: string }[]; next?: string } }
      paged.push(...page.body.objects.map(({ id }) => id))
      next = page.body.next
    }
    expect(paged).toEqual(whole.body.objects.map(({ id }) => id))
    const malware = whole.body.objects.find(({ type }) => type === 'malware')?.id
    expect((await ask(`${at}/objects/?match[type]=malware,report`) as unknown as { body: { objects: { type: string }[] } }).body.objects.map(({ type }) => type).sort()).toEqual(['malware', 'report'])
    expect(await ask(`${at}/objects/${malware}/`)).toMatchObject({ body: { objects: [{ id: malware }] } })
    expect(await ask(`${at}/objects/${malware}/versions/`)).toMatchObject({ body: { versions: ['2026-06-01T00:00:00.000Z'] } })
    expect(await ask(`${at}/manifest/?match[id]=${malware}`)).toMatchObject({ body: { objects: [{ id: malware, media_type: 'application/stix+json;version=2.1' }] } })
    expect(await ask(`${at}/objects/?added_after=2026-06-01T00:00:00Z`)).toMatchObject({ status: 200, body: {} })

    expect(await ask('', {})).toMatchObject({ status: 200 })
    expect((await ask(`${at}/objects/`, {}) as unknown as { body: object }).body).toEqual({})
    expect(await ask('', { authorization: 'Bearer wrong' })).toMatchObject({ status: 401 })
    expect(await ask('', { accept: 'text/html', authorization: basic })).toMatchObject({ status: 406 })
    expect(await ask(`${at}/objects/`, { authorization: basic }, 'POST')).toMatchObject({ status: 405 })
    for (const path of [`${at}/objects/?limit=0`, `${at}/objects/?next=x`, `${at}/objects/?added_after=x`]) expect(await ask(path)).toMatchObject({ status: 400, body: { http_status: '400' } })
    for (const path of ['sluice/collections/none/', `${at}/objects/malware--00000000-0000-4000-8000-000000000000/`, 'other/']) expect(await ask(path)).toMatchObject({ status: 404, body: { http_status: '404' } })
  })
})
