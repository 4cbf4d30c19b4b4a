/**
 * The program that bpftrace runs. Tracepoints only (kprobes need more than many kernels give), no headers, and nothing that
 * bpftrace 0.17 does not know. Each printf is one line of its JSON output, so that no text of a watched program can forge one:
 * a letter, microseconds, a pid, numbers, and at most one text, which is last.
 */

export interface Follow {
  /** The process whose children are followed, itself not. */
  children?: number
  /** Names (`comm`) of programs that are followed with everything they start, wherever they run. */
  names?: readonly string[]
  /** As `names`, their beginnings. */
  prefixes?: readonly string[]
  /** `INTERPRETER -m MODULE` that are followed. */
  modules?: readonly string[]
  /** Scripts that are followed when an interpreter is told to run them, absolute. */
  scripts?: readonly string[]
  /** The process that asks how far everything was read (see Questions), by signals 0 to itself; else there are signs of life, twice a second. */
  asked?: { by: number; processors: number }
}

/** What a string may be long: bpftrace keeps them on a stack of 512 bytes. */
export const LONGEST = 200
/** How many arguments are seen as the kernel takes them. */
const ARGUMENTS = 10
/** How many variables are looked through; npm puts its own after those that it has from its user. */
const VARIABLES = 512
/** Variables that say whose hook runs, and which. By the time that `/proc` could be asked, a short hook is over. Each is 16 bytes long or more. */
export const TOLD: readonly string[] = ['npm_lifecycle_event', 'npm_package_json', 'npm_package_name', 'npm_package_version']

/** Pages of buffer a processor: up to 16 MiB, so that bursts of thousands of opens are not lost, and 128 MiB in all. */
export const bpftraceEnv = (processors: number): Record<string, string> => ({
  BPFTRACE_STRLEN: String(LONGEST), BPFTRACE_MAX_STRLEN: String(LONGEST), BPFTRACE_MAP_KEYS_MAX: '16384',
  BPFTRACE_PERF_RB_PAGES: String(2 ** Math.min(12, Math.max(6, Math.floor(Math.log2(32_768 / processors))))),
})

/** `calls` are those the kernel has; a probe on another one would keep bpftrace from starting. */
export function bpfScript(follow: Follow, calls: ReadonlySet<string>): string {
  const has = (name: string, text: string): string => (calls.has(name) ? text : '')
  const when = '/@tree[pid] == 1/'
  const time = 'elapsed / 1000'
  const enter = (name: string, body: string): string => has(name, `tracepoint:syscalls:sys_enter_${name} ${when} { ${body} }`)

  const lines = [
    `BEGIN { @tree[(uint64)0] = 0; @dns[(uint64)0, (uint64)0] = 0; @mark[(uint64)0] = 0; @from[(uint64)0] = (uint64)0;${follow.asked === undefined ? '' : ' @asked = (uint64)0; @told[(uint64)0] = (uint64)0;'}${follow.children === undefined ? '' : ` @tree[(uint64)${follow.children}] = 2;`} }`,
    ...processes(time),
    ...(follow.children === undefined ? roots(follow, time) : [`tracepoint:sched:sched_process_exec ${when} { printf("E %llu %d %s", ${time}, pid, str(args->filename)); }`]),
    enter('execve', argumentsAt('args->argv', time) + toldAt('args->envp', time)),
    enter('execveat', argumentsAt('args->argv', time) + toldAt('args->envp', time)),
    ...opens(has, when, time),
    ...names(enter, time),
    ...network(enter, has, when, time),
    ...escapes(enter, time),
    follow.asked === undefined ? `interval:ms:500 { printf("H %llu", ${time}); }` : questions(follow.asked.by, follow.asked.processors, time),
    `interval:ms:5 /@mark[0] == 0/ { @mark[(uint64)0] = 1; printf("R %llu", ${time}); }`,
    `END { clear(@tree); clear(@dns); clear(@mark); clear(@open); clear(@from);${follow.asked === undefined ? '' : ' clear(@asked); clear(@told);'} }`,
  ].filter((line) => line !== '').join('\n')
  return follow.asked === undefined ? lines : counted(lines)
}

/** CLONE_THREAD is 0x10000: threads are their process. The tree holds numbers of processes alone. */
const processes = (time: string): string[] => [
  `tracepoint:task:task_newtask /@tree[pid] > 0/ { if ((args->clone_flags & 0x10000) == 0) { @tree[(uint64)args->pid] = 1; printf("F %llu %d %d", ${time}, pid, args->pid); } }`,
  `tracepoint:syscalls:sys_enter_exit_group /@tree[pid] == 1/ { printf("x %llu %d %d", ${time}, pid, args->error_code); }`,
  `tracepoint:sched:sched_process_exit /pid == tid && @tree[pid] == 1/ { printf("X %llu %d", ${time}, pid); delete(@tree[pid]); }`,
]

/** A program that is one to follow begins a tree, unless it is in one already. */
function roots({ names = [], prefixes = [], modules = [], scripts = [] }: Follow, time: string): string[] {
  const safe = (text: string): string => text.replace(/[^\w./@+-]/g, '')
  const marks = [...modules.map((name) => `(str(*($a + 1)) == "-m" && str(*($a + 2)) == "${safe(name)}")`), ...scripts.map((path) => `str(*($a + 1)) == "${safe(path).slice(0, 190)}"`)]
  const fits = [...names.map((name) => `comm == "${safe(name).slice(0, 15)}"`), ...prefixes.map((name) => `strncmp(comm, "${safe(name)}", ${safe(name).length}) == 0`), '@mark[pid] == 1']
  return [
    ...marks.map((mark) => `tracepoint:syscalls:sys_enter_execve /@tree[pid] != 1/ { $a = args->argv; if (*($a + 1) != 0) { if (${mark}) { @mark[pid] = 1; } } }`),
    `tracepoint:sched:sched_process_exec {
  if (@tree[pid] != 1) { if (${fits.join(' || ')}) { @tree[pid] = 1; printf("N %llu %d", ${time}, pid); } }
  delete(@mark[pid]);
  if (@tree[pid] == 1) { printf("E %llu %d %s", ${time}, pid, str(args->filename)); }
}`,
  ]
}

/** The time is taken before the sum: what is older was counted. */
const questions = (asked: number, processors: number, time: string): string =>
  `tracepoint:syscalls:sys_enter_kill /pid == ${asked} && args->pid == ${asked} && args->sig == 0/ { $now = ${time}; $sum = (uint64)0; $c = 0; while ($c < ${processors}) { $sum = $sum + @told[(uint64)$c]; $c = $c + 1; } @asked = @asked + 1; printf("Q %llu %llu %llu", $now, @asked, $sum); }`

/** Each line is counted before its time is taken. Arguments and variables come with their exec, from the same buffer, and are not. */
const counted = (script: string): string => script.replace(/printf\("(?![RHQAV] )/g, '@told[cpu] = @told[cpu] + 1; $&')

/** Of more arguments than these, `/proc` has the rest while the process lives. */
const argumentsAt = (argv: string, time: string): string =>
  `$a = ${argv}; $more = 1; $i = 0; unroll(${ARGUMENTS}) { if ($more == 1) { if (*($a + $i) == 0) { $more = 0; } else { printf("A %llu %d %d %s", ${time}, pid, $i, str(*($a + $i))); } } $i = $i + 1; }`

/** Names are compared as two words of eight bytes: comparing strings costs the verifier too much in a loop. */
function toldAt(envp: string, time: string): string {
  const word = (text: string, at: number): string => `0x${Buffer.from(text).readBigUInt64LE(at).toString(16)}`
  const [first, second] = [[...new Set(TOLD.map((name) => word(name, 0)))], [...new Set(TOLD.map((name) => word(name, 8)))]]
  const any = (name: string, words: readonly string[]): string => words.map((one) => `${name} == ${one}`).join(' || ')
  return ` $v = (uint64)${envp}; $n = 0; while ($v != 0 && $n < ${VARIABLES}) { $p = *(uint64 *)($v + $n * 8); if ($p == 0) { break; } $n = $n + 1; ` +
    `$w = *(uint64 *)$p; if (${any('$w', first)}) { $x = *(uint64 *)($p + 8); if (${any('$x', second)}) { printf("V %llu %d %s", ${time}, pid, str($p)); } } }`
}

/** Told when the call returns: its outcome is known then, and the page that the path lies on is in memory. Folders (O_DIRECTORY) are left out. */
function opens(has: (name: string, text: string) => string, when: string, time: string): string[] {
  const pair = (name: string, flags: string, folder: string): string => has(name, `tracepoint:syscalls:sys_enter_${name} ${when} { @open[tid] = ((uint64)args->${name === 'creat' ? 'pathname' : 'filename'}, (uint64)${flags}, (int64)${folder}); }
tracepoint:syscalls:sys_exit_${name} /@tree[pid] == 1/ { $o = @open[tid]; if ($o.0 != 0 && ($o.1 & 0x10000) == 0) { printf("O %llu %d %d %llu %d %s", ${time}, pid, args->ret, $o.1, $o.2, str($o.0)); } delete(@open[tid]); }`)
  return [pair('openat', 'args->flags', 'args->dfd'), pair('open', 'args->flags', '-100'), pair('openat2', '(*(uint64 *)args->how)', 'args->dfd'), pair('creat', '0x241', '-100')]
}

function names(enter: (name: string, body: string) => string, time: string): string[] {
  const one = (letter: string, folder: string, path: string): string => `printf("${letter} %llu %d %d %s", ${time}, pid, ${folder}, str(${path}));`
  return [
    enter('unlink', one('u', '-100', 'args->pathname')), enter('unlinkat', one('u', 'args->dfd', 'args->pathname')), enter('rmdir', one('u', '-100', 'args->pathname')),
    enter('rename', one('r', '-100', 'args->oldname') + one('t', '-100', 'args->newname')),
    enter('renameat', one('r', 'args->olddfd', 'args->oldname') + one('t', 'args->newdfd', 'args->newname')),
    enter('renameat2', one('r', 'args->olddfd', 'args->oldname') + one('t', 'args->newdfd', 'args->newname')),
    enter('link', one('l', '-100', 'args->oldname') + one('t', '-100', 'args->newname')),
    enter('linkat', one('l', 'args->olddfd', 'args->oldname') + one('t', 'args->newdfd', 'args->newname')),
    enter('symlink', one('l', '-100', 'args->oldname') + one('t', '-100', 'args->newname')),
    enter('symlinkat', one('l', '-100', 'args->oldname') + one('t', 'args->newdfd', 'args->newname')),
    enter('chmod', one('m', '-100', 'args->filename')), enter('fchmodat', one('m', 'args->dfd', 'args->filename')),
    enter('chdir', one('c', '-100', 'args->filename')), enter('fchdir', `printf("c %llu %d %d ", ${time}, pid, args->fd);`),
  ]
}

/** Addresses go out as the words they lie in memory as. Sockets of port 53 have their packets read, for the names. */
function network(enter: (name: string, body: string) => string, has: (name: string, text: string) => string, when: string, time: string): string[] {
  const address = (letter: string): string => `$f = *(uint16 *)$s; if ($f == 1) { printf("U %llu %d %s", ${time}, pid, str($s + 2)); } else { if ($f == 2 || $f == 10) { printf("${letter} %llu %d %llu %llu %llu %llu", ${time}, pid, (uint64)$f, *(uint64 *)$s, *(uint64 *)($s + 8), *(uint64 *)($s + 16));`
  const sent = (buffer: string, length: string): string => `printf("D %llu %d %r", ${time}, pid, buf(${buffer}, ${length}));`
  const known = '/@tree[pid] == 1 && @dns[pid, (uint64)args->fd] == 1/'
  const vector = '$i = *(uint64 *)($v + 16); ' + sent('*(uint64 *)$i', '*(uint64 *)($i + 8)')
  const on = (name: string, body: string): string => has(name, `tracepoint:syscalls:sys_enter_${name} ${known} { ${body} }`)
  const back = (name: string, buffer: string): string => has(name, `tracepoint:syscalls:sys_enter_${name} ${known} { @from[tid] = (uint64)args->${buffer}; }
tracepoint:syscalls:sys_exit_${name} ${when} { $b = @from[tid]; if ($b != 0 && args->ret > 0) { printf("d %llu %d %r", ${time}, pid, buf($b, args->ret)); } delete(@from[tid]); }`)
  return [
    enter('connect', `$s = (uint64)args->uservaddr; ${address('C')} if (*(uint16 *)($s + 2) == 0x3500) { @dns[pid, (uint64)args->fd] = 1; } else { delete(@dns[pid, (uint64)args->fd]); } } }`),
    enter('bind', `$s = (uint64)args->umyaddr; ${address('b')} } }`),
    enter('sendto', `$s = (uint64)args->addr; if ($s != 0) { ${address('S')} if (*(uint16 *)($s + 2) == 0x3500) { @dns[pid, (uint64)args->fd] = 1; ${sent('args->buff', 'args->len')} } } } } else { if (@dns[pid, (uint64)args->fd] == 1) { ${sent('args->buff', 'args->len')} } }`),
    on('sendmmsg', '$v = (uint64)args->mmsg; ' + vector), on('sendmsg', '$v = (uint64)args->msg; ' + vector), on('write', sent('args->buf', 'args->count')),
    back('recvfrom', 'ubuf'), back('read', 'buf'),
  ]
}

/** Reaching into other processes, code from memory, and ways around what watches. CLONE_NEW* are 0x7e020000 and 0x80. */
function escapes(enter: (name: string, body: string) => string, time: string): string[] {
  const refused = (name: string): string => enter(name, `printf("z %llu %d ${name}", ${time}, pid);`)
  return [
    enter('kill', `if (args->sig > 0) { printf("k %llu %d %d %d", ${time}, pid, args->pid, args->sig); }`),
    enter('ptrace', `if (args->request == 16 || args->request == 0x4206 || args->request == 4 || args->request == 5) { printf("i %llu %d %d ", ${time}, pid, args->pid); }`),
    enter('process_vm_writev', `printf("i %llu %d %d ", ${time}, pid, args->pid);`), enter('process_vm_readv', `printf("i %llu %d %d ", ${time}, pid, args->pid);`),
    enter('memfd_create', `printf("f %llu %d %s", ${time}, pid, str(args->uname));`),
    refused('io_uring_setup'), refused('setns'), refused('mount'), refused('bpf'), refused('finit_module'), refused('init_module'),
    enter('unshare', `if ((args->unshare_flags & 0x7e020080) != 0) { printf("z %llu %d unshare", ${time}, pid); }`),
  ]
}
