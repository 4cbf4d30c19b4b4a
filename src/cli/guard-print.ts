import type { Alarm } from '../host/guard/alarm.ts'
import type { GuardReport } from '../host/guard/report.ts'
import { packageKey } from '../host/guard/session.ts'
import type { Count } from '../host/guard/session.ts'
import type { Paint } from './print.ts'
import { count, plain } from './print.ts'

const MOST = 12

/** `ALARM high  npm:evil@1.0.0 (postinstall, node setup.js) reads /home/u/.ssh/id_rsa (SSH keys)`. */
export function alarmLine({ severity, says, by }: Alarm, paint: Paint): string {
  const who = by.package === null ? plain(by.argv[0] ?? by.program, 60) : plain(packageKey(by.package), 120)
  const how = [by.package === null ? null : by.lifecycle, by.package === null ? null : by.argv.slice(0, 4).join(' ')].filter((part) => part !== null && part !== '').map((part) => plain(part as string, 80)).join(', ')
  const head = severity === 'critical' || severity === 'high' ? paint.red(`ALARM ${severity}`) : paint.yellow(`alarm ${severity}`)
  return `${head}  ${who}${how === '' ? '' : ` (${how})`} ${plain(says, 300)}`
}

/** The report for people, lines for standard error. */
export function reportLines(report: GuardReport, paint: Paint): string[] {
  const { watched, overhead, masked } = report
  const lines = [`${paint.bold('sluice guard')}: ${plain(report.command.join(' '), 200)} ${ending(report)} after ${seconds(report.elapsedMs)}`]
  const add = (head: string, rows: readonly string[]): void => {
    if (rows.length === 0) return
    lines.push(`  ${paint.dim(head)}`, ...rows.slice(0, MOST).map((row) => `    ${row}`), ...(rows.length > MOST ? [`    … ${count(rows.length - MOST, 'more', 'more')}: --report FILE has all`] : []))
  }
  if (report.stopped) lines.push(`  ${paint.red('stopped')}: ${plain(report.stopped.because, 300)}; ${count(report.stopped.killed, 'process', 'processes')} ended${report.stopped.left > 0 ? `, ${report.stopped.left} could not be` : ''}`)
  add(`${count(report.alarms.length, 'alarm')}`, report.alarms.map(({ severity, package: by, says, lineage }) => `${severity}  ${plain(by ?? (lineage[0]?.argv ?? []).join(' '), 100)}  ${plain(says, 200)}`))
  add('packages whose code ran', report.packages.map(({ package: name, lifecycles, processes }) => `${plain(name, 120)}  ${[...lifecycles].map((one) => plain(one, 40)).join(', ')}${lifecycles.length > 0 ? '; ' : ''}${count(processes, 'program')}`))
  add('what they ran', report.ran.filter(({ package: by }) => by !== null).map(row))
  add('what was read', report.read.map(row))
  add('what was written elsewhere', report.wrote.map(row))
  add('where it connected', report.reached.map(row))
  add('names looked up', report.asked.map(row))
  const [added, gone] = [report.installed.length, report.removed.length]
  if (added + gone > 0) lines.push(`  ${paint.dim('installed')} ${count(added, 'package')}${gone > 0 ? `, removed ${gone}` : ''}`)
  add('left running', report.leftovers.map(({ pid, argv, ended }) => `${pid} ${plain(argv.join(' '), 150)}${ended ? ' (ended)' : ''}`))
  const hidden = masked.variables.filter(({ how }) => how === 'removed' || how === 'decoy').length
  const [hooks, files] = [masked.variables.filter(({ how }) => how === 'hooks').length + masked.forHooks.length, masked.files.length]
  lines.push(`  ${paint.dim('masked')} ${count(hidden, 'variable')}, ${count(files, 'place')} of the home${hooks > 0 ? `; ${hooks} from hooks alone` : ''}`)
  for (const { path, why } of masked.kept) lines.push(`    kept: ${plain(path, 150)} (${plain(why, 80)})`)
  for (const one of masked.says) lines.push(`    ${plain(one, 300)}`)
  lines.push(`  ${paint.dim('watched')} by ${watched.engine ?? 'nothing'}: ${count(report.processes, 'process', 'processes')}, ${count(watched.events, 'event')}, ${watched.lostTotal === 0 ? 'none lost' : paint.red(`${watched.lostTotal} lost`)}${watched.unlisted > 0 ? `, ${watched.unlisted} not listed` : ''}; `
    + `${seconds(overhead.readyMs)} to begin, ${seconds(overhead.drainMs)} to end, ${seconds(overhead.cpuMs + (overhead.engineCpuMs ?? 0))} of processor time`)
  if (watched.says !== null) lines.push(`    ${paint.yellow(plain(watched.says, 300))}`)
  return lines
}

function ending({ exit, signal, stopped }: GuardReport): string {
  if (stopped !== null) return 'was stopped'
  return signal === null ? `ended with ${exit}` : `was ended by ${signal}`
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`

function row({ what, name, package: by, times, failed }: Count): string {
  const tries = failed === times ? ' (in vain)' : ''
  return `${plain(what, 160)}${name === undefined ? '' : ` ${plain(name, 100)}`}${times > 1 ? ` ×${times}` : ''}${tries}${by === null ? '' : `  by ${plain(by, 80)}`}`
}
