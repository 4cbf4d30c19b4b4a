"""What functions of a package are called with. The same texts are in ../given.ts, so that what came from here is known again."""
import inspect
import os

TEXT = "hello world"
URL = "https://www.shop.example/products?page=1"


def file():
    return os.path.join(os.getcwd(), "data", "products.json")


def callback(*given, **named):
    return given[0] if given else None


BY_NAME = (
    (("url", "uri", "endpoint", "href"), lambda: URL),
    (("path", "file", "filename", "filepath"), file),
    (("dir", "directory", "folder", "cwd", "root"), lambda: os.path.dirname(file())),
    (("host", "hostname", "domain", "server"), lambda: "www.shop.example"),
    (("port", "count", "size", "n", "num", "number", "limit", "timeout", "seconds", "index", "length"), lambda: 7),
    (("callback", "func", "function", "fn", "handler", "f", "key"), lambda: callback),
    (("data", "bytes", "buffer", "content"), lambda: b"hello world"),
    (("args", "items", "values", "list", "array", "words", "argv"), lambda: [TEXT, TEXT]),
    (("options", "config", "settings", "params", "kwargs", "headers", "context", "event", "request"), lambda: {"name": TEXT, "url": URL}),
)
BY_TYPE = {str: lambda: TEXT, int: lambda: 7, float: lambda: 1.5, bool: lambda: True, bytes: lambda: b"hello world", list: lambda: [TEXT, TEXT], dict: lambda: {"name": TEXT}, tuple: lambda: (TEXT,), set: lambda: {TEXT}}


def plausible(parameter):
    kind = parameter.annotation
    if isinstance(kind, str):
        kind = {"str": str, "int": int, "float": float, "bool": bool, "bytes": bytes, "list": list, "dict": dict}.get(kind.split("[")[0].strip())
    if kind in BY_TYPE and kind is not str:
        return BY_TYPE[kind]()
    name = parameter.name.lower()
    for names, value in BY_NAME:
        if name in names or any(name.endswith("_" + one) for one in names if len(one) > 2):
            return value()
    return TEXT


def ways_to_call(target):
    """Positional arguments, several times: only what must be given, then everything, then other kinds."""
    try:
        parameters = [one for one in inspect.signature(target).parameters.values() if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)]
    except (TypeError, ValueError):
        return [[], [TEXT], [TEXT, TEXT]]
    needed = [one for one in parameters if one.default is one.empty]
    ways = [[plausible(one) for one in needed], [plausible(one) for one in parameters], [TEXT for _ in needed], [7 for _ in needed], [{"name": TEXT} for _ in needed]]
    kept = []
    for way in ways:
        if way not in kept:
            kept.append(way)
    return kept
