import { closeSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs'

/** What `/proc` says of a process while it lives; null where it is gone, or not ours to know. */
export interface Proc {
  argv(pid: number): string[] | null
  /** The environment it was started with, of the variables asked for. Whoever runs may have forged it. */
  environment(pid: number, names: readonly string[]): Record<string, string> | null
  folder(pid: number): string | null
  /** What a descriptor is. */
  descriptor(pid: number, fd: number): string | null
  stat(pid: number): { parent: number; name: string; state: string; started: string; ticks: number } | null
  user(pid: number): number | null
  program(pid: number): string | null
  /** Whom a process traces. */
  traced(pid: number): number[]
  /** Addresses of resolv.conf(5). */
  nameServers(): string[]
}

const MOST = 128 * 1024

export const proc: Proc = {
  argv(pid) {
    const raw = read(`/proc/${pid}/cmdline`)
    return raw === null || raw.length === 0 ? null : raw.toString('utf8').replace(/\0$/, '').split('\0')
  },
  environment(pid, names) {
    const raw = read(`/proc/${pid}/environ`)
    if (raw === null) return null
    const found: Record<string, string> = Object.create(null) as Record<string, string>
    for (const one of raw.toString('utf8').split('\0')) {
      const at = one.indexOf('=')
      if (at > 0 && names.includes(one.slice(0, at))) found[one.slice(0, at)] ??= one.slice(at + 1)
    }
    return found
  },
  program: (pid) => link(`/proc/${pid}/exe`),
  folder: (pid) => link(`/proc/${pid}/cwd`),
  descriptor: (pid, fd) => link(`/proc/${pid}/fd/${fd}`),
  stat(pid) {
    const text = read(`/proc/${pid}/stat`)?.toString('utf8')
    const end = text?.lastIndexOf(')') ?? -1
    if (text === undefined || end < 0) return null
    const fields = text.slice(end + 2).split(' ')
    return { name: text.slice(text.indexOf('(') + 1, end), state: fields[0] ?? '', parent: Number(fields[1]), started: fields[19] ?? '', ticks: Number(fields[11]) + Number(fields[12]) }
  },
  traced: (pid) => readdirSync('/proc').filter((entry) => /^\d+$/.test(entry) && new RegExp(`^TracerPid:\\t${pid}$`, 'm').test(read(`/proc/${entry}/status`)?.toString('utf8') ?? '')).map(Number),
  nameServers: () => [...(read('/etc/resolv.conf')?.toString('latin1') ?? '').matchAll(/^nameserver\s+([\da-fA-F.:]+)/gm)].map(([, address]) => address as string),
  user(pid) {
    const found = /^Uid:\s+(\d+)/m.exec(read(`/proc/${pid}/status`)?.toString('utf8') ?? '')?.[1]
    return found === undefined ? null : Number(found)
  },
}

function read(path: string): Buffer | null {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch {
    return null
  }
  try {
    const parts: Buffer[] = []
    for (let size = 0; size < MOST;) {
      const part = Buffer.alloc(16 * 1024)
      const got = readSync(file, part, 0, part.length, null)
      if (got === 0) break
      parts.push(part.subarray(0, got))
      size += got
    }
    return Buffer.concat(parts)
  } catch {
    return null
  } finally {
    closeSync(file)
  }
}

function link(path: string): string | null {
  try {
    return readlinkSync(path).replace(/ \(deleted\)$/, '')
  } catch {
    return null
  }
}
