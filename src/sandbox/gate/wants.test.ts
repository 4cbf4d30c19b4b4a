import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openDatabase } from '../../adapters/embedded/database.ts'
import { MOST_AHEAD } from '../../core/cascade.ts'
import type { ArtifactRef } from '../../core/types.ts'
import { ahead, place } from './wants.ts'

const refOf = (at: number): ArtifactRef => ({ ecosystem: 'npm', name: `p${at}`, version: '1.0.0', file: `p${at}-1.0.0.tgz` })

it('counts the packages before one, the same bytes once, and no more of a flood than anybody wants to know', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-wants-'))
  const database = await openDatabase(join(folder, 'sluice.db'))
  try {
    await database.migrate()
    await database.transaction(async (tx) => {
      for (let at = 0; at < MOST_AHEAD + 200; at++) {
        const digest = `sha256:${at < 2 ? 'same' : at}` as const
        await place(tx, null, { ref: refOf(at), digest, wanted: { reason: 'new-hooks', says: 'it has a hook', holds: true, urgency: 1 }, state: 'waiting', problem: null, run: null, by: null, at: new Date(1_000 + at) })
      }
    })
    const before = (at: number): Promise<number | null> => ahead(database.query, refOf(at), new Date(10_000))
    expect(await Promise.all([0, 2, 10, MOST_AHEAD + 199, MOST_AHEAD + 200].map(before))).toEqual([0, 1, 9, MOST_AHEAD, null])
  } finally {
    await database.close()
    await rm(folder, { recursive: true })
  }
})
