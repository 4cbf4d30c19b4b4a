import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Manifest, Trigger } from '../../core/types.ts'
import { readManifest } from './manifest.ts'
import { readSource } from './source.ts'
import { triggers } from './triggers.ts'

const ref = { ecosystem: 'go' as const, name: 'm.example/x', version: 'v1.0.0', file: 'v1.0.0.zip' }
const manifest: Manifest = { ...readManifest(ref, new Map()), name: 'm.example/x' }
const found = (path: string, text: string): Trigger[] =>
  triggers(manifest, new Map([[path, { path, size: text.length, mode: 0o644, bytes: Buffer.from(text), truncated: false, sha256: '' }]]))

describe('what runs by itself', () => {
  it.each<[string, string, Trigger[]]>([
    ['a.go', 'package a\nfunc init() { boom() }', [{ kind: 'import', name: 'init', file: 'a.go' }]],
    ['a_test.go', 'package a\nfunc init() {}\nfunc TestMain(m *testing.M) {}', [
      { kind: 'test', name: 'init', file: 'a_test.go' }, { kind: 'test', name: 'TestMain', file: 'a_test.go' },
    ]],
    ['cmd/tool/main.go', 'package main\nfunc main() {}', [{ kind: 'command', name: 'tool', file: 'cmd/tool/main.go' }]],
    ['main.go', 'package main\nfunc main() {}', [{ kind: 'command', name: 'x', file: 'main.go' }]],
    ['v2/main.go', 'package main\nfunc main() {}', [{ kind: 'command', name: 'x', file: 'v2/main.go' }]],
    ['a.go', 'package a\n// #cgo LDFLAGS: -lx\n/*\n#cgo CFLAGS: -I.\n*/\nimport "C"', [
      { kind: 'build', name: 'cgo', file: 'a.go', command: 'LDFLAGS: -lx; CFLAGS: -I.' },
    ]],
    ['a.go', 'package a\nimport (\n\t"fmt"\n\t"C"\n)', [{ kind: 'build', name: 'cgo', file: 'a.go' }]],
    ['a.go', 'package a\n//go:generate sh -c "curl x"\n //go:generate indented', [
      { kind: 'generate', name: 'go:generate', file: 'a.go', command: 'sh -c "curl x"' },
    ]],
    ['a.go', 'package a\nfunc (t T) init() {}\nfunc initialise() {}\nfunc Main() {}\nvar s = "func init() {}"\n/* func init() {} */\nvar r = `\nfunc init() {}\n`', []],
    ['notes.txt', 'package a\nfunc init() {}', []],
  ])('%s %j', (path, text, expected) => {
    expect(found(path, text)).toEqual(expected)
  })
})

describe('a package-level variable', () => {
  it.each([
    ['var x = f()', true], ['var x T = pkg.New()', true], ['var (\n\ta int\n\tb = f()\n)', true], ['var x = func() int { return f() }()', true],
    ['var x = map[string]T{"a": f()}', true], ['var x = []func(){g, f()}', true], ['var x = a.b(1)(2)', true], ['var x = pkg.len(y)', true],
    ['var x = g[int](1)', true], ['var x =\n\tf()', true], ['var x, y = 1, f(2)', true], ['var x = &T{a: func() { g() }, b: f()}', true],
    ['var x = func() { f() }', false], ['var x func(a int) (b error)', false], ['var x = []byte("a")', false], ['var x = len("a")', false],
    ['var x I = (*T)(nil)', false], ['var x = struct{ f func() }{f: func() { g() }}', false], ['var x interface{ F() }', false],
    ['var x = map[string]func(int) error{"a": func(i int) error { return f() }}', false], ['var x = func() interface{} { return f() }', false],
    ['var x = 1\nfunc g() { f() }', false], ['var (\n\ta = 1\n\tb func()\n)', false], ['const x = len("a")\ntype T func()', false],
    ['func g() {\n\tvar x = f()\n}', false], ['var x = "f()" // f()', false], ['var x = \'(\'\nvar y = `f()`', false],
  ])('%j runs something on import: %s', (declaration, expected) => {
    expect(readSource(`package a\n${declaration}\n`).initialCalls).toBe(expected)
  })
})

it('survives anything, in linear time', () => {
  const piece = fc.constantFrom('func', 'var', 'init', '(', ')', '{', '}', '[', ']', '"', '`', '\'', '\\', '\n', ';', '=', ',', '*', '//', '/*', '*/', 'import', '"C"', 'é', ' ')
  fc.assert(fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
    expect(readSource(pieces.join('')).functions.size).toBeLessThanOrEqual(3)
  }))
  for (const text of ['('.repeat(1_000_000), '/*'.repeat(500_000), '"'.repeat(1_000_001), '\n'.repeat(1_000_000), `//${' '.repeat(1_000_000)}#cgo`]) {
    expect(readSource(`package a\n${text}`).package).toBe('a')
  }
})
