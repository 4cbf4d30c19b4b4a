import type { Insertable, Kysely } from 'kysely'
import type { ArtifactRef, Digest, Finding, FoundIndicator, Learned, Level, Run, Verdict } from '../core/types.ts'
import { weigh } from '../core/weigh.ts'
import { carry } from '../hunt/hits.ts'
import { INDEXED, indexVerdict } from '../hunt/judged.ts'
import type { Tables } from '../ports/database.ts'
import type { Context, RunPart } from './context.ts'
import { Revisions } from './revisions.ts'

/** A verdict's row but for its key. */
export type VerdictRow = Required<Omit<Insertable<Tables['verdicts']>, 'ecosystem' | 'name' | 'file'>>

/** What static examination alone says: all that a run may be added to, or another one put in its place. */
interface Examination {
  findings: readonly Finding[]
  missing: readonly string[]
  indicators: readonly FoundIndicator[]
}

/**
 * The row with what the sandbox saw in it: weighed together, so that each can confirm the other. What static examination says is
 * kept apart in `examined`, so that either can be had anew without the other.
 */
export function withRun(row: VerdictRow, part: RunPart | null): VerdictRow {
  if (part === null) return row
  const alone = examinationOf(row)
  const stored: Run = { detector: 'stored', version: 1, status: 'ok', findings: [...alone.findings] }
  const { level, score, findings, missing } = weigh(row.digest as Digest, [stored, ...part.runs], alone.missing, row.rules, row.learned === null ? null : JSON.parse(row.learned) as Learned)
  return {
    ...row, level, score, findings: JSON.stringify(findings), missing: JSON.stringify(missing), examined: JSON.stringify(alone),
    // Campaigns look at the first of many: what was reached says more than what stands somewhere in a file.
    indicators: JSON.stringify([...part.indicators, ...alone.indicators.filter(({ type, value }) => !part.indicators.some((one) => one.type === type && one.value === value))]),
  }
}

function examinationOf({ examined, findings, missing, indicators }: VerdictRow): Examination {
  return examined !== null ? JSON.parse(examined) as Examination
    : { findings: JSON.parse(findings) as Finding[], missing: JSON.parse(missing) as string[], indicators: JSON.parse(indicators ?? '[]') as FoundIndicator[] }
}

export const verdictOf = ({ digest, level, score, findings, missing, rules, learned }: VerdictRow): Verdict => ({
  digest: digest as Digest, level: level as Level, score, findings: JSON.parse(findings) as Finding[], missing: JSON.parse(missing) as string[], rules,
  learned: learned === null ? null : JSON.parse(learned) as Learned,
})

export interface Keeping {
  ref: ArtifactRef
  row: VerdictRow
  publishedAt: Date
  /** Up to which change the organisation's own rules have run over it; null: as before. */
  swept: number | null
  at: Date
}

/**
 * Stores a verdict, what it can be found by, and which known indicators the file carries, in the transaction given. What changes
 * what clients may see is announced to every gate in it: whether it does is returned.
 */
export async function keepVerdict(tx: Kysely<Tables>, common: Context['common'], { ref, row, publishedAt, swept, at }: Keeping): Promise<boolean> {
  const { ecosystem, name, file } = ref
  const key = { ecosystem, name, file }
  const before = await tx.selectFrom('verdicts').select(INDEXED).where('ecosystem', '=', ecosystem).where('name', '=', name).where('file', '=', file).executeTakeFirst()
  await tx.insertInto('verdicts').values({ ...key, ...row }).onConflict((conflict) => conflict.columns(['ecosystem', 'name', 'file']).doUpdateSet(row)).execute()
  await tx.deleteFrom('judgements').where('ecosystem', '=', ecosystem).where('name', '=', name).where('file', '=', file).execute()
  await tx.insertInto('judgements').values(key).execute()
  const { hashes } = await tx.selectFrom('artifacts').select('hashes').where('ecosystem', '=', ecosystem).where('name', '=', name).where('file', '=', file).executeTakeFirst() ?? { hashes: '{}' }
  const facts = await indexVerdict(tx, { ref, row, before: before ?? null, hashes, publishedAt: publishedAt.getTime(), swept: swept ?? await sweptBefore(tx, ref) })
  const held = await carry(tx, common, { ref, facts, at })
  if ((before?.level ?? 'clean') === row.level) return held
  await Revisions.record(tx, { kind: 'verdict', ecosystem, name, at })
  return true
}

async function sweptBefore(tx: Kysely<Tables>, { ecosystem, name, file }: ArtifactRef): Promise<number> {
  const row = await tx.selectFrom('judged_files').select('swept').where('ecosystem', '=', ecosystem).where('name', '=', name).where('file', '=', file).executeTakeFirst()
  return Number(row?.swept ?? 0)
}
