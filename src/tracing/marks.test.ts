import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { HOOK_FILES, hookEnvironment } from '../sandbox/hooks/environment.ts'
import { interpreters } from '../sandbox/hooks/testing.ts'
import { HookReader } from './hooks.ts'
import { Marks } from './marks.ts'

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'marks-')))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const KEY = '0123456789abcdef'
cpSync(HOOK_FILES, join(folder, 'hooks'), { recursive: true })
writeFileSync(join(folder, 'hooks.key'), KEY)

/** What hooks told of a program, as who knows their key reads it. */
function read(program: string, name: string, source: string, key = KEY) {
  const log = join(folder, 'log')
  rmSync(log, { force: true })
  writeFileSync(join(folder, name), source)
  const { stderr } = spawnSync(program, [join(folder, name)], { cwd: folder, encoding: 'utf8', timeout: 50_000, env: { PATH: '/usr/bin:/bin', LOG: log, PYTHONDONTWRITEBYTECODE: '1', ...hookEnvironment({ folder: join(folder, 'hooks'), file: log, timeRuns: false }) } })
  const reader = new HookReader(new Marks(key))
  reader.push(readFileSync(log))
  return { ...reader.end(), stderr }
}

describe.each(interpreters([process.execPath, '/usr/bin/node']))('Node $name', ({ path }) => {
  it('signs every line of a process, its threads and its children', () => {
    const { events, forgeries, lost, stderr } = read(path, 'a.js', `
      process.env.ONE; new (require('worker_threads').Worker)('process.env.TWO', { eval: true })
      require('child_process').execFileSync(process.execPath, ['-e', 'process.env.THREE'], { env: {} })`)
    expect({ forgeries, lost, stderr }).toEqual({ forgeries: 0, lost: 0, stderr: '' })
    expect(events.map(({ target }) => target)).toEqual(expect.arrayContaining(['ONE', 'TWO', 'THREE']))
  })

  it('shows a line that the program wrote itself, whatever it takes from others', () => {
    const { events, forged, forgeries } = read(path, 'b.js', `
      const fs = require('fs'), log = process.env.LOG; process.env.REAL
      const line = fs.readFileSync(log, 'utf8').split('\\n').find((one) => one.includes('"REAL"'))
      fs.appendFileSync(log, line.replace('REAL', 'COPIED') + '\\n')
      fs.appendFileSync(log, JSON.stringify({ k: 'read', p: process.pid, w: 0, t: Date.now(), v: '/home/x/.npmrc', i: 99, z: 1, s: [['/x/node_modules/victim/index.js', 1, 1]] }) + '\\n')`)
    expect(forged.map(({ target }) => target).sort()).toEqual(['/home/x/.npmrc', 'COPIED'])
    expect(forgeries).toBe(2)
    expect(events.map(({ target }) => target)).toContain('REAL')
  })

  it('shows a line that was changed on its way to the log', () => {
    const { events, forged } = read(path, 'e.js', `
      const binding = process.binding('fs'), write = binding.writeString
      binding.writeString = function (fd, text, ...rest) { return write.call(this, fd, text.replace('"STOLEN"', '"HARMLESS"'), ...rest) }
      process.env.STOLEN; process.env['\u00e9\\ud800']; binding.writeString = write; process.env.AFTER`)
    expect(forged.map(({ target }) => target)).toEqual(['HARMLESS'])
    expect(events.map(({ target }) => target)).toEqual(expect.arrayContaining(['\u00e9\ud800', 'AFTER']))
  })

  it('tells who reads the key', () => {
    expect(read(path, 'k.js', `require('fs').readFileSync(${JSON.stringify(join(folder, 'hooks.key'))})`).events.map(({ kind, target }) => `${kind} ${target}`)).toContain(`read ${join(folder, 'hooks.key')}`)
  })

  it('shows that lines are gone, the one that says so among them', () => {
    expect(read(path, 'c.js', `
      const fs = require('fs'), log = process.env.LOG; process.env.AA; process.env.BB; process.env.CC
      fs.writeFileSync(log, fs.readFileSync(log, 'utf8').split('\\n').filter((line) => !line.includes('"BB"')).join('\\n')); process.env.DD`).lost).toBe(2)
  })
})

describe.each(interpreters(['python3']))('$name', ({ path }) => {
  it('signs every line of a process, its threads, forks and children', () => {
    const { events, forgeries, lost, stderr } = read(path, 'a.py', [
      'import os, subprocess, sys, threading', 'os.environ.get("ONE")', 'for n in range(4): threading.Thread(target=lambda n=n: [os.environ.get("T%d_%d" % (n, i)) for i in range(40)]).start()',
      'pid = os.fork()', 'if pid == 0:', '  os.environ.get("TWO")', '  os._exit(0)', 'os.waitpid(pid, 0)', 'subprocess.run([sys.executable, "-c", "import os; os.environ.get(\'THREE\')"], env={})',
    ].join('\n'))
    expect({ forgeries, lost, stderr }).toEqual({ forgeries: 0, lost: 0, stderr: '' })
    expect(events.map(({ target }) => target)).toEqual(expect.arrayContaining(['ONE', 'TWO', 'THREE', 'T0_0', 'T3_39']))
  })

  it('shows a line that the program wrote itself', () => {
    expect(read(path, 'b.py', 'import json, os, time\nopen(os.environ["LOG"], "a").write(json.dumps({"k": "read", "p": os.getpid(), "w": 0, "t": 1, "v": "/x", "i": 5, "s": []}) + "\\n")').forged.map(({ target }) => target)).toEqual(['/x'])
  })
})

it('knows no line by another key, and no line that no hook could write', () => {
  const marks = new Marks(KEY)
  expect(read(process.execPath, 'd.js', 'process.env.X', 'fedcba9876543210').events).toEqual([])
  for (const line of [{}, { p: 1 }, { p: 1, w: 0, t: 1, i: 0 }, { p: 1, w: 0, t: 1, i: 0, z: '1' }, { p: -1, w: 0, t: 1, i: 0, z: 0 }, { p: 1e300, w: 0, t: 1, i: 0, y: 0 }]) expect(marks.admits(JSON.stringify(line), line)).toBe(false)
  expect(() => new Marks('key')).toThrow(RangeError)
})
