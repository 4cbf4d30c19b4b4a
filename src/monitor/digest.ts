import { oneLine } from '../core/text.ts'
import type { Alarm } from './alarms.ts'
import type { AlarmSeverity } from './concerns.ts'

/** A summary of alarms as a mail carries it. */
export interface Digest {
  subject: string
  text: string
  alarms: number
}

const ORDER: readonly AlarmSeverity[] = ['critical', 'high', 'medium', 'low']
const SHOWN = 60
const COLUMNS = 78
const LONGEST = 3_000

/** Alarms that were raised or grew in a span of time, the gravest first, in plain text of at most 78 columns where names allow. */
export function digestOf(alarms: readonly Alarm[], { since, until }: { since: Date; until: Date }): Digest {
  const sorted = [...alarms].sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity) || b.size - a.size)
  const span = `${stamp(since)} to ${stamp(until)} UTC`
  if (sorted.length === 0) return { subject: 'Sluice: no alarms', text: `No alarms from ${span}.\n`, alarms: 0 }
  const counts = ORDER.flatMap((severity) => {
    const count = sorted.filter((one) => one.severity === severity).length
    return count === 0 ? [] : [`${count} ${severity}`]
  })
  const shown = sorted.slice(0, SHOWN).map(entry)
  const rest = sorted.length - shown.length
  return {
    subject: `Sluice: ${sorted.length} ${sorted.length === 1 ? 'alarm' : 'alarms'} (${counts.join(', ')})`, alarms: sorted.length,
    text: [`Alarms from ${span}: ${counts.join(', ')}.`, ...shown, ...(rest > 0 ? [`And ${rest} more: sluice watch alarms`] : []), ''].join('\n\n'),
  }
}

function entry({ id, severity, title, size, packages, openedAt, closedAt, campaign }: Alarm): string {
  const latest = packages.at(-1)
  const names = packages.slice(-8).map(({ ecosystem, name, version }) => `${ecosystem}:${name}${version === null ? '' : `@${version}`}`)
  return [
    ...wrapped(`[${severity}] ${title}${closedAt === null ? '' : ' (closed)'}`, { first: '', next: '  ' }),
    `  since ${stamp(openedAt)}, ${size} ${size === 1 ? 'package' : 'packages'}${campaign === null ? '' : `, campaign ${campaign}`}`,
    ...wrapped(names.join(', ') + (size > names.length ? ', …' : ''), { first: '  ', next: '  ' }),
    ...(latest?.signals ?? []).slice(0, 8).flatMap((signal) => wrapped(signal, { first: '  - ', next: '    ' })),
    `  sluice watch close ${id}`,
  ].join('\n')
}

/** Words that strangers wrote, in lines with these beginnings. */
function wrapped(text: string, { first, next }: { first: string; next: string }): string[] {
  const lines: string[] = []
  let line = first
  let empty = true
  for (const word of oneLine(text, LONGEST).split(' ')) {
    if (!empty && line.length + 1 + word.length > COLUMNS) {
      lines.push(line)
      line = next
      empty = true
    }
    line += empty ? word : ` ${word}`
    empty = false
  }
  return [...lines, line]
}

const stamp = (at: Date): string => at.toISOString().slice(0, 16).replace('T', ' ')

/** The digest as a message (RFC 5322, RFC 2045): what `sendmail -t` takes. */
export function messageOf({ subject, text }: Digest, { to, from, at }: { to: string | null; from: string | null; at: Date }): string {
  const header = (name: string, value: string): string => `${name}: ${value.replace(/[\r\n]+/g, ' ')}`
  const encoded = /^[\x20-\x7e]*$/.test(subject) ? subject : `=?utf-8?B?${Buffer.from(subject).toString('base64')}?=`
  return [
    ...(from === null ? [] : [header('From', from)]), ...(to === null ? [] : [header('To', to)]),
    header('Subject', encoded), header('Date', at.toUTCString().replace('GMT', '+0000')), 'MIME-Version: 1.0', 'Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: base64', '',
    (Buffer.from(text).toString('base64').match(/.{1,76}/g) ?? []).join('\r\n'), '',
  ].join('\r\n')
}
