/**
 * How strace is to be run for `StraceReader`, beside `-e trace=` and `-o`. Numbers of processes come with those inside a
 * namespace in a comment, ends of threads are told (`-qq` would keep them back).
 */
export const STRACE_OPTIONS = ['-f', '--seccomp-bpf', '-q', '-yy', '-ttt', '--decode-pids=pidns', '-s', '1024'] as const

/**
 * The calls that are worth their price of two stops each: what starts, ends, reaches, changes or escapes. Reading and writing
 * itself, `stat`, memory and waiting for descriptors are left to the hooks, the wire and the disk. `tgkill` is not among them:
 * Go's scheduler uses it all the time; nor is `mmap`: every library takes five.
 */
export const TRACED = [
  'execve', 'execveat', 'clone', 'clone3', 'fork', 'vfork', 'exit_group',
  'chdir', 'fchdir', 'chroot',
  'open', 'openat', 'openat2', 'creat', 'mknod', 'mknodat', 'truncate', 'ftruncate',
  'unlink', 'unlinkat', 'rmdir', 'rename', 'renameat', 'renameat2', 'link', 'linkat', 'symlink', 'symlinkat',
  'chmod', 'fchmod', 'fchmodat',
  'connect', 'bind', 'listen', 'sendto', 'sendmsg', 'sendmmsg',
  'memfd_create', 'memfd_secret',
  'kill', 'tkill', 'pidfd_send_signal', 'rt_sigqueueinfo', 'ptrace', 'process_vm_readv', 'process_vm_writev', 'pidfd_getfd',
  'nanosleep', 'clock_nanosleep',
  'io_uring_setup', 'unshare', 'setns', 'mount', 'umount2', 'pivot_root', 'fsopen', 'fsmount', 'open_tree', 'move_mount', 'mount_setattr',
  'bpf', 'perf_event_open', 'userfaultfd', 'init_module', 'finit_module', 'delete_module', 'kexec_load', 'kexec_file_load',
  'open_by_handle_at', 'reboot', 'swapon', 'swapoff', 'settimeofday', 'clock_settime', 'add_key', 'keyctl', 'request_key',
] as const

/** What the box does not give; an act of kind `refused` each. */
export const REFUSED: ReadonlySet<string> = new Set(TRACED.slice(TRACED.indexOf('io_uring_setup')))
