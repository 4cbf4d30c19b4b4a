import type { Kysely } from 'kysely'
import type { Cascade, Context, Examined, RunPart } from '../../admission/context.ts'
import { roomFor, sampleOf, wantsRun } from '../../core/cascade.ts'
import type { RunWanted } from '../../core/cascade.ts'
import { privateName } from '../../core/policy.ts'
import type { ArtifactRef, Digest } from '../../core/types.ts'
import { ecosystems } from '../../ecosystems/index.ts'
import type { Tables } from '../../ports/database.ts'
import { begunThisHour } from './claim.ts'
import { watchedOf } from './watched.ts'
import type { Outlook } from './outlook.ts'
import { lastRun, seenIn, unanswered } from './runs.ts'
import { isUsedUp, NOWHERE } from './trouble.ts'
import { ahead, place, unwant, wantFor } from './wants.ts'

export interface CascadeParts {
  context: Pick<Context, 'database' | 'clock' | 'policy'>
  outlook: Outlook
  /** Runs an hour. */
  anHour: number
  /** Of sandbox and judge together: runs of others are not used again. */
  versions(): string
  /** The registry's own time of a release; null: it has none, or cannot be asked. */
  published(ref: ArtifactRef): Promise<Date | null>
}

/** Who goes to the sandbox: facts gathered for `core/cascade.ts`, and its answer kept where decisions and the loop find it. */
export function createCascade({ context, outlook, anHour, versions, published }: CascadeParts): Omit<Cascade, 'status'> {
  const { database, clock, policy } = context
  return {
    async consider({ artifact: { ref, digest, publishedAt }, publishedBefore, verdict, profile, difference }: Examined): Promise<RunWanted | null> {
      const { sandbox } = policy()
      if (!sandbox) return null
      const facts = {
        difference, now: clock.now(), servedBefore: await wasServed(database.query, digest), watched: await watchedOf(database.query, ref, profile?.publisher ?? null),
        hooks: profile && profile.triggers.filter((line) => ecosystems[ref.ecosystem].unasked.some((kind) => line.startsWith(`${kind} `))),
        private: privateName(policy(), ref.ecosystem, ref.name) !== null,
      }
      const wants = (published: Date | null): RunWanted | null => wantsRun(ref, verdict, { ...facts, publishedAt: published }, sandbox, sampleOf(digest))
      const known = publishedAt ?? publishedBefore
      let wanted = wants(known)
      // Many indexes have no exact times: an old release of a package that changed yesterday is asked about once more.
      if (publishedAt === null && (wanted?.reason === 'first-hooks' || wanted?.reason === 'nearly') && wanted.holds) wanted = wants(await published(ref) ?? known)
      // Found out here, because a transaction waits for nothing but the database.
      if (wanted) await outlook.works()
      return wanted
    },

    async keep(tx: Kysely<Tables>, { ref, digest, wanted, at }: { ref: ArtifactRef; digest: Digest; wanted: RunWanted | null; at: Date }): Promise<{ part: RunPart | null; changed: boolean }> {
      const known = await lastRun(tx, digest)
      const before = await wantFor(tx, ref)
      const part = known && await seenIn(tx, digest)
      const same = before?.digest === digest ? before : null
      // What is held now, and was only to be run behind clients' backs, gets its hold.
      const more = wanted?.holds === true && same?.holds === false
      // What a person asked for is run, whatever the verdict has become.
      if (same?.by != null && same.state === 'waiting') return { part, changed: more ? await place(tx, before, { ...same, wanted: { ...wanted, urgency: same.urgency }, at }) : false }
      if (!wanted) return { part, changed: before !== null && (same === null || same.state !== 'done') ? await unwant(tx, before, at) : false }
      const placed = { ref, digest, by: null, at }
      if (known?.versions === versions()) {
        const problem = unanswered(wanted.reason, known)
        return { part, changed: await place(tx, before, { ...placed, wanted, state: problem === null ? 'done' : 'left', run: known.id, problem }) }
      }
      // It waits, or was given up: looking at its code once more changes nothing in that.
      if (same !== null && same.state !== 'done' && !more) return { part, changed: false }
      if (!outlook.worked && outlook.optional) return { part, changed: await place(tx, before, { ...placed, wanted: { ...wanted, holds: false }, state: 'left', run: null, problem: NOWHERE }) }
      return { part, changed: await place(tx, before, { ...placed, wanted, state: 'waiting', run: null, problem: outlook.worked ? null : NOWHERE }) }
    },

    async hasten({ ecosystem, name, file }: ArtifactRef): Promise<boolean> {
      const { query } = database
      const [want] = await query.updateTable('sandbox_wants').set({ urgency: 0 }).where('ecosystem', '=', ecosystem).where('name', '=', name).where('file', '=', file)
        .where('state', '=', 'waiting').where('urgency', '>', 0).returning('problem').execute()
      // Room is kept for people: for what nobody waited for there was none.
      if (!want || !isUsedUp(want.problem) || (await begunThisHour(query, clock.now())) >= roomFor(0, anHour)) return false
      await query.updateTable('sandbox_wants').set({ problem: null }).where('ecosystem', '=', ecosystem).where('name', '=', name).where('file', '=', file).where('problem', '=', want.problem).execute()
      return true
    },

    ahead: (ref) => ahead(database.query, ref, clock.now()),
  }
}

async function wasServed(query: Kysely<Tables>, digest: Digest): Promise<boolean> {
  return (await query.selectFrom('ledger').select('seq').where('digest', '=', digest).where('kind', '=', 'served').limit(1).executeTakeFirst()) !== undefined
}
