import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openDatabase } from '../adapters/embedded/database.ts'
import { Revisions } from './revisions.ts'

it('reads all changes at once: a recall behind a large feed does not wait for the next time', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-revisions-'))
  const database = await openDatabase(join(folder, 'sluice.db'))
  try {
    await database.migrate()
    const revisions = new Revisions(database)
    await revisions.start()
    const before = revisions.of('npm', 'evil')
    await database.transaction(async (tx) => {
      for (let from = 0; from < 12_000; from += 4_000) {
        await tx.insertInto('changes').values(Array.from({ length: 4_000 }, (_, at) => ({ kind: 'advisory', ecosystem: 'npm', name: `p${from + at}`, at: 0 }))).execute()
      }
      await Revisions.record(tx, { kind: 'recall', ecosystem: 'npm', name: 'evil', at: new Date(0) })
    })
    expect(await revisions.catchUp()).toBe(12_001)
    expect(revisions.of('npm', 'evil')).toBeGreaterThan(before)
    expect(await revisions.catchUp()).toBe(0)
  } finally {
    await database.close()
    await rm(folder, { recursive: true })
  }
})
