"""Works through a list in a child process that may exit, crash or hang: it is started again behind the item that did it."""
import os
import select
import signal
import stat
import subprocess
import sys
import time

MOST_LEFT_OUT = 20
DEADLINE = time.monotonic() + int(os.environ.pop("CHECK_MS", "50000")) / 1000


def left():
    return DEADLINE - time.monotonic()


def in_turns(script, args, item_seconds=5.0):
    """How many items were begun, and whether there was no time for all of them. What a child says it is loading when it ends before it knows its items, the next leaves out."""
    at, total, without = 0, None, []
    while (total is None or at < total) and left() > 0 and len(without) < MOST_LEFT_OUT:
        read, write = os.pipe()
        child = subprocess.Popen(
            [sys.executable, script, "--child", str(at), str(write), ",".join(without), *args],
            stdin=subprocess.DEVNULL, pass_fds=(write,), start_new_session=True)
        os.close(write)
        before, finished, rest, patience, loading = at, False, b"", item_seconds * 3, None
        while True:
            ready, _, _ = select.select([read], [], [], max(0.01, min(patience, left())))
            chunk = os.read(read, 65536) if ready else b""
            if not chunk:
                break
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                word, _, value = line.decode("ascii", "replace").partition(" ")
                if word == "loading" and value.isdigit():
                    loading = value
                elif word == "total" and value.isdigit():
                    total, loading = int(value), None
                elif word == "begin" and value.isdigit():
                    at = int(value) + 1
                elif word == "end":
                    finished = True
            patience = 6.0 if finished else item_seconds
        os.close(read)
        if finished:
            try:
                child.wait(timeout=max(0.1, min(6.0, left())))
            except subprocess.TimeoutExpired:
                pass
        kill(child)
        if finished:
            break
        if loading is not None:
            without.append(loading)
        elif at == before:
            if total is None:
                break
            at += 1
    return at if total is None else min(at, total), left() <= 0 and (total is None or at < total)


def kill(child):
    if child.poll() is not None:
        return
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass
    try:
        child.wait(timeout=5)
    except subprocess.TimeoutExpired:
        pass


class Way:
    """What the child says of its way."""

    def __init__(self, descriptor):
        """Ends a program that nobody works through a list with: what is called may start its own program once more (reloaders do, from sys.orig_argv)."""
        try:
            # Not handed on, whatever the one who starts it thinks of descriptors: this is how the next one knows.
            os.set_inheritable(descriptor, False)
            is_driven = stat.S_ISFIFO(os.fstat(descriptor).st_mode)
        except OSError:
            is_driven = False
        if not is_driven:
            os._exit(0)
        self.descriptor = descriptor
        self.process = os.getpid()

    def say(self, line):
        # A function that forks and returns twice has not asked for all others to be called once more.
        if os.getpid() != self.process:
            os._exit(0)
        try:
            os.write(self.descriptor, line.encode() + b"\n")
        except OSError:
            pass

    def linger(self, seconds):
        """Waits a little for threads that are still going on, then ends."""
        import threading
        self.say("end")
        # Counted, because clocks may go on by hours in between.
        for _ in range(round(seconds / 0.05)):
            if threading.active_count() == 1:
                break
            time.sleep(0.05)
        sys.stdout.flush()
        os._exit(0)
