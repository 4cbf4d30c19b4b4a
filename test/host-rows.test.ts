import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openDatabase } from '../src/adapters/embedded/database.ts'
import { hostEvent } from '../src/host/events/testing.ts'
import { pruneHosts } from '../src/host/ingest/forget.ts'
import { keepPackages } from '../src/host/ingest/packages.ts'
import type { Database } from '../src/ports/database.ts'

/** Rows of what machines have, where there are very many. */
let folder: string
let database: Database
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-rows-'))
  database = await openDatabase(join(folder, 'sluice.db'))
  await database.migrate()
})
afterAll(async () => {
  await database.close()
  await rm(folder, { recursive: true })
})

const DAY = 86_400_000
const told = (name: string, at: number, { kind = 'installed', place = `/srv/${name}` }: { kind?: 'installed' | 'removed'; place?: string } = {}) =>
  ({ at, event: hostEvent({ kind, place, package: { ecosystem: 'npm', name, version: '1.0.0', digest: null } }) })
const rows = (host: string) => database.query.selectFrom('host_packages').select(['name', 'place']).where('host', '=', host).orderBy('name').execute()

it('have room for what is there before what is gone', async () => {
  const keep = (...all: ReturnType<typeof told>[]) => database.transaction((tx) => keepPackages(tx, 'full', all, 3))
  expect(await keep(told('a', 1), told('b', 1), told('c', 1))).toBe(0)
  expect(await keep(told('d', 2))).toBe(1)
  await keep(told('b', 3, { kind: 'removed' }), told('a', 4, { kind: 'removed' }))
  // The longest gone first, and no more of them than need be.
  expect(await keep(told('c', 5), told('d', 5))).toBe(0)
  expect((await rows('full')).map(({ name }) => name)).toEqual(['a', 'c', 'd'])
  expect(await keep(told('e', 6), told('f', 6))).toBe(1)
})

it('forget in whose home something lay, once nobody has spoken of it for so long', async () => {
  const now = Date.now()
  const places = ['/home/ann/app', '/Users/ann/app', 'C:\\Users\\ann\\app', '/srv/app', '/homes/x']
  await database.transaction((tx) => keepPackages(tx, 'old', places.map((place, at) => told(`p${at}`, now - 20 * DAY, { place }))))
  await database.transaction((tx) => keepPackages(tx, 'new', [told('p', now, { place: '/home/ann/app' })]))
  const keep = { events: DAY, gone: 400 * DAY, silent: 400 * DAY, mostEvents: 100, users: 10 * DAY, hosts: null }
  expect(await pruneHosts(database, keep, new Date(now))).toBe(3)
  expect((await rows('old')).map(({ place }) => place)).toEqual(['/home/…', '/Users/…', 'C:\\Users\\…', '/srv/app', '/homes/x'])
  expect((await rows('new')).map(({ place }) => place)).toEqual(['/home/ann/app'])
  expect(await pruneHosts(database, keep, new Date(now))).toBe(0)
})

it.each([
  ['what lists count', 'host_packages_here', 'select host, count(*) from host_packages where gone_at is null group by host'],
  ['what was gone for long', 'host_packages_gone', 'delete from host_packages where gone_at < 1'],
])('are found by an index: %s', async (_what, index, query) => {
  const { rows: plan } = await sql<{ detail: string }>`${sql.raw(`explain query plan ${query}`)}`.execute(database.query)
  expect(plan.map(({ detail }) => detail).join('\n')).toContain(index)
})

it('are found by an index: whose name is to be forgotten', async () => {
  const { IN_A_HOME } = await import('../src/ports/host-tables.ts')
  const { rows: plan } = await sql<{ detail: string }>`explain query plan update host_packages set place = 'x' where last_at < ${1} and ${sql.raw(IN_A_HOME)}`.execute(database.query)
  expect(plan.map(({ detail }) => detail).join('\n')).toContain('host_packages_homes')
})
