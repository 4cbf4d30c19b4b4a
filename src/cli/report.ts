import type { Answer } from '../api/schemas.ts'
import { NEARLY_FROM } from '../core/cascade.ts'
import { changeSays } from '../core/change.ts'
import { indicatorLines } from './indicators.ts'
import { defanged, steps } from './path.ts'
import { count, plain, shade, wrap } from './print.ts'
import type { Paint, Printer } from './print.ts'

type Report = Answer<'scan'>
type Finding = Report['findings'][number]

/** How much is shown of one report, unless all of it is wanted. */
const MOST = { findings: 10, parts: 4, changes: 8, indicators: 4, missing: 5 }
const EVERYTHING: typeof MOST = { findings: Infinity, parts: Infinity, changes: Infinity, indicators: Infinity, missing: Infinity }
/** From so many targets on, clean ones are only counted. */
const MANY = 20

/** Reports for a person: a line a target, below it the path of each attack, and a count at the end. */
export function printReports(reports: readonly Report[], printer: Printer, all: boolean): void {
  const listed = all || reports.length < MANY ? reports : reports.filter(({ level }) => level !== 'clean')
  for (const report of listed) {
    const details = report.level === 'clean' && !all ? nearly(report, printer) : detailsOf(report, printer, all ? EVERYTHING : MOST)
    printer.lines(headline(report, printer.paint), ...details, ...(details.length > 0 && reports.length > 1 ? [''] : []))
  }
  if (reports.length > 1) printer.lines(summary(reports, printer.paint, listed.length < reports.length))
}

function headline({ target, level, score, findings, elapsedMs }: Report, paint: Paint): string {
  const what = findings.length > 0 ? `, ${count(findings.length, 'finding')}` : ''
  return `${paint.bold(plain(target, 300))}  ${shade(paint, level)}  ${paint.dim(`score ${score}${what}, ${(elapsedMs / 1000).toFixed(1)} s`)}`
}

/** Of a clean one only what makes it nearly suspicious. */
const nearly = (report: Report, { paint, width }: Printer): string[] => (report.score < NEARLY_FROM ? [] : scoreLine(report, paint, { width, most: MOST.parts }))

function summary(reports: readonly Report[], paint: Paint, hidden: boolean): string {
  const levels = (['malicious', 'suspicious', 'undetermined', 'clean'] as const).flatMap((level) => {
    const many = reports.filter((report) => report.level === level).length
    return many > 0 ? [`${many.toLocaleString('en')} ${shade(paint, level)}`] : []
  })
  return `${paint.bold(count(reports.length, 'target'))}: ${levels.join(', ')}${hidden ? paint.dim(' (--all lists the clean ones)') : ''}`
}

function detailsOf(report: Report, { paint, width }: Printer, most: typeof MOST): string[] {
  const { findings, missing } = report
  return [
    ...scoreLine(report, paint, { width, most: most.parts }),
    ...findings.slice(0, most.findings).flatMap((finding) => ['', ...title(finding, paint, width), ...steps(finding.evidence, paint, width)]),
    ...more(findings.length - most.findings, 'finding', paint),
    ...changeLines(report, paint, most.changes),
    ...(findings.length > 0 ? indicatorLines(report, { paint, width, most: most.indicators }) : []),
    ...missing.slice(0, most.missing).flatMap((line) =>
      wrap(`not examined: ${plain(line, 300)}`, width - 4).map((part, index) => `  ${index === 0 ? paint.yellow('?') : ' '} ${part}`)),
    ...more(missing.length - most.missing, 'thing not examined', paint, 'things not examined'),
  ]
}

const more = (left: number, one: string, paint: Paint, many?: string): string[] =>
  (left > 0 ? [paint.dim(`  and ${count(left, one, many)} more (--all shows everything)`)] : [])

/** `97 = 57 sends secrets + 38 runs hidden code + 2 …`, where that is more than what the one finding says. */
function scoreLine({ score, parts, findings, level }: Report, paint: Paint, { width, most }: { width: number; most: number }): string[] {
  if (parts.length === 0 || parts.length < 2 && findings.length > 0 && level !== 'clean') return []
  const shown = parts.slice(0, most).map(({ says, points }) => `${points < 1 ? '<1' : Math.round(points)} ${defanged(plain(says, 60))}`)
  const line = `${score} = ${shown.join(' + ')}${parts.length > most ? ` + ${parts.length - most} more` : ''}`
  return (most === Infinity ? wrap(line, width - 4) : [plain(line, width - 2)]).map((one) => paint.dim(`  ${one}`))
}

/** What the version can do that the last clean one could not, and what it lost. */
function changeLines({ change }: Report, paint: Paint, most: number): string[] {
  if (!change || change.added.length + change.removed.length === 0) return []
  const lines = [
    ...change.added.map((one) => `    ${paint.yellow('+')} ${paint.dim(one.of.padEnd(10))}  ${plain(changeSays(one), 120)}`),
    ...change.removed.map((one) => `    ${paint.dim('-')} ${paint.dim(one.of.padEnd(10))}  ${paint.dim(plain(changeSays(one), 120))}`),
  ]
  return ['', `  ${paint.bold(`new since ${plain(change.since, 80)}`)}`, ...lines.slice(0, most), ...more(lines.length - most, 'change', paint)]
}

function title({ title: text, severity, detector }: Finding, paint: Paint, width: number): string[] {
  const grave = severity === 'critical' || severity === 'high'
  const mark = grave ? paint.red('✗') : paint.yellow('!')
  const says = defanged(plain(text, 300))
  const by = plain(`${severity}, ${detector}`, width - 4)
  const [first = '', ...rest] = wrap(says, width - 4)
  const fits = rest.length === 0 && first.length + by.length + 8 <= width
  if (fits) return [`  ${mark} ${paint.bold(first)}  ${paint.dim(by)}`]
  return [`  ${mark} ${paint.bold(first)}`, ...rest.map((line) => `    ${paint.bold(line)}`), `    ${paint.dim(by)}`]
}
