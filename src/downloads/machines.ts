import type { ExposureSubject, Met } from '../core/exposure.ts'
import type { EcosystemId } from '../core/types.ts'
import { exposureOf } from '../ledger/exposure.ts'
import type { Database } from '../ports/database.ts'
import type { About, Span } from './ledger.ts'

/** What machines say: that they have it, or that it ran. Claims, beside what was delivered. */
export interface Machines {
  installed: number
  ran: number
  /** The gravest first, at most as many as a report lists. */
  met: readonly Met[]
}

const LISTED = 200
const MOST_SUBJECTS = 1_000

/** Empty where everything was asked for: that is what `sluice hosts` lists. */
export async function machinesWith(database: Pick<Database, 'query'>, subjects: readonly { lines: About; version: string | null }[], { since, until }: Span): Promise<Machines> {
  const wanted: ExposureSubject[] = []
  for (const { lines, version } of subjects.slice(0, MOST_SUBJECTS)) {
    if (lines === 'everything') continue
    if ('name' in lines) wanted.push({ ...lines, version, digest: null })
    else {
      const known = await database.query.selectFrom('artifacts').select(['ecosystem', 'name', 'version']).distinct().where('digest', '=', lines.digest).limit(100).execute()
      wanted.push(...known.map(({ ecosystem, ...one }) => ({ ecosystem: ecosystem as EcosystemId, ...one, digest: lines.digest })))
    }
  }
  const { met, totals } = await exposureOf(database, wanted, { contacts: ['installed', 'ran'], since, until, limit: LISTED })
  return { installed: totals.installed, ran: totals.ran, met }
}
