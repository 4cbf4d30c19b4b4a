/**
 * Follows the changes feed at the URL given into the folder given, a few events a page and without a pause, until it is
 * killed. Prints a line for each turn. With `calm` it ends by itself once there is nothing more.
 */
import { join } from 'node:path'
import { openDatabase } from '../src/adapters/embedded/database.ts'
import { npmChanges } from '../src/monitor/feeds/npm-changes.ts'
import { toFakes } from '../src/monitor/feeds/testing.ts'
import { createFollower } from '../src/monitor/follower.ts'
import { EventLog } from '../src/monitor/log.ts'
import { systemClock } from '../src/ports/clock.ts'

const [folder = '', url = '', calm = ''] = process.argv.slice(2)
const database = await openDatabase(join(folder, 'sluice.db'))
await database.migrate()
const feed = npmChanges({ base: url, upstream: toFakes([{ url }]), clock: systemClock })
const follower = createFollower({
  ecosystem: 'npm', log: new EventLog(database, systemClock), clock: systemClock, pace: { limit: 20, pages: 1, idle: 1, busy: 0 },
  // Of the killed ones none gave its lease back; that is another test's matter.
  lease: { hold: () => Promise.resolve(true), release: () => Promise.resolve() },
  choose: () => Promise.resolve({ feed, because: 'a test', refused: [], provisional: false }),
  logger: { info: () => undefined, warn: (facts: unknown) => void process.stderr.write(`${JSON.stringify(facts)}\n`) },
})
for (let turns = 0; ; turns++) {
  const pause = await follower.turn()
  process.stdout.write(`${turns}\n`)
  if (calm !== '' && pause > 0) break
}
await database.close()
process.exit()
