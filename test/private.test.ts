import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startFakeNpm } from './fakes/npm.ts'
import type { FakeNpm } from './fakes/npm.ts'
import { startGate } from './harness/gate.ts'
import type { Gate } from './harness/gate.ts'

let npm: FakeNpm
let own: FakeNpm
let gate: Gate

beforeAll(async () => {
  npm = await startFakeNpm([{ name: 'lodash', version: '1.0.0' }])
  own = await startFakeNpm([{ name: '@team/tool', version: '1.0.0' }])
  gate = await startGate({
    sources: { npm: { url: npm.url, sumdb: null } }, origins: [own.url],
    policy: { private: [{ ecosystem: 'npm', pattern: '@acme/*', registry: null }, { ecosystem: 'npm', pattern: '@team/*', registry: own.url }] },
  })
})

afterAll(async () => {
  await gate.close()
  await Promise.all([npm.close(), own.close()])
})

const search = async (query: string) => {
  const seen = [npm.requests.length, own.requests.length] as const
  const response = await fetch(`${gate.npm}-/v1/search?${query}`)
  return { status: response.status, text: await response.text(), public: npm.requests.slice(seen[0]), own: own.requests.slice(seen[1]) }
}

describe('private words of a search', () => {
  it.each(['text=@acme/secret', 'text=@acme/secret+tool', 'text=@acme', 'text=scope:acme', 'text=lodash&text=@acme/secret', 'text=%40ACME%2Fsecret', 'text=@acme/x+@team/y'])('%s goes nowhere, and stands in the ledger', async (query) => {
    const answer = await search(query)
    expect([answer.status, answer.public, answer.own]).toEqual([403, [], []])
    expect(answer.text).toMatch(/"reason":"private"/)
    const word = /"detail":"(@\S+)/.exec(answer.text)?.[1]
    const { lines } = await gate.app.operator.trace({ ecosystem: 'npm', name: String(word) }, { kinds: ['denied'] })
    expect(lines.at(-1)?.entry).toMatchObject({ kind: 'denied', action: 'hold', reason: 'private', name: word, request: expect.any(String) as string })
  })

  it('of one private registry go there, and nowhere else', async () => {
    const answer = await search('text=@team/tool')
    expect([answer.status, answer.public.length, answer.own.length]).toEqual([200, 0, 1])
  })

  it('that there are none of go to the public registry, with what a search takes and no more', async () => {
    const answer = await search('text=lodash&size=20&x=@acme/secret&from=@acme')
    expect([answer.status, answer.public.map(({ url }) => url), answer.own]).toEqual([200, ['/-/v1/search?text=lodash&size=20'], []])
  })

  it('do not leave beside a service without any', async () => {
    await (await fetch(`${gate.npm}-/npm/v1/keys?text=@acme/secret`)).text()
    expect(npm.requests.at(-1)?.url).toBe('/-/npm/v1/keys')
  })
})

it('an audit says nothing public of a private name', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-feed-'))
  await writeFile(join(folder, 'advisory.json'), JSON.stringify({
    id: 'MAL-2026-1', modified: '2026-01-01T00:00:00Z', summary: 'steals tokens',
    affected: ['@acme/secret', '@team/tool', 'lodash'].map((name) => ({ package: { ecosystem: 'npm', name }, versions: ['1.0.0'] })),
  }))
  await gate.app.operator.importFeed(folder)
  await rm(folder, { recursive: true })
  const response = await fetch(`${gate.npm}-/npm/v1/security/advisories/bulk`, {
    method: 'POST', body: JSON.stringify({ '@acme/secret': ['1.0.0'], '@team/tool': ['1.0.0'], lodash: ['1.0.0'] }), headers: { 'content-type': 'application/json' },
  })
  expect(Object.keys(await response.json() as object)).toEqual(['lodash'])
})
