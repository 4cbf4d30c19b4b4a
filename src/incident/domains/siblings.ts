import { registered } from '../../core/imitation/labels.ts'
import { misspelt, spelling } from '../../core/imitation/ways.ts'
import type { Facts } from './facts.ts'

/** A domain with what was last seen of it. */
export interface Known {
  target: string
  facts: Partial<Facts>
  /** Protected names that it imitates. */
  imitates: readonly string[]
}

interface Reason {
  /** What they share; `dates` and `likeness` are no thing that is shared. */
  kind: keyof typeof WEIGHTS | 'dates' | 'likeness'
  says: string
  weight: number
}

export interface Sibling {
  target: string
  /** 0 to 0.95: how much the reasons say together. Never a proof: hosters, registrars and privacy services have many customers. */
  score: number
  reasons: readonly Reason[]
}

const DAY = 24 * 3_600_000
/** Of what so many known domains share, a share says little: it is a large provider's. */
const COMMON = 8
const LEAST = 0.2

/** Which of the known domains may belong to the same hands, the likeliest first. */
export function siblingsOf(one: Known, others: readonly Known[]): Sibling[] {
  const common = frequencies([one, ...others])
  return others.filter(({ target }) => target !== one.target).flatMap((other): Sibling[] => {
    const reasons = [...shared(one, other, common), ...near(one, other), ...alike(one, other)].toSorted((a, b) => b.weight - a.weight)
    const score = Math.min(0.95, 1 - reasons.reduce((rest, { weight }) => rest * (1 - weight), 1))
    return score < LEAST ? [] : [{ target: other.target, score: Math.round(score * 100) / 100, reasons }]
  }).toSorted((a, b) => b.score - a.score || (a.target < b.target ? -1 : 1))
}

interface Mark { kind: keyof typeof WEIGHTS; value: string }
const WEIGHTS = {
  registrant: { weight: 0.6, says: 'have the registrant' }, mailbox: { weight: 0.6, says: 'were registered with the address' }, servers: { weight: 0.3, says: 'have the name servers' },
  address: { weight: 0.35, says: 'are at the address' }, certificate: { weight: 0.7, says: 'are in one certificate' },
  registrar: { weight: 0.05, says: 'were registered at' }, soa: { weight: 0.2, says: 'have the zone contact' },
} as const

const HIDDEN = /redacted|privacy|withheld|not disclosed|data protected|proxy|whoisguard|contact privacy|domains? by/i

function marksOf({ facts }: Known): Mark[] {
  const record = facts.rdap?.outcome === 'found' && facts.rdap.kind === 'domain' ? facts.rdap.record : null
  const mark = (kind: Mark['kind'], value: string | null | undefined): Mark[] => (value && !HIDDEN.test(value) ? [{ kind, value }] : [])
  const servers = record?.nameServers.length ? record.nameServers : facts.dns?.domain.NS?.records ?? []
  const addresses = [...facts.dns?.host.A?.records ?? [], ...facts.dns?.host.AAAA?.records ?? []]
  const domainsIn = (names: readonly string[]): number => new Set(names.map((name) => registered(name.replace('*.', '')).domain)).size
  return [
    ...mark('registrant', record?.registrant?.name?.toLowerCase()), ...mark('registrant', record?.registrant?.organisation?.toLowerCase()),
    ...(record?.registrant?.emails ?? []).flatMap((email) => mark('mailbox', email)),
    ...mark('registrar', record?.registrar?.name), ...mark('servers', servers.join(', ')), ...addresses.flatMap((address) => mark('address', address)),
    ...(facts.certificates?.certificates ?? []).filter(({ names }) => domainsIn(names) > 1).flatMap(({ serial, from }) => mark('certificate', `${serial} of ${from.slice(0, 10)}`)),
    ...(facts.dns?.domain.SOA?.records ?? []).flatMap((soa) => mark('soa', soa.split(' ')[1])),
  ]
}

const keyOf = ({ kind, value }: Mark): string => `${kind} ${value}`

function frequencies(all: readonly Known[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const known of all) for (const key of new Set(marksOf(known).map(keyOf))) counts.set(key, (counts.get(key) ?? 0) + 1)
  return counts
}

function shared(one: Known, other: Known, common: ReadonlyMap<string, number>): Reason[] {
  const theirs = new Set(marksOf(other).map(keyOf))
  return [...new Map(marksOf(one).filter((mark) => theirs.has(keyOf(mark))).map((mark) => [keyOf(mark), mark])).values()].slice(0, 20).map((mark) => {
    const { weight, says } = WEIGHTS[mark.kind]
    const many = (common.get(keyOf(mark)) ?? 0) > COMMON
    return { kind: mark.kind, weight: many ? weight / 5 : weight, says: `both ${says} ${mark.value}${many ? ', as many others here' : ''}` }
  })
}

function registeredAt({ facts }: Known): number | null {
  const at = facts.rdap?.outcome === 'found' ? facts.rdap.record.events.find(({ action }) => action === 'registration')?.at : undefined
  return at === undefined ? null : Date.parse(at)
}

function near(one: Known, other: Known): Reason[] {
  const [mine, theirs] = [registeredAt(one), registeredAt(other)]
  if (mine === null || theirs === null) return []
  const apart = Math.abs(mine - theirs)
  const says = apart < DAY ? `registered within ${Math.max(1, Math.round(apart / 3_600_000))} h of each other` : `registered ${Math.round(apart / DAY)} days apart`
  const weight = apart < DAY ? 0.3 : apart < 7 * DAY ? 0.15 : apart < 31 * DAY ? 0.05 : 0
  return weight === 0 ? [] : [{ kind: 'dates', says, weight }]
}

function alike(one: Known, other: Known): Reason[] {
  const both = one.imitates.filter((name) => other.imitates.includes(name))
  if (both.length > 0) return [{ kind: 'likeness', says: `both imitate ${both[0]}`, weight: 0.4 }]
  const [mine, theirs] = [one, other].map(({ target }) => registered(target.replace(/^domain:/, '')).label) as [string, string]
  if (mine === theirs && mine.length > 3) return [{ kind: 'likeness', says: `both are called \`${mine}\``, weight: 0.35 }]
  const [way] = misspelt(spelling(mine), spelling(theirs), false)
  return way ? [{ kind: 'likeness', says: `their names resemble each other: ${way.says}`, weight: 0.3 }] : []
}
