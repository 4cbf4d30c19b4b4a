import type { Act, ActKind } from './act.ts'
import { dnsName } from './dns.ts'
import { kept, resolved } from './paths.ts'
import { Processes } from './processes.ts'
import type { Live } from './processes.ts'
import { address, peer } from './strace/address.ts'
import { bytes, descriptor, list, member, pidOf, split, text } from './strace/arguments.ts'
import { REFUSED } from './strace/calls.ts'
import type { Call } from './strace/lines.ts'

/** A call, its arguments told apart, and who made it. */
interface Told {
  call: Call
  args: readonly string[]
  process: Live
  processes: Processes
  done: boolean
}

export type Found = Pick<Act, 'kind' | 'target'> & Partial<Act> & {
  /** A datagram socket was given an address, by which nothing goes out yet. */
  route?: true
  /** It was opened so that whatever is written goes behind what is there. */
  appends?: true
}

/** What a call does, where that is worth telling; its words may be pieces of the trace. Also keeps what later calls refer to: folders, sockets, files in memory. */
export function actOf(call: Call, process: Live, processes: Processes): Found | null {
  const known = Object.hasOwn(CALLS, call.name) ? CALLS[call.name] : REFUSED.has(call.name) ? refused : undefined
  if (!known) return null
  return known({ call, args: split(call.args), process, processes, done: !call.open && !call.result.startsWith('-1 ') })
}

/** Where a path that comes with a folder's descriptor lies. The descriptor for "here" also says where here is. */
function at(told: Told, folder: number, name: number): string | null {
  const path = text(told.args[name])
  if (path === null) return null
  const base = descriptor(told.args[folder])
  if (base?.fd === -1 && base.names !== null && base.names !== told.process.cwd) told.process.cwd = kept(base.names)
  return resolved(base?.names ?? told.process.cwd, path)
}

const here = (told: Told, name: number): string | null => {
  const path = text(told.args[name])
  return path === null ? null : resolved(told.process.cwd, path)
}

const one = (kind: ActKind, target: string | null, more: Partial<Act> = {}): Found | null => (target === null ? null : { kind, target, ...more })

function opened(told: Told, path: string | null, flags: string): Found | null {
  if (path === null || /\bO_PATH\b/.test(flags)) return null
  const got = told.done ? descriptor(told.call.result) : null
  if (got?.names?.startsWith('/memfd:')) {
    told.process.memory = Processes.remember(told.process.memory, got.fd, kept(got.names))
    return one('memory', kept(got.names))
  }
  // What the kernel opened is the truth about links, those in /proc that lead out of it among them; names that stay below /proc/self and names that are gone say more as they were asked for.
  const real = got?.names?.startsWith('/') && !got.deleted && !(path.startsWith('/proc/') && got.names.startsWith('/proc/')) ? got.names : path
  if (!/\bO_(?:WRONLY|RDWR|CREAT|TRUNC|APPEND|TMPFILE)\b/.test(flags)) return one('read', real)
  return /\bO_APPEND\b/.test(flags) && !/\bO_TRUNC\b/.test(flags) ? { kind: 'write', target: real, appends: true } : one('write', real)
}

function executed(told: Told, path: string | null, argv: string[]): Found | null {
  if (path === null) return null
  const { process } = told
  const fd = /^\/(?:proc\/(?:self|thread-self|\d+)|dev)\/fd\/(\d{1,9})$/.exec(path)?.[1]
  const memory = path.startsWith('/memfd:') ? path : fd === undefined ? undefined : process.memory.get(Number(fd))
  const args = argv.map(kept)
  if (told.done) Object.assign(process, { argv: args, program: kept(memory ?? path), execs: process.execs + 1, hooked: false, readers: new Set() })
  return one(memory === undefined ? 'exec' : 'memory', memory ?? path, { argv: args })
}

function reached(told: Told): Found | null {
  const to = address(told.args[1])
  if (to === null || to.text === '') return null
  if (to.family === 'other') return to.text === 'AF_UNSPEC' || to.text === 'AF_NETLINK' ? null : one('connect', to.text)
  if (to.family === 'unix') return one('connect', to.text)
  const socket = descriptor(told.args[0])
  if (!socket?.names?.startsWith('UDP')) return one('connect', to.text)
  if (told.done) told.process.peers = Processes.remember(told.process.peers, socket.fd, kept(to.text))
  return to.port === 0 ? null : { kind: 'connect', target: to.text, route: true }
}

/** One datagram, or what a stream was given. */
function sent(told: Told, payload: Buffer | null, to: string | undefined, length: number): Found | null {
  const socket = descriptor(told.args[0])
  const stated = address(to)
  if (stated && stated.family !== 'ip') return null
  const target = stated?.text ?? peer(socket?.names ?? null)?.text ?? (socket ? told.process.peers.get(socket.fd) : undefined)
  if (target === undefined) return null
  const name = target.endsWith(':53') && payload ? dnsName(payload, socket?.names?.startsWith('TCP')) : null
  if (name !== null) return one('resolve', name)
  return one('send', target, { bytes: length, ...(payload && payload.length > 0 ? { sample: Buffer.from(payload) } : {}) })
}

function gathered(message: string | undefined): { payload: Buffer; length: number } {
  const parts = split((member(message, 'msg_iov') ?? '[]').slice(1, -1), 16)
  const length = parts.reduce((sum, part) => sum + Number(member(part, 'iov_len') ?? 0), 0)
  return { payload: Buffer.concat(parts.flatMap((part) => bytes(member(part, 'iov_base')) ?? [])), length: Number.isFinite(length) ? length : 0 }
}

const message = (told: Told, header: string | undefined): Found | null => {
  const { payload, length } = gathered(header)
  return sent(told, payload, member(header, 'msg_name'), length)
}

function signalled(told: Told, target: number, signal: number, kind: 'signal' | 'inject' = 'signal'): Found | null {
  const pid = pidOf(told.args[target])
  if (pid === null || (kind === 'signal' && told.args[signal] === '0')) return null
  const whom = pid.outer > 0 ? told.processes.of(pid.outer) ?? told.processes.byInner(pid.inner) : undefined
  if (whom === told.process) return null
  return one(kind, whom ? `${whom.pid} ${whom.program}`.trim() : String(pid.inner))
}

/** Sleeping less than this is a pause between tries. */
const SHORTEST_SLEEP = 500

function slept(argument: string | undefined): Found | null {
  const ms = Number(member(argument, 'tv_sec') ?? 0) * 1000 + Number(member(argument, 'tv_nsec') ?? 0) / 1e6
  return ms >= SHORTEST_SLEEP ? one('sleep', 'nanosleep', { ms }) : null
}

function refused({ call, args }: Told): Found {
  return { kind: 'refused', target: call.name, ...(args.length > 0 ? { argv: args.slice(0, 4).map((part) => kept(part).slice(0, 200)) } : {}) }
}

function moved(told: Told, path: string | null): null {
  if (told.done && path !== null) told.process.cwd = kept(path)
  return null
}

const mode = (argument: string | undefined): Partial<Act> => (/^0[0-7]{0,6}$/.test(argument ?? '') ? { mode: Number.parseInt(argument as string, 8) } : {})

/** What is under a descriptor, where it is a file. */
const named = (argument: string | undefined): string | null => {
  const found = descriptor(argument)?.names
  return found?.startsWith('/') ? found : null
}

const CALLS: Readonly<Record<string, (told: Told) => Found | null>> = {
  execve: (told) => executed(told, here(told, 0), list(told.args[1])),
  execveat: (told) => executed(told, /\bAT_EMPTY_PATH\b/.test(told.args[4] ?? '') && text(told.args[1]) === '' ? named(told.args[0]) : at(told, 0, 1), list(told.args[2])),
  open: (told) => opened(told, here(told, 0), told.args[1] ?? ''),
  openat: (told) => opened(told, at(told, 0, 1), told.args[2] ?? ''),
  openat2: (told) => opened(told, at(told, 0, 1), member(told.args[2], 'flags') ?? ''),
  creat: (told) => opened(told, here(told, 0), 'O_CREAT'),
  truncate: (told) => one('write', here(told, 0)),
  ftruncate: (told) => {
    const file = named(told.args[0])
    return file?.startsWith('/memfd:') ? null : one('write', file)
  },
  mknod: (told) => one('write', here(told, 0)),
  mknodat: (told) => one('write', at(told, 0, 1)),
  unlink: (told) => one('delete', here(told, 0)),
  rmdir: (told) => one('delete', here(told, 0)),
  unlinkat: (told) => one('delete', at(told, 0, 1)),
  rename: (told) => one('rename', here(told, 0), { other: here(told, 1) ?? '' }),
  renameat: (told) => one('rename', at(told, 0, 1), { other: at(told, 2, 3) ?? '' }),
  renameat2: (told) => one('rename', at(told, 0, 1), { other: at(told, 2, 3) ?? '' }),
  // Of links the new name is the target, what it leads to is the other.
  link: (told) => one('link', here(told, 1), { other: here(told, 0) ?? '' }),
  linkat: (told) => one('link', at(told, 2, 3), { other: at(told, 0, 1) ?? '' }),
  symlink: (told) => one('link', here(told, 1), { other: kept(text(told.args[0]) ?? '') }),
  symlinkat: (told) => one('link', at(told, 1, 2), { other: kept(text(told.args[0]) ?? '') }),
  chmod: (told) => one('mode', here(told, 0), mode(told.args[1])),
  fchmod: (told) => one('mode', named(told.args[0]), mode(told.args[1])),
  fchmodat: (told) => one('mode', at(told, 0, 1), mode(told.args[2])),
  chdir: (told) => moved(told, here(told, 0)),
  fchdir: (told) => moved(told, named(told.args[0])),
  chroot: refused,
  connect: reached,
  bind: (told) => {
    const to = address(told.args[1])
    const socket = descriptor(told.args[0])
    if (!to || to.family === 'other' || !socket) return null
    if (told.done) told.process.peers = Processes.remember(told.process.peers, socket.fd, kept(to.text))
    return to.family === 'ip' && to.port !== 0 && socket.names?.startsWith('UDP') ? one('listen', to.text) : null
  },
  listen: (told) => {
    const socket = descriptor(told.args[0])
    // A watcher outside the network namespace sees no address on the socket itself.
    const where = /^TCP(?:v6)?:\[(.{1,60}:\d+)\]$/.exec(socket?.names ?? '')?.[1]
    return one('listen', where ?? told.process.peers.get(socket?.fd ?? -1) ?? null)
  },
  sendto: (told) => sent(told, bytes(told.args[1]), told.args[4], Number(told.args[2] ?? 0)),
  sendmsg: (told) => message(told, told.args[1]),
  // Only the first of several: the rest goes the same way in all that was seen (a resolver asks for A and AAAA at once).
  sendmmsg: (told) => message(told, member(split((told.args[1] ?? '').slice(1, -1), 2)[0], 'msg_hdr')),
  kill: (told) => signalled(told, 0, 1),
  tkill: (told) => signalled(told, 0, 1),
  tgkill: (told) => signalled(told, 0, 2),
  rt_sigqueueinfo: (told) => signalled(told, 0, 1),
  pidfd_send_signal: ({ args }) => (args[1] === '0' ? null : one('signal', args[0] ?? '')),
  pidfd_getfd: ({ args }) => one('inject', args[0] ?? ''),
  ptrace: (told) => (/^PTRACE_(?:ATTACH|SEIZE|POKE|SETREGS)/.test(told.args[0] ?? '') ? signalled(told, 1, 1, 'inject') : null),
  process_vm_readv: (told) => signalled(told, 0, 0, 'inject'),
  process_vm_writev: (told) => signalled(told, 0, 0, 'inject'),
  memfd_create: (told) => {
    const got = descriptor(told.call.result)
    if (got) told.process.memory = Processes.remember(told.process.memory, got.fd, `/memfd:${kept(text(told.args[0]) ?? '')}`)
    return null
  },
  mmap: (told) => {
    const from = /\bPROT_EXEC\b/.test(told.args[2] ?? '') ? descriptor(told.args[4]) : null
    return from?.names?.startsWith('/memfd:') ? one('memory', kept(from.names)) : null
  },
  nanosleep: ({ args }) => slept(args[0]),
  clock_nanosleep: ({ args }) => (/\bTIMER_ABSTIME\b/.test(args[1] ?? '') ? null : slept(args[2])),
}
