import type { Logger } from 'pino'

/** What is done again and again, each at most once at a time; a failure is logged, and the next turn comes. */
export class Timers {
  readonly #log: Pick<Logger, 'error'>
  readonly #timers: NodeJS.Timeout[] = []

  constructor(log: Pick<Logger, 'error'>) {
    this.#log = log
  }

  every(ms: number, failed: string, work: () => Promise<unknown>): void {
    let busy = false
    this.#timers.push(setInterval(() => {
      if (busy) return
      busy = true
      work().catch((thrown: unknown) => this.#log.error({ err: thrown }, failed)).finally(() => { busy = false })
    }, ms).unref())
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer)
  }
}
