import { describe, expect, it } from 'vitest'
import type { PackageFile } from '../../src/core/types.ts'
import { cluster } from './clusters.ts'
import { similarity, sketch } from './sketch.ts'

const file = (text: string, path = 'setup.py'): PackageFile => (
  { path, size: text.length, mode: 0o644, bytes: Buffer.from(text), truncated: false, sha256: '' })

const lines = (from: number, to: number): string => Array.from({ length: to - from }, (_, index) => `call_${word(from + index)}(argument_${word(7 * (from + index))})`).join('\n')
const word = (number: number): string => number.toString(26).replace(/\d/g, (digit) => String.fromCharCode(112 + Number(digit)))

const of = (name: string, text: string) => sketch(name, [file(text)])
const TAIL = '\nfinish(one, two, three)\n'

describe('sketch', () => {
  it.each([
    ['its name', 'import pkg_one\nname = "pkg-one"\n', 'import other\nname = "other"\n'],
    ['numbers', 'x = [1, 2, 3]\ny = "version 10"\n', 'x = [7, 8, 99]\ny = "version 11"\n'],
    ['addresses', 'send("https://a.example/1", body, 5)\n', 'send("https://b.test/other", body, 6)\n'],
    ['long encoded strings', `run(decode("${'QUJD'.repeat(20)}"), a)`, `run(decode("${'WFla'.repeat(30)}"), a)`],
    ['comments', 'a = b + c # one\nd = e', '# two\na = b + c\nd = e'],
  ])('does not see %s', (_, one, other) => {
    expect(similarity(of('pkg_one', one + TAIL), of('other', other + TAIL))).toBe(1)
  })

  it('estimates what share of the code is the same', () => {
    const half = similarity(of('a', lines(0, 200)), of('a', lines(100, 300)))
    expect(half).toBeGreaterThan(0.2)
    expect(half).toBeLessThan(0.46)
  })

  it('has nothing to compare in a package without Python', () => {
    expect(sketch('a', [file('long text of many words', 'README')])).toHaveLength(0)
  })
})

describe('cluster', () => {
  it('joins near-copies through each other, and names them by the first', () => {
    const sketches = [lines(500, 600), lines(0, 100), lines(8, 108), lines(16, 116), lines(24, 124)].map((text) => of('a', text))
    expect(cluster(sketches)).toEqual([0, 1, 1, 1, 1])
  })

  it('leaves alone what has nothing to compare', () => {
    expect(cluster([of('a', ''), of('a', '')])).toEqual([0, 1])
  })
})
