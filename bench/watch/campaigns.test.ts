import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../../src/adapters/embedded/database.ts'
import { listCampaigns } from '../../src/campaigns/reading.ts'
import type { Database } from '../../src/ports/database.ts'
import { caseC, disguisedFlood, strangersWithOneHabit } from './campaigns-attacks.ts'
import { grow } from './campaigns-growth.ts'
import { replay } from './campaigns-replay.ts'
import { World } from './campaigns-world.ts'

let folder: string
let database: Database
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-replay-'))
  database = await openDatabase(join(folder, 'test.db'))
  await database.migrate()
})
afterEach(async () => {
  await database.close()
  rmSync(folder, { recursive: true, force: true })
})

describe('replays', { timeout: 120_000 }, () => {
  it('finds case C whole, alone and early', async () => {
    const world = new World(3, 'pypi')
    const score = await replay(database, world.unrelated(250), caseC(world, 60))
    expect(score).toMatchObject({ tied: 60, foreign: 0, parts: 1, firstAlarm: 3, falseAlarms: 0 })
    expect(score.notices).toBeLessThan(10)
  })

  it('finds copies that share nothing but what they do', async () => {
    const world = new World(4, 'npm')
    const score = await replay(database, world.unrelated(250), disguisedFlood(world, { count: 80 }))
    expect(score.tied).toBeGreaterThanOrEqual(0.95 * 80)
    expect(score).toMatchObject({ foreign: 0, parts: 1, falseAlarms: 0 })
  })

  it('goes on after restarts as if there had been none', async () => {
    const world = new World(3, 'pypi')
    const score = await replay(database, world.unrelated(60), caseC(world, 30), { restarts: true })
    expect(score).toMatchObject({ tied: 30, foreign: 0, parts: 1, firstAlarm: 3, falseAlarms: 0, notices: 4 })
  })

  it('keeps attackers apart who use the same services', async () => {
    const world = new World(9, 'npm')
    const score = await replay(database, world.unrelated(200), strangersWithOneHabit(world, 10, 15))
    expect(score).toMatchObject({ tied: 15, foreign: 0, parts: 10, falseAlarms: 0 })
    expect(await listCampaigns(database)).toMatchObject(Array.from({ length: 10 }, () => ({ size: 15 })))
  })

  it('is silent about unrelated uploads', async () => {
    expect(await replay(database, new World(5, 'npm').unrelated(250), [])).toMatchObject({ parts: 0, falseAlarms: 0, notices: 0 })
  })

  it('keeps one campaign as it grows', async () => {
    expect((await grow(database, 10_000)).map(({ members }) => members)).toEqual([10_000])
  })
})
