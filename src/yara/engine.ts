import { Worker } from 'node:worker_threads'
import { COMPILED } from '../config/compiled.ts'
import { sentence } from '../core/errors.ts'
import type { Asked, Batch, Loaded, Match, Told } from './messages.ts'
import type { RuleFile } from './rules.ts'

/** Compiling ten thousand rules takes seconds; a rule that takes longer to compile is a mistake. */
const LOADING_MS = 30_000

/** Every scan leaves some 70 kB behind that only the thread's end gives back. */
const SCANS = 500

/** Of the thread's JavaScript; what WebAssembly takes counts for the process, which has a limit of its own. */
const MEMORY = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 8 }

/** The thread did not answer in time and was ended. `scanning`: the file it was at, or null. */
export class TooSlow extends Error {
  readonly scanning: string | null
  constructor(timeMs: number, scanning: string | null) {
    super(`took longer than ${timeMs} ms`)
    this.scanning = scanning
  }
}

/**
 * YARA-X in a thread of its own: its WebAssembly build ignores time limits, and only ending its thread ends a scan. One
 * request at a time; after TooSlow or any other error the engine is of no more use.
 */
export class Engine {
  readonly #thread = new Worker(new URL('./thread.ts', import.meta.url), { env: { NODE_COMPILE_CACHE: COMPILED }, resourceLimits: MEMORY, stdout: true, stderr: true })
  #scanning: string | null = null
  #scans = 0
  #dead: Error | null = null

  constructor() {
    this.#thread.unref()
    this.#thread.on('error', (thrown) => { this.#dead = new Error(sentence(thrown)) })
    this.#thread.on('exit', () => { this.#dead ??= new Error('the thread ended') })
  }

  /** Due to be replaced by a new one. */
  get worn(): boolean {
    return this.#scans >= SCANS
  }

  async load(files: readonly RuleFile[], timeMs = LOADING_MS): Promise<Loaded> {
    const told = await this.#ask({ kind: 'load', files }, timeMs)
    if (told.kind !== 'loaded') throw new Error('the thread answered something else')
    return told
  }

  /** The batch's bytes are gone for the caller. */
  async scan(batch: Batch, timeMs: number): Promise<Match[]> {
    const told = await this.#ask({ kind: 'scan', batch }, timeMs, [batch.bytes.buffer])
    if (told.kind !== 'scanned') throw new Error('the thread answered something else')
    return told.matches
  }

  async end(): Promise<void> {
    await this.#thread.terminate()
  }

  #ask(asked: Asked, timeMs: number, transfer: ArrayBuffer[] = []): Promise<Told> {
    const thread = this.#thread
    if (this.#dead) return Promise.reject(this.#dead)
    return new Promise<Told>((resolve, reject) => {
      const end = (how: () => void): void => {
        clearTimeout(timer)
        thread.off('message', heard).off('error', failed).off('exit', gone)
        thread.unref()
        how()
      }
      const heard = (told: Told): void => {
        if (told.kind === 'scanning') {
          this.#scanning = told.path
          this.#scans += 1
        } else end(() => (told.kind === 'failed' ? reject(new Error(told.says)) : resolve(told)))
      }
      const failed = (thrown: unknown): void => end(() => reject(new Error(sentence(thrown))))
      const gone = (): void => end(() => reject(new Error('the thread ended')))
      // An answer that came while this thread was busy is taken before time is up: messages stand between the two.
      let timer = setTimeout(() => { timer = setTimeout(late, 0) }, timeMs)
      const late = (): void => end(() => {
        void this.end()
        reject(new TooSlow(timeMs, this.#scanning))
      })
      thread.on('message', heard).on('error', failed).on('exit', gone)
      thread.ref()
      this.#scanning = null
      thread.postMessage(asked, transfer)
    })
  }
}
