import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isCode, sentence, SluiceError } from '../../core/errors.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Database } from '../../ports/database.ts'
import type { Upstream } from '../../ports/upstream.ts'
import { importFeed } from '../import.ts'
import type { FeedReport } from '../import.ts'
import { finishImports } from '../spool.ts'
import { findFeed, isUrl, listFeeds, saveState } from './feeds.ts'
import type { FeedKind, FeedState, StoredFeed } from './feeds.ts'
import { get, textOf } from './fetching.ts'
import { fetchOsvBulk } from './osv-bulk.ts'
import type { Fetched } from './osv-bulk.ts'
import { fetchFile, fetchGate, fetchMisp } from './other-feeds.ts'

export interface SyncParts {
  database: Database
  upstream: Upstream
  clock: Clock
  /** For what is being read, and what feeds consisted of. */
  folder: string
}

/** `report` null: nothing changed, or it could not be read: then `problem` says why. */
export interface Synced {
  name: string
  report: FeedReport | null
  problem: string | null
  hint: string | null
  elapsedMs: number
}

/** Between tries of a feed that is down: doubled each time, up to its own pace or six hours. */
const FIRST_PAUSE = 60_000
const LONGEST_PAUSE = 6 * 3_600_000
const STALE_IMPORT = 15 * 60_000
const NOTHING: Omit<FeedReport, 'skipped'> & { skipped: [] } = { imported: 0, updated: 0, unchanged: 0, withdrawn: 0, indicators: 0, skippedTotal: 0, skipped: [] }

/** Reads the feeds of others. One that cannot be read says so, and what was read of it before stays. */
export class FeedSync {
  readonly #parts: SyncParts
  readonly #busy = new Set<string>()

  constructor(parts: SyncParts) {
    this.#parts = parts
  }

  /** One feed, or all; one after the other. Throws `not-found`. */
  async sync(name?: string, progress?: (feed: string, done: number) => void): Promise<Synced[]> {
    const { database } = this.#parts
    const wanted = name === undefined ? await listFeeds(database) : [await findFeed(database, name)]
    const done: Synced[] = []
    for (const feed of wanted) done.push(await this.#one(feed, progress))
    return done
  }

  /** Those whose time has come. */
  async due(): Promise<Synced[]> {
    const { database, clock, folder } = this.#parts
    await finishImports(database, { folder, now: clock.now(), olderThan: STALE_IMPORT })
    const due = (await listFeeds(database)).filter(({ state }) => state.nextAt === null || Date.parse(state.nextAt) <= clock.now().getTime())
    const done: Synced[] = []
    for (const feed of due) if (!this.#busy.has(feed.name)) done.push(await this.#one(feed))
    return done
  }

  async #one(feed: StoredFeed, progress?: (feed: string, done: number) => void): Promise<Synced> {
    const { database, clock } = this.#parts
    const started = performance.now()
    const at = clock.now()
    this.#busy.add(feed.name)
    try {
      const { report, state } = await this.#read(feed, (done) => progress?.(feed.name, done))
      const { imported, updated, withdrawn, indicators, skippedTotal } = report
      const news = imported + updated + withdrawn + indicators + skippedTotal > 0
      await saveState(database, feed.name, {
        ...feed.state, ...state, checkedAt: at.toISOString(), okAt: at.toISOString(), problem: null, failures: 0, nextAt: new Date(at.getTime() + feed.every).toISOString(),
        last: news ? { at: at.toISOString(), imported, updated, withdrawn, indicators, skipped: skippedTotal } : feed.state.last,
      })
      return { name: feed.name, report, problem: null, hint: null, elapsedMs: performance.now() - started }
    } catch (thrown) {
      const failures = feed.state.failures + 1
      const pause = Math.min(FIRST_PAUSE * 2 ** Math.min(failures - 1, 20), Math.max(feed.every, FIRST_PAUSE), LONGEST_PAUSE)
      const problem = sentence(thrown)
      await saveState(database, feed.name, { ...feed.state, checkedAt: at.toISOString(), problem, failures, nextAt: new Date(at.getTime() + pause).toISOString() })
      return { name: feed.name, report: null, problem, hint: thrown instanceof SluiceError ? thrown.hint ?? null : null, elapsedMs: performance.now() - started }
    } finally {
      this.#busy.delete(feed.name)
    }
  }

  async #read(feed: StoredFeed, progress: (done: number) => void): Promise<{ report: FeedReport; state: Partial<FeedState> }> {
    const { database, folder, clock } = this.#parts
    await mkdir(folder, { recursive: true, mode: 0o700 })
    // What was read at another place, or as of another level, says nothing of this one.
    const setting = createHash('sha256').update(`${feed.location}\n${feed.tlp}`).digest('hex').slice(0, 16)
    const manifest = join(folder, `${feed.name}.${setting}.manifest`)
    const common = { database, name: feed.name, tlp: feed.tlp, folder, progress, now: clock.now() }
    if (!isUrl(feed.location)) return { report: await importFeed({ ...common, source: feed.location, manifest, whole: (await stat(feed.location).catch(() => null))?.isFile() === true }), state: { kind: feed.format ?? 'file' } }
    const passing = await mkdtemp(join(folder, 'fetched-'))
    try {
      const kind = feed.format ?? feed.state.kind ?? await this.#kindOf(feed.location)
      const { path, state, only } = await this.#fetch(feed, kind, { folder: passing, manifest })
      const report = path === null ? NOTHING : await importFeed({ ...common, source: path, whole: kind === 'file', ...(only ? { only } : {}), ...(kind === 'misp' || path === passing ? { manifest } : {}) })
      return { report, state: { ...state, kind } }
    } finally {
      await rm(passing, { recursive: true, force: true })
    }
  }

  #fetch({ location, state }: StoredFeed, kind: FeedKind, { folder, manifest }: { folder: string; manifest: string }): Promise<Fetched> {
    const { upstream, clock } = this.#parts
    switch (kind) {
      case 'osv': return fetchOsvBulk(upstream, baseOf(location), { state, folder, now: clock.now() })
      case 'gate': return fetchGate(upstream, location, { state, folder })
      case 'misp': return fetchMisp(upstream, baseOf(location), { state, folder, manifest })
      case 'file': return fetchFile(upstream, location, { state, folder })
    }
  }

  /** By what lies there, never by what it is called alone. */
  async #kindOf(location: string): Promise<FeedKind> {
    const { pathname } = new URL(location)
    if (pathname.endsWith('/api/v1/feed/osv')) return 'gate'
    if (/\/(?:all\.zip|modified_id\.csv)?$/.test(pathname) && await this.#beginsWith(`${baseOf(location)}modified_id.csv`, /^(?:modified|\d{4}-\d\d-\d\dT)/i)) return 'osv'
    if (/\/(?:manifest\.json)?$/.test(pathname) && await this.#beginsWith(`${baseOf(location)}manifest.json`, /^\s*\{\s*"[0-9a-f-]{36}"/i)) return 'misp'
    return 'file'
  }

  async #beginsWith(url: string, start: RegExp): Promise<boolean> {
    try {
      const answer = await get(this.#parts.upstream, url)
      return answer !== null && start.test(await textOf(answer))
    } catch (thrown) {
      if (isCode(thrown, 'not-found', 'upstream-status')) return false
      throw thrown
    }
  }
}

const baseOf = (location: string): string => new URL('.', location).href
