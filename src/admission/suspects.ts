import type { Once } from '../core/presence.ts'
import type { ArtifactRef } from '../core/types.ts'
import type { Context } from './context.ts'

/** Files of one package that are fetched once more: a registry whose every file is wrong is told by a few. */
const MOST = 20

/** Between two looks that somebody's request brings about. */
const NOT_AGAIN = 600_000

/** Somebody asked for what upstream has no more, or promises otherwise: it is looked at soon, so that a review says what happened. */
export async function lookSoon({ database, clock }: Pick<Context, 'database' | 'clock'>, { ecosystem, name }: Pick<ArtifactRef, 'ecosystem' | 'name'>): Promise<void> {
  const now = clock.now().getTime()
  await database.query.updateTable('rechecks').set({ due_at: now }).where('ecosystem', '=', ecosystem).where('name', '=', name).where('due_at', '>', now).where('doubt', 'is', null)
    .where((is) => is.or([is('looked_at', 'is', null), is('looked_at', '<', now - NOT_AGAIN)])).execute()
}

/** Bytes were not what was promised, or not what they were. The look back at upstream fetches them once more, soon, and tells people if that stays so. */
export async function suspectBytes({ database, clock }: Pick<Context, 'database' | 'clock'>, { ecosystem, name, version, file }: ArtifactRef): Promise<void> {
  const now = clock.now().getTime()
  await database.transaction(async (tx) => {
    const row = await tx.selectFrom('rechecks').select('suspect').where('ecosystem', '=', ecosystem).where('name', '=', name).executeTakeFirst()
    const known = row ? JSON.parse(row.suspect) as Once[] : []
    if (known.some((one) => one.file === file) || known.length >= MOST) return
    const suspect = JSON.stringify([...known, { version, file }])
    await tx.insertInto('rechecks').values({ ecosystem, name, class: 0, due_at: now, failures: 0, state: '{}', suspect })
      .onConflict((conflict) => conflict.columns(['ecosystem', 'name']).doUpdateSet({ suspect, due_at: now })).execute()
  })
}
