import type { Observation } from './observation.ts'
import { addressOf } from './socket-address.ts'

/** What the kernel's audit said of one event: records with one number, as auditd's RAW log has them. */
interface Group {
  serial: string
  at: number
  syscall: Record<string, string> | null
  argv: string[]
  paths: { name: string | null; type: string }[]
  cwd: string | null
  saddr: string | null
}

/** x86_64 and arm64 by the numbers of their calls (asm/unistd.h). */
const CALLS: Readonly<Record<string, Readonly<Record<string, 'exec' | 'connect' | 'open'>>>> = {
  c000003e: { 59: 'exec', 322: 'exec', 42: 'connect', 257: 'open', 2: 'open', 437: 'open', 85: 'open' },
  c00000b7: { 221: 'exec', 281: 'exec', 203: 'connect', 56: 'open', 437: 'open' },
}
const LONGEST = 64 * 1024

/** One event of the log: who did it, and what. `parent` is as the kernel says it; forks themselves are not audited. */
export interface Audited {
  pid: number
  parent: number
  seen: Observation
  folder: string | null
}

/** Reads auditd's log as it grows; only records with our key count. */
export class AuditLog {
  readonly #key: string
  readonly #began: number
  readonly #onEvent: (event: Audited) => void
  #rest = ''
  #group: Group | null = null
  unreadable = 0

  constructor({ key, began, onEvent }: { key: string; began: number; onEvent(event: Audited): void }) {
    this.#key = key
    this.#began = began
    this.#onEvent = onEvent
  }

  push(text: string): void {
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop() ?? ''
    if (this.#rest.length > LONGEST) {
      this.#rest = ''
      this.unreadable++
    }
    for (const line of lines) this.#line(line)
  }

  /** The records of an event come together: the last one is complete when nothing more comes. */
  flush(): void {
    if (this.#group !== null) this.#finish(this.#group)
    this.#group = null
  }

  #line(line: string): void {
    const [, type, seconds, serial, rest] = /^type=(\w+) msg=audit\((\d+\.\d+):(\d+)\): ?(.*)$/.exec(line) ?? []
    if (type === undefined || serial === undefined) return void (line === '' || this.unreadable++)
    if (this.#group !== null && this.#group.serial !== serial) this.flush()
    this.#group ??= { serial, at: Number(seconds) * 1000, syscall: null, argv: [], paths: [], cwd: null, saddr: null }
    const fields = fieldsOf(rest ?? '')
    if (type === 'SYSCALL') this.#group.syscall = fields
    else if (type === 'CWD') this.#group.cwd = textOf(fields['cwd'])
    else if (type === 'SOCKADDR') this.#group.saddr = fields['saddr'] ?? null
    else if (type === 'PATH' && this.#group.paths.length < 8) this.#group.paths.push({ name: textOf(fields['name']), type: fields['nametype'] ?? '' })
    else if (type === 'EXECVE') for (let index = 0; index < 64 && fields[`a${index}`] !== undefined; index++) this.#group.argv.push(textOf(fields[`a${index}`]) ?? '')
  }

  #finish({ syscall, at, argv, paths, cwd, saddr }: Group): void {
    if (syscall === null || textOf(syscall['key']) !== this.#key) return
    const what = CALLS[syscall['arch'] ?? '']?.[syscall['syscall'] ?? '']
    const pid = Number(syscall['pid'])
    if (what === undefined || !Number.isSafeInteger(pid)) return
    const base = { pid, at: Math.max(0, at - this.#began) }
    const error = syscall['success'] === 'yes' || syscall['exit'] === '-115' ? null : ERRORS[syscall['exit'] ?? ''] ?? `E${syscall['exit'] ?? ''}`
    const seen = ((): Observation | null => {
      switch (what) {
        case 'exec': return error === null ? { what: 'exec', ...base, program: paths[0]?.name ?? textOf(syscall['exe']) ?? '', argv } : null
        case 'connect': {
          const target = saddr === null ? null : addressIn(saddr)
          return target === null ? null : { what: 'act', ...base, kind: 'connect', target, error }
        }
        case 'open': {
          const path = paths.find(({ type }) => type !== 'PARENT')?.name ?? paths[0]?.name
          return path ? { what: 'file', ...base, kind: paths.some(({ type }) => type === 'CREATE') ? 'write' : 'read', folder: null, path, cut: false, error } : null
        }
      }
    })()
    if (seen !== null) this.#onEvent({ pid, parent: Number(syscall['ppid']), seen, folder: cwd })
  }
}

const ERRORS: Readonly<Record<string, string>> = { '-1': 'EPERM', '-2': 'ENOENT', '-13': 'EACCES', '-111': 'ECONNREFUSED' }

/** `name=value` with spaces between. Values in quotes have none of theirs inside: the kernel writes such as hexadecimal. */
function fieldsOf(text: string): Record<string, string> {
  const fields: Record<string, string> = Object.create(null) as Record<string, string>
  for (const [, name, value] of text.matchAll(/(?:^| )([\w-]{1,40})=("[^"]*"|\S*)/g)) fields[name as string] ??= value as string
  return fields
}

/** A string that people may have chosen: in quotes, or as hexadecimal where it could not be; `(null)` is none. */
function textOf(value: string | undefined): string | null {
  if (value === undefined || value === '(null)') return null
  if (value.startsWith('"')) return value.slice(1, -1)
  return /^(?:[0-9A-F]{2})+$/.test(value) ? Buffer.from(value, 'hex').toString('utf8') : value
}

/** A `sockaddr` in hexadecimal, in the machine's order of bytes for the family. */
function addressIn(hex: string): string | null {
  const bytes = Buffer.from(hex.slice(0, 300), 'hex')
  if (bytes.length < 8) return null
  const family = bytes.readUInt16LE(0)
  if (family === 1) return bytes.subarray(2).toString('utf8').split('\0').find((part) => part !== '') ?? null
  const words = [0, 8, 16].map((at) => (bytes.length >= at + 8 ? bytes.readBigUInt64LE(at) : 0n))
  return addressOf(family, words)
}
