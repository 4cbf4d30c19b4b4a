import { describe, expect, it } from 'vitest'
import type { EcosystemId } from '../core/types.ts'
import { readOsv } from './osv.ts'
import { cvss3, severityOf } from './severity.ts'

const canonical = (ecosystem: EcosystemId, raw: string): string => (ecosystem === 'pypi' ? raw.toLowerCase().replace(/[-_.]+/g, '-') : raw)
const read = (value: unknown) => readOsv(value, { source: 'test', canonical })
const base = { id: 'MAL-2026-1', modified: '2026-01-02T03:04:05Z', summary: 'Bad\n thing' }
const on = (ecosystem: string, name: string, more: object = {}) => ({ package: { ecosystem, name }, ...more })
const first = (value: unknown) => {
  const reading = read(value)
  return 'skipped' in reading ? reading.skipped : reading.advisories[0]
}
describe('readOsv', () => {
  it('reads a malicious-package record', () => {
    expect(first({ ...base, affected: [on('npm', 'evil', { versions: ['1.0.0'] })], references: [{ type: 'WEB', url: 'https://a.example/' }, { type: 'ADVISORY', url: 'https://b.example/' }] })).toEqual({
      id: 'MAL-2026-1', ecosystem: 'npm', name: 'evil', malicious: true, summary: 'Bad thing', versions: ['1.0.0'], ranges: [], severity: null,
      url: 'https://b.example/', source: 'test', modified: new Date('2026-01-02T03:04:05Z'), withdrawn: null, tlp: 'clear',
    })
  })

  it.each([
    ['MAL-1', {}, true], ['GHSA-1', {}, false], ['GHSA-1', { aliases: ['MAL-1'] }, true],
    ['GHSA-1', { database_specific: { cwe_ids: ['CWE-506'] } }, true], ['GHSA-1', { database_specific: { cwe_ids: 'CWE-506' } }, false],
    ['GHSA-1', { database_specific: null }, false],
  ])('%s %j: malicious %s', (id, more, malicious) => {
    expect(first({ ...base, id, ...more, affected: [on('npm', 'x', { versions: ['1'] })] })).toMatchObject({ malicious })
  })

  it('makes one advisory a package, with canonical names, of our ecosystems only', () => {
    const reading = read({ ...base, withdrawn: '2026-02-01T00:00:00Z', affected: [
      on('PyPI', 'Foo.Bar', { versions: ['1'] }), on('PyPI', 'foo_bar', { versions: ['2'] }), on('crates.io', 'x', { versions: ['1'] }),
      on('Go', 'm.example/x', { ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '1.2.3' }] }], versions: ['1.0.0'] }), { versions: ['1'] },
    ] })
    expect('advisories' in reading && reading.advisories.map(({ ecosystem, name, versions, ranges, withdrawn }) => ({ ecosystem, name, versions, ranges, withdrawn }))).toEqual([
      { ecosystem: 'pypi', name: 'foo-bar', versions: ['1', '2'], ranges: [], withdrawn: new Date('2026-02-01') },
      { ecosystem: 'go', name: 'm.example/x', versions: ['v1.0.0'], ranges: [{ introduced: '0', fixed: 'v1.2.3' }], withdrawn: new Date('2026-02-01') },
    ])
  })

  const events = (...list: object[]) => [on('npm', 'x', { ranges: [{ type: 'SEMVER', events: list }] })]
  it.each([
    [events({ introduced: '1' }, { fixed: '2' }, { introduced: '3' }, { last_affected: '4' }), [{ introduced: '1', fixed: '2' }, { introduced: '3', lastAffected: '4' }]],
    [events({ introduced: '0' }), [{ introduced: '0' }]],
    [events({ introduced: '1' }, { introduced: '2' }, { fixed: '3' }), [{ introduced: '1' }, { introduced: '2', fixed: '3' }]],
    [events({ fixed: '1' }, { introduced: '2' }), [{ introduced: '2' }]],
    [events({ introduced: '1' }, { limit: '2' }), [{ introduced: '1', fixed: '2' }]],
    [events({ introduced: '1' }, { limit: '*' }), [{ introduced: '1' }]],
    [[on('npm', 'x')], [{ introduced: '0' }]],
    [[on('npm', 'x', { ranges: [{ type: 'GIT', events: [{ introduced: '0' }] }] })], [{ introduced: '0' }]],
    [[on('npm', 'x', { versions: ['1'] }), on('npm', 'x')], [{ introduced: '0' }]],
  ])('ranges of %j', (affected, ranges) => expect(first({ ...base, affected })).toMatchObject({ ranges }))

  it.each([
    ['no object', 3, /^not an OSV record/], ['null', null, /^not an OSV record/], ['a list', [], /^not an OSV record/],
    ['no id', { ...base, id: '' }, /id/], ['a bad time', { ...base, modified: 'yesterday' }, /modified/],
    ['a huge id', { ...base, id: 'x'.repeat(200) }, /id/], ['too many packages', { ...base, affected: Array.from({ length: 6_000 }, () => on('npm', 'x')) }, /affected/],
    ['versions that are no list', { ...base, affected: [on('npm', 'x', { versions: 'all' })] }, /versions/],
    ['an unknown range', { ...base, affected: [on('npm', 'x', { ranges: [{ type: 'OTHER', events: [] }] })] }, /ranges/],
    ['no package', base, /^names no package$/], ['another ecosystem', { ...base, affected: [on('crates.io', 'x')] }, /^another ecosystem$/],
    ['a vulnerability in commits', { ...base, id: 'OSV-1', affected: [on('npm', 'x', { ranges: [{ type: 'GIT', events: [{ introduced: '0' }] }] })] }, /^only git commits/],
  ])('skips %s', (_what, value, why) => expect(first(value)).toMatch(why))

  it('takes what OpenSSF adds: where it talks to, hashes of its files, weaknesses', () => {
    const value = {
      ...base, database_specific: { iocs: { domains: ['c2.example', 'github.com', 7], urls: ['https://c2.example/x'], ip_addresses: ['192.0.2.1'] }, 'malicious-packages-origins': [{ source: 'x', sha256: 'y' }], tlp: 'amber' },
      affected: [on('npm', 'evil', { versions: ['1'], database_specific: { indicators: { package_integrity: [{ filename: 'evil-1.tgz', hashes: { sha256: 'A'.repeat(64), 'sha-512': `sha512-${Buffer.alloc(64, 7).toString('base64')}`, tlsh: 'T1' } }] } } })],
    }
    const reading = read(value)
    expect('indicators' in reading && reading.indicators.map(({ type, value, tlp, record }) => [type, value, tlp, record])).toEqual([
      ['domain', 'c2.example', 'amber', 'MAL-2026-1'], ['url', 'https://c2.example/x', 'amber', 'MAL-2026-1'], ['ipv4', '192.0.2.1', 'amber', 'MAL-2026-1'],
      ['sha256', 'a'.repeat(64), 'amber', 'MAL-2026-1'], ['sha512', '07'.repeat(64), 'amber', 'MAL-2026-1'],
    ])
    expect(reading).toMatchObject({ problems: ['domain: github.com is one that everybody has'] })
    expect(read({ ...value, id: 'GHSA-1' })).toMatchObject({ indicators: [] })
    expect(first({ ...base, id: 'x_1', affected: [on('npm', 'x', { database_specific: { cwes: [{ cweId: 'CWE-506' }] } })] })).toMatchObject({ malicious: true })
  })

  it('survives names of prototypes and control characters', () => {
    expect(first(JSON.parse(`{"id":"MAL-1","modified":"2026-01-01T00:00:00Z","summary":"a\\u001b[2Jb","__proto__":{"x":1},"affected":[{"package":{"ecosystem":"npm","name":"__proto__"}}]}`))).toMatchObject({ name: '__proto__', summary: 'a [2Jb' })
    expect(first({ ...base, affected: [on('constructor', 'x')] })).toBe('another ecosystem')
  })
})

describe('severity', () => {
  // Vectors and scores from FIRST's CVSS v3.1 examples and calculator.
  it.each([
    ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', 9.8], ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H', 10],
    ['CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N', 6.1], ['CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N', 6.4],
    ['CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H', 7.8], ['CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N', 3.1],
    ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N', 0], ['CVSS:3.1/AV:N', null], ['CVSS:4.0/AV:N', null], ['', null], ['CVSS:3.1/__proto__:constructor', null],
  ])('%s scores %s', (vector, score) => expect(cvss3(vector)).toBe(score))

  it.each([
    [{ database_specific: { severity: 'MODERATE' } }, {}, 'moderate'], [{ database_specific: { severity: 'medium' } }, {}, 'moderate'],
    [{}, { ecosystem_specific: { severity: 'HIGH' } }, 'high'], [{ database_specific: { severity: 9 } }, {}, null],
    [{ severity: [{ type: 'CVSS_V4', score: 'x' }, { type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }] }, {}, 'critical'], [{}, {}, null],
  ])('%j %j: %s', (record, affected, expected) => expect(severityOf(record, affected)).toBe(expected))
})
