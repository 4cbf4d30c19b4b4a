import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describeQueue } from '../../ports/queue.conformance.ts'
import { openDatabase } from './database.ts'
import { openQueue } from './queue.ts'

describeQueue('embedded', async (clock, attempts) => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-queue-'))
  const database = await openDatabase(join(folder, 'sluice.db'))
  await database.migrate()
  return {
    queue: openQueue(database, clock, { attempts }),
    close: async () => {
      await database.close()
      await rm(folder, { recursive: true })
    },
  }
})
