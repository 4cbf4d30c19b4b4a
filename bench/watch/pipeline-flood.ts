import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { EcosystemId } from '../../src/core/types.ts'
import { append, isAtEnd } from './pipeline-mixed.ts'
import { openPipeline } from './pipeline-parts.ts'
import { Registries } from './pipeline-world.ts'

export interface Flood {
  count: number
  delay: number
  /** Until the last of the flood was concluded. */
  seconds: number
  cpuSeconds: number
  rssMiB: { before: number; peak: number }
  /** What is in use after a collection, before and after; null where it cannot be asked for (`--expose-gc`). */
  heapMiB: { before: number; after: number } | null
  alarms: { kind: string; size: number; title: string }[]
  open: number
  notices: number
  /**
   * Milliseconds from the feed to the conclusion, of packages of other registries, and of others of the flooded one: under names that begin
   * otherwise, and under names that begin as the flood's do.
   */
  waits: Record<'other' | 'same' | 'alike', number[]>
  unseen: number
  waiting: number
  cursorRight: boolean
}

const EVERY = 500

/** All of the flood is in the log at once, and `watch.start()` does the rest, while the others go on publishing. */
export async function runFlood(folder: string, { count, delay, progress }: { count: number; delay: number; progress?: (line: string) => void }): Promise<Flood> {
  const registries = new Registries(20260101)
  const flood = registries.flood(count)
  const pipeline = await openPipeline(folder, registries, delay)
  const heap = (): number => (globalThis.gc?.(), process.memoryUsage().heapUsed / 2 ** 20)
  const heapBefore = heap()
  const began = performance.now()
  const cpu = process.cpuUsage()
  const before = process.memoryUsage.rss()
  let peak = before
  const sent = new Map<string, number>()
  const waits: Flood['waits'] = { other: [], same: [], alike: [] }
  const left = new Set(flood.map(({ name }) => name))
  let flooded = 0
  pipeline.onSeen = ({ ecosystem, name }) => {
    if (ecosystem === 'npm' && left.delete(name) && left.size === 0) flooded = (performance.now() - began) / 1_000
    const at = sent.get(`${ecosystem}/${name}`)
    if (at !== undefined) waits[ecosystem !== 'npm' ? 'other' : name.startsWith('zz') ? 'same' : 'alike'].push(performance.now() - at)
    sent.delete(`${ecosystem}/${name}`)
  }
  const trickle = async (): Promise<void> => {
    const batch = [...(['pypi', 'go', 'npm'] as const).map((ecosystem: EcosystemId) => registries.fresh(ecosystem)), registries.fresh('npm', { name: `zz${randomBytes(5).toString('hex')}` })]
    for (const { ecosystem, name } of batch) sent.set(`${ecosystem}/${name}`, performance.now())
    await append(pipeline, batch)
  }
  try {
    for (let from = 0; from < flood.length; from += 2_000) await append(pipeline, flood.slice(from, from + 2_000))
    pipeline.watch.start()
    let waiting = 0
    let most = 0
    for (let turn = 0; left.size > 0 || waiting > 0 || sent.size > 0; turn++) {
      if (left.size > 0) await trickle()
      await wait(EVERY)
      peak = Math.max(peak, process.memoryUsage.rss())
      const status = (await pipeline.work.status()).waiting
      waiting = status.npm + status.pypi + status.go
      if (turn % 20 === 0) progress?.(`${Math.round((performance.now() - began) / 1000)} s: ${waiting} wait, ${Math.round(process.memoryUsage.rss() / 2 ** 20)} MiB`)
      most = Math.max(most, waiting)
    }
    const { user, system } = process.cpuUsage(cpu)
    await pipeline.watch.stop()
    const alarms = await pipeline.alarms.list({ limit: 10_000 })
    return {
      heapMiB: globalThis.gc ? { before: heapBefore, after: heap() } : null, count, delay, seconds: flooded, cpuSeconds: (user + system) / 1e6, rssMiB: { before: before / 2 ** 20, peak: peak / 2 ** 20 },
      alarms: alarms.map(({ kind, size, title }) => ({ kind, size, title })), open: alarms.filter(({ closedAt }) => closedAt === null).length, notices: pipeline.notices.length,
      waits, unseen: sent.size, waiting: most, cursorRight: await isAtEnd(pipeline),
    }
  } finally {
    await pipeline.close()
  }
}
