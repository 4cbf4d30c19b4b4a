import type { Digest } from '../core/types.ts'
import type { Context } from './context.ts'

/** Steps of a tombstone in which its bytes are evidence, or about to be. */
export const isRecalled = ['decided', 'recorded', 'withdrawn']

/** Whether a recall (another than the tombstone `but`), a review of other bytes under one name, or a case keeps these bytes as evidence. */
export async function isKept({ database: { query } }: Pick<Context, 'database'>, digest: Digest, but = 0): Promise<boolean> {
  const found = await query.selectFrom('tombstones').select('digest').where('digest', '=', digest).where('seq', '!=', but).where('step', 'in', isRecalled)
    .unionAll(query.selectFrom('review_bytes').select('digest').where('digest', '=', digest))
    .unionAll(query.selectFrom('case_events').select('id as digest').where('id', '=', `evidence ${digest}`)).limit(1).execute()
  return found.length > 0
}
