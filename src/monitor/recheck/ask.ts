import { createHash } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import type { Context } from '../../admission/context.ts'
import { SluiceError } from '../../core/errors.ts'
import type { UpstreamAnswer } from '../../ports/upstream.ts'

/** An answer that says something of the package: the document, or that there is none. */
export interface Answered {
  /** 200, 404, 410 or 451. */
  status: number
  url: string
  contentType: string
  body: Uint8Array
  /** SHA-256 of the body, hex. */
  digest: string
}

export type AskParts = Pick<Context, 'upstream' | 'limits'>

const GONE = new Set([404, 410, 451])
/** Of what is no document so much is read. */
const WORDS = 256 * 1024
/** Bodies up to this size are read side by side; larger ones one after the other. */
const LARGE = 8 * 1024 * 1024

/**
 * Asks upstream unconditionally: without tags or dates, because a cache that answers "not modified" would hide a removal, and
 * telling caches on the way to look anew (RFC 9111 §5.2.1). Throws where the answer says nothing of the package: `upstream-*`.
 */
export class Asker {
  readonly #parts: AskParts
  #lane: Promise<unknown> = Promise.resolve()
  #bytes = 0

  constructor(parts: AskParts) {
    this.#parts = parts
  }

  /** Bytes of documents read so far, after decoding. */
  get bytes(): number {
    return this.#bytes
  }

  async ask(url: string, { accept, again }: { accept: string; again: boolean }): Promise<Answered> {
    const { upstream, limits } = this.#parts
    const answer = await upstream.fetch(url, { limit: limits.indexSize, headers: { accept, 'cache-control': again ? 'no-cache' : 'max-age=0', ...(again ? { pragma: 'no-cache' } : {}) } })
    if (answer.status !== 200 && !GONE.has(answer.status)) {
      answer.body.on('error', () => undefined).destroy()
      throw new SluiceError('upstream-status', `upstream answered ${answer.status}`)
    }
    const body = await this.#read(answer)
    this.#bytes += body.byteLength
    return { status: answer.status, url: answer.url, contentType: answer.headers['content-type'] ?? '', body, digest: createHash('sha256').update(body).digest('hex') }
  }

  async #read({ body, status }: UpstreamAnswer): Promise<Uint8Array> {
    const { limits } = this.#parts
    const slow = setTimeout(() => body.destroy(new SluiceError('upstream-slow', `took longer than ${limits.document / 1_000} s`)), limits.document)
    const chunks: Buffer[] = []
    let size = 0
    let leave = (): void => {}
    try {
      for await (const chunk of body) {
        chunks.push(chunk as Buffer)
        const before = size
        size += (chunk as Buffer).byteLength
        // What says that there is nothing need not be read to its end.
        if (status !== 200 && size > WORDS) break
        if (before <= LARGE && size > LARGE) leave = await this.#turn()
      }
      return Buffer.concat(chunks)
    } finally {
      clearTimeout(slow)
      leave()
    }
  }

  /** Waits for the large document before. */
  async #turn(): Promise<() => void> {
    let leave = (): void => {}
    const before = this.#lane
    this.#lane = new Promise<void>((resolve) => { leave = resolve })
    await before
    return leave
  }

  /** A short answer about one version. Throws as `ask`. */
  async short(url: string): Promise<{ status: number; body: Buffer }> {
    const answer = await this.#parts.upstream.fetch(url, { limit: WORDS, headers: { 'cache-control': 'no-cache' } })
    const body = await buffer(answer.body)
    this.#bytes += body.byteLength
    if (answer.status !== 200 && !GONE.has(answer.status)) throw new SluiceError('upstream-status', `upstream answered ${answer.status}`)
    return { status: answer.status, body }
  }
}
