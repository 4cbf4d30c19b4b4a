import { describe, expect, it } from 'vitest'
import { decide, pledgedDigest } from './decide.ts'
import type { RunDue, SandboxPolicy } from './cascade.ts'
import type { Dated, Judged, Standing, Subject } from './decide.ts'
import type { Policy, Rule } from './policy.ts'
import type { Advisory, Level, Order } from './types.ts'

const NOW = new Date('2026-06-10T12:00:00Z')
const HOUR = 3_600_000
const ago = (hours: number): Date => new Date(NOW.getTime() - hours * HOUR)
const subject: Subject = { ecosystem: 'npm', name: 'pkg', version: '1.0.0', file: 'pkg-1.0.0.tgz', publishedAt: ago(1000), publishedBefore: null }
const young: Subject = { ...subject, publishedAt: ago(1) }
const policy: Policy = {
  id: 'p', mode: 'enforce', minimumAge: { npm: 24 * HOUR, pypi: 48 * HOUR, go: 0 }, suspicious: 'hold', undetermined: 'hold', suspected: 'hold', removedUpstream: 'hold', quarantinedUpstream: 'hold', reports: { youngerThan: 86_400_000, observers: 2, trusted: 1 },
  allow: [], deny: [], private: [], advisories: { holdFrom: null },
}
/** Leading zeros and zeros at the end do not count. */
const compare = (a: string, b: string): number => {
  const [left, right] = [a, b].map((text) => text.replace(/^v/, '').split('.').map(Number).join('.').replace(/(?:\.0)+$/, '')) as [string, string]
  return left < right ? -1 : left > right ? 1 : 0
}

const rule = (changes: Partial<Rule> = {}): Rule => ({ ecosystem: 'npm', name: 'pkg', versions: [], lifts: ['age', 'suspicious', 'undetermined', 'suspected', 'advisories'], because: 'reason', expires: null, ...changes })
const order = (action: Order['action'], changes: Partial<Order> = {}): Order => ({
  id: 'o', seq: 1, ecosystem: 'npm', name: 'pkg', version: null, digest: null, action, because: 'said so', by: 'ann', at: ago(5), expiresAt: null, ...changes,
})
const advisory = (changes: Partial<Advisory> = {}): Advisory => ({
  id: 'MAL-1', ecosystem: 'npm', name: 'pkg', malicious: true, summary: 'steals', versions: [], ranges: [], severity: null, url: null, source: 's', modified: NOW, withdrawn: null, ...changes,
})
const vulnerable = (severity: Advisory['severity']) => advisory({ id: 'GHSA-1', malicious: false, severity, summary: 'overflow' })
const judged = (level: Level): Map<string, Judged> => new Map([[subject.file, { digest: 'sha256:aa', level, says: `it is ${level}`, rules: 'r' }]])

interface Case { subject?: Subject; policy?: Partial<Policy>; orders?: Order[]; advisories?: Advisory[]; judged?: Map<string, Judged>; dated?: Dated; suspicions?: Standing['suspicions']; reviews?: Standing['reviews']; near?: string }
const ruling = (given: Case) => {
  const standing: Standing = {
    orders: given.orders ?? [], advisories: given.advisories ?? [], judged: given.judged ?? new Map(),
    dated: given.dated ? new Map([['1.0.0', given.dated]]) : new Map(),
    suspicions: given.suspicions ?? [], reviews: given.reviews ?? [], near: given.near ?? null,
  }
  return decide(given.subject ?? subject, standing, { ...policy, ...given.policy }, NOW, compare)
}
const brief = (given: Case): string => {
  const { action, reason } = ruling(given)
  return `${action} ${reason}`
}
const table = (rows: readonly (readonly [string, Case, string])[]): void => {
  it.each(rows)('%s', (_what, given, expected) => expect(brief(given)).toBe(expected))
}

describe('without anything special', () => {
  table([
    ['an index shows what is not examined yet', {}, 'serve clean'],
    ['clean is served', { judged: judged('clean') }, 'serve clean'],
    ['suspicious is held', { judged: judged('suspicious') }, 'hold suspicious'],
    ['undetermined is held', { judged: judged('undetermined') }, 'hold undetermined'],
    ['malicious is quarantined', { judged: judged('malicious') }, 'quarantine malicious'],
    ['suspicious, if policy serves it', { judged: judged('suspicious'), policy: { suspicious: 'serve' } }, 'serve clean'],
    ['undetermined, if policy serves it', { judged: judged('undetermined'), policy: { undetermined: 'serve' } }, 'serve clean'],
    ['malicious, whatever policy serves', { judged: judged('malicious'), policy: { suspicious: 'serve', undetermined: 'serve' } }, 'quarantine malicious'],
    ['a judgement of another file does not count', { judged: new Map([['other.tgz', { digest: 'sha256:bb', level: 'malicious', says: '', rules: 'r' }]]) }, 'serve clean'],
  ])
})

describe('age', () => {
  const at = (publishedAt: Date | null, publishedBefore: Date | null = null): Subject => ({ ...subject, publishedAt, publishedBefore })
  table([
    ['young', { subject: young }, 'hold too-young'],
    ['exactly old enough', { subject: at(ago(24)) }, 'serve clean'],
    ['a second short', { subject: at(new Date(ago(24).getTime() + 1000)) }, 'hold too-young'],
    ['from the future', { subject: at(ago(-5)) }, 'hold too-young'],
    ['unknown', { subject: at(null) }, 'hold age-unknown'],
    ['bounded from above, old', { subject: at(null, ago(30)) }, 'serve clean'],
    ['bounded from above, recently', { subject: at(null, ago(3)) }, 'hold age-unknown'],
    ['no minimum', { subject: at(null), policy: { minimumAge: { npm: 0, pypi: 0, go: 0 } } }, 'serve clean'],
    ['each ecosystem has its own', { subject: { ...at(ago(30)), ecosystem: 'pypi' } }, 'hold too-young'],
    ['in a log since long', { subject: at(null), dated: { by: ago(100), after: ago(200) } }, 'serve clean'],
    ['in a log since just now', { subject: at(null), dated: { by: ago(1), after: ago(2) } }, 'hold too-young'],
    ['in a log, but in no checkpoint yet', { subject: at(null), dated: { by: null, after: ago(100) } }, 'hold too-young'],
    ['in a log without bounds', { subject: at(null), dated: { by: null, after: null } }, 'hold age-unknown'],
    ['malicious goes before age', { subject: young, judged: judged('malicious') }, 'quarantine malicious'],
    ['age goes before suspicious', { subject: young, judged: judged('suspicious') }, 'hold too-young'],
  ])

  it.each([
    [at(ago(1)), undefined, 23], [at(null, ago(4)), undefined, 20], [at(null), { by: ago(1), after: ago(50) }, 23],
    [at(null), { by: null, after: ago(1) }, 23], [at(null), { by: null, after: ago(100) }, null], [at(null), undefined, null],
  ])('says when to look again, never a moment that has passed: %#', (given, dated, hours) => {
    expect(ruling({ subject: given, ...(dated ? { dated } : {}) }).until).toEqual(hours === null ? null : ago(-hours))
  })

  it('says it in a line', () => {
    expect(ruling({ subject: young }).because).toBe('published less than 24 h ago; available from 2026-06-11T11:00Z')
  })
})

describe('allow and deny', () => {
  const allow = (changes: Partial<Rule> = {}): Partial<Policy> => ({ allow: [rule(changes)] })
  table([
    ['allow lifts age', { subject: young, policy: allow() }, 'serve allowed'],
    ['allow lifts unknown age', { subject: { ...subject, publishedAt: null }, policy: allow() }, 'serve allowed'],
    ['allow lifts suspicious', { judged: judged('suspicious'), policy: allow() }, 'serve allowed'],
    ['allow lifts undetermined', { judged: judged('undetermined'), policy: allow() }, 'serve allowed'],
    ['allow does not lift a malicious verdict', { judged: judged('malicious'), policy: allow() }, 'quarantine malicious'],
    ['allow does not lift a malicious advisory', { advisories: [advisory()], policy: allow() }, 'quarantine advisory'],
    ['allow lifts only what it says', { subject: young, judged: judged('suspicious'), policy: allow({ lifts: ['age'] }) }, 'hold suspicious'],
    ['two rules lift together what neither lifts alone', { subject: young, judged: judged('suspicious'), policy: { allow: [rule({ lifts: ['age'] }), rule({ lifts: ['suspicious'] })] } }, 'serve allowed'],
    ['an expired rule adds nothing', { subject: young, judged: judged('suspicious'), policy: { allow: [rule({ lifts: ['age'] }), rule({ lifts: ['suspicious'], expires: ago(1) })] } }, 'hold suspicious'],
    ['allow of this version, written differently', { subject: young, policy: allow({ versions: ['v1.0'] }) }, 'serve allowed'],
    ['deny of this version, written differently', { policy: { deny: [rule({ versions: ['1.0'] })] } }, 'quarantine denied'],
    ['allow of another version', { subject: young, policy: allow({ versions: ['2.0.0'] }) }, 'hold too-young'],
    ['allow of this version', { subject: young, policy: allow({ versions: ['2.0.0', '1.0.0'] }) }, 'serve allowed'],
    ['allow by pattern', { subject: young, policy: allow({ name: 'p*' }) }, 'serve allowed'],
    ['allow of another ecosystem', { subject: young, policy: allow({ ecosystem: 'pypi' }) }, 'hold too-young'],
    ['allow that expired', { subject: young, policy: allow({ expires: ago(1) }) }, 'hold too-young'],
    ['allow that expires right now', { subject: young, policy: allow({ expires: NOW }) }, 'hold too-young'],
    ['allow that still holds', { subject: young, policy: allow({ expires: ago(-1) }) }, 'serve allowed'],
    ['deny', { policy: { deny: [rule()] } }, 'quarantine denied'],
    ['deny goes before allow', { policy: { ...allow(), deny: [rule()] } }, 'quarantine denied'],
    ['deny that expired', { policy: { deny: [rule({ expires: ago(1) })] } }, 'serve clean'],
  ])

  it.each([
    ['allow', { subject: young, policy: allow({ expires: ago(-2) }) }], ['deny', { policy: { deny: [rule({ expires: ago(-2) })] } }],
    ['release', { orders: [order('release', { expiresAt: ago(-2) })] }], ['hold', { orders: [order('hold', { expiresAt: ago(-2) })] }],
    ['recall', { orders: [order('recall', { expiresAt: ago(-2) })] }],
  ])('what an expiring %s decides changes when it expires', (_what, given) => expect(ruling(given).until).toEqual(ago(-2)))
})

describe('rules that combine', () => {
  const twice = (one: Partial<Rule>, other: Partial<Rule>): Case => ({
    subject: young, judged: judged('suspicious'), policy: { allow: [rule({ because: 'one', ...one }), rule({ because: 'other', ...other })] },
  })
  it.each([
    ['the first to end', twice({ lifts: ['age'], expires: ago(-2) }, { lifts: ['suspicious'], expires: ago(-3) }), ago(-2), 'one; other'],
    ['not one that lifts nothing here', twice({ lifts: ['undetermined'], expires: ago(-2) }, { lifts: ['age', 'suspicious'] }), null, 'other'],
    ['not one that another outlasts', twice({ lifts: ['age'], expires: ago(-2) }, { lifts: ['age', 'suspicious'], expires: ago(-3) }), ago(-3), 'other'],
    ['none where one never ends', twice({ expires: ago(-2) }, {}), null, 'other'],
  ])('name the expiry that matters: %s', (_what, given, until, because) => {
    expect(ruling(given)).toMatchObject({ action: 'serve', reason: 'allowed', because: `allowed by policy: ${because}`, until })
  })
})

describe('advisories', () => {
  const from = (holdFrom: Policy['advisories']['holdFrom']): Partial<Policy> => ({ advisories: { holdFrom } })
  table([
    ['known malicious', { advisories: [advisory()] }, 'quarantine advisory'],
    ['goes before age', { subject: young, advisories: [advisory()] }, 'quarantine advisory'],
    ['withdrawn', { advisories: [advisory({ withdrawn: ago(1) })] }, 'serve clean'],
    ['of other versions', { advisories: [advisory({ versions: ['9'] })] }, 'serve clean'],
    ['a vulnerability, not asked for', { advisories: [vulnerable('critical')] }, 'serve clean'],
    ['a vulnerability at the bar', { advisories: [vulnerable('high')], policy: from('high') }, 'hold advisory'],
    ['a vulnerability above the bar', { advisories: [vulnerable('critical')], policy: from('low') }, 'hold advisory'],
    ['a vulnerability below the bar', { advisories: [vulnerable('moderate')], policy: from('high') }, 'serve clean'],
    ['a vulnerability of unknown severity', { advisories: [vulnerable(null)], policy: from('low') }, 'serve clean'],
    ['a vulnerability that is allowed', { advisories: [vulnerable('high')], policy: { ...from('high'), allow: [rule()] } }, 'serve allowed'],
    ['the worst of several', { advisories: [vulnerable('low'), advisory()], policy: from('low') }, 'quarantine advisory'],
  ])
})

describe('private names', () => {
  const mine: Partial<Policy> = { private: [{ ecosystem: 'npm', pattern: 'pkg', registry: null }] }
  table([
    ['have no minimum age', { subject: young, policy: mine }, 'serve private'],
    ['are judged like others', { judged: judged('malicious'), policy: mine }, 'quarantine malicious'],
    ['are held like others', { judged: judged('suspicious'), policy: mine }, 'hold suspicious'],
  ])
})

describe('people\'s orders', () => {
  table([
    ['hold', { orders: [order('hold')] }, 'hold held'],
    ['recall', { orders: [order('recall')] }, 'quarantine recalled'],
    ['release lifts malicious', { orders: [order('release')], judged: judged('malicious') }, 'serve released'],
    ['release lifts an advisory, age and a deny rule', { subject: young, orders: [order('release')], advisories: [advisory()], policy: { deny: [rule()] } }, 'serve released'],
    ['the latest counts', { orders: [order('hold'), order('release', { seq: 2 })] }, 'serve released'],
    ['the latest counts in any order', { orders: [order('release', { seq: 2 }), order('hold')] }, 'serve released'],
    ['the latest counts, though the clock was set back', { orders: [order('release', { at: ago(1) }), order('recall', { seq: 2, at: ago(9) })] }, 'quarantine recalled'],
    ['an expired one gives way to the one before', { orders: [order('hold'), order('release', { seq: 2, expiresAt: ago(1) })] }, 'hold held'],
    ['one that expires right now is over', { orders: [order('hold', { expiresAt: NOW })] }, 'serve clean'],
    ['of another version', { orders: [order('hold', { version: '2.0.0' })] }, 'serve clean'],
    ['of this version', { orders: [order('hold', { version: '1.0.0' })] }, 'hold held'],
    ['of this version, with fewer zeros', { orders: [order('recall', { version: '1.0' })] }, 'quarantine recalled'],
    ['of this version, with more zeros', { orders: [order('release', { version: '1.00.0' })], judged: judged('malicious') }, 'serve released'],
    ['of this digest', { orders: [order('recall', { digest: 'sha256:aa' })], judged: judged('clean') }, 'quarantine recalled'],
    ['of another digest', { orders: [order('release', { digest: 'sha256:bb' })], judged: judged('malicious') }, 'quarantine malicious'],
    ['of a digest before the file is examined', { orders: [order('release', { digest: 'sha256:aa' })], subject: young }, 'hold too-young'],
    ['of a digest the index promises, before the file is examined', { orders: [order('release', { digest: 'sha256:aa' })], subject: { ...young, pledged: 'sha256:aa' } }, 'serve released'],
    ['of a digest the index promises now, while the gate has other bytes', { orders: [order('release', { digest: 'sha256:bb' })], subject: { ...subject, pledged: 'sha256:bb' }, judged: judged('malicious') }, 'quarantine malicious'],
    ['taken back: of a digest the index promises now', { orders: [order('recall', { digest: 'sha256:bb' })], subject: { ...subject, pledged: 'sha256:bb' }, judged: judged('clean') }, 'quarantine recalled'],
    ['of a version and a digest: both must be', { orders: [order('hold', { version: '2.0.0', digest: 'sha256:aa' })], judged: judged('clean') }, 'serve clean'],
    ['are enforced in observe mode too', { orders: [order('recall')], policy: { mode: 'observe' } }, 'quarantine recalled'],
  ])
})

describe('a recall of one version', () => {
  const recall = order('recall', { version: '1.0.0' })
  const bytes = { ...recall, version: null, digest: 'sha256:aa' } as const
  table([
    ['stands against a release of the whole package', { orders: [recall, order('release', { seq: 2 })] }, 'quarantine recalled'],
    ['stands against a hold of the whole package', { orders: [recall, order('hold', { seq: 2 })] }, 'quarantine recalled'],
    ['stands against a release of another version', { orders: [recall, order('release', { seq: 2, version: '2.0.0' })] }, 'quarantine recalled'],
    ['is lifted by a release of the version', { orders: [recall, order('release', { seq: 2, version: '1.0' })] }, 'serve released'],
    ['is lifted by a release of the bytes', { orders: [recall, order('release', { seq: 2, digest: 'sha256:aa' })], judged: judged('clean') }, 'serve released'],
    ['is not lifted by a release before it', { orders: [order('release', { version: '1.0.0' }), { ...recall, seq: 2 }] }, 'quarantine recalled'],
    ['that is lifted comes under the next word on the package', { orders: [recall, order('release', { seq: 2, version: '1.0.0' }), order('hold', { seq: 3 })] }, 'hold held'],
    ['is back when the release has expired', { orders: [recall, order('release', { seq: 2, version: '1.0.0', expiresAt: ago(1) }), order('release', { seq: 3 })] }, 'quarantine recalled'],
    ['that has expired is over', { orders: [{ ...recall, expiresAt: ago(1) }, order('release', { seq: 2 })] }, 'serve released'],
    ['by its bytes stands, too', { orders: [bytes, order('release', { seq: 2 })], judged: judged('clean') }, 'quarantine recalled'],
    ['by its bytes is lifted by a release of the version', { orders: [bytes, order('release', { seq: 2, version: '1.0.0' })], judged: judged('clean') }, 'serve released'],
  ])

  it('a recall of the package is lifted by a release of the package', () => {
    expect(brief({ orders: [order('recall'), order('release', { seq: 2 })] })).toBe('serve released')
  })

  it('is looked at again when the release that lifts it ends', () => {
    expect(ruling({ orders: [recall, order('release', { seq: 2, version: '1.0.0', expiresAt: ago(-3) }), order('release', { seq: 3 })] }).until).toEqual(ago(-3))
  })
})

describe('what an index promises', () => {
  it.each([
    [{ hashes: { sha256: 'AB'.repeat(32) } }, `sha256:${'ab'.repeat(32)}`], [{ hashes: { sha256: 'x' } }, null], [{ hashes: { md5: 'a'.repeat(64) } }, null], [{ integrity: 'sha512-AA==' }, null],
  ])('%j: %s', (pledge, digest) => expect(pledgedDigest(pledge)).toBe(digest))
})

describe('observe mode', () => {
  it.each([
    ['quarantine', 'malicious', { judged: judged('malicious') }], ['quarantine', 'denied', { policy: { deny: [rule()] } }], ['hold', 'too-young', { subject: young }],
  ] as const)('serves and says what would have been: %s %s', (action, reason, given) => {
    const made = ruling({ ...given, policy: { ...('policy' in given ? { deny: [...given.policy.deny] } : {}), mode: 'observe' } })
    expect(made).toMatchObject({ action: 'serve', reason: 'observed', would: { action, reason } })
  })

  it('says nothing when it would have been served anyway', () => {
    expect(ruling({ policy: { mode: 'observe' } })).toEqual({ action: 'serve', reason: 'clean', because: 'not examined yet', until: null })
  })
})

describe('what the watch suspects', () => {
  const suspected = (changes: Partial<Standing['suspicions'][number]> = {}) => [{ kind: 'twin', version: null, says: 'a stranger', holds: true, ...changes }]
  table([
    ['is held', { suspicions: suspected(), judged: judged('clean') }, 'hold suspected'],
    ['is served where it is only worth a look', { suspicions: suspected({ holds: false }) }, 'serve clean'],
    ['is held in every spelling of the version', { suspicions: suspected({ version: '1.0' }) }, 'hold suspected'],
    ['is served in another version', { suspicions: suspected({ version: '2.0.0' }) }, 'serve clean'],
    ['is served where policy says so', { suspicions: suspected(), policy: { suspected: 'serve' } }, 'serve clean'],
    ['is served where the allow list lifts it', { suspicions: suspected(), policy: { allow: [rule({ lifts: ['suspected'] })] } }, 'serve allowed'],
    ['is no less malicious', { suspicions: suspected(), judged: judged('malicious') }, 'quarantine malicious'],
    ['says nothing of a private name', { suspicions: suspected(), policy: { private: [{ ecosystem: 'npm', pattern: 'pkg', registry: null }] } }, 'serve private'],
    ['ends with a person\'s word', { suspicions: suspected(), orders: [order('release')] }, 'serve released'],
  ])

  it('comes with the name that was meant, which holds nothing by itself', () => {
    expect(ruling({ judged: judged('suspicious'), near: 'redis' }).because).toBe('it is suspicious; did you mean redis?')
    expect(brief({ judged: judged('clean'), near: 'redis' })).toBe('serve clean')
  })
})

describe('waiting for the sandbox', () => {
  const sandbox: SandboxPolicy = {
    suspicious: 'hold', undetermined: 'hold', watched: 'hold', newHooks: 'hold', firstHooks: 'hold', nearly: 'hold', malicious: 'off', sample: { share: 0, runs: 'behind' }, young: 0, unavailable: 'hold',
  }
  const statically: Partial<Policy> = { sandbox: { ...sandbox, unavailable: 'serve-by-static' } }
  const due = (level: Level, changes: Partial<RunDue> = {}): Map<string, Judged> => new Map([[subject.file, {
    digest: 'sha256:aa', level, says: `it is ${level}`, rules: 'r',
    run: { state: 'waiting', reason: 'new-hooks', says: 'it has a hook', problem: null, holds: true, urgency: 1, ...changes },
  }]])
  const lifts = (...what: Rule['lifts']): Partial<Policy> => ({ sandbox, allow: [rule({ lifts: what })] })
  const troubled = { problem: 'nothing isolates here' }
  table([
    ['clean so far', { judged: due('clean'), policy: { sandbox } }, 'hold running'],
    ['suspicious says so when it was run', { judged: due('suspicious'), policy: { sandbox } }, 'hold running'],
    ['suspicious, which policy serves', { judged: due('suspicious'), policy: { sandbox, suspicious: 'serve' } }, 'hold running'],
    ['run behind', { judged: due('clean', { holds: false }), policy: { sandbox } }, 'serve clean'],
    ['nothing is run any more', { judged: due('clean') }, 'serve clean'],
    ['malicious goes before', { judged: due('malicious'), policy: { sandbox } }, 'quarantine malicious'],
    ['an advisory goes before', { judged: due('clean'), advisories: [advisory()], policy: { sandbox } }, 'quarantine advisory'],
    ['too young goes before', { subject: young, judged: due('clean'), policy: { sandbox } }, 'hold too-young'],
    ['a person released it', { judged: due('clean'), orders: [order('release')], policy: { sandbox } }, 'serve released'],
    ['policy only observes', { judged: due('clean'), policy: { sandbox, mode: 'observe' } }, 'serve observed'],
    ['an allow rule lifts it', { judged: due('clean'), policy: lifts('sandbox') }, 'serve allowed'],
    ['an allow rule for something else', { judged: due('clean'), policy: lifts('age', 'suspicious') }, 'hold running'],
    ['an allow rule for what it is wanted for', { judged: due('suspicious', { reason: 'suspicious' }), policy: lifts('suspicious') }, 'serve allowed'],
    ['waiting and not possible now', { judged: due('clean', troubled), policy: { sandbox } }, 'hold running'],
    ['not possible, and static examination counts', { judged: due('clean', troubled), policy: statically }, 'serve clean'],
    ['not possible, and static examination holds', { judged: due('suspicious', troubled), policy: statically }, 'hold suspicious'],
    ['possible, and static examination would count', { judged: due('clean'), policy: statically }, 'hold running'],
    ['given up', { judged: due('clean', { state: 'left', ...troubled }), policy: { sandbox } }, 'hold undetermined'],
    ['given up, and static examination counts', { judged: due('clean', { state: 'left', ...troubled }), policy: statically }, 'serve clean'],
    ['given up, and a rule accepts what cannot be judged', { judged: due('clean', { state: 'left', ...troubled }), policy: lifts('undetermined') }, 'serve allowed'],
  ])

  it('follows the policy in force, whatever was in force when it was asked for', () => {
    expect(brief({ judged: due('clean'), policy: { sandbox: { ...sandbox, newHooks: 'behind' } } })).toBe('serve clean')
    expect(brief({ judged: due('clean', { reason: 'sample' }), policy: { sandbox: { ...sandbox, sample: { share: 0.1, runs: 'hold' } } } })).toBe('hold running')
  })

  it('says what to do, and why', () => {
    const because = (changes: Partial<RunDue>): string => ruling({ judged: due('clean', changes), policy: { sandbox } }).because
    expect(because({})).toBe('being run in the sandbox, try again in a few minutes: it has a hook')
    expect(because(troubled)).toBe('waits for the sandbox (nothing isolates here): it has a hook')
    expect(because({ state: 'left', ...troubled })).toBe('could not be run in the sandbox (nothing isolates here): it has a hook')
  })
})
