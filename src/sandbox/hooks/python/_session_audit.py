import builtins
import os
import sys
import time as _time
from _thread import get_ident as _ident
from itertools import count as _count
from _session_environment import dress_children, hide, watch_environment
from _session_mark import marker
from _session_tellers import TELLERS
from _session_values import FILE, LEAD, MOST_TEXT, dumps, encoded, local, short

# The program may overwrite whatever it can reach: functions of this module see builtins as they were.
__builtins__ = dict(vars(builtins))

MOST_EVENTS = 20000
MOST_FRAMES = 16

_write, _open, _fstat, _getpid = os.write, os.open, os.fstat, os.getpid
_now = _time.time
_getframe = sys._getframe


def begin(here):
    path = os.environ.get(FILE)
    if not path:
        return
    recorder = Recorder(path, here)
    recorder.tell('start', {'v': sys.executable, 'a': list(getattr(sys, 'orig_argv', sys.argv) or [])[1:]}, [])
    dress_children(recorder)
    lead = os.environ._data.pop(encoded(LEAD), None)
    import _session_clock
    recorder.lead = _session_clock.begin(recorder, None if lead is None else float(lead))
    hide(recorder)
    watch_environment(recorder)
    sys.addaudithook(recorder.audit)


def signing(here):
    """What lines are signed with lies beside the hooks, where there is anything."""
    try:
        with open(os.path.dirname(here) + '.key') as file:
            return marker(file.read(100))
    except OSError:
        return None


class Recorder:
    def __init__(self, path, here):
        self.path, self.here = path, here
        self.lead = lambda: None
        self.told = 0
        self.numbers = _count()
        self.mark = signing(here)
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
        if getattr(local, 'busy', False) or self.told >= MOST_EVENTS:
            return
        local.busy = True
        try:
            event = {'k': kind, 'p': _getpid(), 'w': _ident() % 1000000, 't': int(_now() * 1000)}
            for name, value in fields.items():
                event[name] = short(value)
            event['s'] = self.stack() if frames is None else frames
            self.told += 1
            if self.told == MOST_EVENTS:
                event = {'k': 'lost', 'p': event['p'], 'w': event['w'], 't': event['t']}
            event['i'] = next(self.numbers)
            line = dumps(event)
            if self.mark is not None:
                line = '%s,"y":%d}' % (line[:-1], self.mark(line))
            self.append(line + '\n')
        except Exception:
            pass
        finally:
            local.busy = False

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
            if name == '<string>':
                # What setuptools runs of a setup.py is its text, with the file's name beside it.
                file = frame.f_globals.get('__file__')
                if isinstance(file, str) and file.startswith('/'):
                    name = file
            if not self.is_inner(name):
                frames.append([name[:MOST_TEXT] if name.startswith(('/', '<')) else os.path.join(_cwd, name), frame.f_lineno or 0, None])
                if len(frames) == MOST_FRAMES:
                    break
            frame = frame.f_back
            seen += 1
        return frames

    def is_inner(self, name):
        return name.startswith(self.inner) and '/site-packages/' not in name and '/dist-packages/' not in name

    def audit(self, event, args):
        teller = TELLERS.get(event)
        if teller is None or getattr(local, 'busy', False):
            return
        try:
            said = teller(self, args)
        except Exception:
            return
        if said is not None:
            self.tell(said[0], said[1])


try:
    _cwd = os.getcwd()
except OSError:
    _cwd = '/'
