import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openDatabase } from '../adapters/embedded/database.ts'
import type { Database } from '../ports/database.ts'
import { Cases } from './cases/cases.ts'
import type { Content } from './content.ts'
import { followContent } from './follow-content.ts'
import type { Response } from './response.ts'
import { matter, registrar, secrets, sender } from './tickets/testing.ts'
import { Tickets } from './tickets/tickets.ts'

let folder: string
let database: Database
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-content-'))
  database = await openDatabase(join(folder, 'sluice.db'))
  await database.migrate()
})
afterEach(async () => {
  await database.close()
  await rm(folder, { recursive: true })
})

it('tells a ticket when its address is gone, when it is back, and the case when other bytes stand there', async () => {
  let now = new Date('2024-03-06T12:00:00Z')
  const clock = { now: () => now }
  const cases = new Cases({ database, clock, ledger: { append: async () => undefined } })
  const tickets = new Tickets({ database, cases, clock, carry: async () => ({ gone: true, receipt: '250' }) })
  const { id: of } = await cases.open({ title: 'x', severity: 'high', tlp: 'amber', cause: 'person', source: 'ann', by: 'ann', says: 'opened' })
  const url = 'https://files.pypihosted.example/x.tar.gz'
  const { id } = await tickets.open(of, { party: registrar, target: { type: 'url', value: url }, channel: 'mail', by: 'ann' })
  const { digest } = await tickets.write(id, { matter: { ...matter, target: { ...matter.target, type: 'url', value: url } }, sender, secrets, by: 'ann' })
  await tickets.approve(id, { digest, by: 'ann' })
  let stands: Content = { outcome: 'there', status: 200, sha256: 'a'.repeat(64), size: 1, cut: false }
  const looked: string[] = []
  const turn = async (content: Content, hours = 7) => {
    now = new Date(now.getTime() + hours * 3_600_000)
    stands = content
    await followContent({ database, clock, response: { tickets, cases } as unknown as Response, look: async (one) => { looked.push(one); return stands } })
    return (await tickets.show(id)).state
  }
  // Nothing is looked at before the letter is out.
  expect(await turn(stands)).toBe('approved')
  expect(looked).toEqual([])
  await tickets.send(id, { by: 'ann' })
  expect(await turn(stands)).toBe('sent')
  expect(await turn(stands, 1)).toBe('sent')
  expect(looked).toEqual([url])
  expect(await turn({ outcome: 'there', status: 200, sha256: 'b'.repeat(64), size: 1, cut: false })).toBe('sent')
  expect(await turn({ outcome: 'gone', status: 404 })).toBe('sent')
  expect(await turn({ outcome: 'unknown', why: 'a server in trouble' })).toBe('sent')
  expect(await turn({ outcome: 'gone', status: 410 })).toBe('verified')
  expect(await turn({ outcome: 'there', status: 200, sha256: 'b'.repeat(64), size: 1, cut: false })).toBe('relapsed')
  expect((await cases.show(of)).timeline.filter(({ fact }) => fact.kind === 'note').map(({ says }) => says)).toEqual([expect.stringContaining('other content stands there now')])
})
