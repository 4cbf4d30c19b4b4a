import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import type { Context } from '../admission/context.ts'
import type { EcosystemId } from '../core/types.ts'
import type { Tables } from '../ports/database.ts'
import { carry } from './hits.ts'
import { INDEXED, indexVerdict } from './judged.ts'

const KEY = 'hunt index'
/** Verdicts a transaction: others' writes wait for it. */
const BATCH = 20

interface Filling { after: readonly [string, string, string]; done: boolean }

async function filling(query: Kysely<Tables>): Promise<Filling> {
  const row = await query.selectFrom('settings').select('value').where('key', '=', KEY).executeTakeFirst()
  return row ? JSON.parse(row.value) as Filling : { after: ['', '', ''], done: false }
}

/** Whether every verdict is in the index. Those written before there was one come in behind everybody's backs. */
export const isFilled = async (query: Kysely<Tables>): Promise<boolean> => (await filling(query)).done

/**
 * Puts the next verdicts that were written before the index into it, with what they carry of known indicators. Returns how many
 * were looked at; 0: there are no more. What admission has put in meanwhile stays.
 */
export async function fill({ database, clock, common, revisions }: Pick<Context, 'database' | 'clock' | 'common' | 'revisions'>): Promise<number> {
  const { done } = await filling(database.query)
  if (done) return 0
  const held: { ecosystem: EcosystemId; name: string }[] = []
  const looked = await database.transaction(async (tx) => {
    const state = await filling(tx)
    const rows = await tx.selectFrom('verdicts').select([...INDEXED, 'ecosystem', 'name', 'file', 'version'])
      .where(sql<boolean>`(ecosystem, name, file) > (${state.after[0]}, ${state.after[1]}, ${state.after[2]})`)
      .orderBy('ecosystem').orderBy('name').orderBy('file').limit(BATCH).execute()
    for (const row of rows) {
      const ref = { ecosystem: row.ecosystem as EcosystemId, name: row.name, file: row.file, version: row.version }
      const [known, artifact] = await Promise.all([
        tx.selectFrom('judged_files').select('id').where('ecosystem', '=', row.ecosystem).where('name', '=', row.name).where('file', '=', row.file).executeTakeFirst(),
        tx.selectFrom('artifacts').select(['hashes', 'published_at', 'first_seen_at']).where('ecosystem', '=', row.ecosystem).where('name', '=', row.name).where('file', '=', row.file).executeTakeFirst(),
      ])
      if (known) continue
      const publishedAt = Number(artifact?.published_at ?? artifact?.first_seen_at ?? row.judged_at)
      const facts = await indexVerdict(tx, { ref, row, before: null, hashes: artifact?.hashes ?? '{}', publishedAt, swept: 0 })
      if (await carry(tx, common, { ref, facts, at: clock.now() })) held.push(ref)
    }
    const last = rows.at(-1)
    const value = JSON.stringify({ after: last ? [last.ecosystem, last.name, last.file] : state.after, done: rows.length < BATCH } satisfies Filling)
    await tx.insertInto('settings').values({ key: KEY, value }).onConflict((conflict) => conflict.column('key').doUpdateSet({ value })).execute()
    return rows.length
  })
  for (const { ecosystem, name } of held) revisions.bump(ecosystem, name)
  return looked
}
