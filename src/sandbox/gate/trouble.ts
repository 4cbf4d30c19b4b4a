import { Revisions } from '../../admission/revisions.ts'
import type { EcosystemId } from '../../core/types.ts'
import type { Database } from '../../ports/database.ts'

export const NOWHERE = 'nothing isolates packages on this machine'

type Package = { ecosystem: EcosystemId; name: string }
type Trouble = { database: Database; now: Date }

/** Nobody can be run now: whoever waits is told why, and policy says what that means. Returns the packages of which clients may see a difference. */
export async function mark(trouble: Trouble, problem: string): Promise<Package[]> {
  const { query } = trouble.database
  if (!(await query.selectFrom('sandbox_wants').select('file').where('state', '=', 'waiting').where('problem', 'is', null).limit(1).executeTakeFirst())) return []
  return change(trouble, null, { problem })
}

/** Packages can be run again. `held`: whoever waited was not served meanwhile. */
export async function recover({ database, now }: Trouble, { held }: { held: boolean }): Promise<Package[]> {
  const waiting = await change({ database, now }, NOWHERE, { problem: null, ...(held ? {} : { holds: 0, urgency: 2 }) })
  // What was left because nothing isolated is served by now: it is run behind clients' backs.
  await database.query.updateTable('sandbox_wants').set({ state: 'waiting', problem: null, due_at: now.getTime() }).where('state', '=', 'left').where('problem', '=', NOWHERE).execute()
  return waiting
}

/** Nothing isolates here, and need not: static examination counts, and verdicts say what is missing. */
export async function leaveAll(trouble: Trouble): Promise<Package[]> {
  const left = { state: 'left', holds: 0, urgency: 2, problem: NOWHERE }
  return [...await change(trouble, null, left), ...await change(trouble, NOWHERE, left)]
}

/** Of all that wait with this problem, or without one. */
function change({ database, now }: Trouble, problem: string | null, to: { problem: string | null; state?: string; holds?: number; urgency?: number }): Promise<Package[]> {
  return database.transaction(async (tx) => {
    const rows = await tx.updateTable('sandbox_wants').set(to).where('state', '=', 'waiting').where('problem', problem === null ? 'is' : '=', problem).returning(['ecosystem', 'name']).execute()
    const packages = [...new Map(rows.map(({ ecosystem, name }) => [`${ecosystem} ${name}`, { ecosystem: ecosystem as EcosystemId, name }])).values()]
    for (const one of packages) await Revisions.record(tx, { kind: 'sandbox', ...one, at: now })
    return packages
  })
}
