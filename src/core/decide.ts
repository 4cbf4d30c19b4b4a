import { affects, listed } from './affects.ts'
import type { CompareVersions } from './affects.ts'
import { earliest, orderInForce } from './orders.ts'
import { runsFor } from './cascade.ts'
import type { RunDue, RunReason } from './cascade.ts'
import type { Action, Advisory, Digest, EcosystemId, Level, Order, Pledge, Reason } from './types.ts'
import { covers, privateName } from './policy.ts'
import type { Policy, Rule } from './policy.ts'
import { isGrave } from './presence.ts'
import type { OpenReview } from './presence.ts'

/** What the gate already knows of a package, gathered once per package and cheap to clone to a worker. */
export interface Standing {
  orders: readonly Order[]
  advisories: readonly Advisory[]
  /** Judgements by file name. */
  judged: ReadonlyMap<string, Judged>
  /** Publish-time bounds by version, for ecosystems dated by a transparency log. */
  dated: ReadonlyMap<string, Dated>
  /** What the watch over the registries concluded of it. */
  suspicions: readonly Suspicion[]
  /** What upstream did to it, as far as nobody has dealt with that. */
  reviews: readonly OpenReview[]
  /** The protected name it may have been mistaken for, where its own is none. */
  near: string | null
}

/** A conclusion from outside a package's code: who published it, beside what, under whose name. */
export interface Suspicion {
  kind: string
  /** null: every version. */
  version: string | null
  says: string
  /** Whether it is reason enough to hold, or only to look. */
  holds: boolean
}

export interface Judged {
  digest: Digest
  level: Level
  /** One line: the worst finding, or what is missing. */
  says: string
  /** The rules it was judged by. */
  rules: string
  /** A run in the sandbox that is wanted of it; absent: it is not, or it was run. */
  run?: RunDue
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
  /** SHA-256 that the index promises of the bytes (`pledgedDigest`), where it promises one. */
  pledged?: Digest | null
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

/**
 * The one place where a verdict, people's orders, policy and time become serve, hold or quarantine. Pure.
 * Index documents and bytes are decided by this same function; `judged` absent means not examined yet, which an index
 * shows and the bytes wait for.
 *
 * Order: a person's latest word (a recall of a version ends only with a release that names a version: `orderInForce`), deny
 * list, malicious (advisory or verdict), trouble upstream, age, vulnerabilities, what the watch suspects, waiting for the
 * sandbox, suspicious, undetermined; the last six unless the allow list lifts them. Versions are compared in the ecosystem's order, so that `1.0` and `1.0.0` are one.
 */
export function decide(subject: Subject, standing: Standing, policy: Policy, now: Date, compareVersions: CompareVersions): Ruling {
  const ruling = byAnybody(subject, standing, policy, now, compareVersions)
  if (ruling.action === 'serve' || standing.near === null) return ruling
  return { ...ruling, because: `${ruling.because}; did you mean ${standing.near}?` }
}

function byAnybody(subject: Subject, standing: Standing, policy: Policy, now: Date, compareVersions: CompareVersions): Ruling {
  const judged = standing.judged.get(subject.file)?.digest ?? null
  const ordered = orderInForce(standing.orders, { version: subject.version, judged, pledged: subject.pledged ?? null }, now, compareVersions)
  if (ordered) {
    const { order, until } = ordered
    const said = `${order.because} (${order.by})`
    if (order.action === 'release') return serve('released', said, until)
    if (order.action === 'recall') return { action: 'quarantine', reason: 'recalled', because: `recalled: ${said}`, until }
    return { action: 'hold', reason: 'held', because: `held by a person: ${said}`, until }
  }
  const ruling = byPolicy(subject, standing, policy, now, compareVersions)
  if (policy.mode === 'enforce' || ruling.action === 'serve') return ruling
  const { action, reason, because, until } = ruling
  return { ...serve('observed', `observe mode; would be: ${because}`, until), would: { action, reason, because } }
}

function byPolicy(subject: Subject, standing: Standing, policy: Policy, now: Date, compareVersions: CompareVersions): Ruling {
  const [denied] = rulesFor(policy.deny, subject, now, compareVersions)
  if (denied) return { action: 'quarantine', reason: 'denied', because: `denied by policy: ${denied.because}`, until: denied.expires }

  // A public advisory about a private name is about somebody else's package of that name.
  const isPrivate = privateName(policy, subject.ecosystem, subject.name) !== null
  const matching = isPrivate ? [] : standing.advisories.filter((advisory) => !advisory.withdrawn && affects(advisory, subject.version, compareVersions))
  const known = matching.find((advisory) => advisory.malicious)
  if (known) return { action: 'quarantine', reason: 'advisory', because: `known malicious: ${known.id} ${known.summary}`.trim(), until: null }

  const judged = standing.judged.get(subject.file)
  if (judged?.level === 'malicious') return { action: 'quarantine', reason: 'malicious', because: judged.says, until: null }

  const lost = byUpstream(subject, standing.reviews, policy, compareVersions)
  if (lost) return lost

  const allowing = rulesFor(policy.allow, subject, now, compareVersions)
  const lifting: Rule[] = []
  /** The hold, unless a rule lifts it: then the decision rests on the one that lasts longest. */
  const unlessLifted = (what: Lift | readonly Lift[], hold: Ruling | null): Ruling | null => {
    const rule = hold && longest(allowing.filter(({ lifts }) => [what].flat().some((one) => lifts.includes(one))))
    if (rule) lifting.push(rule)
    return rule ? null : hold
  }
  const held = unlessLifted('age', isPrivate ? null : byAge(subject, standing.dated.get(subject.version), policy.minimumAge[subject.ecosystem], now))
    ?? unlessLifted('advisories', byVulnerability(matching, policy.advisories.holdFrom))
    ?? unlessLifted('suspected', isPrivate || policy.suspected === 'serve' ? null : bySuspicion(subject, standing.suspicions, compareVersions))
    ?? unlessLifted(['sandbox', ...liftOf(judged?.run)], byRun(judged?.run, policy))
    ?? unlessLifted('suspicious', judged?.level === 'suspicious' && policy.suspicious === 'hold'
      ? { action: 'hold', reason: 'suspicious', because: judged.says, until: null } : null)
    ?? unlessLifted('undetermined', judged?.level === 'undetermined' && policy.undetermined === 'hold'
      ? { action: 'hold', reason: 'undetermined', because: `could not be judged: ${judged.says}`, until: null } : null)
  if (held) return held
  if (allowing.length > 0) {
    const because = new Set((lifting.length > 0 ? lifting : allowing.slice(0, 1)).map((rule) => rule.because))
    return serve('allowed', `allowed by policy: ${[...because].join('; ')}`, earliest(lifting.map(({ expires }) => expires)))
  }
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

function byVulnerability(advisories: readonly Advisory[], from: Policy['advisories']['holdFrom']): Ruling | null {
  const found = from && advisories.find(({ severity }) => rank(severity) >= rank(from))
  return found ? { action: 'hold', reason: 'advisory', because: `${found.id}: ${found.summary}`.trim(), until: null } : null
}

/**
 * What upstream did to a version since it was had. Other bytes under the same name, a security placeholder and a quarantine hold
 * it in any case; that it is gone, where policy does not serve what is known and judged.
 */
function byUpstream({ version, trouble }: Subject, reviews: readonly OpenReview[], policy: Policy, compareVersions: CompareVersions): Ruling | null {
  const about = reviews.filter(({ versions }) => versions === null || listed(versions, version, compareVersions))
  const grave = about.find(({ kind }) => isGrave(kind))
  if (grave) return { action: 'hold', reason: grave.kind === 'changed' ? 'changed' : 'removed', because: grave.says, until: null }
  if (trouble?.reason === 'changed') return { action: 'hold', ...trouble, until: null }
  if (policy.removedUpstream === 'serve') return null
  const gone = trouble?.because ?? about[0]?.says
  return gone === undefined ? null : { action: 'hold', reason: 'removed', because: gone, until: null }
}

function bySuspicion({ version }: Subject, suspicions: readonly Suspicion[], compareVersions: CompareVersions): Ruling | null {
  const found = suspicions.find((one) => one.holds && (one.version === null || compareVersions(one.version, version) === 0))
  return found ? { action: 'hold', reason: 'suspected', because: found.says, until: null } : null
}

/**
 * Held until it was run. What the sandbox found is in the verdict: a run that was had, whatever came of it, holds nothing here.
 * Whoever accepts what it is wanted for need not wait either.
 */
export const BEING_RUN = 'being run in the sandbox'

function byRun(run: RunDue | undefined, { sandbox }: Policy): Ruling | null {
  if (!run?.holds || !sandbox || runsFor(sandbox, run.reason) !== 'hold') return null
  const { state, says, problem } = run
  if (problem === null) return { action: 'hold', reason: 'running', because: `${BEING_RUN}, try again in a few minutes: ${says}`, until: null }
  if (sandbox.unavailable === 'serve-by-static') return null
  if (state === 'waiting') return { action: 'hold', reason: 'running', because: `waits for the sandbox (${problem}): ${says}`, until: null }
  return { action: 'hold', reason: 'undetermined', because: `could not be run in the sandbox (${problem}): ${says}`, until: null }
}

type Lift = Rule['lifts'][number]

function liftOf(run: RunDue | undefined): readonly Lift[] {
  const lift = run && LIFTS[run.reason]
  return [...lift ? [lift] : [], ...run?.state === 'left' ? ['undetermined'] as const : []]
}

const LIFTS: Readonly<Partial<Record<RunReason, Lift>>> = { suspicious: 'suspicious', undetermined: 'undetermined', watched: 'suspected' }

function rulesFor(rules: readonly Rule[], subject: Subject, now: Date, compareVersions: CompareVersions): Rule[] {
  return rules.filter((rule) =>
    rule.ecosystem === subject.ecosystem
    && covers(rule.name, subject.name)
    && (rule.versions.length === 0 || listed(rule.versions, subject.version, compareVersions))
    && (!rule.expires || rule.expires > now))
}

/** Of rules in force the one that ends last, or never; of equals the first. */
const longest = (rules: readonly Rule[]): Rule | null =>
  rules.reduce<Rule | null>((best, rule) => (best && (best.expires === null || (rule.expires !== null && rule.expires <= best.expires)) ? best : rule), null)

/** What the index promises of a file as a digest of the kind orders name, or null. */
export function pledgedDigest({ hashes }: Pledge): Digest | null {
  const hex = hashes?.['sha256']?.toLowerCase() ?? ''
  return /^[0-9a-f]{64}$/.test(hex) ? `sha256:${hex}` : null
}

const serve = (reason: Reason, because: string, until: Date | null = null): Ruling => ({ action: 'serve', reason, because, until })

const SEVERITIES = ['low', 'moderate', 'high', 'critical']
const rank = (severity: string | null): number => (severity === null ? -1 : SEVERITIES.indexOf(severity))

function duration(ms: number): string {
  const hours = ms / 3_600_000
  return hours >= 48 && hours % 24 === 0 ? `${hours / 24} days` : hours >= 1 ? `${Math.round(hours)} h` : `${Math.round(ms / 60_000)} min`
}
