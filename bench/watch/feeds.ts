import { parseArgs } from 'node:util'
import { startFakeGoFeed } from '../../test/fakes/go-feed.ts'
import type { FakeServer } from '../../test/fakes/http.ts'
import { startFakeNpmFeed } from '../../test/fakes/npm-feed.ts'
import { startFakePypiFeed } from '../../test/fakes/pypi-feed.ts'
import type { Feed } from '../../src/monitor/feeds/feed.ts'
import { goIndex } from '../../src/monitor/feeds/go-index.ts'
import { npmChanges } from '../../src/monitor/feeds/npm-changes.ts'
import { pypiChangelog } from '../../src/monitor/feeds/pypi-changelog.ts'
import { pypiSerials } from '../../src/monitor/feeds/pypi-serials.ts'
import { onDisk, toFakes } from '../../src/monitor/feeds/testing.ts'
import { createFollower } from '../../src/monitor/follower.ts'
import { EventLog } from '../../src/monitor/log.ts'
import { systemClock } from '../../src/ports/clock.ts'

const HELP = `taskset -c 0 node bench/watch/feeds.ts [--events N]
  A burst of N events (100,000) from each kind of feed, over loopback HTTP, through its reader into the log on disk, each event
  durable. The fake registry runs in the same process, so its work is in the figures, too.`

const { values } = parseArgs({ options: { events: { type: 'string', default: '100000' }, help: { type: 'boolean', default: false } } })
const count = Number(values.events)

interface Burst { label: string; fake: FakeServer; feed: Feed; fill(): void }

async function npm(): Promise<Burst> {
  const fake = await startFakeNpmFeed()
  return { label: 'npm changes', fake, feed: npmChanges({ base: fake.url, upstream: toFakes([fake]), clock: systemClock }), fill: () => void fake.change(...named('package-')) }
}

async function pypi(kind: 'journal' | 'serials'): Promise<Burst> {
  const fake = await startFakePypiFeed()
  const ways = { upstream: toFakes([fake]), clock: systemClock }
  const feed = kind === 'journal' ? pypiChangelog({ url: `${fake.url}pypi`, ...ways }) : pypiSerials({ url: `${fake.url}simple/`, ...ways })
  return { label: `PyPI ${kind}`, fake, feed, fill: () => named('project-').forEach((name) => fake.act(name, '1.0.0', 'new release')) }
}

async function go(): Promise<Burst> {
  const fake = await startFakeGoFeed()
  const begin = new Date().toISOString().slice(0, 19)
  const fill = (): void => named('code.example/module-').forEach((name, at) => fake.add(name, 'v1.0.0', `${begin}.${String(at).padStart(6, '0')}Z`))
  return { label: 'Go index', fake, feed: goIndex({ url: `${fake.url}index`, upstream: toFakes([fake]), clock: systemClock }), fill }
}

const named = (prefix: string): string[] => Array.from({ length: count }, (_, at) => `${prefix}${at}`)

async function measure({ label, fake, feed, fill }: Burst): Promise<string> {
  const disk = await onDisk()
  try {
    const log = new EventLog(await disk.open(), systemClock)
    const follower = createFollower({
      ecosystem: feed.ecosystem, log, clock: systemClock, lease: { hold: () => Promise.resolve(true), release: () => Promise.resolve() },
      logger: { warn: (facts: unknown, says?: string) => console.error(says, facts), info: () => undefined },
      choose: () => Promise.resolve({ feed, because: 'measured', refused: [], provisional: false }),
    })
    await follower.turn()
    fill()
    const [began, cpu] = [performance.now(), process.cpuUsage()]
    let longest = 0
    let last = performance.now()
    const beat = setInterval(() => {
      longest = Math.max(longest, performance.now() - last - 10)
      last = performance.now()
    }, 10)
    while (follower.status().events < count) await follower.turn()
    const seconds = (performance.now() - began) / 1_000
    clearInterval(beat)
    const { user, system } = process.cpuUsage(cpu)
    const { duplicates, rejected } = follower.status()
    if (duplicates + rejected > 1) throw new Error(`${label}: ${duplicates} repeated and ${rejected} rejected`)
    const cells = [label, count, seconds.toFixed(2), Math.round(count / seconds), ((user + system) / count).toFixed(1), Math.round(longest), Math.round(process.memoryUsage.rss() / 2 ** 20)]
    return `| ${cells.join(' | ')} |`
  } finally {
    await fake.close()
    await disk.remove()
  }
}

if (values.help) console.log(HELP)
else {
  console.log('| feed | events | s | events/s | CPU µs/event | event loop held up, ms | RSS, MiB |\n|---|---|---|---|---|---|---|')
  for (const open of [npm, () => pypi('journal'), () => pypi('serials'), go]) console.log(await measure(await open()))
}
