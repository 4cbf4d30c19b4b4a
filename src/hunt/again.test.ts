import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Context } from '../admission/context.ts'
import { rules } from '../detectors/index.ts'
import { Budget } from '../monitor/budget.ts'
import type { UserRules } from '../yara/rules.ts'
import { Again, againStatus } from './again.ts'
import { changedSince, mayChange } from './needs.ts'
import { countServed } from './served.ts'
import { HuntWorld } from './testing.ts'

let world: HuntWorld
beforeEach(async () => { world = await HuntWorld.open() })
afterEach(() => world.close())

describe('a newer detector', () => {
  it.each([
    ['a@1 b@2', [{ id: 'a', version: 1 }, { id: 'b', version: 2 }], []], ['a@1', [{ id: 'a', version: 2 }], ['a']], ['a@1', [{ id: 'a', version: 1 }, { id: 'new', version: 1 }], ['new']], ['a@1 gone@1', [{ id: 'a', version: 1 }], null], ['', [{ id: 'a', version: 1 }], ['a']],
  ])('than %s', (then, today, changed) => expect(changedSince(then, today)?.map(({ id }) => id) ?? null).toEqual(changed))

  it('concerns files that have what it needs, and every file where it does not say', async () => {
    await world.judge({ name: 'sender', rules: 'a@1 b@1 yara@0123', profile: { abilities: ['send<credentials> loaded', 'spawn called'] } })
    await world.judge({ name: 'quiet', rules: 'a@1 b@1' })
    const { query } = world.database
    const rows = (await query.selectFrom('judged_files').select(['id', 'rules', 'name']).orderBy('name').execute()).map((row) => ({ id: Number(row.id), rules: Number(row.rules) }))
    const concerns = (today: Parameters<typeof mayChange>[2]): Promise<boolean[]> => Promise.all(rows.map((row) => mayChange(query, row, today)))
    const b = { id: 'b', version: 1 }
    expect(await concerns([{ id: 'a', version: 1 }, b])).toEqual([false, false])
    expect(await concerns([{ id: 'a', version: 2, needs: ['does:send<credentials>', 'does:fetch'] }, b])).toEqual([false, true])
    expect(await concerns([{ id: 'a', version: 2, needs: ['does:send'] }, { id: 'b', version: 2 }])).toEqual([true, true])
    expect(await concerns([b])).toEqual([true, true])
  })
})

describe('judging again', () => {
  const files = ['seldom', 'often', 'never', 'current', 'purged']
  /** `own`: rules of the organisation's own; `matches`: whom they are true for. */
  const again = (judged: string[], { own = null, matched = [], budget = 1_000, matches = [] }: { own?: UserRules | null; matched?: string[]; budget?: number; matches?: readonly string[] } = {}): Again => new Again({
    judging: new Budget(budget, world.clock), matching: new Budget(1_000, world.clock),
    settling: { find: (ecosystem, name, file) => Promise.resolve({ ref: { ecosystem, name, version: '1.0.0', file } } as never), admit: (found) => { judged.push(found.ref.name); return Promise.resolve(null as never) } },
    context: {
      ...world.context, userRules: () => own, blobs: { has: () => Promise.resolve(true), path: () => '/nowhere' }, limits: { artifactSize: 1 },
      pool: { run: (job: { ref: { name: string } }) => { matched.push(job.ref.name); return Promise.resolve({ run: { detector: 'yara', version: 1, status: 'ok', findings: matches.includes(job.ref.name) ? [{}] : [] } }) } },
    } as unknown as Context,
  })
  const all = async (one: Again): Promise<void> => { for (let rounds = 0; rounds < 6; rounds++) await one.next() }
  const rulesOf = (texts: Record<string, string>): UserRules => ({ folder: 'rules', files: Object.entries(texts).map(([name, text]) => ({ name, text })), problem: null, digest: JSON.stringify(texts), timeMs: 1 })

  beforeEach(async () => {
    for (const name of files) {
      await world.judge({ name, rules: name === 'current' ? rules : 'older@1' })
      if (name === 'purged') await world.database.query.updateTable('artifacts').set({ purged: 1 }).where('name', '=', name).execute()
    }
    const served = (name: string): string => JSON.stringify({ at: new Date(0).toISOString(), ecosystem: 'npm', file: `${name}-1.0.0.tgz`, kind: 'served', name, version: '1.0.0' })
    await world.database.appendLedger([...Array.from({ length: 5 }, () => served('often')), served('seldom'), served('unknown')])
    while (await countServed(world.database) > 0) { /* the next lines */ }
  })

  it('begins with what was delivered most, counts deliveries once, and goes on where it was killed', async () => {
    expect(await world.database.query.selectFrom('judged_files').select(['name', 'served']).where('served', '>', 0).orderBy('served').execute()).toEqual([{ name: 'seldom', served: 1 }, { name: 'often', served: 5 }])
    const judged: string[] = []
    await again(judged, { budget: 1 }).next()
    expect([judged, (await againStatus(world.database.query)).outdated]).toEqual([['often'], 3])
    await all(again(judged))
    expect([judged, (await againStatus(world.database.query)).outdated]).toEqual([['often', 'seldom', 'never'], 0])
    await all(again(judged))
    expect(judged).toHaveLength(3)
  })

  it('runs only rules that changed, and judges only what they are true for', async () => {
    const judged: string[] = []
    await all(again(judged))
    judged.length = 0
    const first: string[] = []
    await all(again(judged, { own: rulesOf({ 'a.yar': 'one' }), matched: first, matches: ['seldom'] }))
    expect([first, judged]).toEqual([['often', 'seldom', 'current', 'never'], ['seldom']])
    expect((await againStatus(world.database.query)).sweep).toEqual({ running: false, names: ['a.yar'], scanned: 4, matched: 1, failed: 0 })
    const second: string[] = []
    await all(again([], { own: rulesOf({ 'a.yar': 'one' }), matched: second }))
    await all(again([], { own: rulesOf({ 'a.yar': 'one', 'b.yar': 'two' }), matched: second }))
    expect([second.length, (await againStatus(world.database.query)).sweep.names]).toEqual([4, ['b.yar']])
  })
})
