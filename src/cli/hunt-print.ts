import { refanged, defang } from '../analysis/indicators/spelling.ts'
import type { HuntWire } from '../api/hunt-schemas.ts'
import { soughtIn } from '../hunt/sought.ts'
import { count, moment, plain, shade, tail } from './print.ts'
import type { Printer } from './print.ts'

type Hit = HuntWire['hits'][number]
type Why = Hit['why'][number]

/** One block a file: what it is, what is decided of it, and where it was found. */
export function huntTable({ hits, files, versions, exposure }: HuntWire, printer: Printer): void {
  const { paint, width, lines } = printer
  for (const hit of hits) {
    const subject = plain(`${hit.ecosystem}:${hit.name}@${hit.version}`, width - 30)
    lines(`${paint.bold(subject)}  ${shade(paint, hit.level)} ${hit.score}  ${shade(paint, hit.ruling.action)}${hit.served > 0 ? paint.red(`  delivered ${hit.served === 1 ? 'once' : `${hit.served} times`}`) : ''}`)
    lines(paint.dim(`  ${tail(plain(hit.file, 400), 60)}, judged ${moment(hit.judgedAt)}: ${plain(hit.ruling.because, width - 40)}`))
    for (const one of hit.why.slice(0, 5)) lines(`  ${whyLine(one, width - 4)}`)
    if (hit.why.length > 5) lines(paint.dim(`  and ${hit.why.length - 5} more places`))
  }
  lines('', `${count(files, 'file')} of ${count(versions, 'version')}`)
  if (exposure === null) return lines('Too many versions to say who met them: narrow the hunt.')
  const said = contacts(exposure.totals)
  lines(said.length === 0 ? 'Nobody has met any of it.' : `Met by callers and services: ${said.join(', ')}`)
  const met = exposure.met.filter(({ contact }) => contact !== 'index' && contact !== 'denied').slice(0, 10)
  if (met.length > 0) {
    lines('')
    printer.table(['who', 'how', 'what', 'times', 'last'], met.map((one) => [
      plain([one.service ?? one.token ?? one.user, one.job, one.host ?? one.address].filter(Boolean).join(' at ') || 'unknown', 60), paint.red(one.contact),
      plain(`${one.subject.ecosystem}:${one.subject.name}${one.subject.version === null ? '' : `@${one.subject.version}`}`, 60), String(one.count), moment(one.last),
    ]))
  }
}

function whyLine({ what, file, line, excerpt }: Why, width: number): string {
  const place = file === '' ? '' : `  ${tail(plain(line > 0 ? `${file}:${line}` : file, 400), 50)}`
  return `${plain(what, 80)}${place}  ${plain(shown(excerpt), Math.max(20, width - Math.min(80, what.length) - place.length - 2))}`
}

/** Nothing that a terminal or a sheet makes a link of. */
function shown(excerpt: string): string {
  const found = excerpt.length <= 2_000 && refanged(excerpt).text === excerpt ? soughtIn(excerpt) : null
  switch (found?.kind) {
    case 'domain': return defang(excerpt, 'domain')
    case 'email': return defang(excerpt, 'email')
    case 'url': return defang(excerpt, 'url')
    case 'network': return defang(excerpt, excerpt.includes(':') ? 'ipv6' : 'ipv4')
    default: return excerpt
  }
}

const NAMES: Readonly<Record<string, string>> = { ran: 'run', installed: 'installed', locked: 'in lockfiles', served: 'received', denied: 'refused', index: 'index read' }
const contacts = (totals: NonNullable<HuntWire['exposure']>['totals']): string[] =>
  (['ran', 'installed', 'locked', 'served', 'denied', 'index'] as const).flatMap((contact) => (totals[contact] > 0 ? [`${NAMES[contact]} ${totals[contact].toLocaleString('en')}`] : []))

const HEADS = ['ecosystem', 'name', 'version', 'file', 'digest', 'level', 'score', 'judged', 'delivered', 'decision', 'because', 'what', 'where', 'line', 'excerpt']

/** RFC 4180, a row for each place. */
export function huntCsv({ hits }: HuntWire): string[] {
  return [HEADS.join(','), ...hits.flatMap((hit) => (hit.why.length === 0 ? [{ what: '', file: '', line: 0, excerpt: '' }] : hit.why).map((why) => [
    hit.ecosystem, hit.name, hit.version, hit.file, hit.digest ?? '', hit.level, hit.score, hit.judgedAt, hit.served, hit.ruling.action, hit.ruling.because, why.what, why.file, why.line || '', shown(why.excerpt),
  ].map(cell).join(',')))]
}

/** What begins like a formula would be one in a sheet. */
function cell(value: string | number): string {
  const text = plain(String(value), 2_000)
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
