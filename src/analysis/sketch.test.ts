import { describe, expect, it } from 'vitest'
import { assert, constantFrom, property, string } from 'fast-check'
import type { PackageFile } from '../core/types.ts'
import { decodeSketch, encodeSketch, HASHES, similarity, sketchOf } from './sketch.ts'
import type { Sketch } from './sketch.ts'

const file = (text: string, path: string): PackageFile => ({ path, size: text.length, mode: 0o644, bytes: Buffer.from(text), truncated: false, sha256: '' })
const of = (name: string, text: string, path = 'setup.py'): Sketch => {
  const sketch = sketchOf(name, new Map([[path, file(text, path)]]))
  if (!sketch) throw new Error('too little code')
  return sketch
}

const word = (number: number): string => number.toString(26).replace(/\d/g, (digit) => String.fromCharCode(112 + Number(digit)))
const lines = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, index) => `call_${word(from + index)}(argument_${word(7 * (from + index))})`).join('\n')
const TAIL = '\nfinish(one, two, three)\n'

describe('sketchOf', () => {
  it.each([
    ['its name', 'import pkg_one\nname = "pkg-one"\n', 'import other\nname = "other"\n'],
    ['numbers', 'x = [1, 2, 3]\ny = "version 10"\n', 'x = [7, 8, 99]\ny = "version 11"\n'],
    ['addresses', 'send("https://a.example/1", body, 5)\n', 'send("https://b.test/other", body, 6)\n'],
    ['hosts, mail and IP addresses', 'send("a.example", "x@b.test", "192.0.2.1:80")\n', 'send("cc.dd.example", "yy@ee.test", "198.51.100.7")\n'],
    ['long encoded strings', `run(decode("${'QUJD'.repeat(20)}"), a)`, `run(decode("${'WFla'.repeat(30)}"), a)`],
    ['tokens', 'run("1234567890:AAFsecretsecretsec")', 'run("0987654321:BBGpublicpublicpubs")'],
    ['comments', 'a = b + c # one\nd = e', '# two\na = b + c\nd = e'],
  ])('does not see %s', (what, one, other) => {
    const paths = what === 'comments' ? ['a.py'] : ['a.py', 'a.js', 'a.go', 'a.tsx']
    for (const path of paths) expect(similarity(of('pkg_one', one + TAIL, path).exact, of('other', other + TAIL, path).exact)).toBe(1)
  })

  it('does not see comments in JavaScript and Go', () => {
    const [one, other] = ['let a = b // one\n/* two */ run(a, b, c)', '// three " \nlet a = b\nrun(a, /* \' */ b, c)']
    for (const path of ['a.ts', 'a.go']) expect(similarity(of('a', one, path).exact, of('a', other, path).exact)).toBe(1)
  })

  it('sees through renaming in its second half, and tells other code apart in both', () => {
    const code = 'const os = require("os")\nfunction collect(host) { const data = { user: os.userInfo().username, host }; return JSON.stringify(data) }\nfetch(url, { method: "POST", body: collect(os.hostname()) })\n'
    const renamed = 'const _0x1 = require("os")\nfunction _0xa(_b) { const _c = { user: _0x1.userInfo().username, _b }; return JSON.stringify(_c) }\nfetch(_d, { method: "POST", body: _0xa(_0x1.hostname()) })\n'.replaceAll('user:', '_u:')
      .replaceAll('method:', '_m:').replaceAll('body:', '_y:')
    const other = 'import path from "path"\nexport default class Parser extends Base { *read() { for (const x of this.items) yield x.next() } }\nswitch (Parser.kind) { case 1: throw new Error("x") }\n'
    expect(similarity(of('a', code, 'a.js').exact, of('a', renamed, 'a.js').exact)).toBeLessThan(0.5)
    expect(similarity(of('a', code, 'a.js').shape, of('a', renamed, 'a.js').shape)).toBe(1)
    expect(similarity(of('a', code, 'a.js').shape, of('a', other, 'a.js').shape)).toBeLessThan(0.1)
  })

  it('estimates what share of the code is the same', () => {
    const half = similarity(of('a', lines(0, 200)).exact, of('a', lines(100, 300)).exact)
    expect(half).toBeGreaterThan(0.2)
    expect(half).toBeLessThan(0.46)
  })

  it('has nothing to compare in a package without code', () => {
    expect(sketchOf('a', new Map([['README', file('long text of many words', 'README')]]))).toBeNull()
    expect(sketchOf('a', new Map([['a.py', file('x = 1', 'a.py')]]))).toBeNull()
  })

  it('takes anything, and reads no more than it may', () => {
    assert(property(string({ unit: 'binary', maxLength: 300 }), constantFrom('a.py', 'a.js', 'a.go'), (text, path) => {
      sketchOf(text, new Map([[path, file(text, path)]]))
    }), { numRuns: 50 })
    for (const hostile of ['\\"', '"""x', '/*', '`', '\'\n', 'a.a.', '"""\\']) {
      for (const path of ['a.py', 'a.js', 'a.go']) sketchOf('a', new Map([[path, file(hostile.repeat(40_000), path)]]))
    }
    const first = file(lines(0, 100_000), 'a.py')
    const [alone, more] = [[first], [first, file(lines(200_000, 210_000), 'b.py')]].map((files) => sketchOf('a', new Map(files.map((each) => [each.path, each]))))
    expect(first.bytes.length).toBeGreaterThan(2_000_000)
    expect(more).toEqual(alone)
  })
})

describe('encodeSketch', () => {
  const sketch = of('a', lines(0, 50))

  it('is read back', () => {
    expect(decodeSketch(encodeSketch(sketch))).toEqual(sketch)
    expect(encodeSketch(sketch).length).toBeLessThan(720)
    expect(sketch.exact).toHaveLength(HASHES)
  })

  it.each(['', 's1', 's2.1.x.y', encodeSketch(sketch).slice(1), `${encodeSketch(sketch)}A`, encodeSketch(sketch).replace('.', '!'), 'A'.repeat(100_000)])('refuses %.20s', (text) => {
    expect(decodeSketch(text)).toBeNull()
  })
})
