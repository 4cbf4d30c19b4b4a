import { text } from 'node:stream/consumers'
import { SluiceError } from '../../../core/errors.ts'
import type { Clock } from '../../../ports/clock.ts'
import type { Database } from '../../../ports/database.ts'
import type { Upstream, UpstreamAnswer } from '../../../ports/upstream.ts'
import type { Target } from '../target.ts'
import { listFor, serversFor } from './bootstrap.ts'
import type { ListName } from './bootstrap.ts'

export interface ListsParts {
  database: Database
  upstream: Upstream
  clock: Clock
  /** Base URL of the lists, ending in `/`. */
  base: string
}

interface Kept {
  base: string
  document: unknown
  until: number
}

const LARGEST = 4 * 1024 * 1024
const [SHORTEST, USUAL, LONGEST] = [3_600_000, 24 * 3_600_000, 7 * 24 * 3_600_000]
/** How soon a list that could not be read is asked for again. */
const AGAIN = 60_000

/** IANA's lists of RDAP servers (RFC 9224), kept in the database for as long as they say. An old one is better than none. */
export class Lists {
  readonly #parts: ListsParts
  readonly #kept = new Map<ListName, Kept>()

  constructor(parts: ListsParts) {
    this.#parts = parts
  }

  /** Throws SluiceError where there is no list, old or new. */
  async serversFor(target: Target): Promise<string[]> {
    return serversFor(await this.#list(listFor(target)), target)
  }

  async #list(name: ListName): Promise<unknown> {
    const now = this.#parts.clock.now().getTime()
    const kept = this.#kept.get(name) ?? await this.#stored(name)
    if (kept && kept.until > now) return kept.document
    try {
      const fresh = await this.#fetch(name, now)
      this.#kept.set(name, fresh)
      await this.#store(name, fresh)
      return fresh.document
    } catch (thrown) {
      if (!kept || !(thrown instanceof SluiceError)) throw thrown
      this.#kept.set(name, { ...kept, until: now + AGAIN })
      return kept.document
    }
  }

  async #fetch(name: ListName, now: number): Promise<Kept> {
    const { upstream, base } = this.#parts
    const url = new URL(`${name}.json`, base).href
    const answer = await upstream.fetch(url, { headers: { accept: 'application/json' }, limit: LARGEST, timeout: 15_000 })
    if (answer.status !== 200) {
      answer.body.destroy()
      throw new SluiceError('upstream-status', `the list of RDAP servers at ${url} answers ${answer.status}`)
    }
    return { base, document: documentOf(await text(answer.body), url), until: now + ageOf(answer) }
  }

  async #stored(name: ListName): Promise<Kept | null> {
    const row = await this.#parts.database.query.selectFrom('settings').select('value').where('key', '=', `domains:rdap:${name}`).executeTakeFirst()
    const kept = row === undefined ? null : JSON.parse(row.value) as Kept
    if (kept?.base !== this.#parts.base) return null
    this.#kept.set(name, kept)
    return kept
  }

  async #store(name: ListName, kept: Kept): Promise<void> {
    const [key, value] = [`domains:rdap:${name}`, JSON.stringify(kept)]
    await this.#parts.database.query.insertInto('settings').values({ key, value }).onConflict((conflict) => conflict.column('key').doUpdateSet({ value })).execute()
  }
}

function documentOf(body: string, url: string): unknown {
  try {
    const value = JSON.parse(body) as { services?: unknown } | null
    if (Array.isArray(value?.services)) return value
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown
  }
  throw new SluiceError('upstream-wrong-type', `${url} is no list of RDAP servers`, { hint: 'domains.rdap in sluice.yaml says where the lists are' })
}

function ageOf({ headers }: UpstreamAnswer): number {
  const seconds = Number(/max-age=(\d{1,9})/.exec(headers['cache-control'] ?? '')?.[1] ?? Number.NaN)
  return Number.isNaN(seconds) ? USUAL : Math.min(Math.max(seconds * 1_000, SHORTEST), LONGEST)
}
