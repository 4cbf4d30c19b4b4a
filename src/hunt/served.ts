import type { Database } from '../ports/database.ts'

const KEY = 'hunt served'
const LINES = 20_000

/**
 * Counts how often each judged file was delivered, by the next lines of the ledger, so that what most people have is looked at
 * first. Counted once, whatever crashes. Returns how many lines were read.
 */
export async function countServed(database: Database): Promise<number> {
  const { query } = database
  const state = await query.selectFrom('settings').select('value').where('key', '=', KEY).executeTakeFirst()
  const from = Number(state?.value ?? 0)
  const end = Number((await query.selectFrom('ledger').select(({ fn }) => fn.max('seq').as('seq')).executeTakeFirst())?.seq ?? 0)
  if (end <= from) return 0
  const to = Math.min(end, from + LINES)
  const rows = await query.selectFrom('ledger').select(['ecosystem', 'name', 'file']).select(({ fn }) => fn.countAll<number>().as('times'))
    .where('seq', '>', from).where('seq', '<=', to).where('kind', '=', 'served').where('name', 'is not', null).where('file', 'is not', null)
    .groupBy(['ecosystem', 'name', 'file']).execute()
  await database.transaction(async (tx) => {
    const now = await tx.selectFrom('settings').select('value').where('key', '=', KEY).executeTakeFirst()
    if (Number(now?.value ?? 0) !== from) return
    for (const { ecosystem, name, file, times } of rows) {
      await tx.updateTable('judged_files').set((is) => ({ served: is('served', '+', Number(times)) }))
        .where('ecosystem', '=', ecosystem).where('name', '=', name).where('file', '=', file).execute()
    }
    const value = String(to)
    await tx.insertInto('settings').values({ key: KEY, value }).onConflict((conflict) => conflict.column('key').doUpdateSet({ value })).execute()
  })
  return to - from
}
