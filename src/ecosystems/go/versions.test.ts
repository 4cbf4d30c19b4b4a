import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareVersions, fitsPath, isCanonical, isPseudo } from './versions.ts'

/** Ascending, as Go's semver package documents and tests it. */
const ASCENDING = [
  'bad', 'v0.0.0-20191109021931-daa7c04131f5', 'v0.0.0', 'v0.9.0', 'v1.0.0-alpha', 'v1.0.0-alpha.1', 'v1.0.0-alpha.beta',
  'v1.0.0-beta', 'v1.0.0-beta.2', 'v1.0.0-beta.11', 'v1.0.0-rc.1', 'v1.0.0', 'v1.2.0', 'v1.2.4-0.20200101000000-abcdefabcdef',
  'v1.2.4', 'v1.10.0', 'v2.0.0+incompatible', 'v10.0.0', 'v99999999999999999999.0.0',
]

describe('version order', () => {
  it('sorts as Go does', () => {
    expect([...ASCENDING].reverse().sort(compareVersions)).toEqual(ASCENDING)
  })

  it.each([
    ['v1', 'v1.0.0'], ['v1.2', 'v1.2.0'], ['v2.0.0+incompatible', 'v2.0.0'], ['v1.0.0+a', 'v1.0.0+b'], ['', 'nonsense'],
  ])('%s equals %s', (a, b) => {
    expect(compareVersions(a, b)).toBe(0)
  })

  it('is an order, whatever it is given', () => {
    const version = fc.oneof(
      fc.string(),
      fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3), fc.constantFrom('', '-a', '-1', '-a.1', '-01', '+x')).map(([a, b, c, rest]) => `v${a}.${b}.${c}${rest}`),
    )
    fc.assert(fc.property(version, version, version, (a, b, c) => {
      expect(Math.sign(compareVersions(a, b)) + Math.sign(compareVersions(b, a))).toBe(0)
      if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0) expect(compareVersions(a, c)).toBeLessThanOrEqual(0)
    }))
  })
})

it.each([
  ['v1.2.3', true], ['v1.2.3-rc.1', true], ['v2.0.0+incompatible', true], ['v0.0.1-go1.26.0.linux-amd64', true],
  ['v1', false], ['v1.2', false], ['v1.2.3+meta', false], ['1.2.3', false], ['v01.2.3', false], ['v1.2.3-01', false],
  ['v1.2.3-', false], ['v1.2.3-a..b', false], ['v1.2.3.4', false], ['master', false], ['', false], [`v1.2.3-${'a'.repeat(300)}`, false],
])('%s is canonical: %s', (version, expected) => {
  expect(isCanonical(version)).toBe(expected)
})

it.each([
  ['v0.0.0-20191109021931-daa7c04131f5', true], ['v1.2.4-0.20191109021931-daa7c04131f5', true],
  ['v1.2.3-pre.0.20191109021931-daa7c04131f5', true], ['v2.0.1-0.20191109021931-daa7c04131f5+incompatible', true],
  ['v1.2.3-20191109021931-daa7c04131f5', false], ['v1.2.3-pre.20191109021931-daa7c04131f5', false], ['v1.2.3-pre', false], ['v1.2.3', false],
])('%s is a pseudo-version: %s', (version, expected) => {
  expect(isPseudo(version)).toBe(expected)
})

it.each([
  ['v1.0.0', 'm.example/a', true], ['v2.0.0', 'm.example/a', false], ['v2.0.0+incompatible', 'm.example/a', true],
  ['v2.0.0', 'm.example/a/v2', true], ['v1.0.0', 'm.example/a/v2', false], ['v3.1.0', 'gopkg.in/yaml.v3', true],
  ['v3.1.0', 'gopkg.in/yaml.v2', false], ['v0.0.0-20161208181325-20d25e280405', 'gopkg.in/check.v1', true],
  ['v2.0.0', 'gopkg.in/yaml.v2-unstable', true],
])('%s fits %s: %s', (version, path, expected) => {
  expect(fitsPath(version, path)).toBe(expected)
})
