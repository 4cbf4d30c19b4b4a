import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareVersions, isPrerelease, normalVersion, parseVersion } from './versions.ts'

describe('compareVersions', () => {
  it('orders as PEP 440 does, what is no version first', () => {
    const ordered = [
      '1.0.linux-x86_64', 'zzz', '0', '1.0.dev456', '1.0a1', '1.0a2.dev456', '1.0a12.dev456', '1.0a12', '1.0b1.dev456', '1.0b2',
      '1.0b2.post345.dev456', '1.0b2.post345', '1.0rc1.dev456', '1.0rc1', '1.0', '1.0+abc.5', '1.0+abc.7', '1.0+5', '1.0+5.1', '1.0.post456.dev34',
      '1.0.post456', '1.0.15', '1.1.dev1', '1.10', '20240101123456', '99999999999999999999', '100000000000000000000', '1!0.1',
    ]
    expect(ordered.toReversed().sort(compareVersions)).toEqual(ordered)
  })

  it.each([['1.0', '1.0.0'], ['1.0-1', '1.0.post1'], ['v1.0', '1.0'], ['1.0RC1', '1.0c1'], ['1.0-alpha_2', '1.0a2'], ['1.0+A-b_1', '1.0+a.b.01'], ['01.02', '1.2']])(
    '%s equals %s', (a, b) => { expect(compareVersions(a, b)).toBe(0) },
  )

  it('is a total order over anything', () => {
    const texts = fc.oneof(fc.string(), fc.stringMatching(/^v?([0-3]!)?[0-9]{1,2}(\.[0-9]){0,3}(a|b|rc|\.post|\.dev)?[0-9]?(\+[a-c0-2]{1,2})?$/))
    fc.assert(fc.property(texts, texts, texts, (a, b, c) => {
      expect(Math.sign(compareVersions(a, b))).toBe(0 - Math.sign(compareVersions(b, a)) + 0)
      if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0) expect(compareVersions(a, c)).toBeLessThanOrEqual(0)
    }))
  })
})

it.each([['1.0-1', '1.0.post1'], ['V1.0.0', '1.0.0'], ['1.0Alpha', '1.0a0'], ['1.0.dev', '1.0.dev0'], ['2!1.0-r3', '2!1.0.post3'], ['1.0+U_1', '1.0+u.1'], ['not one', 'not one']])(
  'the normal form of %s is %s', (raw, normal) => { expect(normalVersion(raw)).toBe(normal) },
)

it('knows what is not final', () => {
  expect(['1.0rc1', '1.0.dev1', '1.0', '1.0.post1', 'junk'].map(isPrerelease)).toEqual([true, true, false, false, false])
})

it('takes no endless text for a version', () => {
  expect(parseVersion(`1${'.1'.repeat(1_000_000)}`)).toBeNull()
  expect(parseVersion(`1.0+${'a.'.repeat(120)}!`)).toBeNull()
})
