import type { Context } from '../admission/context.ts'
import type { Settling } from '../admission/settle.ts'
import type { Exposure } from '../core/exposure.ts'
import type { Ruling } from '../core/decide.ts'
import type { Digest, EcosystemId, Level } from '../core/types.ts'
import { exposureOf } from '../ledger/exposure.ts'
import type { Candidate } from './expression.ts'
import { LEVELS } from './judged.ts'
import type { Shown } from './terms.ts'

/** A file that was hunted for, why it is one, and what is decided of it now. */
interface Hit {
  ecosystem: EcosystemId
  name: string
  version: string
  file: string
  digest: Digest | null
  level: Level
  /** 0 to 100. */
  score: number
  judgedAt: Date
  /** How often it was delivered, as far as the ledger was counted. */
  served: number
  why: readonly Shown[]
  ruling: Pick<Ruling, 'action' | 'reason' | 'because'>
}

export interface HuntAnswer {
  /** How many files, and of how many versions. */
  files: number
  versions: number
  hits: readonly Hit[]
  /** Files that were found and are not listed. */
  more: number
  /** False: there was more to look at than was looked at, or the index is not complete. */
  complete: boolean
  /** Why it is not complete, one sentence each. */
  notes: readonly string[]
  looked: number
  /** Who met these versions; null where there are too many to say. */
  exposure: Exposure | null
  /** Every version that was found, as `npm:name@1.0.0`; cut where there are more than can be recalled at once. */
  subjects: readonly { ecosystem: EcosystemId; name: string; version: string }[]
}

export interface AnswerParts {
  context: Pick<Context, 'database'>
  settling: Pick<Settling, 'rule'>
}

/** Versions whose exposure is asked for, and that can be recalled at once. */
const SUBJECTS = 5_000
const MET = 200

const keyOf = ({ ecosystem, name, version }: Candidate): string => JSON.stringify([ecosystem, name, version])

/** What was found, with decisions and exposure. `files`: the most important first. */
export async function answerOf(
  parts: AnswerParts, files: readonly Candidate[],
  { limit, why, complete, notes, looked }: { limit: number; why(shown: readonly Candidate[]): Promise<ReadonlyMap<number, readonly Shown[]>>; complete: boolean; notes: readonly string[]; looked: number },
): Promise<HuntAnswer> {
  const versions = [...new Map(files.map((one) => [keyOf(one), one])).values()]
  const subjects = versions.slice(0, SUBJECTS).map(({ ecosystem, name, version }) => ({ ecosystem, name, version }))
  const shown = files.slice(0, limit)
  const reasons = await why(shown)
  const hits: Hit[] = []
  for (const one of shown) hits.push(await hitOf(parts, one, reasons.get(one.id) ?? []))
  const exposure = versions.length > SUBJECTS ? null : await exposureOf(parts.context.database, subjects.map((one) => ({ ...one, digest: null })), { limit: MET })
  return { files: files.length, versions: versions.length, hits, more: files.length - hits.length, complete, notes, looked, exposure, subjects }
}

async function hitOf({ context: { database }, settling }: AnswerParts, one: Candidate, why: readonly Shown[]): Promise<Hit> {
  const { ecosystem, name, version, file, level, score, judgedAt, served } = one
  const row = await database.query.selectFrom('artifacts').select(['digest', 'published_at', 'first_seen_at'])
    .where('ecosystem', '=', ecosystem).where('name', '=', name).where('file', '=', file).executeTakeFirst()
  const { ruling } = await settling.rule({
    ecosystem, name, version, file, publishedAt: row?.published_at ? new Date(Number(row.published_at)) : null,
    publishedBefore: row ? new Date(Number(row.first_seen_at)) : null,
  })
  return {
    ecosystem, name, version, file, digest: (row?.digest ?? null) as Digest | null, level: LEVELS[level] ?? 'undetermined', score, judgedAt: new Date(judgedAt), served, why,
    ruling: { action: ruling.action, reason: ruling.reason, because: ruling.because },
  }
}
