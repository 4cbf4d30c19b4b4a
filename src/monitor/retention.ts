import type { Database } from '../ports/database.ts'

/** A year: what an audit asks about, and long after anybody wonders whether something was seen before. */
const KEEP = 365 * 86_400_000
/** Rows a statement, so that whoever writes besides never waits long. */
const STEP = 1_000

/**
 * Forgets alarms that were closed, and suspicions that hold nothing, a year ago. What is open stays, and what holds something; so does
 * whatever an open review or a campaign that still is one speaks of, because they ask whether people were told. Returns how many rows went.
 */
export async function forgetOld({ query }: Database, now: Date, keep = KEEP): Promise<{ alarms: number; suspicions: number }> {
  const before = now.getTime() - keep
  const suspicions = await inSteps(async () => {
    const rows = await query.selectFrom('suspicions').select(['ecosystem', 'name', 'kind']).where('holds', '=', 0).where('at', '<', before)
      .where(({ not, exists, selectFrom }) => not(exists(selectFrom('alarms').select('alarms.id').whereRef('alarms.id', '=', 'suspicions.alarm').where('alarms.closed_at', 'is', null))))
      .limit(STEP).execute()
    for (const { ecosystem, name, kind } of rows) {
      await query.deleteFrom('suspicions').where('ecosystem', '=', ecosystem).where('name', '=', name).where('kind', '=', kind).where('holds', '=', 0).where('at', '<', before).execute()
    }
    return rows.length
  })
  const alarms = await inSteps(async () => {
    const rows = await query.selectFrom('alarms').select('id').where('closed_at', '<', before)
      .where(({ not, exists, selectFrom }) => not(exists(selectFrom('suspicions').select('suspicions.alarm').whereRef('suspicions.alarm', '=', 'alarms.id'))))
      .where(({ not, exists, selectFrom }) => not(exists(selectFrom('reviews').select('reviews.id').whereRef('reviews.alarm', '=', 'alarms.id').where('reviews.state', '!=', 'closed'))))
      .where(({ not, exists, selectFrom }) => not(exists(selectFrom('campaigns').select('campaigns.id').whereRef('campaigns.id', '=', 'alarms.campaign').where('campaigns.into_id', 'is', null).where('campaigns.changed_at', '>=', before))))
      .limit(STEP).execute()
    const ids = rows.map(({ id }) => id)
    if (ids.length > 0) await query.deleteFrom('alarms').where('id', 'in', ids).where('closed_at', 'is not', null).execute()
    return ids.length
  })
  return { alarms, suspicions }
}

async function inSteps(step: () => Promise<number>): Promise<number> {
  let all = 0
  for (let done = STEP; done === STEP; all += done) done = await step()
  return all
}
