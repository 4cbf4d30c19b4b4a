import type { Kysely, Selectable } from 'kysely'
import type { Advisory, EcosystemId } from '../core/types.ts'
import type { Database, Tables } from '../ports/database.ts'
import type { Rows } from '../ports/rows.ts'
import type { ListedAdvisory } from './record.ts'
import { toAnybody } from './tlp.ts'
import type { Tlp } from './tlp.ts'

export type AdvisoryRow = Omit<Selectable<Tables['advisories']>, 'seq'>

/** Everything stored of a package, withdrawn advisories too, in words for anybody. `name` is canonical. */
export async function advisoriesFor(database: Pick<Database, 'query'>, ecosystem: EcosystemId, name: string): Promise<Advisory[]> {
  const rows = await database.query.selectFrom('advisories').selectAll()
    .where('ecosystem', '=', ecosystem).where('name', '=', name).orderBy('id').execute()
  return rows.map((row) => toAnybody(fromRow(row), row.tlp))
}

/** The same without building queries, for whoever has to begin at once. */
export async function advisoriesIn(rows: Rows, ecosystem: EcosystemId, name: string): Promise<Advisory[]> {
  return (await rows.all<AdvisoryRow>('select * from advisories where ecosystem = ? and name = ? order by id', [ecosystem, name])).map((row) => toAnybody(fromRow(row), row.tlp))
}

/** Rows of these records, for whichever packages they were stored. */
export async function rowsOf(tx: Kysely<Tables>, ids: readonly string[]): Promise<AdvisoryRow[]> {
  return ids.length === 0 ? [] : (await tx.selectFrom('advisories').selectAll().where('id', 'in', ids).execute()).map(plain)
}

export function toRow(advisory: ListedAdvisory): AdvisoryRow {
  const { id, ecosystem, name, malicious, summary, versions, ranges, severity, url, source, modified, withdrawn, tlp } = advisory
  return {
    id, ecosystem, name, summary, severity, url, source, tlp,
    malicious: malicious ? 1 : 0, versions: JSON.stringify(versions), ranges: JSON.stringify(ranges),
    modified: modified.getTime(), withdrawn: withdrawn?.getTime() ?? null,
  }
}

function fromRow(row: AdvisoryRow): Advisory {
  const { id, ecosystem, name, malicious, summary, versions, ranges, severity, url, source, modified, withdrawn } = row
  return {
    id, name, summary, url, source,
    ecosystem: ecosystem as EcosystemId, malicious: Number(malicious) === 1, severity: severity as Advisory['severity'],
    versions: JSON.parse(versions) as string[], ranges: JSON.parse(ranges) as Advisory['ranges'],
    modified: new Date(Number(modified)), withdrawn: withdrawn === null ? null : new Date(Number(withdrawn)),
  }
}

export const listedOf = (row: AdvisoryRow): ListedAdvisory => ({ ...fromRow(row), tlp: row.tlp as Tlp })

/** PostgreSQL gives 64-bit integers as text. */
function plain(row: Selectable<Tables['advisories']>): AdvisoryRow {
  const { id, ecosystem, name, summary, versions, ranges, severity, url, source, tlp } = row
  return {
    id, ecosystem, name, summary, versions, ranges, severity, url, source, tlp,
    malicious: Number(row.malicious), modified: Number(row.modified), withdrawn: row.withdrawn === null ? null : Number(row.withdrawn),
  }
}
