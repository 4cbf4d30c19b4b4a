import { describe, expect, it } from 'vitest'
import type { PackageFile } from '../../core/types.ts'
import { goCalls } from './go-calls.ts'

const files = (all: Record<string, string>): Map<string, PackageFile> => new Map(Object.entries(all).map(([path, text]) => {
  const bytes = Buffer.from(text)
  return [path, { path, bytes, size: bytes.byteLength, mode: 0o644, truncated: false, sha256: '' }]
}))
const callsIn = (text: string): string[] => (goCalls('m.example/x', files({ 'x.go': `package x\n\n${text}\n` }))[0]?.source.match(/func\(\) \{ (.*) \},$/gm) ?? []).map((line) => line.slice('func() { '.length, -' },'.length))

describe('goCalls', () => {
  it.each<[string, string[]]>([
    ['func Hello() {}', ['target.Hello()']],
    ['func Hello(name string, n int) error { return nil }', ['target.Hello("hello world", 7)']],
    ['func Pair(a, b string, deep bool) {}', ['target.Pair("hello world", "hello world", true)']],
    ['func Get(ctx context.Context, url string) {}', ['target.Get(context.Background(), "https://www.shop.example/products?page=1")']],
    ['func Open(path string, host string) {}', ['target.Open("data/products.json", "www.shop.example")']],
    ['func Join(parts ...string) {}', ['target.Join("hello world")']],
    ['func Run(f func()) {}', ['target.Run(func() {})']],
    ['func Only(string, int) {}', ['target.Only("hello world", 7)']],
    ['type T struct{}\nfunc (t *T) Do(n int) {}\nfunc (T) Tell() {}', ['new(target.T).Do(7)', 'new(target.T).Tell()']],
    ['func Odd(c chan int) {}\nfunc Map(m map[string]int) {}\nfunc Gen[T any](t T) {}\nfunc small() {}\nfunc (t *hidden) Do() {}', []],
  ])('%s', (text, calls) => expect(callsIn(text)).toEqual(calls))

  it('leaves out what is no package of this machine', () => {
    const hello = 'package x\nfunc Hello() {}\n'
    expect(goCalls('m.example/x', files({
      'main.go': 'package main\nfunc Hello() {}\n', 'x_test.go': hello, 'internal/y/y.go': hello, 'testdata/z.go': hello, 'w_windows.go': hello, 'vendor/v/v.go': hello, 'i.go': `//go:build ignore\n\n${hello}`, 'a b.go': hello,
    }))).toEqual([])
    expect(goCalls('m.example/x', files({ 'sub/a.go': hello, 'b.go': hello })).map(({ source, count }) => [/target "(.*)"/.exec(source)?.[1], count])).toEqual([['m.example/x/sub', 1], ['m.example/x', 1]])
  })
})
