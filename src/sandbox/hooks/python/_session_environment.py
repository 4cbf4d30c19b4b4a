import builtins
import os
import sys
from _session_values import FILE, LEAD, busy, encoded, short

# As in `_session_audit`.
__builtins__ = dict(vars(builtins))
_getframe = sys._getframe
MOST_TELLINGS = 8


def hide(recorder):
    """The program sees its environment as it would be without us; the process's own, which children inherit, keeps it."""
    data = os.environ._data
    data.pop(encoded(FILE), None)
    for name, foreign in (('PYTHONPATH', recorder.foreign_folders), ('NODE_OPTIONS', recorder.foreign_options)):
        value = data.pop(encoded(name), None)
        rest = '' if value is None else foreign(os.environ.decodevalue(value))
        if rest:
            data[encoded(name)] = os.environ.encodevalue(rest)


def watch_environment(recorder):
    kind = type(os.environ)
    item, names = kind.__getitem__, kind.__iter__

    def asked(name):
        try:
            ask(name)
        except Exception:
            pass

    def ask(name):
        count = recorder.names.get(name, 0)
        if count >= MOST_TELLINGS or len(recorder.names) > 2000 or busy():
            return
        # `get`, `in`, `getenv` go through the standard library; what that asks for itself is not the program's.
        frame = _getframe(3)
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
        if isinstance(key, (str, bytes)):
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
            pairs[LEAD] = str(int(lead))
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
                if len(args) > at:
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
