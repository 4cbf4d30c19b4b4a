import builtins
import sys
import time
from math import log1p

# As in `_session_audit`.
__builtins__ = dict(vars(builtins))

# From here on a wait is told, and shortened where time is made to run.
LONG = 1.0
SPINS, SPIN_WINDOW, SPIN_STEP = 2000, 0.02, 0.25
# Somebody may end these before their time, and gets as long for it as anybody needs who works.
OPEN, WORK = 30.0, 1.0
# Waits with nothing done between them, in seconds: a loop of them is one wait.
NOTHING = 0.005


def shortened(seconds):
    """What a wait takes in truth: ten minutes 1.3 s, a day 2.3 s; longer ones always longer, so that their order stays."""
    return min(seconds, 0.2 * log1p(seconds))


def begin(recorder, lead):
    """Tells of waits; with a lead in milliseconds also shortens them, with every clock ahead by the same lead. Returns who answers the lead."""
    clock = Clock(recorder, lead)
    clock.wrap_sleep()
    if lead is not None:
        clock.move_clocks()
    patches = ALWAYS if lead is None else {**ALWAYS, **FAST}
    for name in patches:
        if name in sys.modules:
            patches[name](clock, sys.modules[name])
    sys.meta_path.insert(0, Later(clock, {name: patch for name, patch in patches.items() if name not in sys.modules}))
    return lambda: None if clock.lead is None else clock.lead * 1000


class Clock:
    def __init__(self, recorder, lead):
        self.recorder = recorder
        self.lead = None if lead is None else lead / 1000
        self.now = time.time
        self.sleep = time.sleep
        self.since, self.asked = 0.0, 0
        self.moved = {}
        self.ended, self.naps = 0.0, 0

    def waits(self, seconds, how, body, quick=False):
        """Tells of a wait and does it by `body(seconds)`, shortened where time runs. `quick`: without telling who."""
        if not isinstance(seconds, (int, float)) or not LONG <= seconds < 1e9:
            return body(seconds)
        if not quick:
            self.recorder.tell('sleep', {'v': how, 'ms': int(seconds * 1000)})
        if self.lead is None:
            return body(seconds)
        now = self.now()
        self.naps = self.naps + 1 if now - self.ended < NOTHING else 0
        due = now + self.lead + seconds
        result = body(shortened(seconds) / (1 + self.naps * self.naps / 100))
        self.ended = self.now()
        self.lead = max(self.lead, due - self.ended)
        return result

    def waits_for(self, seconds, how, body, over):
        """As `waits`, for what may end by itself: the clock goes on only where it was `over(result)`."""
        if not isinstance(seconds, (int, float)) or not OPEN <= seconds < 1e9:
            return body(seconds)
        self.recorder.tell('sleep', {'v': how, 'ms': int(seconds * 1000)})
        due = self.now() + self.lead + seconds
        result = body(WORK + shortened(seconds))
        if over(result):
            self.lead = max(self.lead, due - self.now())
        return result

    def wrap_sleep(self):
        original = self.sleep

        def sleep(seconds):
            return self.waits(seconds, 'time.sleep', original)
        sleep.__doc__ = original.__doc__
        time.sleep = sleep

    def ahead(self):
        at = self.now()
        if at - self.since > SPIN_WINDOW:
            self.since, self.asked = at, 0
        else:
            self.asked += 1
            if self.asked > SPINS:
                self.lead += SPIN_STEP
        return self.lead

    def move_clocks(self):
        for name in ('time', 'monotonic', 'perf_counter'):
            self.move(name, 1)
            self.move(name + '_ns', 1_000_000_000)
        for name in ('gmtime', 'localtime', 'ctime'):
            original = getattr(time, name)
            setattr(time, name, lambda seconds=None, original=original: original(time.time() if seconds is None else seconds))
        strftime = time.strftime
        time.strftime = lambda form, *moment: strftime(form, *(moment or (time.localtime(),)))

    def move(self, name, unit):
        original = getattr(time, name)

        def moved():
            return original() + (self.ahead() if unit == 1 else int(self.ahead() * unit))
        moved.__name__ = name
        setattr(time, name, moved)
        self.moved[original] = moved


def patch_threading(clock, module):
    def run(timer):
        clock.waits(timer.interval, 'threading.Timer', timer.finished.wait)
        if not timer.finished.is_set():
            timer.function(*timer.args, **timer.kwargs)
        timer.finished.set()
    module.Timer.run = run
    module._time = clock.moved.get(module._time, module._time)
    if clock.lead is None:
        return
    wait = module.Condition.wait

    def waits(condition, timeout=None):
        return clock.waits_for(timeout, 'threading', lambda seconds: wait(condition, seconds), lambda notified: not notified)
    waits.__name__ = 'wait'
    module.Condition.wait = waits


def patch_select(clock, module):
    original = module.select

    def select(read, write, odd, timeout=None):
        return clock.waits_for(timeout, 'select', lambda seconds: original(read, write, odd, seconds), lambda ready: not any(ready))
    module.select = select


def patch_datetime(clock, module):
    base = module.datetime

    class Kind(type(base)):
        def __instancecheck__(cls, value):
            return isinstance(value, base)

        def __subclasscheck__(cls, kind):
            return issubclass(kind, base)

    class datetime(base, metaclass=Kind):
        @classmethod
        def now(cls, tz=None):
            return cls.fromtimestamp(time.time(), tz)

        @classmethod
        def utcnow(cls):
            return cls.fromtimestamp(time.time(), module.timezone.utc).replace(tzinfo=None)

        @classmethod
        def today(cls):
            return cls.fromtimestamp(time.time())
    datetime.__module__ = 'datetime'
    datetime.__qualname__ = 'datetime'
    module.datetime = datetime


def patch_asyncio(clock, module):
    loop = module.BaseEventLoop
    call_later = loop.call_later

    def later(self, delay, callback, *args, **options):
        if clock.lead is None or not isinstance(delay, (int, float)) or not LONG <= delay < 1e9:
            return call_later(self, delay, callback, *args, **options)
        clock.recorder.tell('sleep', {'v': 'asyncio', 'ms': int(delay * 1000)})
        due = clock.now() + clock.lead + delay

        def fire(*given):
            clock.lead = max(clock.lead, due - clock.now())
            callback(*given)
        return call_later(self, shortened(delay), fire, *args, **options)
    loop.call_later = later


ALWAYS = {'threading': patch_threading}
FAST = {'datetime': patch_datetime, 'asyncio.base_events': patch_asyncio, 'select': patch_select}


class Later:
    """Patches modules once they are loaded, where they were not yet."""

    def __init__(self, clock, patches):
        self.clock, self.patches = clock, patches

    def find_spec(self, name, path=None, target=None):
        patch = self.patches.pop(name, None)
        if patch is None:
            return None
        for finder in sys.meta_path:
            spec = None if finder is self or not hasattr(finder, 'find_spec') else finder.find_spec(name, path, target)
            if spec is not None:
                break
        else:
            return None
        if spec.loader is None or not hasattr(spec.loader, 'exec_module'):
            return spec
        loader, clock = spec.loader, self.clock
        run = loader.exec_module

        def exec_module(module):
            run(module)
            try:
                patch(clock, module)
            except Exception:
                pass
        try:
            loader.exec_module = exec_module
        except AttributeError:
            pass
        return spec
