/**
 * Matches known indicators against judged files in the folder given, as the gate does, until it is killed. Prints `hold NAME` after each
 * ledger line and `notice TITLE` for each notice. With `calm` it ends once nothing is left.
 */
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { openDatabase } from '../src/adapters/embedded/database.ts'
import type { Context } from '../src/admission/context.ts'
import { Revisions } from '../src/admission/revisions.ts'
import { Common } from '../src/hunt/common.ts'
import { Matching } from '../src/hunt/matching.ts'
import { tellHits } from '../src/hunt/telling.ts'
import { Alarms } from '../src/monitor/alarms.ts'
import { systemClock as clock } from '../src/ports/clock.ts'

const [folder = '', calm = ''] = process.argv.slice(2)
const database = await openDatabase(join(folder, 'sluice.db'))
await database.migrate()
const common = new Common({ database, clock, ownHosts: () => [] })
const alarms = new Alarms({ database, clock, notifier: { deliverDue: () => Promise.resolve(), notify: ({ id }) => Promise.resolve(appendFileSync(join(folder, 'notices'), `${id}\n`)) } })
const ledger = { append: ({ name }: { name?: string | null | undefined }) => Promise.resolve(void process.stdout.write(`hold ${name}\n`)) }
const matching = new Matching({ context: { database, clock, ledger, revisions: new Revisions(database) } as unknown as Context, common, alarms })
for (;;) {
  const done = await matching.next() + await tellHits({ database, clock, alarms })
  process.stdout.write('turn\n')
  if (done === 0 && calm !== '') break
}
await database.close()
process.exit()
