import type { Action, Advisory, Digest, EcosystemId, Level, Order, Reason } from './types.ts'
import { covers, privateName } from './policy.ts'
import type { Policy, Rule } from './policy.ts'

/** What the gate already knows of a package, gathered once per package and cheap to clone to a worker. */
export interface Standing {
  orders: readonly Order[]
  advisories: readonly Advisory[]
  /** Judgements by file name. */
  judged: ReadonlyMap<string, Judged>
  /** Publish-time bounds by version, for ecosystems dated by a transparency log. */
  dated: ReadonlyMap<string, Dated>
}

export interface Judged {
  digest: Digest
  level: Level
  /** One line: the worst finding, or what is missing. */
  says: string
  /** The rules it was judged by. */
  rules: string
}

/** `by`: published no later than this; `after`: not provably earlier than this. */
export interface Dated {
  by: Date | null
  after: Date | null
}

export interface Subject {
  ecosystem: EcosystemId
  name: string
  version: string
  file: string
  publishedAt: Date | null
  publishedBefore: Date | null
  /** What upstream did to it since it was first seen. */
  trouble?: { reason: 'removed' | 'changed'; because: string }
}

export interface Ruling {
  action: Action
  reason: Reason
  because: string
  /** When this changes by itself. */
  until: Date | null
  /** In observe mode: what would have been decided. */
  would?: { action: Action; reason: Reason; because: string }
}

/** What an advisory's ranges say of a version; handed in because version order is each ecosystem's own. */
export type Affects = (advisory: Advisory, version: string) => boolean

/**
 * The one place where a verdict, people's orders, policy and time become serve, hold or quarantine. Pure.
 * Index documents and bytes are decided by this same function; `judged` absent means not examined yet, which an index
 * shows and the bytes wait for.
 *
 * Order: a person's latest word, deny list, malicious (advisory or verdict), trouble upstream, age, allow list, suspicious, undetermined.
 */
export function decide(subject: Subject, standing: Standing, policy: Policy, now: Date, affects: Affects): Ruling {
  const order = latestOrder(subject, standing, now)
  if (order) {
    const said = `${order.because} (${order.by})`
    if (order.action === 'release') return serve('released', said, order.expiresAt)
    if (order.action === 'recall') return { action: 'quarantine', reason: 'recalled', because: `recalled: ${said}`, until: order.expiresAt }
    return { action: 'hold', reason: 'held', because: `held by a person: ${said}`, until: order.expiresAt }
  }
  const ruling = byPolicy(subject, standing, policy, now, affects)
  if (policy.mode === 'enforce' || ruling.action === 'serve') return ruling
  const { action, reason, because, until } = ruling
  return { ...serve('observed', `observe mode; would be: ${because}`, until), would: { action, reason, because } }
}

function byPolicy(subject: Subject, standing: Standing, policy: Policy, now: Date, affects: Affects): Ruling {
  const denied = ruleFor(policy.deny, subject, now)
  if (denied) return { action: 'quarantine', reason: 'denied', because: `denied by policy: ${denied.because}`, until: denied.expires }

  // A public advisory about a private name is about somebody else's package of that name.
  const isPrivate = privateName(policy, subject.ecosystem, subject.name) !== null
  const matching = isPrivate ? [] : standing.advisories.filter((advisory) => !advisory.withdrawn && affects(advisory, subject.version))
  const known = matching.find((advisory) => advisory.malicious)
  if (known) return { action: 'quarantine', reason: 'advisory', because: `known malicious: ${known.id} ${known.summary}`.trim(), until: null }

  const judged = standing.judged.get(subject.file)
  if (judged?.level === 'malicious') return { action: 'quarantine', reason: 'malicious', because: judged.says, until: null }

  if (subject.trouble) return { action: 'hold', ...subject.trouble, until: null }

  const allowed = ruleFor(policy.allow, subject, now)
  const lifts = (what: Rule['lifts'][number]): boolean => allowed?.lifts.includes(what) ?? false

  if (!isPrivate && !lifts('age')) {
    const young = byAge(subject, standing.dated.get(subject.version), policy.minimumAge[subject.ecosystem], now)
    if (young) return young
  }

  const vulnerable = policy.advisories.holdFrom && !lifts('advisories')
    ? matching.find((advisory) => rank(advisory.severity) >= rank(policy.advisories.holdFrom)) : undefined
  if (vulnerable) return { action: 'hold', reason: 'advisory', because: `${vulnerable.id}: ${vulnerable.summary}`.trim(), until: null }

  if (judged?.level === 'suspicious' && policy.suspicious === 'hold' && !lifts('suspicious')) {
    return { action: 'hold', reason: 'suspicious', because: judged.says, until: null }
  }
  if (judged?.level === 'undetermined' && policy.undetermined === 'hold' && !lifts('undetermined')) {
    return { action: 'hold', reason: 'undetermined', because: `could not be judged: ${judged.says}`, until: null }
  }
  if (allowed) return serve('allowed', `allowed by policy: ${allowed.because}`, allowed.expires)
  if (isPrivate) return serve('private', 'private name')
  return serve('clean', judged ? 'nothing found' : 'not examined yet')
}

/** A release held for its age says when it is old enough. Unknown age holds. */
function byAge(subject: Subject, dated: Dated | undefined, minimum: number, now: Date): Ruling | null {
  if (minimum <= 0) return null
  const old = now.getTime() - minimum
  const bound = subject.publishedAt ?? subject.publishedBefore ?? dated?.by ?? null
  if (bound && bound.getTime() <= old) return null
  // Old enough for certain once the bound is; without one, `after` is only the earliest moment worth another look.
  const looked = bound ?? dated?.after ?? null
  const free = looked && new Date(looked.getTime() + minimum)
  const until = free && free > now ? free : null
  if (subject.publishedAt === null && !dated?.after) return { action: 'hold', reason: 'age-unknown', because: 'its age is not known', until }
  const available = until ? `; available ${bound ? 'from' : 'not before'} ${until.toISOString().slice(0, 16)}Z` : ''
  return { action: 'hold', reason: 'too-young', because: `published less than ${duration(minimum)} ago${available}`, until }
}

function latestOrder(subject: Subject, standing: Standing, now: Date): Order | undefined {
  const digest = standing.judged.get(subject.file)?.digest
  let latest: Order | undefined
  for (const order of standing.orders) {
    if (order.version !== null && order.version !== subject.version) continue
    if (order.digest !== null && order.digest !== digest) continue
    if (order.expiresAt && order.expiresAt <= now) continue
    if (!latest || order.at >= latest.at) latest = order
  }
  return latest
}

function ruleFor(rules: readonly Rule[], subject: Subject, now: Date): Rule | undefined {
  return rules.find((rule) =>
    rule.ecosystem === subject.ecosystem
    && covers(rule.name, subject.name)
    && (rule.versions.length === 0 || rule.versions.includes(subject.version))
    && (!rule.expires || rule.expires > now))
}

const serve = (reason: Reason, because: string, until: Date | null = null): Ruling => ({ action: 'serve', reason, because, until })

const SEVERITIES = ['low', 'moderate', 'high', 'critical']
const rank = (severity: string | null): number => (severity === null ? -1 : SEVERITIES.indexOf(severity))

function duration(ms: number): string {
  const hours = ms / 3_600_000
  return hours >= 48 && hours % 24 === 0 ? `${hours / 24} days` : hours >= 1 ? `${Math.round(hours)} h` : `${Math.round(ms / 60_000)} min`
}
