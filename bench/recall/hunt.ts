/**
 * How fast judged files are found by what is newly known: `node bench/recall/hunt.ts [--artifacts 1000000] [--lines 1000000] [--keep FILE]`.
 * Makes a world of its own, measures, and deletes it. See bench/RESULTS.md.
 */
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openDatabase } from '../../src/adapters/embedded/database.ts'
import { Revisions } from '../../src/admission/revisions.ts'
import { decodeSketch, encodeSketch } from '../../src/analysis/sketch.ts'
import type { Sketch } from '../../src/analysis/sketch.ts'
import type { Context } from '../../src/admission/context.ts'
import { Common } from '../../src/hunt/common.ts'
import { readExpression } from '../../src/hunt/expression.ts'
import type { Expression } from '../../src/hunt/expression.ts'
import { carry } from '../../src/hunt/hits.ts'
import { indexVerdict } from '../../src/hunt/judged.ts'
import { Matching } from '../../src/hunt/matching.ts'
import { search } from '../../src/hunt/search.ts'
import { likeTerm } from '../../src/hunt/terms.ts'
import { createLedger } from '../../src/ledger/append.ts'
import { exposureOf } from '../../src/ledger/exposure.ts'
import { judgeWorld, NOW, verdictOf } from './hunt-world.ts'
import { artifactOf, makeWorld } from './world.ts'

const { values } = parseArgs({ options: { artifacts: { type: 'string', default: '1000000' }, lines: { type: 'string', default: '1000000' }, keep: { type: 'string' } } })
const artifacts = Number(values.artifacts)
const folder = await mkdtemp(join(tmpdir(), 'sluice-hunt-'))
const file = values.keep ?? join(folder, 'sluice.db')
const begun = performance.now()
const progress = (says: string): void => void process.stderr.write(`${Math.round((performance.now() - begun) / 1_000)} s: ${says}\n`)
const MB = (bytes: number): string => `${Math.round(bytes / 1e6).toLocaleString('en')} MB`
const print = (what: string, value: string): void => console.log(`| ${what} | ${value} |`)

console.log('| what | figure |\n|---|---|')
if (!existsSync(file)) {
  await makeWorld(file, { artifacts, lines: Number(values.lines), seed: 1 }, progress)
  const size = judgeWorld(file, artifacts, progress)
  print('files judged, facts of each', `${artifacts.toLocaleString('en')}, ${(size.facts / artifacts).toFixed(1)}`)
  print('index, beside verdicts of', `${MB(size.index)}, ${MB(size.verdicts)}`)
}

const database = await openDatabase(file)
await database.migrate()
// Of a run before this one, where the world is kept.
for (const table of ['known_indicators', 'indicator_hits'] as const) await database.query.deleteFrom(table).execute()
await database.query.deleteFrom('settings').where('key', '=', 'hunt indicators').execute()
const clock = { now: () => new Date(NOW) }
const common = new Common({ database, clock, ownHosts: () => ['registry.example'] })

/** The first time, of a process that has read nothing of the index yet, and the median of ten more. */
async function timed(what: string, work: () => Promise<number>): Promise<void> {
  const times: number[] = []
  let found = 0
  for (let at = 0; at < 11; at++) {
    const started = performance.now()
    found = await work()
    times.push(performance.now() - started)
  }
  const [first = 0, ...rest] = times
  print(`${what}: ${found.toLocaleString('en')} files`, `${first.toFixed(0)} ms first, ${(rest.sort((a, b) => a - b)[5] ?? 0).toFixed(1)} ms after`)
}

const hunt = (text: string) => async (): Promise<number> => (await search(database, readExpression(text, clock.now()))).files.length
await timed('`drop.rare.example`', hunt('drop.rare.example'))
await timed('its parent `rare.example`', hunt('rare.example'))
await timed('`attack.example`, in 2,000 hosts below it', hunt('attack.example'))
await timed('a network `198.51.100.0/24`', hunt('198.51.100.0/24'))
await timed('the hash of a file of code', hunt(`${Object.values((JSON.parse(verdictOf(4_711, artifacts).profile) as { code: Record<string, string> }).code)[0]}${'0'.repeat(48)}`))
await timed('`behaviour:exfiltration and trigger:install and not ecosystem:go`', hunt('behaviour:exfiltration and trigger:install and not ecosystem:go'))
await timed('`does:execute<fetched> and does:collect<credentials> and score>=40`', hunt('does:execute<fetched> and does:collect<credentials> and score>=40'))
await timed('`name:*-zz* and since:30d`, by walking over all', hunt('name:*-zz* and since:30d'))
const like: Expression = { is: 'term', says: '', term: likeTerm(changed(verdictOf(123_450 % artifacts, artifacts).sketch, 0.2), 0.6) }
await timed('code with a fifth of its sketch changed, at least 60 % alike', async () => (await search(database, like)).files.length)

const ledger = createLedger({ database })
const context = { database, clock, ledger, revisions: new Revisions(database) } as unknown as Context
const matching = new Matching({ context, common, alarms: { raise: () => Promise.reject(new Error('an alarm')), isKnown: () => Promise.resolve(false) } })
let told = 0
const tell = async (value: string): Promise<number> => {
  await database.query.insertInto('known_indicators').values({ type: 'domain', value, source: `bench ${++told}`, record: null, says: '', tlp: 'green', valid_until: null, withdrawn: null, modified: 0, added_at: 0 }).execute()
  const started = performance.now()
  await matching.next()
  return performance.now() - started
}
const held = async (): Promise<number> => (await database.query.selectFrom('indicator_hits').selectAll().execute()).length
const rare = await tell('rare.example')
print(`a new known indicator, matched and held, in the ledger: ${await held()} files`, `${rare.toFixed(0)} ms`)
const attack = await tell('attack.example')
print(`another: ${(await held()).toLocaleString('en')} files`, `${attack.toFixed(0)} ms`)
const { files } = await search(database, readExpression('attack.example', clock.now()))
const asked = performance.now()
const exposure = await exposureOf(database, files.map(({ ecosystem, name, version }) => ({ ecosystem, name, version, digest: null })))
print(`who met these, over ${Number(values.lines).toLocaleString('en')} ledger lines: ${exposure.totals.served.toLocaleString('en')} receivers`, `${(performance.now() - asked).toFixed(0)} ms`)

/** What the index costs an admission: the same rows with and without. */
async function admissions(index: boolean): Promise<number> {
  const COUNT = 500
  // Beyond the world, and beyond those of a run before this one.
  const from = artifacts + (Date.now() % 1_000_000) * 1_000
  const started = performance.now()
  for (let at = 0; at < COUNT; at++) {
    const number = from + at
    const ref = artifactOf(number)
    const { recent: _recent, ...row } = { ...verdictOf(number, artifacts), judged_at: NOW, rules: 'detectors@1' }
    await database.transaction(async (tx) => {
      await tx.insertInto('verdicts').values({ ecosystem: ref.ecosystem, name: ref.name, file: ref.file, version: ref.version, missing: '[]', runs: '[]', learned: null, difference: null, repository: null, elapsed_ms: 0, ...row }).execute()
      if (!index) return
      const facts = await indexVerdict(tx, { ref, row, before: null, hashes: '{}', publishedAt: NOW, swept: 0 })
      await carry(tx, common, { ref, facts, at: clock.now() })
    })
  }
  return (performance.now() - started) / COUNT
}
const without = await admissions(false)
const within = await admissions(true)
print('admission: the transaction that keeps a verdict, without and with the index', `${Math.round(without * 1_000).toLocaleString('en')} µs, ${Math.round(within * 1_000).toLocaleString('en')} µs`)
print('memory of the process (resident)', MB(process.memoryUsage().rss))

await ledger.close()
await database.close()
await rm(folder, { recursive: true, force: true })

function changed(sketch: string, share: number): string {
  const { exact, shape, ...rest } = decodeSketch(sketch) as Sketch
  const other = (values: Uint16Array): Uint16Array => values.map((value, at) => (at % Math.round(1 / share) === 0 ? value ^ 0x5555 : value))
  return encodeSketch({ ...rest, exact: other(exact), shape: other(shape) })
}
