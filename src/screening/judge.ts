import { affects } from '../core/affects.ts'
import { decide } from '../core/decide.ts'
import type { Ruling, Standing, Subject } from '../core/decide.ts'
import { privateName } from '../core/policy.ts'
import type { Policy } from '../core/policy.ts'
import type { Advisory, Digest } from '../core/types.ts'
import { ecosystems } from '../ecosystems/index.ts'
import { KINDS } from './types.ts'
import type { Against, Asked, Kind, Known, KnownFile } from './types.ts'

export interface Rules {
  policy: Policy
  now: Date
}

/** A lockfile may promise dozens of files of one version. */
const MOST_PROMISES = 100

type Wanted = Pick<Asked, 'ecosystem' | 'name' | 'version' | 'digests'>

/**
 * What is against a package, the gravest first: what `core/decide.ts` rules of each file of the version that is known or
 * promised, and besides every advisory that speaks of it, also those that policy serves nevertheless. Pure.
 */
export function against(asked: Wanted, known: Known, rules: Rules, publishedAt: Date | null = null): Against[] {
  const standing = asked.version === null ? ofEveryVersion(known.standing) : known.standing
  const rulings = subjectsOf(asked, known, publishedAt).map((subject) => ({ subject, ruling: ruled(subject, standing, rules) }))
  const all = [...ofRulings(rulings, known), ...ofAdvisories(asked, standing, { rules, rulings: rulings.map(({ ruling }) => ruling) })]
  return all.sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || rank(b.severity) - rank(a.severity))
}

/** A rule without a version would be said of all; what speaks of some is silent where the version is not known. */
function ofEveryVersion(standing: Standing): Standing {
  return {
    ...standing,
    orders: standing.orders.filter(({ version, digest }) => version === null && digest === null),
    advisories: standing.advisories.filter(({ versions, ranges }) => (versions.length === 0 && ranges.length === 0)
      || ranges.some(({ introduced, fixed, lastAffected }) => introduced === '0' && fixed === undefined && lastAffected === undefined)),
    suspicions: standing.suspicions.filter(({ version }) => version === null),
    reviews: standing.reviews.filter(({ versions }) => versions === null),
    judged: new Map(),
  }
}

function subjectsOf({ ecosystem, name, version, digests }: Wanted, { files }: Known, publishedAt: Date | null): Subject[] {
  const { compareVersions } = ecosystems[ecosystem]
  const pledged = digests.filter((digest): digest is Digest => /^sha256:[0-9a-f]{64}$/.test(digest)).slice(0, MOST_PROMISES)
  const own = version === null ? [] : files.filter((one) => compareVersions(one.version, version) === 0)
  // Of several files of a version, those that the lockfile means.
  const meant = pledged.length > 0 && own.some(({ digest }) => pledged.includes(digest)) ? own.filter(({ digest }) => pledged.includes(digest)) : own
  const subject = (file: string, published: Date | null, digest: Digest | null): Subject =>
    ({ ecosystem, name, version: version ?? '', file, publishedAt: published ?? publishedAt, publishedBefore: null, pledged: digest })
  return [
    ...meant.map((one: KnownFile) => subject(one.file, one.publishedAt, one.digest)),
    ...(pledged.length > 0 ? pledged.map((digest) => subject('', null, digest)) : [subject('', null, null)]),
  ]
}

/** Whose age nobody knows is not held for it: the gate asks the registry, a lockfile cannot. In observe mode, what would be ruled. */
function ruled(subject: Subject, standing: Standing, { policy, now }: Rules): Ruling {
  const dated = subject.publishedAt !== null
  const ruling = decide(subject, standing, dated ? policy : { ...policy, minimumAge: NONE }, now, ecosystems[subject.ecosystem].compareVersions)
  return ruling.would ? { ...ruling, ...ruling.would } : ruling
}

const NONE: Policy['minimumAge'] = { npm: 0, pypi: 0, go: 0 }

function ofRulings(rulings: readonly { subject: Subject; ruling: Ruling }[], known: Known): Against[] {
  const found = new Map<string, Against>()
  for (const { subject, ruling } of rulings) {
    const kind = kindOf(ruling)
    if (kind === null || found.has(`${kind} ${ruling.because}`)) continue
    found.set(`${kind} ${ruling.because}`, {
      kind, reason: ruling.reason, id: null, says: ruling.because, severity: null, url: null, source: null, accepted: null,
      at: ruling.reason === 'malicious' || ruling.reason === 'suspicious' ? known.evidence.get(subject.file) ?? null : null,
    })
  }
  return [...found.values()]
}

/** null: it is served, or an advisory says more. */
function kindOf({ action, reason }: Ruling): Kind | null {
  if (action === 'serve' || reason === 'advisory') return null
  if (action === 'hold') return 'held'
  return reason === 'recalled' ? 'recalled' : reason === 'denied' ? 'denied' : 'malicious'
}

function ofAdvisories({ ecosystem, name, version }: Wanted, standing: Standing, { rules, rulings }: { rules: Rules; rulings: readonly Ruling[] }): Against[] {
  const { policy } = rules
  // As in `decide`: a public advisory about a private name is about somebody else's package.
  if (privateName(policy, ecosystem, name) !== null) return []
  const { compareVersions } = ecosystems[ecosystem]
  const speaking = standing.advisories.filter((one) => !one.withdrawn && (version === null || affects(one, version, compareVersions)))
  if (speaking.length === 0) return []
  const released = rulings.find(({ reason }) => reason === 'released')?.because ?? null
  const lifted = released ?? liftedBy({ ecosystem, name, version }, speaking, rules)
  return speaking.map((one) => ({
    kind: one.malicious ? 'malicious' : 'vulnerable', reason: 'advisory', id: one.id, says: one.summary, severity: one.severity, url: one.url, source: one.source,
    at: null, accepted: one.malicious ? released : lifted,
  }))
}

/** Why policy lets a vulnerable version pass, if it does: asked as if it held every vulnerability. */
function liftedBy({ ecosystem, name, version }: Omit<Wanted, 'digests'>, speaking: readonly Advisory[], { policy, now }: Rules): string | null {
  const standing: Standing = {
    orders: [], judged: new Map(), dated: new Map(), suspicions: [], reviews: [], near: null,
    advisories: speaking.filter(({ malicious }) => !malicious).map((one) => ({ ...one, severity: one.severity ?? 'low' })),
  }
  const subject: Subject = { ecosystem, name, version: version ?? '', file: '', publishedAt: null, publishedBefore: null }
  const { action, because } = decide(subject, standing, { ...policy, mode: 'enforce', minimumAge: NONE, deny: [], advisories: { holdFrom: 'low' } }, now, ecosystems[ecosystem].compareVersions)
  return action === 'serve' && standing.advisories.length > 0 ? because : null
}

const SEVERITIES = ['low', 'moderate', 'high', 'critical']
export const rank = (severity: Against['severity']): number => (severity === null ? -1 : SEVERITIES.indexOf(severity))

export const counts = ({ accepted }: Against): boolean => accepted === null
