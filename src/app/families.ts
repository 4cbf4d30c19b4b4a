import type { Context } from '../admission/context.ts'
import type { Family } from '../gateway/metrics.ts'
import type { HostIngest } from '../host/ingest/ingest.ts'
import type { Retro } from '../hunt/retro.ts'
import type { Metered } from '../metered.ts'
import type { FeedStatus } from '../monitor/follower-status.ts'
import type { SandboxRoom } from '../sandbox/gate/room.ts'

export interface Measured {
  context: Context
  metered: Metered
  sandbox: SandboxRoom
  ingest: HostIngest
  retro: Retro
  /** Of the watch, once it runs. */
  feeds(): readonly FeedStatus[]
}

/** What the metrics show besides requests. */
export const familiesOf = ({ context, metered, sandbox, ingest, retro, feeds }: Measured): Readonly<Record<string, Family>> => ({
  ...metered.families, ...sandbox.families,
  jobs_running: { help: 'Jobs in worker processes.', read: () => context.pool.stats().busy },
  watch_events_total: {
    help: 'Events of the registries\' feeds that were new.', labels: ['ecosystem', 'state'],
    read: () => feeds().map(({ ecosystem, state, events }) => ({ labels: [ecosystem, state], value: events })),
  },
  watch_lag_seconds: {
    help: 'How far a feed is behind, where it tells times.', labels: ['ecosystem', 'state'],
    read: () => feeds().flatMap(({ ecosystem, state, lagMs }) => (lagMs === null ? [] : [{ labels: [ecosystem, state], value: lagMs / 1_000 }])),
  },
  host_events_total: { help: 'Events that machines told, by what became of them.', labels: ['outcome'], read: () => Object.entries(ingest.counted).map(([outcome, value]) => ({ labels: [outcome], value })) },
  hunt_files: {
    help: 'Judged files by what is still to be done with them, and those held for a known indicator.', labels: ['what'],
    read: () => (retro.seen ? [['held', retro.seen.held], ['to-judge-again', retro.seen.outdated], ['to-match-with-rules', retro.seen.unswept]] as const : []).map(([what, value]) => ({ labels: [what], value })),
  },
  hunt_indicators_waiting: { help: 'Changes of known indicators that are still to be matched.', read: () => retro.seen?.indicators ?? 0 },
  jobs_waiting: { help: 'Jobs waiting for a worker process.', read: () => context.pool.stats().waiting.demand + context.pool.stats().waiting.ahead },
})
