import { Readable } from 'node:stream'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { retryAfter } from './ask.ts'
import { microseconds, readIndex } from './go-index.ts'
import { JsonItems } from './json-items.ts'
import { readChanges } from './npm-changes.ts'
import { readChangelog } from './pypi-changelog.ts'
import { readRss } from './pypi-rss.ts'
import { readSerials } from './pypi-serials.ts'
import { readXml } from './xml.ts'

const pieces = (text: string | Buffer, size = 7): AsyncIterable<Buffer> => {
  const bytes = Buffer.from(text)
  return Readable.from(Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.subarray(at * size, (at + 1) * size)))
}
const invalid = expect.objectContaining({ code: 'feed-invalid' })

describe('items of a JSON document', () => {
  const read = (text: string, size: number): { items: unknown[]; rest: unknown } => {
    const reader = new JsonItems('results')
    const bytes = Buffer.from(text)
    const items: unknown[] = []
    for (let at = 0; at < bytes.length; at += size) items.push(...reader.push(bytes.subarray(at, at + size)))
    return { items, rest: reader.end() }
  }

  it('are what JSON.parse finds, however the bytes are cut', () => {
    fc.assert(fc.property(fc.array(fc.json({ maxDepth: 4 })), fc.json({ maxDepth: 2 }), fc.integer({ min: 1, max: 40 }), (items, other, size) => {
      const text = `{"a": ${other}, "results" : [${items.join(', ')}], "b": ${other}}`
      const whole = JSON.parse(text) as { a: unknown; b: unknown; results: unknown[] }
      expect(read(text, size)).toEqual({ items: whole.results, rest: { a: whole.a, b: whole.b, results: [] } })
    }))
  })

  it.each([
    ['a key inside a string', '{"x": "\\"results\\": [1]", "results": [2]}', [2]],
    ['a key further in', '{"x": {"results": [1]}, "results": [2]}', [2]],
    ['an item that is no JSON', '{"results": [1, {]}, 3]}', 'feed-invalid'],
    ['a broken number', '{"results": [1, 0x2, 3]}', [1, undefined, 3]],
    ['nothing', '{"results": [ ]}', []],
    ['an early end', '{"results": [1, 2', 'feed-invalid'],
    ['a page of HTML', '<html><body>busy</body></html>', 'feed-invalid'],
    ['a list', '[1]', 'feed-invalid'],
    ['more closed than opened', ']{"results": []}', 'feed-invalid'],
  ])('%s', (_, text, expected) => {
    if (expected === 'feed-invalid') expect(() => read(text, 3)).toThrow(invalid)
    else expect(read(text, 3).items).toEqual(expected)
  })

  it('pass by what is too large, in little memory', () => {
    const reader = new JsonItems('results')
    const items = reader.push(Buffer.from('{"results": [1, "'))
    const chunk = Buffer.alloc(1024 * 1024, 'x')
    for (let count = 0; count < 64; count++) items.push(...reader.push(chunk))
    items.push(...reader.push(Buffer.from('", 3]}')))
    expect(items).toEqual([1, undefined, 3])
    expect(reader.end()).toEqual({ results: [] })
    expect(() => new JsonItems('results').push(Buffer.alloc(300 * 1024, '{"'))).toThrow(invalid)
  })

  it('may nest deeply without harm', () => {
    const deep = '['.repeat(30_000) + ']'.repeat(30_000)
    expect(read(`{"results": [${deep}, 2]}`, 1_000).items).toHaveLength(2)
  })
})

describe('XML', () => {
  const tokens = (text: string): unknown[] => [...readXml(text)]

  it('is read without attributes, comments and instructions', () => {
    expect(tokens('\ufeff<?xml version="1.0"?><!-- <a> --><r a="1>" b=\'"\'><x:y/>1 &lt; 2 &#x263a;&#9731;<![CDATA[<b>&amp;]]></r>\n')).toEqual([
      { kind: 'open', name: 'r' }, { kind: 'open', name: 'x:y' }, { kind: 'close', name: 'x:y' },
      { kind: 'text', text: '1 < 2 ☺☃' }, { kind: 'text', text: '<b>&amp;' }, { kind: 'close', name: 'r' },
    ])
  })

  it.each([
    ['a document type', '<!DOCTYPE r [<!ENTITY a "b">]><r>&a;</r>'],
    ['a late one', '<r><!ENTITY a SYSTEM "file:///etc/passwd"></r>'],
    ['elements that cross', '<a><b></a></b>'],
    ['what is not closed', '<a><b></b>'],
    ['a tag without an end', `<a ${'b="c" '.repeat(2_000)}`],
    ['a tag in a tag', '<a <b></b>>'],
    ['a comment without an end', '<a><!-- </a>'],
    ['depth', `${'<a>'.repeat(100)}${'</a>'.repeat(100)}`],
    ['a closing tag without a name', '<a></></a>'],
  ])('refuses %s', (_, text) => expect(() => tokens(text)).toThrow(invalid))

  it('expands nothing that is not its own, and no character that is none', () => {
    expect(tokens('<a>&lol; &#0; &#x110000; &amp;amp;</a>')[1]).toEqual({ kind: 'text', text: '&lol; &#0; &#x110000; &amp;' })
  })

  it('takes whatever it is given, or says feed-invalid', () => {
    const piece = fc.constantFrom('<', '>', '/', 'a', '"', '\'', '&', ';', '#', '!', '?', '-', '[', ']', 'CDATA', ' ', '<a>', '</a>', '<!--', '-->')
    fc.assert(fc.property(fc.array(piece, { maxLength: 60 }), (parts) => {
      try {
        tokens(parts.join(''))
      } catch (thrown) {
        expect(thrown).toEqual(invalid)
      }
    }))
  })
})

describe('npm\'s changes', () => {
  // The shape of docs.couchdb.org, api/database/changes, with the registry's numbers.
  const recorded = '{"results":[\n{"seq":81234567,"id":"left-pad","changes":[{"rev":"71-d021f7d41e2af4b4337f3cc9b8a8e166"}]},\n'
    + '{"seq":81234570,"id":"@scope/thing","changes":[{"rev":"2-dced04d62bef47954eac61c217ed6fc1"}],"deleted":true},\n'
    + '{"seq":81234571,"id":"_design/app","changes":[{"rev":"1-a87e847a323ce2503582b68c5f66a8a3"}]}\n],\n"last_seq":81234571}\n'

  it('tell names', async () => {
    expect(await readChanges(pieces(recorded))).toEqual({
      items: 3, rejected: 0, highest: '81234571', lastSeq: '81234571', pending: null,
      events: [
        { ecosystem: 'npm', mark: '81234567 left-pad', name: 'left-pad', version: null, kind: 'changed', at: null, account: null },
        { ecosystem: 'npm', mark: '81234570 @scope/thing', name: '@scope/thing', version: null, kind: 'removed', at: null, account: null },
      ],
    })
  })

  it('may have sequences that are text', async () => {
    expect(await readChanges(pieces('{"results":[{"seq":"12-g1AAA_x","id":"a","changes":[]}],"last_seq":"12-g1AAA_x","pending":7}')))
      .toMatchObject({ highest: '12-g1AAA_x', pending: 7, events: [{ mark: '12 a' }] })
  })

  it.each([
    ['no id', { seq: 1 }], ['a number for a name', { seq: 1, id: 5 }], ['no sequence', { id: 'a' }], ['a negative one', { seq: -1, id: 'a' }],
    ['one that no number holds', { seq: 1e300, id: 'a' }], ['a path', { seq: 1, id: '../../etc/passwd' }], ['hostile Unicode', { seq: 1, id: 'a\u202eb' }],
    ['a name of a megabyte', { seq: 1, id: 'a'.repeat(60_000) }], ['null', null], ['a list', []], ['a word', 'a'],
  ])('reject %s and go on', async (_, item) => {
    expect(await readChanges(pieces(JSON.stringify({ results: [item, { seq: 9, id: 'next' }], last_seq: 9 }), 1_000)))
      .toMatchObject({ rejected: 1, items: 2, events: [{ name: 'next' }] })
  })

  it('take members of any name for what they are', async () => {
    expect(await readChanges(pieces('{"__proto__":{"last_seq":3},"results":[{"seq":1,"id":"__proto__"},{"seq":2,"id":"constructor"}]}')))
      .toMatchObject({ lastSeq: null, events: [{ name: 'constructor' }], rejected: 1 })
    expect(({} as Record<string, unknown>)['last_seq']).toBeUndefined()
  })

  it.each(['{}', '{"results": {}}', '{"error":"not_found"}', '', 'null'])('refuse %s', async (text) => {
    await expect(readChanges(pieces(text))).rejects.toEqual(invalid)
  })
})

describe('PyPI\'s journal', () => {
  const value = (inner: string): string => `<value>${inner}</value>\n`
  const row = (...values: string[]): string => value(`<array><data>\n${values.map(value).join('')}</data></array>`)
  const answer = (...rows: string[]): Buffer =>
    Buffer.from(`<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n<value><array><data>\n${rows.join('')}</data></array></value>\n</param>\n</params>\n</methodResponse>\n`)
  const entry = (action: string, version = '<string>1.0</string>'): string =>
    row('<string>Some_Thing</string>', version, '<int>1700000000</int>', `<string>${action}</string>`, '<int>20000001</int>')

  it.each([
    ['new release', 'published', '1.0'], ['remove release', 'removed', '1.0'], ['remove project', 'removed', null],
    ['create', 'changed', '1.0'], ['add source file some_thing-1.0.tar.gz', 'changed', '1.0'], ['yank release', 'changed', '1.0'],
    ['unyank release', 'changed', '1.0'], ['add Owner somebody', 'changed', '1.0'], ['something that is not yet known', 'changed', '1.0'],
  ])('%s is %s', (action, kind, version) => {
    expect([...readChangelog(answer(entry(action)))]).toEqual([{
      serial: 20000001,
      event: { ecosystem: 'pypi', mark: '20000001 some-thing', name: 'some-thing', version, kind, at: new Date(1_700_000_000_000), account: null },
    }])
  })

  it('may have no version, and plain text for strings', () => {
    expect([...readChangelog(answer(row('thing', '<nil/>', '<i4>1700000000</i4>', 'create', '<i8>7</i8>')))])
      .toMatchObject([{ serial: 7, event: { name: 'thing', version: null } }])
  })

  it.each([
    ['a name that is none', row('<string>../x</string>', '<nil/>', '<int>1</int>', 'create', '<int>7</int>'), 7],
    ['too few fields', row('<string>x</string>'), null],
    ['no list', value('<string>x</string>'), null],
    ['a serial that is text', row('<string>x</string>', '<nil/>', '<int>1</int>', 'create', '<string>7</string>'), null],
    ['a struct', value('<struct><member><name>__proto__</name><value>x</value></member></struct>'), null],
  ])('rejects %s and goes on', (_, bad, serial) => {
    expect([...readChangelog(answer(bad, entry('create')))]).toMatchObject([{ serial, event: null }, { event: { name: 'some-thing' } }])
  })

  it('keeps what is dated in the future, or not at all', () => {
    const dated = (time: string): string => row('x', '<nil/>', time, 'create', '<int>7</int>')
    const times = [...readChangelog(answer(dated('<int>4000000000</int>'), dated('<int>-5</int>'), dated('<string>soon</string>'), dated('<int>999999999999999</int>')))]
    expect(times.map(({ event }) => event?.at ?? null)).toEqual([new Date(4_000_000_000_000), null, null, null])
  })

  it.each([
    ['a fault', '<methodResponse><fault><value><struct><member><name>faultCode</name><value><int>-32500</int></value></member><member><name>faultString</name><value><string>HTTPTooManyRequests: The action could not be performed because there were too many requests by the client. Limit may reset in 17 seconds.</string></value></member></struct></value></fault></methodResponse>', { code: 'upstream-status', status: 429, pause: 17_000 }],
    ['another fault', '<methodResponse><fault><value><struct><member><name>faultString</name><value>no such\nmethod</value></member></struct></value></fault></methodResponse>', { status: 200, message: 'the feed refuses: no such method' }],
    ['HTML', '<html><body>gone</body></html>', { code: 'feed-invalid' }],
    ['an early end', answer(entry('create')).toString().slice(0, -40), { code: 'feed-invalid' }],
    ['another value', '<methodResponse><params><param><value><int>1</int></value></param></params></methodResponse>', { code: 'feed-invalid' }],
    ['nothing', '', { code: 'feed-invalid' }],
  ])('says what is wrong with %s', (_, text, expected) => {
    expect(() => [...readChangelog(Buffer.from(text))]).toThrow(expect.objectContaining(expected))
  })
})

describe('PyPI\'s RSS', () => {
  const rss = (items: string): Buffer => Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0">\n  <channel>\n    <title>recent updates</title>\n    <link>https://index.example/</link>\n${items}  </channel>\n</rss>\n`)
  const item = (link: string, date = 'Fri, 08 Mar 2024 04:21:22 GMT'): string =>
    `    <item>\n      <title>Some-Thing 0.0.2</title>\n      <link>${link}</link>\n      <description>a &amp; b</description>\n<author>a@mail.example</author>      <pubDate>${date}</pubDate>\n    </item>\n`

  it('tells releases and new projects', () => {
    expect(readRss(rss(item('https://index.example/project/Some.Thing/0.0.2/') + item('https://index.example/project/new_one/'))).events).toEqual([
      { ecosystem: 'pypi', mark: 'rss some-thing 0.0.2 1709871682000', name: 'some-thing', version: '0.0.2', kind: 'published', at: new Date('2024-03-08T04:21:22Z'), account: null },
      { ecosystem: 'pypi', mark: 'rss new-one  1709871682000', name: 'new-one', version: null, kind: 'changed', at: new Date('2024-03-08T04:21:22Z'), account: null },
    ])
  })

  it('rejects links that are of no project, and takes what has no time', () => {
    const page = readRss(rss(['', 'https://index.example/', 'javascript:alert(1)', 'https://index.example/project/a%2fb/1/', 'https://index.example/project/%zz/1/', 'https://index.example/project/a/1%0a/'].map((link) => item(link)).join('')
      + item('https://index.example/project/a/1/', 'yesterday')))
    expect(page).toMatchObject({ rejected: 6, items: 7, events: [{ name: 'a', at: null }] })
  })

  it('refuses other XML', () => expect(() => readRss(Buffer.from('<feed><entry/></feed>'))).toThrow(invalid))
})

describe('PyPI\'s serials', () => {
  const list = (projects: unknown[], last = 900): string => JSON.stringify({ meta: { '_last-serial': last, 'api-version': '1.3' }, projects })
  const project = (name: unknown, serial: unknown): unknown => ({ '_last-serial': serial, name })

  it('tell which projects changed, in order', async () => {
    expect(await readSerials(pieces(list([project('A_b', 5), project('c', 900), project('d', 7), project(3, 8), project('e', 'x'), null])), 5, 10)).toEqual({
      rejected: 3, lastSerial: 900, upTo: 900,
      events: [{ ecosystem: 'pypi', mark: '7 d', name: 'd', version: null, kind: 'changed', at: null, account: null }, expect.objectContaining({ mark: '900 c' })],
    })
  })

  it('come in pages of the oldest, and none is left out', async () => {
    const names = Array.from({ length: 5_000 }, (_, at) => [`p${(at * 7_919) % 5_000}`, 1 + ((at * 104_729) % 5_000)] as const)
    const text = list(names.map(([name, serial]) => project(name, serial)), 5_000)
    const seen: string[] = []
    for (let after = 0; after < 5_000;) {
      const { events, upTo } = await readSerials(pieces(text, 3_000), after, 700)
      expect(events.length).toBeLessThanOrEqual(700)
      seen.push(...events.map(({ mark }) => mark))
      after = upTo
    }
    expect(seen).toEqual(names.map(([name, serial]) => ({ name, serial })).toSorted((a, b) => a.serial - b.serial).map(({ name, serial }) => `${serial} ${name}`))
  })
})

describe('Go\'s index', () => {
  it('tells versions', () => {
    const text = '{"Path":"code.example/Some/thing","Version":"v1.2.3","Timestamp":"2019-04-10T19:08:52.997264Z"}\n'
      + '{"Path":"code.example/b/v2","Version":"v2.0.0-20190410190852-abcdefabcdef","Timestamp":"2019-04-10T20:30:02Z"}\r\n'
    expect(readIndex(Buffer.from(text))).toEqual({
      rejected: 0, lines: 2, times: [1_554_923_332_997_264, 1_554_928_202_000_000],
      events: [
        { ecosystem: 'go', mark: 'code.example/Some/thing@v1.2.3', name: 'code.example/Some/thing', version: 'v1.2.3', kind: 'published', at: new Date('2019-04-10T19:08:52.997Z'), account: null },
        expect.objectContaining({ name: 'code.example/b/v2', version: 'v2.0.0-20190410190852-abcdefabcdef' }),
      ],
    })
  })

  it.each([
    'no JSON', '{"Path":"code.example/a"', '[]', 'null', '{"Path":"code.example/a","Version":"v1.0.0"}', '{"Path":"code.example/a","Version":"v1 0","Timestamp":"2019-04-10T19:08:52Z"}',
    '{"Path":"../a","Version":"v1.0.0","Timestamp":"2019-04-10T19:08:52Z"}', '{"Path":"code.example/a","Version":"v1.0.0","Timestamp":"yesterday"}', '\ufffd\u0000', 'x'.repeat(100_000),
    '{"Path":"code.example/a","Version":"v1.0.0","Timestamp":1}', '{"__proto__":{"Path":"code.example/a"},"Version":"v1.0.0","Timestamp":"2019-04-10T19:08:52Z"}',
  ])('rejects a line and goes on: %.40s', (line) => {
    const good = '{"Path":"code.example/b","Version":"v1.0.0","Timestamp":"2019-04-10T19:08:52Z"}'
    expect(readIndex(Buffer.from(`${line}\n\n${good}`))).toMatchObject({ rejected: 1, lines: 2, events: [{ name: 'code.example/b' }] })
  })

  it.each([['2019-04-10T19:08:52.9Z', 1_554_923_332_900_000], ['2019-04-10T21:08:52.123456789+02:00', 1_554_923_332_123_456], ['2019-13-10T19:08:52Z', null], ['', null]])(
    'reads %s to the microsecond', (text, expected) => expect(microseconds(text)).toBe(expected))
})

describe('Retry-After', () => {
  const now = new Date('2026-01-01T00:00:00Z')
  it.each([['120', 120_000], [' 5 ', 5_000], ['Thu, 01 Jan 2026 00:01:00 GMT', 60_000], ['Thu, 01 Jan 2015 00:01:00 GMT', 0], ['soon', null], [undefined, null], ['-5', null], ['9'.repeat(40), null]])(
    '%s', (value, expected) => expect(retryAfter(value, now)).toBe(expected))
})
