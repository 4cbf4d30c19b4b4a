import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Scope } from '../src/access/tokens.ts'
import { Answers } from '../src/api/schemas.ts'
import { startFakeNpm } from './fakes/npm.ts'
import type { FakeNpm } from './fakes/npm.ts'
import { startApi } from './harness/cli.ts'
import { startGate } from './harness/gate.ts'
import type { Gate } from './harness/gate.ts'

let npm: FakeNpm
let gate: Gate
let api: Awaited<ReturnType<typeof startApi>>
let now = new Date()
const secrets: Partial<Record<Scope | 'expired' | 'revoked', string>> = {}

beforeAll(async () => {
  npm = await startFakeNpm([{ name: '@acme/left-pad', version: '1.3.0', files: { 'index.js': 'module.exports = 1\n' } }])
  gate = await startGate({ sources: { npm: { url: npm.url, sumdb: null } }, clock: { now: () => now } })
  api = await startApi(gate.app)
  const { tokens } = gate.app
  const make = async (name: string, scope: Scope, expiresAt: Date | null = null) => tokens.create({ name, scopes: [scope], expiresAt })
  secrets.read = (await make('reader', 'read')).secret
  secrets.audit = (await make('auditor', 'audit')).secret
  secrets.admin = (await make('operator', 'admin')).secret
  secrets.expired = (await make('expired', 'admin', new Date(now.getTime() - 1))).secret
  const gone = await make('revoked', 'admin')
  secrets.revoked = gone.secret
  await tokens.revoke(gone.token.id)
  await fetch(`${gate.npm}@acme/left-pad/-/left-pad-1.3.0.tgz`)
})

afterAll(async () => {
  await api.close()
  await gate.close()
  await npm.close()
})

interface Asked { as?: keyof typeof secrets; method?: string; json?: unknown; body?: string; type?: string; headers?: Record<string, string> }

async function ask(path: string, { as, method, json, body = json === undefined ? undefined : JSON.stringify(json), type = 'application/json', headers = {} }: Asked = {}) {
  const response = await fetch(`${api.origin}/api/v1/${path}`, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: { ...headers, ...(as ? { authorization: `Bearer ${secrets[as]}` } : {}), ...(body === undefined ? {} : { 'content-type': type }) },
    ...(body === undefined ? {} : { body }),
  })
  return { status: response.status, headers: response.headers, json: await response.json() as Record<string, unknown> }
}

const ORDER = { package: 'npm:@acme/left-pad@1.3.0', action: 'hold', because: 'looking at it' }
const READS = ['status', 'packages/npm/%40acme%2Fleft-pad', 'ledger/head']
const AUDITS = ['trace?package=npm:@acme/left-pad', 'orders', 'policy']
const ADMIN: [string, Asked][] = [
  ['checkup', { method: 'POST' }], ['orders', { json: ORDER }], ['scans', { json: { package: 'npm:@acme/left-pad@1.3.0' } }],
  ['policy/test', { json: { text: 'policy: {}', since: '2026-01-01T00:00:00Z' } }], ['ledger/verify', { json: {} }],
  ['feeds?name=test', { body: '', type: 'application/x-ndjson' }], ['tokens', {}], ['tokens', { json: { name: 'x', scopes: ['read'] } }], ['tokens/none', { method: 'DELETE' }],
]

describe('who may', () => {
  it.each(READS)('anybody on this machine may read %s, and a reader', async (path) => {
    expect((await ask(path)).status).toBe(200)
    expect((await ask(path, { as: 'read' })).status).toBe(200)
  })

  it.each(AUDITS)('only a token with the scope audit or admin reads %s', async (path) => {
    expect((await ask(path)).status).toBe(401)
    expect((await ask(path, { as: 'read' })).status).toBe(401)
    for (const as of ['audit', 'admin'] as const) expect((await ask(path, { as })).status).toBe(200)
  })

  it.each([...READS, ...AUDITS])('nobody reads %s with a token that does not do, or through a proxy without one', async (path) => {
    for (const as of ['expired', 'revoked'] as const) expect((await ask(path, { as })).status).toBe(401)
    expect((await ask(path, { headers: { 'x-forwarded-for': '192.0.2.1' } })).status).toBe(401)
  })

  it.each(ADMIN)('%s needs a token with the scope admin', async (path, asked) => {
    for (const as of [undefined, 'read', 'audit', 'expired', 'revoked'] as const) {
      const { status, json, headers } = await ask(path, { ...asked, ...(as ? { as } : {}) })
      expect(status).toBe(401)
      expect(json['error']).toEqual(expect.any(String))
      expect(headers.get('www-authenticate')).toContain('Bearer')
    }
  })

  it('a password that a browser keeps reads pages, and nothing of the API', async () => {
    const authorization = `Basic ${Buffer.from(`me:${secrets.admin}`).toString('base64')}`
    const elsewhere = { 'x-forwarded-for': '192.0.2.1' }
    const page = async (headers: Record<string, string>) => {
      const response = await fetch(`${api.origin}/`, { headers })
      await response.text()
      return { status: response.status, challenge: response.headers.get('www-authenticate') }
    }
    expect(await page(elsewhere)).toEqual({ status: 401, challenge: 'Basic realm="sluice"' })
    expect((await page({ ...elsewhere, authorization })).status).toBe(200)
    for (const path of [...READS, ...AUDITS, 'tokens']) {
      const { status, headers } = await ask(path, { headers: { authorization } })
      expect([path, status, headers.get('www-authenticate')]).toEqual([path, 401, 'Bearer realm="sluice"'])
    }
    expect((await ask('feeds?name=mine', { body: '{}', type: 'text/plain', headers: { authorization } })).status).toBe(401)
  })

  it.each(['https://attacker.example', 'null', 'http://gate.example:81', 'http://gate.example.attacker.example'])('changes nothing for a page of %s', async (origin) => {
    for (const [path, asked] of ADMIN.filter(([, { method, json, body }]) => method ?? json ?? body)) {
      const { status, json } = await ask(path, { ...asked, as: 'admin', headers: { origin } })
      expect([path, status, json['error']]).toEqual([path, 403, 'pages of other sites change nothing here'])
    }
    expect((await ask('tokens', { as: 'admin', headers: { origin } })).status).toBe(200)
  })

  it('does what a page of its own asks for', async () => {
    expect((await ask('checkup', { as: 'admin', method: 'POST', headers: { origin: 'http://gate.example' } })).status).toBe(200)
  })

  it('a revoked token is refused from then on', async () => {
    const { json } = await ask('tokens', { as: 'admin', json: { name: 'short', scopes: ['admin'], expiresAt: '2099-01-01T00:00:00Z' } })
    const { token, secret } = json as unknown as { token: { id: string }; secret: string }
    const bearer = { authorization: `Bearer ${secret}` }
    expect((await ask('tokens', { headers: bearer })).status).toBe(200)
    expect((await ask(`tokens/${token.id}`, { as: 'admin', method: 'DELETE' })).json).toEqual({ revoked: true })
    now = new Date(now.getTime() + 3_000)
    expect((await ask('tokens', { headers: bearer })).status).toBe(401)
    expect((await ask(`tokens/${token.id}`, { as: 'admin', method: 'DELETE' })).status).toBe(404)
  })
})

describe('answers are what the description says', () => {
  it.each<[keyof typeof Answers, string, Asked]>([
    ['status', 'status', {}], ['package', 'packages/npm/%40acme%2Fleft-pad', {}], ['policy', 'policy', {}], ['head', 'ledger/head', {}],
    ['trace', 'trace?package=npm:@acme/left-pad&kind=served&kind=decided&limit=1', {}], ['checkup', 'checkup', { method: 'POST' }],
    ['order', 'orders', { json: { ...ORDER, action: 'release', expiresAt: '2099-01-01T00:00:00Z' } }], ['orders', 'orders', {}],
    ['scan', 'scans', { json: { package: 'npm:@acme/left-pad@1.3.0' } }], ['verification', 'ledger/verify', { json: {} }],
    ['replay', 'policy/test', { json: { text: 'policy:\n  minimum_age: {npm: 0}\n', since: '2026-01-01T00:00:00Z' } }],
    ['newToken', 'tokens', { json: { name: 'again', scopes: ['read'] } }], ['tokens', 'tokens', {}],
    ['feed', 'feeds?name=mine', { body: '{"id":"MAL-2026-2","modified":"2026-01-01T00:00:00Z","affected":[{"package":{"ecosystem":"npm","name":"evil"}}]}\nnot json\n', type: 'application/x-ndjson' }],
  ])('%s', async (name, path, asked) => {
    const { status, json } = await ask(path, { ...asked, as: 'admin' })
    expect(status).toBeLessThan(300)
    expect(Answers[name].parse(json)).toEqual(json)
  })

  it('pages through a trace', async () => {
    const seen: unknown[] = []
    for (let cursor: string | null = ''; cursor !== null;) {
      const { json } = await ask(`trace?package=npm:@acme/left-pad&limit=1${cursor === '' ? '' : `&cursor=${cursor}`}`, { as: 'audit' })
      const page = Answers.trace.parse(json)
      expect(page.lines.length).toBeLessThanOrEqual(1)
      seen.push(...page.lines.map(({ seq }) => seq))
      cursor = page.next
    }
    expect(seen.length).toBeGreaterThan(2)
    expect(new Set(seen).size).toBe(seen.length)
  })

  it.each([['token=nobody', 0], ['address=127.0.0.0/8&kind=served', 1], ['package=npm:@acme/left-pad&range=^1.0&kind=served&client=npm', 0], ['since=2000-01-01T00:00:00Z&until=2000-01-02T00:00:00Z', 0]])('traces by %s', async (query, least) => {
    const page = Answers.trace.parse((await ask(`trace?${query}`, { as: 'audit' })).json)
    if (least === 0) expect(page.lines).toEqual([])
    else expect(page.lines.length).toBeGreaterThanOrEqual(least)
  })

  it('writes a whole trace as a table', async () => {
    const { lines } = Answers.trace.parse((await ask('trace?package=npm:@acme/left-pad', { as: 'audit' })).json)
    const response = await fetch(`${api.origin}/api/v1/trace.csv?package=npm:@acme/left-pad`, { headers: { authorization: `Bearer ${secrets.audit}` } })
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8'])
    const rows = (await response.text()).trimEnd().split('\r\n')
    expect(rows[0]).toMatch(/^"line","when","what","ecosystem","name"/)
    expect(rows).toHaveLength(lines.length + 1)
    expect(rows[1]).toContain(`"'@acme/left-pad"`)
  })

  it('an order says who gave it, and holds at once', async () => {
    const { status, json } = await ask('orders', { as: 'admin', json: ORDER })
    expect([status, json['by'], json['name'], json['version']]).toEqual([201, 'operator', '@acme/left-pad', '1.3.0'])
    expect((await fetch(`${gate.npm}@acme/left-pad/-/left-pad-1.3.0.tgz`)).status).toBe(403)
  })
})

describe('bad input gets a clear answer', () => {
  it.each<[string, Asked, number, RegExp]>([
    ['trace', {}, 400, /say package=/],
    ['trace?package=left-pad', {}, 400, /not a package: left-pad/],
    ['trace?digest=sha256:00', {}, 400, /digest/],
    ['trace?package=npm:x&kind=eaten', {}, 400, /kind/],
    ['trace?package=npm:x&limit=0', {}, 400, /limit/],
    ['trace?package=npm:x&cursor=%27', {}, 400, /cursor/],
    ['packages/cargo/serde', {}, 400, /ecosystem/],
    ['packages/npm/never-seen', {}, 404, /nothing is known/],
    ['packages/npm/__proto__', {}, 404, /nothing is known/],
    ['orders', { body: '{' }, 400, /JSON/],
    ['orders', { body: 'package=x', type: 'application/x-www-form-urlencoded' }, 415, /Unsupported Media Type/],
    ['orders', { json: { ...ORDER, because: '' } }, 400, /because/],
    ['orders', { json: { ...ORDER, action: 'delete' } }, 400, /action/],
    ['orders', { json: { ...ORDER, package: 'left-pad' } }, 400, /not a package/],
    ['orders', { json: { ...ORDER, bcause: 'x' } }, 400, /bcause/],
    ['orders', { json: { ...ORDER, expiresAt: 'tomorrow' } }, 400, /expiresAt/],
    ['scans', { json: { package: 'npm:@acme/left-pad' } }, 400, /which version/],
    ['scans', { json: { package: 'npm:@acme/left-pad@7.0.0' } }, 404, /has no version 7\.0\.0/],
    ['scans', { json: { package: 'pypi:x==1' } }, 503, /off in this test/],
    ['policy/test', { json: { text: 'policy:\n  mode: maybe\n', since: '2026-01-01T00:00:00Z' } }, 400, /:2:\d+: policy\.mode/],
    ['policy/test', { json: { text: '', since: 'x' } }, 400, /since/],
    ['ledger/verify', { json: { head: { seq: 1, hash: 'x' } } }, 400, /head\.hash/],
    ['orders', { body: JSON.stringify(ORDER), type: 'text/plain' }, 415, /Unsupported Media Type/],
    ...['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'].map((type): [string, Asked, number, RegExp] =>
      ['feeds?name=mine', { body: '{}', type }, 415, /application\/x-ndjson or application\/json/]),
    ['feeds?name=..%2Fx', { body: '{}', type: 'application/x-ndjson' }, 400, /name/],
    ['tokens', { json: { name: 'a\nb', scopes: ['read'] } }, 400, /a token needs a name/],
    ['tokens', { json: { name: 'a', scopes: ['root'] } }, 400, /scopes/],
    ['nowhere', {}, 404, /openapi\.json/],
  ])('%s %j', async (path, asked, status, says) => {
    const answer = await ask(path, { ...asked, as: 'admin' })
    expect(answer.status).toBe(status)
    expect(answer.json['error']).toMatch(says)
  })

  it('takes no body without end', async () => {
    const { status, json } = await ask('orders', { as: 'admin', json: { ...ORDER, because: 'x'.repeat(3_000_000) } })
    expect([status, json['error']]).toEqual([413, 'the request is larger than 2097152 bytes'])
  })

  it('reads no address that is not one', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      request({ host: '127.0.0.1', port: new URL(api.origin).port, path: '/packages/npm/%zz' }, (response) => {
        response.resume()
        resolve(response.statusCode)
      }).on('error', reject).end()
    })
    expect(status).toBe(400)
  })
})

describe('the description', () => {
  it('is OpenAPI 3.1 and names every operation, its scope and its answers', async () => {
    const { json } = await ask('openapi.json')
    const { openapi, info, paths, components } = json as unknown as {
      openapi: string; info: { title: string; version: string }
      paths: Record<string, Record<string, { responses: Record<string, { description: string }>; security: unknown[] }>>
      components: { schemas: Record<string, unknown>; securitySchemes: Record<string, unknown> }
    }
    expect([openapi, info.title]).toEqual(['3.1.0', 'Sluice'])
    const operations = Object.entries(paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method} ${path}`)).sort()
    // One line each in a file of its own, so that a change of the API is seen as one.
    await expect(`${operations.join('\n')}\n`).toMatchFileSnapshot('operations.txt')
    for (const operation of Object.values(paths).flatMap((methods) => Object.values(methods))) {
      expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(['400', '401', '404']))
      expect(Object.values(operation.responses).every(({ description }) => description.length > 0)).toBe(true)
      expect(operation.security.length).toBeGreaterThan(0)
    }
    expect(components.securitySchemes).toHaveProperty('bearer')
    // Every reference leads somewhere.
    const references = [...JSON.stringify(json).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name as string)
    expect(references.length).toBeGreaterThan(10)
    for (const name of references) expect(components.schemas).toHaveProperty(name)
  })
})
