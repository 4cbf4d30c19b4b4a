import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SluiceError } from '../core/errors.ts'
import type { EcosystemId } from '../core/types.ts'
import type { Database } from '../ports/database.ts'
import type { Pool } from '../workers/pool.ts'
import { onDisk } from './feeds/testing.ts'
import { Identities } from './identities.ts'

type Answer = { status: number; body: string } | SluiceError

let disk: Awaited<ReturnType<typeof onDisk>>
let database: Database
let [now, asked, answers]: [number, string[], Map<string, Answer>] = [0, [], new Map()]

beforeEach(async () => {
  disk = await onDisk()
  database = await disk.open()
  ;[now, asked, answers] = [Date.UTC(2026, 0, 1), [], new Map()]
})
afterEach(() => disk.remove())

const identities = (pool: Partial<Pool> = {}): Identities => new Identities({
  database, clock: { now: () => new Date(now) }, pool: { run: () => Promise.reject(new SluiceError('worker-crashed', 'a worker died')), ...pool } as Pool,
  base: (ecosystem) => (ecosystem === 'go' ? null : `http://${ecosystem}.registry.example/simple/`), rankOf: (_, name) => (name === 'react' ? 3 : null),
  upstream: {
    close: () => Promise.resolve(),
    fetch(url) {
      const { pathname } = new URL(url)
      asked.push(pathname)
      const answer = answers.get(pathname) ?? { status: 404, body: '' }
      return answer instanceof SluiceError ? Promise.reject(answer) : Promise.resolve({ status: answer.status, headers: {}, url, body: Readable.from([Buffer.from(answer.body)]) })
    },
  },
})
const packument = (name: string, more: object = {}): Answer =>
  ({ status: 200, body: JSON.stringify({ name, 'dist-tags': { latest: '1.0.0' }, versions: { '1.0.0': {} }, time: { '1.0.0': '2025-12-31T00:00:00.000Z' }, description: `of ${name}`, ...more }) })
const of = (ecosystem: EcosystemId, name: string, maxAge = 1_000) => identities().of(ecosystem, name, maxAge)

describe('who a package says it is', () => {
  it('is asked once while it is fresh, once however many ask, and known after a restart', async () => {
    answers.set('/simple/react', packument('react'))
    const all = identities()
    const found = await Promise.all([all.of('npm', 'react', 1_000), all.of('npm', 'react', 1_000)])
    await all.saved()
    expect(found).toMatchObject([{ name: 'react', releases: 1, rank: 3, createdAt: new Date('2025-12-31') }, { name: 'react' }])
    expect(await of('npm', 'react')).toEqual(found[0])
    expect(asked).toHaveLength(1)
    now += 2_000
    await of('npm', 'react')
    expect(asked).toHaveLength(2)
    await of('npm', 'react', 0)
    expect(asked).toHaveLength(3)
  })

  it('is nobody where the registry has no such package, which is known as well', async () => {
    const all = identities()
    expect([await all.of('npm', 'nobody', 1_000), await all.of('npm', 'nobody', 1_000), asked.length]).toEqual([null, null, 1])
    await all.saved()
    expect(await all.known('npm', 'nobody')).toEqual({ identity: null, fetchedAt: new Date(now) })
    expect(await all.known('npm', 'never-asked')).toBeNull()
  })

  it.each<[string, Answer, string]>([
    ['in trouble', { status: 500, body: 'oops' }, 'upstream-status'], ['that refuses', { status: 403, body: '' }, 'upstream-status'], ['that sends a web page', { status: 200, body: '<html>Sign in</html>' }, 'index-invalid'],
    ['that sends a list', { status: 200, body: '[]' }, 'index-invalid'], ['that does not answer', new SluiceError('upstream-unreachable', 'no route'), 'upstream-unreachable'],
    ['that sends too much', new SluiceError('upstream-too-large', 'too much'), 'upstream-too-large'], ['whose document kills a worker', { status: 200, body: JSON.stringify({ pad: 'x'.repeat(300_000) }) }, 'worker-crashed'],
  ])('is an error of a registry %s, and is asked again', async (_, answer, code) => {
    answers.set('/simple/react', answer)
    await expect(of('npm', 'react')).rejects.toMatchObject({ code })
    answers.set('/simple/react', packument('react'))
    const all = identities()
    expect(await all.of('npm', 'react', 1_000)).toMatchObject({ name: 'react' })
    await all.saved()
  })

  it('comes from the next document where the first is none', async () => {
    answers.set('/pypi/requests/json', { status: 200, body: '<html>' })
    answers.set('/simple/requests/', { status: 200, body: JSON.stringify({ meta: { 'api-version': '1.1' }, name: 'requests', versions: ['1.0'], files: [] }) })
    expect(await of('pypi', 'requests')).toMatchObject({ name: 'requests' })
    answers.delete('/simple/requests/')
    await expect(of('pypi', 'requests', 0)).rejects.toMatchObject({ code: 'index-invalid' })
  })

  it('is not asked of a registry that is off, nor under a name that no package can have', async () => {
    await expect(of('go', 'github.com/a/b')).rejects.toMatchObject({ code: 'upstream-off' })
    for (const name of ['../../admin', 'http://attacker.example/x', 'a?b', 'a#b', '', 'x'.repeat(5_000), 'a\u0000b']) expect(await of('npm', name)).toBeNull()
    expect(asked).toEqual([])
  })

  it('is bounded whatever it says', async () => {
    answers.set('/simple/react', packument('react', {
      description: `\u001b[2J${'x'.repeat(10_000)}`, maintainers: Array.from({ length: 1_000 }, (_, at) => ({ name: `m${at}`, email: `m${at}@mail.example` })), readme: 'npm install a '.repeat(5_000),
      versions: Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`1.0.${at}`, {}])), time: JSON.parse('{"__proto__":"2020-01-01T00:00:00Z","1.0.7":"not a time"}') as object,
    }))
    const found = await of('npm', 'react')
    expect(JSON.stringify(found).length).toBeLessThan(10_000)
    expect(found?.description).not.toContain('\u001b')
    expect(found?.versions.length).toBeLessThanOrEqual(20)
  })

  it('is read anew after a clock that was wrong, and forgotten in the end', async () => {
    answers.set('/simple/react', packument('react'))
    now += 400 * 86_400_000
    const ahead = identities()
    await ahead.of('npm', 'react', 1_000)
    await ahead.saved()
    now -= 400 * 86_400_000
    const right = identities()
    await right.of('npm', 'react', 1_000)
    await right.saved()
    expect(asked).toHaveLength(2)
    now += 600 * 86_400_000
    await identities().prune()
    expect(await identities().known('npm', 'react')).toBeNull()
  })
  it('is forgotten when nobody spoke of it for long, however many there are', async () => {
    const rows = Array.from({ length: 12_003 }, (_, at) => ({ ecosystem: 'npm', name: `n${at}`, identity: null, fetched_at: at === 0 ? now : now - 91 * 86_400_000 - at }))
    for (let from = 0; from < rows.length; from += 3_000) await database.query.insertInto('identities').values(rows.slice(from, from + 3_000)).execute()
    await identities().prune()
    expect(await database.query.selectFrom('identities').select('name').execute()).toEqual([{ name: 'n0' }])
  })
})
