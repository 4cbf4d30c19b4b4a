import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { address, peer } from './address.ts'
import { bytes, descriptor, list, pidOf, split, text } from './arguments.ts'
import type { Call } from './lines.ts'
import { readLine } from './lines.ts'
import { StraceReader } from './reader.ts'

function read(trace: string, piece = trace.length || 1) {
  const calls: Call[] = []
  const reader = new StraceReader({ call: (call) => void calls.push(call) })
  const raw = Buffer.from(trace, 'latin1')
  for (let from = 0; from < raw.length; from += piece) reader.push(raw.subarray(from, from + piece))
  reader.end()
  return { calls, unreadable: reader.unreadable, lines: reader.lines }
}

describe('a line of a trace', () => {
  it.each([
    ['a plain call', '7 1.500000 unlink("x") = 0', { name: 'unlink', args: '"x"', result: '0', at: 1500 }],
    ['an error', '7 1.0 open("x", O_RDONLY) = -1 ENOENT (No such file or directory)', { name: 'open', result: '-1 ENOENT (No such file or directory)' }],
    ['aligned results', '7 1.0 exit_group(0)   = ?', { args: '0', result: '?', open: true }],
    ['an injected result', '7 1.0 ptrace(PTRACE_TRACEME) = 0 (INJECTED)', { result: '0 (INJECTED)' }],
    ['a result inside a string', String.raw`7 1.0 unlink("a\") = 0 \" ") = -1 EPERM (x)`, { args: String.raw`"a\") = 0 \" "`, result: '-1 EPERM (x)' }],
    ['a result inside a path', String.raw`7 1.0 openat(AT_FDCWD</a) = 0>, "b", O_RDONLY) = 3</c) = 4\76>`, { args: 'AT_FDCWD</a) = 0>, "b", O_RDONLY', result: String.raw`3</c) = 4\76>` }],
    ['a path that ends in a dash', '7 1.0 fchmod(3</tmp/x->, 0755) = 0', { args: '3</tmp/x->, 0755', result: '0' }],
    ['a path with brackets', '7 1.0 fchmod(3</tmp/(x[{>, 0755) = 0', { args: '3</tmp/(x[{>, 0755', result: '0' }],
    ['a connection', '7 1.0 sendto(3<TCP:[192.0.2.1:1->192.0.2.2:443]>, "x", 1, 0, NULL, 0) = 1', { args: '3<TCP:[192.0.2.1:1->192.0.2.2:443]>, "x", 1, 0, NULL, 0' }],
    ['a device', '7 1.0 write(1</dev/null<char 1:3>>, "x", 1) = 1', { args: '1</dev/null<char 1:3>>, "x", 1' }],
    ['a shifted flag', '7 1.0 capset({1<<CAP_KILL}, NULL) = 0', { args: '{1<<CAP_KILL}, NULL' }],
    ['a cut string', '7 1.0 write(1, "abc"..., 9000) = 9000', { args: '1, "abc"..., 9000' }],
  ])('%s', (_name, line, call) => {
    expect(readLine(line)).toMatchObject({ what: 'call', call: { tid: 7, ...call } })
  })

  it.each([
    ['7 1.0 +++ exited with 3 +++', { what: 'ending', ending: { what: 'exited', exit: 3 } }],
    ['7 1.0 +++ killed by SIGSEGV (core dumped) +++', { what: 'ending', ending: { what: 'killed', signal: 'SIGSEGV' } }],
    ['7 1.0 +++ superseded by execve in pid 9 +++', { what: 'ending', ending: { what: 'superseded' } }],
    ['7 1.0 --- SIGCHLD {si_signo=SIGCHLD} ---', { what: 'signal', text: 'SIGCHLD {si_signo=SIGCHLD}' }],
    ['7 1.0 vfork( <unfinished ...>', { what: 'begun', name: 'vfork', args: '' }],
    ['7 1.0 <... vfork resumed>) = 8', { what: 'resumed', name: 'vfork', rest: ') = 8' }],
    ['7 1.0 execve("/x", ["x"], 0x1 /* 3 vars */ <pid changed to 5 ...>', { what: 'moved', to: 5 }],
  ])('%s', (line, expected) => {
    expect(readLine(line)).toMatchObject(expected)
  })

  it.each(['', 'x', '7', '7 ', '7 1', '7 1.0', '7 1.0 ', '7 1.0 x', '7 1.0 x(', '7 1.0 x("', '7 1.0 x("a', '7 1.0 x(3<', '7 1.0 x)', '7 1.0 x() 0', '7 1.0 +++ exited', '7 1.0 <... x', '[pid 7] x() = 0'])('%j is none', (line) => {
    expect(readLine(line)).toBeNull()
  })
})

describe('a trace', () => {
  it('puts calls together that others interrupted', () => {
    const { calls, unreadable } = read('1 1.0 openat(AT_FDCWD</>, "a", O_RDONLY <unfinished ...>\n2 2.0 unlink("b") = 0\n1 3.0 <... openat resumed>) = 3</a>\n')
    expect(calls.map(({ tid, at, name, args, result }) => [tid, at, name, args, result])).toEqual([
      [2, 2000, 'unlink', '"b"', '0'], [1, 1000, 'openat', 'AT_FDCWD</>, "a", O_RDONLY', '3</a>'],
    ])
    expect(unreadable).toBe(0)
  })

  it('tells of calls that never came back: killed, or at its end', () => {
    const { calls } = read('1 1.0 nanosleep({tv_sec=9, tv_nsec=0},  <unfinished ...>\n1 2.0 <... nanosleep resumed> <unfinished ...>) = ?\n2 1.0 kill(1, SIGKILL <unfinished ...>\n2 3.0 +++ killed by SIGKILL +++\n3 1.0 vfork( <unfinished ...>\n')
    expect(calls.map(({ tid, open }) => [tid, open])).toEqual([[1, true], [2, true], [3, true]])
  })

  it('knows that a thread which executed a program lives on as the first one', () => {
    const { calls } = read('5 1.0 execve("/bin/true", ["true"], 0x1 /* 0 vars */ <pid changed to 4 ...>\n4 1.1 +++ superseded by execve in pid 5 +++\n4 1.2 <... execve resumed>) = -1 (errno 18446744073709551359)\n')
    expect(calls).toMatchObject([{ tid: 4, name: 'execve', result: '0' }])
  })

  it('counts what it cannot read, lines without an end among it, and goes on', () => {
    const { calls, unreadable } = read(`nonsense\n1 1.0 x("${'a'.repeat(21 * 1024 * 1024)}") = 0\n1 1.0 unlink("b") = 0\n`, 65_536)
    expect({ names: calls.map(({ name }) => name), unreadable }).toEqual({ names: ['unlink'], unreadable: 2 })
  })

  it('never throws, and reads the same however it is cut', () => {
    const bit = fc.oneof(
      fc.constantFrom('1 1.0 ', '12 99.5 ', 'openat(', 'clone(', '"', '\\', '<', '>', ')', ' = ', '0', '3</a>', ' <unfinished ...>', '<... clone resumed>', '\n', '+++ exited with 0 +++', '--- ', ', ', '[', '{', 'AT_FDCWD', ' /* ', '(INJECTED)', '\\377', '"..."'),
      fc.string({ maxLength: 4 }),
    )
    fc.assert(fc.property(fc.array(bit, { maxLength: 60 }), fc.integer({ min: 1, max: 40 }), (bits, piece) => {
      const trace = bits.join('')
      expect(read(trace, piece)).toEqual(read(trace))
    }), { numRuns: 1_000 })
  })

  it('gives back any name that strace escaped, and is not led astray by it', () => {
    fc.assert(fc.property(fc.uint8Array({ minLength: 1, maxLength: 60 }), (raw) => {
      const escaped = [...raw].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')
      const { calls, unreadable } = read(`1 1.0 openat(AT_FDCWD</${escaped}>, "${escaped}", O_RDONLY) = 3</${escaped}>\n`)
      expect(unreadable).toBe(0)
      const args = split((calls[0] as Call).args)
      expect(args).toHaveLength(3)
      expect([...bytes(args[1]) as Buffer]).toEqual([...raw])
      expect(calls[0]?.result).toBe(`3</${escaped}>`)
    }))
  })
})

describe('arguments', () => {
  it.each([
    ['"a"', 'a'], [String.raw`"a\n\t\"\\\0b"`, 'a\n\t"\\\0b'], [String.raw`"\303\251"`, 'é'], [String.raw`"\377\303\251"`, 'ÿÃ©'], [String.raw`"\x41b"`, 'Ab'], ['"cut"...', 'cut'], ['NULL', null], ['"', null], [undefined, null],
  ])('the text of %s', (argument, expected) => {
    expect(text(argument)).toBe(expected)
  })

  it.each([
    ['3</etc/hosts>', { fd: 3, names: '/etc/hosts', deleted: false }],
    ['AT_FDCWD</home/u (deleted)>', { fd: -1, names: '/home/u', deleted: true }],
    [String.raw`9</a\76b>`, { fd: 9, names: '/a>b', deleted: false }],
    ['5</memfd:x>(deleted)', { fd: 5, names: '/memfd:x', deleted: true }],
    ['1</dev/null<char 1:3>>', { fd: 1, names: '/dev/null', deleted: false }],
    ['7', { fd: 7, names: null, deleted: false }],
    ['NULL', null],
  ])('the descriptor %s', (argument, expected) => {
    expect(descriptor(argument)).toEqual(expected)
  })

  it.each([
    ['{sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("192.0.2.1")}', '192.0.2.1:53'],
    ['{sa_family=AF_INET6, sin6_port=htons(443), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "2001:db8::1", &sin6_addr), sin6_scope_id=0}', '[2001:db8::1]:443'],
    ['{sa_family=AF_INET6, sin6_port=htons(443), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "::ffff:192.0.2.1", &sin6_addr), sin6_scope_id=0}', '192.0.2.1:443'],
    [String.raw`{sa_family=AF_UNIX, sun_path="/a\nb"}`, '/a\nb'],
    ['{sa_family=AF_UNIX, sun_path=@"name"}', '@name'],
    ['{sa_family=AF_NETLINK, nl_pid=0, nl_groups=00000000}', 'AF_NETLINK'],
    [String.raw`{sa_family=AF_UNIX, sun_path="{sa_family=AF_INET, sin_port=htons(1)"}`, '{sa_family=AF_INET, sin_port=htons(1)'],
  ])('the address %s', (argument, expected) => {
    expect(address(argument)?.text).toBe(expected)
  })

  it('reads the other end of a connection', () => {
    expect([peer('TCP:[192.0.2.9:1->192.0.2.1:443]')?.text, peer('TCPv6:[[2001:db8::9]:1->[2001:db8::1]:443]')?.text, peer('UDP:[192.0.2.9:1]')]).toEqual(['192.0.2.1:443', '[2001:db8::1]:443', null])
  })

  it('reads lists, numbers of processes, and no more than it is told to', () => {
    expect(list(String.raw`["a", "b, \"c\"", ...]`)).toEqual(['a', 'b, "c"'])
    expect(pidOf("3 /* 512 in strace's PID NS */")).toEqual({ inner: 3, outer: 512 })
    expect(split('a,'.repeat(1_000), 5)).toHaveLength(5)
  })
})
