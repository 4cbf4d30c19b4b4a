import { SluiceError } from '../core/errors.ts'
import type { Database } from '../ports/database.ts'
import { stretchOf } from './networks.ts'

/** Whom lines are sought of: all that is given must be theirs. */
export interface CallerQuery {
  token?: string | undefined
  user?: string | undefined
  host?: string | undefined
  /** Its name, or its page. */
  job?: string | undefined
  /** An address or a network in CIDR notation: the client's, behind a trusted proxy the one that this told. */
  address?: string | undefined
  /** `npm`, or `npm 11.0.0`. */
  client?: string | undefined
}

const FACTS = ['token', 'user', 'host', 'job', 'address', 'client'] as const

export const asksForCallers = (query: CallerQuery): boolean => FACTS.some((fact) => query[fact] !== undefined)

/** Ids of these callers, to be put into a query. Throws SluiceError `usage` for what is no address. */
export function callersLike(database: Pick<Database, 'query'>, { token, user, host, job, address, client }: CallerQuery) {
  const stretch = address === undefined ? null : stretchOf(address)
  if (address !== undefined && !stretch) throw new SluiceError('usage', `not an address or a network: ${address.slice(0, 80)}`, { hint: 'write it like 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32' })
  return database.query.selectFrom('callers').select('callers.id')
    .$if(token !== undefined, (query) => query.where('callers.token', '=', token as string))
    .$if(user !== undefined, (query) => query.where('callers.user', '=', user as string))
    .$if(host !== undefined, (query) => query.where('callers.host', '=', host as string))
    .$if(job !== undefined, (query) => query.where((is) => is.or([is('callers.job', '=', job as string), is('callers.url', '=', job as string)])))
    .$if(stretch !== null, (query) => query.where('callers.network', '>=', stretch?.first ?? '').where('callers.network', '<=', stretch?.last ?? ''))
    .$if(client !== undefined, (query) => (/\s/.test(client as string) ? query.where('callers.client', '=', client as string)
      // Everything that begins with the word and a blank, which `!` follows in the order of text.
      : query.where((is) => is.or([is('callers.client', '=', client as string), is.and([is('callers.client', '>=', `${client} `), is('callers.client', '<', `${client}!`)])]))))
}

/** The next period in which one of them asked; null: there is none. */
export async function nextPeriod(database: Pick<Database, 'query'>, callers: CallerQuery, from: number): Promise<number | null> {
  const row = await callersLike(database, callers).clearSelect().select('callers.period').where('callers.period', '>=', from).orderBy('callers.period').limit(1).executeTakeFirst()
  return row ? Number(row.period) : null
}
