import type { Kysely, Selectable } from 'kysely'
import type { EcosystemId } from '../core/types.ts'
import type { Database, Tables } from '../ports/database.ts'
import type { Candidate, Expression } from './expression.ts'
import { leavesOf } from './expression.ts'
import { readStored } from './stored.ts'
import { idsOf } from './terms.ts'
import type { Stored, Term } from './terms.ts'
import type { Leaf } from './words.ts'

export interface Found {
  /** Delivered most often first, then the worst, then the latest. */
  files: readonly Candidate[]
  /** False: there was more to look at than a hunt looks at. */
  complete: boolean
  /** How many files were looked at, of how many that might fit. */
  looked: number
}

/** Candidates that one thing may have; past that, every file is walked over instead. */
const MOST = 200_000
const BATCH = 2_000
const PAGE = 20_000
/** Files that are kept of an answer, and how long a hunt takes at most. */
const KEPT = 200_000
const PATIENCE = 30_000

/**
 * Every judged file that an expression is true for. The rarest thing in it that the index has gives the candidates; the rest is
 * looked up for these alone, and verdicts are read only where the index does not tell.
 */
export async function search(database: Pick<Database, 'query'>, expression: Expression, { patience = PATIENCE }: { patience?: number } = {}): Promise<Found> {
  const { query } = database
  const until = performance.now() + patience
  const names = await namesIn(query, expression)
  const driver = await driverOf(query, expression, names)
  const files: Candidate[] = []
  let looked = 0
  let complete = true
  const batches = driver === null ? everything(query) : byId(query, driver)
  for await (const batch of batches) {
    if (performance.now() > until || files.length >= KEPT) {
      complete = false
      break
    }
    looked += batch.length
    files.push(...await fitting(query, expression, { batch, names }))
  }
  files.sort((a, b) => b.served - a.served || b.level - a.level || b.judgedAt - a.judgedAt || a.id - b.id)
  return { files, complete, looked }
}

type Names = ReadonlyMap<Leaf, ReadonlySet<number>>

/** What other tables know by name, as numbers of files. */
async function namesIn(query: Kysely<Tables>, expression: Expression): Promise<Names> {
  const found = new Map<Leaf, Set<number>>()
  for (const leaf of leavesOf(expression)) if (leaf.is === 'names') found.set(leaf, await idsOfNames(query, leaf))
  return found
}

async function idsOfNames(query: Kysely<Tables>, leaf: Extract<Leaf, { is: 'names' }>): Promise<Set<number>> {
  const { of } = leaf
  const files = query.selectFrom('judged_files').select('judged_files.id')
  const rows = 'campaign' in of
    ? await files.innerJoin('campaign_members', (join) => join.onRef('campaign_members.ecosystem', '=', 'judged_files.ecosystem').onRef('campaign_members.name', '=', 'judged_files.name'))
      .where('campaign_members.campaign', 'in', query.selectFrom('campaigns').select('id').where('id', '=', of.campaign)
        .union(query.selectFrom('campaigns').select('into_id as id').where('id', '=', of.campaign).where('into_id', 'is not', null).$castTo<{ id: string }>())).limit(MOST).execute()
    : await files.innerJoin('uploads', (join) => join.onRef('uploads.ecosystem', '=', 'judged_files.ecosystem').onRef('uploads.name', '=', 'judged_files.name'))
      .where('uploads.actor', '=', of.actor).$if(of.ecosystem !== null, (some) => some.where('uploads.ecosystem', '=', of.ecosystem as EcosystemId)).limit(MOST).execute()
  const ids = new Set(rows.map(({ id }) => Number(id)))
  for (const term of leaf.or) for (const id of await artifactsOf(query, term)) ids.add(id)
  return ids
}

async function artifactsOf(query: Kysely<Tables>, term: Term): Promise<number[]> {
  const rows = await query.selectFrom('facts').select('artifact').distinct().where('fact', 'in', idsOf(term)).limit(MOST + 1).execute()
  return rows.map(({ artifact }) => Number(artifact))
}

/** Numbers of files among which all that fit are; null: they are not to be had for less than walking over all. */
async function driverOf(query: Kysely<Tables>, expression: Expression, names: Names): Promise<readonly number[] | null> {
  switch (expression.is) {
    case 'names': return [...names.get(expression) ?? []]
    case 'term': {
      const ids = await artifactsOf(query, expression.term)
      return ids.length > MOST ? null : ids
    }
    case 'and': {
      // Counting is cheaper than reading: only the rarest is read.
      const counted = await Promise.all(expression.parts.map(async (part) => ({ part, most: await estimate(query, part, names) })))
      const [rarest] = counted.toSorted((a, b) => a.most - b.most)
      return rarest === undefined || rarest.most > MOST ? null : driverOf(query, rarest.part, names)
    }
    case 'or': {
      const all = new Set<number>()
      for (const part of expression.parts) {
        const ids = await driverOf(query, part, names)
        if (ids === null) return null
        for (const id of ids) all.add(id)
      }
      return all.size > MOST ? null : [...all]
    }
    case 'not': case 'test': return null
  }
}

/** Every judged file that one thing is true for, by the index and by what its verdict keeps. */
export async function filesOf(query: Kysely<Tables>, term: Term): Promise<Candidate[]> {
  const found: Candidate[] = []
  for await (const batch of byId(query, await artifactsOf(query, term))) {
    const stored = await readStored(query, batch)
    found.push(...batch.filter(({ id }) => {
      const one = stored.get(id)
      return one !== undefined && term.found(one).length > 0
    }))
  }
  return found
}

/** At most how many files a part of an expression may be true for, as far as the index tells. */
async function estimate(query: Kysely<Tables>, expression: Expression, names: Names): Promise<number> {
  switch (expression.is) {
    case 'names': return names.get(expression)?.size ?? 0
    case 'term': {
      const row = await query.selectFrom(query.selectFrom('facts').select('artifact').where('fact', 'in', idsOf(expression.term)).limit(MOST + 1).as('some'))
        .select(({ fn }) => fn.countAll<number>().as('many')).executeTakeFirst()
      return Number(row?.many ?? 0)
    }
    case 'and': return Math.min(...await Promise.all(expression.parts.map((part) => estimate(query, part, names))))
    case 'or': return (await Promise.all(expression.parts.map((part) => estimate(query, part, names)))).reduce((sum, one) => sum + one, 0)
    case 'not': case 'test': return Infinity
  }
}

const COLUMNS = ['id', 'ecosystem', 'name', 'file', 'version', 'level', 'score', 'published_at', 'judged_at', 'served'] as const

async function* byId(query: Kysely<Tables>, ids: readonly number[]): AsyncGenerator<Candidate[]> {
  // The latest first: where not all are looked at, these count most.
  const sorted = ids.toSorted((a, b) => b - a)
  for (let from = 0; from < sorted.length; from += BATCH) {
    yield (await query.selectFrom('judged_files').select(COLUMNS).where('id', 'in', sorted.slice(from, from + BATCH)).execute()).map(candidateOf)
  }
}

async function* everything(query: Kysely<Tables>): AsyncGenerator<Candidate[]> {
  for (let below = Number.MAX_SAFE_INTEGER; ;) {
    const rows = await query.selectFrom('judged_files').select(COLUMNS).where('id', '<', below).orderBy('id', 'desc').limit(PAGE).execute()
    if (rows.length === 0) return
    yield rows.map(candidateOf)
    below = Number(rows.at(-1)?.id)
  }
}

export function candidateOf(row: Pick<Selectable<Tables['judged_files']>, (typeof COLUMNS)[number]>): Candidate {
  return {
    id: Number(row.id), ecosystem: row.ecosystem as EcosystemId, name: row.name, file: row.file, version: row.version, level: Number(row.level), score: Number(row.score),
    publishedAt: Number(row.published_at), judgedAt: Number(row.judged_at), served: Number(row.served),
  }
}

async function fitting(query: Kysely<Tables>, expression: Expression, { batch, names }: { batch: readonly Candidate[]; names: Names }): Promise<Candidate[]> {
  // What the file itself tells is looked at first, so that the index is asked of few.
  const possible = batch.filter((one) => holds(expression, one, { has: (leaf) => (leaf.is === 'names' ? names.get(leaf)?.has(one.id) === true : null) }) !== false)
  const terms = leavesOf(expression).filter((leaf) => leaf.is === 'term')
  if (possible.length === 0 || terms.length === 0) return possible
  const having = new Map<Leaf, Set<number>>()
  for (const leaf of terms) having.set(leaf, await among(query, leaf.term, possible))
  const rough = terms.some(({ term }) => term.rough)
  const has = (one: Candidate, stored: Stored | null) => (leaf: Leaf): boolean | null => {
    if (leaf.is === 'names') return names.get(leaf)?.has(one.id) === true
    if (leaf.is !== 'term' || having.get(leaf)?.has(one.id) !== true) return false
    return leaf.term.rough ? stored && leaf.term.found(stored).length > 0 : true
  }
  const found = possible.filter((one) => holds(expression, one, { has: has(one, null) }) !== false)
  if (!rough) return found
  const stored = await readStored(query, found)
  return found.filter((one) => holds(expression, one, { has: has(one, stored.get(one.id) ?? null) }) === true)
}

async function among(query: Kysely<Tables>, term: Term, files: readonly Candidate[]): Promise<Set<number>> {
  const found = new Set<number>()
  for (let from = 0; from < files.length; from += BATCH) {
    const rows = await query.selectFrom('facts').select('artifact').where('fact', 'in', idsOf(term))
      .where('artifact', 'in', files.slice(from, from + BATCH).map(({ id }) => id)).execute()
    for (const { artifact } of rows) found.add(Number(artifact))
  }
  return found
}

/** null: what is known does not tell (Kleene's three values). */
function holds(expression: Expression, one: Candidate, known: { has(leaf: Leaf): boolean | null }): boolean | null {
  switch (expression.is) {
    case 'test': return expression.test(one)
    case 'term': case 'names': return known.has(expression)
    case 'not': {
      const inner = holds(expression.of, one, known)
      return inner === null ? null : !inner
    }
    case 'and': case 'or': {
      const decisive = expression.is === 'or'
      let all: boolean | null = !decisive
      for (const part of expression.parts) {
        const value = holds(part, one, known)
        if (value === decisive) return decisive
        if (value === null) all = null
      }
      return all
    }
  }
}
