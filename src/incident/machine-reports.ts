import type { EcosystemId, Finding } from '../core/types.ts'
import type { Database } from '../ports/database.ts'
import type { Response } from './response.ts'

/** What happened before this gate first did that is no news. */
const RECENT = 7 * 86_400_000
const AT_ONCE = 100
const CURSOR = 'machine reports'

interface Cursor {
  /** `verdicts.judged_at` and `advisories.seq` up to which was reported. */
  judged: number
  advisory: number
}

/**
 * Reports of programs: what the scanner found malicious, and what feeds say of packages that were had here. They are looked into by people, and
 * count for no quarantine. The same finding again is no second report. Returns how many there were.
 */
export async function reportByMachine({ database, response, now }: { database: Pick<Database, 'query'>; response: Response; now: Date }): Promise<number> {
  const { query } = database
  const row = await query.selectFrom('settings').select('value').where('key', '=', CURSOR).executeTakeFirst()
  const end = await newest(query)
  const cursor = row ? JSON.parse(row.value) as Cursor : { judged: now.getTime() - RECENT, advisory: end }
  const verdicts = await query.selectFrom('verdicts').select(['ecosystem', 'name', 'version', 'file', 'findings', 'judged_at']).where('level', '=', 'malicious').where('judged_at', '>', cursor.judged).orderBy('judged_at').limit(AT_ONCE).execute()
  const advisories = await query.selectFrom('advisories').innerJoin('artifacts', (join) => join.onRef('artifacts.ecosystem', '=', 'advisories.ecosystem').onRef('artifacts.name', '=', 'advisories.name'))
    .select(['advisories.ecosystem', 'advisories.name', 'advisories.id', 'advisories.source', 'advisories.summary', 'advisories.url', 'advisories.versions', 'advisories.seq'])
    .where('malicious', '=', 1).where('withdrawn', 'is', null).where('advisories.seq', '>', cursor.advisory).where('advisories.seq', '<=', end).groupBy('advisories.seq').orderBy('advisories.seq').limit(AT_ONCE).execute()
  let told = 0
  const tell = async (observer: string, said: { ecosystem: string; name: string; versions: string[]; summary: string; link: string | null }): Promise<void> => {
    const known = await query.selectFrom('reports').select('id').where('ecosystem', '=', said.ecosystem).where('name', '=', said.name).where('observer', '=', observer).where('versions', '=', JSON.stringify(said.versions)).executeTakeFirst()
    if (known) return
    await response.report({ ...said, kind: 'malware', ecosystem: said.ecosystem as EcosystemId, evidence: [], observer: { id: observer, isMachine: true, contact: null } })
    told++
  }
  for (const { ecosystem, name, version, file, findings } of verdicts) {
    const [worst] = JSON.parse(findings) as Finding[]
    await tell('scanner', { ecosystem, name, versions: [version], link: null, summary: `${file}: ${worst ? `${worst.title} (${worst.evidence[0].file}, line ${worst.evidence[0].lines[0]})` : 'judged malicious'}`.slice(0, 2_000) })
  }
  for (const { ecosystem, name, id, source, summary, url, versions } of advisories) {
    await tell(`feed ${source}`, { ecosystem, name, versions: (JSON.parse(versions) as string[]).slice(0, 200), link: url, summary: `${id}: ${summary || 'malicious, says the advisory'}`.slice(0, 2_000) })
  }
  // Of a feed's thousands that are about nothing here, none is looked at twice.
  const value = JSON.stringify({ judged: Number(verdicts.at(-1)?.judged_at ?? cursor.judged), advisory: advisories.length < AT_ONCE ? end : Number(advisories.at(-1)?.seq ?? end) } satisfies Cursor)
  await query.insertInto('settings').values({ key: CURSOR, value }).onConflict((conflict) => conflict.column('key').doUpdateSet({ value })).execute()
  return told
}

async function newest(query: Database['query']): Promise<number> {
  const row = await query.selectFrom('advisories').select(({ fn }) => fn.max('seq').as('seq')).executeTakeFirst()
  return Number(row?.seq ?? 0)
}
