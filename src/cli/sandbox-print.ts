import type { Answer } from '../api/schemas.ts'
import { wire } from '../api/wire.ts'
import type { Deed } from '../conduct/deed.ts'
import { sceneOf } from '../conduct/scene.ts'
import { partsOf } from '../core/weigh.ts'
import { written } from '../sandbox/gate/packed.ts'
import type { PassName, PhaseName, PhaseRecord } from '../sandbox/record.ts'
import { NAMED } from '../sandbox/run.ts'
import { ossfOf } from '../sandbox/show/ossf.ts'
import { onlyIn, timelineOf } from '../sandbox/show/timeline.ts'
import type { TimelineLine } from '../sandbox/show/timeline.ts'
import { durationOf } from '../sandbox/show/words.ts'
import { count, plain, tail } from './print.ts'
import type { Paint, Printer } from './print.ts'
import { printReports } from './report.ts'
import type { Ran } from './sandboxing.ts'

/** For programs. */
export const readings: Readonly<Record<'json' | 'ossf', (ran: Ran) => unknown>> = {
  json: (ran) => {
    const { ref, digest, backend, startedAt, passes, phases } = written(ran.record)
    return { ...reportOf(ran), ref, digest, backend, startedAt, passes, phases }
  },
  ossf: ({ record, verdict }) => ossfOf(record, verdict),
}

function reportOf({ target, verdict, indicators, record }: Ran): Answer<'scan'> {
  const { level, score, findings, missing } = verdict
  return wire({
    target, level, score, parts: partsOf(verdict).map(({ says, points }) => ({ says, points: Math.round(points * 10) / 10 })), learned: null, change: null,
    findings, indicators, missing, elapsedMs: Math.round(record.elapsedMs),
  }) as Answer<'scan'>
}

/** The verdict and what speaks for it, then what happened, phase by phase; of later passes only what the first did not do. */
export function printRun(ran: Ran, printer: Printer, all: boolean): void {
  const { record, about } = ran
  const { paint } = printer
  printReports([reportOf(ran)], printer, all)
  const { deeds } = sceneOf(record, about)
  const of = (pass: PassName, phase?: PhaseName): Deed[] => deeds.filter((deed) => deed.pass === pass && (phase === undefined || deed.during === phase))
  const [first, ...others] = record.passes
  if (first === undefined) return
  printer.lines('', paint.bold(`What it did as ${NAMED[first]}`))
  for (const phase of record.phases.filter(({ pass }) => pass === first)) {
    printer.lines('', headOf(phase, paint), ...timelineOf(phase, of(first, phase.phase), about.ref.name).map((line) => shown(line, printer)), ...outputOf(phase, printer))
  }
  for (const pass of others) {
    const phases = record.phases.filter((phase) => phase.pass === pass)
    if (phases.length === 0) continue
    const other = new Set(onlyIn(of(pass), of(first)).map(({ key }) => key))
    printer.lines('', paint.bold(other.size === 0 ? `As ${NAMED[pass]}: the same` : `As ${NAMED[pass]}, besides`))
    for (const phase of phases) {
      const new_ = of(pass, phase.phase).filter(({ key }) => other.has(key))
      if (new_.length > 0 || phase.status !== 'completed') printer.lines('', headOf(phase, paint), ...timelineOf({ ...phase, acts: new_.map(({ act }) => act) }, new_, about.ref.name).filter(({ kind }) => kind !== 'folded').map((line) => shown(line, printer)))
    }
  }
  printer.lines('', paint.dim(`${plain(record.backend)}, ${durationOf(record.elapsedMs)}. Secrets marked decoy are planted and open nothing.`))
}

function headOf({ phase, status, says, elapsedMs, processes, exit }: PhaseRecord, paint: Paint): string {
  const ended = status === 'completed' ? paint.green('completed') : paint.yellow(`${ENDED[status] ?? status}${status === 'failed' && exit !== null ? ` with exit code ${exit}` : ''}`)
  return `${paint.bold(phase)}  ${ended}${status === 'skipped' ? '' : paint.dim(` in ${durationOf(elapsedMs)}, ${count(processes.length, 'process', 'processes')}`)}${says === null ? '' : `  ${plain(says, 200)}`}`
}

const ENDED: Readonly<Record<string, string>> = { time: 'out of time', memory: 'out of memory', disk: 'the disk was full', processes: 'too many processes', skipped: 'not run' }

function shown({ depth, at, kind, says, decoys, by }: TimelineLine, { paint, width }: Printer): string {
  if (kind === 'folded') return paint.dim(`${''.padStart(11)}(${plain(says, width)})`)
  const time = paint.dim((at === null ? '' : durationOf(at)).padStart(9))
  const end = `${decoys === '' ? '' : `  ${paint.red(plain(decoys, 120))}`}${by === '' ? '' : `  ${paint.dim(tail(plain(by, 300), 48))}`}`
  const room = Math.max(40, width - 13 - depth * 2)
  return `${time}  ${'  '.repeat(depth)}${kind === 'process' ? paint.bold(plain(says, room)) : plain(says, room)}${end}`
}

/** What it said, where it did not end well. */
function outputOf({ status, stderr, stdout }: PhaseRecord, { paint }: Printer): string[] {
  if (status === 'completed' || status === 'skipped') return []
  const lines = new TextDecoder().decode(stderr.byteLength > 0 ? stderr : stdout).split('\n').filter((line) => line.trim() !== '').slice(-8)
  return lines.map((line) => `           ${paint.dim(`│ ${plain(line, 160)}`)}`)
}
