import { SluiceError } from './core/errors.ts'
import type { EcosystemId } from './core/types.ts'
import type { Family } from './gateway/metrics.ts'
import type { Ledger } from './ledger/append.ts'
import type { Database } from './ports/database.ts'
import type { Upstream } from './ports/upstream.ts'
import type { Pool } from './workers/pool.ts'

/**
 * Parts of the gate that count what they do, for the metrics. Words counted by are of closed sets: kinds of jobs and lines,
 * reasons, error codes, classes of statuses. What requests hold is never one of them.
 */
export class Metered {
  readonly #verdicts = new Tally()
  readonly #denials = new Tally()
  readonly #jobs = new Tally()
  readonly #upstream = new Tally()
  readonly #commits = { lines: 0, count: 0, seconds: 0 }

  readonly families: Readonly<Record<string, Family>> = {
    verdicts_total: { help: 'Files judged.', labels: ['ecosystem', 'level'], read: () => this.#verdicts.all },
    denials_total: { help: 'Requests refused, by reason.', labels: ['ecosystem', 'reason'], read: () => this.#denials.all },
    jobs_total: { help: 'Jobs of worker processes.', labels: ['kind', 'outcome'], read: () => this.#jobs.all },
    upstream_requests_total: {
      help: 'Requests to upstream by class of status or by what went wrong.', labels: ['ecosystem', 'outcome'], read: () => this.#upstream.all,
    },
    ledger_lines_total: { help: 'Ledger lines on disk since the start.', read: () => this.#commits.lines },
    ledger_commits_total: { help: 'Commits that took them there.', read: () => this.#commits.count },
    ledger_commit_seconds_total: { help: 'Time those commits took.', read: () => this.#commits.seconds },
  }

  /** One look at the clock for each commit, whatever number of lines it takes. */
  commits(database: Pick<Database, 'appendLedger'>): Pick<Database, 'appendLedger'> {
    return {
      appendLedger: async (lines) => {
        const started = performance.now()
        const head = await database.appendLedger(lines)
        this.#commits.seconds += (performance.now() - started) / 1_000
        this.#commits.count += 1
        this.#commits.lines += lines.length
        return head
      },
    }
  }

  ledger(ledger: Ledger): Ledger {
    return {
      ...ledger,
      append: (entry) => {
        if (entry.kind === 'denied') this.#denials.count(entry.ecosystem ?? 'none', entry.reason ?? 'none')
        else if (entry.kind === 'decided') this.#verdicts.count(entry.ecosystem ?? 'none', entry.reason ?? 'none')
        return ledger.append(entry)
      },
    }
  }

  pool(pool: Pool): Pool {
    return {
      stats: () => pool.stats(),
      close: () => pool.close(),
      run: (job, options) => {
        const result = pool.run(job, options)
        result.then(() => this.#jobs.count(job.kind, 'done'), (thrown: unknown) => this.#jobs.count(job.kind, codeOf(thrown)))
        return result
      },
    }
  }

  /** `bases`: where each registry is; what its documents lead to elsewhere counts as `other`. */
  upstream(upstream: Upstream, bases: readonly { ecosystem: EcosystemId; url: string }[]): Upstream {
    return {
      close: () => upstream.close(),
      fetch: async (url, options) => {
        const ecosystem = bases.find((base) => url.startsWith(base.url))?.ecosystem ?? 'other'
        try {
          const answer = await upstream.fetch(url, options)
          this.#upstream.count(ecosystem, `${Math.floor(answer.status / 100)}xx`)
          return answer
        } catch (thrown) {
          this.#upstream.count(ecosystem, codeOf(thrown))
          throw thrown
        }
      },
    }
  }
}

const codeOf = (thrown: unknown): string => (thrown instanceof SluiceError ? thrown.code : 'defect')

/** Numbers by two words. */
class Tally {
  readonly #counts = new Map<string, { labels: readonly [string, string]; value: number }>()

  count(first: string, second: string): void {
    const key = `${first} ${second}`
    const known = this.#counts.get(key)
    if (known) known.value += 1
    else this.#counts.set(key, { labels: [first, second], value: 1 })
  }

  get all(): Iterable<{ labels: readonly string[]; value: number }> {
    return this.#counts.values()
  }
}
