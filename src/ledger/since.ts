import type { Database } from '../ports/database.ts'

/** Lines that may be in another order than their times: gates of one data folder write when they can. */
const SLACK = 10_000

/** A line from which on everything since then is found; there is no index of times, as lines are in their order but for little. */
export async function lineSince(database: Pick<Database, 'query'>, since: Date): Promise<number> {
  const end = await database.query.selectFrom('ledger').select(({ fn }) => fn.max('seq').as('seq')).executeTakeFirst()
  let low = 1
  let high = Number(end?.seq ?? 0) + 1
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const row = await database.query.selectFrom('ledger').select('at').where('seq', '>=', middle).orderBy('seq').limit(1).executeTakeFirst()
    if (!row || Number(row.at) >= since.getTime()) high = middle
    else low = middle + 1
  }
  return Math.max(1, low - SLACK)
}
