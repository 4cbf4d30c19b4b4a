import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../adapters/embedded/database.ts'
import type { Context } from '../admission/context.ts'
import { Revisions } from '../admission/revisions.ts'
import type { EcosystemId, FoundIndicator, Level, Profile } from '../core/types.ts'
import type { LedgerEntry } from '../ledger/entry.ts'
import { Alarms } from '../monitor/alarms.ts'
import type { Database } from '../ports/database.ts'
import type { Notice } from '../ports/notifier.ts'
import { Common } from './common.ts'
import { readExpression } from './expression.ts'
import { carry } from './hits.ts'
import { INDEXED, indexVerdict } from './judged.ts'
import { Matching } from './matching.ts'
import { search } from './search.ts'
import { tellHits } from './telling.ts'

export const DAY = 86_400_000

export interface Judge {
  name: string
  version?: string
  file?: string
  ecosystem?: EcosystemId
  level?: Level
  score?: number
  indicators?: readonly [type: string, value: string][]
  profile?: Partial<Profile>
  sketch?: string | null
  rules?: string
  publishedAt?: number
  /** Of the archive, besides its SHA-256. */
  hashes?: Record<string, string>
}

type Step = 'ledger' | 'tables' | 'notifier'

/** Judged files in tables of their own, without a gate. For tests. */
export class HuntWorld {
  readonly database: Database
  readonly clock = { now: () => new Date(this.now) }
  now = Date.UTC(2026, 5, 1)
  readonly lines: string[] = []
  readonly notices: Notice[] = []
  readonly revisions: Revisions
  /** The step that fails, once. */
  killedAt: Step | null = null
  readonly #folder: string
  #record = 0

  private constructor(folder: string, database: Database) {
    this.#folder = folder
    this.database = database
    this.revisions = new Revisions(database)
  }

  static async open(): Promise<HuntWorld> {
    const folder = await mkdtemp(join(tmpdir(), 'sluice-hunt-'))
    const database = await openDatabase(join(folder, 'sluice.db'))
    await database.migrate()
    return new HuntWorld(folder, database)
  }

  async close(): Promise<void> {
    await this.database.close()
    await rm(this.#folder, { recursive: true, force: true })
  }

  #kill(step: Step): void {
    if (this.killedAt !== step) return
    this.killedAt = null
    throw new Error(`killed at the ${step}`)
  }

  get context(): Context {
    const { database, clock, revisions } = this
    const transaction: Database['transaction'] = (work) => database.transaction(async (tx) => {
      const done = await work(tx)
      this.#kill('tables')
      return done
    })
    return {
      clock, revisions, common: this.common(), database: { ...database, transaction },
      ledger: { append: async (entry: LedgerEntry) => { this.#kill('ledger'); this.lines.push(`${entry.action} ${entry.name} ${entry.version}`) } },
      log: { warn: () => undefined, info: () => undefined, error: () => undefined },
    } as unknown as Context
  }

  common(): Common {
    return new Common({ database: this.database, clock: this.clock, ownHosts: () => ['registry.example'] })
  }

  /** As after a start: memory is empty, the tables are what they were. */
  matching(): Matching {
    return new Matching({ context: this.context, common: this.common(), alarms: this.alarms() })
  }

  alarms(): Alarms {
    return new Alarms({ database: this.database, clock: this.clock, notifier: { deliverDue: () => Promise.resolve(), notify: async (notice) => { this.#kill('notifier'); this.notices.push(notice) } } })
  }

  tell(): Promise<number> {
    return tellHits({ database: this.database, clock: this.clock, alarms: this.alarms() })
  }

  /** What admission does with a verdict. `indexed` false: as before there was an index. */
  async judge({ name, version = '1.0.0', file = `${name}-${version}.tgz`, ecosystem = 'npm', level = 'clean', score = 0, indicators = [], profile = {}, sketch = null, rules = 'a@1', publishedAt = this.now, hashes = {} }: Judge, indexed = true): Promise<void> {
    const ref = { ecosystem, name, version, file }
    const row = {
      version, digest: `sha256:${Buffer.from(file).toString('hex').padEnd(64, '0').slice(0, 64)}`, level, score, findings: '[]', rules, sketch, judged_at: this.now,
      indicators: JSON.stringify(indicators.map(([type, value]): FoundIndicator => ({ type, value, file: 'index.js', line: 1 }))),
      profile: JSON.stringify({ triggers: [], abilities: [], hosts: [], marks: [], binaries: [], dependencies: [], repository: null, publisher: null, provenance: null, code: {}, cut: false, ...profile } satisfies Profile),
    }
    await this.database.transaction(async (tx) => {
      const before = await tx.selectFrom('verdicts').select(INDEXED).where('ecosystem', '=', ecosystem).where('name', '=', name).where('file', '=', file).executeTakeFirst()
      const whole = { ...row, missing: '[]', runs: '[]', learned: null, difference: null, repository: null, elapsed_ms: 1 }
      await tx.insertInto('verdicts').values({ ecosystem, name, file, ...whole }).onConflict((conflict) => conflict.columns(['ecosystem', 'name', 'file']).doUpdateSet(whole)).execute()
      const artifact = { version, digest: row.digest, size: 1, upstream: 'https://registry.example/', source: 'public', published_at: publishedAt, first_seen_at: publishedAt, hashes: JSON.stringify(hashes), purged: 0 }
      await tx.insertInto('artifacts').values({ ecosystem, name, file, ...artifact }).onConflict((conflict) => conflict.columns(['ecosystem', 'name', 'file']).doUpdateSet(artifact)).execute()
      if (!indexed) return
      const facts = await indexVerdict(tx, { ref, row, before: before ?? null, hashes: JSON.stringify(hashes), publishedAt, swept: 0 })
      await carry(tx, this.common(), { ref, facts, at: this.clock.now() })
    })
  }

  /** Somebody says that it is bad, or takes that back. */
  async known(type: string, value: string, more: { source?: string; valid_until?: number; withdrawn?: number; tlp?: string } = {}): Promise<void> {
    const row = { type, value, source: 'feed', record: `r${++this.#record}`, says: 'bad', tlp: 'green', valid_until: null, withdrawn: null, modified: 0, added_at: 0, ...more }
    await this.database.query.deleteFrom('known_indicators').where('type', '=', type).where('value', '=', value).where('source', '=', row.source).execute()
    await this.database.query.insertInto('known_indicators').values(row).execute()
  }

  async hunt(what: string): Promise<string[]> {
    return (await search(this.database, readExpression(what, this.clock.now()))).files.map(({ name, version }) => `${name}@${version}`).sort()
  }

  /** `name@version value` of everything that is held for an indicator. */
  async held(): Promise<string[]> {
    const rows = await this.database.query.selectFrom('indicator_hits').selectAll().execute()
    return rows.map(({ name, version, value }) => `${name}@${version} ${value}`).sort()
  }
}
