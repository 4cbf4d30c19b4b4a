import { createHash, randomBytes } from 'node:crypto'
import { SluiceError } from '../core/errors.ts'
import { hostName } from '../host/events/name.ts'
import type { Clock } from '../ports/clock.ts'
import type { Database } from '../ports/database.ts'

/**
 * `read`: packages, pages, metrics; `inventory`: also telling what services use; `host`: also speaking for one machine; `audit`: also who
 * received what, orders and the policy; `admin`: everything but speaking for a machine.
 */
export type Scope = 'read' | 'inventory' | 'host' | 'audit' | 'admin'

export interface Token {
  id: string
  name: string
  scopes: readonly Scope[]
  createdAt: Date
  expiresAt: Date | null
  revokedAt: Date | null
  /** The machine it speaks for; `*`: for any. null: none yet, or it has not the scope. */
  host: string | null
}

/** A verified token is believed this long without asking the database again, so a revocation takes effect within it. */
const BELIEVED = 2_000
const REMEMBERED = 10_000

/**
 * Access tokens. A secret is shown once, at creation; the database keeps its SHA-256 only. Secrets carry 256 random bits,
 * so a plain hash cannot be reversed by guessing.
 */
export class Tokens {
  readonly #database: Database
  readonly #clock: Clock
  readonly #verified = new Map<string, { token: Token | null; until: number }>()

  constructor(database: Database, clock: Clock) {
    this.#database = database
    this.#clock = clock
  }

  /** `host`: the machine it is to speak for, `*` for any; absent: the first it speaks of. Throws `usage`. */
  async create({ host: written = null, ...wanted }: { name: string; scopes: readonly Scope[]; expiresAt: Date | null; host?: string | null | undefined }): Promise<{ token: Token; secret: string }> {
    const host = written === null || written === '*' ? written : hostName(written)
    if (written !== null && host === null) throw new SluiceError('usage', 'no machine can be called that', { hint: 'letters, digits and . _ : -, or * for any machine' })
    if (host !== null && !wanted.scopes.includes('host')) throw new SluiceError('usage', 'only a token with the scope host speaks for a machine', { hint: 'add --scope host' })
    if (!/^[\w.@ -]{1,80}$/.test(wanted.name)) throw new SluiceError('usage', 'a token needs a name of letters, digits, spaces and . _ @ -, up to 80')
    const secret = `sluice_${randomBytes(32).toString('base64url')}`
    const token: Token = { id: randomBytes(6).toString('hex'), ...wanted, createdAt: this.#clock.now(), revokedAt: null, host }
    await this.#database.transaction(async (tx) => {
      await tx.insertInto('tokens').values({
        id: token.id, name: token.name, hash: hashOf(secret), scopes: token.scopes.join(' '),
        created_at: token.createdAt.getTime(), expires_at: token.expiresAt?.getTime() ?? null, revoked_at: null,
      }).execute()
      if (host !== null) await tx.insertInto('host_tokens').values({ token: token.id, host, at: token.createdAt.getTime() }).execute()
    })
    return { token, secret }
  }

  async list(): Promise<Token[]> {
    const rows = await this.#tokens().orderBy('created_at').execute()
    return rows.map(fromRow)
  }

  /** Returns false when there is no such token. */
  async revoke(id: string): Promise<boolean> {
    const { numUpdatedRows } = await this.#database.query.updateTable('tokens').set({ revoked_at: this.#clock.now().getTime() })
      .where('id', '=', id).where('revoked_at', 'is', null).executeTakeFirst()
    this.#verified.clear()
    return numUpdatedRows > 0n
  }

  /** The token a secret belongs to; null when unknown, expired or revoked. */
  async verify(secret: string): Promise<Token | null> {
    const hash = hashOf(secret)
    const now = this.#clock.now()
    const known = this.#verified.get(hash)
    if (known && known.until > now.getTime()) return known.token
    const row = await this.#tokens().where('hash', '=', hash).executeTakeFirst()
    const token = row ? fromRow(row) : null
    const valid = token && !token.revokedAt && (!token.expiresAt || token.expiresAt > now) ? token : null
    if (this.#verified.size >= REMEMBERED) this.#verified.clear()
    this.#verified.set(hash, { token: valid, until: now.getTime() + BELIEVED })
    return valid
  }

  #tokens() {
    return this.#database.query.selectFrom('tokens').leftJoin('host_tokens', 'host_tokens.token', 'tokens.id')
      .select(['tokens.id', 'tokens.name', 'scopes', 'created_at', 'expires_at', 'revoked_at', 'host_tokens.host'])
  }
}

const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex')

function fromRow(row: { id: string; name: string; scopes: string; created_at: number; expires_at: number | null; revoked_at: number | null; host: string | null }): Token {
  return {
    id: row.id, name: row.name, scopes: row.scopes.split(' ') as Scope[], createdAt: new Date(row.created_at),
    expiresAt: row.expires_at === null ? null : new Date(row.expires_at), revokedAt: row.revoked_at === null ? null : new Date(row.revoked_at), host: row.host,
  }
}
