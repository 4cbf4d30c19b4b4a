import { createHash } from 'node:crypto'
import { SluiceError } from '../../core/errors.ts'
import type { Upstream } from '../../ports/upstream.ts'

/** Where dependencies come from: bases ending in `/`; null: that ecosystem is off. */
export interface Bases {
  npm: string | null
  pypi: string | null
  go: string | null
}

/** Addresses that lead nowhere but to the gate's own `Dependencies`. */
export const GATE = 'https://dependencies.invalid/'
export const GATE_BASES: Bases = { npm: `${GATE}npm/`, pypi: `${GATE}pypi/simple/`, go: `${GATE}go/` }

export interface Got {
  status: number
  contentType: string
  /** After redirects. */
  url: string
  body: Uint8Array
}

/** Reads documents and files for one run, so many bytes altogether. Throws SluiceError `upstream-*`. */
export class Getter {
  readonly #upstream: Pick<Upstream, 'fetch'>
  readonly #signal: AbortSignal
  #left: number

  constructor({ upstream, signal, bytes }: { upstream: Pick<Upstream, 'fetch'>; signal: AbortSignal; bytes: number }) {
    this.#upstream = upstream
    this.#signal = signal
    this.#left = bytes
  }

  /** `referrer`: the document that named the URL. */
  async get(url: string, { accept, referrer, limit = DOCUMENT }: { accept?: string; referrer?: string; limit?: number } = {}): Promise<Got> {
    if (this.#signal.aborted) throw new SluiceError('upstream-slow', 'there was no time left to fetch it')
    const answer = await this.#upstream.fetch(url, { limit: Math.max(1, Math.min(limit, this.#left)), ...(accept ? { headers: { accept } } : {}), ...(referrer ? { referrer } : {}) })
    const stop = (): void => void answer.body.destroy(new SluiceError('upstream-slow', 'there was no time left to fetch it'))
    this.#signal.addEventListener('abort', stop)
    try {
      const chunks: Uint8Array[] = []
      for await (const chunk of answer.body) {
        this.#left -= (chunk as Uint8Array).byteLength
        chunks.push(chunk as Uint8Array)
      }
      return { status: answer.status, contentType: answer.headers['content-type'] ?? '', url: answer.url, body: Buffer.concat(chunks) }
    } finally {
      this.#signal.removeEventListener('abort', stop)
    }
  }
}

const MB = 1024 * 1024
/** The longest packument there is has some 30 MB. */
const DOCUMENT = 64 * MB

/** Whether bytes are what an index promised (`hex` by the algorithm's name); true where it promised nothing that is known here. */
export function keepsPromise(bytes: Uint8Array, hashes: Readonly<Record<string, string>>): boolean {
  return Object.entries(hashes).every(([algorithm, hex]) => !KNOWN.has(algorithm) || createHash(algorithm).update(bytes).digest('hex') === hex.toLowerCase())
}

const KNOWN = new Set(['md5', 'sha1', 'sha256', 'sha384', 'sha512'])

/** Work on many things, so many at a time; the first that throws ends it. */
export async function inTurns<T>(items: Iterable<T>, most: number, work: (item: T) => Promise<void>): Promise<void> {
  const all = items[Symbol.iterator]()
  await Promise.all(Array.from({ length: most }, async () => {
    for (let next = all.next(); !next.done; next = all.next()) await work(next.value)
  }))
}
