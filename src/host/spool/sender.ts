import { writeBatch } from '../events/batch.ts'
import type { BatchAnswer, BatchLine } from '../events/batch.ts'
import { SluiceError, sentence } from '../../core/errors.ts'
import { oneLine } from '../../core/text.ts'
import type { Spool } from './spool.ts'

/** One request. Rejects where there is no complete answer. */
export interface Transport {
  post(body: Uint8Array, coding: 'gzip'): Promise<{ status: number; text: string; retryAfter: number | null }>
}

export interface SenderOptions {
  spool: Spool
  transport: Transport
  host: string
  /** Milliseconds between tries: the first, and the longest. */
  backoff?: { first: number; most: number }
  /** Milliseconds that events may wait for company. */
  everyMs?: number
  random?: () => number
  onTrouble?(says: string): void
}

export interface SenderState {
  sent: number
  refused: number
  lastSentAt: Date | null
  /** What is wrong now; null: nothing. */
  trouble: string | null
}

const EVENTS = 1_000
const BYTES = 2 * 1024 * 1024
/** Events in a row that the server minds, and nothing between them that it takes: from then on it is rather the server. */
const IN_A_ROW = 3
/** Tries, further and further apart, before one more event is given up then. */
const TRIES = 8

/**
 * Sends what is in a spool, batch after batch, and goes on where the server says it is. A batch that the server cannot take is cut
 * in half until the one event that it minds is found; that one is given up and counted. A server that minds whatever it is sent costs
 * a handful of events, and no more than one an hour or so after that. Nobody waits for it.
 */
export class Sender {
  readonly state: SenderState = { sent: 0, refused: 0, lastSentAt: null, trouble: null }
  readonly #options: SenderOptions
  #timer: NodeJS.Timeout | null = null
  #running: Promise<void> | null = null
  #failures = 0
  #most = EVENTS
  /** Events given up since the server last took something, and how often the next one was tried. */
  #inRow = 0
  #tries = 0
  #stopped = false

  constructor(options: SenderOptions) {
    this.#options = options
  }

  /** There may be something to send. */
  wake(): void {
    if (this.#stopped || this.#running || this.#timer) return
    this.#schedule(this.#options.everyMs ?? 1_000)
  }

  /** Sends until nothing waits, something fails or the time is over. Whether nothing waits. */
  async drain(ms: number): Promise<boolean> {
    const deadline = Date.now() + ms
    while (this.#options.spool.pending > 0 && Date.now() < deadline) {
      const failures = this.#failures
      await Promise.race([this.#once(), new Promise((resolve) => setTimeout(resolve, Math.max(0, deadline - Date.now())).unref())])
      if (this.#failures > failures) break
    }
    return this.#options.spool.pending === 0
  }

  stop(): void {
    this.#stopped = true
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
  }

  #schedule(ms: number): void {
    this.#timer = setTimeout(() => {
      this.#timer = null
      void this.#once().then(() => {
        if (this.#stopped || this.#options.spool.pending === 0) return
        this.#schedule(this.#failures === 0 ? 0 : this.#wait())
      })
    }, ms).unref()
  }

  #retryAfter = 0

  /** Doubles from failure to failure, and is spread so that many machines do not come at once. */
  #wait(): number {
    const { first, most } = this.#options.backoff ?? { first: 1_000, most: 300_000 }
    const wait = Math.min(most, first * 2 ** Math.min(20, this.#failures - 1))
    return Math.max(Math.min(this.#retryAfter, most), wait / 2 + (wait / 2) * (this.#options.random ?? Math.random)())
  }

  #once(): Promise<void> {
    this.#running ??= this.#send().catch((thrown: unknown) => { this.#failed(sentence(thrown)) }).finally(() => { this.#running = null })
    return this.#running
  }

  async #send(): Promise<void> {
    const { spool, transport, host } = this.#options
    const lines = spool.read({ events: this.#most, bytes: BYTES })
    if (lines.length === 0) {
      // What is there cannot be read back: it is over with.
      if (spool.pending > 0) spool.acknowledge(spool.next - 1)
      return
    }
    const body = this.#packed(host, lines)
    if (body === null) return
    const { status, text, retryAfter } = await transport.post(body.bytes, 'gzip')
    this.#retryAfter = retryAfter ?? 0
    if (status === 400 || status === 413 || status === 422) return this.#minded(body.lines, status, text)
    if (status !== 200 && status !== 202) return this.#failed(`the server answers ${status}${saidIn(text)}`)
    const answer = answerIn(text)
    // Of what it cannot read it knows no numbers: where that was everything, all of it is dealt with.
    const upTo = answer?.upTo ?? (answer !== null && answer.refusedTotal >= body.lines.length ? (body.lines.at(-1) as BatchLine).sequence : null)
    if (answer === null || answer.spool.toLowerCase() !== spool.id || upTo === null || !spool.acknowledge(upTo)) return this.#failed('the server answers something else than what was taken')
    if (upTo < (body.lines[0] as BatchLine).sequence) return this.#failed('the server took nothing')
    this.state.sent += answer.taken
    this.state.refused += answer.refusedTotal
    this.state.lastSentAt = new Date()
    this.state.trouble = null
    this.#failures = 0
    this.#inRow = 0
    this.#tries = 0
    this.#most = Math.min(EVENTS, this.#most * 2)
  }

  /** Fewer at once where they are too large together. */
  #packed(host: string, lines: readonly BatchLine[]): { bytes: Uint8Array; lines: readonly BatchLine[] } | null {
    try {
      return { bytes: writeBatch({ host, spool: this.#options.spool.id }, lines, 'gzip'), lines }
    } catch (thrown) {
      if (!(thrown instanceof SluiceError) || lines.length === 1) {
        this.#giveUp(lines[0] as BatchLine)
        return null
      }
      return this.#packed(host, lines.slice(0, Math.ceil(lines.length / 2)))
    }
  }

  #minded(lines: readonly BatchLine[], status: number, text: string): void {
    const [first] = lines as [BatchLine]
    if (lines.length === 1) {
      // What is too large by itself is no sign of what the server does with others.
      if (status !== 413 && this.#inRow >= IN_A_ROW && ++this.#tries < TRIES) return this.#failed(`the server minds whatever it is sent (${status}${saidIn(text)})`)
      this.#inRow++
      this.#tries = 0
      return this.#giveUp(first)
    }
    this.#most = Math.ceil(lines.length / 2)
    this.#trouble(`the server minds a batch (${status}${saidIn(text)}): smaller ones are tried`)
  }

  #giveUp({ sequence }: BatchLine): void {
    this.#options.spool.acknowledge(sequence)
    this.state.refused++
  }

  #failed(says: string): void {
    this.#failures++
    this.#trouble(says)
  }

  #trouble(says: string): void {
    const line = oneLine(says, 300)
    if (this.state.trouble !== line) this.#options.onTrouble?.(line)
    this.state.trouble = line
  }
}

const saidIn = (text: string): string => {
  try {
    const { error } = JSON.parse(text) as { error?: unknown }
    return typeof error === 'string' ? `: ${oneLine(error, 200)}` : ''
  } catch {
    return ''
  }
}

function answerIn(text: string): Pick<BatchAnswer, 'spool' | 'upTo' | 'taken' | 'refusedTotal'> | null {
  try {
    const { spool, upTo, taken, refusedTotal } = JSON.parse(text) as Partial<BatchAnswer>
    if (typeof spool !== 'string' || !(upTo === null || Number.isSafeInteger(upTo))) return null
    return { spool, upTo: upTo as number | null, taken: Number(taken) || 0, refusedTotal: Number(refusedTotal) || 0 }
  } catch {
    return null
  }
}
