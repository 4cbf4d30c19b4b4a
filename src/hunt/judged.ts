import type { Kysely, Selectable } from 'kysely'
import type { ArtifactRef, EcosystemId, Finding, FoundIndicator, Level, Profile } from '../core/types.ts'
import type { Tables } from '../ports/database.ts'
import { factsOf } from './facts.ts'
import type { JudgedFacts } from './facts.ts'
import { factId } from './keys.ts'

/** The members of a verdict's row that the index is made of. */
type VerdictRow = Selectable<Tables['verdicts']>
export type Indexed = Pick<VerdictRow, 'findings' | 'indicators' | 'profile' | 'sketch' | 'level' | 'score' | 'judged_at' | 'rules' | 'digest'>
export const INDEXED = ['findings', 'indicators', 'profile', 'sketch', 'level', 'score', 'judged_at', 'rules', 'digest'] as const

export const LEVELS: readonly Level[] = ['clean', 'undetermined', 'suspicious', 'malicious']
/** SQLite takes 32,766 bound values a statement. */
const ROWS = 5_000

/** Reads what a verdict keeps. `hashes`: JSON of the artifact's row. */
export function judgedFacts(ecosystem: EcosystemId, row: Pick<Indexed, 'findings' | 'indicators' | 'profile' | 'sketch' | 'digest'>, hashes: string): JudgedFacts {
  return {
    ecosystem, sketch: row.sketch, hashes: { ...JSON.parse(hashes) as Record<string, string>, sha256: row.digest.replace(/^sha256:/, '') },
    findings: JSON.parse(row.findings) as Finding[],
    indicators: JSON.parse(row.indicators ?? '[]') as FoundIndicator[],
    profile: row.profile === null ? null : JSON.parse(row.profile) as Profile,
  }
}

export interface Judging {
  ref: ArtifactRef
  /** The verdict as it is from now on, and as it was before; null: there was none. */
  row: Indexed
  before: Indexed | null
  hashes: string
  publishedAt: number
  /** Up to which change the organisation's own rules have run over it. */
  swept: number
}

/**
 * Puts a verdict into the index in which files are found, inside the transaction that writes the verdict; what the file had
 * before and has no more is taken out. Returns its facts.
 */
export async function indexVerdict(tx: Kysely<Tables>, { ref: { ecosystem, name, file, version }, row, before, hashes, publishedAt, swept }: Judging): Promise<JudgedFacts> {
  const values = {
    version, level: LEVELS.indexOf(row.level as Level), score: row.score, published_at: publishedAt, judged_at: row.judged_at,
    rules: await ruleSet(tx, row.rules), swept,
  }
  const known = await tx.selectFrom('judged_files').select('id').where('ecosystem', '=', ecosystem).where('name', '=', name).where('file', '=', file).executeTakeFirst()
  const { id } = known ?? await tx.insertInto('judged_files').values({ ecosystem, name, file, served: 0, ...values }).returning('id').executeTakeFirstOrThrow()
  if (known) await tx.updateTable('judged_files').set(values).where('id', '=', id).execute()
  const facts = judgedFacts(ecosystem, row, hashes)
  const now = new Set([...factsOf(facts)].map(factId))
  const then = known && before ? new Set([...factsOf(judgedFacts(ecosystem, before, hashes))].map(factId)) : new Set<number>()
  const gone = [...then].filter((fact) => !now.has(fact))
  for (let from = 0; from < gone.length; from += ROWS) await tx.deleteFrom('facts').where('artifact', '=', id).where('fact', 'in', gone.slice(from, from + ROWS)).execute()
  // In their order, so that neighbours in the index are written one after the other.
  const added = [...now].filter((fact) => !then.has(fact)).sort((a, b) => a - b).map((fact) => ({ fact, artifact: Number(id) }))
  for (let from = 0; from < added.length; from += ROWS) await tx.insertInto('facts').values(added.slice(from, from + ROWS)).onConflict((conflict) => conflict.doNothing()).execute()
  return facts
}

/** The number of a set of detectors. What a verdict's `rules` says of the organisation's own rules is left out: `swept` says that. */
export async function ruleSet(tx: Kysely<Tables>, all: string): Promise<number> {
  const rules = detectorsOf(all)
  const found = (): Promise<{ id: number } | undefined> => tx.selectFrom('rule_sets').select('id').where('rules', '=', rules).executeTakeFirst()
  const known = await found()
  if (known) return Number(known.id)
  await tx.insertInto('rule_sets').values({ rules }).onConflict((conflict) => conflict.doNothing()).execute()
  return Number((await found())?.id)
}

const detectorsOf = (rules: string): string => rules.replace(/ yara@\w+$/, '')
