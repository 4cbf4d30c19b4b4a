import { Readable } from 'node:stream'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FeedEvent } from '../../core/watch.ts'
import { ecosystems } from '../../ecosystems/index.ts'
import { readIndex } from './go-index.ts'
import { readChanges } from './npm-changes.ts'
import { readChangelog } from './pypi-changelog.ts'
import { readRss } from './pypi-rss.ts'
import { readSerials } from './pypi-serials.ts'

const HONEST = {
  changes: '{"results":[\n{"seq":5,"id":"left-pad","changes":[{"rev":"1-ab"}]},\n{"seq":6,"id":"@a/b","changes":[{"rev":"2-cd"}],"deleted":true}\n],\n"last_seq":6}\n',
  changelog: '<?xml version=\'1.0\'?>\n<methodResponse>\n<params>\n<param>\n<value><array><data>\n<value><array><data>\n<value><string>a-b</string></value>\n<value><nil/></value>\n<value><int>1700000000</int></value>\n<value><string>create</string></value>\n<value><int>7</int></value>\n</data></array></value>\n</data></array></value>\n</param>\n</params>\n</methodResponse>\n',
  rss: '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0">\n  <channel>\n    <item>\n      <title>a 1</title>\n      <link>https://index.example/project/a/1/</link>\n      <pubDate>Fri, 08 Mar 2024 04:21:22 GMT</pubDate>\n    </item>  </channel>\n</rss>\n',
  serials: '{"meta":{"_last-serial":9,"api-version":"1.3"},"projects":[{"_last-serial":9,"name":"a"},{"_last-serial":3,"name":"b"}]}',
  index: '{"Path":"code.example/a","Version":"v1.0.0","Timestamp":"2019-04-10T19:08:52.997264Z"}\n{"Path":"code.example/b","Version":"v1.0.0","Timestamp":"2019-04-10T19:08:53Z"}\n',
}

const READERS: Record<keyof typeof HONEST, (body: Buffer) => Promise<FeedEvent[]>> = {
  changes: async (body) => (await readChanges(Readable.from([body]))).events,
  changelog: async (body) => await Promise.resolve([...readChangelog(body)].flatMap(({ event }) => event ?? [])),
  rss: async (body) => await Promise.resolve(readRss(body).events),
  serials: async (body) => (await readSerials(Readable.from([body]), 0, 100)).events,
  index: async (body) => await Promise.resolve(readIndex(body).events),
}
const kinds = Object.keys(HONEST) as (keyof typeof HONEST)[]

/** Whatever a reader lets through can be stored, asked for and printed. */
function expectSound(event: FeedEvent): void {
  expect(ecosystems[event.ecosystem].isName(event.name)).toBe(true)
  expect(ecosystems[event.ecosystem].canonicalName(event.name)).toBe(event.name)
  expect(event.mark.length).toBeLessThan(2_500)
  // eslint-disable-next-line no-control-regex -- what must not be there
  expect(`${event.mark}${event.version ?? ''}`).not.toMatch(/[\u0000-\u001f\u007f-\u{10ffff}]/u)
  if (event.at) expect(Number.isSafeInteger(event.at.getTime())).toBe(true)
}

/** Bytes of an honest document with pieces cut out, doubled, and replaced by what readers stumble over. */
const spoiled = (text: string) => fc.array(fc.record({
  at: fc.nat({ max: text.length }), drop: fc.nat({ max: 12 }),
  put: fc.oneof(fc.constantFrom('"', '\\', '{', '}', '[', ']', ',', '<', '>', '&', '</', '<!', '\u0000', '\u202e', '\n', '1e999', '-1', 'null', '__proto__', '../', '<value>', '\ud800'), fc.string({ maxLength: 8 })),
}), { maxLength: 6 }).map((edits) => edits.reduce((body, { at, drop, put }) => body.slice(0, at) + put + body.slice(at + drop), text))

describe('a spoiled document', () => {
  it.each(kinds)('of %s gives sound events or a clear error', async (kind) => {
    expect(await READERS[kind](Buffer.from(HONEST[kind]))).not.toEqual([])
    await fc.assert(fc.asyncProperty(fc.oneof(spoiled(HONEST[kind]).map((text) => Buffer.from(text)), fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes))), async (body) => {
      try {
        for (const event of await READERS[kind](body)) expectSound(event)
      } catch (thrown) {
        expect(thrown).toMatchObject({ name: 'SluiceError', code: expect.stringMatching(/^(?:feed-invalid|upstream-status)$/) })
      }
    }), { numRuns: 300 })
  })
})

describe('a document made to cost', () => {
  const size = 2 * 1024 * 1024
  // Each of these takes a fraction of a second where reading is linear, and minutes or all memory where it is not.
  it.each([
    ['changes', '{"results":[' + '{'.repeat(size)], ['changes', `{"results":[${'"\\"'.repeat(size / 3)}`], ['changes', `{"results":[${'1,'.repeat(size / 2)}1]}`],
    ['changelog', '<a>'.repeat(size / 3)], ['changelog', '<'.repeat(size)], ['changelog', `<methodResponse${' a="b"'.repeat(size / 6)}`],
    ['changelog', `<methodResponse>${'<!---->'.repeat(size / 7)}`], ['changelog', `<methodResponse>${'&amp;'.repeat(size / 5)}`], ['changelog', `<methodResponse><![CDATA[${']]'.repeat(size / 2)}`],
    ['rss', `<rss><channel>${'<item><link>x</link></item>'.repeat(size / 27)}</channel></rss>`], ['rss', `<rss><channel><item><link>https://x.example/project/${'a/'.repeat(size / 2)}</link></item></channel></rss>`],
    ['serials', `{"projects":[${'{"name":"a","_last-serial":1},'.repeat(size / 30)}null]}`], ['serials', `{"x":"${' '.repeat(size)}`],
    ['index', '{"Path":"a"}\n'.repeat(size / 13)], ['index', '\n'.repeat(size)], ['index', '{'.repeat(size)],
  ] as const)('of %s ends soon', async (kind, text) => {
    const events = await READERS[kind](Buffer.from(text)).catch((thrown: unknown) => thrown)
    if (Array.isArray(events)) expect(events.length).toBeLessThanOrEqual(100)
    else expect(events).toMatchObject({ code: 'feed-invalid' })
  })
})
