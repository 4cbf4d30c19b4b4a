import type { EcosystemId } from '../../src/core/types.ts'
import type { FeedEvent } from '../../src/core/watch.ts'
import { openPipeline, remember } from './pipeline-parts.ts'
import type { Pipeline } from './pipeline-parts.ts'
import { Registries } from './pipeline-world.ts'

export interface Stage { name: string; events: number; seconds: number; cpuSeconds: number }

export interface Mixed {
  events: number
  stages: Stage[]
  asked: number
  mib: number
  packages: number
  rssMiB: number
  alarms: Record<string, number>
  notices: number
  batch: number
  cursorRight: boolean
}

const ECOSYSTEMS: readonly EcosystemId[] = ['npm', 'pypi', 'go']
/** Events that are in the log before they are read. */
const CHUNK = 2_000

/** Stage after stage, chunk by chunk, so that each can be measured; updates of one package within a chunk are looked at once, as in the watch. */
export async function runMixed(folder: string, count: number): Promise<Mixed> {
  const registries = new Registries(20210728)
  const known = registries.known(Math.max(200, count * 2 / 5))
  const events = registries.mixed(count, known)
  const pipeline = await openPipeline(folder, registries)
  try {
    await remember(pipeline, registries, known)
    const stages = ['into the log', 'names: from the log to the list of work', 'identity, twins, campaigns, alarms'].map((name): Stage => ({ name, events: 0, seconds: 0, cpuSeconds: 0 }))
    const [log, names, look] = stages as [Stage, Stage, Stage]
    let peak = 0
    for (let from = 0; from < events.length; from += CHUNK) {
      const chunk = events.slice(from, from + CHUNK)
      await timed(log, chunk.length, () => append(pipeline, chunk))
      await timed(names, chunk.length, async () => { while (await pipeline.watch.readEvents() > 0); })
      await timed(look, chunk.length, () => Promise.all(ECOSYSTEMS.map(async (ecosystem) => { while (await pipeline.watch.lookInto(ecosystem) > 0); })))
      peak = Math.max(peak, process.memoryUsage.rss())
    }
    const all = stages.reduce((sum, { seconds, cpuSeconds }) => ({ seconds: sum.seconds + seconds, cpuSeconds: sum.cpuSeconds + cpuSeconds }), { seconds: 0, cpuSeconds: 0 })
    return {
      events: count, stages: [...stages, { name: 'all', events: count, ...all }], asked: registries.asked, mib: registries.bytes / 2 ** 20, packages: pipeline.tied.sightings,
      rssMiB: peak / 2 ** 20, alarms: Object.fromEntries(Map.groupBy(await pipeline.alarms.list({ limit: 10_000 }), ({ kind }) => kind).entries().map(([kind, some]) => [kind, some.length])),
      notices: pipeline.notices.length, batch: pipeline.tied.sightings / pipeline.tied.batches, cursorRight: await isAtEnd(pipeline),
    }
  } finally {
    await pipeline.close()
  }
}

async function timed(stage: Stage, events: number, work: () => Promise<unknown>): Promise<void> {
  const [began, cpu] = [performance.now(), process.cpuUsage()]
  await work()
  const { user, system } = process.cpuUsage(cpu)
  stage.events += events
  stage.seconds += (performance.now() - began) / 1_000
  stage.cpuSeconds += (user + system) / 1e6
}

export async function append(pipeline: Pipeline, batch: readonly FeedEvent[]): Promise<void> {
  for (const [ecosystem, some] of Map.groupBy(batch, (event) => event.ecosystem)) await pipeline.append(ecosystem, some)
}

/** Whether everything was read and nothing waits. */
export async function isAtEnd({ events, database, work }: Pipeline): Promise<boolean> {
  const head = await database.query.selectFrom('events').select(({ fn }) => fn.max('seq').as('seq')).executeTakeFirst()
  const { waiting, dropped } = await work.status()
  return await events.readBy('watch') === Number(head?.seq) && Object.values(waiting).every((count) => count === 0) && dropped === 0
}
