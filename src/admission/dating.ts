import type { Dated } from '../core/decide.ts'
import { sentence } from '../core/errors.ts'
import type { EcosystemId } from '../core/types.ts'
import { ecosystems } from '../ecosystems/index.ts'
import type { Transparency } from '../ecosystems/ecosystem.ts'
import type { Context } from './context.ts'
import { SingleFlight } from './single-flight.ts'
import { standingOf } from './standing.ts'

/** How many of the highest versions of an index are looked up before the rest is taken to be older. */
const LOOKED_AT = 8
const LARGEST_RECORD = 1024 * 1024

/**
 * Dates versions by their record numbers in a transparency log, for ecosystems whose own times an author can set.
 * A log only grows: a record below a checkpoint's size was there when the checkpoint was taken.
 */
export class Dating {
  readonly #context: Context
  readonly #lookups = new SingleFlight<void>()

  constructor(context: Context) {
    this.#context = context
  }

  /** Looks one version up, unless its record is known, and returns the hash the log holds for it. Never throws. */
  async look(ecosystem: EcosystemId, name: string, version: string): Promise<string | null> {
    const log = this.#log(ecosystem, name)
    if (!log) return null
    const { database } = this.#context
    const known = () => database.query.selectFrom('records').select('h1')
      .where('ecosystem', '=', ecosystem).where('name', '=', name).where('version', '=', version).executeTakeFirst()
    const row = await known()
    if (row) return row.h1
    try {
      await this.#lookups.do(`${ecosystem}/${name}@${version}`, async () => {
        const body = await this.#read(new URL(log.transparency.lookupPath(log.sumdb, name, version), log.url).href)
        const { record, h1 } = log.transparency.readRecord(body, { name, version })
        await database.query.insertInto('records').values({ ecosystem, name, version, record, h1 })
          .onConflict((conflict) => conflict.doNothing()).execute()
        this.#context.revisions.bump(ecosystem, name)
      })
    } catch (thrown) {
      this.#context.log.warn({ ecosystem, name, version, error: sentence(thrown) }, 'not found in the transparency log')
    }
    return (await known())?.h1 ?? null
  }

  /**
   * Ages for an index document. The highest versions are looked up until one is old enough; lower ones are taken to be no
   * younger than that one. That only decides what a list shows: bytes are always dated by their own record.
   */
  async ofIndex(ecosystem: EcosystemId, name: string, versions: readonly string[]): Promise<Map<string, Dated>> {
    const { policy, clock } = this.#context
    const { compareVersions } = ecosystems[ecosystem]
    const descending = versions.toSorted((a, b) => compareVersions(b, a))
    const oldEnough = clock.now().getTime() - policy().minimumAge[ecosystem]
    let bound: Dated | null = null
    const dated = new Map<string, Dated>()
    for (const [at, version] of descending.entries()) {
      if (bound === null && at < LOOKED_AT) {
        await this.look(ecosystem, name, version)
        const found = (await standingOf(this.#context, ecosystem, name)).dated.get(version)
        if (found) dated.set(version, found)
        if (found?.by && found.by.getTime() <= oldEnough) bound = found
      } else if (bound) {
        dated.set(version, bound)
      }
    }
    return dated
  }

  /** Records how large each log is now. Called at start and then every hour. */
  async checkpoint(): Promise<void> {
    const { database, clock, log, sources } = this.#context
    for (const ecosystem of Object.values(ecosystems)) {
      const { transparency } = ecosystem
      if (!transparency) continue
      const add = (at: Date, size: number) => database.query.insertInto('checkpoints')
        .values({ ecosystem: ecosystem.id, at: at.getTime(), size }).onConflict((conflict) => conflict.doNothing()).execute()
      for (const { at, size } of transparency.checkpoints) await add(at, size)
      const source = sources.public[ecosystem.id]
      if (source.url === null || source.sumdb === null) continue
      try {
        const size = transparency.readTreeSize(await this.#read(new URL(transparency.latestPath(source.sumdb), source.url).href))
        await add(clock.now(), size)
      } catch (thrown) {
        log.warn({ ecosystem: ecosystem.id, error: sentence(thrown) }, 'no checkpoint of the transparency log')
      }
    }
  }

  /** The log of a public package; null for private ones, whose names never leave. */
  #log(ecosystem: EcosystemId, name: string): { transparency: Transparency; url: string; sumdb: string } | null {
    const source = this.#context.sources.of(ecosystem, name)
    const { transparency } = ecosystems[ecosystem]
    if (!transparency || source.url === null || source.private || source.sumdb === null) return null
    return { transparency, url: source.url, sumdb: source.sumdb }
  }

  async #read(url: string): Promise<Uint8Array> {
    const answer = await this.#context.upstream.fetch(url, { limit: LARGEST_RECORD })
    const chunks: Buffer[] = []
    for await (const chunk of answer.body) chunks.push(chunk as Buffer)
    if (answer.status !== 200) throw new Error(`the log answered ${answer.status}`)
    return Buffer.concat(chunks)
  }
}
