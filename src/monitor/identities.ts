import { isCode, SluiceError } from '../core/errors.ts'
import type { EcosystemId } from '../core/types.ts'
import type { Identity } from '../core/watch.ts'
import { ecosystems } from '../ecosystems/index.ts'
import type { Clock } from '../ports/clock.ts'
import type { Database } from '../ports/database.ts'
import type { Upstream } from '../ports/upstream.ts'
import type { Pool } from '../workers/pool.ts'

export interface IdentityParts {
  database: Database
  upstream: Upstream
  pool: Pool
  clock: Clock
  /** Base URL of each public registry, ending in `/`; null: off. */
  base(ecosystem: EcosystemId): string | null
  rankOf(ecosystem: EcosystemId, name: string): number | null
}

/** A complete packument of a package with thousands of versions; larger ones belong to nobody who is new. */
const LARGEST = 64 * 1024 * 1024
/** Up to here reading a document takes a few milliseconds; larger ones are read by a worker. */
const SMALL = 256 * 1024
const TIME_LIMIT = 20_000

/**
 * Who packages say they are, from the public registries, kept for as long as the question allows. One request a package,
 * however many ask at once.
 */
export class Identities {
  readonly #parts: IdentityParts
  readonly #flights = new Map<string, Promise<Identity | null>>()

  constructor(parts: IdentityParts) {
    this.#parts = parts
  }

  /**
   * null: the registry has no such package. `maxAge` in milliseconds. Throws `upstream-*`, `index-invalid`, `worker-*`.
   * The name goes to the public registry: never ask for a private one that a person did not ask for.
   */
  async of(ecosystem: EcosystemId, name: string, maxAge: number): Promise<Identity | null> {
    const known = await this.known(ecosystem, name)
    if (known && this.#parts.clock.now().getTime() - known.fetchedAt.getTime() <= maxAge) return known.identity
    const key = `${ecosystem}/${name}`
    const flight = this.#flights.get(key) ?? this.#fetch(ecosystem, name).finally(() => this.#flights.delete(key))
    this.#flights.set(key, flight)
    return flight
  }

  /** What was last read; null: it was never asked for. */
  async known(ecosystem: EcosystemId, name: string): Promise<{ identity: Identity | null; fetchedAt: Date } | null> {
    const row = await this.#parts.database.query.selectFrom('identities').select(['identity', 'fetched_at'])
      .where('ecosystem', '=', ecosystem).where('name', '=', name).executeTakeFirst()
    return row ? { identity: row.identity === null ? null : this.#revive(row.identity), fetchedAt: new Date(Number(row.fetched_at)) } : null
  }

  #revive(json: string): Identity {
    const identity = JSON.parse(json) as Identity & { createdAt: string | null; latestAt: string | null }
    const date = (value: string | null): Date | null => (value === null ? null : new Date(value))
    return { ...identity, createdAt: date(identity.createdAt), latestAt: date(identity.latestAt), rank: this.#parts.rankOf(identity.ecosystem, identity.name) }
  }

  async #fetch(ecosystem: EcosystemId, name: string): Promise<Identity | null> {
    const { database, clock } = this.#parts
    const identity = await this.#ask(ecosystem, name)
    const row = { identity: identity && JSON.stringify(identity), fetched_at: clock.now().getTime() }
    await database.query.insertInto('identities').values({ ecosystem, name, ...row })
      .onConflict((conflict) => conflict.columns(['ecosystem', 'name']).doUpdateSet(row)).execute()
    return identity
  }

  async #ask(ecosystem: EcosystemId, name: string): Promise<Identity | null> {
    const { upstream, base, rankOf } = this.#parts
    const url = base(ecosystem)
    if (url === null) throw new SluiceError('upstream-off', `${ecosystem} is off`)
    let unreadable: unknown = null
    for (const { path, accept } of ecosystems[ecosystem].identityRequests(name)) {
      const answer = await upstream.fetch(new URL(path, url).href, { headers: { accept }, limit: LARGEST })
      const chunks: Buffer[] = []
      for await (const chunk of answer.body) chunks.push(chunk as Buffer)
      if (answer.status === 404 || answer.status === 410) continue
      if (answer.status !== 200) throw new SluiceError('upstream-status', `upstream answered ${answer.status} for ${name}`)
      try {
        return { ...(await this.#read(ecosystem, name, Buffer.concat(chunks))), rank: rankOf(ecosystem, name) }
      } catch (thrown) {
        // A web page, perhaps, as mirrors send for what they do not know; the next document may do.
        if (!isCode(thrown, 'index-invalid')) throw thrown
        unreadable = thrown
      }
    }
    if (unreadable !== null) throw unreadable
    return null
  }

  async #read(ecosystem: EcosystemId, name: string, body: Uint8Array): Promise<Identity> {
    if (body.byteLength <= SMALL) return ecosystems[ecosystem].readIdentity(name, body)
    return this.#parts.pool.run({ kind: 'identity', ecosystem, name, body }, { timeMs: TIME_LIMIT, priority: 'ahead' })
  }
}
