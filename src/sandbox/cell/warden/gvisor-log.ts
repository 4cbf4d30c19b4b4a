import { createReadStream, createWriteStream } from 'node:fs'
import { constants } from 'node:os'
import { createInterface } from 'node:readline'
import { finished } from 'node:stream/promises'

/**
 * gVisor's own log of system calls, said again as strace would. It numbers threads within their process, so that only processes
 * are left here. Its paths are not quoted: one with a line end in it tears its line, and that call is lost; one that imitates a
 * line adds a call that never was. `Probe.weaker` says so.
 */
export async function retell(log: string, into: string, startedAt: number): Promise<void> {
  const out = createWriteStream(into)
  const sockets = new Map<string, string>()
  for await (const line of createInterface({ input: createReadStream(log, 'latin1') })) {
    const told = retold(line, startedAt, sockets)
    if (told !== null && !out.write(`${told}\n`, 'latin1')) await new Promise<void>((resolve) => out.once('drain', resolve))
  }
  out.end()
  await finished(out)
}

const LINE = /^[DIWE]\d{4} (\d\d):(\d\d):(\d\d)\.(\d{6})\s+\d+ strace\.go:\d+\] \[ *(\d+): *\d+\] .{1,15}? ([EX]) (\w{2,30})\((.*)$/
/** Two paths and what is around them; longer lines would cost their square. */
const LONGEST = 10 * 1024
const DAY = 86_400_000

/** null: nothing that strace would say. `sockets` remembers what kind each descriptor is, by process. */
export function retold(line: string, startedAt: number, sockets: Map<string, string>): string | null {
  const found = line.length > LONGEST ? null : LINE.exec(line)
  if (!found) return null
  const [, hours, minutes, seconds, fraction, pid, side, name, rest] = found as unknown as [string, string, string, string, string, string, 'E' | 'X', string, string]
  const at = timeOf(startedAt, (Number(hours) * 60 + Number(minutes)) * 60_000 + Number(seconds) * 1000) / 1000
  const head = `${pid} ${at}.${fraction}`
  if (name === 'exit_group') return side === 'E' ? exits(head, rest) : null
  if (side === 'E') return null
  const end = /^(.*)\) = (-?\d+) \(?(?:0x[0-9a-f]+\)|)(?: ?errno=(\d+) \(.*\))?.*$/.exec(rest)
  if (!end) return null
  const [, args, value, errno] = end as unknown as [string, string, string, string | undefined]
  const result = errno === undefined ? value : `-1 ${ERRORS.get(Number(errno)) ?? `ERRNO_${errno}`} (${errno})`
  if (name === 'socket') {
    if (errno === undefined && sockets.size < 50_000) sockets.set(`${pid}:${Number(value)}`, /SOCK_DGRAM/.test(args) ? 'UDP' : 'TCP')
    return null
  }
  const again = (Object.hasOwn(CALLS, name) ? CALLS[name] : undefined)?.(args, (fd) => sockets.get(`${pid}:${fd}`) ?? 'TCP')
  return again === undefined || again === null ? null : `${head} ${again} = ${result}`
}

const ERRORS = new Map(Object.entries(constants.errno).map(([name, number]) => [number, name]))

/** The log has no date: the time of day that is nearest after the start. */
function timeOf(startedAt: number, ofDay: number): number {
  const midnight = Math.floor(startedAt / DAY) * DAY
  return midnight + ofDay < startedAt - DAY / 2 ? midnight + DAY + ofDay : midnight + ofDay
}

function exits(head: string, args: string): string | null {
  const code = /^0x([0-9a-f]+)\)/.exec(args)?.[1]
  return code === undefined ? null : `${head} exit_group(${Number.parseInt(code, 16) & 255}) = ?\n${head} +++ exited with ${Number.parseInt(code, 16) & 255} +++`
}

type Retelling = (args: string, kindOf: (fd: number) => string) => string | null

const P = '0x[0-9a-f]+ '
const FOLDER = '(AT_FDCWD|0x[0-9a-f]+)( [^,]*)?'

const by = (pattern: string, say: (...parts: string[]) => string): Retelling => {
  const read = new RegExp(`^${pattern}$`)
  return (args) => {
    const found = read.exec(args)
    return found ? say(...found.slice(1).map((part) => part ?? '')) : null
  }
}

/** As strace quotes: the text is bytes as Latin-1. */
const quote = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&').replace(/[^ -~]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`)}"`

const folder = (fd: string, path: string): string => `${fd === 'AT_FDCWD' ? fd : Number.parseInt(fd, 16)}${path === '' ? '' : `<${path.slice(1).replace(/[^ -;=?-~]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`)}>`}`

const onePath = (name: string): Retelling => by(`${P}(.*?)(?:, (0o?[0-7]+|[A-Z_|0-9]+))?`, (path, mode) => `${name}(${quote(path as string)}${mode ? `, ${mode.replace('0o', '0')}` : ''})`)
const twoPaths = (name: string): Retelling => by(`${P}(.*), ${P}(.*)`, (from, to) => `${name}(${quote(from as string)}, ${quote(to as string)})`)
const fromFolder = (name: string): Retelling =>
  by(`${FOLDER}, ${P}(.*?)(?:, (0o?[0-7]+|0x[0-9a-f]+|[A-Z_|0-9]+))?`, (fd, at, path, more) => `${name}(${folder(fd as string, at as string)}, ${quote(path as string)}, ${(more || '0').replace('0o', '0')})`)
const betweenFolders = (name: string): Retelling =>
  by(`${FOLDER}, ${P}(.*), ${FOLDER}, ${P}(.*?)(?:, 0x[0-9a-f]+)?`, (fd, at, from, other, elsewhere, to) =>
    `${name}(${folder(fd as string, at as string)}, ${quote(from as string)}, ${folder(other as string, elsewhere as string)}, ${quote(to as string)})`)

/** Go's quoted strings (%q) are nearly those of JSON. */
function words(list: string): string {
  const found = list.match(/"(?:[^"\\]|\\.)*"/g) ?? []
  return found.slice(0, 1_024).map((word) => {
    const plain = word.slice(1, -1).replace(/\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|(.))/g, (_all, x?: string, u?: string, long?: string, char?: string) => {
      const code = x ?? u ?? long
      if (code !== undefined) return x === undefined ? Buffer.from(String.fromCodePoint(Math.min(0x10ffff, Number.parseInt(code, 16))), 'utf8').toString('latin1') : String.fromCharCode(Number.parseInt(code, 16))
      return ({ n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' } as Record<string, string>)[char as string] ?? (char as string)
    })
    return quote(plain)
  }).join(', ')
}

function address(text: string): string | null {
  const [, family, rest = ''] = /^\{Family: (AF_\w+), (.*)\}$/.exec(text) ?? []
  const unix = /^Addr: "(.*)"$/.exec(rest)?.[1]
  if (family === 'AF_UNIX' && unix !== undefined) return `{sa_family=AF_UNIX, sun_path=${quote(unix)}}`
  const [, to, port] = /^Addr: ([0-9a-fA-F.:]+), Port: (\d{1,5})/.exec(rest) ?? []
  if (family === 'AF_INET' && to) return `{sa_family=AF_INET, sin_port=htons(${port}), sin_addr=inet_addr("${to}")}`
  if (family === 'AF_INET6' && to) return `{sa_family=AF_INET6, sin6_port=htons(${port}), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "${to}", &sin6_addr), sin6_scope_id=0}`
  return null
}

const CALLS: Readonly<Record<string, Retelling>> = {
  execve: by(`${P}(.*), ${P}\\[(.*)\\], ${P}\\[.*\\]`, (path, argv) => `execve(${quote(path as string)}, [${words(argv as string)}], 0x0)`),
  open: by(`${P}(.*), (O_[A-Z0-9x_|]+), 0o[0-7]+`, (path, flags) => `open(${quote(path as string)}, ${flags})`),
  openat: by(`${FOLDER}, ${P}(.*), (O_[A-Za-z0-9_|]+), 0o[0-7]+`, (fd, at, path, flags) => `openat(${folder(fd as string, at as string)}, ${quote(path as string)}, ${flags})`),
  creat: onePath('creat'), unlink: onePath('unlink'), rmdir: onePath('rmdir'), chmod: onePath('chmod'), chdir: onePath('chdir'),
  unlinkat: fromFolder('unlinkat'), fchmodat: fromFolder('fchmodat'),
  rename: twoPaths('rename'), link: twoPaths('link'), symlink: twoPaths('symlink'),
  renameat: betweenFolders('renameat'), renameat2: betweenFolders('renameat2'), linkat: betweenFolders('linkat'),
  symlinkat: by(`${P}(.*), ${FOLDER}, ${P}(.*)`, (to, fd, at, path) => `symlinkat(${quote(to as string)}, ${folder(fd as string, at as string)}, ${quote(path as string)})`),
  memfd_create: by(`${P}(.*), .*`, (name) => `memfd_create(${quote(name as string)}, 0)`),
  kill: by('(0x[0-9a-f]+), (\\w+)', (pid, signal) => `kill(${Number.parseInt(pid as string, 16) | 0}, ${signal})`),
  connect: (args, kindOf) => {
    const [, fd, given] = /^(0x[0-9a-f]+)(?: \S*)?, 0x[0-9a-f]+ (\{.*\}), 0x[0-9a-f]+$/.exec(args) ?? []
    const to = given === undefined ? null : address(given)
    return fd === undefined || to === null ? null : `connect(${Number.parseInt(fd, 16)}<${kindOf(Number.parseInt(fd, 16))}:[1]>, ${to}, 16)`
  },
  clone: (args) => /CLONE_THREAD/.test(args) ? null : `clone(child_stack=NULL, flags=${/(?:CLONE_[A-Z_]+|SIGCHLD)(?:\|(?:CLONE_[A-Z_]+|SIG[A-Z]+))*/.exec(args)?.[0] ?? 'SIGCHLD'})`,
  fork: () => 'fork()', vfork: () => 'vfork()',
  ptrace: () => 'ptrace(PTRACE_TRACEME)', unshare: (args) => `unshare(${args.replace(/[^A-Z_|]/g, '')})`, mount: () => 'mount("", "", "", 0, NULL)',
}
