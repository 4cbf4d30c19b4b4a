/**
 * Exposure, traces and verification in a large ledger: `node bench/ledger/trace.ts FILE [--lines N]`, with a FILE that
 * `bench/recall/world.ts` made. `--lines`: how many of them are verified. Each question is asked twice in a process that has read nothing.
 */
import { parseArgs } from 'node:util'
import { openDatabase } from '../../src/adapters/embedded/database.ts'
import type { ExposureSubject } from '../../src/core/exposure.ts'
import { exposureOf } from '../../src/ledger/exposure.ts'
import { trace } from '../../src/ledger/trace.ts'
import { Tracer } from '../../src/ledger/tracer.ts'
import { verify } from '../../src/ledger/verify.ts'
import { artifactOf, randomOf } from '../recall/world.ts'

const { values, positionals } = parseArgs({ allowPositionals: true, options: { lines: { type: 'string', default: '1000000' } } })
const [file = 'world.db'] = positionals
const database = await openDatabase(file)
const { count, newest } = await database.query.selectFrom('ledger').select(({ fn }) => [fn.max('seq').as('count'), fn.max('at').as('newest')]).orderBy('seq', 'desc').limit(1).executeTakeFirstOrThrow()
const artifacts = Number((await database.query.selectFrom('artifacts').select(({ fn }) => fn.countAll<number>().as('count')).executeTakeFirstOrThrow()).count)
const random = randomOf(7)
const among = (most: number): number => Math.floor(random() * Math.min(most, artifacts))
const subjectOf = (index: number): ExposureSubject => artifactOf(index)
const some = (...[hundred, tenThousand, rest]: [number, number, number]): ExposureSubject[] => [...new Set([
  ...Array.from({ length: hundred }, () => among(100)), ...Array.from({ length: tenThousand }, () => among(10_000)), ...Array.from({ length: rest }, () => among(artifacts)),
])].map(subjectOf)

const print = (cells: readonly (string | number)[]): void => void process.stdout.write(`| ${cells.join(' | ')} |\n`)
print(['question', 'answer', 'first time', 'again', 'processor'])
print(['---', '---', '---', '---', '---'])

async function ask(question: string, work: () => Promise<string>): Promise<void> {
  const times: number[] = []
  let answer = ''
  const before = process.cpuUsage()
  for (let turn = 0; turn < 2; turn += 1) {
    const started = performance.now()
    answer = await work()
    times.push(performance.now() - started)
  }
  const { user, system } = process.cpuUsage(before)
  print([question, answer, ...times.map((ms) => `${(ms / 1_000).toFixed(2)} s`), `${((user + system) / 2e6).toFixed(2)} s`])
}

async function exposure(question: string, subjects: readonly ExposureSubject[]): Promise<void> {
  await ask(question, async () => {
    const { totals } = await exposureOf(database, subjects)
    return `${totals.served.toLocaleString('en')} received, ${totals.denied.toLocaleString('en')} were refused, ${totals.index.toLocaleString('en')} read the index`
  })
}

const tracer = new Tracer({ database, carriersOf: () => Promise.resolve([]) })
const page = (asked: Parameters<Tracer['trace']>[0], options: Parameters<Tracer['trace']>[1] = {}) => async (): Promise<string> => {
  const { lines, receivers, next } = await tracer.trace(asked, { limit: 1_000, ...options })
  return `${lines.length} lines${next === null ? '' : ' and more'}; ${receivers.length} who`
}

await exposure('exposure: 1 artifact, the most popular', [subjectOf(0)])
await exposure('1 artifact, one of many', [subjectOf(Math.floor(artifacts / 2))])
await exposure('20 artifacts, one of them of the hundred most popular', some(1, 0, 19))
await exposure('2,000 artifacts, 5 of the hundred most popular, 95 of the ten thousand', some(5, 95, 1_900))
await ask('trace by host, served: first page and sum', page({ host: 'host-7' }, { kinds: ['served'] }))
await ask('by address (/24)', page({ address: '10.3.9.0/24' }, { kinds: ['served'] }))
await ask('by token of a team', page({ token: 'team-7' }, { kinds: ['served'] }))
await ask('by token of a team, a week', page({ token: 'team-7' }, { kinds: ['served'], since: new Date(Number(newest) - 7 * 86_400_000) }))
await ask('by CI job', page({ job: 'build 77777' }))
await ask('by package, the most popular', page({ package: artifactOf(0) }))
await ask('the last hour', page({}, { since: new Date(Number(newest) - 3_600_000) }))
await ask('a thousand lines from the middle of a token\'s', async () => {
  let cursor: string | undefined
  for (let at = 0; at < 20; at += 1) cursor = (await trace(database, null, { callers: { token: 'team-7' }, limit: 1_000, cursor })).next ?? undefined
  return '20 pages of 1,000'
})
const started = performance.now()
const before = process.cpuUsage()
const from = Math.max(1, Number(count) - Number(values.lines) + 1)
const { ok, lines, callers } = await verify({ database, from })
const { user, system } = process.cpuUsage(before)
const seconds = (performance.now() - started) / 1_000
print([`verify, the last ${lines.toLocaleString('en')} of ${Number(count).toLocaleString('en')} lines`, `${ok ? 'unbroken' : 'broken'}; ${callers.whole.toLocaleString('en')} callers`, `${seconds.toFixed(1)} s`,
  `${Math.round(lines / seconds).toLocaleString('en')} lines/s`, `${((user + system) / 1e6).toFixed(1)} s`])
await database.close()
