import type { Database } from '../ports/database.ts'
import type { EcosystemId } from '../core/types.ts'
import type { Response } from './response.ts'

/** Recalls and campaigns older than this when they are first seen open no case: a gate that is updated does not open hundreds. */
const RECENT = 7 * 86_400_000
const AT_ONCE = 20

/**
 * Opens cases by rule: for what was served here and recalled, and for campaigns with malicious members. Each matter has one case; who
 * closed it is not asked again. Returns how many were opened.
 */
export async function openByRule({ database, response, now }: { database: Pick<Database, 'query'>; response: Response; now: Date }): Promise<number> {
  const { query } = database
  const since = now.getTime() - RECENT
  let opened = 0
  const recalls = await query.selectFrom('recalls').select(['id', 'ecosystem', 'name', 'because', 'totals']).where('quiet', '=', 0).where('told_at', 'is not', null).where('at', '>=', since).orderBy('at').limit(500).execute()
  for (const { id, ecosystem, name, because, totals } of recalls) {
    if (opened >= AT_ONCE) return opened
    const { served = 0 } = totals === null ? {} : JSON.parse(totals) as { served?: number }
    if (served === 0 || (await response.cases.about(`${ecosystem}:${name}`)).length > 0) continue
    const versions = await query.selectFrom('tombstones').select(['version', 'digest']).where('recall', '=', id).limit(200).execute()
    await response.open({
      title: null, campaign: null, severity: 'high', tlp: 'amber', cause: 'rule', by: 'sluice', because: `it was delivered ${served} times and is recalled: ${because}`,
      packages: versions.map(({ version, digest }) => ({ ecosystem: ecosystem as EcosystemId, name, version, digest: digest as `sha256:${string}` })),
    })
    opened++
  }
  const campaigns = await query.selectFrom('campaigns').select(['id', 'size', 'malicious']).where('into_id', 'is', null).where('declared_at', '>=', since).where('malicious', '>', 0).orderBy('declared_at').limit(200).execute()
  for (const { id, size, malicious } of campaigns) {
    if (opened >= AT_ONCE) return opened
    if ((await response.cases.about(`campaign:${id}`)).length > 0) continue
    await response.open({ title: null, packages: [], campaign: id, severity: 'high', tlp: 'amber', cause: 'campaign', by: 'sluice', because: `a campaign of ${size} packages, ${malicious} of them malicious` })
    opened++
  }
  return opened
}
