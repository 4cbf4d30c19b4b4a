import { HOME } from '../desk.ts'
import { all, check, codec, collect } from '../flow/table.ts'
import type { Rule } from '../flow/tongue.ts'

/** How the name of a temporary file begins. */
const TEMPORARY = '/tmp/temporary'

/** An object that stands for a path. */
const PATH = 'pathlib.Path()'
const paths = (at: number, refs: readonly string[]): Record<string, Rule> => Object.fromEntries(refs.map((ref) => [ref, { does: 'path', at, gives: PATH }]))

/** What calls of Python 2 and 3's standard library and of well-known packages do, by their resolved names. */
const RULES = Object.assign(Object.create(null) as Record<string, Rule>, {
  ...all('fetch', ['urllib.request.urlopen', 'urllib.urlopen', 'urllib2.urlopen', 'httplib2.Http().request', 'urllib3.request', 'urllib.request.build_opener().open', 'urllib2.build_opener().open', 'pycurl.Curl().setopt',
    'aiohttp.ClientSession().get', 'aiohttp.ClientSession().post', 'httpx.AsyncClient().get', 'httpx.AsyncClient().post', 'xmlrpclib.ServerProxy', 'xmlrpc.client.ServerProxy', 'dhooks.Webhook', 'discord_webhook.DiscordWebhook', 'discord.Webhook.from_url', 'discord.SyncWebhook.from_url',
    'telebot.TeleBot', 'telegram.Bot', 'ftplib.FTP', 'smtplib.SMTP', 'smtplib.SMTP_SSL', 'paramiko.SSHClient().connect', 'github.Github', 'boto3.client', 'dropbox.Dropbox']),
  ...all('connect', ['socket.create_connection', 'socket.socket().connect', 'socket.socket().connect_ex', 'websocket.create_connection', 'websocket.WebSocketApp', 'websockets.connect', 'http.client.HTTPConnection', 'http.client.HTTPSConnection', 'httplib.HTTPConnection', 'httplib.HTTPSConnection', 'asyncio.open_connection', 'telnetlib.Telnet', 'socketio.Client().connect', 'socket.socket().sendto', 'ssl.wrap_socket().connect', 'paramiko.Transport', 'pymongo.MongoClient']),
  ...all('upload', ['paramiko.SFTPClient.from_transport().put', 'paramiko.SSHClient().open_sftp().put', 'boto3.client().upload_file', 'boto3.resource().Bucket().upload_file']),
  ...all('look', ['socket.gethostbyname', 'socket.gethostbyname_ex']),
  ...all('resolve', ['dns.resolver.resolve', 'dns.resolver.query', 'socket.getaddrinfo']),
  ...all('listen', ['socket.socket().bind', 'http.server.HTTPServer', 'socketserver.TCPServer', 'BaseHTTPServer.HTTPServer', 'flask.Flask().run']),
  ...all('save', ['urllib.request.urlretrieve', 'urllib.urlretrieve', 'wget.download', 'git.Repo.clone_from']),
  ...all('request', ['urllib.request.Request', 'urllib2.Request', 'requests.Request']),
  ...all('shell', ['os.system', 'os.popen', 'subprocess.getoutput', 'subprocess.getstatusoutput', 'commands.getoutput', 'commands.getstatusoutput', 'popen2.popen3', 'os.popen2', 'os.popen3', 'platform.popen', 'asyncio.create_subprocess_shell', 'nt.system', 'posix.system', 'win32api.WinExec', 'ctypes.windll.kernel32.WinExec', 'IPython.get_ipython().system']),
  ...all('program', ['subprocess.call', 'subprocess.run', 'subprocess.Popen', 'subprocess.check_call', 'subprocess.check_output', 'os.startfile', 'os.execv', 'os.execl', 'os.execvp', 'os.execlp', 'os.execve', 'os.spawnv', 'os.posix_spawn', 'pty.spawn', 'sh.Command', 'distutils.spawn.spawn', 'asyncio.create_subprocess_exec', 'pexpect.spawn', 'win32process.CreateProcess', 'webbrowser.open']),
  ...{ 'os.spawnl': { does: 'program', at: 1 }, 'os.spawnlp': { does: 'program', at: 1 }, 'ctypes.windll.shell32.ShellExecuteW': { does: 'program', at: 2 }, 'ctypes.windll.shell32.ShellExecuteA': { does: 'program', at: 2 } } as const,
  ...{ 'pip.main': { does: 'program', at: 0, how: 'pip' }, 'pip._internal.main': { does: 'program', at: 0, how: 'pip' }, 'pip._internal.cli.main.main': { does: 'program', at: 0, how: 'pip' } } as const,
  ...all('code', ['exec', 'eval', 'compile', 'execfile', 'types.FunctionType', 'types.CodeType', 'code.InteractiveInterpreter().runcode', 'code.InteractiveInterpreter().runsource', 'runpy.run_path', 'timeit.timeit',
    'ctypes.windll.kernel32.CreateThread', 'ctypes.windll.kernel32.RtlMoveMemory', 'ctypes.CFUNCTYPE()', 'importlib.util.spec_from_loader', 'marshal.loads.__call__', 'cffi.FFI().dlopen']),
  ...all('load', ['__import__', 'importlib.import_module', 'importlib.__import__', 'imp.load_source', 'imp.load_module', 'ctypes.CDLL', 'ctypes.cdll.LoadLibrary', 'ctypes.WinDLL', 'zipimport.zipimporter', 'pkgutil.get_loader']),
  'sys.path.insert': { does: 'load', at: 1, how: 'path' }, 'sys.path.append': { does: 'load', at: 0, how: 'path' },
  'importlib.util.spec_from_file_location': { does: 'load', at: 1 }, 'importlib.machinery.SourceFileLoader': { does: 'load', at: 1 }, 'exec_module': { does: 'pass', at: 0 },
  ...all('open', ['open', 'io.open', 'codecs.open', 'os.fdopen', 'file', 'zipfile.ZipFile', 'tarfile.open', 'sqlite3.connect', 'gzip.open', 'os.open', 'aiofiles.open', 'winreg.OpenKey', 'winreg.CreateKey', 'winreg.CreateKeyEx', '_winreg.OpenKey']),
  'tempfile.NamedTemporaryFile': { does: 'open', at: 0, how: TEMPORARY }, 'tempfile.TemporaryFile': { does: 'open', at: 0, how: TEMPORARY }, 'tempfile.mktemp': { does: 'text', at: 0, how: TEMPORARY },
  'winreg.OpenKey': { does: 'open', at: 1 }, 'winreg.OpenKeyEx': { does: 'open', at: 1 }, 'winreg.CreateKey': { does: 'open', at: 1 }, 'winreg.CreateKeyEx': { does: 'open', at: 1 }, '_winreg.OpenKey': { does: 'open', at: 1 }, '_winreg.CreateKey': { does: 'open', at: 1 },
  'pathlib.Path().open': { does: 'open', at: -1 }, 'pathlib.Path().write_text': { does: 'write', at: -1, to: 0 }, 'pathlib.Path().write_bytes': { does: 'write', at: -1, to: 0 },
  'pathlib.Path().read_text': { does: 'read', at: -1 }, 'pathlib.Path().read_bytes': { does: 'read', at: -1 }, 'linecache.getlines': { does: 'read', at: 0 },
  ...all('pack', ['zipfile.ZipFile().write', 'tarfile.open().add', 'tarfile.TarFile().add']),
  'shutil.make_archive': { does: 'move', at: 2, to: 0 },
  ...all('move', ['shutil.move', 'shutil.copy', 'shutil.copy2', 'shutil.copyfile', 'shutil.copytree', 'os.rename', 'os.replace', 'os.link', 'os.symlink']),
  ...all('delete', ['os.remove', 'os.unlink', 'os.rmdir', 'os.removedirs', 'shutil.rmtree', 'send2trash.send2trash']), 'pathlib.Path().unlink': { does: 'delete', at: -1 }, 'pathlib.Path().rmdir': { does: 'delete', at: -1 },
  ...all('list', ['os.listdir', 'os.walk', 'os.scandir', 'glob.glob', 'glob.iglob', 'os.path.exists', 'os.path.isfile', 'os.path.isdir']), 'pathlib.Path().glob': { does: 'list', at: -1, gives: PATH }, 'pathlib.Path().rglob': { does: 'list', at: -1, gives: PATH }, 'pathlib.Path().iterdir': { does: 'list', at: -1, gives: PATH },
  ...all('path', ['os.path.join', 'posixpath.join', 'ntpath.join']),
  ...paths(0, ['pathlib.Path', 'pathlib.PurePath', 'pathlib.PosixPath', 'pathlib.WindowsPath']), ...paths(-1, ['joinpath', 'expanduser', 'resolve', 'absolute'].map((name) => `${PATH}.${name}`)),
  ...all('text', ['str', 'bytes', 'os.path.abspath', 'os.path.realpath', 'os.path.expanduser', 'os.path.expandvars', 'os.path.normpath', 'bytearray', 'urllib.parse.urlparse', 'memoryview', 'repr', 'os.fspath', 'unicode', 'os.path.basename', 'sys.intern']),
  'pathlib.Path.home': { does: 'text', at: 0, how: HOME, gives: PATH }, 'tempfile.gettempdir': { does: 'text', at: 0, how: '/tmp' }, 'tempfile.mkdtemp': { does: 'text', at: 0, how: '/tmp' },
  'urllib.parse.urljoin': { does: 'text', at: 0, how: 'address' }, 'urlparse.urljoin': { does: 'text', at: 0, how: 'address' },
  ...all('number', ['int', 'float']),
  ...all('spell', ['json.dumps', 'urllib.parse.urlencode', 'urllib.urlencode', 'pickle.dumps', 'pprint.pformat']),
  ...all('pass', ['json.loads', 'list', 'tuple', 'dict', 'set', 'sorted', 'reversed', 'iter', 'next', 'zip', 'enumerate', 'shlex.split', 'copy.copy', 'copy.deepcopy', 'io.BytesIO', 'io.StringIO', 'StringIO.StringIO', 'urllib.parse.quote', 'urllib.quote', 'urllib.parse.quote_plus', 'asyncio.run', 'functools.partial', 'aiohttp.FormData', 'requests_toolbelt.MultipartEncoder']),
  ...all('characters', ['chr', 'unichr']), ord: { does: 'codes', at: 0 },
  type: { does: 'kind', at: 0, how: 'types.FunctionType' }, map: { does: 'each', at: 0 }, filter: { does: 'each', at: 0 },
  'os.path.dirname': { does: 'folder', at: 0 }, getattr: { does: 'member', at: 0 }, 'operator.attrgetter': { does: 'member', at: 0 },
  'os.getenv': { does: 'member', at: 0, how: 'os.environ' }, 'os.environ.get': { does: 'member', at: 0, how: 'os.environ' }, 'os.environ.pop': { does: 'member', at: 0, how: 'os.environ' }, 'os.getenvb': { does: 'member', at: 0, how: 'os.environ' },
  ...collect('host', ['platform.node', 'platform.uname', 'socket.gethostname', 'socket.getfqdn', 'getpass.getuser', 'os.getlogin', 'os.uname', 'uuid.getnode', 'pwd.getpwuid', 'psutil.users', 'psutil.net_if_addrs', 'socket.if_nameindex', 'netifaces.interfaces', 'wmi.WMI', 'win32api.GetUserName', 'win32api.GetComputerName', 'platform.platform', 'getmac.get_mac_address', 'geocoder.ip']),
  ...collect('clipboard', ['pyperclip.paste', 'win32clipboard.GetClipboardData', 'clipboard.paste', 'tkinter.Tk().clipboard_get', 'ctypes.windll.user32.GetClipboardData']),
  ...collect('keystrokes', ['pynput.keyboard.Listener', 'keyboard.on_press', 'keyboard.on_release', 'keyboard.hook', 'keyboard.record', 'keyboard.read_event', 'pyHook.HookManager', 'pyxhook.HookManager', 'ctypes.windll.user32.GetAsyncKeyState', 'ctypes.windll.user32.SetWindowsHookExA']),
  ...collect('screen', ['PIL.ImageGrab.grab', 'pyautogui.screenshot', 'mss.mss', 'mss.mss().shot', 'mss.mss().grab', 'pyscreenshot.grab', 'cv2.VideoCapture', 'sounddevice.rec', 'pyaudio.PyAudio().open']),
  ...collect('browser', ['browser_cookie3.chrome', 'browser_cookie3.load', 'browser_cookie3.firefox', 'browser_cookie3.edge', 'browser_cookie3.brave', 'browser_cookie3.opera', 'browserhistory.get_browserhistory', 'win32crypt.CryptUnprotectData', 'ctypes.windll.crypt32.CryptUnprotectData', 'robloxpy.User', 'pycookiecheat.chrome_cookies']),
  ...collect('credentials', ['boto3.Session().get_credentials', 'boto3.session.Session().get_credentials', 'botocore.session.get_session().get_credentials', 'google.auth.default', 'boto3.client().get_secret_value', 'boto3.client().list_secrets', 'hvac.Client().secrets.kv.v2.read_secret_version', 'azure.keyvault.secrets.SecretClient().get_secret', 'keyring.get_password', 'keyring.get_credential', 'netrc.netrc', 'winreg.EnumValue']),
  ...codec('base64', ['binascii.a2b_base64', 'base64.b64decode', 'base64.decodestring', 'base64.standard_b64decode', 'base64.decodebytes', 'base64.decode', 'pybase64.b64decode']),
  ...codec('base64url', ['base64.urlsafe_b64decode']), ...codec('base32', ['base64.b32decode', 'base64.b32hexdecode']), ...codec('base85', ['base64.b85decode']), ...codec('ascii85', ['base64.a85decode']),
  ...codec('hex', ['bytes.fromhex', 'bytearray.fromhex', 'binascii.unhexlify', 'binascii.a2b_hex', 'base64.b16decode']),
  ...codec('zlib', ['zlib.decompress', 'zlib.decompressobj().decompress']), ...codec('gzip', ['gzip.decompress']), ...codec('lzma', ['lzma.decompress']), ...codec('bz2', ['bz2.decompress']), ...codec('brotli', ['brotli.decompress']),
  ...codec('marshal', ['marshal.loads', 'marshal.load']), ...codec('pickle', ['pickle.loads', 'cPickle.loads', 'dill.loads', 'cloudpickle.loads', 'pickle.load']),
  ...codec('fernet', ['cryptography.fernet.Fernet().decrypt', 'fernet.Fernet().decrypt']),
  ...codec('aes', ['Crypto.Cipher.AES.new().decrypt', 'Cryptodome.Cipher.AES.new().decrypt', 'Crypto.Cipher.ARC4.new().decrypt', 'Crypto.Cipher.DES.new().decrypt', 'pyaes.AESModeOfOperationCTR().decrypt', 'rsa.decrypt', 'nacl.secret.SecretBox().decrypt']),
  'codecs.decode': { does: 'decode', at: 0 }, 'base64.b64encode': { does: 'encode', at: 0, how: 'base64' }, 'binascii.hexlify': { does: 'encode', at: 0, how: 'hex' }, 'zlib.compress': { does: 'encode', at: 0, how: 'zlib' }, 'gzip.compress': { does: 'encode', at: 0, how: 'gzip' },
  ...all('encode', ['base64.urlsafe_b64encode', 'base64.b32encode', 'base64.b85encode', 'base64.encodebytes', 'codecs.encode', 'bz2.compress', 'lzma.compress']),
  ...all('encrypt', ['cryptography.fernet.Fernet().encrypt', 'Crypto.Cipher.AES.new().encrypt', 'Cryptodome.Cipher.AES.new().encrypt', 'rsa.encrypt', 'pyaes.AESModeOfOperationCTR().encrypt', 'Crypto.Cipher.PKCS1_OAEP.new().encrypt', 'pyAesCrypt.encryptFile']),
  'time.sleep': { does: 'wait', at: 0 }, 'asyncio.sleep': { does: 'wait', at: 0 },
  ...check('platform', ['platform.system', 'sys.getwindowsversion']), ...check('locale', ['locale.getdefaultlocale', 'locale.getlocale', 'ctypes.windll.kernel32.GetUserDefaultUILanguage']),
  ...check('debugger', ['sys.gettrace', 'ctypes.windll.kernel32.IsDebuggerPresent', 'ctypes.windll.kernel32.CheckRemoteDebuggerPresent']), ...check('virtual', ['psutil.virtual_memory', 'psutil.cpu_count', 'psutil.process_iter', 'os.cpu_count', 'multiprocessing.cpu_count']),
} satisfies Record<string, Rule>)

/** `requests.get` and its kin; the URL of `request('GET', url)` comes second. */
const HTTP = /^(?:requests|httpx|aiohttp|urllib3|grequests|treq|tls_client|curl_cffi\.requests|cloudscraper|requests_html)(?:\.(?:Session|session|Client|PoolManager|HTTPSession|create_scraper)\(\))?\.(get|post|put|patch|head|delete|request|stream|urlopen)$/
/** How functions print themselves: obfuscators pick letters from it. */
const SHOWN = /^(abs|all|any|ascii|bin|chr|compile|copyright|dir|eval|exec|format|getattr|globals|hash|hex|id|input|iter|len|locals|max|min|next|oct|open|ord|pow|print|repr|round|setattr|sorted|sum|vars)\.__(?:str|repr)__$/
const HASH = /^hashlib\.(?:md5|sha\w+|blake2\w|new)(?:\(\)\.update)?$/
const CONNECTED = /^(?:http\.client|httplib)\.HTTPS?Connection\(\)\.(?:request|putrequest)$/

/** Functions of wallet libraries that are given or make keys, when they are assigned to. */
const KEY_MAKERS = /^(?:eth_account|solders|solana|web3|bip_utils|bitcoinlib|xrpl|mnemonic|tronpy)\.[\w.()]*=$/

/** What stands in front of a name that is there anyway. */
const BUILT_IN = /^(?:(?:globals|locals|vars)\(\)\.)?(?:(?:builtins|__builtins__|__builtin__)\.(?:__dict__\.)?)?/

/** What calling `ref` does; null when it is of no interest. */
export function rule(ref: string): Rule | null {
  const plain = ref.replace(BUILT_IN, '').replace(/^six\.moves\./, '')
  const found = RULES[plain]
  if (found) return found
  if (plain.endsWith('=')) return KEY_MAKERS.test(plain) ? { does: 'replace', at: 0 } : null
  const shown = SHOWN.exec(plain)
  if (shown) return { does: 'text', at: 0, how: shown[1] === 'copyright' ? 'Copyright (c) 2001' : `<built-in function ${shown[1]}>` }
  const http = HTTP.exec(plain)
  if (http) return { does: 'fetch', at: http[1] === 'request' || http[1] === 'stream' || http[1] === 'urlopen' ? 1 : 0 }
  if (/^web3(?:\.Web3)?\(\)\.eth\.(?:contract|get_transaction)$/.test(plain)) return { does: 'fetch', at: 0, how: 'contract:' }
  if (CONNECTED.test(plain)) return { does: 'send', at: 1 }
  return HASH.test(plain) ? { does: 'hash', at: 0 } : null
}

const ROOTS = new Set([
  ...Object.keys(RULES).map((ref) => ref.split(/[.(]/, 1)[0] ?? ref), 'requests', 'httpx', 'aiohttp', 'urllib3', 'grequests', 'treq', 'tls_client', 'curl_cffi', 'cloudscraper', 'requests_html',
  'eth_account', 'solders', 'solana', 'web3', 'bip_utils', 'bitcoinlib', 'xrpl', 'mnemonic', 'tronpy', 'hashlib', 'builtins', '__builtins__', '__builtin__', 'six', 'sys', 'urllib', 'http', 'os', 'dns', 'email', 'Crypto', 'Cryptodome', 'cryptography', 'win32com', 'globals', 'locals', 'vars', 'copyright', 'google', 'botocore',
  ...'abs all any ascii bin dir format hash hex id input iter len max min next oct pow print repr round sorted sum'.split(' '),
])

/** Whether any rule may be about what this module or global has. */
export const knows = (root: string): boolean => ROOTS.has(root)
