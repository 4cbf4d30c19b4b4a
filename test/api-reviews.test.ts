import { afterAll, beforeAll, expect, it } from 'vitest'
import { ReviewAnswers } from '../src/api/reviews-schemas.ts'
import { startFakeNpm } from './fakes/npm.ts'
import type { FakeNpm } from './fakes/npm.ts'
import { startApi } from './harness/cli.ts'
import { startGate } from './harness/gate.ts'
import type { Gate } from './harness/gate.ts'

let npm: FakeNpm
let gate: Gate
let api: Awaited<ReturnType<typeof startApi>>
let admin: string
let auditor: string

beforeAll(async () => {
  npm = await startFakeNpm([{ name: 'bad', version: '1.0.0' }])
  gate = await startGate({ sources: { npm: { url: npm.url, sumdb: null } } })
  api = await startApi(gate.app)
  admin = (await gate.app.tokens.create({ name: 'ops', scopes: ['admin', 'audit'], expiresAt: null })).secret
  auditor = (await gate.app.tokens.create({ name: 'auditor', scopes: ['audit'], expiresAt: null })).secret
  await (await fetch(`${gate.npm}bad/-/bad-1.0.0.tgz`)).arrayBuffer()
  await gate.app.reviews.recheck('npm', 'bad')
  await npm.placehold('bad')
})
afterAll(async () => {
  await api.close()
  await gate.close()
  await npm.close()
})

const ask = async (path: string, { token, json }: { token?: string; json?: unknown } = {}): Promise<{ status: number; body: unknown }> => {
  const response = await fetch(`${api.origin}/api/v1/${path}`, {
    headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...(json === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(json === undefined ? {} : { method: 'POST', body: JSON.stringify(json) }),
  })
  return { status: response.status, body: await response.json() }
}

it('looks, lists, shows and closes, each for whom it is, and answers as it is described', async () => {
  expect((await ask('rechecks', { token: auditor, json: { ecosystem: 'npm', name: 'bad' } })).status).toBe(401)
  const looked = await ask('rechecks', { token: admin, json: { ecosystem: 'npm', name: 'bad' } })
  expect(ReviewAnswers.rechecked.strict().parse(looked.body)).toMatchObject({ result: 'found', reviews: [{ kind: 'placeholder', state: 'open' }] })
  expect(ReviewAnswers.status.strict().parse((await ask('rechecks')).body)).toMatchObject({ packages: 1, openReviews: 1 })

  expect((await ask('reviews')).status).toBe(401)
  const [review] = ReviewAnswers.list.parse((await ask('reviews', { token: auditor })).body)
  const shown = await ask(`reviews/${review?.id.slice(0, 8)}`, { token: auditor })
  expect(ReviewAnswers.review.strict().parse(shown.body)).toMatchObject({ id: review?.id, exposure: { totals: { served: 1 } } })

  const closing = { outcome: 'malicious', because: 'npm says so' }
  expect((await ask(`reviews/${review?.id}/close`, { token: auditor, json: closing })).status).toBe(401)
  expect((await ask(`reviews/${review?.id}/close`, { token: admin, json: { ...closing, outcome: 'returned' } })).status).toBe(400)
  const closed = await ask(`reviews/${review?.id}/close`, { token: admin, json: closing })
  expect(ReviewAnswers.closed.strict().parse(closed.body)).toMatchObject({ orders: 1, review: { state: 'closed', by: 'ops' } })
  expect(await Promise.all(['open', 'closed', 'all', 'odd'].map(async (state) => { const { status, body } = await ask(`reviews?state=${state}`, { token: auditor }); return [status, Array.isArray(body) ? body.length : null] }))).toEqual([[200, 0], [200, 1], [200, 1], [400, null]])
})

it('says what is wrong with what it cannot do', async () => {
  expect((await ask('reviews/no-such-review', { token: auditor })).status).toBe(404)
  expect((await ask('reviews/x', { token: auditor })).status).toBe(400)
  expect(await ask('rechecks', { token: admin, json: { ecosystem: 'npm', name: '../x' } })).toMatchObject({ status: 400, body: { error: expect.stringContaining('no npm package can be called') } })
  expect(await ask('rechecks', { token: admin, json: { ecosystem: 'go', name: 'm.example/x' } })).toMatchObject({ status: 400, body: { error: expect.stringContaining('cannot be looked at') } })
  expect(await ask('rechecks', { token: admin, json: { ecosystem: 'npm', name: 'never-had' } })).toMatchObject({ status: 200, body: { result: 'nothing had' } })
})
