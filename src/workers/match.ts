import { ecosystems } from '../ecosystems/index.ts'
import { unpack } from '../unpack/unpack.ts'
import { runUserRules } from '../yara/run.ts'
import type { MatchJob, MatchResult } from './jobs.ts'

/** Which rules are true for an artifact's files. `failed` and `skipped` as in an examination. */
export async function matchRules({ ref, source, rules }: MatchJob): Promise<MatchResult> {
  const ecosystem = ecosystems[ref.ecosystem]
  const { files } = await unpack(source, { format: ecosystem.archiveFormat(ref.file), root: ecosystem.packageRoot(ref) })
  return { run: await runUserRules(rules, files) }
}
