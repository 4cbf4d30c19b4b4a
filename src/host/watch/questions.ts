import { readFileSync } from 'node:fs'

/**
 * How far everything has been read. Each processor has a buffer, and bpftrace reads them in turns of its own: what one tells says nothing of
 * the others, and clocks say nothing of either. So the program in the kernel counts its lines, by processor and before it takes their time,
 * and is asked for the sum: a question is a signal 0 that this process sends to itself; the answer has a time, and how many lines were
 * told before. When as many lines from before that time were read, or are known to be lost, nothing older is missing.
 */
export class Questions {
  /** Whatever happened before, in milliseconds by the clock of bpftrace, is known. */
  read = Number.NEGATIVE_INFINITY
  /** The newest question of which that is so. */
  known = 0
  readonly #put: () => void
  #asked = 0
  #lines = 0
  #lost = 0
  #answer: { question: number; at: number; told: number; lines: number } | null = null

  /** `put` sends the signal. */
  constructor(put: () => void) {
    this.#put = put
  }

  /** The question's number. One that is open counts for lost: buffers that are full lose answers, too. */
  ask(): number {
    this.#asked++
    this.#put()
    return this.#asked
  }

  get open(): boolean {
    return this.known < this.#asked
  }

  /** Lines that are not there yet, nor known to be lost, as far as the last answer goes. */
  get missing(): number {
    return this.#answer === null ? 0 : Math.max(0, this.#answer.told - this.#answer.lines - this.#lost)
  }

  line(at: number): void {
    this.#lines++
    if (this.#answer !== null && at < this.#answer.at) this.#answer.lines++
    this.#settle()
  }

  lost(count: number): void {
    this.#lost += count
    this.#settle()
  }

  /** `later`: of the lines that were read, those that are no older than the answer. One that comes late is as true, but for what is known by then. */
  answer(question: number, at: number, told: number, later: number): void {
    if (question <= this.known) return
    this.#answer = { question, at, told, lines: this.#lines - later }
    this.#settle()
  }

  #settle(): void {
    if (this.#answer === null || this.missing > 0) return
    this.known = this.#answer.question
    this.read = this.#answer.at
    this.#answer = null
  }
}

/** As many as this are counted for where the kernel does not say how many there are. */
const MOST = 1_024

/** How many numbers processors have here. */
export function processors(): number {
  try {
    return processorsIn(readFileSync('/sys/devices/system/cpu/possible', 'utf8'))
  } catch {
    return MOST
  }
}

/** Of a list as `0-3,8`: how many numbers there are up to the last. */
export function processorsIn(listed: string): number {
  const last = /(?:^|[-,])(\d{1,5})$/.exec(listed.trim())?.[1]
  return last === undefined ? MOST : Math.min(MOST, Number(last) + 1)
}
