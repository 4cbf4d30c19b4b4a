import { spawnSync } from 'node:child_process'
import { closeSync, constants, openSync, readSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'

/** What a pipe holds (pipe(7)). */
export const HOLDS = 65_536
/** Of one gulp, so that a writer who is as fast as the reader does not keep it for ever. */
const MOST = 16

/**
 * Reads what another process writes into a named pipe when it is asked to, everything that has come until then. A stream would wake this
 * process for each write, and a socket, which is what a child's output is by default, holds a few hundred lines only, as each write takes a
 * buffer of its own; in a pipe small writes share pages.
 */
export class Gulps {
  readonly #descriptor: number
  readonly #buffer = Buffer.allocUnsafe(HOLDS)
  readonly #decoder = new StringDecoder('utf8')
  #closed = false

  /** Makes the pipe at `path`, which must not exist. It can be unlinked once the writer has it open. */
  constructor(path: string) {
    const { status, stderr, error } = spawnSync('mkfifo', ['-m', '600', path], { encoding: 'utf8' })
    if (status !== 0) throw error ?? new Error(stderr.trim())
    this.#descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  }

  /** '': nothing has come, or nobody has it open. */
  read(): string {
    let text = ''
    for (let turn = 0; turn < MOST && !this.#closed; turn++) {
      const length = this.#next()
      text += this.#decoder.write(this.#buffer.subarray(0, length))
      // To ask once more for nothing is an exception (EAGAIN), which costs more than a gulp.
      if (length < HOLDS) break
    }
    return text
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    closeSync(this.#descriptor)
  }

  #next(): number {
    try {
      return readSync(this.#descriptor, this.#buffer)
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === 'EAGAIN') return 0
      throw thrown
    }
  }
}
