"""What an installed distribution consists of."""
import importlib.metadata
import os
import re

MOST = 400
TESTS = re.compile(r"(?:^|/)(?:tests?|testing|conftest\.py|examples?|benchmarks?|docs?)(?:/|\.py$|$)|(?:^|/)test_[^/]*\.py$")


def files_of(name):
    try:
        return [str(one) for one in importlib.metadata.distribution(name).files or []]
    except importlib.metadata.PackageNotFoundError:
        return None


def modules_of(name):
    """Dotted names of everything that can be imported, packages before what is in them."""
    found = []
    for path in files_of(name) or []:
        if path.startswith("..") or TESTS.search(path):
            continue
        if path.endswith((".py", ".so", ".pyc")) and "__pycache__" not in path:
            stem = re.sub(r"\.(?:py|pyc|[^/]*\.?so)$", "", path)
            parts = stem.split("/")
            if parts[-1] == "__init__":
                parts.pop()
            if parts and parts[-1] != "__main__" and all(part.isidentifier() for part in parts):
                found.append(".".join(parts))
    return sorted(dict.fromkeys(found), key=lambda one: (one.count("."), one))[:MOST]


def mains_of(name):
    """Packages that `python -m` runs."""
    return [os.path.dirname(path).replace("/", ".") for path in files_of(name) or [] if path.endswith("/__main__.py") and not TESTS.search(path)][:10]


def commands_of(name):
    try:
        points = importlib.metadata.distribution(name).entry_points
    except importlib.metadata.PackageNotFoundError:
        return []
    return [point.name for point in points if point.group == "console_scripts" and "/" not in point.name][:20]
