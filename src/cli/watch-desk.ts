import type { z } from '@hono/zod-openapi'
import { WatchAnswers } from '../api/watch-schemas.ts'
import type { WatchAnswer } from '../api/watch-schemas.ts'
import { wire } from '../api/wire.ts'
import { isCode } from '../core/errors.ts'
import type { EcosystemId } from '../core/types.ts'
import type { Lookout } from '../monitor/lookout.ts'

/** What commands ask of the watch, in a data folder or at a running gate. */
export interface WatchDesk {
  status(): Promise<WatchAnswer<'status'>>
  alarms(options: { open: boolean; since: Date | undefined }): Promise<WatchAnswer<'alarms'>>
  /** False: there is no open alarm of this id. */
  closeAlarm(id: string): Promise<boolean>
  digest(since: Date): Promise<WatchAnswer<'digest'>>
  campaigns(all: boolean): Promise<WatchAnswer<'campaigns'>>
  campaign(id: string): Promise<WatchAnswer<'campaign'>>
  exportCampaign(id: string): Promise<WatchAnswer<'exported'>>
  campaignCsv(id: string): Promise<string>
  ruleOut(ruling: { kind: string; value: string; because: string }): Promise<WatchAnswer<'ruledOut'>>
  reinstate(ruled: { kind: string; value: string }): Promise<void>
  rulings(): Promise<WatchAnswer<'rulings'>>
  actors(ecosystem: EcosystemId | undefined): Promise<WatchAnswer<'actors'>>
  actor(ecosystem: EcosystemId, actor: string): Promise<WatchAnswer<'actor'>>
  watched(): Promise<WatchAnswer<'watched'>>
  watch(wanted: { ecosystem: EcosystemId; actor: string; because: string }): Promise<WatchAnswer<'watching'>>
  /** False: it was not watched. */
  unwatch(ecosystem: EcosystemId, actor: string): Promise<boolean>
  checkNames(names: readonly { ecosystem: EcosystemId; name: string }[], look: boolean, progress: (done: number) => void): Promise<WatchAnswer<'names'>>
  learnNames(names: readonly { ecosystem: EcosystemId; name: string }[], source: string): Promise<WatchAnswer<'learnt'>>
  exposed(progress: (done: number, of: number) => void): Promise<WatchAnswer<'exposed'>>
  updateNames(ecosystem: EcosystemId, bytes: Uint8Array | undefined): Promise<WatchAnswer<'updated'>>
  /** False: the built-in list counted already. */
  resetNames(ecosystem: EcosystemId): Promise<boolean>
}

/** Alarms or campaigns that are shown at once; the API gives no more either. */
const MOST = 1_000

export function localWatchDesk(lookout: Lookout, whoami: () => string): WatchDesk {
  return {
    status: async () => wire(await lookout.status()),
    alarms: async (options) => wire(await lookout.alarms({ ...options, limit: MOST })),
    closeAlarm: (id) => found(lookout.closeAlarm(id)),
    digest: async (since) => wire(await lookout.digest(since)),
    campaigns: async (all) => wire(await lookout.campaigns({ all, limit: MOST })),
    campaign: async (id) => wire(await lookout.campaign(id)),
    exportCampaign: async (id) => wire(await lookout.exportCampaign(id)),
    campaignCsv: (id) => lookout.campaignCsv(id),
    ruleOut: async (ruling) => wire(await lookout.ruleOut({ ...ruling, by: whoami() })),
    reinstate: (ruled) => lookout.reinstate(ruled),
    rulings: async () => wire(await lookout.rulings()),
    actors: async (ecosystem) => wire(await lookout.actors({ ecosystem })),
    actor: async (ecosystem, actor) => wire(await lookout.actor(ecosystem, actor)),
    watched: async () => wire(await lookout.watched()),
    watch: async (wanted) => wire(await lookout.watch({ ...wanted, by: whoami() })),
    unwatch: (ecosystem, actor) => found(lookout.unwatch(ecosystem, actor)),
    checkNames: async (names, look, progress) => wire(await lookout.checkNames(names, { look, progress })),
    learnNames: async (names, source) => wire(await lookout.learnNames(names, source)),
    exposed: async (progress) => wire(await lookout.exposed(progress)),
    updateNames: async (ecosystem, bytes) => wire(await lookout.updateNames(ecosystem, bytes)),
    resetNames: (ecosystem) => lookout.resetNames(ecosystem),
  }
}

interface Asked { method?: 'GET' | 'POST' | 'PUT' | 'DELETE'; json?: unknown; bytes?: Uint8Array }
/** Asks the API of a gate; `text`: the answer as it is. */
export interface Call {
  <S extends z.ZodType>(answer: S, path: string, asked?: Asked): Promise<z.output<S>>
  text(path: string): Promise<string>
}

const PAGE = 2_000

export function remoteWatchDesk(call: Call): WatchDesk {
  const part = encodeURIComponent
  return {
    status: () => call(WatchAnswers.status, 'watch'),
    alarms: ({ open, since }) => call(WatchAnswers.alarms, `alarms?${new URLSearchParams({ open: String(open), limit: String(MOST), ...(since ? { since: since.toISOString() } : {}) })}`),
    closeAlarm: (id) => found(call(WatchAnswers.closed, `alarms/${part(id)}/close`, { method: 'POST' })),
    digest: (since) => call(WatchAnswers.digest, `alarms/digest?since=${part(since.toISOString())}`),
    campaigns: (all) => call(WatchAnswers.campaigns, `campaigns?all=${all}&limit=${MOST}`),
    campaign: (id) => call(WatchAnswers.campaign, `campaigns/${part(id)}`),
    exportCampaign: (id) => call(WatchAnswers.exported, `campaigns/${part(id)}/export`),
    campaignCsv: (id) => call.text(`campaigns/${part(id)}/members.csv`),
    ruleOut: (json) => call(WatchAnswers.ruledOut, 'campaigns/rulings', { json }),
    reinstate: async (json) => { await call(WatchAnswers.reinstated, 'campaigns/rulings', { method: 'DELETE', json }) },
    rulings: () => call(WatchAnswers.rulings, 'campaigns/rulings'),
    actors: (ecosystem) => call(WatchAnswers.actors, `actors${ecosystem === undefined ? '' : `?ecosystem=${ecosystem}`}`),
    actor: (ecosystem, actor) => call(WatchAnswers.actor, `actors/${ecosystem}/${part(actor)}`),
    watched: () => call(WatchAnswers.watched, 'watched'),
    watch: (json) => call(WatchAnswers.watching, 'watched', { json }),
    unwatch: (ecosystem, actor) => found(call(WatchAnswers.unwatched, `watched/${ecosystem}/${part(actor)}`, { method: 'DELETE' })),
    async checkNames(names, look, progress) {
      const all: WatchAnswer<'names'> = []
      for (let from = 0; from < names.length; from += PAGE) {
        all.push(...await call(WatchAnswers.names, 'names/check', { json: { names: names.slice(from, from + PAGE), look } }))
        progress(all.length)
      }
      return all
    },
    async learnNames(names, source) {
      let learnt = 0
      for (let from = 0; from < names.length; from += PAGE) {
        learnt += (await call(WatchAnswers.learnt, 'names/used', { json: { names: names.slice(from, from + PAGE), source } })).names
      }
      return { names: learnt }
    },
    exposed: () => call(WatchAnswers.exposed, 'names/exposed', { method: 'POST' }),
    resetNames: async (ecosystem) => (await call(WatchAnswers.reset, `names/${ecosystem}`, { method: 'DELETE' })).reset,
    updateNames: (ecosystem, bytes) => call(WatchAnswers.updated, `names/${ecosystem}`, { method: 'POST', ...(bytes ? { bytes } : {}) }),
  }
}

async function found(doing: Promise<unknown>): Promise<boolean> {
  try {
    await doing
    return true
  } catch (thrown) {
    if (isCode(thrown, 'not-found')) return false
    throw thrown
  }
}
