/**
 * Runs what waits in the folder given, as a gate does, until it is killed; its clock is so many milliseconds ahead. Appends
 * `begin NAME PID` and `end NAME PID` to the folder's log, and prints a line each time. After so many lines no run of it ends any more:
 * else one that is killed late would leave nothing for the other. With `calm` it ends once nothing waits or is run.
 */
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import pino from 'pino'
import { openBlobs } from '../src/adapters/embedded/blobs.ts'
import { openDatabase } from '../src/adapters/embedded/database.ts'
import type { Context } from '../src/admission/context.ts'
import { Revisions } from '../src/admission/revisions.ts'
import { Common } from '../src/hunt/common.ts'
import { RunLoop } from '../src/sandbox/gate/loop.ts'
import { Outlook } from '../src/sandbox/gate/outlook.ts'
import { together } from '../src/sandbox/gate/runs-packages.ts'
import { tellRuns } from '../src/sandbox/gate/tell.ts'
import { recordOf, SANDBOX_POLICY } from './fakes/runner.ts'

const [folder = '', ahead = '0', until = ''] = process.argv.slice(2)
const calm = until === 'calm'
const clock = { now: () => new Date(Date.now() + Number(ahead)) }
const log = pino({ level: 'silent' })
const database = await openDatabase(join(folder, 'sluice.db'))
await database.migrate()
let said = 0
const say = (what: string, name: string): void => {
  said++
  appendFileSync(join(folder, 'log'), `${what} ${name} ${process.pid}\n`)
  process.stdout.write(`${what}\n`)
}
const runs = together({
  version: 'fake@1', probe: () => Promise.resolve([{ backend: 'fake', works: true, version: '1', weaker: [], says: null, remedy: null }]),
  async run(target) {
    say('begin', target.ref.name)
    await wait(15)
    if (!calm && said >= Number(until)) await new Promise(() => {})
    say('end', target.ref.name)
    return recordOf(target)
  },
}, { version: 'judge@1', judge: () => [], indicators: ({ ref }) => [{ type: 'domain', value: `${ref.name}.attacker.example`, file: 'setup.js', line: 1 }] })
const ledger = { append: ({ name }: { name?: string | null | undefined }) => Promise.resolve(appendFileSync(join(folder, 'ledger'), `${name}\n`)) }
const context = {
  database, clock, log, ledger, revisions: new Revisions(database), common: new Common({ database, clock, ownHosts: () => [] }), limits: { artifactSize: 1_000_000 },
  blobs: await openBlobs(join(folder, 'blobs')), evidence: await openBlobs(join(folder, 'evidence')), policy: () => ({ sandbox: SANDBOX_POLICY }),
} as unknown as Context
const outlook = new Outlook({ database, clock, log, runs, mode: 'on' })
const tell = (): Promise<void> => tellRuns(context, () => Promise.resolve({ ruling: { action: 'serve', reason: 'clean', because: 'nothing found', until: null }, policy: 'p' }))
const dependencies = { fetch: () => Promise.reject(new Error('nothing depends on anything here')) }
const loop = new RunLoop({ context, outlook, runs, dependencies, settings: { budget: { anHour: 10_000, atOnce: 3 }, passes: ['laptop'], time: 1_000 }, tell })
for (;;) {
  await tell()
  const turn = await loop.turn()
  if (turn === 'busy') await wait(5)
  if (turn !== 'nothing') continue
  await loop.idle()
  await tell()
  const left = await database.query.selectFrom('sandbox_wants').select('file').where('state', '!=', 'done').execute()
  if (calm && left.length === 0) break
  await wait(20)
}
await database.close()
process.exit()
