import { describe, expect, it } from 'vitest'
import { isBoring } from './boring.ts'
import { dnsName } from './dns.ts'
import { resolved } from './paths.ts'
import { Tracing } from './tracing.ts'
import type { Traced, TracingOptions } from './tracing.ts'

function traced(lines: readonly string[], options: TracingOptions = {}): Traced {
  const tracing = new Tracing({ begin: 0, ...options })
  tracing.push(Buffer.from(`${lines.join('\n')}\n`, 'latin1'))
  return tracing.end()
}
const acts = (lines: readonly string[], options?: TracingOptions): string[] => traced(lines, options).acts.map(({ pid, kind, target, done, error }) => `${pid} ${kind} ${target}${done ? '' : ` ${error ?? 'not done'}`}`)
const tree = ({ processes }: Traced): string[] => processes.map(({ pid, parent, program, exit, signal }) => `${parent}>${pid} ${program} ${exit ?? signal}`)

const FORK = 'clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|SIGCHLD, child_tidptr=0x1)'
const THREAD = 'clone(child_stack=0x1, flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD|CLONE_SYSVSEM, tls=0x1)'

describe('processes', () => {
  it('have a parent also when their first call comes before their maker’s clone returned', () => {
    const result = traced([
      '10 0.1 execve("/bin/sh", ["sh"], 0x1) = 0', '10 0.2 vfork( <unfinished ...>', '11 0.3 execve("/bin/a", ["a"], 0x1) = 0', '11 0.4 exit_group(3) = ?', '11 0.5 +++ exited with 3 +++',
      "10 0.6 <... vfork resumed>) = 4 /* 11 in strace's PID NS */", '10 0.7 exit_group(0) = ?',
    ])
    expect(tree(result)).toEqual(['null>10 /bin/sh 0', '10>11 /bin/a 3'])
    expect(result.inner.get(11)).toBe(4)
  })

  it('that are made at the same time go to their own makers', () => {
    const result = traced([
      '10 0.1 execve("/bin/p", ["p"], 0x1) = 0', `10 0.2 ${FORK} = 20`, `10 0.25 ${FORK} = 21`, `20 0.3 ${FORK.slice(0, -1)} <unfinished ...>`, `21 0.3 ${FORK.slice(0, -1)} <unfinished ...>`,
      '31 0.4 execve("/bin/b", ["b"], 0x1) = 0', '30 0.4 execve("/bin/a", ["a"], 0x1) = 0', '21 0.5 <... clone resumed>) = 31', '20 0.5 <... clone resumed>) = 30',
    ])
    expect(tree(result)).toEqual(['null>10 /bin/p null', '10>20 /bin/p null', '10>21 /bin/p null', '21>31 /bin/b null', '20>30 /bin/a null'])
  })

  it('that end are nobody new, whoever is being made meanwhile', () => {
    const result = traced([
      '10 0.1 execve("/bin/p", ["p"], 0x1) = 0', `10 0.2 ${FORK} = 11`, '11 0.3 exit_group(0) = ?', `10 0.3 ${FORK.slice(0, -1)} <unfinished ...>`, '11 0.4 +++ exited with 0 +++', '12 0.5 execve("/bin/a", ["a"], 0x1) = 0',
      '10 0.6 <... clone resumed>) = ? ERESTARTNOINTR (To be restarted)', `10 0.7 ${FORK.slice(0, -1)} <unfinished ...>`, '10 0.8 <... clone resumed>) = 13',
    ])
    expect(tree(result)).toEqual(['null>10 /bin/p null', '10>11 /bin/p 0', '10>12 /bin/a null', '10>13 /bin/p null'])
  })

  it('are not their threads', () => {
    const result = traced(['10 0.1 execve("/bin/p", ["p"], 0x1) = 0', `10 0.2 ${THREAD} = 11`, '11 0.3 unlink("/x") = 0', '11 0.4 +++ exited with 0 +++'])
    expect(tree(result)).toEqual(['null>10 /bin/p null'])
    expect(result.acts.map(({ pid }) => pid)).toEqual([10, 10])
  })

  it('that get a number again are others', () => {
    const result = traced(['10 0.1 execve("/bin/p", ["p"], 0x1) = 0', `10 0.2 ${FORK} = 11`, '11 0.3 exit_group(1) = ?', '11 0.3 +++ exited with 1 +++', `10 0.4 ${FORK} = 11`, '11 0.5 +++ killed by SIGKILL +++'])
    expect(tree(result)).toEqual(['null>10 /bin/p null', '10>11 /bin/p 1', `10>${11 + (1 << 22)} /bin/p SIGKILL`])
  })

  it('end as their parent hears, where their own last line is missing', () => {
    const result = traced(['10 0.1 execve("/bin/p", ["p"], 0x1) = 0', `10 0.2 ${FORK} = 11`, '10 0.3 --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_KILLED, si_pid=11, si_uid=0, si_status=SIGSEGV, si_utime=0} ---'])
    expect(result.processes[1]).toMatchObject({ ended: 300, signal: 'SIGSEGV' })
  })

  it('count, but are not kept beyond measure, and neither are their ancestors', () => {
    const lines = ['1 0.1 execve("/bin/p", ["p"], 0x1) = 0']
    for (let pid = 1; pid < 25_000; pid++) lines.push(`${pid} 0.2 ${FORK} = ${pid + 1}`, `${pid} 0.2 exit_group(0) = ?`)
    const { processes, dropped } = traced(lines)
    expect({ kept: processes.length, dropped }).toEqual({ kept: 20_000, dropped: { process: 5_000 } })
  })
})

describe('what the watcher has inside', () => {
  const quiet = { ours: { folder: '/opt/s/', log: '/run/s.log', key: '/opt/s.key' }, folders: [] }
  const opened = (tid: number, path: string, flags = 'O_RDONLY', names = path): string => `${tid} 0.2 openat(AT_FDCWD</>, "${path}", ${flags}) = 5<${names}>`
  const LOAD = [opened(1, '/opt/s/node.cjs'), opened(1, '/opt/s.key'), opened(1, '/run/s.log', 'O_WRONLY|O_CREAT|O_APPEND')]
  const exec = (program: string): string => `1 0.1 execve("${program}", ["x"], 0x1) = 0`
  it.each<[string, string[], string[]]>([
    ['a program that loads hooks, and its threads', [exec('/usr/bin/node'), ...LOAD, `1 0.2 ${THREAD} = 2`, ...LOAD.map((line) => line.replace('1', '2'))], []],
    ['a script that is called by its own name', [exec('/home/u/.venv/bin/pip'), ...LOAD], []],
    ['whoever reads the key again', [exec('/usr/bin/node'), ...LOAD, opened(1, '/opt/s.key')], ['1 read /opt/s.key']],
    ['a fork', [exec('/usr/bin/python3'), ...LOAD, `1 0.2 ${FORK} = 2`, opened(2, '/opt/s.key')], ['2 read /opt/s.key']],
    ['a program that reads what it is told to', [exec('/bin/cat'), opened(1, '/opt/s/node.cjs'), opened(1, '/opt/s.key')], ['1 read /opt/s.key']],
    ['another way to it', [exec('/usr/bin/node'), ...LOAD, opened(1, '/proc/self/root/opt/s.key', 'O_RDONLY', '/opt/s.key')], ['1 read /opt/s.key']],
    ['whoever did not load them', [exec('/usr/bin/node'), opened(1, '/run/s.log', 'O_WRONLY|O_APPEND')], ['1 write /run/s.log']],
  ])('%s', (_what, lines, expected) => {
    expect(acts(lines, { quiet, command: ['x'] }).slice(1)).toEqual(expected)
  })
})

describe('what is told', () => {
  it('begins with the command, whatever set it up', () => {
    const lines = [
      '5 0.1 execve("/usr/bin/bwrap", ["bwrap", "node", "x.js"], 0x1) = 0', '5 0.2 openat(AT_FDCWD</>, "/home/u/secret", O_RDONLY) = 3</home/u/secret>', `5 0.2 ${FORK} = 6`,
      '6 0.3 execve("/usr/local/bin/node", ["node", "x.js"], 0x1) = -1 ENOENT (No such file or directory)', '6 0.4 execve("/usr/bin/node", ["node", "x.js"], 0x1) = 0', '6 0.5 unlink("/a") = 0', '5 0.6 unlink("/b") = 0',
    ]
    const result = traced(lines, { command: ['node', 'x.js'] })
    expect(result.acts.map(({ kind, target }) => `${kind} ${target}`)).toEqual(['exec /usr/bin/node', 'delete /a'])
    expect(tree(result)).toEqual(['null>6 /usr/bin/node null'])
    expect(traced(lines, { command: ['python', 'x.py'] })).toMatchObject({ began: false, acts: [], processes: [] })
  })

  it.each([
    ['where they are', ['1 0.1 chdir("/home/u") = 0', '1 0.2 open("x", O_RDONLY) = 3'], ['1 read /home/u/x']],
    ['relative to a folder', ['1 0.1 unlinkat(3</home/u/a>, "../b", 0) = 0'], ['1 delete /home/u/b']],
    ['what a link leads to', ['1 0.1 openat(AT_FDCWD</tmp>, "innocent", O_RDONLY) = 3</home/u/.ssh/id_rsa>'], ['1 read /home/u/.ssh/id_rsa']],
    ['where it went after it changed its folder', ['1 0.1 fchdir(3</srv>) = 0', '1 0.2 rmdir("x") = 0'], ['1 delete /srv/x']],
    ['writing in any way', ['O_WRONLY', 'O_RDWR', 'O_RDONLY|O_CREAT', 'O_RDONLY|O_TRUNC', 'O_RDWR|O_TMPFILE'].map((flags, i) => `1 0.1 open("/f${i}", ${flags}) = 3`), ['1 write /f0', '1 write /f1', '1 write /f2', '1 write /f3', '1 write /f4']],
    ['nothing that only names a place', ['1 0.1 openat(AT_FDCWD</>, "/home/u/x", O_RDONLY|O_PATH) = 3</home/u/x>'], []],
    ['a program out of memory', ['1 0.1 memfd_create("x", 0) = 5</memfd:x>(deleted)', `1 0.2 ${FORK} = 2`, '2 0.3 execve("/proc/self/fd/5", ["[kworker]"], 0x1) = 0'], ['2 memory /memfd:x']],
    ['a library out of memory', ['1 0.1 openat(AT_FDCWD</>, "/proc/self/fd/5", O_RDONLY) = 6</memfd:x>(deleted)'], ['1 memory /memfd:x']],
    ['names that are looked up', [String.raw`1 0.1 connect(3<UDP:[1]>, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("192.0.2.53")}, 16) = 0`, String.raw`1 0.2 sendto(3<UDP:[1]>, "\0\1\1\0\0\1\0\0\0\0\0\0\2c2\7example\0\0\1\0\1", 28, 0, NULL, 0) = 28`], ['1 resolve c2.example']],
    ['no address that was only tried out for its route', ['1 0.1 connect(3<UDP:[1]>, {sa_family=AF_INET, sin_port=htons(0), sin_addr=inet_addr("192.0.2.1")}, 16) = 0'], []],
    ['no address that a datagram socket was given', ['1 0.1 connect(3<UDP:[1]>, {sa_family=AF_INET, sin_port=htons(443), sin_addr=inet_addr("192.0.2.1")}, 16) = 0'], []],
    ['connections under way', ['1 0.1 connect(3<TCP:[1]>, {sa_family=AF_INET, sin_port=htons(443), sin_addr=inet_addr("192.0.2.1")}, 16) = -1 EINPROGRESS (Operation now in progress)'], ['1 connect 192.0.2.1:443']],
    ['long sleep only', ['1 0.1 nanosleep({tv_sec=600, tv_nsec=0}, NULL) = 0 (INJECTED)', '1 0.2 clock_nanosleep(CLOCK_REALTIME, 0, {tv_sec=0, tv_nsec=1000000}, NULL) = 0'], ['1 sleep nanosleep']],
    ['what the box refuses', ['1 0.1 bpf(BPF_PROG_LOAD, 0x1, 1) = -1 EPERM (x) (INJECTED)', '1 0.2 clone(child_stack=0x1, flags=CLONE_UNTRACED|SIGCHLD) = 9'], ['1 refused bpf EPERM', '1 refused CLONE_UNTRACED']],
    ['signals to others', [`1 0.1 ${FORK} = 2`, '1 0.2 kill(2, SIGTERM) = 0', '1 0.3 kill(1, SIGTERM) = 0', '1 0.4 kill(2, 0) = 0'], ['1 signal 2']],
    ['tracing that was answered by the watcher', ['1 0.1 ptrace(PTRACE_ATTACH, 77) = 0 (INJECTED)', '1 0.2 ptrace(PTRACE_TRACEME) = 0 (INJECTED)'], ['1 inject 77 not done']],
    ['a program that was found at last, once', ['1 0.1 execve("/a/x", ["x"], 0x1) = -1 ENOENT (x)', '1 0.2 execve("/b/x", ["x"], 0x1) = 0'], ['1 exec /b/x']],
    ['a program that was never found', ['1 0.1 execve("/a/x", ["x"], 0x1) = -1 ENOENT (x)', '1 0.2 execve("/b/x", ["x"], 0x1) = -1 ENOENT (x)'], ['1 exec /b/x ENOENT']],
    ['the same file of the same process once', ['1 0.1 open("/f", O_RDONLY) = 3', '1 0.2 open("/f", O_RDONLY) = 3'], ['1 read /f']],
  ])('%s', (_name, lines, expected) => {
    expect(acts(lines)).toEqual(expected)
  })

  it('keeps what is rare however much of the rest there is', () => {
    const lines = ['1 0.1 execve("/bin/p", ["p"], 0x1) = 0']
    for (let i = 0; i < 30_000; i++) lines.push(`1 0.2 open("/home/u/node_modules/x/${i}", O_WRONLY|O_CREAT, 0644) = 3`, `1 0.2 open("/home/u/f${i}", O_RDONLY) = 3`)
    lines.push('1 0.3 open("/home/u/.bashrc", O_WRONLY|O_APPEND) = 3', '1 0.4 connect(3<TCP:[1]>, {sa_family=AF_INET, sin_port=htons(443), sin_addr=inet_addr("192.0.2.1")}, 16) = 0')
    const { acts: kept, dropped } = traced(lines)
    expect(kept.length).toBeLessThan(1_000)
    expect(kept.slice(-2).map(({ kind, target }) => `${kind} ${target}`)).toEqual(['write /home/u/.bashrc', 'connect 192.0.2.1:443'])
    expect(dropped).toEqual({ read: 29_500, write: 29_800 })
  })

  it('keeps what is done to decoys and settings, and counts the latter apart where there is too much', () => {
    const lines = ['1 0.1 execve("/bin/p", ["p"], 0x1) = 0']
    for (let i = 0; i < 1_000; i++) lines.push(`1 0.2 open("/home/u/work/f${i}", O_RDONLY) = 3`, `1 0.2 open("/home/u/.x/${i}", O_RDONLY) = 3`)
    lines.push('1 0.3 open("/home/u/Documents/seed.txt", O_RDONLY) = 3', '1 0.3 link("/home/u/Documents/seed.txt", "/home/u/work/node_modules/a") = 0')
    const tracing = new Tracing({ begin: 0, planted: new Set(['/home/u/Documents/seed.txt']) })
    tracing.push(Buffer.from(`${lines.join('\n')}\n`))
    const { acts: kept, dropped } = tracing.end()
    expect(kept.slice(-2).map(({ kind, target, other }) => `${kind} ${other ?? target}`)).toEqual(['read /home/u/Documents/seed.txt', 'link /home/u/Documents/seed.txt'])
    expect(dropped).toEqual({ read: 500, 'read of settings': 500 })
  })

  it('is told at once to who listens', () => {
    const told: string[] = []
    const tracing = new Tracing({ begin: 0, onAct: (act, process) => void told.push(`${act.kind} ${act.target} by ${process.argv.join(' ')}`) })
    tracing.push(Buffer.from('1 0.1 execve("/bin/sh", ["sh", "x"], 0x1) = 0\n1 0.2 unlink("/a") = 0\n'))
    expect(told).toEqual(['exec /bin/sh by sh x', 'delete /a by sh x'])
  })

  it.each([
    ['/usr/lib/libc.so', true], ['/etc/passwd', false], ['/proc/self/maps', true], ['/proc/self/environ', false], ['/proc/1/environ', false], ['/home/u/.ssh/id_rsa', false], ['/srv/node_modules/x/index.js', true], ['/home/u/work/.env', false], ['/opt/x', true], ['/usrlocal/x', false],
  ])('reading %s is boring: %s', (path, boring) => {
    expect(isBoring(path, { folders: [] })).toBe(boring)
  })
})

describe('paths and names', () => {
  it.each([['/a', 'b', '/a/b'], ['/a/b', '../c', '/a/c'], ['/a', '/x//y/./z', '/x/y/z'], ['/', '..', '/'], [null, 'b', 'b'], ['/a', '...', '/a/...'], ['/a', '.hidden', '/a/.hidden']])('%s with %s', (folder, path, expected) => {
    expect(resolved(folder, path)).toBe(expected)
  })

  it.each([['', null], ['\0\x01\x81\0\0\x01\0\0\0\0\0\0\x01a\0\0\x01\0\x01', null], ['\0\x01\x01\0\0\x01\0\0\0\0\0\0\x01a\0\0\x01\0\x01', 'a'], ['\0\x01\x01\0\0\x01\0\0\0\0\0\0\x3fa', null], ['\0\x01\x01\0\0\0\0\0\0\0\0\0\x01a\0\0\x01\0\x01', null]])('the name in %j', (message, name) => {
    expect(dnsName(Buffer.from(message, 'latin1'))).toBe(name)
  })
})
