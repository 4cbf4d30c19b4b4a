import { describe, expect, it } from 'vitest'
import { identityOf, timeOf } from './identity.ts'
import type { RawIdentity } from './identity.ts'

const of = (raw: RawIdentity) => identityOf('npm', 'x', raw)

describe('an identity', () => {
  it('is nothing where the registry says nothing', () => {
    expect(of({})).toEqual({
      ecosystem: 'npm', name: 'x', description: '', accounts: [], publisher: null, emails: [], repository: null, homepage: null, createdAt: null, latest: null, latestAt: null,
      releases: 0, versions: [], readme: null, mentions: [], rank: null,
    })
  })

  it('goes by the times the registry gives, or else by its order', () => {
    const at = (day: number): Date => new Date(Date.UTC(2026, 0, day))
    expect(of({ releases: [{ version: '2.0', at: at(3) }, { version: '1.0', at: at(1) }, { version: '3.0', at: at(2) }, { version: 'undated', at: null }] }))
      .toMatchObject({ createdAt: at(1), latest: '2.0', latestAt: at(3), releases: 4, versions: ['2.0', '3.0', '1.0'] })
    expect(of({ releases: [{ version: 'v1', at: null }, { version: 'v2', at: null }] })).toMatchObject({ createdAt: null, latest: 'v2', latestAt: null, versions: ['v2', 'v1'] })
  })

  it('has addresses in lower case and once, out of whatever holds them', () => {
    expect(of({ emails: ['Ann <ANN@Corp.example>, Bob <bob@corp.example>', 'ann@corp.example', 'no address', 7, null] }).emails).toEqual(['ann@corp.example', 'bob@corp.example'])
  })

  it('has the first repository that is one', () => {
    expect(of({ repositories: ['https://docs.example/', 7, 'git+https://github.com/Corp/SDK.git', 'https://github.com/else/where'] }).repository?.toLowerCase()).toContain('corp/sdk')
  })

  it.each([
    ['pip install corp-sdk', ['pypi:corp-sdk']], ['`python -m pip install --upgrade Corp_SDK`', ['pypi:corp_sdk']], ['npm i -D @corp/sdk', ['npm:@corp/sdk']], ['yarn add left-pad.', ['npm:left-pad']],
    ['see https://registry.example/project/corp-sdk/', ['pypi:corp-sdk']], ['https://registry.example/package/@corp/sdk', ['npm:@corp/sdk']], ['nothing', []],
  ])('mentions what its README tells people to install: %s', (readme, expected) => {
    expect(of({ readme }).mentions).toEqual(expect.arrayContaining(expected))
    expect(of({ readme }).mentions.length).toBe(expected.length)
  })

  it.each<[string, RawIdentity]>([
    ['a README without end', { readme: 'npm install '.repeat(200_000) }], ['one of options', { readme: `pip install ${'--a '.repeat(100_000)}` }], ['one of spaces', { readme: `npm${' '.repeat(300_000)}x` }],
    ['one of addresses', { readme: '/project/'.repeat(100_000) }], ['an address without end', { emails: ['a.'.repeat(500_000), `a@${'b.'.repeat(500_000)}`] }], ['people without end', { accounts: Array.from({ length: 100_000 }, (_, at) => `a${at}`) }],
    ['releases without end', { releases: Array.from({ length: 100_000 }, (_, at) => ({ version: `1.${at}`, at: null })) }], ['versions without end', { releases: [{ version: 'x'.repeat(100_000), at: null }] }],
    ['other things', { description: { toString: 7 }, accounts: [{}, [], null], publisher: 7, homepage: [], readme: 7 } as RawIdentity],
  ])('is bounded, and read at once, for %s', (_, raw) => {
    expect(JSON.stringify(of(raw)).length).toBeLessThan(10_000)
  })

  it('is one line without commands to a terminal', () => {
    const { description, accounts, publisher } = of({ description: 'a\u001b[2J\r\nb\u202ec', accounts: ['m\u0000\u0007'], publisher: 'p\n' })
    // eslint-disable-next-line no-control-regex -- control characters are what must not be there
    for (const text of [description, ...accounts, publisher]) expect(text).not.toMatch(/[\u0000-\u001f\u202a-\u202e]/)
  })

  it.each<[unknown, boolean]>([['2026-01-01T00:00:00Z', true], ['not a time', false], ['', false], [7, false], [null, false], ['2'.repeat(100), false]])('reads %j as a time: %s', (value, is) => {
    expect(timeOf(value) !== null).toBe(is)
  })
})
