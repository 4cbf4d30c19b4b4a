import { closeSync, constants, openSync } from 'node:fs'
import { Socket } from 'node:net'

const KEPT = 64 * 1024

/**
 * Takes what a command prints, however much, and keeps the end of it. A named pipe, because programs that open `/dev/stdout`
 * again cannot do so with the socket that Node would give them.
 */
export class Drain {
  readonly #socket: Socket
  readonly #ended: Promise<void>
  readonly #holder: number
  /** For the command; to be closed once it was started. */
  readonly writer: number
  #chunks: Buffer[] = []
  #held = 0
  size = 0

  constructor(path: string) {
    // Held open for reading and writing, so that there is no end before the first writer and none between two.
    this.#holder = openSync(path, constants.O_RDWR | constants.O_NONBLOCK)
    this.writer = openSync(path, constants.O_WRONLY)
    this.#socket = new Socket({ fd: openSync(path, constants.O_RDONLY | constants.O_NONBLOCK), readable: true, writable: false })
    this.#socket.on('data', (chunk: Buffer) => this.#take(chunk))
    this.#ended = new Promise((resolve) => {
      this.#socket.on('close', () => resolve())
      this.#socket.on('error', () => resolve())
    })
  }

  #take(chunk: Buffer): void {
    this.size += chunk.length
    this.#chunks.push(chunk)
    this.#held += chunk.length
    for (let first = this.#chunks[0]; first && this.#held - first.length >= KEPT; first = this.#chunks[0]) {
      this.#chunks.shift()
      this.#held -= first.length
    }
  }

  /** To be called when nobody writes any more. The last 64 KiB. */
  async end(): Promise<Uint8Array> {
    closeSync(this.#holder)
    await this.#ended
    const all = Buffer.concat(this.#chunks)
    return new Uint8Array(all.subarray(Math.max(0, all.length - KEPT)))
  }
}
