import type { Rule } from '../flow/tongue.ts'

type Does = Rule['does']

/** One rule for several functions; `what` follows the argument that matters. */
function each(does: Does, at: number, refs: readonly string[], more: Omit<Rule, 'does' | 'at'> = {}): [string, Rule][] {
  return refs.map((ref) => [ref, { does, at, ...more }])
}

/**
 * The standard library and the packages usual for the purpose, by import path and name. Methods are named by the function
 * or type that made their receiver, without brackets: `net/http.NewRequest.Header.Set`.
 */
const RULES: ReadonlyMap<string, Rule> = new Map([
  ...each('fetch', 0, ['net/http.Get', 'net/http.Head']), ...each('fetch', 0, ['net/http.Post'], { to: 2 }), ...each('fetch', 0, ['net/http.PostForm'], { to: 1 }),
  ...each('request', 1, ['net/http.NewRequest'], { to: 2 }), ...each('request', 2, ['net/http.NewRequestWithContext'], { to: 3 }),
  ...each('fetch', 0, ['net/http.DefaultTransport.RoundTrip', 'net/http.Transport.RoundTrip']), ...each('request', 0, ['net/http.Request']),
  ...each('listen', 0, ['net/http.ListenAndServe', 'net/http.ListenAndServeTLS']), ...each('listen', 1, ['net.Listen', 'net.ListenPacket', 'net.ListenTCP', 'net.ListenUDP', 'crypto/tls.Listen']),
  ...each('connect', 1, ['net.Dial', 'net.DialTimeout', 'net.DialTCP', 'net.DialUDP', 'net.Dialer.Dial', 'crypto/tls.Dial', 'golang.org/x/crypto/ssh.Dial', 'golang.org/x/net/proxy.SOCKS5']),
  ...each('connect', 2, ['net.Dialer.DialContext', 'crypto/tls.DialWithDialer']), ...each('connect', 0, ['syscall.Connect']),
  ...each('resolve', 0, ['net.LookupHost', 'net.LookupIP', 'net.LookupTXT', 'net.LookupCNAME', 'net.LookupAddr', 'net.LookupMX', 'net.LookupNS', 'net.ResolveIPAddr']),
  ...each('resolve', 1, ['net.Resolver.LookupHost', 'net.Resolver.LookupTXT', 'net.Resolver.LookupIPAddr', 'net.DefaultResolver.LookupHost', 'net.DefaultResolver.LookupTXT', 'net.DefaultResolver.LookupIPAddr']),
  ...each('fetch', 0, ['net/smtp.SendMail'], { to: 4 }), ...each('connect', 0, ['net/smtp.Dial', 'net/rpc.DialHTTP']),
  ...each('fetch', 0, ['github.com/hashicorp/go-retryablehttp.Get', 'github.com/levigross/grequests.Get', 'github.com/levigross/grequests.Post', 'github.com/gocolly/colly.NewCollector.Visit']),
  ...each('fetch', 1, ['github.com/valyala/fasthttp.Get', 'github.com/valyala/fasthttp.Post']), ...each('fetch', 0, ['github.com/valyala/fasthttp.Do']),
  ...each('connect', 0, ['github.com/gorilla/websocket.DefaultDialer.Dial', 'github.com/gorilla/websocket.Dialer.Dial', 'golang.org/x/net/websocket.Dial']),
  ...each('connect', 1, ['nhooyr.io/websocket.Dial', 'github.com/coder/websocket.Dial', 'github.com/gorilla/websocket.DefaultDialer.DialContext']),
  ...each('save', 1, ['github.com/cavaliergopher/grab.Get', 'github.com/hashicorp/go-getter.GetFile', 'github.com/hashicorp/go-getter.Get', 'github.com/hashicorp/go-getter.GetAny'], { to: 0 }),

  ...each('program', 0, ['os/exec.Command', 'golang.org/x/sys/execabs.Command']), ...each('program', 1, ['os/exec.CommandContext', 'golang.org/x/sys/execabs.CommandContext']),
  ...each('program', 0, ['os/exec.Cmd', 'C.execl']), ...each('program', 1, ['os.StartProcess', 'syscall.Exec', 'syscall.ForkExec', 'syscall.StartProcess', 'golang.org/x/sys/unix.Exec']),
  ...each('shell', 0, ['os/exec.Cmd.Stdin', 'C.system', 'C.popen', 'github.com/bitfield/script.Exec', 'kernel32.WinExec.Call']), ...each('program', 2, ['kernel32.ShellExecuteW.Call', 'kernel32.ShellExecuteA.Call']),
  ...each('program', 1, ['kernel32.CreateProcessW.Call', 'kernel32.CreateProcessA.Call']),
  ...each('load', 0, ['plugin.Open']), ...each('code', 0, ['C.dlopen', '#cgo', 'unsafe.Pointer.call', 'github.com/traefik/yaegi/interp.New.Eval', 'github.com/traefik/yaegi/interp.New.EvalPath']),

  ...each('read', 0, ['os.ReadFile', 'io/ioutil.ReadFile', 'go:embed', 'embed.FS.ReadFile']), ...each('read', 1, ['io/fs.ReadFile']),
  ...each('open', 0, ['os.Open', 'os.Create', 'os.OpenFile', 'embed.FS.Open', 'archive/zip.OpenReader', 'golang.org/x/sys/windows.CreateFile', 'syscall.Open']),
  ...each('open', 1, ['os.CreateTemp', 'io/ioutil.TempFile', 'golang.org/x/sys/windows/registry.OpenKey', 'golang.org/x/sys/windows/registry.CreateKey', 'database/sql.Open']),
  ...each('write', 0, ['os.WriteFile', 'io/ioutil.WriteFile'], { to: 1 }), ...each('move', 0, ['os.Rename', 'os.Link', 'os.Symlink'], { to: 1 }),
  ...each('delete', 0, ['os.Remove', 'os.RemoveAll', 'syscall.Unlink']),
  ...each('list', 0, ['path/filepath.Walk', 'path/filepath.WalkDir', 'path/filepath.Glob', 'os.ReadDir', 'io/ioutil.ReadDir', 'os.DirFS']), ...each('list', 1, ['io/fs.WalkDir', 'io/fs.ReadDir', 'io/fs.Glob']),

  ...each('member', 0, ['os.Getenv', 'os.LookupEnv', 'syscall.Getenv'], { how: 'os.Environ' }), ...each('collect', 0, ['os.Environ', 'syscall.Environ'], { what: 'environment' }),
  ...each('collect', 0, ['os.Hostname', 'os/user.Current', 'os/user.Lookup', 'net.Interfaces', 'net.InterfaceAddrs', 'net.InterfaceByName', 'github.com/denisbrodbeck/machineid.ID', 'github.com/denisbrodbeck/machineid.ProtectedID'], { what: 'host' }),
  ...each('collect', 0, ['github.com/atotto/clipboard.ReadAll', 'golang.design/x/clipboard.Read', 'user32.GetClipboardData.Call'], { what: 'clipboard' }),
  ...each('collect', 0, ['github.com/kbinani/screenshot.CaptureDisplay', 'github.com/kbinani/screenshot.CaptureRect', 'github.com/kbinani/screenshot.Capture', 'github.com/vova616/screenshot.CaptureScreen', 'user32.BitBlt.Call', 'gdi32.BitBlt.Call'], { what: 'screen' }),
  ...each('collect', 0, ['user32.GetAsyncKeyState.Call', 'user32.SetWindowsHookExW.Call', 'user32.SetWindowsHookExA.Call', 'github.com/MarinX/keylogger.New', 'github.com/robotn/gohook.Start', 'github.com/moutend/go-hook/pkg/keyboard.Install'], { what: 'keystrokes' }),
  ...each('check', 0, ['runtime.GOOS', 'runtime.GOARCH'], { how: 'platform' }), ...each('check', 0, ['runtime.NumCPU', 'github.com/klauspost/cpuid.CPU.VM'], { how: 'virtual' }),
  ...each('check', 0, ['time.Now', 'time.Since'], { how: 'time' }), ...each('check', 0, ['kernel32.IsDebuggerPresent.Call', 'kernel32.CheckRemoteDebuggerPresent.Call'], { how: 'debugger' }),
  ...each('check', 0, ['kernel32.GetUserDefaultLocaleName.Call', 'kernel32.GetSystemDefaultLangID.Call', 'github.com/jeandeaual/go-locale.GetLocale'], { how: 'locale' }),
  ...each('wait', 0, ['time.Sleep', 'time.After', 'time.NewTimer', 'time.Tick', 'time.NewTicker']), ...each('wait', 0, ['time.AfterFunc']),

  // Memory that is filled before it is run: what goes in is what will run.
  ...each('code', 1, ['ntdll.RtlMoveMemory.Call', 'ntdll.RtlCopyMemory.Call', 'kernel32.RtlMoveMemory.Call', 'kernel32.RtlCopyMemory.Call']),
  ...each('code', 2, ['kernel32.WriteProcessMemory.Call', 'ntdll.NtWriteVirtualMemory.Call', 'golang.org/x/sys/windows.WriteProcessMemory']),
  ...each('code', 0, ['syscall.SyscallN', 'syscall.Syscall']), ...each('code', 2, ['kernel32.CreateThread.Call']), ...each('code', 3, ['kernel32.CreateRemoteThread.Call']),
  ...each('save', 1, ['urlmon.URLDownloadToFileW.Call', 'urlmon.URLDownloadToFileA.Call'], { to: 2 }), ...each('decode', 0, ['crypt32.CryptUnprotectData.Call'], { how: 'dpapi' }),

  ...each('decode', 1, ['encoding/base64.NewDecoder'], { how: 'base64' }), ...each('decode', 1, ['encoding/hex.Decode'], { how: 'hex' }), ...each('decode', 0, ['encoding/hex.DecodeString', 'encoding/hex.NewDecoder'], { how: 'hex' }),
  ...each('decode', 1, ['encoding/base32.NewDecoder'], { how: 'base32' }), ...each('decode', 1, ['encoding/ascii85.Decode'], { how: 'ascii85' }), ...each('decode', 0, ['encoding/ascii85.NewDecoder'], { how: 'ascii85' }),
  ...each('encode', 0, ['encoding/hex.EncodeToString', 'encoding/hex.AppendEncode'], { how: 'hex' }), ...each('encode', 1, ['encoding/hex.Encode'], { how: 'hex' }),
  ...each('decode', 0, ['compress/gzip.NewReader'], { how: 'gzip' }), ...each('decode', 0, ['compress/zlib.NewReader'], { how: 'zlib' }), ...each('decode', 0, ['compress/flate.NewReader'], { how: 'deflate' }),
  ...each('decode', 0, ['compress/bzip2.NewReader'], { how: 'bz2' }), ...each('decode', 0, ['github.com/andybalholm/brotli.NewReader'], { how: 'brotli' }), ...each('decode', 0, ['github.com/ulikunitz/xz.NewReader'], { how: 'xz' }),
  ...each('decode', 0, ['github.com/klauspost/compress/zstd.NewReader'], { how: 'zstd' }),
  ...each('encrypt', 3, ['crypto/rsa.EncryptOAEP'], { how: 'rsa' }), ...each('encrypt', 2, ['crypto/rsa.EncryptPKCS1v15'], { how: 'rsa' }), ...each('decode', 3, ['crypto/rsa.DecryptOAEP'], { how: 'rsa' }), ...each('decode', 2, ['crypto/rsa.DecryptPKCS1v15'], { how: 'rsa' }),
  ...each('encrypt', 1, ['golang.org/x/crypto/nacl/secretbox.Seal', 'golang.org/x/crypto/nacl/box.Seal', 'golang.org/x/crypto/nacl/box.SealAnonymous'], { how: 'nacl' }), ...each('decode', 1, ['golang.org/x/crypto/nacl/secretbox.Open', 'golang.org/x/crypto/nacl/box.Open', 'golang.org/x/crypto/nacl/box.OpenAnonymous'], { how: 'nacl' }),

  ...each('path', 0, ['path/filepath.Join', 'path.Join', 'net/url.JoinPath']), ...each('folder', 0, ['path/filepath.Dir', 'path.Dir']), ...each('number', 0, ['strconv.Atoi', 'strconv.ParseInt', 'strconv.ParseUint']), ...each('characters', 0, ['string']),
  ...each('text', 0, ['os.ExpandEnv', 'path/filepath.Clean', 'path/filepath.Abs', 'path/filepath.FromSlash', 'path/filepath.ToSlash', 'path/filepath.EvalSymlinks', 'path.Clean', 'net/url.Parse', 'net/url.ParseRequestURI', 'net/url.QueryEscape',
    'net/url.PathEscape', 'net/url.QueryUnescape', 'net/url.PathUnescape', 'strconv.Quote', 'C.CString', 'C.GoString', 'syscall.StringToUTF16Ptr', 'syscall.UTF16PtrFromString', 'syscall.BytePtrFromString', 'golang.org/x/sys/windows.StringToUTF16Ptr', 'golang.org/x/sys/windows.UTF16PtrFromString',
    'strings.Trim', 'strings.TrimLeft', 'strings.TrimRight', 'strings.TrimPrefix', 'strings.TrimSuffix', 'strings.Title', 'strings.ToValidUTF8', 'bytes.Trim', 'bytes.TrimPrefix', 'bytes.TrimSuffix', 'fmt.%q',
    'html/template.HTML']),
  ...each('pass', 0, ['strings.NewReader', 'bytes.NewReader', 'bytes.NewBuffer', 'bytes.NewBufferString', 'bufio.NewReader', 'bufio.NewScanner', 'io.ReadAll', 'io/ioutil.ReadAll', 'io.NopCloser', 'io.TeeReader', 'io.LimitReader',
    'encoding/json.Marshal', 'encoding/json.MarshalIndent', 'unsafe.Pointer', 'unsafe.Slice', 'unsafe.SliceData', 'unsafe.String', 'unsafe.StringData', 'context.WithTimeout']),
  ...each('member', 0, ['syscall.NewLazyDLL.NewProc', 'syscall.MustLoadDLL.MustFindProc', 'syscall.LoadDLL.FindProc', 'golang.org/x/sys/windows.NewLazySystemDLL.NewProc', 'golang.org/x/sys/windows.NewLazyDLL.NewProc', 'golang.org/x/sys/windows.MustLoadDLL.MustFindProc'], { how: 'dll' }),
])

/** Families of methods, whatever they are called on. */
const FAMILIES: readonly (readonly [RegExp, (match: RegExpExecArray) => Rule])[] = [
  [/^net\/http\.(?:Default)?Client\.(Do|Get|Post|PostForm|Head)$/, ([, method]) => (method === 'Post' ? { does: 'fetch', at: 0, to: 2 } : { does: 'fetch', at: 0 })],
  [/^github\.com\/(?:go-resty\/resty(?:\/v\d)?|imroc\/req(?:\/v\d)?|parnurzeal\/gorequest|dghubble\/sling|h2non\/gentleman|monaco-io\/request|guonaihong\/gout)\.(?:[\w.]*\.)?(?:Get|Post|Put|Patch|Delete|GET|POST|PUT|Send|Execute)$/, () => ({ does: 'fetch', at: 0 })],
  [/^github\.com\/(?:hashicorp\/go-retryablehttp|aws\/aws-sdk-go[\w/-]*)\.[\w.]*\.(?:Do|Get|Post)$/, () => ({ does: 'fetch', at: 0 })],
  [/^github\.com\/go-telegram-bot-api\/telegram-bot-api(?:\/v\d)?\.NewBotAPI(?:\.\w+)?$/, () => ({ does: 'fetch', at: 0 })],
  [/^github\.com\/bwmarrin\/discordgo\.New\.\w*Send\w*$/, () => ({ does: 'fetch', at: 1 })],
  [/^github\.com\/miekg\/dns\.(?:Client\.)?Exchange$/, () => ({ does: 'resolve', at: 0 })],
  [/^encoding\/base(32|64)\.(\w+?)(?:\.WithPadding)?\.(DecodeString|Decode|EncodeToString|Encode|AppendEncode)$/, ([, base, alphabet = '', method = '']) => ({
    does: method.startsWith('Decode') ? 'decode' : 'encode', at: method === 'Decode' || method === 'Encode' ? 1 : 0,
    how: base === '32' ? 'base32' : alphabet.includes('URL') ? 'base64url' : 'base64',
  })],
  [/^crypto\/(?:aes|des|rc4|cipher)\.(\w+)\.(Encrypt|Decrypt|CryptBlocks|XORKeyStream|Seal|Open)$/, ([, maker = '', method = '']) => ({
    // A stream cipher runs the same both ways; what a loader does to its own data is the case that matters.
    does: method === 'Encrypt' || method === 'Seal' || maker.endsWith('Encrypter') ? 'encrypt' : 'decode',
    at: method === 'Seal' || method === 'Open' ? 2 : 1, how: 'cipher',
  })],
  [/^golang\.org\/x\/crypto\/(?:chacha20(?:poly1305)?|blowfish|twofish|salsa20|tea|xtea)\.\w+\.(Seal|Open|Encrypt|Decrypt|XORKeyStream)$/, ([, method = '']) => ({
    does: method === 'Seal' || method === 'Encrypt' ? 'encrypt' : 'decode', at: method === 'Seal' || method === 'Open' ? 2 : 1, how: 'cipher',
  })],
  [/^(?:crypto\/(?:md5|sha1|sha256|sha512|hmac|sha3)|golang\.org\/x\/crypto\/(?:sha3|blake2b|blake2s))\.(?:Sum\w*|New\w*\.(?:Write|Sum))$/, () => ({ does: 'hash', at: 0 })],
  [/^github\.com\/shirou\/gopsutil(?:\/v\d)?\/(?:host|cpu|mem|disk|net)\.\w+$/, () => ({ does: 'collect', at: 0, what: 'host' })],
  [/^(?:github\.com\/shirou\/gopsutil(?:\/v\d)?\/process|github\.com\/mitchellh\/go-ps)\.Processes$/, () => ({ does: 'collect', at: 0, what: 'host' })],
]

/** `ref` as the engine spells it: brackets behind what was called, versions in import paths. */
export function ruleOf(ref: string): Rule | null {
  // What a function gave is called in turn: that is nobody's function any more.
  return ref.endsWith(')') ? null : looked(plain(ref))
}

const plain = (ref: string): string => ref.replaceAll('()', '').replace(/^dll\.\w+\.(?:Call|Addr)$/, (proc) => `${LIBRARIES.get(proc.split('.')[1] ?? '') ?? 'kernel32'}${proc.slice(3)}`)

/** Where Windows keeps what is not in its kernel32. */
const LIBRARIES: ReadonlyMap<string, string> = new Map([
  ...['RtlMoveMemory', 'RtlCopyMemory', 'NtWriteVirtualMemory'].map((proc) => [proc, 'ntdll'] as const),
  ...['GetClipboardData', 'GetAsyncKeyState', 'SetWindowsHookExW', 'SetWindowsHookExA', 'BitBlt'].map((proc) => [proc, 'user32'] as const),
  ...['URLDownloadToFileW', 'URLDownloadToFileA'].map((proc) => [proc, 'urlmon'] as const),
  ['CryptUnprotectData', 'crypt32'],
])

function looked(ref: string): Rule | null {
  const rule = RULES.get(ref) ?? RULES.get(ref.replace(/\/v\d+(?=[./])/, ''))
  if (rule) return rule
  for (const [pattern, make] of FAMILIES) {
    const match = pattern.exec(ref)
    if (match) return make(match)
  }
  return null
}
