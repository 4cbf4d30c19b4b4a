import type { Met } from '../core/exposure.ts'
import type { Database } from '../ports/database.ts'
import { part } from './chain.ts'

/** Who met something, as far as it is known. */
export type Who = Pick<Met, 'token' | 'user' | 'host' | 'address' | 'job' | 'client'>

/** `key` is the same for the same person or machine, also where it asked in several periods; whose facts were forgotten stay apart. */
export interface Known {
  key: string
  who: Who
}

const IDS = 500
const KEPT = 100_000

/** Reads callers by id, each once. One for each question, as its memory is bounded but not kept up to date. */
export class Callers {
  readonly #database: Pick<Database, 'query'>
  readonly #known = new Map<number, Known>()

  constructor(database: Pick<Database, 'query'>) {
    this.#database = database
  }

  async of(ids: Iterable<number>): Promise<ReadonlyMap<number, Known>> {
    const found = new Map<number, Known>()
    const missing: number[] = []
    for (const id of ids) {
      const known = this.#known.get(id)
      if (known) found.set(id, known)
      else missing.push(id)
    }
    if (this.#known.size + missing.length > KEPT) this.#known.clear()
    for (let from = 0; from < missing.length; from += IDS) {
      const rows = await this.#database.query.selectFrom('callers').select(['id', 'token', 'user', 'host', 'address', 'forwarded', 'job', 'client', 'proofs'])
        .where('id', 'in', missing.slice(from, from + IDS)).execute()
      for (const { id, address, forwarded, proofs, ...rest } of rows) {
        const who = { ...rest, address: forwarded ?? address }
        const known = { key: proofs.includes('"seal"') ? `caller ${id}` : keyOf(who), who }
        found.set(Number(id), known)
        this.#known.set(Number(id), known)
      }
    }
    return found
  }
}

/** Who asked, as a line from before callers says itself. */
export function knownBy(entry: string): Known {
  const { token = null, user = null, host = null, address = null, forwarded = null, job = null, client = null } = part(entry).facts ?? {}
  const who = { token, user, host, address: forwarded ?? address, job, client }
  return { key: keyOf(who), who }
}

const keyOf = ({ token, user, host, address, job, client }: Who): string => JSON.stringify([token, user, host, address, job, client])
