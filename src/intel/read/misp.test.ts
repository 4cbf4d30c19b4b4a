import { describe, expect, it } from 'vitest'
import { readList } from '../lists.ts'

const uuid = '11111111-1111-4111-8111-111111111111'
const event = (more: object) => ({ Event: { uuid, info: 'A campaign', timestamp: '1767225600', date: '2026-01-01', Tag: [{ name: 'tlp:amber' }], ...more } })
const read = (value: unknown) => readList(Buffer.from(JSON.stringify(value)), 'e.json')
const attribute = (type: string, value: string, more: object = {}) => ({ type, value, to_ids: true, ...more })

describe('readMisp', () => {
  it('takes what is there to be searched for, in parts where a type has two', () => {
    const { indicators, problems, format } = read(event({ Attribute: [
      attribute('domain', 'C2.example'), attribute('ip-dst|port', '192.0.2.1|8080'), attribute('domain|ip', 'a.example|192.0.2.2'), attribute('filename|sha256', `x.tgz|${'a'.repeat(64)}`),
      attribute('domain', 'context.example', { to_ids: false }), attribute('link', 'https://blog.example/'), attribute('domain', 'gone.example', { deleted: true, timestamp: 1_767_312_000 }),
      attribute('domain', 'secret.example', { Tag: [{ name: 'tlp:red' }] }), attribute('domain', 'www.google.com'), attribute('md5', 'nonsense'), 7, attribute('pattern-in-file', 'x'),
    ] }))
    expect(format).toBe('misp')
    expect(indicators.map(({ type, value, tlp, withdrawn }) => `${type} ${value} ${tlp}${withdrawn ? ` ${withdrawn.toISOString()}` : ''}`)).toEqual([
      'domain c2.example amber', 'ipv4 192.0.2.1 amber', 'domain a.example amber', 'ipv4 192.0.2.2 amber', `sha256 ${'a'.repeat(64)} amber`, 'domain gone.example amber 2026-01-02T00:00:00.000Z', 'domain secret.example red',
    ])
    expect(problems.map(({ where, problem }) => `${where}: ${problem}`)).toEqual([
      'e.json Attribute[8]: domain: www.google.com is one that everybody has', 'e.json Attribute[9]: no md5', 'e.json Attribute[10]: no MISP attribute: it',
    ])
  })

  it('takes reports of malicious packages', () => {
    const report = (...parts: [string, string][]) => ({ name: 'malicious-package-report', Attribute: parts.map(([relation, value]) => ({ type: 'text', value, object_relation: relation, to_ids: false })) })
    const { packages, problems } = read([event({ Object: [
      report(['package-name', 'evil'], ['ecosystem', 'PyPI'], ['affected-version', '1.0'], ['affected-version', '1.1'], ['report-id', 'MAL-2026-1'], ['report-modified', '2026-01-03T00:00:00Z'], ['analysis', 'Steals']),
      report(['package-purl', 'pkg:npm/%40acme.example/evil'], ['state', 'withdrawn'], ['affected-range', '>=1.0.0 <2.0.0']),
      report(['package-name', 'x'], ['ecosystem', 'Maven']), { name: 'file', Attribute: 'none' },
    ] })])
    expect(packages.map(({ id, ecosystem, name, versions, ranges, withdrawn, tlp, summary }) => ({ id, ecosystem, name, versions, ranges, withdrawn: withdrawn !== null, tlp, summary }))).toEqual([
      { id: 'MAL-2026-1', ecosystem: 'pypi', name: 'evil', versions: ['1.0', '1.1'], ranges: [], withdrawn: false, tlp: 'amber', summary: 'Steals' },
      { id: 'x_e.json:npm/@acme.example/evil', ecosystem: 'npm', name: '@acme.example/evil', versions: [], ranges: [{ introduced: '1.0.0', fixed: '2.0.0' }], withdrawn: true, tlp: 'amber', summary: 'A campaign' },
    ])
    expect(problems.map(({ problem }) => problem)).toEqual(['another ecosystem: Maven', 'no MISP object'])
  })

  it.each([[{ Event: 7 }], [{ response: [{ Event: { uuid: 'x' } }] }]])('refuses %j as a whole', (value) => expect(() => read(value)).toThrow(/no MISP event/))
})
