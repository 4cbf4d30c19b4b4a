import type { CellCommand } from '../cell.ts'

export interface BoxBind {
  from: string
  to: string
  writable: boolean
}

export interface BoxLook {
  binds: readonly BoxBind[]
  links: readonly { target: string; to: string }[]
  hostname: string
  shell: string
}

const FIRST = '/init'
/** The descriptor by which bwrap is given its filter. */
const FILTER = 4

/**
 * bwrap's arguments: namespaces of its own for users (without any further inside), processes, name and cgroups; no capability, no
 * new privileges; everything read-only but the disk. Network and IPC are the cell's, which hold nothing else.
 */
export function boxArguments(look: BoxLook, command: CellCommand): string[] {
  const binds = [...look.binds].sort((a, b) => depth(a.to) - depth(b.to))
  return [
    '--unshare-user', '--disable-userns', '--uid', '1000', '--gid', '1000', '--unshare-pid', '--unshare-uts', '--unshare-cgroup-try',
    '--hostname', look.hostname, '--die-with-parent', '--new-session', '--as-pid-1', '--cap-drop', 'ALL', '--seccomp', String(FILTER),
    '--clearenv', ...Object.entries(command.env).flatMap(([name, value]) => ['--setenv', name, value]),
    '--proc', '/proc', '--dev', '/dev', ...['/etc', '/home', '/run', '/run/user', '/var'].flatMap((path) => ['--perms', '0755', '--dir', path]),
    ...look.links.flatMap(({ target, to }) => ['--symlink', target, to]),
    ...binds.flatMap(({ from, to, writable }) => [writable ? '--bind' : '--ro-bind', from, to]),
    '--ro-bind', look.shell, FIRST,
    '--remount-ro', '/dev', '--remount-ro', '/',
    '--chdir', command.cwd, '--', FIRST,
  ]
}

const depth = (path: string): number => path.split('/').length

/**
 * What the box's first process, a shell without arguments, reads from its input: it calls itself as the first process of a laptop
 * does, runs the command, tells how that ended, and waits for more that never comes, so that what the command left running goes on.
 */
export function firstScript(command: CellCommand): string {
  const words = command.argv.map(quoted).join(' ')
  return `printf systemd >/proc/self/comm\n(exec </dev/null 3>&-; exec ${words})\nprintf '%s\\n' "$?" >&3\nexec 3>&-\n`
}

export const quoted = (word: string): string => `'${word.replaceAll('\'', '\'\\\'\'')}'`
