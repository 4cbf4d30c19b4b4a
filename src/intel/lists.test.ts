import { array, assert, constantFrom, oneof, property, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SluiceError } from '../core/errors.ts'
import { readList } from './lists.ts'

const bytes = (text: string): Uint8Array => Buffer.from(text)
const read = (text: string, options: Parameters<typeof readList>[2] = {}) => {
  const { format, packages, indicators, problems } = readList(bytes(text), 'bad.txt', options)
  return {
    format,
    packages: packages.map(({ ecosystem, name, versions, ranges, withdrawn }) => `${ecosystem}:${name} ${[...versions, ...ranges.map((range) => JSON.stringify(range))].join(' ')}${withdrawn ? ' withdrawn' : ''}`),
    indicators: indicators.map(({ type, value }) => `${type} ${value}`),
    problems: problems.map(({ where, problem }) => `${where}: ${problem}`),
  }
}
const EVERY = '{"introduced":"0"}'

describe('readList', () => {
  it.each([
    ['a head', 'name,version,ecosystem\nevil,1.0.0,npm\nEvil_Lib,2.0,PyPI\n', ['npm:evil 1.0.0', 'pypi:evil-lib 2.0']],
    ['a head in other words', 'Package Name;Affected Versions;Registry;Description\n"evil";"1.0.0, 1.0.1";npm;"x;y"\n', ['npm:evil 1.0.0 1.0.1']],
    ['tabs and a mark of byte order', '\ufeffecosystem\tpackage\tversion\nnpm\t@acme.example/evil\t*\n', [`npm:@acme.example/evil ${EVERY}`]],
    ['no head', 'npm,evil,1.0.0\nnpm,evil,1.0.1\npypi,other,\n', ['npm:evil 1.0.0 1.0.1', `pypi:other ${EVERY}`]],
    ['purls in a column', 'purl,reason\npkg:npm/%40acme.example/evil@1.0.0,stealer\npkg:golang/evil.example/mod@1.2.3,x\n', ['npm:@acme.example/evil 1.0.0', 'go:evil.example/mod v1.2.3']],
    ['versions as npm writes them', 'package,version,ecosystem\nevil,= 1.0.0 || = 1.0.1,npm\n', ['npm:evil 1.0.0 1.0.1']],
    ['ranges', 'package,version,ecosystem\nevil,">=1.0.0 <1.4.0",npm\n', ['npm:evil {"introduced":"1.0.0","fixed":"1.4.0"}']],
    ['a withdrawn line', 'name,ecosystem,withdrawn\nevil,npm,2026-01-01\n', [`npm:evil ${EVERY} withdrawn`]],
    ['lines that end in CR', 'name,ecosystem\revil,npm\r', [`npm:evil ${EVERY}`]],
    ['quotes over lines', 'name,ecosystem,summary\nevil,npm,"first ""one""\nsecond"\nother,npm,x\n', [`npm:evil ${EVERY}`, `npm:other ${EVERY}`]],
  ])('reads a table with %s', (_what, text, packages) => expect(read(text)).toMatchObject({ format: 'csv', packages }))

  it('reads package URLs and short names one a line, each package once', () => {
    expect(read('# list\npkg:npm/evil@1.0.0\npkg:npm/evil@1.0.1 # again\npypi:other\npkg:cargo/x@1\n')).toEqual({
      format: 'list', packages: ['npm:evil 1.0.0 1.0.1', `pypi:other ${EVERY}`], indicators: [], problems: ['bad.txt:5: another kind of package, or no package URL: pkg:cargo/x@1'],
    })
    expect(read('evil\nother==1.0\n', { ecosystem: 'pypi' }).packages).toEqual([`pypi:evil ${EVERY}`, 'pypi:other 1.0'])
  })

  it('refangs indicators, tells their kinds, and leaves out what everybody has', () => {
    expect(read('hxxps://c2[.]example/a?b=1\nc2[.]example\nA[at]evil[.]example\n192.0.2[.]7\n[2001:db8::7]\nDA39A3EE5E6B4B0D3255BFEF95601890AFD80708\ngithub.com\n127.0.0.1\nd41d8cd98f00b204e9800998ecf8427e\n')).toMatchObject({
      indicators: ['url https://c2.example/a?b=1', 'domain c2.example', 'email A@evil.example', 'ipv4 192.0.2.7', 'ipv6 2001:db8::7', 'sha1 da39a3ee5e6b4b0d3255bfef95601890afd80708'],
      problems: ['bad.txt:7: domain: github.com is one that everybody has', 'bad.txt:8: no indicator: leads nowhere, or is private', 'bad.txt:9: md5: the hash of nothing'],
    })
    expect(read('type,value\nip-dst,192.0.2.8:8080\ndomain,evil.example\n').indicators).toEqual(['ipv4 192.0.2.8', 'domain evil.example'])
  })

  it('says where each bad line is, and goes on', () => {
    expect(read('name,version,ecosystem\nevil,1.0.0,npm\n"open,1,npm\nx,1,cargo\nno name with spaces,1,npm\n,1,npm\ngood,1.0.0,npm\nodd,first,npm\n')).toMatchObject({
      packages: ['npm:evil 1.0.0', 'npm:good 1.0.0'],
      problems: ['bad.txt:3: a quote is not closed', 'bad.txt:4: another ecosystem: cargo', 'bad.txt:5: no npm package can be called no name with spaces', 'bad.txt:6: no npm package can be called nothing', 'bad.txt:8: unreadable versions: first'],
    })
  })

  it('reads OSV in all its shapes', () => {
    const record = { id: 'MAL-1', modified: '2026-01-01T00:00:00Z', affected: [{ package: { ecosystem: 'npm', name: 'evil' }, versions: ['1.0.0'] }] }
    for (const text of [JSON.stringify(record), JSON.stringify([record]), JSON.stringify({ vulns: [record] }), `${JSON.stringify(record)}\n${JSON.stringify({ ...record, id: 'MAL-2' })}`, JSON.stringify([record], null, 2)]) {
      expect(read(text)).toMatchObject({ format: 'osv', problems: [] })
      expect(read(text).packages[0]).toBe('npm:evil 1.0.0')
    }
  })

  it.each([
    ['nothing', '', /is empty/], ['a web page', '<!doctype html><html>', /web page/], ['cut JSON', '{"id":"MAL-1","affected":[{"pack', /damaged JSON: line 1/],
    ['JSON of another kind', '{"hello":1}', /no OSV record/], ['another binary', 'PK\u0003\u0004\0\0', /not UTF-8/], ['prose', 'To whom it may concern,\nthis is no list at all.\n', /no list of packages/],
    ['a package.json', '{"name":"x","version":"1.0.0"}', /no OSV record/], ['a table of something else', 'color,size\nred,1\n', /no list of packages/],
  ])('refuses %s', (_what, text, why) => {
    expect(() => read(text)).toThrow(SluiceError)
    expect(() => read(text)).toThrow(why)
  })

  it('reads anything, or says in one line that it cannot', () => {
    const pieces = constantFrom('name', 'version', 'ecosystem', 'npm', 'evil', ',', ';', '"', '""', '\n', '\r\n', '{', '}', '[', ']', ':', '__proto__', 'constructor', 'pkg:npm/', '@', '%', '\u202e', '\u0000', '1.0.0', '*', 'hxxp://', '[.]', "'=", '#')
    assert(property(oneof(string({ unit: 'binary' }), array(pieces, { maxLength: 60 }).map((parts) => parts.join(''))), (text) => {
      try {
        for (const { name, id } of readList(bytes(text), 'x').packages) {
          expect(name).not.toMatch(/\s/)
          expect(id.length).toBeLessThanOrEqual(128)
        }
      } catch (thrown) {
        expect(thrown).toMatchObject({ code: 'feed-invalid' })
      }
    }), { numRuns: 2_000 })
  })

  it('is linear in a large list of one package and in unclosed quotes', () => {
    const versions = Array.from({ length: 60_000 }, (_, at) => `evil,1.0.${at},npm`).join('\n')
    expect(readList(bytes(`name,version,ecosystem\n${versions}`), 'x').packages[0]?.versions).toHaveLength(60_000)
    expect(readList(bytes(`name,ecosystem\nevil,npm\n${'"\n'.repeat(100_001)}`), 'x').problemsTotal).toBeGreaterThan(0)
  })
})
