import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { Readable } from 'node:stream'
import type { Context } from '../../admission/context.ts'
import type { SandboxSettings } from '../../config/sandbox.ts'
import { isCode, sentence, SluiceError } from '../../core/errors.ts'
import type { Digest, EcosystemId } from '../../core/types.ts'
import type { Upstream } from '../../ports/upstream.ts'
import { claim, failed, LEASE, renew } from './claim.ts'
import type { Claim } from './claim.ts'
import { finish, KEPT } from './finish.ts'
import type { Outlook } from './outlook.ts'
import { dropRecord } from './prune.ts'
import type { RunsPackages, Said } from './runs-packages.ts'
import { again, eased, exhausted, leaveAll, mark, NOWHERE, recover } from './trouble.ts'

export interface LoopParts {
  context: Context
  outlook: Outlook
  runs: RunsPackages
  /** What packages depend on comes from there. */
  dependencies: Pick<Upstream, 'fetch'>
  settings: Pick<SandboxSettings, 'budget' | 'passes' | 'time'>
  /** What runs found stands in the ledger, where it does not yet. */
  tell(): Promise<void>
}

export type Turn = 'began' | 'nothing' | 'busy' | 'budget' | 'nowhere'

/** How often it is looked whether something waits. */
const PAUSE = 500
/** Between two tries of a package whose run failed; the second waits twice as long. */
const AGAIN = 30_000
const LARGEST_RECORD = 64 * 1024 * 1024

/**
 * Runs what waits, the most urgent first. All it knows is in the tables: it may be killed at any moment, its claim runs out, and the
 * next one runs it again; what was held stays held until a run was written.
 */
export class RunLoop {
  readonly #parts: LoopParts
  readonly #owner = randomUUID()
  readonly #abort = new AbortController()
  readonly #running = new Set<Promise<void>>()
  readonly counts = { completed: 0, incomplete: 0, failed: 0 }
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<void> = Promise.resolve()
  /** Whether something may wait for the hour to have room. */
  #short = true
  /** Where packages could be run when looked last; null: not yet. */
  #where: 'here' | 'elsewhere' | 'nowhere' | null = null

  constructor(parts: LoopParts) {
    this.#parts = parts
  }

  get running(): number {
    return this.#running.size
  }

  /** Whether what cannot be run is not served meanwhile. */
  get #held(): boolean {
    return this.#parts.context.policy().sandbox?.unavailable === 'hold'
  }

  start(): void {
    const look = (): void => {
      this.#looking = this.#look().then((pause) => {
        if (!this.#abort.signal.aborted) this.#timer = setTimeout(look, pause).unref()
      })
    }
    look()
  }

  /** Runs under way are ended; whoever comes next begins them anew. */
  async stop(): Promise<void> {
    this.#abort.abort()
    clearTimeout(this.#timer)
    await this.#looking
    await Promise.all(this.#running)
  }

  async #look(): Promise<number> {
    const { tell, context: { log } } = this.#parts
    let pause = PAUSE
    const failed = (says: string) => (thrown: unknown): void => {
      pause = PAUSE * 10
      if (!this.#abort.signal.aborted) log.error({ err: thrown }, says)
    }
    // A line that cannot be written keeps nobody waiting.
    await tell().catch(failed('what was run does not stand in the ledger yet: tried again'))
    try {
      while (!this.#abort.signal.aborted && (await this.turn()) === 'began');
    } catch (thrown) {
      failed('nothing is run in the sandbox: tried again')(thrown)
    }
    return pause
  }

  /** Begins the next run, where there is one, and room for it. */
  async turn(): Promise<Turn> {
    const { context: { database, clock }, outlook, settings: { budget }, runs } = this.#parts
    const works = await outlook.worksHere()
    if (works) await outlook.beat()
    const where = works ? 'here' : (await outlook.works()) ? 'elsewhere' : 'nowhere'
    if (where !== this.#where) await this.#turned(where)
    if (!works) return 'nowhere'
    const trouble = { database, now: clock.now() }
    if (this.#short) {
      const { packages, left } = await eased(trouble, budget.anHour)
      this.#short = left
      this.#bump(packages)
    }
    this.#bump(await again(trouble, { held: this.#held }))
    const claimed = await claim({ database, now: clock.now(), owner: this.#owner, budget, versions: runs.versions })
    if (claimed === 'budget') {
      this.#short = true
      this.#bump(await exhausted(trouble, budget.anHour))
    }
    if (typeof claimed === 'string') return claimed
    const run = this.#run(claimed).catch((thrown: unknown) => this.#parts.context.log.error({ err: thrown }, 'a run in the sandbox could not be kept'))
    this.#running.add(run)
    void run.then(() => this.#running.delete(run))
    return 'began'
  }

  /** Settles once nothing is under way in this process. */
  async idle(): Promise<void> {
    await Promise.all(this.#running)
  }

  /** It works from now on, or does not. Where another gate on this data runs packages, they are left to it. */
  async #turned(where: 'here' | 'elsewhere' | 'nowhere'): Promise<void> {
    const { context: { database, clock, log }, outlook } = this.#parts
    const trouble = { database, now: clock.now() }
    await outlook.works()
    if (where === 'here') this.#bump(await recover(trouble, { held: this.#held }))
    else if (where === 'nowhere') {
      this.#bump(outlook.optional ? await leaveAll(trouble) : await mark(trouble, NOWHERE))
      log.warn({ backends: (await outlook.probes()).map(({ backend, says }) => `${backend}: ${says}`) }, 'no package can be run in the sandbox on this machine; sluice doctor says what is missing')
    }
    this.#where = where
  }

  async #run({ id, want }: Claim): Promise<void> {
    const { context, runs, settings, dependencies } = this.#parts
    const { log, evidence } = context
    const { ref, digest } = want
    const own = new AbortController()
    const signal = AbortSignal.any([own.signal, this.#abort.signal])
    const renewing = setInterval(() => void this.#renew(id, own), LEASE / 3).unref()
    try {
      const result = await this.#onDisk(digest, ref.file, (path) => runs.run({ ref, digest, path }, { passes: settings.passes, timeMs: settings.time, signal }, dependencies))
      signal.throwIfAborted()
      const record = await evidence.put(Readable.from([result.packed]), { limit: LARGEST_RECORD })
      if (!(await finish(context, { id, owner: this.#owner, digest, result, record, anew: await this.#anew(digest) }))) {
        // Nothing names it.
        await dropRecord(context, record.digest)
        return
      }
      this.counts[result.missing.length > 0 ? 'incomplete' : 'completed']++
      log.info({ ...ref, run: id, backend: result.backend, ms: Math.round(result.elapsedMs), findings: result.runs.flatMap((run) => (run.status === 'ok' ? run.findings.map(({ title }) => title) : [])).slice(0, 5) }, 'was run in the sandbox')
      await this.#parts.tell()
    } catch (thrown) {
      await this.#failed({ id, want }, thrown)
    } finally {
      clearInterval(renewing)
    }
  }

  /** Records that another judge read, read anew. What cannot be read stays as it was said. */
  async #anew(digest: Digest): Promise<Map<string, Said>> {
    const { context: { database, evidence, log }, runs } = this.#parts
    const said = new Map<string, Said>()
    const rows = await database.query.selectFrom('sandbox_runs').select(['id', 'record']).where('digest', '=', digest).where('record', 'is not', null)
      .where('status', 'in', ['completed', 'incomplete']).where('versions', '!=', runs.versions).orderBy('seq', 'desc').limit(KEPT + 1).execute()
    for (const { id, record } of rows) {
      try {
        said.set(id, await runs.judge(await evidence.bytes(record as Digest, LARGEST_RECORD)))
      } catch (thrown) {
        log.warn({ digest, run: id, error: sentence(thrown) }, 'an earlier record was not judged anew: what it was said to mean stands')
      }
    }
    return said
  }

  /** The bytes as a file: in place where the store has files. */
  async #onDisk<T>(digest: Digest, file: string, work: (path: string) => Promise<T>): Promise<T> {
    const { blobs, evidence, limits } = this.#parts.context
    const store = (await blobs.has(digest)) ? blobs : (await evidence.has(digest)) ? evidence : null
    if (!store) throw new SluiceError('not-found', 'its bytes are not here any more')
    const path = store.path(digest)
    if (path !== null) return work(path)
    const folder = await mkdtemp(join(tmpdir(), 'sluice-run-'))
    try {
      const copy = join(folder, basename(file) || 'file')
      await writeFile(copy, await store.bytes(digest, limits.artifactSize), { mode: 0o400 })
      return await work(copy)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }

  async #renew(id: string, own: AbortController): Promise<void> {
    const { database, clock, log } = this.#parts.context
    // A database that does not answer for the length of a lease gives the claim away: whoever has it then writes, and this one does not.
    const ours = await renew(database, { id, owner: this.#owner, now: clock.now() }).catch((thrown: unknown) => {
      log.warn({ error: sentence(thrown) }, 'a claim was not renewed')
      return true
    })
    if (!ours) own.abort(new Error('another process runs it by now'))
  }

  /** Ended by this process's end: as if it had not begun. Nothing isolates any more: no fault of the package. Else it is tried again, a few times. */
  async #failed({ id, want: { ref, digest } }: Claim, thrown: unknown): Promise<void> {
    const { context: { database, clock, log }, outlook } = this.#parts
    const problem = sentence(thrown)
    const now = clock.now()
    const stopped = this.#abort.signal.aborted
    // A cell that ended while others can be made is the package's doing: its tries are counted, and nobody else waits for it.
    const unavailable = !stopped && isCode(thrown, 'sandbox-unavailable') && !(await outlook.worksHere(true))
    // Null: another process had the claim by then, and says what came of it.
    const packages = await database.transaction(async (tx) => {
      const ours = await tx.updateTable('sandbox_runs').set({ status: stopped ? 'lost' : 'failed', says: stopped ? 'the gate was stopped' : problem }).where('id', '=', id).where('owner', '=', this.#owner).where('status', '=', 'running').executeTakeFirst()
      if (Number(ours.numUpdatedRows) === 0 || stopped) return null
      if (!unavailable) return failed(tx, { digest, problem, now, delay: isCode(thrown, 'not-found') ? 0 : AGAIN })
      await tx.updateTable('sandbox_wants').set({ due_at: now.getTime() + AGAIN }).where('digest', '=', digest).where('state', '=', 'waiting').execute()
      return []
    })
    if (packages === null) return
    this.counts.failed++
    log.warn({ ...ref, run: id, error: problem }, 'could not be run in the sandbox')
    this.#bump(packages)
  }

  #bump(packages: readonly { ecosystem: EcosystemId; name: string }[]): void {
    for (const { ecosystem, name } of packages) this.#parts.context.revisions.bump(ecosystem, name)
  }
}
