import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Context } from '../admission/context.ts'
import { rankActors, showActor, uploadsOf } from '../campaigns/actors.ts'
import type { Actor } from '../campaigns/actors.ts'
import { rulingsOf } from '../campaigns/campaigns.ts'
import type { Campaigns, Ruling } from '../campaigns/campaigns.ts'
import { exportCampaign, membersCsv } from '../campaigns/export.ts'
import type { CampaignExport } from '../campaigns/export.ts'
import { listCampaigns, membersOf, showCampaign } from '../campaigns/reading.ts'
import type { CampaignDetail, CampaignMember, CampaignSummary } from '../campaigns/reading.ts'
import type { Watched } from '../campaigns/watchlist.ts'
import { sentence, SluiceError } from '../core/errors.ts'
import { oneLine } from '../core/text.ts'
import type { EcosystemId } from '../core/types.ts'
import { ecosystems } from '../ecosystems/index.ts'
import { readNameList } from '../names/popular/read.ts'
import { LISTS } from '../names/protected.ts'
import type { ProtectedNames } from '../names/protected.ts'
import type { Alarm } from './alarms.ts'
import { digestOf } from './digest.ts'
import type { Digest } from './digest.ts'
import { exposedNames } from './exposed.ts'
import type { Exposed } from './exposed.ts'
import { storedStatuses } from './follower-status.ts'
import type { FeedStatus } from './follower-status.ts'
import { checkName } from './name-check.ts'
import type { NameCheck } from './name-check.ts'
import type { RunningWatch, WatchSettings, WatchTools } from './open.ts'

export interface LookoutParts {
  context: Context
  names: ProtectedNames
  tools: WatchTools
  /** Where lists of popular names are: URLs or paths. */
  lists: Readonly<Record<EcosystemId, string | null>>
  settings: WatchSettings | null
}

export interface WatchStatus {
  /** Whether this gate is told to watch. */
  on: boolean
  feeds: readonly FeedStatus[]
  /** Packages that wait to be looked into; `dropped` since this process began, for want of room. */
  waiting: Readonly<Record<EcosystemId, number>>
  dropped: number
  /** The analysis ahead of demand; null: it runs in another process, or nowhere. */
  ahead: { waiting: number; perMinute: number; used: number } | null
  names: Readonly<Record<EcosystemId, { popular: number; imported: boolean; private: number }>>
  openAlarms: number
  campaigns: number
  watched: number
}

type Attached = Pick<RunningWatch, 'campaigns' | 'ahead' | 'leads'>

const LARGEST_LIST = 64 * 1024 * 1024
const ROWS = 5_000
const AT_ONCE = 8

/** What people ask of the watch, for the command line and the API alike. Works on a data folder where nothing watches, too. */
export class Lookout {
  readonly #parts: LookoutParts
  #running: Attached | null = null

  constructor(parts: LookoutParts) {
    this.#parts = parts
  }

  /** The watch of this process. */
  attach(running: Attached): void {
    this.#running = running
  }

  async status(): Promise<WatchStatus> {
    const { context: { database }, names, tools, settings } = this.#parts
    const { query } = database
    await names.ready()
    const count = async (table: 'alarms' | 'campaigns' | 'watched', column: 'closed_at' | 'declared_at' | null): Promise<number> => {
      let counting = query.selectFrom(table as 'alarms').select(({ fn }) => fn.countAll<number>().as('count'))
      if (column !== null) counting = counting.where(column as 'closed_at', column === 'closed_at' ? 'is' : 'is not', null)
      return Number((await counting.executeTakeFirst())?.count ?? 0)
    }
    const [feeds, openAlarms, campaigns, watched, work] = await Promise.all([storedStatuses(database, this.#parts.context.clock.now()), count('alarms', 'closed_at'), count('campaigns', 'declared_at'), count('watched', null), tools.work.status()])
    return {
      on: settings !== null, feeds, ...work, ahead: await this.#running?.ahead.status() ?? null,
      names: names.counts(), openAlarms, campaigns, watched,
    }
  }

  /** The latest first. */
  alarms(options?: { open?: boolean | undefined; since?: Date | undefined; limit?: number | undefined }): Promise<Alarm[]> {
    return this.#parts.tools.alarms.list(options)
  }

  /** Throws `not-found`. */
  async closeAlarm(id: string): Promise<void> {
    if (!(await this.#parts.tools.alarms.close(id))) throw new SluiceError('not-found', `there is no open alarm ${oneLine(id, 60)}`, { hint: 'sluice watch alarms lists them' })
  }

  async digest(since: Date): Promise<Digest> {
    const { tools, context } = this.#parts
    return digestOf(await tools.alarms.list({ since, limit: 500 }), { since, until: context.clock.now() })
  }

  async campaigns(options?: { limit?: number | undefined; all?: boolean | undefined }): Promise<CampaignSummary[]> {
    return listCampaigns(this.#parts.context.database, { limit: options?.limit ?? 100, undeclared: options?.all ?? false })
  }

  /** Throws `not-found`. */
  async campaign(id: string, limit = 200): Promise<CampaignDetail & { members: CampaignMember[] }> {
    const { database } = this.#parts.context
    const detail = await showCampaign(database, id)
    if (!detail) throw noCampaign(id)
    return { ...detail, members: await membersOf(database, detail.id, { limit }) }
  }

  /** Throws `not-found`. */
  async exportCampaign(id: string): Promise<CampaignExport> {
    const exported = await exportCampaign(this.#parts.context.database, id, this.#parts.context.clock.now())
    if (!exported) throw noCampaign(id)
    return exported
  }

  /** Throws `not-found`. */
  async campaignCsv(id: string): Promise<string> {
    // eslint-disable-next-line no-control-regex -- control characters are what is taken out; lines end as RFC 4180 says
    return membersCsv((await this.exportCampaign(id)).members).replace(/[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '')
  }

  /** A value that ties nothing: whoever only it tied leaves, and what was held for that alone is free. Throws `usage`. */
  async ruleOut(ruling: { kind: string; value: string; because: string; by: string }): Promise<{ freed: number }> {
    await (await this.#changing()).ruleOut(ruling)
    return { freed: await this.#parts.tools.campaignAlarms.freeWhoLeft() }
  }

  /** Takes such a word back: the value counts again from now on. Throws `usage`. */
  async reinstate(ruled: { kind: string; value: string }): Promise<void> {
    await (await this.#changing()).reinstate(ruled)
  }

  async #changing(): Promise<Campaigns> {
    if (!this.#running) throw new SluiceError('usage', 'the watch does not run here', { hint: 'name a running gate whose watch is on with --server URL' })
    if (!(await this.#running.leads())) throw new SluiceError('usage', 'another process on the same data watches', { hint: 'name that one with --server URL' })
    return this.#running.campaigns
  }

  /** The oldest first. */
  rulings(): Promise<Ruling[]> {
    return rulingsOf(this.#parts.context.database)
  }

  actors(options?: { ecosystem?: EcosystemId | undefined; limit?: number | undefined }): Promise<Actor[]> {
    return rankActors(this.#parts.context.database, { ecosystem: options?.ecosystem ?? null, limit: options?.limit ?? 50 })
  }

  /** Throws `not-found`. */
  async actor(ecosystem: EcosystemId, actor: string): Promise<Actor & { uploads: Awaited<ReturnType<typeof uploadsOf>> }> {
    const { database } = this.#parts.context
    const found = await showActor(database, ecosystem, actor)
    if (!found) throw new SluiceError('not-found', `nothing of ${ecosystem}:${oneLine(actor, 80)} was seen here`)
    return { ...found, uploads: await uploadsOf(database, ecosystem, actor) }
  }

  async watched(): Promise<Watched[]> {
    await this.#parts.tools.watchlist.refresh()
    return this.#parts.tools.watchlist.list()
  }

  /** Throws `usage`. */
  async watch({ ecosystem, actor, because, by }: { ecosystem: EcosystemId; actor: string; because: string; by: string }): Promise<Watched> {
    const name = oneLine(actor, 200)
    const reason = oneLine(because, 300)
    if (name === '') throw new SluiceError('usage', 'name an account or an address')
    if (reason === '') throw new SluiceError('usage', 'watching somebody needs a reason', { hint: 'say why with --because "…": alarms say it' })
    return this.#parts.tools.watchlist.add({ ecosystem, actor: name, because: reason, by: oneLine(by, 100) })
  }

  /** Throws `not-found`. */
  async unwatch(ecosystem: EcosystemId, actor: string): Promise<void> {
    if (!(await this.#parts.tools.watchlist.remove(ecosystem, actor))) throw new SluiceError('not-found', `${oneLine(actor, 80)} at ${ecosystem} is not watched`)
  }

  /** `look`: ask the registries who these packages are, where a name gives cause. In the order of the names. Throws `usage`. */
  async checkNames(wanted: readonly { ecosystem: EcosystemId; name: string }[], { look = false, progress }: { look?: boolean; progress?: (done: number) => void } = {}): Promise<NameCheck[]> {
    const { names, tools, context } = this.#parts
    await names.ready()
    const isOn = (ecosystem: EcosystemId): boolean => look && context.sources.public[ecosystem].url !== null
    const found: NameCheck[] = []
    for (let from = 0; from < wanted.length; from += AT_ONCE) {
      found.push(...await Promise.all(wanted.slice(from, from + AT_ONCE).map((one) => checkName({ ...tools, names, clock: context.clock, isOn }, one))))
      progress?.(found.length)
      // Names are compared without a pause; others want to be served meanwhile.
      await new Promise((resolve) => setImmediate(resolve))
    }
    return found
  }

  /** Names that a project uses, as `source` says: protected from now on; private ones among them are known as such. */
  async learnNames(wanted: readonly { ecosystem: EcosystemId; name: string }[], source: string): Promise<{ names: number }> {
    const { context: { database, clock }, names } = this.#parts
    const at = clock.now().getTime()
    const rows = new Map(wanted.flatMap(({ ecosystem, name: written }) => {
      const { canonicalName, isName } = ecosystems[ecosystem]
      const name = canonicalName(written)
      return isName(name) ? [[`${ecosystem}/${name}`, { ecosystem, name, source: oneLine(source, 300), at }]] : []
    }))
    await database.transaction(async (tx) => {
      for (let from = 0; from < rows.size; from += ROWS) {
        await tx.insertInto('names_used').values([...rows.values()].slice(from, from + ROWS))
          .onConflict((conflict) => conflict.columns(['ecosystem', 'name']).doUpdateSet((is) => ({ source: is.ref('excluded.source'), at: is.ref('excluded.at') }))).execute()
      }
    })
    await names.catchUp()
    return { names: rows.size }
  }

  /** Private names that anybody could take at a public registry. Every name asked about leaves this organisation. */
  async exposed(progress?: (done: number, of: number) => void): Promise<Exposed[]> {
    const { names, tools, context } = this.#parts
    await names.ready()
    return exposedNames({ names, identities: tools.identities, isOn: (ecosystem) => context.sources.public[ecosystem].url !== null, ...(progress ? { progress } : {}) })
  }

  /** Reads the list of popular names that is configured, or `bytes`. Throws `usage`, `upstream-*`. */
  async updateNames(ecosystem: EcosystemId, bytes?: Uint8Array): Promise<{ ecosystem: EcosystemId; names: number; from: string }> {
    const from = bytes ? 'the list given' : this.#parts.lists[ecosystem]
    if (from === null) throw new SluiceError('usage', `no list of popular ${ecosystem} names is configured`, { hint: `name a file, or set names.${ecosystem} in sluice.yaml` })
    const names = readNameList(ecosystem, bytes ?? await this.#read(from))
    const { database } = this.#parts.context
    await database.transaction(async (tx) => {
      await tx.deleteFrom('popular').where('ecosystem', '=', ecosystem).execute()
      const value = randomUUID()
      await tx.insertInto('settings').values({ key: LISTS, value }).onConflict((conflict) => conflict.column('key').doUpdateSet({ value })).execute()
      for (let at = 0; at < names.length; at += ROWS) {
        await tx.insertInto('popular').values(names.slice(at, at + ROWS).map((name, index) => ({ ecosystem, rank: at + index + 1, name }))).execute()
      }
    })
    await this.#parts.names.rebuild()
    return { ecosystem, names: names.length, from }
  }

  /** The built-in list counts again. False: it did already. */
  async resetNames(ecosystem: EcosystemId): Promise<boolean> {
    const { database } = this.#parts.context
    const gone = await database.transaction(async (tx) => {
      const { numDeletedRows } = await tx.deleteFrom('popular').where('ecosystem', '=', ecosystem).executeTakeFirst()
      const value = randomUUID()
      await tx.insertInto('settings').values({ key: LISTS, value }).onConflict((conflict) => conflict.column('key').doUpdateSet({ value })).execute()
      return Number(numDeletedRows)
    })
    if (gone > 0) await this.#parts.names.rebuild()
    return gone > 0
  }

  async #read(from: string): Promise<Uint8Array> {
    if (!/^https?:\/\//.test(from)) {
      return readFile(from).catch((cause: unknown) => { throw new SluiceError('usage', `the list cannot be read: ${sentence(cause)}`, { cause }) })
    }
    const answer = await this.#parts.context.upstream.fetch(from, { limit: LARGEST_LIST })
    const chunks: Buffer[] = []
    for await (const chunk of answer.body) chunks.push(chunk as Buffer)
    if (answer.status !== 200) throw new SluiceError('upstream-status', `${from} answered ${answer.status}`)
    return Buffer.concat(chunks)
  }
}

const noCampaign = (id: string): SluiceError => new SluiceError('not-found', `there is no campaign ${oneLine(id, 60)}`, { hint: 'sluice campaigns list shows them' })
