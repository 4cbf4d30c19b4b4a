import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { interpreters, runHooked } from './testing.ts'

const minor = (name: string): number => Number(/^Python 3\.(\d+)/.exec(name)?.[1])
/** The oldest, the newest, and the one that `python3` is. */
const FOUND = interpreters(['python3', 'python3.8', 'python3.9', 'python3.10', 'python3.11', 'python3.12', 'python3.13']).filter(({ name }) => minor(name) >= 8)
const PYTHONS = [...new Set([FOUND[0], ...FOUND.toSorted((a, b) => minor(a.name) - minor(b.name)).filter((_one, i, all) => i === 0 || i === all.length - 1)])].filter((one) => one !== undefined)

const CODE = 'x = 1 + 1 + 1 + 1 + 1'

/** One line each, all in one program. */
const TOLD: [string, string, string][] = [
  ['variables', 'os.environ.get("SECRET")', 'environment SECRET'],
  ['variables by another way', 'os.getenv("TOKEN")', 'environment TOKEN'],
  ['whether there is one', '"OTHER" in os.environ', 'environment OTHER'],
  ['all variables, once', 'dict(os.environ)', 'environment *'],
  ['files', 'attempt(lambda: open("/home/u/.ssh/id_rsa"))', 'read /home/u/.ssh/id_rsa'],
  ['files by paths', 'attempt(lambda: pathlib.Path("/home/u/.pypirc").read_text())', 'read /home/u/.pypirc'],
  ['folders', 'attempt(lambda: os.listdir("/home/u"))', 'read /home/u'],
  ['writing', 'open("x.txt", "w").close()', 'write x.txt'],
  ['opening to write', 'os.close(os.open("x.txt", os.O_RDWR))', 'write x.txt'],
  ['renaming', 'os.rename("x.txt", "y.txt")', 'rename x.txt'],
  ['removing', 'os.remove("y.txt")', 'delete y.txt'],
  ['removing trees', 'shutil.rmtree("nowhere", ignore_errors=True)', 'delete nowhere'],
  ['programs', 'subprocess.run(["true"])', 'exec true'],
  ['shell lines', 'subprocess.call("true", shell=True)', 'exec /bin/sh'],
  ['shell lines by os', 'os.system("true")', 'exec /bin/sh'],
  ['names', 'attempt(lambda: socket.getaddrinfo("c2.example.invalid", 80))', 'resolve c2.example.invalid'],
  ['connections', 'attempt(lambda: socket.create_connection(("127.0.0.1", 9), 1))', 'connect 127.0.0.1:9'],
  ['datagrams', 'socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", 9))', 'send 127.0.0.1:9'],
  ['requests', 'attempt(lambda: urllib.request.urlopen("http://127.0.0.1:9/x?y", timeout=1))', 'request http://127.0.0.1:9/x?y'],
  ['libraries', 'attempt(lambda: ctypes.CDLL("/home/u/evil.so"))', 'read /home/u/evil.so'],
  ['code made of text', `exec("${CODE}")`, `code ${createHash('sha256').update(CODE).digest('hex')}`],
  ['signals', 'attempt(lambda: os.kill(2 ** 22 - 1, 15))', 'signal 4194303'],
  ['long waits of timers', 't = threading.Timer(3600, print); t.daemon = True; t.start(); time.sleep(0.05)', 'sleep threading.Timer'],
]

it.skipIf(PYTHONS.length > 0)('no Python from 3.8 on is here: its hooks are not tried', () => {
  expect(PYTHONS).toEqual([])
})

describe.each(PYTHONS)('$name', ({ path }) => {
  const run = (source: string, more: Partial<Parameters<typeof runHooked>[0]> = {}) => runHooked({ interpreter: path, name: 'main.py', source, ...more })

  describe('tells of', () => {
    const preamble = ['import ctypes, os, pathlib, shutil, socket, subprocess, threading, time, urllib.request', 'def attempt(what):', '  try: what()', '  except Exception: pass']
    const { told, unreadable, stderr } = run([...preamble, ...TOLD.map(([, source]) => source)].join('\n'))

    it('everything, readably', () => {
      expect({ unreadable, stderr }).toEqual({ unreadable: 0, stderr: '' })
    })

    it.each(TOLD.map(([name, , expected], i) => [name, expected, i + preamble.length + 1] as const))('%s', (_name, expected, line) => {
      // A timer waits in a thread of its own, which no line of the program's is in.
      expect(told).toContain(`${expected} ${expected.startsWith('sleep threading') ? '-' : line}`)
    })
  })

  it('tells the line of the innermost function that is not the library’s, and the way there', () => {
    const { events } = run('import lib\ndef outer():\n    return lib.ask("X")\nouter()', { files: { 'lib.py': 'import os\ndef ask(name):\n    return os.environ.get(name)\n' } })
    const stack = events.find(({ target }) => target === 'X')?.stack ?? []
    expect(stack.map(([file, line]) => `${file.split('/').at(-1)}:${line}`)).toEqual(['lib.py:3', 'main.py:3', 'main.py:4'])
  })

  it('follows children with any environment, and Node between', () => {
    const { events } = run(`import os, subprocess, sys
subprocess.run([sys.executable, '-c', 'import os; os.environ.get("ONE")'], env={})
subprocess.run(['sh', '-c', '"$0" -c "import os; os.environ.get(\\'TWO\\')"', sys.executable], env={'PATH': os.environ['PATH']})
subprocess.run([${JSON.stringify(process.execPath)}, '-e', 'require("child_process").execFileSync(process.argv[1], ["-c", "import os; os.environ.get(\\\\"THREE\\\\")"], { env: {} })', sys.executable], env={})
if os.fork() == 0:
    os.environ.get('FOUR')
    os.execve(sys.executable, [sys.executable, '-c', 'import os; os.environ.get("FIVE")'], {})
os.wait()`)
    const asked = events.filter(({ kind, target }) => kind === 'environment' && /^[A-Z]+$/.test(target) && target !== 'PATH')
    expect(asked.map(({ target }) => target)).toEqual(['ONE', 'TWO', 'THREE', 'FOUR', 'FIVE'])
    expect(new Set(asked.map(({ pid }) => pid)).size).toBe(4)
  })

  it('shows nothing of itself, and loads what it stands in for', () => {
    const { stdout, stderr } = run(`import os, subprocess, sys
print([name for name in os.environ if name.startswith(('NODE_OPT', 'XDG_S', 'PYTHONPATH'))], [folder for folder in sys.path if 'hooks' in folder], [name for name in sys.modules if name.startswith('_session')], flush=True)
subprocess.run([sys.executable, '-c', 'import os; print(os.environ.get("CHAINED"), os.environ.get("PYTHONPATH") == os.getcwd())'], env={'PYTHONPATH': os.getcwd()})`, {
      files: { 'sitecustomize.py': 'import os\nos.environ["CHAINED"] = "yes"\n' },
    })
    expect({ stdout: stdout.trim().split('\n'), stderr }).toEqual({ stdout: ['[] [] []', 'yes True'], stderr: '' })
  })

  it('goes on telling whatever the program overwrites, closes or throws at it', () => {
    const { told, stdout, stderr, unreadable } = run(`import builtins, os, sys, time
def broken(*_args, **_options): raise RuntimeError
for fd in range(3, 60):
    try: 'session' in os.readlink('/proc/self/fd/%d' % fd) and os.close(fd)
    except OSError: pass
for name in ('write', 'open', 'fstat', 'getpid'): setattr(os, name, broken)
time.time = broken; sys._getframe = broken; builtins.getattr = broken; builtins.any = broken; builtins.tuple = broken
os.environ.get('AFTER')
sys.stdout.write('alive')`)
    expect({ stdout, stderr, unreadable }).toEqual({ stdout: 'alive', stderr: '', unreadable: 0 })
    expect(told.join('\n')).toContain('environment AFTER')
  })

  it('bounds what it tells', () => {
    const { events } = run('import os\nbig = "x" * 1000000\nfor i in range(21000):\n    try: os.remove("/nowhere/%d" % i)\n    except OSError: pass\n')
    expect(events.length).toBeLessThanOrEqual(20_000)
    expect(events.at(-1)?.kind).toBe('lost')
  })

  it('is not there where somebody leaves it out, which its absence tells', () => {
    const { events } = run('import subprocess, sys\nsubprocess.run([sys.executable, "-I", "-c", "import os; os.environ.get(\'X\')"])')
    expect(events.filter(({ kind }) => kind === 'start')).toHaveLength(1)
    expect(events.find(({ kind }) => kind === 'exec')?.argv).toContain('-I')
  })

  it('lets sleep, timers and loops pass in moments where time runs, and every clock with them', () => {
    const { stdout, stderr } = run(`import asyncio, datetime, threading, time
began, tick, day = time.time(), time.monotonic(), datetime.datetime.now()
def say(name): print(name, *(round(seconds / 60) for seconds in (time.time() - began, time.monotonic() - tick, (datetime.datetime.now() - day).total_seconds())), flush=True)
time.sleep(600); say('sleep')
timer = threading.Timer(1200, say, ['timer']); timer.start(); timer.join()
async def wait():
    await asyncio.sleep(1800); say('loop')
asyncio.run(wait())
end = time.time() + 600
while time.time() < end: pass
say('spin')
print(isinstance(day, datetime.datetime), type(day).__name__, time.strftime('%Y', time.gmtime()) == str(datetime.datetime.utcnow().year))`, { timeRuns: true, env: { PYTHONWARNINGS: 'ignore' } })
    expect(stderr).toBe('')
    expect(stdout.trim().split('\n')).toEqual(['sleep 10 10 10', 'timer 30 30 30', 'loop 60 60 60', 'spin 70 70 70', 'True datetime True'])
  })

  it('lets waits pass that somebody could end, and does not where somebody does; loops of short ones are one wait', () => {
    const { stdout, stderr, events } = run(`import queue, select, threading, time
began = time.time()
def say(name, what): print(name, what, round((time.time() - began) / 60), flush=True)
say('event', threading.Event().wait(600))
try: queue.Queue().get(timeout=600)
except queue.Empty: say('queue', 'empty')
say('select', select.select([], [], [], 600))
ready = threading.Event()
threading.Thread(target=ready.set).start()
say('ready', ready.wait(600))
for _ in range(600): time.sleep(1)
say('naps', None)`, { timeRuns: true })
    expect(stderr).toBe('')
    expect(stdout.trim().split('\n')).toEqual(['event False 10', 'queue empty 20', 'select ([], [], []) 30', 'ready True 30', 'naps None 40'])
    expect(events.filter(({ kind }) => kind === 'sleep').length).toBeGreaterThan(3)
  })
})
