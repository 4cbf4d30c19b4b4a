import builtins
import os
import sys
from _session_values import short

# As in `_session_audit`.
__builtins__ = dict(vars(builtins))
_getframe = sys._getframe


def located(path):
    if isinstance(path, int):
        return None
    path = short(path)
    if not isinstance(path, str):
        return None
    return path if path.startswith('/') else os.path.normpath(os.path.join(os.getcwd(), path))


def opened(recorder, args):
    path = located(args[0])
    if path is None:
        return None
    mode, flags = args[1], args[2]
    writes = (isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND)) or (isinstance(mode, str) and any(letter in mode for letter in 'wax+'))
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
    return 'exec', {'v': executable, 'a': [argv] if isinstance(argv, (str, bytes)) else list(argv), 'f': 'subprocess.Popen'}


def address(value):
    if isinstance(value, tuple) and len(value) >= 2:
        return '%s:%s' % (short(value[0]), value[1])
    return short(value)


def sent_http(recorder, args):
    """`http.client.send`: what goes out before TLS. Its first line and Host make the URL."""
    connection, data = args[0], args[1]
    if not isinstance(data, (bytes, bytearray)):
        return None
    words = bytes(data[:4096]).split(b'\r\n', 1)[0].split(b' ')
    if len(words) != 3 or not words[2].startswith(b'HTTP/'):
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
    if source is None or not isinstance(source, (str, bytes)) or len(source) < 16 or (not name.startswith('<') and os.path.exists(name)) or name.startswith(('<frozen', '<attrs', '<__array')):
        return None
    frame = _getframe(2)
    if frame is not None and recorder.is_inner(frame.f_code.co_filename):
        return None
    import hashlib
    raw = source if isinstance(source, bytes) else source.encode('utf-8', 'surrogatepass')
    return 'code', {'v': hashlib.sha256(raw).hexdigest(), 'f': 'compile', 'n': len(raw), 'x': source}


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
    'os.exec': lambda _recorder, args: ('exec', {'v': args[0], 'a': list(args[1]), 'f': 'os.exec'}),
    'os.posix_spawn': lambda _recorder, args: ('exec', {'v': args[0], 'a': list(args[1]), 'f': 'os.posix_spawn'}),
    'os.spawn': lambda _recorder, args: ('exec', {'v': args[1], 'a': list(args[2]), 'f': 'os.spawn'}),
    'pty.spawn': lambda _recorder, args: ('exec', {'v': args[0][0], 'a': list(args[0]), 'f': 'pty.spawn'}),
    'os.kill': lambda _recorder, args: None if args[1] == 0 else ('signal', {'v': str(args[0])}),
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
