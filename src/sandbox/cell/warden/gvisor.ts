import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { CellCommand, Limits } from '../cell.ts'
import type { BoxLook } from './box.ts'
import { quoted } from './box.ts'

/** What its log is asked for: names that every version since 2022 knows. */
const TRACED = [
  'execve', 'execveat', 'open', 'openat', 'creat', 'unlink', 'unlinkat', 'rmdir', 'rename', 'renameat', 'renameat2', 'link', 'linkat', 'symlink', 'symlinkat',
  'chmod', 'fchmodat', 'chdir', 'socket', 'connect', 'clone', 'fork', 'vfork', 'exit_group', 'kill', 'memfd_create', 'ptrace', 'unshare', 'mount',
]

export const ENDED = '.ended'

/** Its arguments after the program's name, so that the trace is `${trace}` with `boot` for `%COMMAND%`. The sinkhole's network is entered before. */
export function gvisorArguments({ bundle, state, trace }: { bundle: string; state: string; trace: string | null }, name: string): string[] {
  const watched = trace === null ? [] : ['--debug', `--debug-log=${trace}`, '--strace', `--strace-syscalls=${TRACED.join(',')}`, '--strace-log-size=4096']
  return ['--root', state, '--platform=ptrace', '--rootless', '--network=host', '--ignore-cgroups', ...watched, 'run', '-bundle', bundle, name]
}

/** A bundle of the OCI runtime specification, 1.0: `config.json` and the folder that is its root. */
export function writeBundle(bundle: string, look: BoxLook, command: CellCommand, limits: Limits): void {
  const root = join(bundle, 'root')
  mkdirSync(root, { recursive: true })
  for (const { to, target } of look.links) {
    mkdirSync(join(root, dirname(to)), { recursive: true })
    symlinkSync(target, join(root, to))
  }
  const binds = [...look.binds, { from: look.shell, to: '/init', writable: false }].sort((a, b) => a.to.split('/').length - b.to.split('/').length)
  // It answers these itself.
  const own = /^\/proc\//
  const rlimit = (type: string, most: number): object => ({ type, hard: most, soft: most })
  writeFileSync(join(bundle, 'config.json'), JSON.stringify({
    ociVersion: '1.0.0', hostname: look.hostname, root: { path: root, readonly: true },
    process: {
      terminal: false, user: { uid: 0, gid: 0 }, args: ['/init'], cwd: command.cwd, env: Object.entries(command.env).map(([name, value]) => `${name}=${value}`), noNewPrivileges: true,
      capabilities: { bounding: [], effective: [], inheritable: [], permitted: [], ambient: [] },
      rlimits: [rlimit('RLIMIT_FSIZE', limits.fileMb * 1024 * 1024), rlimit('RLIMIT_NPROC', limits.processes), rlimit('RLIMIT_CORE', 0)],
    },
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc' },
      ...binds.filter(({ to }) => !own.test(to)).map(({ from, to, writable }) => ({ destination: to, type: 'bind', source: from, options: ['rbind', writable ? 'rw' : 'ro'] })),
    ],
    linux: { namespaces: ['pid', 'ipc', 'uts', 'mount'].map((type) => ({ type })) },
  }))
}

/** As `firstScript`; it tells how the command ended in a file, and ends itself when everything else has. */
export function gvisorScript(command: CellCommand, told: string): string {
  const words = command.argv.map(quoted).join(' ')
  return `(exec </dev/null; exec ${words})\necho "$?" >${told}/${ENDED}\nwhile set -- /proc/[0-9]*; [ "$#" -gt 1 ]; do sleep 0.1; done\nexit 0\n`
}
