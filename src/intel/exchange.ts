import { join } from 'node:path'
import type { Context } from '../admission/context.ts'
import { orderOf } from '../admission/orders.ts'
import { SluiceError } from '../core/errors.ts'
import { oneLine } from '../core/text.ts'
import type { Database } from '../ports/database.ts'
import type { Origin } from '../ports/upstream.ts'
import type { Bulletin, Publisher } from './bulletin.ts'
import { spellIndicator } from './indicator.ts'
import type { IndicatorKind } from './indicator.ts'
import { listIndicators, storeIndicators } from './known.ts'
import type { IndicatorQuery, KnownIndicator } from './known.ts'
import { feedPage, indicatorBulletins, ownBulletins, PEOPLE, publisherOf } from './outgoing.ts'
import type { FeedPage } from './outgoing.ts'
import { refreshStatements } from './own.ts'
import { finishImports } from './spool.ts'
import { addFeed, configureFeeds, isUrl, listFeeds, removeFeed, USUAL_PACE } from './sync/feeds.ts'
import type { FeedSetting, StoredFeed } from './sync/feeds.ts'
import { FeedSync } from './sync/sync.ts'
import type { Synced } from './sync/sync.ts'
import { inOrder } from './taxii.ts'
import type { Added } from './taxii.ts'
import { mayLeave } from './tlp.ts'
import type { Tlp } from './tlp.ts'
import { writeFormat } from './write/formats.ts'
import type { ExportFormat, Written } from './write/formats.ts'
import { stixObjects } from './write/stix.ts'
import { OWN_NAMESPACE, uuid5 } from './write/uuid.ts'

export interface ExchangeSettings {
  /** What `sluice.yaml` names. */
  feeds: readonly FeedSetting[]
  /** How this gate signs what it says. */
  publisher: string
  /** Of what this gate says of packages by itself. */
  tlp: Tlp
  /** What whoever has a token may have; without one only what is clear. */
  share: Tlp
}

export interface Exported extends Written {
  /** How many items may not leave at this level. */
  kept: number
}

const COLLECTIONS = [
  { key: 'statements', title: 'Malicious packages', description: 'What this gate itself found malicious, and took back' },
  { key: 'indicators', title: 'Known indicators', description: 'Indicators that people of this organisation and its feeds say are bad' },
] as const
export type CollectionKey = (typeof COLLECTIONS)[number]['key']
export interface Collection { key: CollectionKey; id: string; title: string; description: string }

type Around = Pick<Context, 'database' | 'upstream' | 'clock' | 'ledger' | 'sources'>

/** Advisories and indicators in and out, for the command line, the API and TAXII alike. */
export class Exchange {
  readonly #context: Around
  readonly #settings: ExchangeSettings
  readonly #folder: string
  readonly #sync: FeedSync
  readonly #trust: (origins: readonly Origin[]) => void
  readonly #taxii = new Map<string, { version: string; all: Added[] }>()

  /** `trust` is told the places of feeds that somebody at this machine named: they may be private. */
  constructor({ context, data, settings, trust }: { context: Around; data: string; settings: ExchangeSettings; trust: (origins: readonly Origin[]) => void }) {
    this.#context = context
    this.#settings = settings
    this.#folder = join(data, 'feeds')
    this.#trust = trust
    this.#sync = new FeedSync({ ...context, folder: this.#folder })
  }

  get #database(): Database {
    return this.#context.database
  }

  get share(): Tlp {
    return this.#settings.share
  }

  /** Completes what was interrupted, and takes over what `sluice.yaml` says. */
  async begin(): Promise<void> {
    const now = this.#context.clock.now()
    await finishImports(this.#database, { folder: this.#folder, now })
    await configureFeeds(this.#database, this.#settings.feeds, now)
    await this.#trustThem()
  }

  async feeds(): Promise<StoredFeed[]> {
    return listFeeds(this.#database)
  }

  /** `atMachine`: whoever names it works on this machine, so it may be anywhere. Throws `usage`. */
  async addFeed(setting: Omit<FeedSetting, 'every'> & { every?: number | undefined }, { by, atMachine }: { by: string; atMachine: boolean }): Promise<StoredFeed> {
    if (!atMachine && !isUrl(setting.location)) throw new SluiceError('usage', 'through a gate only URLs can be named', { hint: 'run it on the gate\'s machine with --data, or name the path in sluice.yaml' })
    const feed = await addFeed(this.#database, { ...setting, every: setting.every ?? USUAL_PACE }, { by, trusted: atMachine, now: this.#context.clock.now() })
    await this.#trustThem()
    return feed
  }

  /** Throws `not-found`, `usage`. */
  async removeFeed(name: string): Promise<void> {
    await removeFeed(this.#database, name)
  }

  /** Throws `not-found`. */
  async syncFeeds(name?: string, progress?: (feed: string, done: number) => void): Promise<Synced[]> {
    await this.begin()
    return this.#recorded(await this.#sync.sync(name, progress))
  }

  /** What is due; for a running gate. */
  async syncDue(): Promise<Synced[]> {
    await this.#trustThem()
    return this.#recorded(await this.#sync.due())
  }

  async #recorded(done: Synced[]): Promise<Synced[]> {
    for (const { name, report } of done) {
      if (!report || report.imported + report.updated + report.withdrawn + report.indicators === 0) continue
      const { imported, updated, unchanged, withdrawn, indicators, skippedTotal } = report
      await this.#context.ledger.append({ at: this.#context.clock.now(), kind: 'feed', because: `feed ${name} read`, facts: { imported, updated, unchanged, withdrawn, indicators, skipped: skippedTotal } })
    }
    return done
  }

  async #trustThem(): Promise<void> {
    this.#trust((await listFeeds(this.#database)).filter(({ trusted, configured, location }) => trusted && !configured && isUrl(location))
      .map(({ location }) => ({ base: new URL('.', location).href, authorization: null, alsoAllow: [] })))
  }

  indicators(query: IndicatorQuery): Promise<KnownIndicator[]> {
    return listIndicators(this.#database, query)
  }

  /** Indicators as a person writes them, defanged or not. All or none. Throws `usage`. */
  async addIndicators(values: readonly string[], { type, says, tlp, validUntil, by }: { type: IndicatorKind | null; says: string; tlp: Tlp; validUntil: Date | null; by: string }): Promise<{ type: IndicatorKind; value: string }[]> {
    const because = oneLine(says, 300)
    if (because === '') throw new SluiceError('usage', 'an indicator needs a reason', { hint: 'say why with --because "…"' })
    const spelled = values.map((value) => {
      const one = spellIndicator(value, type)
      if ('problem' in one) throw new SluiceError('usage', `${oneLine(value, 80)}: ${one.problem}`, { hint: 'a domain, URL, IP or mail address, wallet, or the hash of a file' })
      return one
    })
    const now = this.#context.clock.now()
    await this.#database.transaction((tx) => storeIndicators(tx, spelled.map((one) => ({ ...one, record: `by ${oneLine(by, 100)}`, says: because, tlp, validUntil, withdrawn: null, modified: now })), { source: PEOPLE, now }))
    return spelled
  }

  /** Takes back what people said of an indicator; what feeds say of it stays. Throws `not-found`, `usage`. */
  async withdrawIndicator(value: string): Promise<KnownIndicator> {
    const spelled = spellIndicator(value)
    const wanted = 'problem' in spelled ? value.trim() : spelled.value
    const [known] = (await listIndicators(this.#database, { source: PEOPLE, like: wanted, withdrawn: false, limit: 1_000 })).filter((one) => one.value === wanted)
    if (!known) throw new SluiceError('not-found', `nobody here entered the indicator ${oneLine(value, 80)}`, { hint: 'sluice indicators list --source people shows them; what a feed says is the feed\'s to withdraw' })
    const now = this.#context.clock.now()
    await this.#database.transaction((tx) => storeIndicators(tx, [{ ...known, withdrawn: now, modified: now }], { source: PEOPLE, now }))
    return { ...known, withdrawn: now, modified: now }
  }

  publisher(): Promise<Publisher> {
    return publisherOf(this.#database, this.#settings.publisher)
  }

  /** A page of everything that may be known to whoever may have at most `most`, as OSV records. Throws `usage`. */
  async feedPage({ since, limit, most }: { since: string | undefined; limit: number; most: Tlp }): Promise<FeedPage> {
    await this.#refresh()
    return feedPage(this.#database, { since, limit, most, publisher: await this.publisher() })
  }

  /** What this gate says, and the indicators people entered, in a format of others. */
  async export(format: ExportFormat, { since, most }: { since?: Date | undefined; most?: Tlp | undefined }): Promise<Exported> {
    await this.#refresh()
    // A submission is published to all the world.
    const level = most ?? (format === 'submission' ? 'clear' : 'green')
    if (level === 'red') throw new SluiceError('usage', 'what is red never leaves by machine', { hint: 'amber+strict is the most' })
    const all = [...await ownBulletins(this.#database, { since, most: 'amber+strict' }), ...await indicatorBulletins(this.#database, { since, most: 'amber+strict', others: false })]
    const told = all.filter(({ tlp }) => mayLeave(tlp, level))
    return { ...writeFormat(format, told, await this.publisher()), kept: all.length - told.length }
  }

  async collections(): Promise<Collection[]> {
    const { id } = await this.publisher()
    return COLLECTIONS.map((one) => ({ ...one, id: uuid5(OWN_NAMESPACE, `${id}\ncollection\n${one.key}`) }))
  }

  /** Everything in a collection that may be known at `most`, in order. */
  async objects(key: CollectionKey, most: Tlp): Promise<readonly Added[]> {
    await this.#refresh()
    const table = key === 'statements' ? 'statements' : 'known_indicators'
    const row = await this.#database.query.selectFrom(table as 'statements').select(({ fn }) => fn.max('seq').as('seq')).executeTakeFirst()
    const version = String(row?.seq ?? 0)
    const place = `${key} ${most}`
    const known = this.#taxii.get(place)
    if (known?.version === version) return known.all
    const bulletins = key === 'statements' ? await ownBulletins(this.#database, { most }) : await indicatorBulletins(this.#database, { most, others: true })
    const all = addedOf(bulletins, await this.publisher())
    this.#taxii.set(place, { version, all })
    return all
  }

  #refresh(): Promise<number> {
    return refreshStatements({
      database: this.#database, tlp: this.#settings.tlp, orderOf,
      isPrivate: (ecosystem, name) => this.#context.sources.of(ecosystem, name).private,
    }, this.#context.clock.now())
  }
}

/** What two bulletins share came with the first of them. */
function addedOf(bulletins: readonly Bulletin[], publisher: Publisher): Added[] {
  const added = new Map<string, Added>()
  for (const bulletin of bulletins) {
    for (const object of stixObjects([bulletin], publisher)) if (!added.has(object.id)) added.set(object.id, { object, at: bulletin.modified })
  }
  return inOrder([...added.values()])
}
