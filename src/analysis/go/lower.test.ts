import { assert, constantFrom, array, property, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { span } from '../flow/tree.ts'
import type { Entry, Node } from '../flow/tree.ts'
import { lowerGo } from './lower.ts'
import { spent } from '../../../test/harness/spent.ts'

/** A tree as a line of text, so that a table can hold it. */
function shown(node: Node): string {
  const all = (nodes: readonly Node[]): string => nodes.map(shown).join(', ')
  const entries = (list: readonly Entry[]): string => list.map(({ key, computed, value }) => `${key ?? (computed ? `[${shown(computed)}]` : '...')}: ${shown(value)}`).join(', ')
  switch (node.is) {
    case 'text': return `'${node.value}'`
    case 'bytes': return `bytes(${Buffer.from(node.value, 'latin1').toString('hex')})`
    case 'number': return String(node.value)
    case 'name': return node.name
    case 'member': return node.slice ? `${shown(node.of)}[slice ${shown(node.key)}]` : node.key.is === 'text' ? `${shown(node.of)}.${node.key.value}` : `${shown(node.of)}[${shown(node.key)}]`
    case 'call': return `${node.made ? 'new ' : ''}${shown(node.callee)}(${[all(node.args), entries(node.named)].filter((part) => part !== '').join(', ')})`
    case 'join': return `(${node.parts.map(shown).join(' + ')})`
    case 'operate': return node.parts.length === 1 ? `${node.sign}${all(node.parts)}` : `(${node.parts.map(shown).join(` ${node.sign} `)})`
    case 'group': return `${node.last ? 'last' : ''}{${node.parts.map(shown).join('; ')}}`
    case 'list': return `[${all(node.parts)}]`
    case 'spread': return `...${shown(node.of)}`
    case 'record': return `#{${entries(node.entries)}}`
    case 'function': return `func(${all(node.params)}) {${node.body.map(shown).join('; ')}}`
    case 'set': return `${node.declares ? 'let ' : ''}${shown(node.target)} = ${shown(node.value)}`
    case 'return': return `return ${shown(node.value)}`
    case 'import': return `import ${shown(node.module)}`
    case 'branch': return `if ${shown(node.test)} ${shown(node.then)} else ${shown(node.otherwise)}`
    case 'loop': return node.each ? `for ${shown(node.each.target)} of ${shown(node.each.of)} ${shown(node.body)}` : `for ${shown(node.start)}; ${shown(node.test)}; ${shown(node.step)} ${shown(node.body)}`
    case 'jump': return `${node.how} ${shown(node.value)}`
    default: return node.is
  }
}

const lowered = (text: string, path = 'a/b.go'): readonly Node[] => lowerGo({ path, text, anchor: null })
const file = (text: string): string[] => lowered(`package p\n${text}`).map(shown)
/** The one statement of a function. */
function statement(text: string): string {
  const [set] = lowered(`package p\nfunc f() {\n${text}\n}`)
  if (set?.is !== 'set' || set.value.is !== 'function') throw new Error('no function')
  return set.value.body.map(shown).join('; ')
}

describe('literals', () => {
  it.each([
    ['"a\\tb\\"\\u00e9"', "'a\tb\"é'"],
    ['`raw \\n "x"`', "'raw \\n \"x\"'"],
    ['"\\x68\\164tp"', "'http'"],
    ['"\\xe4\\xbd\\xa0"', "'你'"],
    ['"\\xfc\\x48\\x83"', 'bytes(fc4883)'],
    ["'a'", '97'],
    ["'\\x41'", '65'],
    ["'\\''", '39'],
    ['0x_ff', '255'], ['0b101', '5'], ['0o17', '15'], ['017', '15'], ['1_000', '1000'], ['1e3', '1000'], ['.5', '0.5'], ['2i', '2'],
    ['-1', '-1'],
  ])('%s', (text, expected) => expect(statement(`_ = ${text}`)).toBe(expected))
})

describe('expressions', () => {
  it.each([
    ['a + f(b) + c.d', '(a + f(b) + c.d)'],
    ['"http://" + host() + "/x"', "('http://' + host() + '/x')"],
    ['c ^ key[i%len(key)]', '(c ^ key[(i % key.length)])'],
    ['a + b*c - d', '((a + (b * c)) - d)'],
    ['a || b || c && d', '(a || b || (c && d))'],
    ['a &^ b', '(a & ~b)'],
    ['^a', '~a'],
    ['!ok', '!ok'],
    ['*p', 'p'],
    ['&x.y', 'x.y'],
    ['<-ch', 'ch'],
    ['x.(string)', 'x'],
    ['x.(*pkg.T).Go()', 'x.Go()'],
    ['s[1:]', 's[slice [1]]'],
    ['s[:n]', 's[slice [[], n]]'],
    ['s[1:2:3]', 's[slice [1, 2]]'],
    ['m["k"].f(1)', 'm.k.f(1)'],
    ['f(a, b...)', 'f(a, ...b)'],
    ['F[int](a)', '{F; F[int]}(a)'],
    ['pkg.F[map[string]T, int](a)', '{pkg.F; pkg.F[[]]}(a)'],
    ['func(a, b string, c ...int) (x int) { return }', 'func(a, b, ...c) {return x}'],
    ['func(int, *T) {}', 'func([], []) {}'],
    ['func(a [4]int, b G[int]) {}(x, y)', 'func(a, b) {}(x, y)'],
  ])('%s', (text, expected) => expect(statement(`_ = ${text}`)).toBe(expected))
})

describe('conversions and builtins', () => {
  it.each([
    ['[]byte("abc")', "'abc'"],
    ['string(b)', '{b; string(b)}'],
    ['string([]byte{104, 0x74})', 'string([104, 116])'],
    ['string(rune(65))', 'string(65)'],
    ['int(x)', 'x'],
    ['byte(x - 3)', '((x - 3) & 255)'],
    ['interface{}(x)', 'x'],
    ['append(a, b, c...)', '[...a, b, ...c]'],
    ['append([]byte(nil), b...)', '[...nil, ...b]'],
    ['len(x)', 'x.length'],
    ['make([]byte, 3)', '[]'],
    ['make(map[string]int)', '#{}'],
    ['new(bytes.Reader)', 'bytes.Reader'],
    ['[]string{"a", "b"}', "['a', 'b']"],
    ['[...]int{0: 5, 1: 6}', '[5, 6]'],
    ['map[string][]int{"a": {1, 2}, k: {}}', '#{a: [1, 2], [k]: []}'],
    ['[]struct{ a, b string }{{"x", "y"}, {b: "z"}}', "[#{a: 'x', b: 'y'}, #{b: 'z'}]"],
    ['own.Client{Timeout: 3}', 'last{own.Client.Timeout = 3; {new own.Client(Timeout: 3); own.Client}}'],
    ['&Other{A: 1}', 'last{Other.A = 1; Other}'],
    ['url.Values{"a": {b}}', '#{a: [b]}'],
  ])('%s', (text, expected) => expect(statement(`_ = ${text}`)).toBe(expected))

  it('knows the types that the file declares, wherever they stand', () => {
    expect(file('var x = T{"u", 2}\nvar l = L{"a"}\nvar s = S("q")\nvar z T\ntype (\n T struct { url string; *Base; http.Client; n int }\n L []string\n S string\n)')).toEqual([
      '{let T = #{}; let L = #{}; let S = #{}}', "let x = last{T.url = 'u'; T.Base = 2; T}", "let l = ['a']", "let s = 'q'", 'let z = T',
    ])
  })

  it('gives a struct the structs inside it', () => {
    expect(file('type A struct { b B; c *B; d struct { e B; f int }; g pkg.T; h map[string]B }\ntype B struct {}')).toEqual([
      'let A = #{b: B, c: B, d: #{e: B}}', 'let B = #{}',
    ])
  })

  it('does not take a function of the file for a builtin', () => {
    expect(file('func len(x string) int { return 1 }\nvar n = len("a")')[1]).toBe("let n = len('a')")
  })
})

describe('statements', () => {
  it.each([
    ['x := 1', 'let x = 1'],
    ['a, b = b, a', '[a, b] = [b, a]'],
    ['a, err := own()', 'let [a, err] = own()'],
    ['v, ok := m[k]', '{let v = m[k]; let [ok] = []}'],
    ['_, err = x.y()', '[[], err] = x.y()'],
    ['_ = f()', 'f()'],
    ['x += "a"', "x = (x + 'a')"],
    ['b[i] ^= k', 'b[i] = (b[i] ^ k)'],
    ['x &^= 3', 'x = (x & ~3)'],
    ['i++', 'i = (i + 1)'],
    ['ch <- v', 'ch = v'],
    ['go f(x)', 'f(x)'],
    ['defer func() { g() }()', 'func() {g()}()'],
    ['return a, nil', 'return [a, nil]'],
    ['if x := f(); x > 1 { a() } else if y { b() } else { c() }', '{let x = f(); if (x > 1) {a()} else if y {b()} else {c()}}'],
    ['if x == (T{}) { a() }', 'if (x == T) {a()} else []'],
    ['for { f() }', 'for []; true; [] {f()}'],
    ['for x < 3 { f() }', 'for []; (x < 3); [] {f()}'],
    ['for i := 0; i < 3; i++ { continue L }', 'for let i = 0; (i < 3); i = (i + 1) {continue []}'],
    ['for i, c := range data { out[i] = c }', '{let i = -1; for c of data {i = (i + 1); out[i] = c}}'],
    ['for _, x := range []string{"a"} { f(x) }', "for x of ['a'] {f(x)}"],
    ['for i := range 3 { f(i) }', 'for let i = 0; (i < 3); i = (i + 1) {f(i)}'],
    ['for range x { f() }', 'for [] of x {f()}'],
    ['ch := make(chan int); for m := range ch { f(m) }', 'let ch = []; for m of ch {f(m)}'],
    ['switch x { case 1, 2: f(); fallthrough; default: g() }', '{x; if ((x == 1) || (x == 2)) {f(); []} else {g()}}'],
    ['switch { case a > 1: f() }', '{if (a > 1) {f()} else []}'],
    ['switch v := x.(type) { case []byte: f(v); case *T, nil: g() }', '{let v = x; if [] {f(v)} else if [] {g()} else []}'],
    ['select { case v := <-ch: f(v); case ch <- 1: }', '{let v = ch; if [] {f(v)} else {ch = 1; if [] {} else []}}'],
    ['select { case ch <- T{1}: f() }', '{ch = {[1]; T}; if [] {f()} else []}'],
    ['switch { case x: f(); L: g() }', '{if x {f(); []; g()} else []}'],
    ['L: f()', '[]; f()'],
    ['goto L', '[]'],
    ['panic("x")', "throw 'x'"],
    ['{ a(); b() }', '{a(); b()}'],
    ['var a, b = 1, 2', 'let [a, b] = [1, 2]'],
    ['var s string', "let s = ''"],
    ['var p *T', 'let p = []'],
    ['const ( A = iota; B; C = "c" )', "{let A = 0; let B = []; let C = 'c'}"],
  ])('%s', (text, expected) => expect(statement(text)).toBe(expected))

  it('follows text that is built piece by piece', () => {
    expect(file('import "strings"\nfunc f() string { var sb strings.Builder; sb.WriteString("a"); sb.WriteByte(98); return sb.String() }')[1])
      .toBe("let f = func() {let sb = ''; sb = (sb + 'a'); sb = (sb + string(98)); return sb}")
  })

  it('hands the first of several targets all that another package gives', () => {
    expect(file('import "net/http"\nfunc f() { resp, err := http.Get("u") }')[1]).toBe("let f = func() {{let resp = http.Get('u'); let [err] = []}}")
  })

  it('follows what goes into a shell and what comes out of a command', () => {
    expect(file('import ("os/exec"; "bytes")\nfunc f() { c := exec.Command("/bin/sh"); c.Stdin = conn; c.Stdout = conn; var out bytes.Buffer; d := exec.Command("env"); d.Stdin = conn; d.Stdout = &out }').at(-1)).toBe(
      "let f = func() {let c = exec.Command('/bin/sh'); {c.Stdin = conn; os/exec.Cmd.Stdin(conn)}; {c.Stdout = conn; conn.Write(c)}; let out = ''; let d = exec.Command('env'); d.Stdin = conn; {d.Stdout = out; out = d}}",
    )
  })

  it('knows where the writers of the standard library end', () => {
    expect(file('import "mime/multipart"\nfunc f() { w := multipart.NewWriter(&buf); part, _ := w.CreateFormFile("a", "b"); io.Copy(part, file); w.WriteField("k", v) }')[1])
      .toBe("let f = func() {let w = multipart.NewWriter(buf); {let part = buf = w.CreateFormFile('a', 'b'); let [[]] = []}; buf = part = io.Copy(part, file); buf = w.WriteField('k', v)}")
  })

  it('returns named results', () => {
    expect(file('func f() (a int, err error) { return }')).toEqual(['let f = func() {return [a, err]}'])
  })
})

describe('the standard library', () => {
  const imports = 'import ("fmt"; "strings"; "os"; "os/exec"; "runtime"; "encoding/json"; "unsafe"; "io"; "net/http")\n'
  it.each([
    ['strings.Join(a, "")', "a.join('')"],
    ['strings.Replace(s, "a", "b", -1)', "s.replaceAll('a', 'b')"],
    ['strings.ToUpper(strings.TrimSpace(s))', 's.trim().toUpperCase()'],
    ['strings.HasPrefix(s, "a")', "strings.HasPrefix(s, 'a')"],
    ['fmt.Sprintf("%s://%d%%%x", a, b, c)', "('' + a + '://' + b + '%' + fmt.%x(c) + '')"],
    ['fmt.Sprintf("plain")', "'plain'"],
    ['exec.Command("sh", "-c", x)', "exec.Command('sh', ['-c', x])"],
    ['exec.Command("sh", args...)', "exec.Command('sh', args)"],
    ['exec.Command("id")', "exec.Command('id')"],
    ['exec.CommandContext(ctx, "sh", "-c")', "exec.CommandContext(ctx, 'sh', ['-c'])"],
    ['os.TempDir() + "/x"', "(os.TempDir + '/x')"],
    ['runtime.GOOS == "linux"', "(runtime.GOOS() == 'linux')"],
    ['(*(*func())(unsafe.Pointer(&code)))', 'unsafe.Pointer.call(unsafe.Pointer(code))'],
    ['json.Unmarshal(data, &v)', 'v = json.Unmarshal(data, v)'],
    ['json.NewEncoder(buf).Encode(x)', 'buf = json.NewEncoder(buf).Encode(x)'],
    ['http.Client{Timeout: 3}', 'new http.Client(Timeout: 3)'],
    ['new(http.Client)', 'new http.Client()'],
    ['&exec.Cmd{Path: "/bin/sh", Args: []string{"sh"}}', "new exec.Cmd(['sh'], Path: '/bin/sh')"],
    ['new(exec.Cmd)', 'exec.Cmd'],
    ['io.Copy(out, body)', 'out = io.Copy(out, body)'],
    ['io.Copy(os.Stdout, body)', 'io.Copy(os.Stdout, body)'],
    ['stream.XORKeyStream(dst[2:], src)', 'dst = stream.XORKeyStream(dst[slice [2]], src)'],
    ['req.Header.Set("a", b)', "{req.Header.Set('a', b); req.Header.a = b}"],
  ])('%s', (text, expected) => expect(file(`${imports}var x = ${text}`).at(-1)).toBe(`let x = ${expected}`))
})

describe('files', () => {
  it('names what is imported', () => {
    expect(file('import a "x/y"\nimport (\n . "os/exec"\n _ "z"\n "gopkg.in/yaml.v3"\n "a.example/go-foo/v2"\n "a.example/bar-baz"\n)\nfunc f() { Command("id"); local() }')).toEqual([
      "let a = import 'x/y'", "import 'os/exec'", "import 'z'", "let yaml = import 'gopkg.in/yaml.v3'", "let foo = import 'a.example/go-foo/v2'",
      "let barbaz = import 'a.example/bar-baz'", "let bar_baz = import 'a.example/bar-baz'", "let baz = import 'a.example/bar-baz'",
      "let f = func() {import 'os/exec'.Command('id'); local()}",
    ])
  })

  it('calls init functions at the end, in order', () => {
    expect(file('func init() { a() }\nvar x = f()\nfunc init() { b() }\nfunc main() {}')).toEqual(['let main = func() {}', 'let x = f()', 'func() {a()}()', 'func() {b()}()'])
  })

  it.each([
    ['(r *T)', 'T.Go = func(a) {let r = T; r.x = a}'],
    ['(r T[K])', 'T.Go = func(a) {let r = T; r.x = a}'],
    ['(T)', 'T.Go = func(a) {r.x = a}'],
    ['(_ *T)', 'T.Go = func(a) {let _ = T; r.x = a}'],
  ])('puts methods on their type: %s', (receiver, expected) => expect(file(`func ${receiver} Go(a string) error { r.x = a }`)).toEqual([expected]))

  it('notes what comments make the tools do', () => {
    expect(file('import _ "embed"\n//go:embed data/p.bin "q r"\nvar payload []byte\n//go:linkname local runtime.other\nvar other = 1')).toEqual([
      "go:linkname('local', 'runtime.other')", "import 'embed'", "let payload = go:embed('<package>/a/data/p.bin', '<package>/a/q r')", 'let other = 1',
    ])
  })

  it('reads the C code above its import', () => {
    expect(file('/*\n#cgo LDFLAGS: -fplugin=./x.so -lm\n#cgo CFLAGS: -O2\nstatic void __attribute__((constructor)) go(void) { system("id"); execl("/bin/sh", "sh", "-c", "ls"); }\n*/\nimport "C"\nvar x = C.system(C.CString("ls"))')).toEqual([
      "#cgo('#cgo LDFLAGS: -fplugin=./x.so -lm')", 'C.constructor()', "C.system('id')", "C.execl('/bin/sh', ['-c', 'ls'])", "let C = import 'C'", "let x = C.system(C.CString('ls'))",
    ])
  })

  it('says where things stand', () => {
    const [, set] = lowered('package p\nimport "os"\nvar x = os.Getenv("A" + b)')
    const call = set?.is === 'set' ? set.value : null
    expect(call?.at).toBe(span(30, 48))
    expect(call?.is === 'call' ? call.args[0]?.at : null).toBe(span(40, 47))
  })
})

describe('bad input', () => {
  it.each([
    ['func f() { x := ( } \nfunc g() { h() }', 'let g = func() {h()}'],
    ['var x = }\nfunc g() { h() }', 'let g = func() {h()}'],
    ['func f() { a(b[c }\nfunc g() { h() }', 'let g = func() {h()}'],
    ['import "x\nfunc g() { h() }', 'let g = func() {h()}'],
    ['type T struct { a b c\nfunc g() { h() }', 'let T = #{}'],
    ['func g() { h(', 'let g = func() {h()}'],
    ['var s = "never ends\nfunc g() { h() }', 'let g = func() {h()}'],
  ])('keeps what can be read: %s', (text, expected) => expect(file(text)).toContain(expected))

  it.each<[string, string]>([
    ['a long sum', `var x = ${Array(100_000).fill('"a"').join('+')}`],
    ['a long condition', `var x = ${Array(100_000).fill('a').join('||')}`],
    ['a long chain of else', `func f() { if a {} ${'else if b {} '.repeat(50_000)} }`],
    ['a switch of many cases', `func f() { switch x {${'case 1: f()\n'.repeat(50_000)}} }`],
    ['a large table', `var x = []byte{${'0x12,'.repeat(300_000)}}`],
    ['many directives', '//go:embed x\nvar a []byte\n'.repeat(20_000)],
    ['many imports of C', '// x\nimport "C"\n'.repeat(20_000)],
    ['ranges that never begin', `func f(){${'for a, a, a, a, a'.repeat(20_000)}`],
    ['brackets that never close', 'func f(((({{{['.repeat(20_000)],
  ])('takes %s in stride', (_, text) => {
    const begun = spent()
    lowered(`package p\n${text}`)
    expect(spent() - begun).toBeLessThan(5_000)
  })

  it('never throws anything but RangeError', () => {
    const pieces = constantFrom(
      'func', 'f', '(', ')', '{', '}', '[', ']', '"a"', '`', "'", ':=', '=', '.', ',', ';', '\n', 'if', 'else', 'for', 'range', 'switch', 'case', 'default', ':',
      'select', 'type', 'struct', 'map', 'chan', '<-', '*', '&', 'x', 'T', 'interface', 'go', 'defer', 'return', 'var', 'const', 'import', 'package', '...', '+', '-', '1',
      'string', 'make', 'new', 'append', '//go:embed x\n', '/*', '*/', 'fmt.Sprintf', 'init', '\\', '\0', '%s', 'import "fmt"\n', 'strings.Join',
    )
    assert(property(array(pieces, { maxLength: 80 }), (parts) => {
      never(parts.join(' '))
      never(parts.join(''))
    }), { numRuns: 500 })
    assert(property(string({ unit: 'binary', maxLength: 200 }), never), { numRuns: 300 })
  })
})

function never(text: string): void {
  try {
    lowered(text)
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown
  }
}
