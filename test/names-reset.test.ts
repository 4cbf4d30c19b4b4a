import { afterAll, beforeAll, expect, it } from 'vitest'
import { startApi } from './harness/cli.ts'
import { startGate } from './harness/gate.ts'
import type { Gate } from './harness/gate.ts'

let gate: Gate
let api: Awaited<ReturnType<typeof startApi>>
beforeAll(async () => {
  gate = await startGate()
  api = await startApi(gate.app)
})
afterAll(async () => {
  await api.close()
  await gate.close()
})

it('goes back from a list that was read to the built-in one, for one registry', async () => {
  const { lookout, tokens } = gate.app
  const before = (await lookout.status()).names
  await lookout.updateNames('npm', Buffer.from('first\nsecond\n'))
  await lookout.updateNames('pypi', Buffer.from('third\n'))
  expect((await lookout.status()).names).toMatchObject({ npm: { popular: 2, imported: true }, pypi: { popular: 1, imported: true } })
  const { secret } = await tokens.create({ name: 'ops', scopes: ['admin'], expiresAt: null })
  const reset = async (): Promise<unknown> => (await fetch(`${api.origin}/api/v1/names/npm`, { method: 'DELETE', headers: { authorization: `Bearer ${secret}` } })).json()
  expect([await reset(), await reset()]).toEqual([{ reset: true }, { reset: false }])
  expect((await lookout.status()).names).toMatchObject({ npm: before.npm, pypi: { popular: 1, imported: true } })
  expect((await fetch(`${api.origin}/api/v1/names/pypi`, { method: 'DELETE' })).status).toBe(401)
})
