import type { Contact, Exposure, ExposureSubject } from '../core/exposure.ts'
import type { EcosystemId } from '../core/types.ts'
import { exposureOf } from '../ledger/exposure.ts'
import type { Alarms } from '../monitor/alarms.ts'
import type { Clock } from '../ports/clock.ts'
import type { Database } from '../ports/database.ts'
import { shownIndicator } from './hits.ts'

/** Hits told at a time; what is beyond makes the same alarm grow. */
const ROWS = 500

interface TellingParts { database: Database; clock: Clock; alarms: Pick<Alarms, 'raise'> }

/**
 * One alarm for each known indicator that files turned out to carry, with the exposure in numbers. A crash before the hits remember
 * their alarm repeats it, and the alarm is the same. Returns how many hits were told.
 */
export async function tellHits({ database, clock, alarms }: TellingParts): Promise<number> {
  const first = await database.query.selectFrom('indicator_hits').select(['type', 'value']).where('alarm', 'is', null).orderBy('at').limit(1).executeTakeFirst()
  if (!first) return 0
  const { type, value } = first
  const rows = await database.query.selectFrom('indicator_hits').selectAll().where('type', '=', type).where('value', '=', value).where('alarm', 'is', null).limit(ROWS).execute()
  const subjects = new Map(rows.map((row): [string, ExposureSubject] =>
    [JSON.stringify([row.ecosystem, row.name, row.version]), { ecosystem: row.ecosystem as EcosystemId, name: row.name, version: row.version, digest: null }]))
  const exposure = await exposureOf(database, [...subjects.values()], { limit: 20 })
  const shown = shownIndicator(type, value)
  const told = await alarms.raise({
    subject: `indicator ${type} ${value}`.slice(0, 500), kind: 'indicator', severity: exposure.totals.served + exposure.totals.locked > 0 ? 'critical' : 'high', campaign: null,
    title: `files that were judged here carry ${shown}`,
    packages: [...subjects.values()].map(({ ecosystem, name, version }) => ({
      ecosystem, name, version, at: clock.now(), says: rows.find((row) => row.ecosystem === ecosystem && row.name === name)?.says ?? '',
      signals: exposureSays(exposure),
    })),
  })
  await database.transaction(async (tx) => {
    for (const { ecosystem, name, file } of rows) {
      await tx.updateTable('indicator_hits').set({ alarm: told.id })
        .where('ecosystem', '=', ecosystem).where('name', '=', name).where('file', '=', file).where('type', '=', type).where('value', '=', value).execute()
    }
  })
  return rows.length
}

const CONTACTS: Readonly<Record<Contact, (many: number) => string>> = {
  ran: (many) => `run by ${many}`, installed: (many) => `installed at ${many}`, locked: (many) => `in ${many} lockfiles or SBOMs`,
  served: (many) => `received by ${many}`, denied: (many) => `refused to ${many}`, index: (many) => `its index read by ${many}`,
}

/** The exposure in numbers, the gravest first: `received by 3`. */
function exposureSays({ totals }: Pick<Exposure, 'totals'>): string[] {
  const said = (Object.keys(CONTACTS) as Contact[]).flatMap((contact) => (totals[contact] > 0 ? [CONTACTS[contact](totals[contact])] : []))
  return said.length === 0 ? ['nobody has met it here'] : said
}
