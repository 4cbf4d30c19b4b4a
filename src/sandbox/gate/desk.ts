import type { Context } from '../../admission/context.ts'
import { SluiceError } from '../../core/errors.ts'
import type { PackageSpec } from '../../core/package-spec.ts'
import type { Digest } from '../../core/types.ts'
import { ecosystems } from '../../ecosystems/index.ts'
import type { Probe } from '../cell/cell.ts'
import type { SandboxRecord } from '../record.ts'
import type { Outlook } from './outlook.ts'
import { unpackRecord } from './packed.ts'
import { runOf } from './runs.ts'
import type { RunStatus, StoredRun } from './runs.ts'
import { place, wantFor, wantOf } from './wants.ts'
import type { Want } from './wants.ts'

export interface DeskParts {
  context: Pick<Context, 'database' | 'clock' | 'evidence' | 'revisions'>
  /** null: nothing is run. */
  outlook: Outlook | null
  mode: 'auto' | 'on' | 'off'
  budget: { anHour: number; atOnce: number }
}

export interface SandboxStatus {
  mode: 'auto' | 'on' | 'off'
  /** Whether packages are run, here or by another gate on the same data. */
  works: boolean
  backends: readonly Probe[]
  budget: { anHour: number; atOnce: number; usedThisHour: number }
  running: number
  /** Files that wait, and of them those that are held meanwhile. */
  waiting: number
  held: number
  /** Files that could not be run, and are not tried again by themselves. */
  left: number
  /** When the oldest of those that are held was asked for. */
  oldest: Date | null
  /** Runs of each status, as far as they are remembered. */
  runs: Readonly<Record<string, number>>
  /** Why what waits is not run; null: it is. */
  problem: string | null
}

export interface RunsQuery {
  package?: PackageSpec | undefined
  status?: RunStatus | undefined
  limit?: number | undefined
}

const HOUR = 3_600_000
const LARGEST_RECORD = 64 * 1024 * 1024

/** What people see of the cascade, and ask of it. */
export class SandboxDesk {
  readonly #parts: DeskParts

  constructor(parts: DeskParts) {
    this.#parts = parts
  }

  async status(): Promise<SandboxStatus> {
    const { context: { database: { query }, clock }, outlook, mode, budget } = this.#parts
    const [states, runs, hour, oldest, troubled] = await Promise.all([
      query.selectFrom('sandbox_wants').select(['state', 'holds']).select(({ fn }) => fn.countAll<number>().as('count')).groupBy(['state', 'holds']).execute(),
      query.selectFrom('sandbox_runs').select('status').select(({ fn }) => fn.countAll<number>().as('count')).groupBy('status').execute(),
      query.selectFrom('sandbox_runs').select(({ fn }) => fn.countAll<number>().as('count')).where('started_at', '>', clock.now().getTime() - HOUR).executeTakeFirst(),
      query.selectFrom('sandbox_wants').select(({ fn }) => fn.min('asked_at').as('at')).where('state', '=', 'waiting').where('holds', '=', 1).executeTakeFirst(),
      query.selectFrom('sandbox_wants').select('problem').where('state', '=', 'waiting').where('problem', 'is not', null).orderBy('asked_at', 'desc').limit(1).executeTakeFirst(),
    ])
    const count = (state: string, holds?: number): number => states.filter((row) => row.state === state && (holds === undefined || Number(row.holds) === holds)).reduce((sum, row) => sum + Number(row.count), 0)
    const of = Object.fromEntries(runs.map((row) => [row.status, Number(row.count)]))
    const { running = 0, ...ended } = of
    return {
      mode, works: outlook !== null && (await outlook.works()), backends: outlook ? await outlook.probes() : [],
      budget: { ...budget, usedThisHour: Number(hour?.count ?? 0) }, running, waiting: count('waiting'), held: count('waiting', 1), left: count('left'),
      oldest: oldest?.at == null ? null : new Date(Number(oldest.at)), runs: ended, problem: troubled?.problem ?? null,
    }
  }

  /** The latest first. */
  async list({ package: spec, status, limit = 100 }: RunsQuery = {}): Promise<StoredRun[]> {
    const rows = await this.#parts.context.database.query.selectFrom('sandbox_runs').selectAll()
      .$if(spec !== undefined, (some) => some.where('ecosystem', '=', spec?.ecosystem ?? '').where('name', '=', spec ? ecosystems[spec.ecosystem].canonicalName(spec.name) : ''))
      .$if(spec?.version != null, (some) => some.where('version', '=', spec?.version ?? ''))
      .$if(status !== undefined, (some) => some.where('status', '=', status ?? ''))
      .orderBy('seq', 'desc').limit(limit).execute()
    return rows.map(runOf)
  }

  /** What waits, or was left, in the order in which it is run. */
  async waiting(limit = 100): Promise<(Want & { place: number | null })[]> {
    const rows = await this.#parts.context.database.query.selectFrom('sandbox_wants').selectAll().where('state', '!=', 'done').orderBy('state', 'desc').orderBy('urgency').orderBy('asked_at').limit(limit).execute()
    return rows.map((row, at) => ({ ...wantOf(row), place: row.state === 'waiting' ? at + 1 : null }))
  }

  /** `id` may be cut where it is clear which one is meant. Throws `not-found`, `usage`. `record` null: it is not kept (any more). */
  async show(id: string): Promise<{ run: StoredRun; record: SandboxRecord | null }> {
    if (!/^[0-9a-f][0-9a-f-]{3,35}$/.test(id)) throw new SluiceError('usage', 'a run is named by its id, or the first four characters of it at least')
    const { context: { database: { query }, evidence } } = this.#parts
    const rows = await query.selectFrom('sandbox_runs').selectAll().where('id', '>=', id).where('id', '<=', `${id}g`).limit(2).execute()
    const [row] = rows
    if (!row) throw new SluiceError('not-found', `there is no run ${id}`, { hint: 'sluice sandbox list has them' })
    if (rows.length > 1 && row.id !== id) throw new SluiceError('usage', `${id} is the beginning of several runs`, { hint: 'write more of it' })
    const run = runOf(row)
    const kept = run.record !== null && (await evidence.has(run.record))
    return { run, record: kept ? await unpackRecord(await evidence.bytes(run.record as Digest, LARGEST_RECORD)) : null }
  }

  /** What is known of the place of one file; null: it was never wanted. */
  want(ref: Want['ref']): Promise<Want | null> {
    return wantFor(this.#parts.context.database.query, ref)
  }

  /**
   * Asks for a run of every file of a version that is here, or of `file`, before all that the cascade wants; it holds nothing. What
   * was run before is run again. Throws `not-found` for what was never examined, `sandbox-unavailable` where nothing is run.
   */
  async ask({ ecosystem, name: written, version }: PackageSpec, { file, by }: { file?: string | undefined; by: string }): Promise<Want[]> {
    const { context: { database, clock }, outlook } = this.#parts
    const name = ecosystems[ecosystem].canonicalName(written)
    if (version === null) throw new SluiceError('usage', `which version of ${name}?`, { hint: `write ${ecosystem}:${name}${ecosystem === 'pypi' ? '==' : '@'}VERSION` })
    if (!outlook || !(await outlook.works())) throw new SluiceError('sandbox-unavailable', outlook ? 'no package can be run: nothing isolates on this machine' : 'the sandbox is off', { hint: outlook ? 'sluice doctor says what is missing' : 'set sandbox.mode in sluice.yaml' })
    const { compareVersions } = ecosystems[ecosystem]
    const files = (await database.query.selectFrom('verdicts').select(['file', 'version', 'digest']).where('ecosystem', '=', ecosystem).where('name', '=', name).execute())
      .filter((row) => compareVersions(row.version, version) === 0 && (file === undefined || row.file === file))
    if (files.length === 0) throw new SluiceError('not-found', `${file ?? `${name} ${version}`} was never examined here`, { hint: `sluice scan ${ecosystem}:${name}${ecosystem === 'pypi' ? '==' : '@'}${version} examines it` })
    const at = clock.now()
    return database.transaction(async (tx) => {
      const wants: Want[] = []
      for (const row of files) {
        const ref = { ecosystem, name, version: row.version, file: row.file }
        const before = await wantFor(tx, ref)
        const holds = before !== null && before.holds && before.state !== 'done' && before.digest === row.digest
        await place(tx, before, {
          ref, digest: row.digest as Digest, state: 'waiting', problem: null, run: null, by, at,
          wanted: holds ? { ...before, urgency: 0 } : { reason: 'asked', says: `${by} asked for it`, holds: false, urgency: 0 },
        })
        wants.push(await wantFor(tx, ref) as Want)
      }
      return wants
    })
  }
}
