import { connectsNobody } from '../core/mail.ts'
import { oneLine } from '../core/text.ts'
import type { EcosystemId } from '../core/types.ts'
import type { Identity } from '../core/watch.ts'

const DAY = 86_400_000
const YOUNG = 30 * DAY

/** A package of another registry that has what is, in its own spelling, the same name. */
export interface Counterpart { ecosystem: EcosystemId; name: string }

/**
 * Where else to look for a name. npm and PyPI share the shape of their names: a scope becomes a word (`@corp/sdk`, `corp-sdk`).
 * A Go path names its owner, so that the same last element means nothing.
 */
export function counterparts(ecosystem: EcosystemId, name: string): Counterpart[] {
  if (ecosystem === 'npm') {
    const plain = name.replace(/^@/, '').replace('/', '-').replace(/[-_.]+/g, '-').toLowerCase()
    return /^[a-z0-9][a-z0-9-]*[a-z0-9]$|^[a-z0-9]$/.test(plain) ? [{ ecosystem: 'pypi', name: plain }] : []
  }
  return ecosystem === 'pypi' ? [{ ecosystem: 'npm', name }] : []
}

/**
 * Further spellings that are the same name to whoever reads it: `corp-sdk` here, `@corp/sdk` or `corp_sdk` there. Asking a registry for
 * each of them would cost too much: they are for names that are known to be somebody's.
 */
export function otherSpellings(ecosystem: EcosystemId, name: string): Counterpart[] {
  if (ecosystem !== 'pypi' || !name.includes('-')) return []
  const words = name.split('-')
  const scoped = words.slice(1, 5).map((_, at) => `@${words.slice(0, at + 1).join('-')}/${words.slice(at + 1).join('-')}`)
  return [...scoped, name.replaceAll('-', '_'), name.replaceAll('-', '.')].map((spelled) => ({ ecosystem: 'npm', name: spelled }))
}

type TwinSignal =
  | 'same-name' | 'other-source' | 'version-copied' | 'description-copied' | 'readme-copied' | 'no-history' | 'popular-there-only' | 'own-word' | 'no-repository'

export interface Twin {
  /** `same`: the other's own words link to it; `claimed`: only what it says of itself connects it; `stranger`: nothing does. */
  relation: 'same' | 'claimed' | 'stranger'
  level: 'none' | 'note' | 'alarm'
  /** What connects the two, and what was copied; for a `stranger` all that speaks against it. */
  signals: readonly { signal: TwinSignal | 'link'; says: string }[]
  /** How much the signals weigh together; an alarm begins at `ALARM`. */
  weight: number
}

/** A copy must be among the signals: a name that two projects chose on their own has none. Set by the cases in `identity.test.ts`. */
const ALARM = 6
const NOTE = 4
const WEIGHTS: Readonly<Record<TwinSignal, number>> = {
  'same-name': 0, 'other-source': 0, 'version-copied': 3, 'description-copied': 3, 'readme-copied': 3,
  'no-history': 1, 'popular-there-only': 1, 'own-word': 1, 'no-repository': 1,
}

const FEW = 3

/** Whether a name has stood long enough for others to gain from it. */
export function isEstablished({ createdAt, releases, rank }: Identity, now: Date): boolean {
  if (rank !== null) return true
  const age = createdAt === null ? null : now.getTime() - createdAt.getTime()
  // Many releases are made in a minute.
  if (releases >= 30) return age === null || age >= YOUNG
  return releases >= 5 && age !== null && age >= 90 * DAY
}

/**
 * Whether a package has so little history that it could be anybody's. Where it has a time, releases make it no older; a name that was only
 * kept until now is new.
 */
export function isNew({ createdAt, latestAt, releases }: Identity, now: Date): boolean {
  const isYoung = (at: Date): boolean => now.getTime() - at.getTime() < YOUNG
  return createdAt === null ? releases <= FEW : isYoung(createdAt) || (releases <= FEW && latestAt !== null && isYoung(latestAt))
}

/**
 * Is a new package the other registry's project of that name, or somebody else with its name? null where the question does not
 * arise: the newcomer has a history, or the other has none to profit from.
 *
 * What the newcomer says of itself (repository, addresses) anybody can write, and an account of the same name anybody can open, as each
 * registry gives out its own: these are claims. Only the established package's own words connect them.
 */
export function compareTwins(newcomer: Identity, established: Identity, now: Date): Twin | null {
  if (!isNew(newcomer, now) || !isEstablished(established, now)) return null
  const links = proofs(newcomer, established)
  if (links.length > 0) return { relation: 'same', level: 'none', signals: links.map((says) => ({ signal: 'link', says })), weight: 0 }
  const claims = claimed(newcomer, established)
  const signals = against(newcomer, established, now)
  if (claims.length > 0) {
    const copies = signals.filter(({ signal }) => signal.endsWith('-copied'))
    return { relation: 'claimed', level: 'note', signals: [...claims.map((says) => ({ signal: 'link' as const, says })), ...copies], weight: 0 }
  }
  const weight = signals.reduce((sum, { signal }) => sum + WEIGHTS[signal], 0)
  const copied = signals.some(({ signal }) => signal.endsWith('-copied'))
  // Whoever was there first is not the copy: else anybody could have a package of few releases held, with a copy made of it elsewhere.
  const isAlarm = copied && weight >= ALARM && !wasFirst(newcomer, established)
  return { relation: 'stranger', level: isAlarm ? 'alarm' : weight >= NOTE ? 'note' : 'none', signals, weight }
}

const wasFirst = ({ createdAt: own }: Identity, { createdAt: other }: Identity): boolean => own !== null && other !== null && own < other

function proofs(newcomer: Identity, established: Identity): string[] {
  const own = spelled(newcomer)
  return established.mentions.includes(own) ? [`${spelled(established)} tells people to install ${own}`] : []
}

function claimed(newcomer: Identity, established: Identity): string[] {
  const found: string[] = []
  if (newcomer.repository !== null && newcomer.repository === established.repository) found.push(`it names the same repository, ${newcomer.repository}`)
  const owner = newcomer.repository?.split('/')[1]
  if (found.length === 0 && owner !== undefined && newcomer.repository?.split('/')[0] === established.repository?.split('/')[0] && owner === established.repository?.split('/')[1]) {
    found.push(`its repository is of the same owner, ${owner}`)
  }
  const address = newcomer.emails.find((one) => established.emails.includes(one))
  const domain = newcomer.emails.map(domainOf).find((one) => !connectsNobody(one) && established.emails.some((other) => domainOf(other) === one))
  if (address !== undefined) found.push(`it names the same address, ${address}`)
  else if (domain !== undefined) found.push(`its addresses are of the same domain, ${domain}`)
  const account = newcomer.accounts.find((one) => one.length >= 3 && established.accounts.some((other) => same(one, other)))
  if (account !== undefined) found.push(`both registries have an account ${oneLine(account, 60)}`)
  return found
}

function against(newcomer: Identity, established: Identity, now: Date): { signal: TwinSignal; says: string }[] {
  const there = spelled(established)
  const signals: { signal: TwinSignal; says: string }[] = [
    { signal: 'same-name', says: `${there} has this name` },
    { signal: 'other-source', says: 'neither account, address nor repository connects the two' },
  ]
  const copied = copiedVersion(newcomer, established)
  if (copied !== null) signals.push({ signal: 'version-copied', says: copied })
  if (newcomer.description.length >= 20 && same(newcomer.description, established.description)) signals.push({ signal: 'description-copied', says: 'its description is the other\'s, word for word' })
  if (newcomer.readme !== null && newcomer.readme === established.readme) signals.push({ signal: 'readme-copied', says: 'its README is the other\'s, byte for byte' })
  signals.push({ signal: 'no-history', says: historyOf(newcomer, now) })
  if (established.rank !== null && newcomer.rank === null) signals.push({ signal: 'popular-there-only', says: `${there} is popular, rank ${established.rank}; this is not` })
  else if (newcomer.rank === null && established.releases >= 30) signals.push({ signal: 'popular-there-only', says: `${there} has ${established.releases} releases; this has ${newcomer.releases}` })
  if (/^[a-z0-9@/]{2,}[-_./][a-z0-9]/i.test(newcomer.name) || newcomer.name.length >= 10) signals.push({ signal: 'own-word', says: 'the name is too particular to be chosen twice' })
  if (newcomer.repository === null) signals.push({ signal: 'no-repository', says: 'it names no repository' })
  return signals
}

/** Versions that every project has had. */
const COMMON = /^(?:0\.[0-9](?:\.[0-9])?|1\.[0-2](?:\.[0-3])?|[01]|2\.0(?:\.0)?)$/

/**
 * Beginning at another project's present version is what takes its installers for granted (case B of 2021). Releases that follow, there
 * or here, take nothing of that back.
 */
function copiedVersion({ versions: own }: Identity, { versions, latestAt }: Identity): string | null {
  const there = versions.map(plain)
  const copied = own.filter((version) => !COMMON.test(plain(version)) && there.includes(plain(version))).at(-1)
  if (copied === undefined) {
    const [latest = ''] = own
    const minor = minorOf(latest)
    return minor !== null && !COMMON.test(minor) && minor === minorOf(versions[0] ?? '') ? `its version ${oneLine(latest, 60)} goes on where the other's ${oneLine(versions[0] ?? '', 60)} stands` : null
  }
  const version = oneLine(copied, 60)
  return plain(copied) === there[0] ? `its version ${version} is the other's current one${latestAt ? `, of ${latestAt.toISOString().slice(0, 10)}` : ''}` : `its version ${version} is a recent one of the other's`
}

/** `4.14` of `4.14.0.post1`. */
const minorOf = (version: string): string | null => /^v?(\d{1,9}\.\d{1,9})(?:\D|$)/.exec(version)?.[1] ?? null

function historyOf({ createdAt, releases }: Identity, now: Date): string {
  if (releases === 1) return 'this is its first release'
  const old = createdAt !== null && now.getTime() - createdAt.getTime() >= YOUNG
  return old ? `it has had ${releases} releases since ${createdAt.toISOString().slice(0, 10)}` : `it has ${releases} releases, the first within 30 days`
}

/** `v1.2.0` and `1.2` are one version for this purpose. */
const plain = (version: string): string => version.replace(/^v(?=\d)/, '').replace(/(?:\.0)+$/, '')
const same = (a: string, b: string): boolean => a.trim().toLowerCase() === b.trim().toLowerCase()
const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1)
const spelled = ({ ecosystem, name }: Identity): string => `${ecosystem}:${name}`
