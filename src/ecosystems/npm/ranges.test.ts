import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { satisfies } from './ranges.ts'

it.each<[string, string, boolean | null]>([
  ['1.2.3', '1.2.3', true], ['1.2.3', '=1.2.3', true], ['1.2.3', 'v1.2.3', true], ['1.2.4', '1.2.3', false],
  ['1.9.9', '^1.2.3', true], ['2.0.0', '^1.2.3', false], ['1.2.2', '^1.2.3', false], ['0.2.9', '^0.2.3', true], ['0.3.0', '^0.2.3', false],
  ['0.0.3', '^0.0.3', true], ['0.0.4', '^0.0.3', false], ['0.9.0', '^0', true], ['0.0.9', '^0.0', true], ['0.1.0', '^0.0', false], ['1.5.0', '^1.x', true],
  ['1.2.9', '~1.2.3', true], ['1.3.0', '~1.2.3', false], ['1.9.0', '~1', true], ['2.0.0', '~1', false], ['1.2.9', '~> 1.2.3', true],
  ['1.2.9', '1.2', true], ['1.3.0', '1.2.x', false], ['1.3.0', '1.x', true], ['9.9.9', '*', true], ['9.9.9', '', true], ['9.9.9', 'x', true],
  ['1.5.0', '>=1.2.0 <2', true], ['2.0.0', '>=1.2.0 <2', false], ['2.0.0', '>= 1.2.0 < 2.0.1', true], ['1.3.0', '>1.2', true], ['1.2.9', '>1.2', false], ['1.2.9', '<=1.2', true],
  ['1.4.0', '1.2.3 - 1.4', true], ['1.5.0', '1.2.3 - 1.4', false], ['3.1.0', '^1 || ^3', true], ['2.1.0', '^1 || ^3', false], ['1.0.0', '<*', false],
  ['1.3.0-rc.1', '^1.2.0', false], ['1.2.3-rc.2', '^1.2.3-rc.1', true], ['1.2.4-rc.2', '^1.2.3-rc.1', false], ['2.0.0-rc.1', '<2', false],
  ['1.2.3', 'latest', null], ['1.2.3', 'https://x.example/a.tgz', null], ['no version', '^1', null], ['1.2.3', '^1 || latest', null],
])('%s in %s: %s', (version, range, expected) => {
  expect(satisfies(version, range)).toBe(expected)
})

it('takes any text, in linear time', () => {
  fc.assert(fc.property(fc.string({ maxLength: 300 }), (range) => { expect([true, false, null]).toContain(satisfies('1.2.3', range)) }))
  expect(satisfies('1.2.3', `${'>=1 '.repeat(200)}${' '.repeat(100)}`)).toBe(true)
  expect(satisfies('1.2.3', '^'.repeat(5_000))).toBe(null)
})
