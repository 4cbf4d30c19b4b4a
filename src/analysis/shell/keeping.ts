import { HOME, UNKNOWN } from '../desk.ts'
import { mixed } from '../taint.ts'
import { argued, heldBy, isFlag, joined, NOTHING, note, unknown } from './call.ts'
import type { Call, Program } from './call.ts'

/** Programs that make something start again later. What they change is noted as the file behind it. */

/** `crontab file`, `… | crontab -`; the commands in the table are read. */
const crontab: Program = (call) => {
  if (call.texts.includes('-l')) return { text: '…\n', taint: unknown().taint }
  if (call.texts.includes('-r')) {
    note(call, 'delete', '/var/spool/cron')
    return NOTHING
  }
  const file = call.words.find((word) => !isFlag(word.text) && word.text !== '-')
  const table = file ? heldBy(call, file) : call.given
  note(call, 'write', '/var/spool/cron', table.taint)
  for (const row of table.text.split('\n', 200)) if (!row.startsWith(UNKNOWN)) call.read(row.replace(/^\s*(?:@\w+|(?:[\d*,/-]+\s+){5})\s*/, ''), 'posix')
  return NOTHING
}

/** `at now <<< commands`, `batch`. */
const later: Program = (call) => {
  note(call, 'write', '/var/spool/cron/atjobs', call.given.taint)
  call.read(call.given.text, 'posix')
  return NOTHING
}

const service: Program = (call) => {
  const [verb, name] = call.texts.filter((text) => !isFlag(text))
  note(call, 'spawn', call.line)
  if (verb === 'enable' || verb === 'link' || verb === 'reenable') note(call, 'write', `${call.texts.includes('--user') ? '<home>/.config' : '/etc'}/systemd/${call.texts.includes('--user') ? 'user' : 'system'}/${name ?? ''}`)
  return NOTHING
}

const launchctl: Program = (call) => {
  const path = call.texts.find((text) => /[\\/]/.test(text) && /plist|Launch/i.test(text))
  note(call, 'spawn', call.line)
  if (/^(?:load|bootstrap|enable|submit)$/.test(call.texts[0] ?? '')) note(call, 'write', path ?? `${HOME}/Library/LaunchAgents/${call.texts.at(-1) ?? ''}`)
  return NOTHING
}

const after = (call: Call, flag: RegExp): string | undefined => {
  const at = call.texts.findIndex((text) => flag.test(text))
  return at < 0 ? undefined : call.texts[at + 1]
}

const schtasks: Program = (call) => {
  note(call, 'spawn', call.line, argued(call))
  if (!call.texts.some((text) => /^\/create$/i.test(text))) return NOTHING
  note(call, 'write', `C:\\Windows\\System32\\Tasks\\${after(call, /^\/tn$/i) ?? ''}`, joined(call.words))
  const command = after(call, /^\/tr$/i)
  return command === undefined ? NOTHING : call.read(command, 'batch')
}

/** `reg add KEY /v name /d command`: a key that starts things holds a command. */
const registry: Program = (call) => {
  const verb = call.texts[0]?.toLowerCase()
  const key = call.texts[1] ?? ''
  note(call, 'spawn', call.line, argued(call))
  if (verb === 'delete') note(call, 'delete', key)
  if (verb !== 'add') return NOTHING
  note(call, 'write', key, joined(call.words))
  const command = after(call, /^\/d$/i)
  return command !== undefined && /\\Run|\\Shell|\\Command|Winlogon|Image File Execution/i.test(key) ? call.read(command, 'batch') : NOTHING
}

const control: Program = (call) => {
  note(call, 'spawn', call.line, argued(call))
  if (/^(?:create|config)$/i.test(call.texts[0] ?? '') && call.program === 'sc') note(call, 'write', `HKLM\\SYSTEM\\CurrentControlSet\\Services\\${call.texts[1] ?? ''}`, joined(call.words))
  const command = call.texts.map((text, index) => /^binpath=$/i.test(text) ? call.texts[index + 1] : /^binpath=\s*(.+)$/i.exec(text)?.[1]).find((text) => text !== undefined)
  return command === undefined ? NOTHING : call.read(command, 'batch')
}

const runlevel: Program = (call) => {
  note(call, 'spawn', call.line)
  const name = call.texts.find((text) => !isFlag(text) && !/^(?:add|defaults|enable)$/.test(text))
  if (!/remove|disable|delete/.test(call.line)) note(call, 'write', `/etc/init.d/${name ?? ''}`)
  return NOTHING
}

/** `setx NAME value`, `ssh-copy-id`, `visudo`: spawns whose words say it all. */
const settled: Program = (call) => {
  note(call, 'spawn', call.line, mixed(joined(call.words), call.given.taint))
  return NOTHING
}

const each = (names: string, program: Program): [string, Program][] => names.split(' ').map((name) => [name, program])

export const KEEPING: readonly (readonly [string, Program])[] = [
  ['crontab', crontab], ...each('at batch', later), ['systemctl', service], ['launchctl', launchctl], ['schtasks', schtasks], ['reg', registry], ['sc', control],
  ...each('update-rc.d chkconfig rc-update', runlevel), ...each('setx chpasswd passwd usermod useradd adduser net visudo wmic', settled),
]
