import type { Detector } from './detector.ts'
import { evidence, shown, when } from './kit/evidence.ts'

/** Code that runs by itself decodes text or bytes and executes the result. */
export const hookDecodes: Detector = {
  id: 'hook-decodes',
  version: 1,
  ecosystems: ['npm', 'pypi', 'go'],
  why: [
    'Nothing honest needs to hide the code of an install hook, a build or a start-up file behind an encoding.',
    'Decoded code escapes whoever reads the source, and scanners that look for words.',
  ],
  detect(_pkg, facts) {
    const runs = facts.actions.filter((action) => (action.kind === 'execute' || action.kind === 'spawn') && action.tainted === 'decoded')
    const first = runs[0]
    if (!first) return []
    const decodes = facts.actions.filter((action) => action.kind === 'decode' && action.file === first.file)
    const places = [
      ...decodes.map((action) => shown(action, `${action.call} decodes${action.argument ? `: ${action.argument}` : ' what is run'}`)),
      ...runs.map((action) => shown(action, `${action.call} runs what was decoded${action.argument ? `: ${action.argument}` : ''}`)),
    ]
    return [{
      detector: hookDecodes.id, behaviour: 'obfuscation',
      severity: first.trigger.kind === 'generate' ? 'high' : 'critical', confidence: 0.9,
      title: `${when(first)} runs code that is hidden behind an encoding`,
      evidence: evidence(places[0] ?? shown(first, first.call), places.slice(1)),
    }]
  },
}
