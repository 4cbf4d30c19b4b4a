import type { Kysely, Selectable } from 'kysely'
import { Revisions } from '../../admission/revisions.ts'
import { MOST_AHEAD } from '../../core/cascade.ts'
import type { RunReason, RunWanted, Urgency } from '../../core/cascade.ts'
import { oneLine } from '../../core/text.ts'
import type { ArtifactRef, Digest, EcosystemId } from '../../core/types.ts'
import type { Tables } from '../../ports/database.ts'
import { leaving } from './later.ts'

type Row = Selectable<Tables['sandbox_wants']>

/** A place in the queue. */
export interface Want {
  ref: ArtifactRef
  digest: Digest
  reason: RunReason
  says: string
  holds: boolean
  urgency: Urgency
  state: 'waiting' | 'done' | 'left'
  askedAt: Date
  dueAt: Date
  attempt: number
  problem: string | null
  run: string | null
  by: string | null
}

const LONGEST = 300

export function wantOf({ ecosystem, name, version, file, holds, urgency, asked_at: asked, due_at: due, attempt, ...row }: Row): Want {
  return {
    ref: { ecosystem: ecosystem as EcosystemId, name, version, file }, digest: row.digest as Digest, reason: row.reason as RunReason, says: row.says,
    holds: Number(holds) === 1, urgency: Number(urgency) as Urgency, state: row.state as Want['state'], askedAt: new Date(Number(asked)), dueAt: new Date(Number(due)),
    attempt: Number(attempt), problem: row.problem, run: row.run, by: row.by,
  }
}

export async function wantFor(query: Kysely<Tables>, { ecosystem, name, file }: Pick<ArtifactRef, 'ecosystem' | 'name' | 'file'>): Promise<Want | null> {
  const row = await query.selectFrom('sandbox_wants').selectAll().where('ecosystem', '=', ecosystem).where('name', '=', name).where('file', '=', file).executeTakeFirst()
  return row ? wantOf(row) : null
}

/** What a place becomes. Announced to every gate where clients may see a difference, which is returned. */
export interface Placing {
  ref: ArtifactRef
  digest: Digest
  wanted: RunWanted
  state: Want['state']
  problem: string | null
  run: string | null
  by: string | null
  at: Date
}

export async function place(tx: Kysely<Tables>, before: Want | null, { ref, digest, wanted, state, problem, run, by, at }: Placing): Promise<boolean> {
  const { ecosystem, name, file, version } = ref
  const row = {
    version, digest, reason: wanted.reason, says: oneLine(wanted.says, LONGEST), holds: wanted.holds ? 1 : 0, urgency: wanted.urgency, state, asked_at: at.getTime(), due_at: at.getTime(),
    attempt: 0, ...(state === 'left' && run !== null ? leaving(before?.digest === digest ? before.attempt : 0, at) : {}), problem: problem === null ? null : oneLine(problem, LONGEST), run, by,
  }
  await tx.insertInto('sandbox_wants').values({ ecosystem, name, file, ...row }).onConflict((conflict) => conflict.columns(['ecosystem', 'name', 'file']).doUpdateSet(row)).execute()
  return announce(tx, ref, isHeld(before), wanted.holds && state !== 'done', at)
}

/** It is wanted no longer. */
export async function unwant(tx: Kysely<Tables>, before: Want, at: Date): Promise<boolean> {
  const { ecosystem, name, file } = before.ref
  await tx.deleteFrom('sandbox_wants').where('ecosystem', '=', ecosystem).where('name', '=', name).where('file', '=', file).execute()
  return announce(tx, before.ref, isHeld(before), false, at)
}

const isHeld = (want: Want | null): boolean => want !== null && want.holds && want.state !== 'done'

async function announce(tx: Kysely<Tables>, { ecosystem, name }: ArtifactRef, was: boolean, is: boolean, at: Date): Promise<boolean> {
  if (was === is) return false
  await Revisions.record(tx, { kind: 'sandbox', ecosystem, name, at })
  return true
}

/** How many are run before it, as far as that can be said: those being run, and up to `MOST_AHEAD` that are more urgent or older; null: it is being run itself, or waits for nothing. */
export async function ahead(query: Kysely<Tables>, { ecosystem, name, file }: Pick<ArtifactRef, 'ecosystem' | 'name' | 'file'>, now: Date): Promise<number | null> {
  const want = await wantFor(query, { ecosystem, name, file })
  if (want?.state !== 'waiting') return null
  const running = (await query.selectFrom('sandbox_runs').select('digest').where('status', '=', 'running').execute()).map(({ digest }) => digest)
  if (running.includes(want.digest)) return null
  const first = query.selectFrom('sandbox_wants').select('digest').distinct().where('state', '=', 'waiting').where('due_at', '<=', now.getTime())
    .where('digest', 'not in', [want.digest, ...running])
    .where((is) => is.or([is('urgency', '<', want.urgency), is.and([is('urgency', '=', want.urgency), is('asked_at', '<', want.askedAt.getTime())])]))
    .limit(MOST_AHEAD)
  const before = await query.selectFrom(first.as('first')).select(({ fn }) => fn.countAll<number>().as('count')).executeTakeFirst()
  return running.length + Number(before?.count ?? 0)
}
