import { Revisions } from '../../admission/revisions.ts'
import { roomFor } from '../../core/cascade.ts'
import type { Urgency } from '../../core/cascade.ts'
import type { EcosystemId } from '../../core/types.ts'
import type { Database } from '../../ports/database.ts'
import { begunThisHour } from './claim.ts'
import { LAST, TRIES } from './later.ts'

export const NOWHERE = 'nothing isolates packages on this machine'

const USED_UP = 'the budget of '
const usedUp = (anHour: number): string => `${USED_UP}${anHour} runs an hour is used up`
export const isUsedUp = (problem: string | null): boolean => problem?.startsWith(USED_UP) ?? false

/** Of what was left, in one look. */
const AT_ONCE = 50

type Package = { ecosystem: EcosystemId; name: string }
type Trouble = { database: Database; now: Date }

/** Nobody can be run now: whoever waits is told why, and policy says what that means. Returns the packages of which clients may see a difference. */
export async function mark(trouble: Trouble, problem: string): Promise<Package[]> {
  const { query } = trouble.database
  if (!(await query.selectFrom('sandbox_wants').select('file').where('state', '=', 'waiting').where('problem', 'is', null).limit(1).executeTakeFirst())) return []
  return change(trouble, null, { problem })
}

/** The hour has no room for what waits, but for what is being run, and for what is more urgent and only pauses before it is tried again. */
export async function exhausted(trouble: Trouble, anHour: number): Promise<Package[]> {
  const begun = await begunThisHour(trouble.database.query, trouble.now)
  const waiting = await idle(trouble.database).select(['ecosystem', 'name', 'file', 'urgency']).where('problem', 'is', null).execute()
  return change(trouble, null, { problem: usedUp(anHour) }, { only: waiting.filter(({ urgency }) => begun >= roomFor(Number(urgency) as Urgency, anHour)) })
}

/** The hour has room again: as many as it has room for, in their order, wait for their turn. `left`: others still wait for room. */
export async function eased({ database, now }: Trouble, anHour: number): Promise<{ packages: Package[]; left: boolean }> {
  const waiting = await idle(database).select(['ecosystem', 'name', 'file', 'urgency', 'problem']).orderBy('urgency').orderBy('asked_at').limit(anHour + 1).execute()
  if (!waiting.some(({ problem }) => isUsedUp(problem))) return { packages: [], left: false }
  const begun = await begunThisHour(database.query, now)
  const free = waiting.filter(({ urgency, problem }, at) => isUsedUp(problem) && begun + at < roomFor(Number(urgency) as Urgency, anHour))
  const problems = new Set(free.map(({ problem }) => problem as string))
  const packages: Package[] = []
  for (const problem of problems) packages.push(...await change({ database, now }, problem, { problem: null }, { only: free.filter((one) => one.problem === problem) }))
  return { packages, left: true }
}

/** What was left waits again once its time has come (`leaving`), behind everybody else. `held`: whoever waited was not served meanwhile. */
export async function again({ database, now }: Trouble, { held }: { held: boolean }): Promise<Package[]> {
  const due = await database.query.selectFrom('sandbox_wants').select(['ecosystem', 'name', 'file', 'problem']).where('state', '=', 'left').where('due_at', '<=', now.getTime())
    .where('attempt', '>=', TRIES).where('attempt', '<', LAST).where((is) => is.or([is('problem', 'is', null), is('problem', '!=', NOWHERE)])).orderBy('due_at').limit(AT_ONCE).execute()
  const packages: Package[] = []
  for (const problem of new Set(due.map((one) => one.problem))) {
    packages.push(...await change({ database, now }, problem, { state: 'waiting', problem: null, urgency: 2, ...(held ? {} : { holds: 0 }) }, { from: 'left', only: due.filter((one) => one.problem === problem) }))
  }
  return packages
}

/** Waiting, and not being run. */
const idle = ({ query }: Pick<Database, 'query'>) => query.selectFrom('sandbox_wants').where('state', '=', 'waiting')
  .where('digest', 'not in', query.selectFrom('sandbox_runs').select('digest').where('status', '=', 'running'))

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

/** Of all that wait, or are left, with this problem or without one; `only`: of these files. */
function change({ database, now }: Trouble, problem: string | null, to: { problem: string | null; state?: string; holds?: number; urgency?: number }, { from = 'waiting', only }: { from?: 'waiting' | 'left'; only?: readonly { ecosystem: string; name: string; file: string }[] } = {}): Promise<Package[]> {
  return database.transaction(async (tx) => {
    const those = tx.updateTable('sandbox_wants').set(to).where('state', '=', from).where('problem', problem === null ? 'is' : '=', problem).returning(['ecosystem', 'name'])
    const rows = only === undefined ? await those.execute()
      : (await Promise.all(only.map(({ ecosystem, name, file }) => those.where('ecosystem', '=', ecosystem).where('name', '=', name).where('file', '=', file).execute()))).flat()
    const packages = [...new Map(rows.map(({ ecosystem, name }) => [`${ecosystem} ${name}`, { ecosystem: ecosystem as EcosystemId, name }])).values()]
    for (const one of packages) await Revisions.record(tx, { kind: 'sandbox', ...one, at: now })
    return packages
  })
}
