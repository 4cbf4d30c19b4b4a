import type { Logger } from 'pino'
import { sentence } from '../core/errors.ts'
import { checkRules } from './check.ts'
import { located, readRules } from './rules.ts'
import type { UserRules } from './rules.ts'

/**
 * Follows a folder of rules by its content, like the configuration: editors that rename, swapped links and coarse clocks
 * all work. Other content counts at the second look that finds it, so that no half-written file is taken for rules.
 */
export class RulesWatch {
  readonly #log: Logger
  #current: UserRules
  #candidate: string

  /** Throws nothing; see `readRules`. */
  static async open(options: { folder: string; timeMs: number; log: Logger }): Promise<RulesWatch> {
    return new RulesWatch(await readRules(options.folder, options.timeMs), options.log)
  }

  private constructor(rules: UserRules, log: Logger) {
    this.#current = rules
    this.#candidate = rules.digest
    this.#log = log
  }

  /** The rules in force. */
  current(): UserRules {
    return this.#current
  }

  /** Looks once. Whether other rules are in force now. */
  async look(): Promise<boolean> {
    const { folder, timeMs, digest } = this.#current
    const found = await readRules(folder, timeMs)
    const settled = found.digest === this.#candidate
    this.#candidate = found.digest
    if (!settled || found.digest === digest) return false
    this.#current = found
    return true
  }

  /** Says in the log which files are in force and what is wrong with the others. */
  async report(): Promise<void> {
    const rules = this.#current
    const { folder, digest } = rules
    try {
      const { files, broken, problem } = await checkRules(rules)
      for (const one of broken) this.#log.error({ folder }, `rules left out: ${located(one)}`)
      if (files > 0) this.#log.info({ folder, digest, files }, 'rules in force')
      else this.#log.error({ folder }, `no rules in force, so nothing can be judged: ${problem ?? 'none compiles'}`)
    } catch (thrown) {
      this.#log.error({ folder, error: sentence(thrown) }, 'rules could not be checked')
    }
  }
}
