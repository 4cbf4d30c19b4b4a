import type { HostEvent } from './event.ts'
import { checked, documentsIn, idOf, numberOf, runningIn, textOf, valuesOf } from './foreign.ts'
import type { Values } from './foreign.ts'
import type { Read } from './ocsf.ts'

type Act = NonNullable<HostEvent['act']>

/** From here on it is an alarm; what is below is told as what was done. */
const ALARMS = new Set(['emergency', 'alert', 'critical', 'error', 'warning'])

/** Falco's JSON output (`json_output`, `json_include_output_fields_property`), one alert a document or a line. */
export const readFalco = (text: string, most: number): Read[] => documentsIn(text, most).map(read)

function read(value: unknown): Read {
  const { uuid, output, priority, rule, time, hostname, output_fields } = valuesOf(value)
  const [host, named, said] = [textOf(hostname), textOf(rule), textOf(output)]
  if (host === null) return { problem: 'an alert of Falco without hostname: which machine it is of is not known' }
  if (named === null || textOf(priority) === null) return { problem: 'no alert of Falco: it has no rule or no priority' }
  const fields = valuesOf(output_fields)
  const at = new Date(typeof time === 'string' ? time : Number.NaN)
  const [pid, program] = [numberOf(fields['proc.pid']), textOf(fields['proc.exepath']) ?? textOf(fields['proc.name'])]
  const command = textOf(fields['proc.cmdline'])
  return checked({
    id: typeof uuid === 'string' && /^[0-9a-f-]{36}$/.test(uuid) ? uuid : idOf('falco', host, named, time, said, fields), at, host, user: textOf(fields['user.name']),
    kind: ALARMS.has(textOf(priority)?.toLowerCase() ?? '') ? 'alarm' : 'act', package: runningIn(textOf(fields['proc.cwd'])), place: textOf(fields['fd.name']) ?? textOf(fields['proc.exepath']), session: null,
    act: actOf(fields, pid), process: pid === null || program === null ? null : { pid, parent: numberOf(fields['proc.ppid']), program, argv: command === null ? [] : command.split(' ') },
    says: said === null ? named : `${named}: ${said}`, source: 'falco',
  })
}

const READS = new Set(['open', 'openat', 'openat2', 'open_by_handle_at', 'creat'])
const CALLS: Readonly<Record<string, Act['kind']>> = {
  execve: 'exec', execveat: 'exec', unlink: 'delete', unlinkat: 'delete', rmdir: 'delete', rename: 'rename', renameat: 'rename', renameat2: 'rename', symlink: 'link', symlinkat: 'link', link: 'link', linkat: 'link',
  chmod: 'mode', fchmod: 'mode', fchmodat: 'mode', connect: 'connect', listen: 'listen', sendto: 'send', sendmsg: 'send', ptrace: 'inject', kill: 'signal', memfd_create: 'memory',
}

/** As far as the rule's output has the fields; null: what was done is not among the kinds known here. */
function actOf(fields: Values, pid: number | null): Act | null {
  const call = textOf(fields['evt.type']) ?? ''
  const opened = READS.has(call)
  const kind = opened ? (fields['evt.is_open_write'] === true || fields['evt.is_open_write'] === 'true' ? 'write' : 'read') : Object.hasOwn(CALLS, call) ? CALLS[call] : undefined
  const file = textOf(fields['fd.name'])
  const target = kind === 'exec' ? textOf(fields['proc.exepath']) ?? textOf(fields['proc.name']) : kind === 'connect' || kind === 'send' || kind === 'listen' ? remote(fields) ?? file : file ?? textOf(fields['evt.arg.path']) ?? textOf(fields['evt.arg.name'])
  if (kind === undefined || target === null || target === undefined) return null
  const failed = textOf(fields['evt.failed']) === 'true' || fields['evt.failed'] === true
  const error = failed ? textOf(fields['evt.res']) : null
  return { kind, at: 0, pid: pid ?? 0, target, done: !failed, ...(error === null ? {} : { error }), seen: ['call'], by: null }
}

/** `fd.name` of a socket is `from:port->to:port`. */
function remote(fields: Values): string | null {
  const [ip, port] = [textOf(fields['fd.rip']) ?? textOf(fields['fd.sip']), numberOf(fields['fd.rport']) ?? numberOf(fields['fd.sport'])]
  if (ip !== null && port !== null) return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`
  return textOf(fields['fd.name'])?.split('->').at(-1) ?? null
}
