import { expect, it } from 'vitest'
import type { RunReason } from '../../core/cascade.ts'
import type { PhaseStatus } from '../record.ts'
import { unanswered } from './runs.ts'
import type { PhaseSummary } from './runs.ts'

const phases = (...statuses: PhaseStatus[]): PhaseSummary[] => (['install', 'import', 'execute'] as const).map((phase, at) =>
  ({ pass: 'laptop', phase, status: statuses[at] ?? 'completed', says: null, elapsedMs: 1, acts: 0, processes: 1 }))
const OUT = 'laptop, execute: out of time'

it.each<[string, RunReason, PhaseSummary[], string[], string | null]>([
  ['seen to its end', 'suspicious', phases(), [], null],
  ['suspicious, not called', 'suspicious', phases('completed', 'completed', 'time'), [OUT], OUT],
  ['hooks, not called', 'new-hooks', phases('completed', 'completed', 'time'), [OUT], null],
  ['hooks, not loaded', 'new-hooks', phases('completed', 'time', 'skipped'), ['laptop, import: out of time'], 'laptop, import: out of time'],
  ['hooks, not installed', 'first-hooks', phases('failed', 'skipped', 'skipped'), ['laptop, install: failed'], 'laptop, install: failed'],
  ['hooks, a pass was not begun', 'first-hooks', phases(), ['ci: not begun: there was no time left'], 'ci: not begun: there was no time left'],
  ['hooks, nothing was begun', 'first-hooks', [], ['laptop: could not be prepared'], 'laptop: could not be prepared'],
])('%s', (_what, reason, seen, missing, expected) => expect(unanswered(reason, { phases: seen, missing })).toBe(expected))
