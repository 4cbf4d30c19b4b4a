import { parseArgs } from 'node:util'
import { examine } from '../../src/workers/examine.ts'
import { benign } from '../quality/benign.ts'
import { CORPORA, print } from '../quality/command.ts'
import { ownHosts } from '../quality/hosts.ts'
import { jobOf } from '../quality/judge.ts'
import { table } from '../quality/markdown.ts'
import { hash32 } from '../quality/sample.ts'
import type { Sample } from '../quality/sample.ts'
import { mib, ms, perSecond, quantile } from './scan-figures.ts'
import type { Timed } from './scan-figures.ts'

const HELP = `node bench/speed/scan.ts [--limit N] [--ecosystem npm|pypi|go]… [--corpora DIR]
  how fast one warm worker examines benign packages: N of them (default 600), and the ten largest;
  where processor time is far less than the clock's, something else was running`

const { values } = parseArgs({
  options: {
    limit: { type: 'string', default: '600' }, ecosystem: { type: 'string', multiple: true, default: ['npm', 'pypi'] },
    corpora: { type: 'string', default: CORPORA },
    help: { type: 'boolean', default: false },
  },
})
const WARM_UP = 50
const LARGEST = 10
const SLOWEST = 5
/** Whoever waits is told what they wait for. */
const TELL_FROM = 5_000

async function main(): Promise<void> {
  const own = await ownHosts()
  /** Bytes are in memory before the clock starts: the gate has just received them. */
  const time = async (sample: Sample): Promise<Timed> => {
    const bytes = await sample.read() ?? new Uint8Array(0)
    const job = jobOf(sample, bytes, own)
    const [started, used] = [performance.now(), process.cpuUsage()]
    const result = await examine(job)
    const { user, system } = process.cpuUsage(used)
    if (performance.now() - started > TELL_FROM) process.stderr.write(`${sample.id}: ${ms(performance.now() - started)}\n`)
    return { id: sample.id, ms: performance.now() - started, cpu: (user + system) / 1_000, packed: bytes.length, unpacked: result.bytes, missing: result.missing.length }
  }
  const all = benign(values.corpora, 'benign').filter(({ ref }) => values.ecosystem.includes(ref.ecosystem))
  const mixed = all.toSorted((a, b) => hash32(a.id) - hash32(b.id))
  for (const sample of mixed.slice(-WARM_UP)) await time(sample)
  const typical: Timed[] = []
  for (const sample of mixed.slice(0, Number(values.limit))) typical.push(await time(sample))
  const peak = process.resourceUsage().maxRSS
  const largest: Timed[] = []
  for (const sample of (await bySize(all)).slice(0, LARGEST)) largest.push(await time(sample))

  print(table(['packages', 'n', 'unpacked', 'packed', 'median', 'p90', 'p99', 'longest', 'MB/s unpacked', 'MB/s packed', 'processor', 'clock'], [
    row('typical', typical), row(`the ${LARGEST} largest`, largest),
  ]))
  const slowest = typical.toSorted((a, b) => b.ms - a.ms).slice(0, SLOWEST)
  print(`\nSlowest of the typical ones: ${slowest.map((one) => `${one.id} ${ms(one.ms)} for ${mib(one.unpacked)}`).join(', ')}.`)
  print(`\n${table(['the largest', 'packed', 'unpacked', 'time', 'not looked at'], largest.map((one) => (
    [one.id, mib(one.packed), mib(one.unpacked), ms(one.ms), `${one.missing}`])))}`)
  print(`\nPeak resident memory: ${mib(peak * 1024)} after the typical ones, ${mib(process.resourceUsage().maxRSS * 1024)} in the end. Node ${process.version}.`)
}

function row(what: string, timed: readonly Timed[]): string[] {
  const times = timed.map((one) => one.ms)
  return [
    what, `${timed.length}`, mib(sum(timed, 'unpacked')), mib(sum(timed, 'packed')), ms(quantile(times, 0.5)), ms(quantile(times, 0.9)), ms(quantile(times, 0.99)),
    ms(Math.max(...times)), perSecond(sum(timed, 'unpacked'), sum(timed, 'ms')), perSecond(sum(timed, 'packed'), sum(timed, 'ms')),
    ms(sum(timed, 'cpu')), ms(sum(timed, 'ms')),
  ]
}

/** Largest first, by packed size: what they unpack to is known only afterwards. */
async function bySize(samples: readonly Sample[]): Promise<Sample[]> {
  const sized: { sample: Sample; size: number }[] = []
  for (const sample of samples) sized.push({ sample, size: (await sample.read())?.length ?? 0 })
  return sized.sort((a, b) => b.size - a.size).map(({ sample }) => sample)
}

const sum = (timed: readonly Timed[], key: 'ms' | 'cpu' | 'packed' | 'unpacked'): number => timed.reduce((total, one) => total + one[key], 0)
if (values.help) print(HELP)
else await main()
