import { array, assert, constantFrom, property, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sketch } from '../flow/sketch.ts'
import { endOf, startOf } from '../flow/tree.ts'
import type { Node } from '../flow/tree.ts'
import { nodesOf } from '../flow/walk.ts'
import { lowerPython } from './lower.ts'

const lower = (text: string): readonly Node[] => lowerPython({ path: 'a.py', text, anchor: null })
const sketched = (text: string): string => lower(text).map(sketch).join('; ')

it.each([
  ['print "x", y', 'print("x"); {}; y'],
  ['print >>f, z\nq', 'f.write(z); q'],
  ['exec "code" in ns', 'exec("code")'],
  ['exec code % 2\nx=1', 'exec((code % 2)); x = 1'],
  ['x=1; exec y', 'x = 1; exec(y)'],
  ['x = `a`', 'x = [{}, a, {}]'],
  ['a[1:2][::-1][:][1][1,2]', 'a[1:2:∅][∅:∅:-1][∅:∅:∅][1][[1, 2]]'],
  ['f(*a, **k, x=1)', 'f(...a, ...k, x=1)'],
  ['f(y for y,z in q if r)', 'f(gather(y for [y, z] in q if r))'],
  ['not a in b; a not in b; a is not b', '(not (a in b)); (a not in b); (a is not b)'],
  ['a if b else c if d else e', 'pick(b ? a ? pick(d ? c ? e))'],
  ['-1 ** 2; -1; ~x', '(- (1 ** 2)); -1; (~ x)'],
  ['for a, b in c, d:\n  pass\nelse:\n  q', '{each([a, b] in [c, d]; {{}}); {q}}'],
  ['while x: break\nelse: z', '{loop(∅; x; ∅; {break ∅}); {z}}'],
  ['[a for b,c in d if e if g for h in i]', 'gather(a for [b, c] in d if e if g for h in i)'],
  ['{k: v for k in l}', '{...gather({[k]: v} for k in l)}'],
  ['f"a{b!r:>{w}}c{d=}{{x}}"', '("a" + format(repr(b), (">" + w + "")) + "c" + "d=" + repr(d) + "{x}")'],
  ['f\'{x:02x}\' "y"', '("" + format(x, "02x") + "y")'],
  ['try:\n  a\nexcept X, e:\n  b\nexcept (Y, Z) as q:\n c\nelse:\n  e\nfinally:\n  f', 'try({{a}; {e}} catch e {b} catch q {c} finally {f})'],
  ['with open(a) as f, g() as h:\n  x', '{f = open(a); h = g(); {x}}'],
  ['match x:\n  case 1 | 2:\n    a\n  case [a, *b] if c:\n    b\n  case _: c', '{match_ = x; if(((match_ == 1) | (match_ == 2)) ? {a} ? if(pick({a = match_[[]]; b = match_[[]]; match_[[]]} ? c ? ∅) ? {b} ? if(True ? {c} ? ∅)))}'],
  ['lambda a, b=1, *c, **d: e', 'fn (a, let b = 1, ...c, {...d}){return e}'],
  ['def f(a, b: int = 1, *args, c=2, **kw) -> int:\n  global q\n  q=1; z=2\n  yield x\n  y = yield from w\n  (z, q) = 3', 'let f = fn f(a, let b = 1, ...args, let c = 2, {...kw}){∅; q = 1; let z = 2; return ...[x]; let y = {return ...let yield_ = w; yield_}; [z, q] = 3}'],
  ['if a: b\nelif c: d\nelse: e', 'if(a ? {b} ? if(c ? {d} ? {e}))'],
  ['from . import (a, b as c)', '{a = (import(".").a | import(".a")); c = (import(".").b | import(".b"))}'],
  ['from ..x.y import *', '* = import("..x.y")'],
  ['from a.b import c', '{import("a.b").c = import("a.b.c"); c = import("a.b").c}'],
  ['import a.b as c, d.e', '{c = import("a.b"); d = import("d"); import("d").e = import("d.e")}'],
  ['𝘦𝘷𝘢𝘭(a.𝕓, "𝘦")', 'eval(a.b, "𝘦")'],
  ['@a.b(c)\nclass A(B, metaclass=C):\n  x: int = 1\n  def f(self, q): self.z = q\n  @staticmethod\n  def g(a): pass', '{let A = class A<B>{x = 1; fn (){this.x = x}; fn f(q){let self = this; self.z = q}; fn g(a){{}}}; a.b(c)(A)}'],
  ['a = b = c\na, b = 1, 2\na: int\n*a, b = c\nx += 1\ny ^= 2,', 'a = b = c; [a, b] = [1, 2]; ∅; [...a, b] = c; x = (x + 1); y = (y ^ [2])'],
  ['0777, 10L, 1j, 0x_ff, ur"\\x"', '[511, 10, 1, 255, "\\\\x"]'],
  ['(a := 1)', 'a = 1'],
  ['raise X, y', 'throw X'],
  ['assert a, b; del a[0], b', '{a; b}; (a[0] del b)'],
  ['"a" "b" b"\\xff"', 'b"abÿ"'],
  ['b"\\x00\\u1234"', 'b"\\u0000\\\\u1234"'],
  ['"%s-%02x %c %(k)s %%" % (a, b, c)', '("" + a + "-" + format(b, "02x") + " " + chr(c) + " " + [a, b, c].k + " %")'],
  ['"%s" % a', '("" + a)'],
  ['"%s%s" % a', '("" + a[0] + a[1])'],
  ['1 <= x < 10', 'pick((1 <= x) ? (x < 10) ? ∅)'],
  ['a and b or c and d', '(pick(a ? b ? ∅) | pick(c ? d ? ∅))'],
  ['a or b or c', '(a | b | c)'],
  ['async def f():\n  await x\n  async with a as b: pass', 'let f = fn f(){x; {let b = a; {{}}}}'],
  ['{"a": 1, b: 2, **c}', '{a: 1, [b]: 2, ...c}'],
  ['{1,*x}', '[1, ...x]'],
  ['return', 'return ∅'],
  ['x = y.z(1)(2)', 'x = y.z(1)(2)'],
  ['f(a, lambda: 0)', 'f(a, fn (){return 0})'],
  ['nonlocal q', '∅'],
  ['def g(x): x = (yield x)', 'let g = fn g(x){let x = {return ...[let yield_ = x]; yield_}}'],
  ['x = y = 1', 'x = y = 1'],
  ['a.b["c"].d()', 'a.b.c.d()'],
  ['x[0] = 1', 'x[0] = 1'],
  ['def f(): return 1, 2', 'let f = fn f(){return [1, 2]}'],
  ['r"\\n" + "\\n"', '("\\\\n" + "\\n")'],
  ['u"\\u00e9"', '"é"'],
  ['"\\101\\x42\\N{DASH}"', '"AB\\\\N{DASH}"'],
  ['x if y else z', 'pick(y ? x ? z)'],
  ['not x', '(not x)'],
  ['a // b ** c', '(a // (b ** c))'],
  ['a @ b', '(a @ b)'],
  ['class A: pass', 'let A = class A<>{{}}'],
  ['import a', 'a = import("a")'],
  ['import a, b', '{a = import("a"); b = import("b")}'],
  ['try:\n  a\nfinally:\n  b', 'try({{a}} finally {b})'],
  ['with a: b', '{a; {b}}'],
  ['for i in range(3): continue', 'each(i in range(3); {continue ∅})'],
  ['lambda *a: a', 'fn (...a){return a}'],
  ['{**a}', '{...a}'],
  ['{}', '{}'],
  ['()', '[]'],
  ['(1,)', '[1]'],
  ['x: int = 5', 'x = 5'],
  ['"%05.2f" % x', '("" + format(x, "05.2f"))'],
  ['"%s" % (a,)', '("" + a)'],
  ['print(a, file=b)', 'print(a, file=b)'],
  ['"""a\nb"""', '"a\\nb"'],
  ['f"""{a}"""', '("" + a)'],
  ['rb"\\x"', 'b"\\\\x"'],
  ['(yield)', '{return ...[yield_ = {}]; yield_}'],
  ['x = [i\n  for i in y\n]', 'x = gather(i for i in y)'],
  ['if a: pass', 'if(a ? {{}} ? ∅)'],
  ['def f(*, a): pass', 'let f = fn f(a){{}}'],
  ['@a\ndef f(): pass', '{let f = fn f(){{}}; a(f)}'],
  ['exec(compile(a, "", "exec"), b)', 'exec(compile(a, "", "exec"), b)'],
  ['global_ = 1; del x', 'global_ = 1; (del x)'],
  ['(await x)', 'x'],
  ['-x', '(- x)'],
  ['*a, b = c', '[...a, b] = c'],
  ['x <<= 1', 'x = (x << 1)'],
  ['"a" "b"\\\n"c"', '"abc"'],
  ['async for a in b: c', 'each(a in b; {c})'],
])('%s', (code, expected) => expect(sketched(code)).toBe(expected))

describe('hostile code', () => {
  it.each([
    ['sums', `x = ${'a+'.repeat(100_000)}a`],
    ['alternatives', `x = ${'a or '.repeat(50_000)}a`],
    ['members', `x${'.b().c().d()'.repeat(10_000)}`],
    ['elif', `if a: b\n${'elif a: b\n'.repeat(50_000)}else: c`],
    ['long lists', `x = [${'1,'.repeat(200_000)}]`],
    ['choices', `x = ${'a if b else '.repeat(5000)}c`],
    ['strings side by side', `x = (${'"a" '.repeat(50_000)})`],
  ])('follows %s', (_name, code) => expect(lower(code).length).toBeGreaterThan(0))

  it('gives up on brackets in brackets', () => expect(() => lower(`x = ${'['.repeat(50_000)}`)).toThrow(RangeError))

  const piece = constantFrom('exec', '(', ')', '{', '}', '[', ']', "'a'", '"', "f'{", "b'\\x", ':', ',', ';', '\n', ' ', '  ', 'x', '=', 'def f', 'class', 'import', 'from', 'lambda', 'for', 'in', 'if', 'match', 'case', '\\', '%', '*', '**', '+', 'yield', 'with', 'as', 'except', 'try', '\0', '…', '@', '`')
  it('never throws, and every place is in the text', () => {
    const check = (text: string): void => {
      for (const node of nodesOf(lower(text))) {
        expect(startOf(node.at)).toBeLessThanOrEqual(endOf(node.at))
        expect(endOf(node.at)).toBeLessThanOrEqual(text.length)
      }
    }
    assert(property(array(piece, { maxLength: 40 }), (pieces) => check(pieces.join(''))), { numRuns: 500, seed: 7 })
    assert(property(string({ unit: 'binary', maxLength: 40 }), check), { numRuns: 200, seed: 7 })
  })
})
