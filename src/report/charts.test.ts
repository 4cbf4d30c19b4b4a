import { assert, array, integer, property, record } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { timeline } from './chart.ts'
import { countryName } from './countries.ts'
import { worldMap } from './map.ts'
import world from './world.json' with { type: 'json' }

const HOUR = 3_600_000
const LAYERS = [{ name: 'people', style: 'f-person' }, { name: 'mirrors', style: 'f-mirror' }]
const drawn = (columns: { at: number; values: number[] }[], step = HOUR): string => timeline(columns, { layers: LAYERS, step, says: 'what it shows' }).text
const attributes = (text: string, name: string): number[] => [...text.matchAll(new RegExp(`<rect[^>]*\\s${name}="([^"]+)"`, 'g'))].map(([, value]) => Number(value))

describe('timeline', () => {
  it('draws a column for each value, the first from the bottom up', () => {
    const text = drawn([{ at: 0, values: [2, 3] }, { at: 2 * HOUR, values: [0, 1] }])
    expect(text.match(/<rect/g)).toHaveLength(3)
    expect(text).toContain('aria-label="what it shows"')
    expect(text).toContain('<title>1970-01-01 00:00: people 2, mirrors 3</title>')
    const [people = 0, mirrors = 0] = attributes(text, 'y')
    expect(people).toBeGreaterThan(mirrors)
    expect(attributes(text, 'height')[0]).toBeLessThan(attributes(text, 'height')[1] ?? 0)
  })

  it('is nothing where there is nothing', () => {
    expect(drawn([])).toBe('')
  })

  it('stays inside of its frame, loses nothing and draws no more than can be told apart', () => {
    const column = record({ at: integer({ min: 0, max: 40_000 }).map((hour) => hour * HOUR), values: array(integer({ min: 0, max: 100_000 }), { minLength: 2, maxLength: 2 }) })
    assert(property(array(column, { minLength: 1, maxLength: 400 }), (columns) => {
      const text = drawn(columns)
      for (const [x, width, y, height] of attributes(text, 'x').map((value, index) => [value, attributes(text, 'width')[index] ?? 0, attributes(text, 'y')[index] ?? 0, attributes(text, 'height')[index] ?? 0] as const)) {
        expect(x).toBeGreaterThanOrEqual(0)
        expect(x + width).toBeLessThanOrEqual(961)
        expect(y).toBeGreaterThanOrEqual(0)
        expect(y + height).toBeLessThanOrEqual(231)
      }
      expect(text.match(/<g>/g)?.length ?? 0).toBeLessThanOrEqual(161)
      const titles = [...text.matchAll(/people (\d+), mirrors (\d+)/g)].reduce((sum, [, a, b]) => sum + Number(a) + Number(b), 0)
      expect(titles).toBe(columns.reduce((sum, { values }) => sum + (values[0] ?? 0) + (values[1] ?? 0), 0))
    }), { numRuns: 30 })
  })
})

describe('map', () => {
  const mapped = (heats: Parameters<typeof worldMap>[0]): string => worldMap(heats, { says: 'the world', strong: 'may have run', weak: 'copied' }).text

  it('colours countries by steps, small ones as points, and those with copies alone apart', () => {
    const text = mapped([{ code: 'US', strong: 100, weak: 3 }, { code: 'FR', strong: 1, weak: 0 }, { code: 'SG', strong: 4, weak: 0 }, { code: 'JP', strong: 0, weak: 9 }, { code: 'internal', strong: 7, weak: 0 }])
    expect(text).toMatch(/<path class="land heat-5" d="[^"]+"><title>United States: 100 may have run, 3 copied<\/title>/)
    expect(text).toMatch(/<path class="land heat-1" d="[^"]+"><title>France: 1 may have run/)
    expect(text).toMatch(/<circle class="heat-2" [^>]+><title>Singapore: 4 may have run/)
    expect(text).toMatch(/<path class="land copied" d="[^"]+"><title>Japan: 0 may have run, 9 copied/)
    expect(text).not.toContain('internal')
    expect(text).toContain('only copied')
  })

  it.each([[[100, 100], ['100']], [[54, 708], ['54–90', '91–151', '152–253', '254–423', '424–708']], [[99, 101], ['99', '100', '101']], [[1, 2, 3], ['1', '2', '3']], [[1_000_000], ['1,000,000']]])('has steps of %j', (values, steps) => {
    const text = mapped(values.map((strong, index) => ({ code: ['US', 'FR', 'JP'][index] ?? '', strong, weak: 0 })))
    expect([...text.matchAll(/<span class="key heat-\d"><\/span>([^<]+)</g)].map(([, step]) => step)).toEqual(steps)
  })

  it('is the world where nobody is known', () => {
    expect(mapped([])).not.toMatch(/heat-|copied|<title>/)
    expect(mapped([{ code: '"><script>', strong: 5, weak: 0 }])).not.toContain('script')
  })

  it('knows every country that has a code, and each by a name', () => {
    const codes = new Set([...world.shapes.flatMap(({ code }) => code ?? []), ...world.points.map(({ code }) => code)])
    expect(codes.size).toBeGreaterThan(220)
    for (const code of codes) expect([code, countryName(code)]).not.toEqual([code, code])
    expect(['internal', 'unknown', 'ZZZ'].map(countryName)).toEqual(['internal network', 'not known', 'ZZZ'])
    expect(JSON.stringify(world).length).toBeLessThan(100_000)
  })
})
