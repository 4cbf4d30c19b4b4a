import type { Action } from '../analysis/facts.ts'
import type { Severity } from '../core/types.ts'
import type { Detector } from './detector.ts'
import { evidence, shown, when } from './kit/evidence.ts'
import { hostOf, trustOf } from './kit/hosts.ts'
import type { Trust } from './kit/hosts.ts'

/** Telemetry to the project's own host says little; the same facts to an address without a name say much. */
const SEVERITY: Readonly<Record<Trust, Severity>> = {
  own: 'low', release: 'medium', foreign: 'high', hostile: 'critical', unknown: 'high', local: 'info',
}
const ORDER: readonly Severity[] = ['info', 'low', 'medium', 'high', 'critical']

/** Code that runs by itself reads facts of the host, its user or their secrets, and sends them away. */
export const hookSends: Detector = {
  id: 'hook-sends',
  version: 1,
  ecosystems: ['npm', 'pypi', 'go'],
  why: [
    'Host name, user, address and environment tell an attacker whose machine this is and what can be taken from it.',
    'Installing a package is no consent to report who installed it.',
  ],
  detect(pkg, facts, outside) {
    const collects = facts.actions.filter((action) => action.kind === 'collect')
    const sends = facts.actions.filter((action) => action.kind === 'send' && action.tainted === 'collected')
      .map((action) => ({ action, severity: severityOf(action, collects, trustOf(action.argument ?? nearby(action, facts.actions), pkg, outside)) }))
      .sort((a, b) => ORDER.indexOf(b.severity) - ORDER.indexOf(a.severity))
    const worst = sends[0]
    if (!worst) return []
    const url = worst.action.argument ?? nearby(worst.action, facts.actions)
    return [{
      detector: hookSends.id, behaviour: 'exfiltration', severity: worst.severity, confidence: 0.9,
      title: `${when(worst.action)} sends facts of the host to ${(url === null ? null : hostOf(url)) ?? 'an address the code hides'}`,
      evidence: evidence(shown(worst.action, `${worst.action.call} sends what was collected to ${url ?? 'an unknown address'}`),
        collects.map((action) => shown(action, `${action.call} reads${action.argument ? ` ${action.argument}` : ' facts of the host'}`))),
    }]
  },
}

/** Files that hold secrets make any stranger an attacker. */
function severityOf(send: Action, collects: readonly Action[], trust: Trust): Severity {
  const secrets = collects.some((action) => action.file === send.file && action.argument !== null && /[\\/.]/.test(action.argument))
  return secrets && (trust === 'foreign' || trust === 'unknown') ? 'critical' : SEVERITY[trust]
}

/** A handle was opened with the address elsewhere in the file. */
function nearby(send: Action, actions: readonly Action[]): string | null {
  return actions.find((action) => action.kind === 'fetch' && action.file === send.file && action.argument !== null)?.argument ?? null
}
