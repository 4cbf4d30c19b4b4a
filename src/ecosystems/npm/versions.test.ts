import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalName, isName } from './names.ts'
import { comparePrecedence, compareVersions, inOrder, isPrerelease } from './versions.ts'

describe('version order', () => {
  it('is semver.org §11, with numbers of any length and the invalid first', () => {
    const ordered = [
      'latest', 'v1.0.0', '0.0.0', '1.0.0-0', '1.0.0-2', '1.0.0-10', '1.0.0-alpha', '1.0.0-alpha.1', '1.0.0-alpha.beta', '1.0.0-beta', '1.0.0-rc.1',
      '1.0.0', '1.0.0+b', '1.2.0', '1.10.0', '9007199254740993.0.0', '90071992547409930.0.0',
    ]
    expect(ordered.toReversed().sort(compareVersions)).toEqual(ordered)
    expect(inOrder(ordered.toReversed())).toEqual(ordered.slice(2))
  })

  it('is total', () => {
    const version = fc.oneof(fc.string({ maxLength: 6 }), fc.stringMatching(/^[01]\.[01]\.[01](-[a1]\.[a1])?(\+[ab])?$/))
    fc.assert(fc.property(version, version, version, (a, b, c) => {
      expect(Math.sign(compareVersions(a, b))).toBe(-Math.sign(compareVersions(b, a)) + 0)
      expect(compareVersions(a, b) === 0).toBe(a === b)
      if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0) expect(compareVersions(a, c)).toBeLessThanOrEqual(0)
    }))
  })

  it('tells precedence and prereleases', () => {
    expect(comparePrecedence('1.0.0+a', '1.0.0+b')).toBe(0)
    expect(comparePrecedence('1.0.0', 'x')).toBeNull()
    expect(['1.0.0-a', '1.0.0', '1.0.0+x', 'x', '1.0.0-a..b'].map(isPrerelease)).toEqual([true, false, false, true, true])
  })
})

describe('package names', () => {
  it.each(['a', 'JSONStream', 'left-pad', '@s/n', "some~!'()*", '@s/_n', '@-x/n', 'a'.repeat(214)])('takes %s', (name) => {
    expect(isName(name)).toBe(true)
  })

  it.each(['', '.', '..', '.a', '_a', '-a', 'a/b', 'a b', '@s', '@/n', '@s/', '@s/..', '@s/.n', '@s/n/m', 'é', 'node_modules', 'favicon.ico', 'a%2fb', 'a\\b', 'a'.repeat(215)])(
    'refuses %j', (name) => {
      expect(isName(name)).toBe(false)
    })

  it('makes one name of the two spellings of a scope and keeps capitals', () => {
    expect([' @s%2fn', '@s%2Fn', '@S/n', 'JSONStream'].map(canonicalName)).toEqual(['@s/n', '@s/n', '@S/n', 'JSONStream'])
  })
})
