import { describe, expect, it } from 'vitest'
import { retold } from './gvisor-log.ts'
import { spent } from '../../../../test/harness/spent.ts'

const STARTED = Date.UTC(2026, 0, 2, 23, 59, 58)
const said = (rest: string, sockets = new Map<string, string>(), time = '23:59:59.000123'): string | null =>
  retold(`I0102 ${time}      33 strace.go:608] [   7:   9] a name X ${rest}`, STARTED, sockets)
const HEAD = `7 ${STARTED / 1000 + 1}.000123 `

describe('gVisor\'s log in strace\'s words', () => {
  it.each([
    ['openat(AT_FDCWD /, 0x7f7a /etc/ld.so.cache, O_RDONLY|O_CLOEXEC, 0o0) = 3 (0x3) (1.903µs)', 'openat(AT_FDCWD</>, "/etc/ld.so.cache", O_RDONLY|O_CLOEXEC) = 3'],
    ['openat(AT_FDCWD /home/ana, 0x7f7a a, b "c", O_WRONLY|O_CREAT|O_TRUNC, 0o666) = 0 (0x0) errno=2 (no such file or directory) (1.9µs)', 'openat(AT_FDCWD</home/ana>, "a, b \\"c\\"", O_WRONLY|O_CREAT|O_TRUNC) = -1 ENOENT (2)'],
    ['openat(0x5 /tmp, 0x7f x, O_RDONLY, 0o0) = -1 errno=13 (permission denied) (1µs)', 'openat(5</tmp>, "x", O_RDONLY) = -1 EACCES (13)'],
    ['execve(0x56 /usr/bin/id, 0x56 ["id", "a \\"b\\"\\n\\u00e9"], 0x56 ["HOME=/"]) = 0 (0x0) (2.6ms)', 'execve("/usr/bin/id", ["id", "a \\"b\\"\\012\\303\\251"], 0x0) = 0'],
    ['connect(0x3 socket:[2], 0x7f {Family: AF_INET, Addr: 1.2.3.4, Port: 4444}, 0x10) = 0 (0x0) (1ms)', 'connect(3<TCP:[1]>, {sa_family=AF_INET, sin_port=htons(4444), sin_addr=inet_addr("1.2.3.4")}, 16) = 0'],
    ['connect(0x3 socket:[2], 0x7f {Family: AF_INET6, Addr: 2001:db8::1, Port: 81, Scope: 0}, 0x1c) = -1 errno=115 (operation now in progress) (1ms)', 'connect(3<TCP:[1]>, {sa_family=AF_INET6, sin6_port=htons(81), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "2001:db8::1", &sin6_addr), sin6_scope_id=0}, 16) = -1 EINPROGRESS (115)'],
    ['unlink(0x7f /tmp/x) = 0 (0x0) (1µs)', 'unlink("/tmp/x") = 0'],
    ['unlinkat(AT_FDCWD /tmp, 0x7f x, 0x0) = 0 (0x0) (1µs)', 'unlinkat(AT_FDCWD</tmp>, "x", 0x0) = 0'],
    ['rename(0x7f /a, 0x8f /b) = 0 (0x0) (1µs)', 'rename("/a", "/b") = 0'],
    ['chmod(0x7f /a, 0o755) = 0 (0x0) (1µs)', 'chmod("/a", 0755) = 0'],
    ['kill(0x5, SIGKILL) = 0 (0x0) (1µs)', 'kill(5, SIGKILL) = 0'],
    ['clone(CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD, 0x0, 0x0, 0x7f, 0x0) = 12 (0xc) (1µs)', 'clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD) = 12'],
  ])('%s', (line, expected) => {
    expect(said(line)).toBe(HEAD + expected)
  })

  it.each([
    'clone(CLONE_VM|CLONE_THREAD|CLONE_SIGHAND, 0x0) = 12 (0xc) (1µs)', 'mmap(0x0, 0x1000) = 5 (0x5) (1µs)', 'openat(AT_FDCWD /, 0x7f /half a li', 'openat() = 3', '', 'constructor(0x1) = 0 (0x0) (1µs)',
  ])('nothing of %j', (line) => {
    expect(said(line)).toBeNull()
  })

  it('nothing of lines that are none of its own', () => {
    for (const line of ['', 'x', 'I0102 23:59:59.000123      33 main.go:1] [ 7: 9] sh X unlink(0x7f /x) = 0 (0x0) (1µs)', `I0102 23:59:59.000123 33 strace.go:1] [ 7: 9] sh X unlink(0x7f ${'x'.repeat(20_000)}) = 0 (0x0) (1µs)`]) {
      expect(retold(line, STARTED, new Map())).toBeNull()
    }
  })

  it('knows datagrams by the socket they leave from, and midnight', () => {
    const sockets = new Map<string, string>()
    expect(said('socket(AF_INET, SOCK_DGRAM|SOCK_CLOEXEC, 0x0) = 3 (0x3) (1µs)', sockets)).toBeNull()
    expect(said('connect(0x3 socket:[2], 0x7f {Family: AF_INET, Addr: 1.2.3.4, Port: 53}, 0x10) = 0 (0x0) (1ms)', sockets, '00:00:01.500000')).toMatch(new RegExp(`^7 ${STARTED / 1000 + 3}\\.500000 connect\\(3<UDP:`))
  })

  it('an exit is told when it begins, for it never comes back', () => {
    expect(retold('I0102 23:59:59.000123 33 strace.go:5] [ 7: 7] sh E exit_group(0x3)', STARTED, new Map())).toBe(`${HEAD}exit_group(3) = ?\n${HEAD}+++ exited with 3 +++`)
  })

  it('takes time in proportion, whatever a path imitates', () => {
    const begun = spent()
    for (const part of [', 0x1 ', ', AT_FDCWD ', ') = 0 (0x0)', '"', '\\"']) for (const call of ['renameat2', 'openat', 'execve', 'symlinkat']) said(`${call}(AT_FDCWD /, 0x1 ${part.repeat(Math.floor(9_000 / part.length))}`)
    expect(spent() - begun).toBeLessThan(20_000)
  })
})
