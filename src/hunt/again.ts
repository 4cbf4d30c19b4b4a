import type { Kysely } from 'kysely'
import type { Context } from '../admission/context.ts'
import { isAbsent } from '../admission/renditions.ts'
import type { Settling } from '../admission/settle.ts'
import { isCode, sentence } from '../core/errors.ts'
import type { Digest } from '../core/types.ts'
import { detectors, rules } from '../detectors/index.ts'
import type { Budget } from '../monitor/budget.ts'
import type { Tables } from '../ports/database.ts'
import { rulesInForce } from '../yara/rules.ts'
import type { UserRules } from '../yara/rules.ts'
import type { Candidate } from './expression.ts'
import { ruleSet } from './judged.ts'
import { mayChange } from './needs.ts'
import { candidateOf } from './search.ts'
import { digestOfRules, readSweep, writeSweep } from './swept.ts'
import type { Sweep } from './swept.ts'

export interface AgainParts {
  context: Context
  settling: Pick<Settling, 'find' | 'admit'>
  /** Files that are judged again, and files that only rules are run over, a minute. */
  judging: Budget
  matching: Budget
}

export interface AgainStatus {
  /** Files that were judged by other detectors than today's. */
  outdated: number
  /** Of them, since this process began: judged again, and left because nothing in them can be judged otherwise. */
  judged: number
  left: number
  /** Files that changed rules are still to be run over; 0: none. */
  unswept: number
  sweep: Pick<Sweep, 'running' | 'names' | 'scanned' | 'matched' | 'failed'>
}

const PAGE = 100

/**
 * What newer detectors and newer rules of the organisation's own may say of files that were judged before: looked at behind everybody's
 * back, what was delivered most often first. Where it stands is in the rows themselves, so that it may end at any time.
 */
export class Again {
  readonly #parts: AgainParts
  readonly #counts = { judged: 0, left: 0 }
  /** Where the walk is, from the most delivered on. */
  #place: { served: number; id: number } | null = null
  /** Nothing is left, as far as was seen with these rules. */
  #done: string | null = null

  constructor(parts: AgainParts) {
    this.#parts = parts
  }

  /** The next files. Returns how many were dealt with; 0: none are left, or the budget is used up. */
  async next(): Promise<number> {
    const { context } = this.#parts
    const own = context.userRules()
    const today = rulesInForce(rules, own)
    if (this.#done === today) return 0
    const { query } = context.database
    const sweep = await this.#sweep(own)
    const current = await context.database.transaction((tx) => ruleSet(tx, rules))
    if (!this.#parts.judging.left || !this.#parts.matching.left) return 0
    const rows = await this.#page(query, { current, sweep: sweep.number })
    if (rows.length === 0) {
      const wasWhole = this.#place === null
      this.#place = null
      // What was delivered meanwhile may have gone past the walk: it begins anew until it finds nothing at all.
      if (wasWhole) await this.#end(sweep, own, today)
      return 0
    }
    let done = 0
    for (const row of rows) {
      if (rulesInForce(rules, context.userRules()) !== today) break
      if (!(await this.#look(row, { own, sweep, current }))) break
      this.#place = { served: row.served, id: row.id }
      done++
    }
    return done
  }

  async #page(query: Kysely<Tables>, { current, sweep }: { current: number; sweep: number }): Promise<(Candidate & { rules: number; swept: number })[]> {
    const place = this.#place
    // Walking in order to find nothing would take long.
    if (place === null && !(await query.selectFrom('judged_files').select('id').where((is) => is.or([is('rules', '!=', current), is('swept', '<', sweep)])).limit(1).executeTakeFirst())) return []
    const rows = await query.selectFrom('judged_files').selectAll()
      .where((is) => is.or([is('rules', '!=', current), is('swept', '<', sweep)]))
      .$if(place !== null, (some) => some.where((is) => is.or([is('served', '<', place?.served ?? 0), is.and([is('served', '=', place?.served ?? 0), is('id', '<', place?.id ?? 0)])])))
      .orderBy('served', 'desc').orderBy('id', 'desc').limit(PAGE).execute()
    return rows.map((row) => ({ ...candidateOf(row), rules: Number(row.rules), swept: Number(row.swept) }))
  }

  /** Whether it was dealt with; false: the budget is used up, or the workers are closed. */
  async #look(row: Candidate & { rules: number; swept: number }, { own, sweep, current }: { own: UserRules | null; sweep: Sweep; current: number }): Promise<boolean> {
    const { context, judging } = this.#parts
    const { query } = context.database
    const artifact = await query.selectFrom('artifacts').select(['digest', 'purged'])
      .where('ecosystem', '=', row.ecosystem).where('name', '=', row.name).where('file', '=', row.file).executeTakeFirst()
    const digest = artifact && Number(artifact.purged) === 0 ? artifact.digest as Digest : null
    // Only what is here: nothing is fetched again for this.
    if (digest === null || !(await context.blobs.has(digest))) return this.#settled(row, current, sweep)
    if (row.rules !== current && await mayChange(query, row, detectors)) {
      if (!judging.take()) return false
      return this.#judge(row, current, sweep)
    }
    if (row.rules !== current) this.#counts.left++
    const files = own?.files.filter(({ name }) => sweep.names.includes(name)) ?? []
    if (own === null || row.swept >= sweep.number || files.length === 0) return this.#settled(row, current, sweep)
    return this.#match(row, { digest, own: { ...own, files, digest: `${own.digest}+${sweep.number}` }, sweep, current })
  }

  async #match(row: Candidate, { digest, own, sweep, current }: { digest: Digest; own: UserRules; sweep: Sweep; current: number }): Promise<boolean> {
    const { context, matching } = this.#parts
    if (!matching.take()) return false
    try {
      const { run } = await context.pool.run({
        kind: 'match', ref: row, rules: own, source: context.blobs.path(digest) ?? (await context.blobs.bytes(digest, context.limits.artifactSize)),
      }, { priority: 'ahead' })
      if (run.status !== 'ok') await this.#counted({ failed: 1 })
      else if (run.findings.length > 0) {
        await this.#counted({ scanned: 1, matched: 1 })
        return await this.#judge(row, current, sweep)
      } else await this.#counted({ scanned: 1 })
    } catch (thrown) {
      if (isCode(thrown, 'worker-closed', 'worker-busy', 'storage')) return false
      await this.#counted({ failed: 1 })
      context.log.warn({ ecosystem: row.ecosystem, name: row.name, file: row.file, error: sentence(thrown) }, 'rules could not be run over it')
    }
    return this.#settled(row, current, sweep)
  }

  async #judge(row: Candidate, current: number, sweep: Sweep): Promise<boolean> {
    const { context, settling } = this.#parts
    const { ecosystem, name, file } = row
    try {
      const found = await settling.find(ecosystem, name, file)
      if (!isAbsent(found)) await settling.admit(found)
      this.#counts.judged++
    } catch (thrown) {
      if (isCode(thrown, 'worker-closed', 'worker-busy', 'storage')) return false
      context.log.warn({ ecosystem, name, file, error: sentence(thrown) }, 'not judged again: the old verdict stands')
    }
    return this.#settled(row, current, sweep)
  }

  /** Nothing more is to be done about it with these rules, whatever came of it. */
  async #settled({ id }: Candidate, current: number, sweep: Sweep): Promise<boolean> {
    await this.#parts.context.database.query.updateTable('judged_files').set({ rules: current, swept: sweep.number }).where('id', '=', id).execute()
    return true
  }

  /** How far the organisation's own rules are; other ones than before begin a new sweep with what changed in them. */
  async #sweep(own: UserRules | null): Promise<Sweep> {
    const { database, clock } = this.#parts.context
    const known = await readSweep(database.query)
    if (own === null || own.problem !== null || own.digest === known.digest) return known
    const names = own.files.filter((file) => known.done[file.name] !== digestOfRules(file)).map(({ name }) => name)
    const next: Sweep = { ...known, digest: own.digest, number: known.number + (names.length > 0 ? 1 : 0), names, running: names.length > 0, startedAt: clock.now().getTime(), scanned: 0, matched: 0, failed: 0 }
    await database.transaction((tx) => writeSweep(tx, next))
    this.#place = null
    return next
  }

  async #end(sweep: Sweep, own: UserRules | null, today: string): Promise<void> {
    const { database, log } = this.#parts.context
    if (sweep.running && own !== null && own.digest === sweep.digest) {
      await database.transaction((tx) => writeSweep(tx, { ...sweep, running: false, done: Object.fromEntries(own.files.map((file) => [file.name, digestOfRules(file)])) }))
      log.info({ rules: sweep.names, scanned: sweep.scanned, matched: sweep.matched, failed: sweep.failed }, 'changed rules were run over everything that is stored')
    }
    this.#done = today
  }

  async #counted(more: { scanned?: number; matched?: number; failed?: number }): Promise<void> {
    await this.#parts.context.database.transaction(async (tx) => {
      const sweep = await readSweep(tx)
      await writeSweep(tx, { ...sweep, scanned: sweep.scanned + (more.scanned ?? 0), matched: sweep.matched + (more.matched ?? 0), failed: sweep.failed + (more.failed ?? 0) })
    })
  }

  /** Nothing is left to be done, as far as was seen. */
  get isDone(): boolean {
    return this.#done === rulesInForce(rules, this.#parts.context.userRules())
  }

  /** Of this process. */
  get counts(): Readonly<{ judged: number; left: number }> {
    return this.#counts
  }
}

/** What can be said of it without its process. */
export async function againStatus(query: Kysely<Tables>, done = false): Promise<Omit<AgainStatus, 'judged' | 'left'>> {
  const sweep = await readSweep(query)
  const current = await query.selectFrom('rule_sets').select('id').where('rules', '=', rules).executeTakeFirst()
  const count = async (column: 'rules' | 'swept'): Promise<number> => Number((await query.selectFrom('judged_files').select(({ fn }) => fn.countAll<number>().as('files'))
    .where(column, column === 'rules' ? '!=' : '<', column === 'rules' ? Number(current?.id ?? 0) : sweep.number).executeTakeFirst())?.files ?? 0)
  const { running, names, scanned, matched, failed } = sweep
  return { outdated: done ? 0 : await count('rules'), unswept: running ? await count('swept') : 0, sweep: { running, names, scanned, matched, failed } }
}
