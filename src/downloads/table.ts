import { CLASSES } from './delivery.ts'
import type { Tallied } from './tally.ts'

/** What a table may be sorted by. */
export type By = 'class' | 'country' | 'client' | 'day' | 'package' | 'caller'

/** One table of a report (RFC 4180), for people with a spreadsheet: no cell is a formula. */
export function downloadsCsv(report: Tallied, by: By): string {
  return [headsOf(by), ...rowsOf(report, by)].map((cells) => `${cells.map(cell).join(',')}\r\n`).join('')
}

const headsOf = (by: By): readonly string[] => {
  if (by === 'class') return ['class', 'deliveries', 'callers']
  if (by === 'caller') return ['class', 'because', 'client', 'country', 'user', 'token', 'host', 'address', 'job', 'deliveries', 'first', 'last']
  return [by, 'deliveries', ...CLASSES]
}

function rowsOf(report: Tallied, by: By): (string | number)[][] {
  if (by === 'class') return CLASSES.map((kind) => [kind, report.classes[kind].deliveries, report.classes[kind].callers])
  if (by === 'caller') {
    return report.receivers.map((one) => [
      one.class, one.because, one.client, one.country ?? 'unknown', one.user ?? '', one.token ?? '', one.host ?? '', one.address ?? '', one.job ?? '', one.deliveries,
      one.first.toISOString(), one.last.toISOString(),
    ])
  }
  const rows = { country: report.countries, client: report.clients, day: report.days, package: report.packages }[by]
  return rows.map(({ value, deliveries, classes }) => [value, deliveries, ...CLASSES.map((kind) => classes[kind])])
}

/** What a spreadsheet would run is preceded by an apostrophe (OWASP, "CSV Injection"). */
function cell(value: string | number): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is taken out
  const text = String(value).replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, ' ')
  return `"${(/^[=+\-@|%]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`
}
