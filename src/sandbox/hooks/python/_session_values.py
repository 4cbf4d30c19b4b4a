import builtins
import os
from _json import encode_basestring_ascii as _quote
from _thread import _local as _Local

# The program may overwrite whatever it can reach: functions of these modules see builtins as they were.
__builtins__ = dict(vars(builtins))

# The file that events are appended to, and the clock's lead in milliseconds where time is made to run; children get both.
FILE = 'XDG_SESSION_LOG'
LEAD = 'XDG_SESSION_LEAD'
MOST_TEXT = 1024
local = _Local()


def busy():
    """Whether what happens is the hooks' own doing."""
    return getattr(local, 'busy', False)


def encoded(name):
    return os.environ.encodekey(name)


def dumps(value):
    if isinstance(value, str):
        return _quote(value)
    if isinstance(value, dict):
        return '{' + ','.join([_quote(name) + ':' + dumps(part) for name, part in value.items()]) + '}'
    if isinstance(value, (list, tuple)):
        return '[' + ','.join([dumps(part) for part in value]) + ']'
    if value is True or value is False:
        return 'true' if value else 'false'
    return str(value) if isinstance(value, int) else 'null'


def short(value):
    if isinstance(value, str):
        return value[:MOST_TEXT]
    if isinstance(value, bytes):
        return value[:MOST_TEXT].decode('utf-8', 'replace')
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, (list, tuple)):
        return [short(part) for part in value[:64]]
    if hasattr(value, '__fspath__'):
        return short(value.__fspath__())
    return short(type(value).__name__)
