/**
 * What is read by every program that runs, and says nothing of who runs it. One rule, stated here: shared programs and libraries,
 * what the loader, the C library and the interpreters read of the system at start, and installed packages, which are read to be
 * run. A read of these is left out; whatever is written, removed, executed or reached never is.
 */

const SYSTEM = [
  '/usr/', '/lib/', '/lib64/', '/bin/', '/sbin/', '/opt/', '/nix/store/',
  '/etc/ld.so.', '/etc/locale', '/etc/terminfo/', '/etc/ssl/', '/etc/pki/', '/etc/ca-certificates', '/etc/alternatives/', '/etc/python',
  '/sys/fs/cgroup', '/sys/devices/system/', '/sys/kernel/mm/', '/dev/pts/', '/dev/fd/', '/proc/sys/', '/proc/bus/',
] as const

const EXACT: ReadonlySet<string> = new Set([
  '/', '/usr', '/lib', '/opt', '/etc/nsswitch.conf', '/etc/netsvc.conf', '/etc/svc.conf', '/etc/resolv.conf', '/etc/host.conf', '/etc/hosts', '/etc/gai.conf', '/etc/services', '/etc/protocols',
  '/etc/localtime', '/etc/timezone', '/etc/mime.types', '/etc/inputrc', '/etc/npmrc', '/etc/pip.conf', '/etc/gitconfig', '/etc/lsb-release', '/etc/debian_version',
  '/dev/null', '/dev/zero', '/dev/full', '/dev/urandom', '/dev/random', '/dev/tty', '/dev/stdin', '/dev/stdout', '/dev/stderr', '/dev/ptmx',
  '/proc/filesystems', '/proc/meminfo', '/proc/stat', '/proc/loadavg', '/proc/uptime', '/proc/version_signature', '/proc/mounts', '/proc',
])

/** Of a process's own folder in /proc: what runtimes ask of themselves. `environ`, `mem`, `status` and `cmdline` are not among them. */
const OWN_PROC = /^\/proc\/(?:self|thread-self)(?:\/task\/\d+)?(?:\/(?:maps|smaps|cgroup|mountinfo|mounts|stat|statm|limits|auxv|exe|fd(?:\/\d+)?|fdinfo\/\d+|oom_score_adj|coredump_filter|sched|comm|uid_map|gid_map|setgroups))?$/

/** Folders that hold nothing but installed packages, caches of clients, or what tools write for themselves. */
const INSTALLED = /\/(?:node_modules|site-packages|dist-packages|__pycache__|_cacache|\.node-gyp|node-gyp|pkg\/mod|go-build\d*|pip-(?:build-env|install|unpack|wheel|req-build|ephem-wheel-cache|modern-metadata|metadata|standalone-pip|download)-[^/]+|\.cache\/(?:pip|go-build|node|yarn)|\.pnpm)(?:\/|$)/

/** Written or connected to by everything, and nothing becomes of it. */
const NOTHING: ReadonlySet<string> = new Set(['/dev/null', '/dev/zero', '/dev/full', '/dev/tty', '/dev/stdin', '/dev/stdout', '/dev/stderr', '/dev/ptmx', '/var/run/nscd/socket', '/run/nscd/socket'])

/** Hooks of interpreters inside, as paths are there. */
export interface Ours {
  /** Their code, with a slash at the end. */
  folder: string
  /** What they append to. */
  log: string
  /** What they sign with; null: they don't. */
  key: string | null
}

export interface Quiet {
  /** What the watcher itself put there: its own dealings with it are not told, anybody else's are. */
  ours?: Ours
  /** Further folders whose reads are left out: where interpreters and the package under test lie. With a slash at the end. */
  folders: readonly string[]
}

/** Whether anything done to it is left out. */
export const isNothing = (target: string): boolean => NOTHING.has(target) || target.startsWith('/dev/pts/')

/** Whether it is the watcher's own. */
export const isOurs = (target: string, ours: Ours | undefined): boolean =>
  ours !== undefined && (target === ours.log || target === ours.key || target.startsWith(ours.folder) || `${target}/` === ours.folder)

/** Whether a read is left out. `path` is absolute, without `.` and `..`. `done`: it was there. */
export function isBoring(path: string, quiet: Quiet, done = true): boolean {
  // Where Node looks for the scope of a module, and Python for what it stands in for.
  if (!done && (path.endsWith('/package.json') || path.endsWith('._pth'))) return true
  if (path.endsWith('/pyvenv.cfg')) return true
  if (EXACT.has(path)) return true
  if (SYSTEM.some((folder) => path.startsWith(folder))) return true
  if (path.startsWith('/proc/')) return OWN_PROC.test(path)
  return quiet.folders.some((folder) => path.startsWith(folder)) || isInstalled(path)
}

/** Whether it lies where clients put packages: what they write there is counted apart, so that it crowds out nothing else. */
export const isInstalled = (path: string): boolean => INSTALLED.test(path)
