import { describe, expect, it } from 'vitest'
import type { Unit } from '../flow/tongue.ts'
import { Cell } from '../flow/value.ts'
import { SOURCES } from '../taint.ts'
import { go } from './tongue.ts'

const unit: Unit = { source: { path: 'cmd/x/main.go', text: '', anchor: null }, exports: new Cell() }
const files = (all: Record<string, string>): ReadonlyMap<string, unknown> =>
  new Map(Object.entries(all).map(([path, text]) => [path, { path, bytes: new TextEncoder().encode(text) }]))

describe('rules', () => {
  it.each([
    ['net/http.Get', 'fetch', 0], ['net/http.Post', 'fetch', 0, 2], ['net/http.PostForm', 'fetch', 0, 1], ['net/http.NewRequest', 'request', 1, 2],
    ['net/http.NewRequestWithContext', 'request', 2, 3], ['net/http.Request', 'request', 0], ['net/http.DefaultClient.Do', 'fetch', 0], ['net/http.Client().Do', 'fetch', 0], ['net/http.Client().Post', 'fetch', 0, 2],
    ['net.Dial', 'connect', 1], ['net.Listen', 'listen', 1], ['net.LookupTXT', 'resolve', 0], ['net.Dialer().DialContext', 'connect', 2], ['crypto/tls.Dial', 'connect', 1],
    ['github.com/go-resty/resty/v2.New().R().SetBody().Post', 'fetch', 0], ['github.com/gorilla/websocket.DefaultDialer.Dial', 'connect', 0],
    ['os/exec.Command', 'program', 0], ['os/exec.CommandContext', 'program', 1], ['syscall.Exec', 'program', 1], ['os.StartProcess', 'program', 1], ['C.system', 'shell', 0],
    ['plugin.Open', 'load', 0], ['os.ReadFile', 'read', 0], ['io/ioutil.ReadFile', 'read', 0], ['os.Open', 'open', 0], ['os.OpenFile', 'open', 0],
    ['os.WriteFile', 'write', 0, 1], ['os.Rename', 'move', 0, 1], ['os.RemoveAll', 'delete', 0], ['path/filepath.Walk', 'list', 0], ['io/fs.WalkDir', 'list', 1],
    ['os.Hostname', 'collect', 0], ['os.Environ', 'collect', 0], ['time.Sleep', 'wait', 0], ['time.Now', 'check', 0], ['runtime.GOOS', 'check', 0],
    ['encoding/hex.DecodeString', 'decode', 0], ['encoding/hex.Decode', 'decode', 1], ['compress/gzip.NewReader', 'decode', 0],
    ['crypto/cipher.NewGCM().Open', 'decode', 2], ['crypto/cipher.NewGCM().Seal', 'encrypt', 2], ['crypto/cipher.NewCBCEncrypter().CryptBlocks', 'encrypt', 1],
    ['crypto/cipher.NewCBCDecrypter().CryptBlocks', 'decode', 1], ['crypto/rc4.NewCipher().XORKeyStream', 'decode', 1], ['crypto/aes.NewCipher().Encrypt', 'encrypt', 1],
    ['crypto/sha256.Sum256', 'hash', 0], ['crypto/sha256.New().Write', 'hash', 0], ['path/filepath.Join', 'path', 0], ['path/filepath.Dir', 'folder', 0],
    ['dll.RtlMoveMemory.Call', 'code', 1], ['dll.WriteProcessMemory.Call', 'code', 2], ['dll.GetAsyncKeyState.Call', 'collect', 0], ['unsafe.Pointer.call', 'code', 0], ['#cgo', 'code', 0],
    ['golang.org/x/sys/windows/registry.OpenKey', 'open', 1],
  ])('%s is %s at %i', (ref, does, at, to?: number) => expect(go.rule(ref)).toMatchObject({ does, at, ...(to === undefined ? {} : { to }) }))

  it.each([
    ['encoding/base64.StdEncoding.DecodeString', 'decode', 0, 'base64'], ['encoding/base64.RawURLEncoding.DecodeString', 'decode', 0, 'base64url'],
    ['encoding/base64.NewEncoding().DecodeString', 'decode', 0, 'base64'], ['encoding/base64.StdEncoding.WithPadding().EncodeToString', 'encode', 0, 'base64'],
    ['encoding/base64.StdEncoding.Decode', 'decode', 1, 'base64'], ['encoding/base32.HexEncoding.DecodeString', 'decode', 0, 'base32'],
    ['os.Getenv', 'member', 0, 'os.Environ'], ['syscall.NewLazyDLL().NewProc', 'member', 0, 'dll'],
  ])('%s is %s at %i by %s', (ref, does, at, how) => expect(go.rule(ref)).toMatchObject({ does, at, how }))

  it.each(['fmt.Println', 'net/http.Get()', 'net/http.Handle', 'strings.Contains', 'constructor', '__proto__', 'os', ''])('%s is of no interest', (ref) => expect(go.rule(ref)).toBeNull())
})

describe('special names', () => {
  it.each([
    ['os.UserHomeDir', '<home>'], ['os.TempDir', '/tmp'], ['os/user.Current().HomeDir', '<home>'], ['os.Environ.HOME', '<home>'], ['os.Environ.APPDATA', '<home>/AppData/Roaming'],
  ])('%s is %s', (ref, text) => expect(go.special(ref, unit)?.texts).toEqual([text]))

  it.each([['os.Environ.GITHUB_TOKEN', SOURCES.secret], ['os.Environ.PATH', 0], ['os.Environ.aws_secret_access_key', SOURCES.secret]])('%s holds %i', (ref, bits) => expect(go.special(ref, unit)?.bits).toBe(bits))
  it.each(['os.Args', 'x', 'os.Getenv'])('%s is nothing special', (ref) => expect(go.special(ref, unit)).toBeNull())
})

describe('packages', () => {
  const all = files({
    'go.mod': '// x\nmodule "a.example/m" // y\n\ngo 1.22\n', 'a.go': '/* x */ // y\npackage m', 'b.go': '\uFEFF\n\npackage m\n', 'gen.go': '//go:build ignore\n\npackage main', 'a_test.go': 'package m', 'x_test.go': 'package m_test',
    'in/c.go': 'package in', 'in/d/e.go': 'package d', 'cmd/main.go': 'package main', 'odd.go': '/*/ package m', 'vendor/b.example/v/v.go': 'package v',
  })

  it.each([
    ['a.example/m', 'a.go'], ['a.example/m/in', 'in/c.go'], ['a.example/m/in/d', 'in/d/e.go'], ['a.example/m/cmd', null], ['a.example/m/none', null], ['a.example/more', null], ['b.example/v', 'vendor/b.example/v/v.go'], ['fmt', null],
  ])('%s is %s', (spec, path) => expect(go.locate(spec, 'a.go', all)).toBe(path))

  it.each([
    ['a.go', ['b.go']], ['a_test.go', ['a.go', 'b.go']], ['x_test.go', []], ['gen.go', []], ['in/c.go', []], ['odd.go', []],
  ])('%s shares its names with %j', (path, others) => expect(go.together?.(path, all)).toEqual(others))

  it('finds nothing of its own without go.mod', () => expect(go.locate('a.example/m', 'a.go', files({ 'a.go': 'package m' }))).toBeNull())
  it('reads clauses behind many comments in no time', () => expect(go.together?.('a.go', files({ 'a.go': '/**/'.repeat(16_000), 'b.go': '/* '.repeat(20_000) }))).toEqual([]))
  it('knows what Go calls by itself', () => expect(['command', 'test', 'import'].map((kind) => go.entry?.(kind as 'command'))).toEqual([['main'], ['TestMain'], []]))
})
