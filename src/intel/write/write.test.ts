import { array, assert, constantFrom, date, property, record, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Bulletin } from '../bulletin.ts'
import { readList } from '../lists.ts'
import { EXPORT_FORMATS, writeFormat } from './formats.ts'
import { osvOfAdvisories, osvRecord, osvSubmission } from './osv.ts'
import { stixBundle } from './stix.ts'
import type { StixObject } from './stix.ts'
import { STIX_NAMESPACE, uuid5 } from './uuid.ts'

const publisher = { id: 'gate-1', name: 'Acme' }
const bulletin = (more: Partial<Bulletin> = {}): Bulletin => ({
  key: 'npm/evil', title: 'Malicious code in evil (npm)', text: 'It sends credentials away.', tlp: 'green', created: new Date('2026-01-01'), modified: new Date('2026-01-02'), withdrawn: null,
  packages: [{ ecosystem: 'npm', name: '@acme.example/evil', versions: ['1.0.0', '1.0.1'], ranges: [], files: [{ name: 'evil-1.0.0.tgz', sha256: 'a'.repeat(64) }] }, { ecosystem: 'go', name: 'evil.example/mod', versions: [], ranges: [], files: [] }],
  indicators: [{ type: 'domain', value: 'c2.example', says: 'second stage' }, { type: 'ipv4', value: '192.0.2.1', says: '' }, { type: 'sha256', value: 'b'.repeat(64), says: '' }, { type: 'wallet', value: 'bc1qmadeup000', says: '' }],
  campaign: { id: 'c1', name: 'Campaign c1', firstSeen: new Date('2026-01-01'), lastSeen: null }, references: [{ kind: 'report', url: 'https://blog.example/x' }], ...more,
})
const pairs = ({ packages }: { packages: readonly { ecosystem: string; name: string; versions: readonly string[] }[] }) => packages.map(({ ecosystem, name, versions }) => `${ecosystem}:${name} ${versions.join(' ')}`).sort()
const files = (format: (typeof EXPORT_FORMATS)[number], bulletins: readonly Bulletin[]) => writeFormat(format, bulletins, publisher).files

describe('writing', () => {
  it('UUIDv5 is that of RFC 9562 and of STIX', () => {
    // RFC 9562, appendix A.4.
    expect(uuid5('6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'www.example.com')).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2')
    const [address] = stixBundle([bulletin()], publisher).objects?.filter(({ type }) => type === 'ipv4-addr') ?? []
    expect(address?.id).toBe(`ipv4-addr--${uuid5(STIX_NAMESPACE, '{"value":"192.0.2.1"}')}`)
  })

  it('OSV: submissions keep the rules of OpenSSF\'s malicious-packages', () => {
    const one = bulletin()
    for (const part of one.packages) {
      const { path, record: submitted } = osvSubmission(one, part, publisher)
      expect(path).toBe(`osv/malicious/${part.ecosystem}/${part.name}/${path.split('/').pop()}`)
      expect(path).toMatch(/\/MAL-0000-[\w-]+\.json$/)
      expect(submitted).not.toHaveProperty('id')
      expect(submitted).not.toHaveProperty('summary')
      expect(submitted['affected']).toHaveLength(1)
      expect(submitted['details']).toBe(one.text)
      expect(submitted['credits']).toEqual([{ name: 'Acme', type: 'FINDER' }])
      for (const place of [submitted['database_specific'], (submitted['affected'] as Record<string, unknown>[])[0]?.['database_specific']]) {
        for (const value of Object.values((place ?? {}) as object)) expect(typeof value).toBe('object')
      }
      const [affected] = submitted['affected'] as { ranges?: unknown[]; versions?: unknown[] }[]
      expect((affected?.ranges?.length ?? 0) + (affected?.versions?.length ?? 0)).toBeGreaterThan(0)
    }
    expect(osvRecord(one, one.packages[1] as never, publisher)).toMatchObject({
      id: expect.stringMatching(/^x_sluice-[0-9a-f]{24}$/), affected: [{ package: { ecosystem: 'Go', name: 'evil.example/mod', purl: 'pkg:golang/evil.example/mod' }, ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }] }] }],
    })
  })

  it('STIX: ids hold, every reference leads somewhere, everything is marked, the same input is the same bundle', () => {
    const all = [bulletin(), bulletin({ key: 'k2', packages: [], withdrawn: new Date('2026-01-03'), campaign: null }), bulletin({ key: 'k3', text: '', packages: [], campaign: null, tlp: 'clear' })]
    const bundle = stixBundle(all, publisher)
    const objects = bundle.objects as StixObject[]
    expect(stixBundle(structuredClone(all), publisher)).toEqual(bundle)
    const ids = new Set(objects.map(({ id }) => id))
    expect(ids.size).toBe(objects.length)
    for (const one of objects) {
      expect(one.id).toMatch(new RegExp(`^${one.type}--[0-9a-f]{8}-[0-9a-f]{4}-[45][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`))
      for (const [key, value] of Object.entries(one)) {
        if (/_refs?$/.test(key)) for (const ref of [value].flat()) expect(ids).toContain(ref)
      }
      if (one.type !== 'marking-definition' && one.type !== 'identity') expect(one['object_marking_refs']).toHaveLength(1)
    }
    // An address that a clear bulletin names is no secret of a green one.
    const place = objects.find(({ type }) => type === 'domain-name')
    expect(place).toBeDefined()
    expect(objects.filter(({ type }) => type === 'report').map((one) => one['revoked'] ?? false)).toEqual([false, true])
  })

  it.each(['osv', 'submission', 'stix', 'misp', 'csv', 'purl'] as const)('%s is read again as what was written', (format) => {
    const found = files(format, [bulletin()]).filter(({ path }) => !/manifest|hashes|indicators/.test(path)).map(({ text, path }) => readList(Buffer.from(format === 'submission' ? text.replace('{', '{"id":"MAL-0000-x",') : text), path))
    expect(pairs({ packages: found.flatMap(({ packages }) => packages) })).toEqual(['go:evil.example/mod ', 'npm:@acme.example/evil 1.0.0 1.0.1'])
    expect(found.flatMap(({ problems }) => problems.filter(({ problem }) => !/another kind/.test(problem)))).toEqual([])
  })

  it('CSV: no address leads anywhere, no cell is a formula, and it is read again', () => {
    const [packages, indicators] = files('csv', [bulletin({ title: '=HYPERLINK("https://x.example")', key: '+1' })])
    for (const text of [packages?.text ?? '', indicators?.text ?? '']) {
      expect(text.split('\r\n').flatMap((line) => line.split('","').map((cell) => cell.replace(/^"/, ''))).filter((cell) => /^[=+@-]/.test(cell))).toEqual([])
    }
    expect(indicators?.text).not.toMatch(/[^\]]c2\.example|192\.0\.2\.1/)
    expect(readList(Buffer.from(indicators?.text ?? ''), 'i.csv').indicators.map(({ type, value, tlp }) => `${type} ${value} ${tlp}`)).toEqual(['domain c2.example green', 'ipv4 192.0.2.1 green', `sha256 ${'b'.repeat(64)} green`, 'wallet bc1qmadeup000 green'])
  })

  it('MISP: the manifest names every event with its hash', () => {
    const written = files('misp', [bulletin(), bulletin({ key: 'k2' })])
    const manifest = JSON.parse(written.find(({ path }) => path === 'manifest.json')?.text ?? '') as Record<string, { timestamp: string; Orgc: { name: string } }>
    expect(Object.keys(manifest).map((uuid) => `${uuid}.json`)).toEqual(written.slice(0, 2).map(({ path }) => path))
    const event = JSON.parse(written[0]?.text ?? '') as { Event: Record<string, unknown> }
    for (const key of ['date', 'threat_level_id', 'info', 'published', 'analysis', 'distribution', 'Attribute']) expect(event.Event).toHaveProperty(key)
    expect(event.Event).toMatchObject({ Tag: [{ name: 'tlp:green' }], Orgc: { name: 'Acme' }, Object: [{ name: 'malicious-package-report', template_version: '4' }, {}] })
    expect(written.find(({ path }) => path === 'hashes.csv')?.text).toMatch(/^(?:[0-9a-f]{32},[0-9a-f-]{36}\n)+$/)
  })

  it('others\' records keep what is withdrawn apart', () => {
    const one = { id: 'MAL-1', ecosystem: 'npm' as const, name: 'a', malicious: true, summary: 's', versions: ['1'], ranges: [], severity: null, url: null, source: 'x', modified: new Date(1_000), withdrawn: null, tlp: 'clear' as const }
    expect(osvOfAdvisories([{ ...one, withdrawn: new Date(500) }, { ...one, name: 'b' }])).toMatchObject({ affected: [{ package: { name: 'b' } }] })
    expect(osvOfAdvisories([{ ...one, withdrawn: new Date(500) }])).toMatchObject({ withdrawn: new Date(500).toISOString() })
  })

  it('whatever a name or a text holds, every format is written, and JSON is JSON', () => {
    const hostile = string({ unit: 'binary', maxLength: 30 })
    const any = record({
      key: hostile, title: hostile, text: hostile, tlp: constantFrom('clear', 'green', 'amber' as const), created: date({ noInvalidDate: true, min: new Date(0), max: new Date('2100-01-01') }),
      packages: array(record({ ecosystem: constantFrom('npm', 'pypi', 'go' as const), name: hostile, versions: array(hostile, { maxLength: 3 }) }), { maxLength: 3 }),
      indicators: array(record({ type: constantFrom('domain', 'url', 'email', 'wallet', 'sha256' as const), value: hostile, says: hostile }), { maxLength: 3 }),
    })
    assert(property(any, ({ packages, created, ...rest }) => {
      const one = bulletin({ ...rest, created, modified: created, packages: packages.map((part) => ({ ...part, ranges: [], files: [] })) } as Partial<Bulletin>)
      for (const format of EXPORT_FORMATS) {
        for (const { path, text } of files(format, [one])) if (path.endsWith('.json')) expect(() => JSON.parse(text) as unknown).not.toThrow()
      }
    }), { numRuns: 200 })
  })
})
