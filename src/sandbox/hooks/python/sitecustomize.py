"""Loaded into every Python process of the box by PYTHONPATH. Tells which line of which file did what; the system calls say what
was done. Whatever goes wrong in here must not show in the program: each part gives up silently. Python 3.8 to 3.13."""
import os
import sys


def _begin():
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path.insert(0, here)
    writes = sys.dont_write_bytecode
    sys.dont_write_bytecode = True
    try:
        import _session_audit
        _session_audit.begin(here)
    except Exception:
        pass
    finally:
        sys.dont_write_bytecode = writes
        for name in [name for name in sys.modules if name.startswith('_session_')]:
            sys.modules.pop(name, None)
        sys.path[:] = [folder for folder in sys.path if os.path.abspath(folder) != here]


def _next():
    """The one that would have been loaded without us: isolated builds bring their own."""
    ours = sys.modules.pop('sitecustomize', None)
    try:
        import sitecustomize  # noqa: F401
    except ImportError:
        pass
    finally:
        if ours is not None:
            sys.modules.setdefault('sitecustomize', ours)


_begin()
_next()
