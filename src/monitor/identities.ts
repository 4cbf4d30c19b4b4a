import { isCode, SluiceError } from '../core/errors.ts'
import { revived } from '../core/identity.ts'
import type { EcosystemId } from '../core/types.ts'
import type { Identity } from '../core/watch.ts'
import { ecosystems } from '../ecosystems/index.ts'
import type { Clock } from '../ports/clock.ts'
import type { Database, Tables } from '../ports/database.ts'
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
/** Nearly all are smaller, and many are read at once. */
const USUAL = 4 * 1024 * 1024
/** Up to here reading a document takes a few milliseconds; larger ones are read by a worker. */
const SMALL = 256 * 1024
const TIME_LIMIT = 20_000

const ROWS = 500
const STEP = 5_000

/** Packages nobody spoke of for so long are forgotten. */
const KEPT = 90 * 86_400_000

type Row = Tables['identities']

interface Asked { ecosystem: EcosystemId; name: string; url: string; accept: string }

const keyOf = ({ ecosystem, name }: { ecosystem: string; name: string }): string => `${ecosystem}/${name}`

/**
 * Who packages say they are, from the public registries, kept for as long as the question allows. One request a package,
 * however many ask at once.
 */
export class Identities {
  readonly #parts: IdentityParts
  readonly #flights = new Map<string, Promise<Identity | null>>()
  /** Read, and not yet in the database. */
  readonly #unsaved = new Map<string, Row>()
  #saving: Promise<void> | null = null
  /** Resolves when the last large document that was asked for has been read. */
  #large: Promise<void> = Promise.resolve()

  constructor(parts: IdentityParts) {
    this.#parts = parts
  }

  /**
   * null: the registry has no such package. `maxAge` in milliseconds. Throws `upstream-*`, `index-invalid`, `worker-*`.
   * The name goes to the public registry: never ask for a private one that a person did not ask for.
   */
  async of(ecosystem: EcosystemId, name: string, maxAge: number): Promise<Identity | null> {
    // No name that no package can have becomes part of an address.
    if (!ecosystems[ecosystem].isName(name)) return null
    const known = maxAge > 0 ? await this.#row(ecosystem, name, this.#parts.clock.now().getTime() - maxAge) : null
    if (known) return this.#revive(known.identity)
    const key = keyOf({ ecosystem, name })
    const flight = this.#flights.get(key) ?? this.#fetch(ecosystem, name).finally(() => this.#flights.delete(key))
    this.#flights.set(key, flight)
    return flight
  }

  /** What was last read; null: it was never asked for. */
  async known(ecosystem: EcosystemId, name: string): Promise<{ identity: Identity | null; fetchedAt: Date } | null> {
    const row = await this.#row(ecosystem, name, 0)
    return row && { identity: this.#revive(row.identity), fetchedAt: new Date(Number(row.fetched_at)) }
  }

  async #row(ecosystem: EcosystemId, name: string, since: number): Promise<Pick<Row, 'identity' | 'fetched_at'> | null> {
    const now = this.#parts.clock.now().getTime()
    const unsaved = this.#unsaved.get(keyOf({ ecosystem, name }))
    if (unsaved) return unsaved.fetched_at >= since ? unsaved : null
    // What was read in the future was read by a clock that was wrong.
    return await this.#parts.database.query.selectFrom('identities').select(['identity', 'fetched_at'])
      .where('ecosystem', '=', ecosystem).where('name', '=', name).where('fetched_at', '>=', since).where('fetched_at', '<=', now).executeTakeFirst() ?? null
  }

  #revive(json: string | null): Identity | null {
    if (json === null) return null
    const identity = revived(json)
    return { ...identity, rank: this.#parts.rankOf(identity.ecosystem, identity.name) }
  }

  async #fetch(ecosystem: EcosystemId, name: string): Promise<Identity | null> {
    const identity = await this.#ask(ecosystem, name)
    this.#unsaved.set(keyOf({ ecosystem, name }), { ecosystem, name, identity: identity && JSON.stringify(identity), fetched_at: this.#parts.clock.now().getTime() })
    this.#saving ??= this.#save().finally(() => { this.#saving = null })
    this.#saving.catch(() => null)
    return identity
  }

  /** Resolves when what was read is in the database; rejects with `storage`. */
  async saved(): Promise<void> {
    while (this.#saving) await this.#saving
  }

  /** Forgets whom nobody spoke of for long. */
  async prune(): Promise<void> {
    const { query } = this.#parts.database
    const old = this.#parts.clock.now().getTime() - KEPT
    // In steps: deliveries wait for whoever writes.
    for (let last: number | undefined = 0; last !== undefined;) {
      const row = await query.selectFrom('identities').select('fetched_at').where('fetched_at', '<', old).orderBy('fetched_at').offset(STEP).limit(1).executeTakeFirst()
      last = row && Number(row.fetched_at)
      await query.deleteFrom('identities').where('fetched_at', last === undefined ? '<' : '<=', last ?? old).execute()
    }
  }

  /** What is read while one write is on its way shares the next. */
  async #save(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve))
    while (this.#unsaved.size > 0) {
      const rows = [...this.#unsaved.values()].slice(0, ROWS)
      try {
        await this.#parts.database.query.insertInto('identities').values(rows).onConflict((conflict) => conflict.columns(['ecosystem', 'name'])
          .doUpdateSet((row) => ({ identity: row.ref('excluded.identity'), fetched_at: row.ref('excluded.fetched_at') }))).execute()
      } finally {
        // What could not be written is read again when somebody asks.
        for (const row of rows) if (this.#unsaved.get(keyOf(row)) === row) this.#unsaved.delete(keyOf(row))
      }
    }
  }

  async #ask(ecosystem: EcosystemId, name: string): Promise<Identity | null> {
    const { base, rankOf } = this.#parts
    const url = base(ecosystem)
    if (url === null) throw new SluiceError('upstream-off', `${ecosystem} is off`)
    let unreadable: unknown = null
    for (const { path, accept } of ecosystems[ecosystem].identityRequests(name)) {
      try {
        const identity = await this.#document({ ecosystem, name, accept, url: new URL(path, url).href })
        if (identity) return { ...identity, rank: rankOf(ecosystem, name) }
      } catch (thrown) {
        // A web page, perhaps, as mirrors send for what they do not know; the next document may do.
        if (!isCode(thrown, 'index-invalid')) throw thrown
        unreadable = thrown
      }
    }
    if (unreadable !== null) throw unreadable
    return null
  }

  /** Large ones are few, and asked for again one by one: memory holds one of them, whatever a flood sends. */
  async #document(asked: Asked): Promise<Identity | null> {
    try {
      return await this.#get(asked, USUAL)
    } catch (thrown) {
      if (!isCode(thrown, 'upstream-too-large')) throw thrown
    }
    const turn = this.#large.then(() => this.#get(asked, LARGEST))
    this.#large = turn.then(() => undefined, () => undefined)
    return turn
  }

  async #get({ ecosystem, name, url, accept }: Asked, limit: number): Promise<Identity | null> {
    const answer = await this.#parts.upstream.fetch(url, { headers: { accept }, limit })
    const chunks: Buffer[] = []
    for await (const chunk of answer.body) chunks.push(chunk as Buffer)
    if (answer.status === 404 || answer.status === 410) return null
    if (answer.status !== 200) throw new SluiceError('upstream-status', `upstream answered ${answer.status} for ${name}`)
    return this.#read(ecosystem, name, Buffer.concat(chunks))
  }

  async #read(ecosystem: EcosystemId, name: string, body: Uint8Array): Promise<Identity> {
    if (body.byteLength <= SMALL) return ecosystems[ecosystem].readIdentity(name, body)
    return this.#parts.pool.run({ kind: 'identity', ecosystem, name, body }, { timeMs: TIME_LIMIT, priority: 'ahead' })
  }
}
