import type { Exposure, ExposureSubject } from '../core/exposure.ts'
import type { Database } from '../ports/database.ts'

/** Who met it as far as the ledger's columns tell. */
export async function exposureOf({ query }: Pick<Database, 'query'>, subjects: readonly ExposureSubject[], { limit = 200 }: { limit?: number } = {}): Promise<Exposure> {
  const totals = { index: 0, denied: 0, served: 0, locked: 0, installed: 0, ran: 0 }
  const met: Exposure['met'][number][] = []
  for (const subject of subjects) {
    let lines = query.selectFrom('ledger').where('ecosystem', '=', subject.ecosystem).where('name', '=', subject.name).where('kind', 'in', ['served', 'denied', 'index'])
    if (subject.version !== null) lines = lines.where('version', '=', subject.version)
    const rows = await lines.select(['kind', 'token', 'address', 'client']).select(({ fn }) => [fn.countAll().as('count'), fn.min('at').as('first'), fn.max('at').as('last')])
      .groupBy(['kind', 'token', 'address', 'client']).execute()
    for (const row of rows) {
      const contact = row.kind as 'served' | 'denied' | 'index'
      totals[contact]++
      met.push({ contact, subject, token: row.token, address: row.address, client: row.client, user: null, host: null, job: null, service: null, source: null, path: [], count: Number(row.count), first: new Date(Number(row.first)), last: new Date(Number(row.last)) })
    }
  }
  return { met: met.slice(0, limit), totals, complete: met.length <= limit }
}
