import builtins

# As in `_session_audit`.
__builtins__ = dict(vars(builtins))


def marker(text):
    """Signs what hooks tell, as node/mark.cjs does; by MD5 over the key and the line, for that is there in C. None: there is no key."""
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        return None
    if len(key) != 8:
        return None
    try:
        from _md5 import md5
    except ImportError:
        from hashlib import md5
    begun, number = md5(key), int.from_bytes

    def mark(line):
        one = begun.copy()
        one.update(line.encode('ascii'))
        return number(one.digest()[:4], 'big')
    return mark
