import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { interpreters, runHooked } from './testing.ts'

const NODES = interpreters([process.execPath, '/usr/bin/node', '/usr/local/bin/node']).filter(({ name }) => Number(/^v(\d+)/.exec(name)?.[1]) >= 18)

const CODE = 'return 1 + 1 + 1 + 1 + 1'
const SCRIPT = '1 + 1 + 1 + 1 + 1 + 1'
const digest = (code: string): string => createHash('sha256').update(code).digest('hex')

/** One line each, all in one program. */
const TOLD: [string, string, string][] = [
  ['variables', 'process.env.SECRET', 'environment SECRET'],
  ['whether there is one', '"SECRET" in process.env', 'environment SECRET'],
  ['all variables', 'JSON.stringify(process.env)', 'environment *'],
  ['variables in evaluated code', 'eval("process.env.SECRET")', 'environment SECRET'],
  ['files', 'try { require("fs").readFileSync("/home/u/.ssh/id_rsa") } catch {}', 'read /home/u/.ssh/id_rsa'],
  ['files, later', 'require("fs").readFile("/home/u/.npmrc", () => {})', 'read /home/u/.npmrc'],
  ['files, promised', 'require("fs/promises").readFile("/home/u/.npmrc").catch(() => {})', 'read /home/u/.npmrc'],
  ['streams', 'require("fs").createReadStream("/home/u/.npmrc").on("error", () => {})', 'read /home/u/.npmrc'],
  ['files by URL', 'try { require("fs").readFileSync(new URL("file:///home/u/a%20b")) } catch {}', 'read /home/u/a b'],
  ['folders', 'try { require("fs").readdirSync("/home/u") } catch {}', 'read /home/u'],
  ['writing', 'require("fs").writeFileSync("x.txt", "")', 'write x.txt'],
  ['opening to write', 'require("fs").openSync("x.txt", "a")', 'write x.txt'],
  ['removing', 'require("fs").rmSync("x.txt", { force: true })', 'delete x.txt'],
  ['shell lines', 'require("child_process").execSync("true")', 'exec true'],
  ['programs', 'require("child_process").spawn("true").on("error", () => {})', 'exec true'],
  ['programs, with nothing but a callback', 'require("child_process").execFile("true", () => {})', 'exec true'],
  ['shell lines, promised', 'require("util").promisify(require("child_process").exec)("true")', 'exec true'],
  ['names', 'require("dns").lookup("c2.example.invalid", () => {})', 'resolve c2.example.invalid'],
  ['names, promised', 'require("dns").promises.resolve4("c2.example.invalid").catch(() => {})', 'resolve c2.example.invalid'],
  ['connections', 'require("net").connect(9, "127.0.0.1").on("error", () => {})', 'connect 127.0.0.1:9'],
  ['requests', 'require("https").get("https://127.0.0.1:9/x?y").on("error", () => {})', 'request https://127.0.0.1:9/x?y'],
  ['requests by options', 'require("http").request({ host: "127.0.0.1", port: 9, path: "/z", method: "POST" }).on("error", () => {}).end()', 'request http://127.0.0.1:9/z'],
  ['fetch', 'fetch("http://127.0.0.1:9/f", { method: "PUT" }).catch(() => {})', 'request http://127.0.0.1:9/f'],
  ['code made of text', `new Function("${CODE}")()`, `code ${digest(CODE)}`],
  ['scripts made of text', `require("vm").runInThisContext("${SCRIPT}")`, `code ${digest(SCRIPT)}`],
  ['long timers', 'setTimeout(() => {}, 600000).unref()', 'sleep setTimeout'],
  ['signals', 'try { process.kill(2 ** 22 - 1, "SIGTERM") } catch {}', 'signal 4194303'],
]

describe.each(NODES)('Node $name', ({ path }) => {
  const run = (source: string, more: Partial<Parameters<typeof runHooked>[0]> = {}) => runHooked({ interpreter: path, name: 'main.js', source, ...more })

  describe('tells of', () => {
    const { told, unreadable, stderr } = run(TOLD.map(([, source]) => source).join('\n'))

    it('everything, readably', () => {
      expect({ unreadable, stderr }).toEqual({ unreadable: 0, stderr: '' })
    })

    it.each(TOLD.map(([name, , expected], line) => [name, `${expected} ${line + 1}`]))('%s', (_name, expected) => {
      expect(told).toContain(expected)
    })
  })

  it('tells the line of the innermost function that is not Node’s, and the way there', () => {
    const { events } = run('const a = require("./lib.js")\nfunction outer() {\n  return a("X")\n}\nouter()', { files: { 'lib.js': '\n\nmodule.exports = (name) => process.env[name]' } })
    const stack = events.find(({ target }) => target === 'X')?.stack ?? []
    expect(stack.slice(0, 3).map(([file, line]) => `${file.split('/').at(-1)}:${line}`)).toEqual(['lib.js:3', 'main.js:3', 'main.js:5'])
  })

  it('tells of modules that import', () => {
    const { told } = run('import { execSync } from "node:child_process"\nimport fs, { readFileSync } from "fs"\n\nexecSync("true")\ntry { readFileSync("/home/u/a") } catch {}\ntry { fs.readFileSync("/home/u/b") } catch {}', { name: 'main.mjs' })
    expect(told).toEqual(expect.arrayContaining(['exec true 4', 'read /home/u/a 5', 'read /home/u/b 6']))
  })

  it('follows children with any environment, threads, and Python between', () => {
    const { events } = run(`
      const { execFileSync, spawnSync } = require('child_process')
      execFileSync(process.execPath, ['-e', 'process.env.ONE'], { env: {} })
      spawnSync('sh', ['-c', '"$0" -e "process.env.TWO"', process.execPath], { env: { PATH: process.env.PATH } })
      require('child_process').fork('child.js', [], { env: {} })
      const { Worker } = require('worker_threads')
      new Worker('process.env.FOUR', { eval: true, env: {}, execArgv: [] })`, { files: { 'child.js': 'process.env.THREE' } })
    expect(events.filter(({ kind }) => kind === 'environment').map(({ target }) => target)).toEqual(expect.arrayContaining(['ONE', 'TWO', 'THREE', 'FOUR']))
  })

  it('lends whom the box trusts to a child without an environment, which does not see it', () => {
    const { stdout } = run(`
      console.log(require('child_process').execFileSync(process.execPath, ['-p', 'JSON.stringify([process.env.NODE_EXTRA_CA_CERTS, Object.keys(process.env), /NODE_EXTRA_CA_CERTS=.tmp.box/.test(require("fs").readFileSync("/proc/self/environ"))])'], { env: { A: '1' }, encoding: 'utf8' }))
      console.log(process.env.NODE_EXTRA_CA_CERTS)`, { env: { NODE_EXTRA_CA_CERTS: '/tmp/box' } })
    expect(stdout.trim().split(/\n+/)).toEqual([JSON.stringify([null, ['A'], true]), '/tmp/box'])
  })

  it('shows nothing of itself', () => {
    const { stdout, stderr } = run(`
      console.log(JSON.stringify([process.env.NODE_OPTIONS, process.env.PYTHONPATH, Object.keys(process.env).filter((name) => /NODE_OPT|PYTHONPATH|SESSION/.test(name)), 'NODE_OPTIONS' in process.env,
        Object.keys(require.cache).length, process.execArgv, require('child_process').exec.name, require('child_process').spawn.length, require('fs').readFileSync.name, (() => {}) instanceof Function, (() => {}).constructor === Function, new Date() instanceof Date]))
      process.env.NODE_OPTIONS = '--no-warnings'; console.log(process.env.NODE_OPTIONS)`)
    expect(stderr).toBe('')
    expect(stdout.trim().split('\n')).toEqual([JSON.stringify([null, null, [], false, 1, [], 'exec', 3, 'readFileSync', true, true, true]), '--no-warnings'])
  })

  it('goes on telling whatever the program overwrites, closes or throws at it', () => {
    const { told, stdout, stderr, unreadable } = run(`
      const fs = require('fs')
      Error.prepareStackTrace = () => { throw new Error('caught') }; Error.stackTraceLimit = 0
      JSON.stringify = () => { throw 1 }; String.prototype.slice = () => { throw 1 }; Array.prototype.push = () => { throw 1 }; Date.now = () => { throw 1 }; Array.prototype[Symbol.iterator] = undefined
      for (let fd = 3; fd < 60; fd++) try { if (fs.readlinkSync('/proc/self/fd/' + fd).includes('session')) fs.closeSync(fd) } catch {}
      process.env.AFTER
      process.stdout.write('alive')`)
    expect(unreadable).toBe(0)
    expect({ stdout, stderr }).toEqual({ stdout: 'alive', stderr: '' })
    expect(told.join('\n')).toContain('environment AFTER')
  })

  it('writes to no file of the program’s that got its descriptor’s number', () => {
    const { stdout } = run(`
      const fs = require('fs'); const mine = []
      for (let fd = 3; fd < 60; fd++) { try { if (fs.readlinkSync('/proc/self/fd/' + fd).endsWith('session.log')) { fs.closeSync(fd) } } catch {} }
      for (let i = 0; i < 20; i++) mine.push(fs.openSync('mine' + i, 'w+'))
      process.env.ANY; process.env.OTHER
      console.log(mine.map((fd) => fs.fstatSync(fd).size).join(''))`)
    expect(stdout.trim()).toBe('0'.repeat(20))
  })

  it('bounds what it tells', () => {
    const { events } = run('try { require("fs").readFileSync("x".repeat(1e6)) } catch {}\nfor (let i = 0; i < 3000; i++) process.env["V" + i]\nfor (let i = 0; i < 19000; i++) require("fs").unlink("/nowhere/" + "x".repeat(2000), () => {})')
    expect(events.length).toBeLessThanOrEqual(20_000)
    expect(events.at(-1)?.kind).toBe('lost')
  })

  it('tells of what Node asks for itself as nobody’s', () => {
    expect(run('require("http"); require("module"); require("child_process")').told.filter((line) => line.startsWith('environment'))).toEqual([])
  })

  describe('where time runs', () => {
    it('fires what is ten minutes, an hour and a day away, in order, and every clock with it', () => {
      // What is loaded is loaded first: between two timers it could take longer than lies between them.
      const { stdout, stderr } = run(`
        const { setTimeout: promised } = require('timers/promises'), later = require('util').promisify(setTimeout)
        const began = Date.now(), tick = performance.now(), high = process.hrtime.bigint(), old = process.hrtime()
        const say = (name) => () => console.log(name, Math.round((Date.now() - began) / 6e4), Math.round((new Date() - began) / 6e4), Math.round((performance.now() - tick) / 6e4), Math.round(Number(process.hrtime.bigint() - high) / 6e10), Math.round(process.hrtime(old)[0] / 60))
        setTimeout(say('day'), 86400000); setTimeout(say('hour'), 3600000); setTimeout(say('ten'), 600000, 1)
        promised(1200000).then(say('twenty')); later(1800000).then(say('thirty'))`, { timeRuns: true })
      expect(stderr).toBe('')
      const lines = stdout.trim().split('\n').map((line) => line.split(' '))
      expect(lines.map(([name]) => name)).toEqual(['ten', 'twenty', 'thirty', 'hour', 'day'])
      for (const [name, ...minutes] of lines) expect([name, new Set(minutes).size]).toEqual([name, 1])
      expect(lines.map(([, minutes]) => minutes)).toEqual(['10', '20', '30', '60', '1440'])
    })

    it('is over soon for who waits by asking for the time, and children begin where their parent is', () => {
      const { stdout } = run(`
        const end = Date.now() + 600000; while (Date.now() < end);
        const child = Number(require('child_process').execFileSync(process.execPath, ['-p', 'Date.now()'], { env: {} })); console.log(child >= end, child - end < 60000)
        let n = 0; const every = setInterval(() => { if (++n === 2) { clearInterval(every); console.log(Math.round((Date.now() - end) / 60000)) } }, 60000)`, { timeRuns: true })
      expect(stdout.trim().split('\n')).toEqual(['true true', '2'])
    })

    it('leaves short waits and Node’s own alone, and all of them in other passes', () => {
      // The kernel's clock is what has really passed, however long a busy machine takes.
      const { stdout } = run(`
        const up = () => Number(require('fs').readFileSync('/proc/uptime', 'latin1').split(' ')[0]) * 1000
        const t = performance.now() - up(); setTimeout(() => console.log(performance.now() - up() - t < 900), 50)`, { timeRuns: true })
      expect(stdout.trim()).toBe('true')
      // A timer counts whole milliseconds, and may be one early by another clock.
      expect(run('const t = Date.now(); setTimeout(() => console.log(Date.now() - t >= 990), 1000)').stdout.trim()).toBe('true')
    })
  })
})
