import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Tracing } from './tracing.ts'
import type { Traced } from './tracing.ts'

const TRACE = readFileSync(join(import.meta.dirname, 'golden.samples/calls.trace'))
const COMMAND = ['sh', '-c', './t; ./ex; true']

function traced(bytes: Uint8Array, piece = bytes.length, command: readonly string[] | undefined = COMMAND): Traced {
  const tracing = new Tracing(command === undefined ? {} : { command })
  for (let from = 0; from < bytes.length; from += piece) tracing.push(bytes.subarray(from, from + piece))
  return tracing.end()
}

/** Written by strace 6.1 of two small programs in bubblewrap that do one of everything; addresses of memory are made alike. */
describe('a trace of one of everything', () => {
  const { acts, processes, inner, unreadable, began } = traced(TRACE)
  const line = ({ kind, target, done, error, argv, other, bytes, ms, mode }: (typeof acts)[number]): string =>
    [kind, JSON.stringify(target), done ? '' : error ?? 'not done', argv ? JSON.stringify(argv) : '', other ?? '', bytes ?? '', ms ?? '', mode?.toString(8) ?? ''].filter((part) => part !== '').join(' ')

  it('is read to its end, and begins with the command', () => {
    expect({ unreadable, began }).toEqual({ unreadable: 0, began: true })
    expect(processes[0]).toMatchObject({ parent: null, argv: COMMAND, program: '/usr/bin/sh', cwd: '/home/u/work' })
    expect(processes.some(({ program }) => program.endsWith('bwrap'))).toBe(false)
  })

  it('becomes acts', () => {
    expect(acts.map(line)).toMatchInlineSnapshot(`
      [
        "exec "/usr/bin/sh" ["sh","-c","./t; ./ex; true"]",
        "exec "/home/u/work/t" ["./t"]",
        "connect "127.0.0.1:4" ECONNREFUSED",
        "resolve "example.test"",
        "send "127.0.0.1:53" 5",
        "send "127.0.0.1:53" ECONNREFUSED 6",
        "send "127.0.0.1:53" ECONNREFUSED 2",
        "connect "[2001:db8::1]:80" ENETUNREACH",
        "connect "/home/u/work/so\\nck" ENOENT",
        "listen "/home/u/work/so\\nck"",
        "connect "@abs" ECONNREFUSED",
        "listen "127.0.0.1:0"",
        "write "/home/u/work/we\\nird \\"ÿÃ©> name"",
        "mode "/home/u/work/we\\nird \\"ÿÃ©> name" 755",
        "rename "/home/u/work/we\\nird \\"ÿÃ©> name" /home/u/work/new",
        "link "/home/u/work/new2" /home/u/work/new",
        "link "/home/u/work/sym" new",
        "delete "/home/u/work/new2"",
        "delete "/home/u/work/sym"",
        "delete "/home/u/work/new"",
        "read "/home/u/work/t.c" ENOENT",
        "delete "/home/u/work/dd"",
        "read "/home/u/work/nofile" ENOENT",
        "memory "/memfd:pay load"",
        "write "/home/u/work/thread-file"",
        "refused "io_uring_setup" ENOSYS ["1","NULL"]",
        "refused "unshare" EPERM ["CLONE_NEWUTS"]",
        "refused "mount" ENOENT ["\\"none\\"","\\"/mnt\\"","\\"tmpfs\\"","0"]",
        "inject "20001 /home/u/work/t"",
        "inject "19999" not done",
        "memory "/memfd:pay load" ENOEXEC ["a"]",
        "exec "/bin/sh" ["sh","-c","echo hi; ls /nonexistent; exit 3"]",
        "exec "/usr/bin/ls" ["ls","/nonexistent"]",
        "write "/home/u/work/zz" ENOENT",
        "exec "/bin/sh" ["sh","-c","true"]",
        "exec "/nope" ENOENT ["x"]",
        "exec "/home/u/work/ex" ["./ex"]",
        "sleep "nanosleep" 1000",
        "memory "/memfd:m" ["kworker"]",
        "memory "/memfd:m"",
        "exec "/bin/true" ["true"]",
      ]
    `)
  })

  it('becomes processes, each with its end', () => {
    const name = new Map(processes.map(({ pid, argv }) => [pid, argv.join(' ')]))
    expect(processes.map(({ argv, parent, program, exit, signal }) => `${argv.join(' ')} (${program}) < ${parent === null ? '' : name.get(parent)}: ${exit ?? signal}`)).toMatchInlineSnapshot(`
      [
        "sh -c ./t; ./ex; true (/usr/bin/sh) < : 0",
        "./t (/home/u/work/t) < sh -c ./t; ./ex; true: 7",
        "./t (/home/u/work/t) < ./t: SIGKILL",
        "sh -c echo hi; ls /nonexistent; exit 3 (/bin/sh) < ./t: 3",
        "ls /nonexistent (/usr/bin/ls) < sh -c echo hi; ls /nonexistent; exit 3: 2",
        "sh -c true (/bin/sh) < ./t: 0",
        "true (/bin/true) < sh -c ./t; ./ex; true: 0",
        "kworker (/memfd:m) < true: 0",
      ]
    `)
    expect(processes.every(({ pid }) => (inner.get(pid) ?? 0) > 0)).toBe(true)
  })

  it('is the same in pieces of any size', () => {
    for (const piece of [1, 7, 100, 4096]) expect(traced(TRACE, piece)).toEqual(traced(TRACE))
  })

  it('is read as far as it goes where it was cut', () => {
    for (let size = 0; size < TRACE.length; size += 997) {
      const cut = traced(TRACE.subarray(0, size), size || 1, undefined)
      expect(cut.unreadable).toBeLessThanOrEqual(1)
    }
  })
})
