"""Imports every module of an installed distribution."""
import importlib
import os
import sys

from modules import files_of, modules_of
from turns import Way, in_turns


def child(start, descriptor, name):
    way = Way(descriptor)
    sys.argv = [os.path.join(os.getcwd(), "app.py")]
    modules = modules_of(name)
    way.say(f"total {len(modules)}")
    for at in range(start, len(modules)):
        way.say(f"begin {at}")
        try:
            importlib.import_module(modules[at])
        except BaseException:
            pass
    way.linger(3)


if __name__ == "__main__":
    if sys.argv[1] == "--child":
        child(int(sys.argv[2]), int(sys.argv[3]), sys.argv[5])
    if files_of(sys.argv[1]) is None:
        sys.exit(f"{sys.argv[1]} is not there")
    begun, late = in_turns(os.path.abspath(__file__), [sys.argv[1]], 8.0)
    print(f"{begun} modules imported")
    sys.exit(3 if late else 0)
