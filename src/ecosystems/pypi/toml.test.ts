import { expect, it } from 'vitest'
import { readToml } from './toml.ts'
import type { Toml } from './toml.ts'

const plain = (value: Toml): unknown => (value instanceof Map
  ? Object.fromEntries([...value].map(([key, inner]) => [key, plain(inner as Toml)]))
  : Array.isArray(value) ? (value as readonly Toml[]).map(plain) : value)

it.each<[string, unknown]>([
  ['a = "x" # c\nb=true\nc = 12', { a: 'x', b: true, c: '12' }],
  ['[a.b]\nc.d = "x"\n["q.r"]\ne = \'\\n\'', { a: { b: { c: { d: 'x' } } }, 'q.r': { e: '\\n' } }],
  ['[[a]]\nb = "1"\n[[a]]\nb = "2"\n[a.c]\nd="3"', { a: [{ b: '1' }, { b: '2', c: { d: '3' } }] }],
  ['a = [ "x", # c\n  ["y"], {z = "1", w = []},\n]', { a: ['x', ['y'], { z: '1', w: [] }] }],
  ['a = """\none \\\n  two\n"q"\n"""\nb = \'\'\'x\ny\'\'\'', { a: 'one two\n"q"\n', b: 'x\ny' }],
  ['a = "\\u0041\\t\\"\\U0001F600"\r\nb = ""', { a: 'A\t"\u{1f600}', b: '' }],
  ['__proto__ = "x"\nconstructor = "y"', JSON.parse('{"__proto__":"x","constructor":"y"}')],
])('reads %j', (text, expected) => {
  const { root, unread } = readToml(text)
  expect(plain(root)).toEqual(expected)
  expect(unread).toBe(0)
})

it.each(['[a', 'a', 'a = ', 'a = "x', 'a = "x" y', '= 1', `a = ${'['.repeat(50)}`, 'a = [1 2]', 'a = "1"\n[a]\nb = "2"'])('counts what it cannot read in %j', (text) => {
  expect(readToml(text).unread).toBeGreaterThan(0)
})

it.each(['[', 'a = [', 'a = {', '"', '"""', 'a.', '#', '\\', '[[a]]\n', 'a = """'])('ends with %j over and over', (part) => {
  expect(readToml(part.repeat(50_000)).root.size).toBeLessThan(3)
})
