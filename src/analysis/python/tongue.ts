import { posix } from 'node:path'
import { ROOT } from '../desk.ts'
import type { Rule, Tongue, Unit } from '../flow/tongue.ts'
import { COLLECTED, NOTHING, known, outside } from '../flow/value.ts'
import type { Value } from '../flow/value.ts'
import { lowerPython } from './lower.ts'

/** What the flow engine must know of Python 2 and 3: the standard library and the usual HTTP packages. */
export const python: Tongue = {
  id: 'python',
  lower: lowerPython,
  rule,
  special,
  locate,
  exported: (_unit, top) => ({ ...NOTHING, fields: top }),
}

const RULES: Readonly<Record<string, Rule>> = Object.assign(Object.create(null) as Record<string, Rule>, {
  ...named('fetch', ['urllib.request.urlopen', 'urllib.urlopen', 'urllib2.urlopen', 'httplib2.Http', 'http.client.HTTPConnection',
    'http.client.HTTPSConnection', 'httplib.HTTPConnection', 'httplib.HTTPSConnection', 'socket.create_connection',
    'socket.socket', 'urllib3.PoolManager',
    'aiohttp.ClientSession', 'requests.Session',
    'requests.session', 'httpx.Client', 'ftplib.FTP', 'smtplib.SMTP', 'websocket.create_connection', 'pycurl.Curl',
    'urllib3.request', 'urllib.request.build_opener', 'urllib2.build_opener']),
  ...named('save', ['urllib.request.urlretrieve', 'urllib.urlretrieve', 'wget.download']),
  ...named('shell', ['os.system', 'os.popen', 'subprocess.getoutput', 'subprocess.getstatusoutput', 'commands.getoutput',
    'commands.getstatusoutput', 'popen2.popen3', 'os.popen2', 'os.popen3', 'platform.popen']),
  ...named('program', ['subprocess.call', 'subprocess.run', 'subprocess.Popen', 'subprocess.check_call',
    'subprocess.check_output', 'os.startfile', 'os.execv', 'os.execl',
    'os.execvp', 'os.execlp', 'os.spawnv', 'pty.spawn', 'sh.Command', 'distutils.spawn.spawn', 'asyncio.create_subprocess_shell',
    'asyncio.create_subprocess_exec']),
  ...named('code', ['exec', 'eval', 'compile', 'builtins.exec', 'builtins.eval', '__builtins__.exec', '__builtins__.eval',
    '__builtin__.eval', 'types.FunctionType']),
  ...named('load', ['__import__', 'importlib.import_module', 'builtins.__import__', 'imp.load_source']),
  ...named('open', ['open', 'io.open', 'codecs.open', 'os.fdopen', 'file', 'tempfile.NamedTemporaryFile', 'builtins.open',
    '__builtin__.open']),
  ...named('move', ['shutil.move', 'shutil.copy', 'shutil.copyfile', 'os.rename', 'os.replace']),
  ...named('path', ['os.path.join', 'posixpath.join', 'pathlib.Path']),
  ...named('text', ['str', 'bytes', 'os.path.abspath', 'os.path.realpath', 'os.path.expanduser', 'os.path.normpath', 'bytearray',
    'urllib.parse.urlparse']),
  ...named('pass', ['json.dumps', 'urllib.parse.urlencode', 'urllib.urlencode', 'list', 'tuple', 'dict', 'shlex.split',
    'base64.b64encode']),
  ...named('request', ['urllib.request.Request', 'urllib2.Request', 'requests.Request']),
  ...named('collect', ['platform.node', 'platform.uname', 'socket.gethostname', 'socket.getfqdn', 'getpass.getuser',
    'os.getlogin', 'os.uname', 'uuid.getnode', 'pwd.getpwuid', 'psutil.users', 'socket.gethostbyname_ex',
    'socket.gethostbyname', 'socket.if_nameindex']),
  ...named('characters', ['chr', 'unichr']),
  'os.path.dirname': { does: 'folder', at: 0 }, getattr: { does: 'member', at: 0 },
  'os.getenv': { does: 'member', at: 0, how: 'os.environ' }, 'os.environ.get': { does: 'member', at: 0, how: 'os.environ' },
  'codecs.decode': { does: 'decode', at: 0 }, 'bytes.fromhex': { does: 'decode', at: 0, how: 'hex' },
  'bytearray.fromhex': { does: 'decode', at: 0, how: 'hex' },
  'binascii.unhexlify': { does: 'decode', at: 0, how: 'hex' }, 'binascii.a2b_base64': { does: 'decode', at: 0, how: 'base64' },
  'base64.b64decode': { does: 'decode', at: 0, how: 'base64' },
  'base64.urlsafe_b64decode': { does: 'decode', at: 0, how: 'base64url' },
  'base64.decodestring': { does: 'decode', at: 0, how: 'base64' },
  'base64.standard_b64decode': { does: 'decode', at: 0, how: 'base64' },
  'base64.decodebytes': { does: 'decode', at: 0, how: 'base64' }, 'base64.b32decode': { does: 'decode', at: 0, how: 'base32' },
  'base64.b85decode': { does: 'decode', at: 0, how: 'base85' }, 'base64.a85decode': { does: 'decode', at: 0, how: 'base85' },
  'base64.b16decode': { does: 'decode', at: 0, how: 'hex' },
  'zlib.decompress': { does: 'decode', at: 0, how: 'zlib' }, 'gzip.decompress': { does: 'decode', at: 0, how: 'gzip' },
  'lzma.decompress': { does: 'decode', at: 0, how: 'lzma' },
  'bz2.decompress': { does: 'decode', at: 0, how: 'bz2' }, 'marshal.loads': { does: 'decode', at: 0, how: 'marshal' },
  'pickle.loads': { does: 'decode', at: 0, how: 'pickle' },
  'cryptography.fernet.Fernet().decrypt': { does: 'decode', at: 0, how: 'fernet' },
})

function named(does: Rule['does'], refs: readonly string[]): Record<string, Rule> {
  return Object.fromEntries(refs.map((ref) => [ref, { does, at: 0 }]))
}

/** `requests.get` and its kin; the URL of `request('GET', url)` comes second. */
const HTTP = /^(?:requests|httpx|aiohttp|urllib3|grequests|treq)\.(get|post|put|patch|head|delete|request|stream)$/
const HASH = /^hashlib\.(?:md5|sha\w+|blake2\w|new)(?:\(\)\.update)?$/

function rule(ref: string): Rule | null {
  const found = RULES[ref]
  if (found) return found
  const http = HTTP.exec(ref)
  if (http) return { does: 'fetch', at: http[1] === 'request' || http[1] === 'stream' ? 1 : 0 }
  return HASH.test(ref) ? { does: 'hash', at: 0 } : null
}

const SECRET = /TOKEN|SECRET|PASSW|CREDENTIAL|PRIVATE|API_?KEY|ACCESS_?KEY/i

function special(ref: string, unit: Unit): Value | null {
  if (ref === '__file__') return known(`${ROOT}/${unit.source.path}`)
  if (ref === 'os.environ') return outside(ref, COLLECTED)
  if (ref.startsWith('os.environ.')) {
    const key = ref.slice('os.environ.'.length)
    return outside(ref.slice(0, 200), SECRET.test(key) || /^(?:copy|items|values)$/.test(key) ? COLLECTED : 0)
  }
  return null
}

/** Modules of the package: next to the importer, at the root, or below `src`. */
function locate(spec: string, from: string, files: ReadonlyMap<string, unknown>): string | null {
  const dots = /^\.*/.exec(spec)?.[0].length ?? 0
  const tail = spec.slice(dots).replaceAll('.', '/')
  let folder = posix.dirname(from)
  for (let up = 1; up < dots; up++) folder = posix.dirname(folder)
  const folders = dots > 0 ? [folder] : [folder, '.', 'src']
  for (const base of folders) {
    for (const ending of ['.py', '/__init__.py']) {
      const path = posix.normalize(posix.join(base, tail === '' ? ending.slice(1) : tail + ending))
      if (path !== from && files.has(path)) return path
    }
  }
  return null
}
