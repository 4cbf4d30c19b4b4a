import { array, assert, constantFrom, property, string, oneof } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readList } from '../lists.ts'
import { readPattern } from './stix-pattern.ts'

const id = (type: string, at: number): string => `${type}--00000000-0000-4000-8000-${String(at).padStart(12, '0')}`
const bundle = (...objects: object[]) => readList(Buffer.from(JSON.stringify({ type: 'bundle', id: id('bundle', 0), objects })), 'b.json')
const indicator = (at: number, pattern: string, more: object = {}) => ({ type: 'indicator', spec_version: '2.1', id: id('indicator', at), modified: '2026-01-01T00:00:00.000Z', name: 'seen', pattern, pattern_type: 'stix', ...more })

describe('readPattern', () => {
  it.each([
    ["[domain-name:value = 'c2.example']", ['c2.example']],
    ["[domain-name:value = 'a.example' OR domain-name:value = 'b.example']", ['a.example', 'b.example']],
    ["[url:value IN ('https://a.example/', 'https://b.example/')] OR [ipv4-addr:value = '192.0.2.1']", ['https://a.example/', 'https://b.example/', '192.0.2.1']],
    ["[file:hashes.'SHA-256' = 'aa' AND file:name = 'x.tgz']", ['aa']],
    ["([ (domain-name:value = 'it\\'s.example') ])", ["it's.example"]],
  ])('%s says %j', (pattern, values) => expect(readPattern(pattern)).toEqual({ any: values.map((value) => expect.objectContaining({ value })) }))

  it.each([
    ["[domain-name:value = 'a.example' AND url:value = 'x']", /must hold together/], ["[a:b = 'x'] AND [c:d = 'y']", /seen together/], ["[a:b = 'x'] FOLLOWEDBY [c:d = 'y']", /seen together/],
    ["[a:b = 'x'] WITHIN 5 SECONDS", /WITHIN/], ["[a:b LIKE 'x%']", /LIKE/], ["[a:b != 'x']", /!=/], ["[NOT a:b = 'x']", /equality/], ["[a:b = 'x'", /cannot be read/], ['', /cannot be read/],
    [`${'('.repeat(40)}[a:b = 'x']${')'.repeat(40)}`, /too deeply/], [`[a:b IN (${Array.from({ length: 3_000 }, () => "'x'").join(',')})]`, /more than/], ['x'.repeat(70_000), /characters/],
  ])('refuses %s', (pattern, why) => expect(readPattern(pattern)).toEqual({ problem: expect.stringMatching(why) }))

  it('never throws', () => {
    const pieces = constantFrom('[', ']', '(', ')', "'", '\\', '=', ' ', 'AND', 'OR', 'IN', 'NOT', 'a:b', 'a', ':', '.', "'x'", ',', 'FOLLOWEDBY', 'é', '\u0000')
    assert(property(oneof(string({ unit: 'binary' }), array(pieces, { maxLength: 40 }).map((parts) => parts.join(''))), (text) => {
      const read = readPattern(text)
      expect('any' in read ? read.any.length : read.problem.length).toBeGreaterThan(0)
    }), { numRuns: 2_000 })
  })
})

describe('readStix', () => {
  it('takes indicators with their markings, ends and revocations', () => {
    const { indicators, problems } = bundle(
      indicator(1, "[domain-name:value = 'c2.example']", { object_marking_refs: ['marking-definition--f88d31f6-486f-44da-b317-01333bde0b82'], valid_until: '2027-01-01T00:00:00Z' }),
      indicator(2, "[domain-name:value = 'old.example']", { revoked: true, object_marking_refs: ['marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003'] }),
      indicator(3, "[domain-name:value = 'github.com']"), indicator(4, 'alert tcp any', { pattern_type: 'snort' }), { type: 'indicator', id: 'nonsense' },
      indicator(5, "[domain-name:value = 'odd.example']", { object_marking_refs: [id('marking-definition', 9)] }),
      { type: 'marking-definition', id: id('marking-definition', 9), definition_type: 'tlp', definition: { tlp: 'purple' } },
    )
    expect(indicators.map(({ value, tlp, withdrawn, validUntil }) => [value, tlp, withdrawn !== null, validUntil?.getFullYear()])).toEqual([
      ['c2.example', 'amber', false, 2027], ['old.example', 'amber+strict', true, undefined], ['odd.example', 'red', false, undefined],
    ])
    expect(problems.map(({ where, problem }) => `${where}: ${problem}`)).toEqual([
      expect.stringMatching(/^b\.json objects\[4\]: no STIX object: id/), 'b.json objects[2]: domain: github.com is one that everybody has', 'b.json objects[3]: a pattern of snort',
    ])
  })

  it('takes observables and software only where something bad has them', () => {
    const purl = (at: string) => [{ source_name: 'purl', external_id: at }]
    const { indicators, packages } = bundle(
      { type: 'malware', id: id('malware', 1), name: 'Bad', is_family: false, sample_refs: [id('file', 1)], external_references: purl('pkg:npm/evil@1.0.0') },
      { type: 'file', id: id('file', 1), hashes: { 'SHA-256': 'a'.repeat(64), SSDEEP: 'x' } }, { type: 'file', id: id('file', 2), hashes: { 'SHA-256': 'b'.repeat(64) } },
      { type: 'software', id: id('software', 1), name: 'evil', external_references: purl('pkg:npm/evil@1.0.0') },
      { type: 'software', id: id('software', 2), name: 'react', version: '18.0.0', external_references: purl('pkg:npm/react') },
      { type: 'software', id: id('software', 3), name: 'other', version: '2.0.0', external_references: purl('pkg:npm/other') },
      { type: 'domain-name', id: id('domain-name', 1), value: 'c2.example' }, { type: 'domain-name', id: id('domain-name', 2), value: 'victim.example' },
      ...([['malware', 1, 'software', 1], ['malware', 1, 'software', 3], ['malware', 1, 'domain-name', 1]] as const).map(([from, a, to, b], at) => ({ type: 'relationship', id: id('relationship', at), relationship_type: 'related-to', source_ref: id(from, a), target_ref: id(to, b) })),
      { type: 'relationship', id: id('relationship', 9), relationship_type: 'targets', source_ref: id('malware', 1), target_ref: id('domain-name', 2) },
    )
    expect(packages.map(({ name, versions, summary }) => [name, versions, summary])).toEqual([['evil', ['1.0.0'], 'Bad'], ['other', ['2.0.0'], 'other']])
    expect(indicators.map(({ value }) => value)).toEqual(['a'.repeat(64), 'c2.example'])
  })
})
