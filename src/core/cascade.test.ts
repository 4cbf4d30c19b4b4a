import { describe, expect, it } from 'vitest'
import { sampleOf, wantsRun } from './cascade.ts'
import type { RunFacts, SandboxPolicy } from './cascade.ts'
import type { Finding, Level } from './types.ts'

const NOW = new Date('2026-06-10T12:00:00Z')
const DAY = 86_400_000
const policy: SandboxPolicy = {
  suspicious: 'hold', undetermined: 'hold', watched: 'hold', newHooks: 'hold', firstHooks: 'hold', nearly: 'hold', malicious: 'off',
  sample: { share: 0.1, runs: 'behind' }, young: 7 * DAY, unavailable: 'hold',
}
const HOOK = 'install-hook postinstall: node setup.js'
const plain: RunFacts = { hooks: [], difference: null, publishedAt: new Date(NOW.getTime() - 100 * DAY), now: NOW, servedBefore: false, watched: null, private: false }
const young = new Date(NOW.getTime() - DAY)
const since = { since: '1.0.0', added: [{ of: 'trigger' as const, what: HOOK }] }

const brief = (level: Level, facts: Partial<RunFacts> = {}, changes: Partial<SandboxPolicy> = {}, sample = 0.5, score = 0): string => {
  const findings = [{ title: 'sends tokens' } as Finding]
  const wanted = wantsRun({ name: 'pkg', version: '1.0.1' }, { level, score, findings, missing: ['cut'] }, { ...plain, ...facts }, { ...policy, ...changes }, sample)
  return wanted === null ? 'no' : `${wanted.reason} ${wanted.holds ? 'holds' : 'behind'} ${wanted.urgency}`
}

describe('who goes to the sandbox', () => {
  it.each<[string, string, string]>([
    ['what is clean and plain does not', brief('clean'), 'no'],
    ['suspicious', brief('suspicious'), 'suspicious holds 1'],
    ['undetermined', brief('undetermined'), 'undetermined holds 1'],
    ['malicious, which changes nothing', brief('malicious', { hooks: [HOOK], difference: since }), 'no'],
    ['malicious, for what can be learnt', brief('malicious', {}, { malicious: 'behind' }), 'malicious behind 3'],
    ['a hook that is new', brief('clean', { hooks: [HOOK], difference: since }), 'new-hooks holds 1'],
    ['a trigger that is new and runs only when somebody opens an editor', brief('clean', { hooks: [], difference: since }), 'no'],
    ['a hook that was there before', brief('clean', { hooks: [HOOK], difference: { since: '1.0.0', added: [] } }), 'no'],
    ['the first version that is known, and young', brief('clean', { hooks: [HOOK], publishedAt: young }), 'first-hooks holds 1'],
    ['the first version that is known, of unknown age', brief('clean', { hooks: [HOOK], publishedAt: null }), 'first-hooks holds 1'],
    ['the first version that is known, and old', brief('clean', { hooks: [HOOK] }), 'first-hooks behind 2'],
    ['somebody who is watched', brief('clean', { watched: 'its uploader is watched' }), 'watched holds 1'],
    ['a sample', brief('clean', {}, {}, 0.09), 'sample behind 2'],
    ['what is nearly suspicious, and old', brief('clean', {}, {}, 0.5, 20), 'nearly behind 2'],
    ['what is nearly suspicious, and young', brief('clean', { publishedAt: young }, {}, 0.5, 20), 'nearly holds 1'],
    ['what is not nearly so', brief('clean', {}, {}, 0.5, 19), 'no'],
    ['a private name that is nearly suspicious', brief('clean', { private: true }, {}, 0.5, 29), 'no'],
    ['what is suspicious, where that is no reason', brief('suspicious', {}, { suspicious: 'off' }, 0.5, 60), 'no'],
    ['what is nearly suspicious, where that is no reason', brief('clean', { publishedAt: young }, { nearly: 'off' }, 0.5, 29), 'no'],
    ['no sample at 0', brief('clean', {}, { sample: { share: 0, runs: 'behind' } }, 0), 'no'],
    ['a sample that is held', brief('clean', {}, { sample: { share: 1, runs: 'hold' } }), 'sample holds 1'],
    ['one reason is off, another counts', brief('suspicious', { hooks: [HOOK], difference: since }, { suspicious: 'off' }), 'new-hooks holds 1'],
    ['one that holds before one that does not', brief('suspicious', { watched: 'x' }, { suspicious: 'behind' }), 'watched holds 1'],
    ['what was served before is run behind', brief('suspicious', { servedBefore: true }), 'suspicious behind 2'],
    ['a private name has its hooks', brief('clean', { hooks: [HOOK], difference: since, private: true, watched: 'x' }, {}, 0), 'no'],
    ['a private name that looks suspicious', brief('suspicious', { private: true }), 'suspicious holds 1'],
    ['whose profile is not known', brief('clean', { hooks: null, difference: since }), 'no'],
  ])('%s', (_what, found, expected) => expect(found).toBe(expected))

  it('says why, in a clause', () => {
    const says = (facts: Partial<RunFacts>): string | undefined => wantsRun({ name: 'pkg', version: '1.0.1' }, { level: 'clean', score: 0, findings: [], missing: [] }, { ...plain, ...facts }, policy, 0.5)?.says
    expect([says({ hooks: [HOOK], difference: since }), says({ hooks: [HOOK] })]).toEqual([`since 1.0.0 it has ${HOOK}`, `its first version here has ${HOOK}`])
  })
})

it('draws the sample by digest, evenly', () => {
  const at = (hex: string): number => sampleOf(`sha256:${hex.padEnd(64, '0')}`)
  expect([at(''), at('8'), at('ffffffffffff')]).toEqual([0, 0.5, 1 - 2 ** -48])
})
