import builtins

# As in `_session_audit`.
__builtins__ = dict(vars(builtins))


def marker(text):
    """Signs what hooks tell, as node/mark.cjs does; by MD5 over the key and four words, for that is there in C. None: there is no key."""
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
    begun, pack = md5(key), int.to_bytes

    def mark(*words):
        one = begun.copy()
        for word in words:
            one.update(pack(word & 0xFFFFFFFF, 4, 'big'))
        return int.from_bytes(one.digest()[:4], 'big')
    return mark
