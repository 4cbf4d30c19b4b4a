import { describe, expect, it } from 'vitest'
import { loadConfig } from '../config.ts'
import type { Standing } from '../core/decide.ts'
import type { Policy } from '../core/policy.ts'
import type { Advisory, Digest, Level, Order, Release } from '../core/types.ts'
import { against } from './judge.ts'
import { nearestSafe } from './safe.ts'
import type { Asked, Known, KnownFile } from './types.ts'

const NOW = new Date('2026-06-10T12:00:00Z')
const HOUR = 3_600_000
const policy: Policy = { ...loadConfig({ text: '', env: {}, cwd: '/nonexistent', canonical: (_ecosystem, raw) => raw }).policy, minimumAge: { npm: 24 * HOUR, pypi: 0, go: 0 } }
const advisory = (changes: Partial<Advisory> = {}): Advisory => ({
  id: 'MAL-1', ecosystem: 'npm', name: 'pkg', malicious: true, summary: 'steals', versions: ['1.0.0'], ranges: [], severity: null, url: null, source: 's', modified: NOW, withdrawn: null, ...changes,
})
const vulnerable = (changes: Partial<Advisory> = {}) => advisory({ id: 'GHSA-1', malicious: false, severity: 'high', summary: 'overflow', versions: [], ranges: [{ introduced: '0', fixed: '1.2.0' }], ...changes })
const order = (action: Order['action'], changes: Partial<Order> = {}): Order => ({ id: 'o', seq: 1, ecosystem: 'npm', name: 'pkg', version: null, digest: null, action, because: 'said so', by: 'ann', at: NOW, expiresAt: null, ...changes })
const D: Digest = `sha256:${'a'.repeat(64)}`
const file = (level: Level | null, changes: Partial<KnownFile> = {}): KnownFile => ({ file: 'pkg-1.0.0.tgz', version: '1.0.0', digest: D, publishedAt: null, judged: level, ...changes })

interface Case { version?: string | null; digests?: string[]; orders?: Order[]; advisories?: Advisory[]; files?: KnownFile[]; suspicions?: Standing['suspicions']; policy?: Partial<Policy>; range?: string; releases?: string[] }
function known({ orders = [], advisories = [], files = [], suspicions = [] }: Case): Known {
  const judged = new Map(files.flatMap((one) => (one.judged === null ? [] : [[one.file, { digest: one.digest, level: one.judged, says: `it is ${one.judged}`, rules: 'r' }] as const])))
  return { standing: { orders, advisories, judged, dated: new Map(), suspicions, reviews: [], near: null }, files, evidence: new Map([['pkg-1.0.0.tgz', { file: 'index.js', line: 7, says: 'sends tokens' }]]) }
}
const asked = ({ version = '1.0.0', digests = [], range }: Case): Asked => ({ ecosystem: 'npm', name: 'pkg', version, range: range ?? null, digests })
const found = (given: Case) => against(asked(given), known(given), { policy: { ...policy, ...given.policy }, now: NOW })
const brief = (given: Case): string[] => found(given).map(({ kind, reason, id, accepted }) => `${kind} ${id ?? reason}${accepted === null ? '' : ` accepted: ${accepted}`}`)

describe('what is against a package is what the gate would rule, and every advisory', () => {
  it.each<[string, Case, string[]]>([
    ['nothing known', {}, []],
    ['malicious by an advisory', { advisories: [advisory()] }, ['malicious MAL-1']],
    ['malicious in another version', { version: '1.0.1', advisories: [advisory()] }, []],
    ['several, the gravest first', { advisories: [vulnerable({ id: 'GHSA-0', severity: 'low' }), vulnerable(), advisory()] }, ['malicious MAL-1', 'vulnerable GHSA-1', 'vulnerable GHSA-0']],
    ['withdrawn', { advisories: [advisory({ withdrawn: NOW })] }, []],
    ['vulnerable though policy serves it', { advisories: [vulnerable()] }, ['vulnerable GHSA-1']],
    ['vulnerable and held by policy is said once', { advisories: [vulnerable()], policy: { advisories: { holdFrom: 'high' } } }, ['vulnerable GHSA-1']],
    ['a verdict', { files: [file('malicious')] }, ['malicious malicious']],
    ['a verdict of another version', { version: '2.0.0', files: [file('malicious')] }, []],
    ['a verdict on other bytes than the lockfile promises, where some of these are known', { digests: [`sha256:${'b'.repeat(64)}`], files: [file('malicious'), file('clean', { file: 'pkg-1.0.0.zip', digest: `sha256:${'b'.repeat(64)}` })] }, []],
    ['suspicious', { files: [file('suspicious')] }, ['held suspicious']],
    ['clean', { files: [file('clean')] }, []],
    ['recalled', { orders: [order('recall', { version: '1.0.0' })] }, ['recalled recalled']],
    ['recalled by its bytes', { digests: [D], orders: [order('recall', { digest: D })] }, ['recalled recalled']],
    ['other bytes recalled', { digests: [`sha256:${'c'.repeat(64)}`], orders: [order('recall', { digest: D })] }, []],
    ['held by a person', { orders: [order('hold')] }, ['held held']],
    ['denied', { policy: { deny: [{ ecosystem: 'npm', name: 'pkg', versions: [], lifts: [], because: 'banned', expires: null }] } }, ['denied denied']],
    ['suspected', { suspicions: [{ kind: 'twin', version: null, says: 'a stranger', holds: true }] }, ['held suspected']],
    ['only looked at', { suspicions: [{ kind: 'imitation', version: null, says: 'resembles', holds: false }] }, []],
    ['released by a person', { orders: [order('release')], advisories: [advisory(), vulnerable()] }, ['malicious MAL-1 accepted: said so (ann)', 'vulnerable GHSA-1 accepted: said so (ann)']],
    ['allowed although vulnerable', { advisories: [vulnerable({ severity: null })], policy: { allow: [{ ecosystem: 'npm', name: 'pkg', versions: [], lifts: ['advisories'], because: 'SEC-1', expires: null }] } }, ['vulnerable GHSA-1 accepted: allowed by policy: SEC-1']],
    ['allowed for its age only', { advisories: [vulnerable()], policy: { allow: [{ ecosystem: 'npm', name: 'pkg', versions: [], lifts: ['age'], because: 'SEC-1', expires: null }] } }, ['vulnerable GHSA-1']],
    ['allowed, but malicious', { advisories: [advisory()], policy: { allow: [{ ecosystem: 'npm', name: 'pkg', versions: [], lifts: ['advisories'], because: 'SEC-1', expires: null }] } }, ['malicious MAL-1']],
    ['a private name', { advisories: [advisory()], policy: { private: [{ ecosystem: 'npm', pattern: 'pkg', registry: null }] } }, []],
    ['an age nobody knows is not held against it', { files: [file('clean')] }, []],
    ['an age that is known is', { files: [file('clean', { publishedAt: new Date(NOW.getTime() - HOUR) })] }, ['held too-young']],
    ['observe mode, as if it were enforced', { policy: { mode: 'observe' }, orders: [], files: [file('malicious')] }, ['malicious malicious']],
    ['no version: what is said of all', { version: null, advisories: [advisory(), advisory({ id: 'MAL-2', versions: [], ranges: [{ introduced: '0' }] }), vulnerable()] }, ['malicious MAL-2']],
  ])('%s', (_what, given, expected) => expect(brief(given)).toEqual(expected))

  it('says where in the package', () => expect(found({ files: [file('malicious')] })[0]?.at).toEqual({ file: 'index.js', line: 7, says: 'sends tokens' }))
})

describe('the nearest version that nothing is against', () => {
  const release = (version: string): Release => ({ version, file: `pkg-${version}.tgz`, url: '', pledge: {}, publishedAt: new Date('2020-01-01'), publishedBefore: null })
  const nearest = (given: Case) => nearestSafe(asked(given), known(given), given.releases?.map(release) ?? null, { policy: { ...policy, ...given.policy }, now: NOW })
  it.each<[string, Case, unknown]>([
    ['the next higher in the range', { range: '^1.0.0', advisories: [vulnerable()], releases: ['0.9.0', '1.0.0', '1.1.0', '1.2.0', '1.3.0', '2.0.0'] }, { version: '1.2.0', inRange: true, from: 'index' }],
    ['the next lower in the range, where no higher one in it is', { range: '~1.0.0', version: '1.0.1', advisories: [advisory({ versions: ['1.0.1', '1.0.2'] })], releases: ['1.0.0', '1.0.1', '1.0.2', '1.1.0'] }, { version: '1.0.0', inRange: true, from: 'index' }],
    ['out of the range, where none in it is', { range: '1.0.0', advisories: [advisory()], releases: ['0.9.0', '1.0.0', '1.1.0'] }, { version: '1.1.0', inRange: false, from: 'index' }],
    ['a lower one, where no higher one is known', { advisories: [advisory()], releases: ['0.8.0', '0.9.0', '1.0.0'] }, { version: '0.9.0', inRange: null, from: 'index' }],
    ['one that was served', { advisories: [advisory()], files: [file('clean', { version: '1.0.1', file: 'pkg-1.0.1.tgz' })] }, { version: '1.0.1', inRange: null, from: 'served' }],
    ['none that was found malicious', { advisories: [advisory()], files: [file('malicious', { version: '1.0.1', file: 'pkg-1.0.1.tgz' })], releases: ['1.0.0', '1.0.1', '1.0.2'] }, { version: '1.0.2', inRange: null, from: 'index' }],
    ['what an advisory names, where nothing else is known', { advisories: [vulnerable()] }, { version: '1.2.0', inRange: null, from: 'advisory' }],
    ['no prerelease', { advisories: [advisory()], releases: ['1.0.0', '1.0.1-rc.1', '1.1.0'] }, { version: '1.1.0', inRange: null, from: 'index' }],
    ['none', { advisories: [advisory({ versions: [], ranges: [{ introduced: '0' }] })], releases: ['1.0.0', '1.1.0'] }, null],
    ['none known', { advisories: [advisory()] }, null],
  ])('%s', (_what, given, expected) => expect(nearest(given).safe).toEqual(expected))

  it('says why there is none', () => {
    expect(nearest({ advisories: [advisory()] })).toMatchObject({ why: expect.stringContaining('no other version is known here') as string })
    expect(nearest({ advisories: [advisory({ versions: [], ranges: [{ introduced: '0' }] })], releases: ['1.0.0', '1.1.0'] })).toMatchObject({ why: 'nothing is known of a version that is not affected, among 2 that are known here' })
  })
})
