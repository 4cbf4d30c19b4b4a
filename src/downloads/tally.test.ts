import { assert, constantFrom, array, integer, property, record, boolean } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readAgent } from '../core/client.ts'
import { classifier } from './classify.ts'
import type { Caller, Delivery } from './delivery.ts'
import { CLASSES } from './delivery.ts'
import { downloadsCsv } from './table.ts'
import { Tally } from './tally.ts'

const MINUTE = 60_000
const classify = classifier([])
const caller = (key: string, facts: Partial<Caller> = {}): Caller => ({ key, named: false, token: null, user: null, host: null, address: key, job: null, ...facts })
const delivery = (changes: Partial<Delivery> & { says?: string } = {}): Delivery => {
  const { says = 'npm/11.0.0 node/v22', ...rest } = changes
  return { at: 0, ecosystem: 'npm', name: 'left-pad', version: '1.0.0', file: 'left-pad-1.0.0.tgz', caller: caller('192.0.2.1'), part: false, times: 1, source: null, ...rest, agent: readAgent(says) }
}
function tallied(deliveries: readonly Delivery[]) {
  const tally = new Tally()
  for (const one of deliveries) tally.add(one, classify(one, null), one.country ?? null)
  return tally.result()
}
const bounds = (deliveries: readonly Delivery[]): [number, number] => {
  const { interval: { least, most } } = tallied(deliveries)
  return [least, most]
}

describe('how many may have run it', () => {
  it.each<[string, [number, number], Delivery[]]>([
    ['nobody', [0, 0], []],
    ['a person', [1, 1], [delivery()]],
    ['mirrors and scanners count nothing', [0, 0], [delivery({ says: 'bandersnatch/6' }), delivery({ says: 'Snyk/1' })]],
    ['many machines may share an address', [1, 3], [0, 1, 2].map((at) => delivery({ at: at * MINUTE }))],
    ['what a client asks for twice at once is one', [1, 1], [0, 300, 900].map((at) => delivery({ at }))],
    ['a machine that names itself is one', [1, 1], [0, 1, 2].map((at) => delivery({ at: at * MINUTE, caller: caller('a', { named: true, host: 'ws-1' }) }))],
    ['also with several tools', [1, 1], ['npm/11', 'curl/8', 'Mozilla/5.0 Firefox/1'].map((says, at) => delivery({ says, at: at * MINUTE, caller: caller('a', { named: true, user: 'ann' }) }))],
    ['a browser looks', [0, 1], [delivery({ says: 'Mozilla/5.0 (X11) Firefox/126.0' })]],
    ['a program for anything may have installed', [0, 1], [delivery({ says: 'curl/8' })]],
    ['a part of a file installs nothing', [0, 1], [delivery({ part: true })]],
    ['nor does a resolver', [0, 1], [delivery({ says: 'uv/0.5 {"installer":{"name":"uv","version":"0.5","subcommand":["pip","compile"]}}' })]],
    ['who was forgotten may be anybody', [0, 2], [delivery({ says: '', caller: null }), delivery({ says: '', at: MINUTE, caller: null })]],
    ['builds', [1, 2], [0, 1].map((at) => delivery({ says: 'npm/11 ci/x', at: at * MINUTE }))],
    ['rows that stand for many', [1, 40], [delivery({ times: 40, source: 'table' })]],
  ])('%s', (_, expected, deliveries) => {
    expect(bounds(deliveries)).toEqual(expected)
  })

  it('says what cannot be seen', () => {
    expect(tallied([delivery({ says: 'devpi-server/6' })]).interval.says.at(-1)).toMatch(/^1 caller is a mirror or proxy: .* in neither bound\.$/)
    expect(tallied([delivery()]).interval.says.at(-1)).toMatch(/cache shared by machines cannot be seen/)
    expect(tallied([delivery({ source: 'table' })]).interval.says[2]).toMatch(/^Of what was counted elsewhere no caller is known/)
    expect(tallied([]).interval.says).toEqual(['Nobody who may have run it is known to have received it.'])
  })

  it('never has more at least than at most, loses no delivery and takes no mirror for a person', () => {
    const one = record({
      says: constantFrom('npm/11', 'pip/24 {"ci":true}', 'bandersnatch/6', 'Snyk/1', 'curl/8', '', 'Mozilla/5.0 Firefox/1'), at: integer({ min: 0, max: 86_400_000 }),
      who: integer({ min: 0, max: 4 }), named: boolean(), part: boolean(), times: integer({ min: 1, max: 3 }),
    })
    assert(property(array(one, { maxLength: 60 }), (all) => {
      const { interval, classes, deliveries } = tallied(all.map(({ who, named, ...rest }) => delivery({ ...rest, caller: who === 0 ? null : caller(`c${who}${named}`, { named, host: named ? 'h' : null }) })))
      expect(interval.least).toBeLessThanOrEqual(interval.most)
      expect(interval.most).toBeLessThanOrEqual(deliveries)
      expect(CLASSES.reduce((sum, kind) => sum + classes[kind].deliveries, 0)).toBe(all.reduce((sum, { times }) => sum + times, 0))
      expect(classes.mirror.deliveries).toBe(all.filter(({ says }) => says.startsWith('bander')).reduce((sum, { times }) => sum + times, 0))
    }))
  })
})

describe('tables', () => {
  it('count by country, client, day, hour and package', () => {
    const result = tallied([delivery({ country: 'DE' }), delivery({ at: 90 * MINUTE, country: 'DE', says: 'curl/8' }), delivery({ at: 86_400_000, name: '__proto__', caller: caller('x') })])
    expect(result.countries.map(({ value, deliveries }) => [value, deliveries])).toEqual([['DE', 2], ['unknown', 1]])
    expect(result.clients.map(({ value, deliveries }) => [value, deliveries])).toEqual([['npm', 2], ['curl', 1]])
    expect(result.days.map(({ value, deliveries }) => [value, deliveries])).toEqual([['1970-01-01', 2], ['1970-01-02', 1]])
    expect(result.hours.map(({ value }) => value)).toEqual(['1970-01-01T00', '1970-01-01T01', '1970-01-02T00'])
    expect(result.packages.map(({ value }) => value)).toEqual(['npm:left-pad@1.0.0', 'npm:__proto__@1.0.0'])
    expect(result.complete).toBe(true)
  })

  it('keep bounded memory, and say when something is not listed', () => {
    const result = tallied(Array.from({ length: 6_000 }, (_, index) => delivery({ name: `p${index}`, at: index * 3_600_000, caller: caller(`c${index}`) })))
    expect(result).toMatchObject({ deliveries: 6_000, complete: false, hours: [] })
    expect([result.packages.length, result.receivers.length]).toEqual([5_000, 1_000])
  })

  it('are CSV that no spreadsheet runs', () => {
    const result = tallied([delivery({ caller: caller('a', { user: '=cmd|"x"!A1', host: '-2+3\u202e' }) })])
    expect(downloadsCsv(result, 'caller').split('\r\n')[1]).toBe('"person","says npm 11.0.0","npm 11.0.0","unknown","\'=cmd|""x""!A1","","\'-2+3 ","a","","1","1970-01-01T00:00:00.000Z","1970-01-01T00:00:00.000Z"')
    expect(downloadsCsv(result, 'class').split('\r\n')[0]).toBe('"class","deliveries","callers"')
  })
})
