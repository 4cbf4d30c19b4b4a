import { isGrave, isNote } from '../../core/presence.ts'
import type { Loss } from '../../core/presence.ts'
import { oneLine } from '../../core/text.ts'
import type { EcosystemId } from '../../core/types.ts'
import type { AlarmSeverity } from '../concerns.ts'
import type { Lost } from './losses.ts'
import type { Evidence, Matter, Opening } from './reviews.ts'
import type { Had } from './subjects.ts'

export interface Confirmed {
  ecosystem: EcosystemId
  name: string
  had: readonly Had[]
  losses: readonly Lost[]
  looks: Evidence['looks']
  noticedAt: Date
}

/** Malware is mostly taken out within days of its upload; what is older is mostly taken out for other reasons. */
const YOUNG = 7 * 86_400_000
const VERSIONS = 500
const LINES = 100

const WHAT: Readonly<Record<Loss, string>> = {
  changed: 'has other bytes upstream under the same name', placeholder: 'was replaced by the registry with a security placeholder', quarantined: 'was quarantined by the registry',
  unpublished: 'was unpublished by its owner', removed: 'was removed upstream', yanked: 'was yanked by its owner', retracted: 'was retracted by its owner',
  deprecated: 'was deprecated by its owner', archived: 'was archived by its owner',
}

/** The gravest first. */
const ORDER: readonly Loss[] = ['changed', 'placeholder', 'quarantined', 'unpublished', 'removed', 'retracted', 'yanked', 'deprecated', 'archived']

const matterOf = ({ kind, weak }: Lost): Matter => (kind === 'changed' ? 'changed' : weak || isNote(kind) ? 'note' : 'removed')

/** What confirmed losses of one package become: a review for each matter. Pure. */
export function openingsOf(confirmed: Confirmed): Opening[] {
  return [...Map.groupBy(confirmed.losses, matterOf)].map(([matter, losses]) => openingOf(matter, losses, confirmed))
}

function openingOf(matter: Matter, losses: readonly Lost[], { ecosystem, name, had, looks, noticedAt }: Confirmed): Opening {
  const kind = ORDER.find((one) => losses.some((lost) => lost.kind === one)) as Loss
  const worst = losses.find((lost) => lost.kind === kind) as Lost
  const named = [...new Set(losses.flatMap(({ version }) => version ?? []))]
  const whole = losses.some(({ version }) => version === null) || named.length > VERSIONS
  const others = losses.length - 1
  const young = youngest(had, losses, noticedAt)
  const subject = `${ecosystem}:${name}${whole || named.length !== 1 ? '' : `@${named[0]}`}`
  // Nobody but the registry puts a placeholder, so that one beside versions that are still there is a mistake, or the beginning of something.
  const said = matter === 'note' && kind === 'placeholder' ? `${subject} has a security placeholder of the registry beside its own versions` : `${subject} ${WHAT[kind]}`
  return {
    ecosystem, name, matter, kind, noted: matter === 'note', severity: severityOf(matter, kind, young?.age ?? null),
    versions: whole ? null : named,
    says: oneLine(`${said}${young === null || matter === 'note' || kind === 'changed' ? '' : `, noticed ${span(young.age)} after it was ${young.since}`}: ${worst.says}${others > 0 ? `, and ${others} more` : ''}`, 500),
    evidence: { looks, bytes: [], lines: losses.slice(0, LINES).map(({ version, file, says, before, after }) => ({ about: file ?? version ?? name, says, before, after })) },
    noticedAt,
  }
}

function severityOf(matter: Matter, kind: Loss, age: number | null): AlarmSeverity {
  if (matter === 'note') return kind === 'placeholder' ? 'medium' : 'low'
  if (kind === 'changed') return 'critical'
  return isGrave(kind) || (age !== null && age < YOUNG) ? 'high' : 'medium'
}

/** How old the youngest of what is lost was when that was noticed. Where no registry says, no younger than since it was first had here. null: not known. */
function youngest(had: readonly Had[], losses: readonly Lost[], at: Date): { age: number; since: string } | null {
  const lost = new Set(losses.flatMap(({ version }) => version ?? []))
  const times = had.flatMap(({ version, bytes }) => (bytes && (lost.size === 0 || lost.has(version)) ? [bytes] : []))
  const published = times.flatMap(({ publishedAt }) => publishedAt?.getTime() ?? [])
  const first = published.length > 0 ? published : times.map(({ firstSeenAt }) => firstSeenAt.getTime())
  if (first.length === 0) return null
  return { age: Math.max(0, at.getTime() - first.reduce((latest, one) => Math.max(latest, one), 0)), since: published.length > 0 ? 'published' : 'first fetched here' }
}

const span = (ms: number): string => (ms < 48 * 3_600_000 ? `${Math.round(ms / 3_600_000)} h` : `${Math.round(ms / 86_400_000)} days`)

/** What both looks found. Of what is gone the second document may know more. */
export function agreed(first: readonly Lost[], second: readonly Lost[]): Lost[] {
  const found = new Map(second.map((lost) => [keyOf(lost), lost]))
  return first.flatMap((lost) => {
    const again = found.get(keyOf(lost))
    return again === undefined ? [] : [lost.kind === 'removed' ? { ...lost, says: again.says, after: again.after ?? lost.after } : lost]
  })
}

const keyOf = ({ kind, version, file }: Lost): string => JSON.stringify([kind, version, file])
