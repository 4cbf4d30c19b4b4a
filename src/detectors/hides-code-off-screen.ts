import type { Action, Facts } from '../analysis/facts.ts'
import type { Detector } from './detector.ts'
import { reachOf, sureness, worse } from './kit/chains.ts'
import type { ByReach } from './kit/chains.ts'
import { evidence, shown } from './kit/evidence.ts'

const SEVERITY: ByReach = { unasked: 'critical', loaded: 'critical', asked: 'high', called: 'high', loose: 'medium' }
const MATTERS: ReadonlySet<Action['kind']> = new Set(['execute', 'spawn', 'fetch', 'connect', 'send', 'decode', 'load', 'collect', 'write'])

/** Code stands far to the right of other code, behind white space, where an editor does not show it. */
export const hidesCodeOffScreen: Detector = {
  id: 'hides-code-off-screen',
  version: 1,
  ecosystems: ['npm', 'pypi', 'go'],
  why: ['Nobody indents by hundreds of columns by accident: whoever reviews the file is meant not to see it.'],
  detect(_pkg, facts) {
    const marks = facts.marks.filter(({ value }) => value.kind === 'far-right')
    const found = marks.flatMap((mark) => facts.actions
      .filter(({ file, lines, kind }) => file === mark.file && lines[0] <= mark.lines[1] && lines[1] >= mark.lines[0] && MATTERS.has(kind))
      .filter((action) => !crowded(mark) || behind(action, mark))
      .map((action) => ({ mark, action, severity: SEVERITY[reachOf(action)] })))
      .toSorted((a, b) => worse(a.severity, b.severity))
    const [worst] = found
    if (!worst) return []
    const { mark, action, severity } = worst
    return [{
      detector: hidesCodeOffScreen.id, behaviour: 'evasion', severity, confidence: sureness(severity, 0.9),
      title: `${mark.file} has code off the screen that ${action.kind === 'decode' ? 'decodes' : action.kind === 'fetch' ? 'asks the network' : `does ${action.call}`}`,
      evidence: evidence({ ...shown(action, `${action.call} stands behind white space`), role: 'sink' },
        [{ file: mark.file, lines: mark.lines, excerpt: mark.excerpt, says: mark.value.says, role: 'transform' }]),
    }]
  },
}

type Mark = Facts['marks'][number]

/** Lines of bundled code hold everything; sharing one says nothing. */
const crowded = ({ value, lines }: Mark): boolean => value.from / lines[0] > CROWDED
const CROWDED = 500

/** Whether an action begins in what is shown of the code behind the blanks. */
function behind({ excerpt }: Action, mark: Mark): boolean {
  const start = excerpt.slice(0, 16)
  return start !== '' && (mark.excerpt.includes(start) || excerpt.startsWith(mark.excerpt.slice(0, 16)))
}
