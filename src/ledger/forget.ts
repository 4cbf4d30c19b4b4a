import type { Kysely } from 'kysely'
import type { Database, Tables } from '../ports/database.ts'
import { endOfPeriod, FACTS, FORGOTTEN, newSecret, periodOf, readProofs, sealOf } from './caller.ts'
import type { Fact, Proofs } from './caller.ts'

/** What is kept and forgotten together. Tool and version are no personal data: they stay. */
const FACT_GROUPS = {
  addresses: ['address', 'forwarded'], users: ['user'], hosts: ['host'], jobs: ['job', 'url'], tokens: ['token'], agents: ['agent'],
} as const satisfies Readonly<Record<string, readonly Fact[]>>
type FactGroup = keyof typeof FACT_GROUPS

/** Milliseconds that facts are kept after the period in which somebody asked; 0: never written down; null: for good. */
export type Retention = Readonly<Record<FactGroup, number | null>>

const groups = Object.keys(FACT_GROUPS) as FactGroup[]

/** What is not written down at all: `openDatabase` is told. */
export const unkept = (retention: Retention): Fact[] => groups.flatMap((group) => (retention[group] === 0 ? [...FACT_GROUPS[group]] : []))

/** How far each group was forgotten, by period. */
const DONE = 'callers.forgotten-until'
const ROWS = 200

/**
 * Forgets what is kept no longer, and the secrets of periods that are over. Answers of how many callers. Every row is changed in one
 * statement, so that it may be killed at any time; what was forgotten before is not looked at again. The chain still holds afterwards.
 */
export async function forgetDue(database: Database, retention: Retention, now: Date): Promise<number> {
  const current = periodOf(now.getTime())
  await database.query.deleteFrom('caller_keys').where('period', '<', current).execute()
  const done = await readDone(database)
  const due = new Map<FactGroup, number>()
  for (const group of groups) {
    const keep = retention[group]
    if (keep === null) continue
    const over = periodOf(now.getTime() - keep) - 1
    if (endOfPeriod(over) + keep <= now.getTime() && over > (done[group] ?? -1)) due.set(group, over)
  }
  if (due.size === 0) return 0
  const from = Math.min(...[...due.keys()].map((group) => done[group] ?? -1))
  let changed = 0
  for (let period = await nextPeriod(database, from); period !== null && period <= Math.max(...due.values()); period = await nextPeriod(database, period)) {
    const facts = [...due].flatMap(([group, until]): readonly Fact[] => ((period as number) <= until ? FACT_GROUPS[group] : []))
    changed += await forgetIn(database, { period }, facts)
  }
  await saveDone(database, { ...done, ...Object.fromEntries(due) })
  return changed
}

/** Whom to forget: all that is given must be the caller's. */
export interface Person { token?: string | undefined; user?: string | undefined; host?: string | undefined; address?: string | undefined }

/**
 * Forgets everything of whoever asks for it, at once, in all periods. Answers of how many callers. Lines from before callers have their
 * facts in themselves and stay as they are.
 */
export async function forgetPerson(database: Database, person: Person): Promise<number> {
  if (Object.values(person).every((value) => value === undefined)) return 0
  return forgetIn(database, person, FACTS.filter((fact) => fact !== 'client' && fact !== 'ci'))
}

async function forgetIn(database: Database, whose: Person & { period?: number }, facts: readonly Fact[]): Promise<number> {
  let changed = 0
  for (let after = 0; ;) {
    const { period, token, user, host, address } = whose
    const rows = await database.query.selectFrom('callers').select(['id', 'proofs', ...FACTS])
      .where('id', '>', after).orderBy('id').limit(ROWS)
      .$if(period !== undefined, (query) => query.where('period', '=', period as number))
      .$if(token !== undefined, (query) => query.where('token', '=', token as string))
      .$if(user !== undefined, (query) => query.where('user', '=', user as string))
      .$if(host !== undefined, (query) => query.where('host', '=', host as string))
      .$if(address !== undefined, (query) => query.where((is) => is.or([is('address', '=', address as string), is('forwarded', '=', address as string)])))
      .execute()
    const updates = rows.flatMap((row) => {
      const proofs = sealed(row, facts)
      return proofs ? [{ id: row.id, proofs, facts: facts.filter((fact) => row[fact] !== null) }] : []
    })
    const apart = updates.filter((update) => update.facts.some((fact) => KNOWN_BY.has(fact))).map(({ id }) => id)
    if (apart.length > 0) await database.query.deleteFrom('same_callers').where('caller', 'in', apart).execute()
    // A few at a time, so that appending goes on between them; and told with them, so that no process writes of a row that it remembers whole.
    if (updates.length > 0) {
      await database.transaction(async (tx) => {
        for (const update of updates) {
          await tx.updateTable('callers').set({
            ...Object.fromEntries(update.facts.map((fact) => [fact, null])), proofs: JSON.stringify(update.proofs), lookup: null,
            ...(update.facts.some((fact) => fact === 'address' || fact === 'forwarded') ? { network: null } : {}),
          }).where('id', '=', update.id).execute()
        }
        await save(tx, FORGOTTEN, newSecret())
      })
    }
    changed += updates.length
    if (rows.length < ROWS) return changed
    after = Number(rows.at(-1)?.id)
  }
}

/** What `whoOf` is made of. */
const KNOWN_BY: ReadonlySet<Fact> = new Set(['token', 'user', 'host', 'address', 'forwarded', 'job', 'client'])

/** The proofs with seals in place of these facts; null where there is nothing to forget. */
function sealed(row: Readonly<Record<Fact, string | null>> & { proofs: string }, facts: readonly Fact[]): Proofs | null {
  const proofs: { -readonly [F in Fact]?: Proofs[F] } = { ...readProofs(row.proofs) }
  let changed = false
  for (const fact of facts) {
    const [value, proof] = [row[fact], proofs[fact]]
    if (value === null || proof === undefined || !('salt' in proof)) continue
    proofs[fact] = { seal: sealOf(fact, proof.salt, value) }
    changed = true
  }
  return changed ? proofs : null
}

async function nextPeriod(database: Database, after: number): Promise<number | null> {
  const row = await database.query.selectFrom('callers').select('period').where('period', '>', after).orderBy('period').limit(1).executeTakeFirst()
  return row ? Number(row.period) : null
}

async function readDone(database: Database): Promise<Partial<Record<FactGroup, number>>> {
  const row = await database.query.selectFrom('settings').select('value').where('key', '=', DONE).executeTakeFirst()
  return row ? JSON.parse(row.value) as Partial<Record<FactGroup, number>> : {}
}

const saveDone = (database: Database, done: Partial<Record<FactGroup, number>>): Promise<unknown> => save(database.query, DONE, JSON.stringify(done))

const save = (query: Kysely<Tables>, key: string, value: string): Promise<unknown> =>
  query.insertInto('settings').values({ key, value }).onConflict((row) => row.column('key').doUpdateSet({ value })).execute()
