import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, it } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'drivers-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A driver of three items whose second is this line of Python; what it was called for, in order. */
function called(line: string): string[] {
  const script = join(folder, 'driver.py')
  writeFileSync(script, `
import os, subprocess, sys
sys.path.insert(0, ${JSON.stringify(fileURLToPath(new URL('drivers', import.meta.url)))})
from turns import Way, in_turns
if sys.argv[1] == '--child':
    way = Way(int(sys.argv[3]))
    way.say('total 3')
    for at in range(int(sys.argv[2]), 3):
        way.say(f'begin {at}')
        print(f'call {at}', flush=True)
        if at == 1:
            ${line}
    way.linger(0)
print(in_turns(os.path.abspath(__file__), ['x']), flush=True)
`)
  return execFileSync('python3', [script, 'x'], { encoding: 'utf8' }).trim().split('\n')
}

const ONCE = ['call 0', 'call 1', 'call 2', '(3, False)']

it.each([
  ['starts its own program once more', 'subprocess.call([sys.executable, *sys.orig_argv[1:]], close_fds=False)'],
  ['becomes its own program once more, in a child', 'os.fork() or os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])'],
  ['returns twice', 'os.fork()'],
])('calls everything once where one of them %s', (_what, line) => expect(called(line)).toEqual(ONCE))
