import type { Selectable } from 'kysely'
import { decodeSketch } from '../analysis/sketch.ts'
import type { Sighting } from '../campaigns/sighting.ts'
import type { EcosystemId, FoundIndicator, Profile } from '../core/types.ts'
import { isEstablished } from '../names/identity.ts'
import type { Tables } from '../ports/database.ts'
import type { Newcomer } from './concerns.ts'
import type { WorkFacts } from './work.ts'

/** From here on a package has stood long enough that it is nobody's throwaway. */
const LONG = 180 * 86_400_000

/** A package as its registry presents it, for the campaigns. */
export function sightingOf(newcomer: Newcomer, facts: WorkFacts, now: Date): Sighting {
  const { ecosystem, name, identity, imitation, twins } = newcomer
  const imitated = imitation !== null && imitation.judged.level !== 'none' ? imitation.found.target.name : null
  const stranger = twins.find(({ twin }) => twin.relation === 'stranger')
  const copied = stranger?.twin.signals.some(({ signal }) => signal === 'description-copied' || signal === 'readme-copied') ? stranger : undefined
  return {
    ecosystem, name, version: facts.version ?? identity?.latest ?? null, at: (identity?.createdAt ? identity.latestAt : null) ?? new Date(facts.at),
    account: facts.account ?? identity?.publisher ?? identity?.accounts[0] ?? null, emails: identity?.emails ?? [],
    indicators: [], sketch: null, files: [], dependencies: [],
    imitates: imitated, description: identity?.description ?? '', readme: identity?.readme ?? null,
    metadataFrom: copied ? `${copied.of.ecosystem}:${copied.of.name}` : null,
    malicious: null, known: identity !== null && isEstablished(identity, now),
  }
}

type JudgedRow = Pick<Selectable<Tables['verdicts']>, 'ecosystem' | 'name' | 'version' | 'level' | 'indicators' | 'profile' | 'sketch' | 'judged_at'> & { published_at: number | null }

/** A package as its code was judged, for the campaigns. Its identity was, or will be, seen apart. */
export function sightingOfVerdict(row: JudgedRow, known: boolean): Sighting {
  const profile = row.profile === null ? null : JSON.parse(row.profile) as Profile
  const found = row.indicators === null ? [] : JSON.parse(row.indicators) as FoundIndicator[]
  const published = row.published_at === null ? null : Number(row.published_at)
  const judged = Number(row.judged_at)
  return {
    ecosystem: row.ecosystem as EcosystemId, name: row.name, version: row.version, at: new Date(published ?? judged),
    account: profile?.publisher ?? null, emails: [],
    indicators: found.map(({ type, value }) => ({ type, value })), sketch: row.sketch === null ? null : decodeSketch(row.sketch),
    files: Object.values(profile?.code ?? {}), dependencies: profile?.dependencies ?? [],
    imitates: null, description: '', readme: null, metadataFrom: null,
    malicious: row.level === 'malicious' ? true : row.level === 'clean' ? false : null,
    known: known || (row.level === 'clean' && published !== null && judged - published > LONG),
  }
}

/** What an advisory says of a package that was seen before: nothing else is new. */
export const knownMalicious = (ecosystem: EcosystemId, name: string, at: Date): Sighting => ({
  ecosystem, name, version: null, at, account: null, emails: [], indicators: [], sketch: null, files: [], dependencies: [],
  imitates: null, description: '', readme: null, metadataFrom: null, malicious: true, known: false,
})
