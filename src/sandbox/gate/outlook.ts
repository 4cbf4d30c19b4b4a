import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import { sentence } from '../../core/errors.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Database } from '../../ports/database.ts'
import type { Probe } from '../cell/cell.ts'
import { unprobed } from './runs-packages.ts'
import type { RunsPackages } from './runs-packages.ts'

export interface OutlookParts {
  database: Database
  clock: Clock
  log: Pick<Logger, 'warn' | 'info'>
  runs: Pick<RunsPackages, 'probe' | 'versions'>
  /** On: it has to work; auto: where it does not, static examination counts. */
  mode: 'auto' | 'on'
}

/** How a process that runs packages says so to the others of a data folder, and for how long that is believed. */
const KEY = 'sandbox runs'
const BEAT = 60_000
const ALIVE = 5 * BEAT
/** How long a probe is believed. What works is found out to have ceased by the next run. */
const WORKS = 10 * 60_000
const FAILS = 60_000

/** Whether packages can be run, here or by another gate on the same data. */
export class Outlook {
  readonly #parts: OutlookParts
  readonly #owner = randomUUID()
  #probed: { at: number; probes: Promise<readonly Probe[]> } | null = null
  #beaten = 0
  #worked = false
  #ever = false

  constructor(parts: OutlookParts) {
    this.#parts = parts
  }

  /** Each way to isolate on this machine, as last looked at. */
  async probes(fresh = false): Promise<readonly Probe[]> {
    const now = this.#parts.clock.now().getTime()
    const known = this.#probed
    if (known && !fresh) {
      const works = (await known.probes).some((one) => one.works)
      if (now - known.at < (works ? WORKS : FAILS) && now >= known.at) return known.probes
    }
    this.#probed = { at: now, probes: this.#parts.runs.probe().catch((thrown: unknown): Probe[] => {
      this.#parts.log.warn({ error: sentence(thrown) }, 'how packages can be isolated could not be found out')
      return [unprobed(thrown)]
    }) }
    return this.#probed.probes
  }

  async worksHere(fresh = false): Promise<boolean> {
    return (await this.probes(fresh)).some(({ works }) => works)
  }

  /** Of this process: it runs what waits. To be called as often as it looks for work. */
  async beat(): Promise<void> {
    const { database, clock } = this.#parts
    const now = clock.now().getTime()
    if (now - this.#beaten < BEAT && now >= this.#beaten) return
    this.#beaten = now
    const value = JSON.stringify({ at: now, owner: this.#owner })
    await database.query.insertInto('settings').values({ key: KEY, value }).onConflict((conflict) => conflict.column('key').doUpdateSet({ value })).execute()
  }

  /** Whether somebody runs what waits, or could. */
  async works(): Promise<boolean> {
    this.#worked = await this.#works()
    this.#ever ||= this.#worked
    return this.#worked
  }

  /** As `works` said last. */
  get worked(): boolean {
    return this.#worked
  }

  async #works(): Promise<boolean> {
    const { database, clock } = this.#parts
    if (await this.worksHere()) return true
    const row = await database.query.selectFrom('settings').select('value').where('key', '=', KEY).executeTakeFirst()
    // It worked on this data once, whoever ran it, and whatever was started anew since.
    this.#ever ||= row !== undefined
    const { at, owner } = row ? JSON.parse(row.value) as { at?: unknown; owner?: unknown } : {}
    return owner !== this.#owner && Math.abs(clock.now().getTime() - Number(at)) < ALIVE
  }

  /** Where nobody can run packages, static examination counts. What worked once and ceased to is trouble in any mode. */
  get optional(): boolean {
    return this.#parts.mode === 'auto' && !this.#ever
  }
}
