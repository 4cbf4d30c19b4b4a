import { Readable, Transform, pipeline } from 'node:stream'
import { createBrotliDecompress, createGunzip } from 'node:zlib'
import { SluiceError } from '../../core/errors.ts'
import { bodyFailure } from './failure.ts'
import { shown } from './trust.ts'

export interface BodyRules {
  url: URL
  /** `content-encoding` to undo; empty: none. */
  encoding: string
  /** Bytes after decoding. */
  limit: number
  stallTimeout: number
  /** `content-length`, where it speaks of the bytes that are handed on. */
  promised: number | null
}

/**
 * Upstream's body, decoded and watched. It errors with SluiceError `upstream-truncated`, `-slow`, `-too-large` or
 * `-wrong-type`; destroying it closes the connection.
 */
export function watched(raw: Readable, rules: BodyRules): Readable {
  const { url, limit, promised } = rules
  const tooLarge = new SluiceError('upstream-too-large', `the answer of ${shown(url)} is larger than ${limit} bytes`)
  const refusal = promised !== null && promised > limit ? tooLarge : null
  const source = new Watch(raw, rules, refusal)
  const last = new Limit(limit, tooLarge, url)
  // Errors arrive on `last`; the callback only marks them as handled for the streams before it.
  const ignore = (): void => undefined
  if (rules.encoding === 'gzip') pipeline(source, createGunzip(), last, ignore)
  else if (rules.encoding === 'br') pipeline(source, createBrotliDecompress(), last, ignore)
  else pipeline(source, last, ignore)
  return last
}

/** Hands on what arrives; the stall timer runs only while somebody waits for bytes, so a slow reader is no stall. */
class Watch extends Readable {
  readonly #raw: Readable
  readonly #rules: BodyRules
  readonly #refusal: SluiceError | null
  #timer: NodeJS.Timeout | undefined
  #started = false

  constructor(raw: Readable, rules: BodyRules, refusal: SluiceError | null) {
    super()
    this.#raw = raw
    this.#rules = rules
    this.#refusal = refusal
    raw.on('error', (error) => this.destroy(bodyFailure(error, rules.url)))
    raw.on('close', () => {
      if (!raw.readableEnded && !this.destroyed) this.destroy(bodyFailure(new Error('connection closed'), rules.url))
    })
  }

  override _read(): void {
    if (this.#refusal) return void this.destroy(this.#refusal)
    this.#timer ??= setTimeout(() => this.#stalled(), this.#rules.stallTimeout)
    if (this.#started) return void this.#raw.resume()
    this.#started = true
    this.#raw.on('data', (chunk: Buffer) => {
      this.#timer?.refresh()
      if (this.push(chunk)) return
      this.#raw.pause()
      this.#stopTimer()
    })
    this.#raw.on('end', () => {
      this.#stopTimer()
      this.push(null)
    })
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#stopTimer()
    this.#raw.destroy()
    done(error)
  }

  #stalled(): void {
    const { url, stallTimeout } = this.#rules
    this.destroy(new SluiceError('upstream-slow', `${shown(url)} sent nothing for ${stallTimeout} ms`))
  }

  #stopTimer(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}

class Limit extends Transform {
  readonly #tooLarge: SluiceError
  readonly #url: URL
  #left: number

  constructor(limit: number, tooLarge: SluiceError, url: URL) {
    super()
    this.#left = limit
    this.#tooLarge = tooLarge
    this.#url = url
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: (error: Error | null, chunk?: Buffer) => void): void {
    this.#left -= chunk.length
    if (this.#left < 0) done(this.#tooLarge)
    else done(null, chunk)
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    done(error && bodyFailure(error, this.#url))
  }
}
