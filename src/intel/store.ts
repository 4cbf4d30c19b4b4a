import type { Kysely, Selectable } from 'kysely'
import type { Advisory, EcosystemId } from '../core/types.ts'
import type { Database, Tables } from '../ports/database.ts'

export type AdvisoryRow = Selectable<Tables['advisories']>

/** Everything stored of a package, withdrawn advisories too. `name` is canonical. */
export async function advisoriesFor(database: Pick<Database, 'query'>, ecosystem: EcosystemId, name: string): Promise<Advisory[]> {
  const rows = await database.query.selectFrom('advisories').selectAll()
    .where('ecosystem', '=', ecosystem).where('name', '=', name).orderBy('id').execute()
  return rows.map(fromRow)
}

/** Rows of these records, for whichever packages they were stored. */
export function rowsOf(tx: Kysely<Tables>, ids: readonly string[]): Promise<AdvisoryRow[]> {
  return tx.selectFrom('advisories').selectAll().where('id', 'in', ids).execute()
}

export function toRow(advisory: Advisory): AdvisoryRow {
  return {
    ...advisory,
    malicious: advisory.malicious ? 1 : 0,
    versions: JSON.stringify(advisory.versions),
    ranges: JSON.stringify(advisory.ranges),
    modified: advisory.modified.getTime(),
    withdrawn: advisory.withdrawn?.getTime() ?? null,
  }
}

function fromRow(row: AdvisoryRow): Advisory {
  return {
    ...row,
    ecosystem: row.ecosystem as EcosystemId,
    malicious: Number(row.malicious) === 1,
    versions: JSON.parse(row.versions) as string[],
    ranges: JSON.parse(row.ranges) as Advisory['ranges'],
    severity: row.severity as Advisory['severity'],
    modified: new Date(Number(row.modified)),
    withdrawn: row.withdrawn === null ? null : new Date(Number(row.withdrawn)),
  }
}
