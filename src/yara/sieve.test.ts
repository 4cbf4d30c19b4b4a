import { describe, expect, it } from 'vitest'
import { readConditions } from './read.ts'
import { sieveOf } from './sieve.ts'
import { spent } from '../../test/harness/spent.ts'

const rule = (condition: string, strings = '$a = "one" $b = { 01 [2-4] (02 | 03) // a comment }\n } $c = /x{2}[^\\/"]+y/i'): string =>
  `rule r : tag { meta: says = "} condition: \\" {" strings: ${strings} condition: ${condition}\n}`
const sieved = (text: string): boolean => sieveOf([{ name: 'x.yar', text }]).source !== null

describe('a sieve holds for rules that are false without their patterns', () => {
  it.each([
    '$a', 'any of them', 'all of them', '2 of ($a, $b)', 'any of ($a*)', '$a at 0', '$a in (0..filesize - 10)', '#a > 2', '#a >= 1', '(#a == 3)',
    '$a and not $b', 'filesize < 10KB and ($a or $b)', 'other and $c', '($a and filesize > 2) or (#b > 1 and $c)', 'any of them in (0..100)',
    'uint16(0) == 0x5a4d and any of ($a, $b*)', '$a and for all i in (1..3) : (@a[i] > 2 or i == 3)', '/* $a or */ $b // or true',
  ])('%s', (condition) => expect(sieved(rule(condition))).toBe(true))
})

describe('and not for those that may be true all the same', () => {
  it.each([
    'true', 'not $a', 'none of them', '0 of them', '50% of them', '$a or filesize < 10', '#a == 0', '#a >= 0', '#a > -1', '#a < 5', 'any of (other*)',
    'filesize > 3', 'other', 'not ($a and $b)', 'for all of them : (# == 0)', 'for any i in (0..3) : (i == 2)', '$a and true or true', 'defined $a',
    '#a + 1 > 0', '!a[1] == 0', '@a < 3',
  ])('%s', (condition) => expect(sieved(rule(condition))).toBe(false))

  it.each(['$c = /^x/', '$c = /x$/', '$c = /x|\\Ay/', '$c = /[a^]x/'])('%s is bound to a place', (strings) =>
    expect(sieved(rule('any of them', strings))).toBe(false))

  it.each(['$c = /[^x]y/', '$c = /\\$\\{x/', '$c = "^x$"'])('%s is not', (strings) => expect(sieved(rule('any of them', strings))).toBe(true))

  it('nor where there are no patterns, nor what cannot be read', () => {
    expect(sieved('rule x { condition: $a }')).toBe(false)
    expect(sieveOf([{ name: 'bad.yar', text: 'rule x { strings: $a = "' }])).toEqual({ source: null, sieveless: 'bad.yar' })
    expect(sieveOf([{ name: 'a.yar', text: `${rule('$a')} ${rule('true').replace('rule r', 'rule always')}` }]).sieveless).toBe('always in a.yar')
  })
})

it('reads each rule of a file, whatever its comments, names and braces say', () => {
  const text = `import "pe" // rule no { condition: true }\n/* rule neither { */ private rule one { condition: true } ${rule('$a')}`
  expect(readConditions(text)?.map(({ name, condition }) => [name, condition.join(' ')])).toEqual([['one', 'true'], ['r', '$a']])
})

it('reads hostile text in linear time', () => {
  const started = spent()
  for (const text of ['/*'.repeat(100_000), '"'.repeat(100_001), '/a'.repeat(100_001), '/* *'.repeat(100_000), 'rule '.repeat(100_000)]) readConditions(text)
  expect(spent() - started).toBeLessThan(2_000)
})
