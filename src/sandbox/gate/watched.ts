import type { Kysely } from 'kysely'
import type { ArtifactRef } from '../../core/types.ts'
import type { Tables } from '../../ports/database.ts'

/** What the watch has against a package or whoever published it, a clause; null: nothing. */
export async function watchedOf(query: Kysely<Tables>, { ecosystem, name, version }: ArtifactRef, publisher: string | null): Promise<string | null> {
  const suspicion = await query.selectFrom('suspicions').select('says').where('ecosystem', '=', ecosystem).where('name', '=', name)
    .where((is) => is.or([is('version', 'is', null), is('version', '=', version)])).orderBy('holds', 'desc').limit(1).executeTakeFirst()
  if (suspicion) return suspicion.says
  const watched = publisher === null ? undefined
    : await query.selectFrom('watched').select('because').where('ecosystem', '=', ecosystem).where('actor', '=', publisher.trim().toLowerCase()).executeTakeFirst()
  if (watched) return `its uploader ${publisher} is watched (${watched.because})`
  const member = await query.selectFrom('campaign_members').innerJoin('campaigns', 'campaigns.id', 'campaign_members.campaign').select('campaigns.id')
    .where('campaign_members.ecosystem', '=', ecosystem).where('campaign_members.name', '=', name).where('campaigns.declared_at', 'is not', null).limit(1).executeTakeFirst()
  return member ? `it belongs to the campaign ${member.id}` : null
}
