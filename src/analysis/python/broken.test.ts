import { array, assert, constantFrom, property, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sketch } from '../flow/sketch.ts'
import { endOf, startOf } from '../flow/tree.ts'
import type { Node } from '../flow/tree.ts'
import { nodesOf } from '../flow/walk.ts'
import { lowerPython } from './lower.ts'

const lower = (text: string): readonly Node[] => lowerPython({ path: 'a.py', text, anchor: null })

function cut(text: string): boolean {
  let told = false
  lowerPython({ path: 'a.py', text, anchor: null }, () => (told = true))
  return told
}

/** What is followed however deep it goes. */
const FLAT: ReadonlySet<string> = new Set(['not ', '-', 'a**', 'lambda: '])

/** Every place is in the text. */
function places(text: string): void {
  for (const node of nodesOf(lower(text))) {
    const [from, to] = [startOf(node.at), endOf(node.at)]
    if (from > to || to > text.length) throw new Error(`${from} to ${to} of ${JSON.stringify(text)}`)
  }
}

describe('what can be read of broken code', () => {
  it.each([
    ['a = (b\ndef f(): c', 'a = b; let f = fn f(){c}'],
    ['f(a b, c; d)\ne', 'f(a, b, c, d); e'],
    ['a = "b\nc', 'a = "b"; c'],
    ['a = f"{b c} d\ne', 'a = ("" + b + "c} d"); e'],
    ['a = f"{b(\nimport c', 'a = ("" + b()); c = import("c")'],
    ['a b c\nd', 'a; b; c; d'],
    ['  a\n b\nc', 'a; b; c'],
    ['if a:\nb', 'if(a ? {} ? ∅); b'],
    ['if a:\n    b\n  c\nd', 'if(a ? {b; c} ? ∅); d'],
    ['else: a\nexcept B: c', '{a}; B; {c}'],
    ['def f(a\n  b', 'let f = fn f(a, b){}'],
    ['a = [1, 2\nb = 3', 'a = [1, 2, b, 3]'],
    ['a ]) b', 'a; b'],
    ['$a = ?', 'a = ∅'],
  ])('%s', (code, expected) => expect(lower(code).map(sketch).join('; ')).toBe(expected))
})

describe('hostile code', () => {
  it.each([
    ['sums', `x = ${'a+'.repeat(100_000)}a`],
    ['alternatives', `x = ${'a or '.repeat(50_000)}a`],
    ['members', `x${'.b().c().d()'.repeat(10_000)}`],
    ['elif', `if a: b\n${'elif a: b\n'.repeat(50_000)}else: c`],
    ['long lists', `x = [${'1,'.repeat(200_000)}]`],
    ['choices', `x = ${'a if b else '.repeat(5000)}c`],
    ['strings side by side', `x = (${'"a" '.repeat(50_000)})`],
    ['quotes', '"""\\"'.repeat(100_000)],
    ['f-strings that break off', 'f"{a b" '.repeat(50_000)],
    ['a match without cases', `match a:${'\r\n'.repeat(100_000)}`],
    ['semicolons', 'a;'.repeat(100_000)],
    ['names that are no statements, and long strings', 'print ("""a""")\n'.repeat(20_000)],
    ['decorators', `${'@a\n'.repeat(20_000)}def f(): b`],
  ])('follows %s', (_name, code) => expect(lower(code).length).toBeGreaterThan(0))

  it.each([
    ['brackets', '[', ']'], ['calls', 'f(', ')'], ['lambdas', 'lambda: ', ''], ['not', 'not ', ''], ['signs', '-', ''], ['powers', 'a**', ''], ['f-strings', 'f"{', '}"'],
    ['braces', '{1: ', '}'], ['await', 'await ', ''], ['choices', '(a if ', ' else b)'], ['yield', '(yield ', ')'],
  ])('reads %s in each other, and gives up where they go too deep', (_name, open, close) => {
    expect(lower(`x = ${open.repeat(150)}a${close.repeat(150)}`)).toHaveLength(1)
    expect(cut(`x = ${open.repeat(100_000)}`)).not.toBe(FLAT.has(open))
  })

  it.each([
    ['in a line of its own', `a\nx = ${'await '.repeat(1000)}0\ndef f(): b`, 'a; let f = fn f(){b}'],
    ['in a function', `def f():\n  x = ${'await '.repeat(1000)}0\n  a\nb`, 'let f = fn f(){a}; b'],
    ['in an f-string', `f"{${'await '.repeat(1000)}0}'''"\na`, 'a'],
    ['before an f-string', `x = ${'await '.repeat(1000)}f"'''"\na`, 'a'],
  ])('goes on after what is nested too deeply %s', (_name, code, expected) => {
    expect(cut(code)).toBe(true)
    expect(lower(code).map(sketch).join('; ')).toBe(expected)
  })

  it('gives up on blocks in blocks', () => {
    const deep = (levels: number): string => Array.from({ length: levels }, (_, level) => `${' '.repeat(level)}if a:\n`).join('')
    expect(lower(deep(150))).toHaveLength(1)
    expect(cut(deep(2000))).toBe(true)
  })

  const piece = constantFrom('exec', '(', ')', '{', '}', '[', ']', "'a'", '"', "f'{", 'f"""', "b'\\x", ':', ',', ';', '\n', ' ', '  ', 'x', '=', 'def f', 'class', 'import', 'from', 'lambda', 'for', 'in', 'if', 'match', 'case', '\\', '%', '*', '**', '+', 'yield', 'with', 'as', 'except', 'try', '\0', '…', '@', '`', 'async', 'print', '>>', ':=', '!', '\r', '\t', '\f')
  it('never throws, and every place is in the text', () => {
    assert(property(array(piece, { maxLength: 40 }), (pieces) => places(pieces.join(''))), { numRuns: 500, seed: 7 })
    assert(property(string({ unit: 'binary', maxLength: 40 }), places), { numRuns: 200, seed: 7 })
  })
})
