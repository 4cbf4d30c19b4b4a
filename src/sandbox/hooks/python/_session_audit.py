import os
import sys
import time as _time
from _json import encode_basestring_ascii as _quote
from _thread import _local as _Local, get_ident as _ident

# The file that events are appended to, and the clock's lead in milliseconds where time is made to run; children get both.
FILE = 'XDG_SESSION_LOG'
LEAD = 'XDG_SESSION_LEAD'
MOST_EVENTS = 20000
MOST_TEXT = 1024
MOST_FRAMES = 16
MOST_TELLINGS = 8

_write, _open, _fstat, _getpid = os.write, os.open, os.fstat, os.getpid
_now = _time.time
_getframe = sys._getframe
_local = _Local()
_str, _bytes, _int, _isinstance, _len, _list, _tuple, _bool, _float = str, bytes, int, isinstance, len, list, tuple, bool, float


def begin(here):
    path = os.environ.get(FILE)
    if not path:
        return
    recorder = Recorder(path, here)
    recorder.tell('start', {'v': sys.executable, 'a': _list(getattr(sys, 'orig_argv', sys.argv) or [])[1:]}, [])
    dress_children(recorder)
    lead = os.environ._data.pop(_encoded(LEAD), None)
    import _session_clock
    recorder.lead = _session_clock.begin(recorder, None if lead is None else float(lead))
    hide(recorder)
    watch_environment(recorder)
    sys.addaudithook(recorder.audit)


def _encoded(name):
    return os.environ.encodekey(name)


class Recorder:
    def __init__(self, path, here):
        self.path, self.here = path, here
        self.lead = lambda: None
        self.told = 0
        self.fd = -1
        self.inode = -1
        self.names = {}
        self.node = '--require=' + os.path.join(os.path.dirname(here), 'node.cjs')
        self.all = None
        stdlib = os.path.dirname(os.path.abspath(os.__file__))
        self.inner = (stdlib + os.sep, os.path.realpath(stdlib) + os.sep, '<frozen ', here + os.sep)
        self.boring = tuple({os.path.realpath(sys.prefix) + os.sep, os.path.realpath(sys.base_prefix) + os.sep, sys.prefix + os.sep, sys.base_prefix + os.sep}
                            | {'/usr/', '/lib/', '/lib64/', '/etc/ssl/', '/proc/self/fd'})

    def tell(self, kind, fields, frames=None):
        """Never raises, never tells of what it does itself."""
        if getattr(_local, 'busy', False) or self.told >= MOST_EVENTS:
            return
        _local.busy = True
        try:
            event = {'k': kind, 'p': _getpid(), 'w': _ident() % 1000000, 't': _int(_now() * 1000)}
            for name, value in fields.items():
                event[name] = short(value)
            event['s'] = self.stack() if frames is None else frames
            self.told += 1
            if self.told == MOST_EVENTS:
                event = {'k': 'lost', 'p': event['p'], 'w': event['w'], 't': event['t']}
            self.append(_dumps(event) + '\n')
        except Exception:
            pass
        finally:
            _local.busy = False

    def foreign_folders(self, value):
        return os.pathsep.join([folder for folder in value.split(os.pathsep) if folder and os.path.abspath(folder) != self.here])

    def foreign_options(self, value):
        return ' '.join([option for option in value.split() if option != self.node])

    def append(self, line):
        try:
            alive = _fstat(self.fd).st_ino == self.inode
        except OSError:
            alive = False
        if not alive:
            # Inheritable: what forks without exec goes on with it; after an exec the next process opens its own.
            self.fd = _open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, 'O_CLOEXEC', 0), 0o666)
            self.inode = _fstat(self.fd).st_ino
        _write(self.fd, line.encode('ascii'))

    def stack(self):
        """Frames as [file, line, null], innermost first, without the standard library's and ours."""
        frames = []
        frame = _getframe(1)
        seen = 0
        while frame is not None and seen < 200:
            name = frame.f_code.co_filename
            if not self.is_inner(name):
                frames.append([name[:MOST_TEXT] if name.startswith(('/', '<')) else os.path.join(_cwd, name), frame.f_lineno or 0, None])
                if _len(frames) == MOST_FRAMES:
                    break
            frame = frame.f_back
            seen += 1
        return frames

    def is_inner(self, name):
        return name.startswith(self.inner) and '/site-packages/' not in name and '/dist-packages/' not in name

    def audit(self, event, args):
        teller = TELLERS.get(event)
        if teller is None or getattr(_local, 'busy', False):
            return
        try:
            said = teller(self, args)
        except Exception:
            return
        if said is not None:
            self.tell(said[0], said[1])


def _dumps(value):
    if _isinstance(value, _str):
        return _quote(value)
    if _isinstance(value, dict):
        return '{' + ','.join([_quote(name) + ':' + _dumps(part) for name, part in value.items()]) + '}'
    if _isinstance(value, (_list, _tuple)):
        return '[' + ','.join([_dumps(part) for part in value]) + ']'
    if value is True or value is False:
        return 'true' if value else 'false'
    return _str(value) if _isinstance(value, _int) else 'null'


def short(value):
    if _isinstance(value, _str):
        return value[:MOST_TEXT]
    if _isinstance(value, _bytes):
        return value[:MOST_TEXT].decode('utf-8', 'replace')
    if value is None or _isinstance(value, (_bool, _int, _float)):
        return value
    if _isinstance(value, (_list, _tuple)):
        return [short(part) for part in value[:64]]
    if hasattr(value, '__fspath__'):
        return short(value.__fspath__())
    return short(type(value).__name__)


try:
    _cwd = os.getcwd()
except OSError:
    _cwd = '/'


def located(path):
    if _isinstance(path, _int):
        return None
    path = short(path)
    if not _isinstance(path, _str):
        return None
    return path if path.startswith('/') else os.path.normpath(os.path.join(os.getcwd(), path))


def opened(recorder, args):
    path = located(args[0])
    if path is None:
        return None
    mode, flags = args[1], args[2]
    writes = (_isinstance(flags, _int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND)) or (_isinstance(mode, _str) and any(letter in mode for letter in 'wax+'))
    if not writes and path.startswith(recorder.boring):
        return None
    return ('write' if writes else 'read', {'v': path})


def on_file(kind, other=None):
    def say(recorder, args):
        path = located(args[0])
        return None if path is None else (kind, {'v': path} if other is None else {'v': path, 'o': located(args[other])})
    return say


def linked(recorder, args):
    return 'link', {'v': located(args[1]), 'o': short(args[0])}


def listed(recorder, args):
    path = located(args[0] if args[0] is not None else '.')
    return None if path is None or path.startswith(recorder.boring) else ('read', {'v': path})


def popen(recorder, args):
    executable, argv = args[0], args[1]
    return 'exec', {'v': executable, 'a': [argv] if _isinstance(argv, (_str, _bytes)) else _list(argv), 'f': 'subprocess.Popen'}


def address(value):
    if _isinstance(value, _tuple) and _len(value) >= 2:
        return '%s:%s' % (short(value[0]), value[1])
    return short(value)


def sent_http(recorder, args):
    """`http.client.send`: what goes out before TLS. Its first line and Host make the URL."""
    connection, data = args[0], args[1]
    if not _isinstance(data, (_bytes, bytearray)):
        return None
    words = _bytes(data[:4096]).split(b'\r\n', 1)[0].split(b' ')
    if _len(words) != 3 or not words[2].startswith(b'HTTP/'):
        return None
    method, way = words[0].decode('latin1'), words[1].decode('latin1')
    if method == 'CONNECT':
        return None
    secure = hasattr(connection, '_context') or type(connection).__name__.startswith('HTTPS')
    host, port = getattr(connection, '_tunnel_host', None) or connection.host, getattr(connection, '_tunnel_port', None) or connection.port
    at = host if port in (None, 443 if secure else 80) else '%s:%s' % (host, port)
    return 'request', {'v': way if '://' in way else '%s://%s%s' % ('https' if secure else 'http', at, way), 'm': method, 'f': 'http.client'}


def compiled(recorder, args):
    """Only code that was made while running. What `import` compiles comes with the name of its file."""
    source, filename = args[0], args[1]
    name = short(filename) or ''
    if source is None or not _isinstance(source, (_str, _bytes)) or _len(source) < 16 or (not name.startswith('<') and os.path.exists(name)) or name.startswith(('<frozen', '<attrs', '<__array')):
        return None
    frame = _getframe(2)
    if frame is not None and recorder.is_inner(frame.f_code.co_filename):
        return None
    import hashlib
    raw = source if _isinstance(source, _bytes) else source.encode('utf-8', 'surrogatepass')
    return 'code', {'v': hashlib.sha256(raw).hexdigest(), 'f': 'compile', 'n': _len(raw), 'x': source}


def imported(recorder, args):
    filename = args[1]
    if not filename or recorder.is_inner(short(filename)):
        return None
    return 'load', {'v': located(filename), 'n': short(args[0])}


TELLERS = {
    'open': opened,
    'os.remove': on_file('delete'), 'os.rmdir': on_file('delete'), 'shutil.rmtree': on_file('delete'),
    'os.rename': on_file('rename', 1), 'os.link': linked, 'os.symlink': linked, 'os.chmod': on_file('mode'), 'os.truncate': on_file('write'),
    'os.listdir': listed, 'os.scandir': listed,
    'subprocess.Popen': popen,
    'os.system': lambda _recorder, args: ('exec', {'v': '/bin/sh', 'a': ['sh', '-c', short(args[0])], 'f': 'os.system'}),
    'os.exec': lambda _recorder, args: ('exec', {'v': args[0], 'a': _list(args[1]), 'f': 'os.exec'}),
    'os.posix_spawn': lambda _recorder, args: ('exec', {'v': args[0], 'a': _list(args[1]), 'f': 'os.posix_spawn'}),
    'os.spawn': lambda _recorder, args: ('exec', {'v': args[1], 'a': _list(args[2]), 'f': 'os.spawn'}),
    'pty.spawn': lambda _recorder, args: ('exec', {'v': args[0][0], 'a': _list(args[0]), 'f': 'pty.spawn'}),
    'os.kill': lambda _recorder, args: None if args[1] == 0 else ('signal', {'v': _str(args[0])}),
    'socket.connect': lambda _recorder, args: ('connect', {'v': address(args[1])}),
    'socket.bind': lambda _recorder, args: ('listen', {'v': address(args[1])}),
    'socket.sendto': lambda _recorder, args: ('send', {'v': address(args[1])}),
    'socket.getaddrinfo': lambda _recorder, args: ('resolve', {'v': args[0]}) if args[0] else None,
    'socket.gethostbyname': lambda _recorder, args: ('resolve', {'v': args[0]}),
    'socket.gethostbyaddr': lambda _recorder, args: ('resolve', {'v': args[0]}),
    'urllib.Request': lambda _recorder, args: ('request', {'v': args[0], 'm': args[3], 'f': 'urllib'}),
    'http.client.send': sent_http,
    'ctypes.dlopen': lambda _recorder, args: ('read', {'v': located(args[0]), 'f': 'dlopen'}) if args[0] else None,
    'compile': compiled,
    'import': imported,
}


def hide(recorder):
    """The program sees its environment as it would be without us; the process's own, which children inherit, keeps it."""
    data = os.environ._data
    data.pop(_encoded(FILE), None)
    for name, foreign in (('PYTHONPATH', recorder.foreign_folders), ('NODE_OPTIONS', recorder.foreign_options)):
        value = data.pop(_encoded(name), None)
        rest = '' if value is None else foreign(os.environ.decodevalue(value))
        if rest:
            data[_encoded(name)] = os.environ.encodevalue(rest)


def watch_environment(recorder):
    kind = type(os.environ)
    item, names = kind.__getitem__, kind.__iter__

    def asked(name):
        count = recorder.names.get(name, 0)
        if count >= MOST_TELLINGS or _len(recorder.names) > 2000 or getattr(_local, 'busy', False):
            return
        # `get`, `in`, `getenv` go through the standard library; what that asks for itself is not the program's.
        frame = _getframe(2)
        while frame is not None and frame.f_code.co_filename.endswith(('/os.py', '_collections_abc.py', '<frozen os>', '<frozen _collections_abc>')):
            frame = frame.f_back
        if frame is None or recorder.is_inner(frame.f_code.co_filename):
            return
        # `dict(os.environ)` asks for all and then for each.
        where = (id(frame), frame.f_lineno)
        if name == '*':
            recorder.all = where
        elif recorder.all == where:
            return
        recorder.names[name] = count + 1
        recorder.tell('environment', {'v': name})

    def getitem(self, key):
        if _isinstance(key, (_str, _bytes)):
            asked(short(key))
        return item(self, key)

    def iterate(self):
        asked('*')
        return names(self)

    kind.__getitem__ = getitem
    kind.__iter__ = iterate


def dress_children(recorder):
    """Whatever environment a child is given, it gets what makes it tell in turn."""
    def dress(pairs):
        lead = recorder.lead()
        pairs[FILE] = recorder.path
        if lead is not None:
            pairs[LEAD] = _str(_int(lead))
        pairs['PYTHONPATH'] = (recorder.here + os.pathsep + recorder.foreign_folders(pairs.get('PYTHONPATH', ''))).rstrip(os.pathsep)
        pairs['NODE_OPTIONS'] = (recorder.node + ' ' + recorder.foreign_options(pairs.get('NODE_OPTIONS', ''))).rstrip()
        return pairs

    def dressed_list(env):
        pairs = dict(os.fsdecode(entry).split('=', 1) for entry in env if b'=' in entry)
        return [os.fsencode(name + '=' + value) for name, value in dress(pairs).items()]

    def dressed_map(env):
        return dress({os.fsdecode(name): os.fsdecode(value) for name, value in dict(env).items()})

    def wrap_fork_exec():
        import _posixsubprocess
        original = _posixsubprocess.fork_exec

        def fork_exec(*args):
            try:
                # (args, executables, close_fds, pass_fds, cwd, env, …): the same places since 3.8.
                if args[5] is not None:
                    args = args[:5] + (dressed_list(args[5]),) + args[6:]
            except Exception:
                pass
            return original(*args)
        _posixsubprocess.fork_exec = fork_exec

    def wrap_os(name, at):
        original = getattr(os, name, None)
        if original is None:
            return

        def wrapped(*args, **options):
            try:
                if _len(args) > at:
                    args = args[:at] + (dressed_map(args[at]),) + args[at + 1:]
            except Exception:
                pass
            return original(*args, **options)
        wrapped.__name__ = name
        setattr(os, name, wrapped)
        try:
            setattr(sys.modules['posix'], name, wrapped)
        except Exception:
            pass

    for part in (wrap_fork_exec, lambda: wrap_os('execve', 2), lambda: wrap_os('posix_spawn', 2), lambda: wrap_os('posix_spawnp', 2)):
        try:
            part()
        except Exception:
            pass
