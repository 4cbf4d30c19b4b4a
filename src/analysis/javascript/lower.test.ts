import { array, assert, constantFrom, property, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sketch } from '../flow/sketch.ts'
import { NOWHERE, endOf, startOf } from '../flow/tree.ts'
import type { Node } from '../flow/tree.ts'
import { nodesOf } from '../flow/walk.ts'
import { lowerJavaScript } from './lower.ts'

const lower = (text: string, path = 'a.js'): readonly Node[] => lowerJavaScript({ path, text, anchor: null })
const sketched = (text: string, path?: string): string => lower(text, path).map(sketch).join('; ')

it.each([
  ['0x1F+1_000+0b11+0o17+10n', '(31 + 1000 + 3 + 15 + 10)'],
  ['!x; -x; -1; typeof x; void 0; ~x; +x', '(! x); (- x); -1; (typeof x); (void 0); (~ x); (+ x)'],
  ['i++; --i; x+=1; x^=2; x||=3; x&&=4; x??=5', '(-- i = (++ i)); i = (-- i); x = (x + 1); x = (x ^ 2); x = (x | 3); pick(x ? x = 4 ? ∅); x = (x | 5)'],
  ['if(a)b;else if(c)d;else e', 'if(a ? b ? if(c ? d ? e))'],
  ['a?b:c?d:e', 'pick(a ? b ? pick(c ? d ? e))'],
  ['switch(x){case 1: a(); break; default: b(); case 2: c()}', 'loop(∅; ∅; break ∅; {let switch_ = x; let case_ = false; if((case_ | (switch_ === 1)) ? {case_ = true; a(); break ∅} ? ∅); if((case_ | (! ((switch_ === 2)))) ? {case_ = true; b()} ? ∅); if((case_ | (switch_ === 2)) ? {case_ = true; c()} ? ∅)})'],
  ['for(let i=0;i<3;i++)f(i)', 'loop({let i = 0}; (i < 3); (-- i = (++ i)); f(i))'],
  ['for(const k in o)f(k)', 'each(k in Object.keys(o); f(k))'],
  ['for(const k of o)f(k)', 'each(k in o; f(k))'],
  ['do{a()}while(b)', 'loop(∅; ∅; if(b ? ∅ ? break ∅); {a()})'],
  ['while(a)b()', 'loop(∅; a; ∅; b())'],
  ['try{a()}catch(e){b()}finally{c()}', 'try({a()} catch e {b()} finally {c()})'],
  ['l: for(;;){continue l}', '{"l"; loop(∅; ∅; ∅; {continue "l"})}'],
  ['[...a,,b]; f(...x)', '[...a, ∅, b]; f(...x)'],
  ['({a,b:1,[c]:2,"d":3,get e(){return 1},f(){},...g})', '{a: a, b: 1, [c]: 2, d: 3, e: fn e(){return 1}(), f: fn (){}, ...g}'],
  ['class A extends B{#p=1;static q=2;r;constructor(a=1,...b){super(a)} get x(){return this.#p} static{z()}}', 'let A = class A<B>{A.q = 2; {z()}; fn (){this.#p = 1; this.r = ∅}; fn constructor(let a = 1, ...b){super(a)}; fn x(){return this.#p}}'],
  ['a?.b?.[c]?.(d)', 'a.b[c](d)'],
  ['new X(y)', 'new X(y)'],
  ['String.raw`a\\n${b}`', '("a\\\\n" + b)'],
  ['tag`a${b}`', 'tag(("a" + b))'],
  ['/x+/gi', 'RegExp("x+", "gi")'],
  ['<div a="1" {...b}>{c}t</div>', 'JSX.div(c, "t", a="1", ...b)'],
  ['<A.B/>', 'A.B()'],
  ['function* g(){yield 1; const x = yield* y}', 'let g = fn g(){{let yield_ = 1; return ...[yield_]; yield_}; {let x = {let yield_ = y; return ...yield_; yield_}}}'],
  ['async()=>{await x; throw new Error(1)}', 'fn (){x; throw new Error(1)}'],
  ['import a,{b as c} from "m"; import * as d from "n"; export * from "o"; export {x as y} from "p"; export default function(){}; export const {q,r:[s]}=t', '{let default = fn (){}; exports.default = default}; {let a = import("m").default; let c = import("m").b}; {let d = import("n")}; Object.assign(exports, import("o")); {exports.y = import("p").x}; ∅; {{let {q: q, r: [s]} = t}; exports.q = q; exports.s = s}'],
  ['a&&b||c&&d', '(pick(a ? b ? ∅) | pick(c ? d ? ∅))'],
  ['a+b-c+d+e', '(((a + b) - c) + d + e)'],
  ['a,b', '{a; b}'],
  ['({}).x=1; [a,b=1,{c}]=d', '{}.x = 1; [a, let b = 1, {c: c}] = d'],
  ['export default class{}', '{let default = class <>{}; exports.default = default}'],
  ['x = true === null', 'x = (true === null)'],
  ['label: {break label}', '{"label"; {break "label"}}'],
  ['import("x")', 'import("x")'],
  ['`a${b}c`', '("a" + b + "c")'],
  ['`plain`', '"plain"'],
  ['var x; let y=[]', '{let x = ∅}; {let y = []}'],
  ['arguments[0]', 'arguments[0]'],
  ['delete a.b', '(delete a.b)'],
  ['import.meta.url', 'import.meta.url'],
  ['new.target', 'new.target'],
  ['function f({a,b=2},[c]){}', 'let f = fn f({a: a, b: let b = 2}, [c]){}'],
  ['"use strict"', '"use strict"'],
  ['a = b = c', 'a = b = c'],
  ['x = {...y, z}', 'x = {...y, z: z}'],
  ['(function(){ return this })()', 'fn (){return this}()'],
  ['new (f())(1)', 'new f()(1)'],
  ['a.b.c.d = 1', 'a.b.c.d = 1'],
  ['const f = async function named(){}', '{let f = fn named(){}}'],
  ['if (a) {} ', 'if(a ? {} ? ∅)'],
  ['for (;;) break', 'loop(∅; ∅; ∅; break ∅)'],
  ['a ? b : []', 'pick(a ? b ? [])'],
  ['x = -(-1)', 'x = 1'],
  ['a ** b', '(a ** b)'],
  ['"\\x41\\u0042\\u{43}"', '"ABC"'],
  ['a in b', '(a in b)'],
  ['a instanceof B', '(a instanceof B)'],
  ['let {x: {y = 1} = {}, ...z} = q', '{let {x: let {y: let y = 1} = {}, ...z} = q}'],
  ['export * as ns from "m"', 'exports.ns = import("m")'],
  ['import "m"', 'import("m")'],
  ['export { default } from "m"', '{exports.default = import("m").default}'],
  ['with (a) b()', '{a; b()}'],
  ['[,a] = b', '[∅, a] = b'],
  ['x = a || b || c', 'x = (a | b | c)'],
  ['(a, b).c()', '{a; b}.c()'],
  ['!![] + []', '((! (! [])) + [])'],
  ['x = function(){ return }', 'x = fn (){return ∅}'],
  ['0.5e3', '500'],
  ['`a\\n${1}`', '("a\\n" + 1)'],
])('%s', (code, expected) => expect(sketched(code)).toBe(expected))

describe('TypeScript', () => {
  it.each([
    ['types', 'const a: string = f<number>(x as any); interface I { a: 1 } type T = 1; import type { Q } from "q"', '{let a = f(x)}'],
    ['classes', 'class A { private x: number = 1; constructor(y?: string) { this.x = y! } }', 'let A = class A<>{fn (){this.x = 1}; fn constructor(y){this.x = y}}'],
    ['what cannot be stripped', 'enum A { b } const c: string = require("x").y', 'enum; A; {b}; c = require("x").y'],
  ])('%s', (_name, code, expected) => expect(sketched(code, 'a.ts')).toBe(expected))

  it('keeps offsets', () => {
    const code = 'const é: string = "€"; let z = 5 as number'
    const number = [...nodesOf(lower(code, 'a.ts'))].find((node) => node.is === 'number')
    const at = number?.at ?? NOWHERE
    expect(code.slice(startOf(at), endOf(at))).toBe('5')
  })

  it('has nothing to say of declarations', () => expect(lower('export declare const a: string', 'a.d.ts')).toEqual([]))

  it.each([
    ['nesting', `const a: B = ${'['.repeat(5000)}`],
    ['chains', `const a: B = ${'a+'.repeat(50_000)}a`],
    ['else if', `let a: B;${'if (a) {} else '.repeat(5000)}{}`],
    ['unions', `type A = ${'B|'.repeat(50_000)}B`],
  ])('is stripped after %s that would have broken the stripper', (_name, hostile) => {
    expect(lower(hostile, 'a.ts').length).toBeGreaterThanOrEqual(0)
    expect(sketched('const a: string = b', 'a.ts')).toBe('{let a = b}')
  })
})

describe('code that does not parse', () => {
  it.each([
    ['calls', 'eval(Buffer.from("eA==", "base64").toString()) ]', 'eval(Buffer.from("eA==", "base64").toString())'],
    ['assignments', 'const cp = require("child_process"); cp.exec("id") )', 'cp = require("child_process"); cp.exec("id")'],
    ['sums', 'x = "a" + b.c + "d" )', 'x = ("a" + b.c + "d")'],
    ['templates', 'x = `a${b(`c${d}`)}e` )', 'x = ("a" + b(("c" + d + "")) + "e")'],
    ['numbers', 'f([104, 0x69]) )', 'f([104, 105])'],
    ['records', 'f({ url: "u", "b": [1] }) )', 'f({url: "u", b: [1]})'],
    ['functions', 'function f(a, b) { return g(a) } f(1) )', 'let f = fn f(a, b){return g(a)}; f(1)'],
    ['callbacks', 'x.on("a", function (b) { c(b) }) )', 'x.on("a", fn (b){c(b)})'],
    ['escapes', '"\\x61\\u{62}\\n" )', '"ab\\n"'],
    ['imports', 'import a, { b as c } from "m"; import * as d from "n"; c(d) )', 'let a = import("m").default; let c = import("m").b; let d = import("n"); c(d)'],
    ['imports by name', 'import("m").then(x) )', 'import("m").then(x)'],
    ['alternatives', 'x = a || "b" )', 'x = (a | "b")'],
    ['computed members', 'a["b"][c](d) )', 'a.b[c](d)'],
    ['what is never closed', 'f(g("x"', '{{"x"; g}; f}'],
  ])('%s', (_name, code, expected) => expect(sketched(code)).toBe(expected))
})

describe('hostile code', () => {
  it.each([
    ['sums', `x = ${'a+'.repeat(100_000)}a`],
    ['members', `x${'.b().c().d()'.repeat(10_000)}`],
    ['else if', `${'if (a) b(); else '.repeat(100_000)}c()`],
    ['long lists', `x = [${'1,'.repeat(200_000)}]`],
    ['choices', `x = ${'a ? b : '.repeat(2000)}c`],
    ['statements', 'a;'.repeat(100_000)],
  ])('follows %s', (_name, code) => expect(lower(code).length).toBeGreaterThan(0))

  it.each(['(', '`${'])('gives up on %s in itself', (open) => expect(() => lower(open.repeat(50_000))).toThrow(RangeError))

  const piece = constantFrom('eval', '(', ')', '{', '}', '[', ']', '"a"', '"', '`', '${', '=>', '.', ',', ';', '\n', ' ', 'x', '=', 'function', 'f', ':', 'class', 'import', 'from', '\\', '?', '...', '+', 'return', '0x', '\0', '…', '__proto__')
  it('never throws, and every place is in the text', () => {
    const check = (text: string): void => {
      for (const path of ['a.js', 'a.ts']) {
        for (const node of nodesOf(lower(text, path))) {
          expect(startOf(node.at)).toBeLessThanOrEqual(endOf(node.at))
          expect(endOf(node.at)).toBeLessThanOrEqual(text.length)
        }
      }
    }
    assert(property(array(piece, { maxLength: 40 }), (pieces) => check(pieces.join(''))), { numRuns: 500, seed: 7 })
    assert(property(string({ unit: 'binary', maxLength: 40 }), check), { numRuns: 200, seed: 7 })
  })
})
