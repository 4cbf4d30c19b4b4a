import type { Once } from '../core/presence.ts'
import type { ArtifactRef } from '../core/types.ts'
import type { Context } from './context.ts'

/** Files of one package that are fetched once more: a registry whose every file is wrong is told by a few. */
const MOST = 20

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
