import type { Severity } from '../core/types.ts'
import type { Detector } from './detector.ts'
import { reachOf, worse } from './kit/chains.ts'
import type { ByReach } from './kit/chains.ts'
import { evidence, shown } from './kit/evidence.ts'

/** Whoever loads it runs it. The package itself does so when it is imported, where it names the file. */
const SEVERITY: ByReach = { unasked: 'critical', loaded: 'critical', asked: 'high', called: 'high', loose: 'high' }

/** Saved objects of Python that do something when they are loaded. */
export const actsWhenUnpickled: Detector = {
  id: 'acts-when-unpickled',
  version: 1,
  ecosystems: ['npm', 'pypi', 'go'],
  why: [
    'A model or a table that is saved this way can hold any call, and loading it makes the call.',
    'What is saved honestly is rebuilt by its own classes; none of them starts programs or runs text.',
  ],
  detect(_pkg, facts) {
    const found = facts.binaries.filter(({ format }) => format === 'pickle').map(({ path, marks }) => {
      const acts = facts.actions.filter(({ file }) => file === path)
      const severity = acts.map((action) => SEVERITY[reachOf(action)]).toSorted(worse)[0] ?? 'high' as Severity
      return { path, marks, acts, severity }
    }).toSorted((a, b) => worse(a.severity, b.severity))
    const [worst] = found
    if (!worst) return []
    const { path, marks, acts, severity } = worst
    return [{
      detector: actsWhenUnpickled.id, behaviour: 'hidden-code', severity, confidence: 0.9, title: `${path} calls ${marks[0]} when it is loaded`,
      evidence: evidence({ file: path, lines: [0, 0], excerpt: marks.join(', ').slice(0, 160), says: `saved objects that call ${marks.slice(0, 5).join(', ')}` },
        acts.slice(0, 5).map((action) => ({ ...shown({ ...action, lines: [0, 0] }, `${action.call}${action.argument ? ` ${action.argument}` : ''}`), role: 'sink' as const }))),
    }]
  },
}
