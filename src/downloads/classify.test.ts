import { describe, expect, it } from 'vitest'
import { readAgent } from '../core/client.ts'
import { classifier } from './classify.ts'
import type { ClassRule } from './classify.ts'
import type { Caller, Delivery } from './delivery.ts'

const caller = (facts: Partial<Caller>): Caller => ({ key: 'k', named: false, token: null, user: null, host: null, address: '192.0.2.1', job: null, ...facts })
const delivery = (agent: string, changes: Partial<Delivery> = {}): Delivery =>
  ({ at: 0, ecosystem: 'pypi', name: 'colours', version: '1.0', file: 'colours-1.0.tar.gz', agent: readAgent(agent), caller: caller({}), part: false, times: 1, source: null, ...changes })
const rule = (changes: Partial<ClassRule>): ClassRule => ({ class: 'ci', because: 'build machines', tokens: [], agents: [], networks: [], ...changes })
const mirrors = { class: 'mirror', because: 'took all 6 files of 1.0 within 3 s' } as const

describe('what a delivery was for', () => {
  it.each<[string, Delivery, string, string, string]>([
    ['a person', delivery('pip/24.0 {"ci":null}'), 'person', 'says pip 24.0', 'agent'],
    ['a build', delivery('npm/11.0.0 node/v22 linux x64 ci/github-actions'), 'ci', 'says npm 11.0.0 in CI (github-actions)', 'agent'],
    ['a build of pip', delivery('pip/24.0 {"ci":true}'), 'ci', 'says pip 24.0 in CI', 'agent'],
    ['a build that says so itself', delivery('pnpm/10.34.9 npm/? node/v24', { caller: caller({ job: '4711' }) }), 'ci', 'says pnpm 10.34.9, tells the CI job it runs in', 'agent'],
    ['a mirror', delivery('bandersnatch/6.6.0 (cpython 3.11)'), 'mirror', 'says bandersnatch 6.6.0', 'agent'],
    ['a mirror in CI', delivery('bandersnatch/6.6.0 ci/jenkins'), 'mirror', 'says bandersnatch 6.6.0', 'agent'],
    ['a scanner', delivery('Snyk/1.2'), 'scanner', 'says snyk 1.2', 'agent'],
    ['a researcher', delivery('python-requests/2.31.0 (security research; +https://lab.example/)'), 'scanner', 'says it crawls, scans or researches', 'agent'],
    ['an updater', delivery('RenovateBot/37 (https://renovate.example)'), 'scanner', 'says renovate 37: looks for newer versions', 'agent'],
    ['a browser', delivery('Mozilla/5.0 (X11; Linux) Firefox/126.0'), 'person', 'a browser: somebody who looks rather than installs', 'agent'],
    ['a program for anything', delivery('curl/8.1.2'), 'unknown', 'says curl 8.1.2: a program for anything', 'nothing'],
    ['Go, of its own', delivery('Go-http-client/1.1', { ecosystem: 'go' }), 'person', 'says go 1.1', 'agent'],
    ['Go, at another registry', delivery('Go-http-client/1.1'), 'unknown', 'says go 1.1: a program for anything', 'nothing'],
    ['nothing', delivery(''), 'unknown', 'does not say what it is', 'nothing'],
    ['somebody forgotten', delivery('', { caller: caller({ address: null }) }), 'unknown', 'who asked is not known any more', 'nothing'],
    ['nobody', delivery('', { caller: null }), 'unknown', 'who asked is not known any more', 'nothing'],
    ['nobody in a table', delivery('', { caller: null, source: 'a table' }), 'unknown', 'does not say what it is', 'nothing'],
  ])('%s', (_, one, kind, because, by) => {
    expect(classifier([])(one, null)).toMatchObject({ class: kind, because, by })
  })

  it('goes by what it did before what it says of being a person or a build', () => {
    for (const agent of ['pip/24.0 {"ci":true}', 'npm/11 ci/x', 'curl/8', 'Mozilla/5.0 Firefox/1', '']) {
      expect(classifier([])(delivery(agent), mirrors)).toMatchObject({ class: 'mirror', because: mirrors.because, by: 'behaviour' })
    }
  })

  it.each<[string, Partial<ClassRule>, Delivery]>([
    ['a token', { tokens: ['audit'] }, delivery('pip/24', { caller: caller({ token: 'audit' }) })],
    ['a tool', { agents: ['Curl'] }, delivery('curl/8')],
    ['a network', { networks: ['198.51.100.0/24', '192.0.2.0/28'] }, delivery('bandersnatch/6')],
    ['an address of IPv6', { networks: ['2001:db8::/32'] }, delivery('', { caller: caller({ address: '2001:db8::7' }) })],
    ['an address written as IPv6', { networks: ['192.0.2.1'] }, delivery('', { caller: caller({ address: '::ffff:192.0.2.1' }) })],
  ])('goes by settings before all else: %s', (_, changes, one) => {
    expect(classifier([rule({ tokens: ['nobody'] }), rule({ class: 'scanner', because: 'our audit', ...changes })])(one, mirrors)).toMatchObject({ class: 'scanner', because: 'our audit', by: 'configuration' })
  })

  it('takes the first setting that fits, and none that does not', () => {
    const classify = classifier([rule({ tokens: ['a'], class: 'mirror' }), rule({ tokens: ['a'] }), rule({ networks: ['203.0.113.0/24'] })])
    expect(classify(delivery('pip/24', { caller: caller({ token: 'a' }) }), null).class).toBe('mirror')
    expect(classify(delivery('pip/24', { caller: caller({ address: 'not an address' }) }), null).class).toBe('person')
    expect(classify(delivery('pip/24', { caller: null }), null).by).not.toBe('configuration')
  })
})
