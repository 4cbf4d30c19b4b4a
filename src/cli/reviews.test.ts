import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startFakeNpm } from '../../test/fakes/npm.ts'
import type { FakeNpm } from '../../test/fakes/npm.ts'
import { sluice, startApi } from '../../test/harness/cli.ts'
import { startGate } from '../../test/harness/gate.ts'
import type { Gate, GateOptions } from '../../test/harness/gate.ts'

/** What strangers like to put where people read it. */
const EVIL = '\u001b[2J\u202e=cmd|x'
const AT = Date.UTC(2026, 0, 2)

let [data, secret] = ['', '']
let npm: FakeNpm
let gate: Gate
let api: Awaited<ReturnType<typeof startApi>>
let options: GateOptions & { data: string }

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'sluice-cli-reviews-'))
  npm = await startFakeNpm([{ name: 'left', version: '1.0.0' }])
  options = { data, sources: { npm: { url: npm.url, sumdb: null } } }
  gate = await startGate(options)
  api = await startApi(gate.app)
  secret = (await gate.app.tokens.create({ name: 'operator', scopes: ['admin', 'audit'], expiresAt: null })).secret
  const evidence = JSON.stringify({
    looks: [{ url: 'http://up.example/x', status: 404, digest: 'a'.repeat(64), at: new Date(AT) }], lines: [{ about: 'x', says: `x is gone ${EVIL}`, before: `line ${EVIL}`, after: null }],
    bytes: [{ file: `x${EVIL}.tgz`, first: 'sha256:aa', now: 'sha256:bb', level: 'malicious', says: EVIL, added: [`fetch ${EVIL}`], removed: [] }],
  })
  const review = { ecosystem: 'npm', severity: 'high', versions: JSON.stringify([`1.0${EVIL}`]), says: `npm:x was removed ${EVIL}`, evidence, alarm: null, noticed_at: AT, opened_at: AT, changed_at: AT, back_at: null, closed_at: null, outcome: null, because: null, by: null }
  await gate.app.context.database.query.insertInto('reviews').values([
    { ...review, id: 'aaaaaaaa-1', name: `x${EVIL}`, matter: 'removed', kind: 'removed', state: 'open' },
    { ...review, id: 'bbbbbbbb-2', name: 'y', matter: 'note', kind: 'yanked', state: 'noted', severity: 'low' },
    { ...review, id: 'cccccccc-3', name: 'z', matter: 'changed', kind: 'changed', state: 'closed', closed_at: AT, outcome: 'harmless', because: EVIL, by: EVIL },
  ]).execute()
})
afterAll(async () => {
  await api.close()
  await gate.close()
  await npm.close()
  await rm(data, { recursive: true, force: true })
})

const here = (...args: string[]) => sluice(args, { gate: options })
const there = (...args: string[]) => sluice([...args, '--server', api.origin], { env: { SLUICE_TOKEN: secret } })

describe('the same from a data folder and from a running gate', () => {
  it.each([
    'reviews', 'reviews --open', 'reviews --json', 'reviews --open --json', 'reviews show aaaaaaaa', 'reviews show aaaaaaaa-1 --json', 'reviews show bbbbbb', 'reviews show cccccc', 'reviews show nothing-of-it', 'reviews status', 'reviews status --json',
    'reviews close nothing-of-it --outcome harmless --because x', 'reviews close cccccccc-3 --outcome harmless --because x', 'reviews recheck npm:never-had', 'reviews recheck npm:never-had --json',
  ])('%s', async (line) => {
    const [local, remote] = [await here(...line.split(' ')), await there(...line.split(' '))]
    const read = (text: string): unknown => (line.endsWith('--json') ? JSON.parse(text) : text)
    expect([remote.code, read(remote.out), remote.err]).toEqual([local.code, read(local.out), local.err])
    expect(local.out + local.err).not.toBe('')
    // eslint-disable-next-line no-control-regex -- control characters are what must not be there
    if (!line.endsWith('--json')) expect((local.out + local.err).replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/)
  })
})

it('exits with 1 where upstream does not stand by a package, and with 2 where it cannot be asked or nothing was said', async () => {
  await (await fetch(`${gate.npm}left/-/left-1.0.0.tgz`)).arrayBuffer()
  expect((await there('reviews', 'recheck', 'npm:left')).code).toBe(0)
  npm.behaviour.set('/left', { status: 503 })
  expect(await there('reviews', 'recheck', 'npm:left')).toMatchObject({ code: 2, out: expect.stringContaining('could not be asked; upstream answered 503') })
  npm.behaviour.delete('/left')
  await npm.placehold('left')
  expect(await there('reviews', 'recheck', 'npm:left')).toMatchObject({ code: 1, out: expect.stringMatching(/security placeholder[^]*review [0-9a-f]{8} \(high, open\)/) })
  expect((await there('reviews', 'close', 'aaaaaaaa-1', '--outcome', 'harmless')).code).toBe(2)
  expect((await there('reviews', 'close', 'aaaaaaaa-1', '--outcome', 'odd', '--because', 'x')).code).toBe(2)
})
