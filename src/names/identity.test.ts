import { describe, expect, it } from 'vitest'
import { identityOf } from '../core/identity.ts'
import type { RawIdentity } from '../core/identity.ts'
import type { EcosystemId } from '../core/types.ts'
import type { Identity } from '../core/watch.ts'
import { compareTwins, counterparts, otherSpellings } from './identity.ts'

const NOW = new Date('2021-07-28T12:00:00Z')
const days = (ago: number): Date => new Date(NOW.getTime() - ago * 86_400_000)
const who = (ecosystem: EcosystemId, name: string, raw: RawIdentity, rank: number | null = null): Identity => ({ ...identityOf(ecosystem, name, raw), rank })

const SDK = who('npm', 'botframework-streaming', {
  description: 'Streaming library for the Bot Framework SDK', accounts: ['sdkbot', 'ada'], publisher: 'sdkbot', emails: ['sdk@corp.example'],
  repositories: ['https://github.com/corp/botbuilder-js.git'], readme: 'npm install botframework-streaming',
  releases: Array.from({ length: 265 }, (_, at) => ({ version: at === 264 ? '4.14.0' : `4.13.0-dev.${at}`, at: days(600 - at * 2) })),
})
const newcomer = (raw: RawIdentity): Identity => who('pypi', 'botframework-streaming', { releases: [{ version: '4.14.0', at: days(0.1) }], ...raw })

describe('the same name at another registry', () => {
  it.each([
    ['npm', 'botframework-streaming', ['pypi:botframework-streaming']], ['npm', '@Corp/Sdk.js', ['pypi:corp-sdk-js']], ['pypi', 'corp-sdk', ['npm:corp-sdk']],
    ['npm', '@corp/…', []], ['go', 'github.com/corp/sdk', []],
  ] as const)('%s:%s is looked for', (ecosystem, name, expected) => {
    expect(counterparts(ecosystem, name).map((one) => `${one.ecosystem}:${one.name}`)).toEqual(expected)
  })

  it('is an alarm with all its signals when a stranger took it with the other\'s current version (case B)', () => {
    const twin = compareTwins(newcomer({ accounts: ['somebody'], emails: ['x@mail.example'] }), SDK, NOW)
    expect(twin).toMatchObject({ relation: 'stranger', level: 'alarm' })
    expect(twin?.signals.map(({ signal }) => signal)).toEqual(['same-name', 'other-source', 'version-copied', 'no-history', 'popular-there-only', 'own-word', 'no-repository'])
    expect(twin?.signals.map(({ says }) => says).join('; ')).toContain('its version 4.14.0 is the other\'s current one')
  })

  it('may be a scope and a word, or words joined otherwise, where somebody is known to have it', () => {
    expect(otherSpellings('pypi', 'aws-cdk-core').map(({ name }) => name)).toEqual(['@aws/cdk-core', '@aws-cdk/core', 'aws_cdk_core', 'aws.cdk.core'])
    expect(otherSpellings('pypi', `${'a-'.repeat(5_000)}b`).length).toBeLessThan(10)
    expect([...otherSpellings('pypi', 'requests'), ...otherSpellings('npm', 'aws-cdk-core'), ...otherSpellings('go', 'github.com/a-b/c')]).toEqual([])
  })

  it.each<[string, RawIdentity]>([
    ['an account of the same name, as each registry gives out its own', { accounts: ['SDKbot'] }],
    ['the same repository', { repositories: ['git@github.com:corp/botbuilder-js.git'] }],
    ['a repository of the same owner', { repositories: ['https://github.com/corp/botbuilder-python'] }],
    ['an address of the same company', { emails: ['python@corp.example'] }],
  ])('is no alarm, but a claim with all that was copied, with %s', (_, raw) => {
    const twin = compareTwins(newcomer(raw), SDK, NOW)
    expect(twin).toMatchObject({ relation: 'claimed', level: 'note' })
    expect(twin?.signals.map(({ signal }) => signal)).toEqual(['link', 'version-copied'])
  })

  it.each([
    ['4.14.0', true], ['v4.14.0', true], ['4.14', true], ['4.14.0.0', true], ['4.14.1', true], ['4.14.0.post1', true], ['4.14.0rc1', true], ['4.13.0-dev.261', true],
    ['4.1', false], ['4.140.0', false], ['1.0.0', false], ['0.1.2', false], ['14.0', false], ['4', false], ['x', false],
  ])('of version %s is a copy: %s', (version, copied) => {
    expect(compareTwins(newcomer({ releases: [{ version, at: days(0.1) }] }), SDK, NOW)?.signals.some(({ signal }) => signal === 'version-copied')).toBe(copied)
  })

  it.each<[string, Date[], boolean]>([
    ['many uploads in one day', Array.from({ length: 12 }, (_, at) => days(1 - at / 20)), true],
    ['a name that was kept for a year', [days(500), days(0.1)], true],
    ['releases of two years', Array.from({ length: 4 }, (_, at) => days(700 - at * 200)), false],
    ['nothing new', [days(400), days(300)], false],
  ])('is asked about after %s: %s', (_, times, asked) => {
    const releases = times.map((at, index) => ({ version: index === times.length - 1 ? '4.14.0' : `0.0.${index}`, at }))
    expect(compareTwins(newcomer({ releases }), SDK, NOW)?.level ?? null).toBe(asked ? 'alarm' : null)
  })

  it('is no alarm of a package that was there before: the other may be the copy, made to have it held', () => {
    const text = { description: 'Reads rain gauges of all kinds', readme: '# rain' }
    const first = who('pypi', 'rain-gauges', { ...text, releases: [{ version: '3.4.1', at: days(900) }, { version: '3.5.0', at: days(0.1) }] })
    const copy = who('npm', 'rain-gauges', { ...text, releases: Array.from({ length: 6 }, (_, at) => ({ version: `3.4.${at}`, at: days(200 - at) })) })
    expect(compareTwins(first, copy, NOW)).toMatchObject({ relation: 'stranger', level: 'note' })
    expect(compareTwins({ ...first, createdAt: days(20) }, copy, NOW)).toMatchObject({ level: 'alarm' })
  })

  it('is the same project where the established one says so', () => {
    const linking = { ...SDK, mentions: ['pypi:botframework-streaming'] }
    expect(compareTwins(newcomer({}), linking, NOW)).toMatchObject({ relation: 'same', level: 'none' })
  })

  it('connects nobody by a mail service that everybody uses', () => {
    const mail = who('npm', 'left-pad-x', { emails: ['a@gmail.com'], releases: Array.from({ length: 40 }, (_, at) => ({ version: `3.${at}.0`, at: days(400 - at) })) })
    expect(compareTwins(who('pypi', 'left-pad-x', { emails: ['b@gmail.com'], releases: [{ version: '3.39.0', at: days(1) }] }), mail, NOW)).toMatchObject({ relation: 'stranger', level: 'alarm' })
  })

  it.each<[string, RawIdentity]>([
    ['a project of its own that begins at 1.0.0', { description: 'Reads rain gauges', repositories: ['https://github.com/else/rain'], releases: [{ version: '1.0.0', at: days(1) }] }],
    ['a version that is long past there', { releases: [{ version: '4.13.0-dev.3', at: days(1) }], repositories: ['https://github.com/else/rain'] }],
  ])('is no alarm for %s', (_, raw) => {
    expect(compareTwins(newcomer(raw), SDK, NOW)?.level).not.toBe('alarm')
  })

  it('is no question for a package with a history, nor for a name that nobody knows there', () => {
    const old = newcomer({ releases: Array.from({ length: 9 }, (_, at) => ({ version: `4.${at}.0`, at: days(300 - at) })) })
    expect(compareTwins(old, SDK, NOW)).toBeNull()
    expect(compareTwins(newcomer({}), who('npm', 'botframework-streaming', { releases: [{ version: '4.14.0', at: days(3) }] }), NOW)).toBeNull()
  })
})
