import { MALICIOUS_FROM, SUSPICIOUS_FROM } from '../core/weigh.ts'
import type { Detector } from '../detectors/detector.ts'
import { detectors } from '../detectors/index.ts'
import { count, plain, wrap } from './print.ts'
import type { Printer } from './print.ts'

/** What a severity says; a detector reads it off how code is reached and where its chain ends. */
const SEVERITIES = {
  critical: `no honest package does it; in code, one finding makes malicious (from ${MALICIOUS_FROM} points)`,
  high: 'hardly ever honest; suspicious alone, malicious where the learned model is sure as well',
  medium: `worth a look; suspicious alone where it is certain (from ${SUSPICIOUS_FROM} points)`,
  low: 'seen in honest packages as well; counts together with others',
  info: 'told for completeness; counts nothing',
} as const

/** The reasons of one detector, or all detectors with their first reason. Returns the exit code: 2 for a name that none has. */
export function explain(name: string | null, printer: Printer): number {
  const found = name === null ? undefined : detectors.find(({ id }) => id === name)
  if (found) {
    if (printer.wantsJson) printer.json({ ...shown(found), severities: SEVERITIES })
    else printer.lines(...page(found, printer))
    return 0
  }
  if (name !== null) printer.note(`sluice: no detector is called ${plain(name, 80)}; these there are:`)
  if (printer.wantsJson) printer.json(detectors.map(shown))
  else list(printer)
  return name === null ? 0 : 2
}

const shown = ({ id, version, ecosystems, why }: Detector) => ({ detector: id, version, ecosystems, why })

function page({ id, version, ecosystems, why }: Detector, { paint, width }: Printer): string[] {
  return [
    `${paint.bold(id)}  ${paint.dim(`version ${version}, for ${ecosystems.join(', ')}`)}`, '',
    ...why.flatMap((reason) => wrap(plain(reason, 1_000), width - 4).map((line, index) => `${index === 0 ? '  · ' : '    '}${line}`)), '',
    paint.dim('  Severity follows from what makes the code run and where its chain ends:'),
    ...Object.entries(SEVERITIES).map(([severity, means]) => paint.dim(`    ${severity.padEnd(8)}  ${means}`)),
  ]
}

function list({ paint, width, lines }: Printer): void {
  const widest = Math.max(...detectors.map(({ id }) => id.length))
  for (const { id, why } of detectors) {
    const [first = '', ...rest] = wrap(plain(why[0] ?? '', 1_000), Math.max(30, width - widest - 2))
    lines(`${paint.bold(id.padEnd(widest))}  ${first}`, ...rest.map((line) => `${' '.repeat(widest)}  ${line}`))
  }
  lines('', paint.dim(`${count(detectors.length, 'detector')}; sluice scan --explain DETECTOR tells all its reasons`))
}
