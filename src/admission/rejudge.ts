import { isCode, sentence } from '../core/errors.ts'
import type { EcosystemId } from '../core/types.ts'
import { rules } from '../detectors/index.ts'
import { rulesInForce } from '../yara/rules.ts'
import type { Context } from './context.ts'
import { isAbsent } from './renditions.ts'
import type { Settling } from './settle.ts'

/** The newest ones; what is older is judged again when somebody asks for it. */
const MOST = 1_000

/**
 * Judges again, one after the other, what verdicts of other rules hold back: an index document hides it, so nobody would
 * ask for it. What is served is judged again when it is next asked for. Ends early when the rules change once more.
 */
export async function rejudge({ database, userRules, log }: Context, settling: Settling): Promise<void> {
  const today = rulesInForce(rules, userRules())
  const rows = await database.query.selectFrom('verdicts').select(['ecosystem', 'name', 'file'])
    .where('level', '!=', 'clean').where('rules', '!=', today).orderBy('judged_at', 'desc').limit(MOST).execute()
  for (const { ecosystem, name, file } of rows) {
    if (rulesInForce(rules, userRules()) !== today) return
    try {
      const found = await settling.find(ecosystem as EcosystemId, name, file)
      if (!isAbsent(found)) await settling.admit(found)
    } catch (thrown) {
      if (isCode(thrown, 'worker-closed', 'storage')) return
      log.warn({ ecosystem, name, file, error: sentence(thrown) }, 'not judged again: the old verdict stands')
    }
  }
}
