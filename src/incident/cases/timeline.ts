import type { CaseEvent, TimelineLine } from './fact.ts'

/**
 * What happened, by the time it happened, however late it was told; lines of the same time in the order in which they were told. What was
 * withdrawn stays in its place and says so. Corrections are no lines of their own; a correction of a correction counts for what
 * that one corrected.
 */
export function timelineOf(events: readonly CaseEvent[]): TimelineLine[] {
  const told = [...events].sort((a, b) => a.seq - b.seq)
  const lines = new Map<string, TimelineLine>()
  /** Where a correction is itself corrected: what it was about. */
  const about = new Map<string, string>()
  for (const event of told) {
    if (event.fact.kind !== 'corrected') {
      lines.set(event.id, { ...event, corrections: [], withdrawn: false })
      continue
    }
    const target = about.get(event.fact.event) ?? event.fact.event
    const line = lines.get(target)
    if (!line) continue
    about.set(event.id, target)
    lines.set(target, corrected(line, event, event.fact))
  }
  return [...lines.values()].sort((a, b) => a.at.getTime() - b.at.getTime() || a.seq - b.seq)
}

function corrected(line: TimelineLine, event: CaseEvent, { at, says, withdrawn }: Extract<CaseEvent['fact'], { kind: 'corrected' }>): TimelineLine {
  return {
    ...line, ...(at === undefined ? {} : { at: new Date(at), precision: event.precision }), ...(says === undefined ? {} : { says }), withdrawn: withdrawn === true,
    corrections: [...line.corrections, { by: event.by, toldAt: event.toldAt, says: event.says }],
  }
}
