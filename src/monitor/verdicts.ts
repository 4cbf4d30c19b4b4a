import type { Database } from '../ports/database.ts'

const KEY = 'verdicts seen by the watch'

/**
 * How far the watch has read verdicts, by the number of their writing: of two processes that judge at one time neither is passed by,
 * and a clock that is wrong keeps nothing back. Where it read by the time before, or never, what is left by that is numbered first.
 */
export async function verdictsRead({ query, transaction }: Pick<Database, 'query' | 'transaction'>): Promise<number> {
  const row = await query.selectFrom('settings').select('value').where('key', '=', KEY).executeTakeFirst()
  const read = row ? JSON.parse(row.value) as number | { at?: unknown } : {}
  if (typeof read === 'number') return read
  const since = typeof read.at === 'number' ? read.at : -1
  return transaction(async (tx) => {
    await tx.insertInto('judgements').columns(['ecosystem', 'name', 'file']).expression((is) => is.selectFrom('verdicts').select(['ecosystem', 'name', 'file'])
      .where('judged_at', '>=', since).orderBy('judged_at')).onConflict((conflict) => conflict.doNothing()).execute()
    await tx.insertInto('settings').values({ key: KEY, value: '0' }).onConflict((conflict) => conflict.column('key').doUpdateSet({ value: '0' })).execute()
    return 0
  })
}

/** Everything up to `seq` was dealt with. */
export async function verdictsDone({ query }: Pick<Database, 'query'>, seq: number): Promise<void> {
  await query.updateTable('settings').set({ value: String(seq) }).where('key', '=', KEY).execute()
}

/** In the order in which they were written. */
export function judgedAfter({ query }: Pick<Database, 'query'>, seq: number, limit: number) {
  return query.selectFrom('judgements')
    .innerJoin('verdicts', (join) => join.onRef('verdicts.ecosystem', '=', 'judgements.ecosystem').onRef('verdicts.name', '=', 'judgements.name').onRef('verdicts.file', '=', 'judgements.file'))
    .leftJoin('artifacts', (join) => join.onRef('artifacts.ecosystem', '=', 'judgements.ecosystem').onRef('artifacts.name', '=', 'judgements.name').onRef('artifacts.file', '=', 'judgements.file'))
    .select(['judgements.seq', 'verdicts.ecosystem', 'verdicts.name', 'verdicts.version', 'verdicts.level', 'verdicts.indicators', 'verdicts.profile', 'verdicts.sketch', 'verdicts.judged_at', 'artifacts.published_at'])
    .where('judgements.seq', '>', seq).orderBy('judgements.seq').limit(limit).execute()
}
