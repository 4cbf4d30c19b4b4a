import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Scope } from '../src/access/tokens.ts'
import { WatchAnswers } from '../src/api/watch-schemas.ts'
import { startFakeNpm } from './fakes/npm.ts'
import type { FakeNpm } from './fakes/npm.ts'
import { startApi } from './harness/cli.ts'
import { startGate } from './harness/gate.ts'
import type { Gate } from './harness/gate.ts'
import { seedWatch } from './harness/watched.ts'

let npm: FakeNpm
let gate: Gate
let api: Awaited<ReturnType<typeof startApi>>
const secrets: Partial<Record<Scope, string>> = {}

beforeAll(async () => {
  npm = await startFakeNpm([{ name: 'reqests', version: '1.0.0' }])
  gate = await startGate({ sources: { npm: { url: npm.url, sumdb: null } }, policy: { private: [{ ecosystem: 'npm', pattern: '@acme/billing', registry: null }] } })
  api = await startApi(gate.app)
  for (const scope of ['read', 'audit', 'admin'] as const) secrets[scope] = (await gate.app.tokens.create({ name: scope, scopes: [scope], expiresAt: null })).secret
  await seedWatch(gate.app.context.database)
})

afterAll(async () => {
  await api.close()
  await gate.close()
  await npm.close()
})

interface Asked { as?: Scope; method?: string; json?: unknown; body?: string; type?: string; headers?: Record<string, string> }

async function ask(path: string, { as, method, json, body = json === undefined ? undefined : JSON.stringify(json), type = 'application/json', headers = {} }: Asked = {}) {
  const response = await fetch(`${api.origin}/api/v1/${path}`, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: { ...headers, ...(as ? { authorization: `Bearer ${secrets[as]}` } : {}), ...(body === undefined ? {} : { 'content-type': type }) },
    ...(body === undefined ? {} : { body }),
  })
  const text = await response.text()
  return { status: response.status, type: response.headers.get('content-type') ?? '', text, json: (): Record<string, unknown> => JSON.parse(text) as Record<string, unknown> }
}

const SINCE = '2026-01-01T00:00:00Z'
const NAMES = { names: [{ ecosystem: 'npm', name: 'raect' }] }
const READS: [string, Asked][] = [['watch', {}], ['names/check', { json: NAMES }]]
const AUDITS: [string, Asked][] = [
  ['alarms', {}], [`alarms/digest?since=${SINCE}`, {}], ['campaigns', {}], ['campaigns/c1', {}], ['campaigns/c1/export', {}], ['campaigns/c1/members.csv', {}],
  ['actors', {}], ['actors/pypi/mallory', {}], ['watched', {}],
]
const ADMIN: [string, Asked][] = [
  ['alarms/a2/close', { method: 'POST' }], ['campaigns/rulings', { json: { kind: 'file', value: 'x', because: 'y' } }], ['campaigns/rulings', { method: 'DELETE', json: { kind: 'file', value: 'x' } }], ['watched', { json: { ecosystem: 'npm', actor: 'm', because: 'y' } }],
  ['watched/npm/m', { method: 'DELETE' }], ['names/exposed', { method: 'POST' }], ['names/used', { json: { ...NAMES, source: 'package.json' } }], ['names/npm', { body: 'react\n', type: 'text/plain' }],
]

describe('who may', () => {
  it.each(READS)('anybody on this machine, and a reader: %s', async (path, asked) => {
    expect((await ask(path, asked)).status).toBe(200)
    expect((await ask(path, { ...asked, as: 'read' })).status).toBe(200)
    expect((await ask(path, { ...asked, headers: { 'x-forwarded-for': '192.0.2.1' } })).status).toBe(401)
  })

  it.each(AUDITS)('only a token with the scope audit or admin: %s', async (path, asked) => {
    for (const as of [undefined, 'read'] as const) expect((await ask(path, { ...asked, ...(as ? { as } : {}) })).status).toBe(401)
    for (const as of ['audit', 'admin'] as const) expect((await ask(path, { ...asked, as })).status).toBe(200)
  })

  it.each(ADMIN)('only a token with the scope admin: %s', async (path, asked) => {
    for (const as of [undefined, 'read', 'audit'] as const) expect((await ask(path, { ...asked, ...(as ? { as } : {}) })).status).toBe(401)
    expect((await ask(path, { ...asked, as: 'admin', headers: { origin: 'https://attacker.example' } })).status).toBe(403)
  })
})

describe('answers are what the description says', () => {
  it.each<[Exclude<keyof typeof WatchAnswers, 'ruledOut'>, string, Asked]>([
    ['status', 'watch', {}], ['alarms', 'alarms?open=true', {}], ['digest', `alarms/digest?since=${SINCE}`, {}], ['campaigns', 'campaigns?all=true', {}], ['campaign', 'campaigns/c1', {}],
    ['exported', 'campaigns/c1/export', {}], ['actors', 'actors?ecosystem=pypi', {}], ['actor', 'actors/pypi/mallory', {}], ['watching', 'watched', { json: { ecosystem: 'go', actor: 'github.com/mallory', because: 'y' } }],
    ['watched', 'watched', {}], ['unwatched', 'watched/go/github.com%2Fmallory', { method: 'DELETE' }], ['names', 'names/check', { json: NAMES }],
    ['names', 'names/check', { json: { names: [{ ecosystem: 'npm', name: 'raect' }], look: true } }], ['exposed', 'names/exposed', { method: 'POST' }],
    ['learnt', 'names/used', { json: { ...NAMES, source: 'package.json' } }], ['updated', 'names/pypi', { body: 'requests\nredis\n', type: 'text/plain' }], ['closed', 'alarms/a1/close', { method: 'POST' }],
  ])('%s', async (name, path, asked) => {
    const { status, json } = await ask(path, { ...asked, as: 'admin' })
    expect(status).toBeLessThan(300)
    expect(WatchAnswers[name].parse(json())).toEqual(json())
  })

  it('members are a table without formulas and without addresses that lead anywhere', async () => {
    const { text, type } = await ask('campaigns/c1/members.csv', { as: 'audit' })
    expect(type).toBe('text/csv; charset=utf-8')
    expect(text.split('\r\n')).toHaveLength(7)
    expect(text).not.toMatch(/(?:^|,)"?[=+@-]/m)
    expect(text).toContain('mallory[@]mail[.]example')
    // eslint-disable-next-line no-control-regex -- control characters are what must not be there
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\u0000-\u001f]/)
  })

  it('what is asked about by name is answered in that order, without asking a registry', async () => {
    const found = WatchAnswers.names.parse((await ask('names/check', { json: { names: [{ ecosystem: 'pypi', name: 'Reqests' }, { ecosystem: 'npm', name: 'react' }, { ecosystem: 'npm', name: 'constructor' }] } })).json())
    expect(found.map(({ name, looked }) => [name, looked])).toEqual([['reqests', false], ['react', false], ['constructor', false]])
  })
})

describe('bad input gets a clear answer', () => {
  it.each<[string, Asked, number, RegExp]>([
    ['alarms?limit=0', {}, 400, /limit/], ['alarms?since=yesterday', {}, 400, /since/], ['alarms?open=maybe', {}, 400, /open/], ['alarms/digest', {}, 400, /since/],
    ['alarms/none/close', { method: 'POST' }, 404, /there is no open alarm none/], ['campaigns/none', {}, 404, /there is no campaign none/], ['campaigns/none/export', {}, 404, /no campaign/],
    ['campaigns/none/members.csv', {}, 404, /no campaign/], ['campaigns/__proto__', {}, 404, /no campaign/], [`campaigns/${'x'.repeat(300)}`, {}, 400, /id/],
    ['campaigns/rulings', { json: { kind: 'file', value: 'x', because: 'y' } }, 400, /the watch does not run here/], ['campaigns/rulings', { json: { kind: 'file' } }, 400, /value/],
    ['campaigns/rulings', { method: 'DELETE', json: { kind: 'file', value: 'x' } }, 400, /the watch does not run here/],
    ['actors/cargo/x', {}, 400, /ecosystem/], ['actors/npm/nobody', {}, 404, /nothing of npm:nobody was seen here/], ['actors?ecosystem=cargo', {}, 400, /ecosystem/],
    ['watched', { json: { ecosystem: 'npm', actor: '', because: 'y' } }, 400, /actor/], ['watched', { json: { ecosystem: 'npm', actor: ' \u0000 ', because: 'y' } }, 400, /name an account/],
    ['watched', { json: { ecosystem: 'npm', actor: 'x' } }, 400, /because/], ['watched/npm/nobody', { method: 'DELETE' }, 404, /is not watched/],
    ['names/check', { json: { names: [] } }, 400, /names/], ['names/check', { json: { names: [{ ecosystem: 'npm', name: '../x' }] } }, 400, /no npm package can be called/],
    ['names/check', { json: { names: Array.from({ length: 5_001 }, () => NAMES.names[0]) } }, 400, /names/], ['names/check', { json: { names: [{ ecosystem: 'npm', name: 'x'.repeat(1_001) }] } }, 400, /name/],
    ['names/npm', { method: 'POST' }, 400, /no list of popular npm names is configured/], ['names/npm', { body: 'not a name\n', type: 'text/plain' }, 400, /line 1: "not a name" is no name/],
    ['names/npm', { body: '[1]', type: 'text/plain' }, 400, /entry 1/], ['names/cargo', { body: 'x', type: 'text/plain' }, 400, /ecosystem/],
  ])('%s %j', async (path, asked, status, says) => {
    const answer = await ask(path, { ...asked, as: 'admin' })
    expect(answer.status).toBe(status)
    expect(answer.json()['error']).toMatch(says)
  })

  it('takes no question without end, and no list that is larger than any', async () => {
    expect((await ask('names/check', { body: ' '.repeat(3_000_000) })).status).toBe(413)
    const { status, json } = await ask('names/npm', { as: 'admin', body: '\n'.repeat(65 * 1024 * 1024), type: 'text/plain' })
    expect([status, json()['error']]).toEqual([400, 'a list may have 67108864 bytes'])
  })
})
