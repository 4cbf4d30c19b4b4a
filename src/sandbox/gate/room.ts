import type { Cascade, Context } from '../../admission/context.ts'
import { Dependencies } from '../../admission/dependencies.ts'
import { findRelease, isAbsent } from '../../admission/renditions.ts'
import type { Renditions } from '../../admission/renditions.ts'
import type { Settling } from '../../admission/settle.ts'
import type { SandboxSettings } from '../../config/sandbox.ts'
import { sentence } from '../../core/errors.ts'
import type { ArtifactRef } from '../../core/types.ts'
import type { Family } from '../../gateway/metrics.ts'
import { createCascade } from './cascade.ts'
import { SandboxDesk } from './desk.ts'
import type { SandboxStatus } from './desk.ts'
import { RunLoop } from './loop.ts'
import { Outlook } from './outlook.ts'
import { pruneRuns } from './prune.ts'
import type { RunsPackages } from './runs-packages.ts'
import { tellRuns } from './tell.ts'

/** What packages are run with, and what says what was seen. */
export interface SandboxParts {
  settings: Omit<SandboxSettings, 'keep'> & Partial<Pick<SandboxSettings, 'keep'>>
  runs: RunsPackages
}

type RoomContext = Pick<Context, 'database' | 'clock' | 'log' | 'policy'>

/** How often metrics look. */
const LOOK = 5_000
/** As `sandbox.keep` of the configuration, where there is none. */
const KEPT = 90 * 86_400_000

/** The sandbox in the gate: who goes there (`cascade`), runs (`follow`), and what people see of it (`desk`). */
export class SandboxRoom {
  /** Absent: nothing is run, and nobody waits. */
  readonly cascade: Cascade | undefined
  readonly #parts: SandboxParts | null
  readonly #context: RoomContext
  readonly #outlook: Outlook | null
  #loop: RunLoop | null = null
  #desk: SandboxDesk | null = null
  #renditions: Pick<Renditions, 'releases'> | null = null
  #seen: SandboxStatus | null = null
  #timer: NodeJS.Timeout | undefined

  constructor(context: RoomContext, parts: SandboxParts | null) {
    const { database, clock, log, policy } = context
    this.#context = context
    this.#parts = parts
    const mode = parts?.settings.mode ?? 'off'
    this.#outlook = parts && mode !== 'off' ? new Outlook({ database, clock, log, runs: parts.runs, mode }) : null
    this.cascade = this.#outlook === null ? undefined : {
      ...createCascade({ context: { database, clock, policy }, outlook: this.#outlook, anHour: parts?.settings.budget.anHour ?? 0, versions: () => parts?.runs.versions ?? '', published: (ref) => this.#published(ref) }),
      status: () => this.desk.status(),
    }
  }

  /** Once the rest of the gate is there. */
  attach(context: Context, { settling, renditions }: { settling: Pick<Settling, 'rule'>; renditions: Pick<Renditions, 'releases'> }): void {
    this.#renditions = renditions
    const { settings } = this.#parts ?? {}
    this.#desk = new SandboxDesk({ context, outlook: this.#outlook, mode: settings?.mode ?? 'off', budget: settings?.budget ?? { anHour: 0, atOnce: 0 } })
    if (this.#parts === null || this.#outlook === null) return
    this.#loop = new RunLoop({
      ...this.#parts, context, outlook: this.#outlook, dependencies: new Dependencies(context), tell: () => tellRuns(context, (subject) => settling.rule(subject)),
    })
  }

  async #published({ ecosystem, name, file }: ArtifactRef): Promise<Date | null> {
    try {
      const found = await this.#renditions?.releases(ecosystem, name, true)
      return found && !isAbsent(found) ? findRelease(found.lines, file)?.publishedAt ?? null : null
    } catch (thrown) {
      this.#context.log.warn({ ecosystem, name, error: sentence(thrown) }, 'its age could not be asked for')
      return null
    }
  }

  get desk(): SandboxDesk {
    if (!this.#desk) throw new Error('the sandbox is not attached yet')
    return this.#desk
  }

  /** For tests: one step at a time. */
  get loop(): RunLoop | null {
    return this.#loop
  }

  /** Runs what waits from now on. */
  follow(): void {
    this.#loop?.start()
    const look = (): void => void this.desk.status().then((status) => { this.#seen = status }, (thrown: unknown) => this.#context.log.warn({ error: sentence(thrown) }, 'the sandbox could not be looked at'))
    if (!this.#loop) return
    look()
    this.#timer = setInterval(look, LOOK).unref()
  }

  /** What nothing rests on any more is not kept for ever, also where nothing is run by now. */
  prune(context: Parameters<typeof pruneRuns>[0]): Promise<number> {
    return pruneRuns(context, this.#parts?.settings.keep ?? KEPT)
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#loop?.stop()
  }

  get families(): Readonly<Record<string, Family>> {
    const seen = (read: (status: SandboxStatus) => readonly (readonly [string, number])[]) => () => (this.#seen ? read(this.#seen) : []).map(([what, value]) => ({ labels: [what], value }))
    return {
      sandbox_works: { help: 'Whether packages can be run in the sandbox.', read: () => Number(this.#seen?.works ?? false) },
      sandbox_files: { help: 'Files that are wanted in the sandbox: waiting, held meanwhile, left because they could not be run.', labels: ['what'], read: seen(({ waiting, held, left }) => [['waiting', waiting], ['held', held], ['left', left]]) },
      sandbox_running: { help: 'Packages that are run in the sandbox now, by all gates of a data folder.', read: () => this.#seen?.running ?? 0 },
      sandbox_budget_used: { help: 'Runs that were begun within the last hour.', read: () => this.#seen?.budget.usedThisHour ?? 0 },
      sandbox_runs_total: { help: 'Runs in the sandbox that ended in this process.', labels: ['status'], read: () => Object.entries(this.#loop?.counts ?? {}).map(([status, value]) => ({ labels: [status], value })) },
    }
  }
}
