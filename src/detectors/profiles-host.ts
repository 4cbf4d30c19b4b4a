import type { Action } from '../analysis/facts.ts'
import type { Severity } from '../core/types.ts'
import type { Detector } from './detector.ts'
import { about, carrying, chain, reachOf, worse } from './kit/chains.ts'
import type { Reach } from './kit/chains.ts'
import { factsCarried } from './kit/collecting.ts'
import { evidence, when } from './kit/evidence.ts'
import { hostOf } from './kit/hosts.ts'
import type { Trust } from './kit/hosts.ts'
import { sentTo } from './kit/origins.ts'

type ByTrust = Readonly<Record<Trust, Severity>>

/** One fact of the machine, or none that tells whose it is. Telemetry to the project's own host says little. */
const ONE: Readonly<Record<Reach, ByTrust>> = {
  unasked: { own: 'low', release: 'medium', foreign: 'high', hostile: 'critical', unknown: 'medium', local: 'info' },
  loaded: { own: 'info', release: 'info', foreign: 'low', hostile: 'high', unknown: 'info', local: 'info' },
  asked: { own: 'info', release: 'info', foreign: 'low', hostile: 'medium', unknown: 'info', local: 'info' },
  called: { own: 'info', release: 'info', foreign: 'info', hostile: 'low', unknown: 'info', local: 'info' },
  loose: { own: 'info', release: 'info', foreign: 'info', hostile: 'low', unknown: 'info', local: 'info' },
}

/** Several that together say whose machine this is. */
const SEVERAL: Readonly<Record<Reach, ByTrust>> = {
  unasked: { own: 'low', release: 'medium', foreign: 'critical', hostile: 'critical', unknown: 'high', local: 'info' },
  loaded: { own: 'info', release: 'low', foreign: 'high', hostile: 'critical', unknown: 'medium', local: 'info' },
  asked: { own: 'info', release: 'info', foreign: 'low', hostile: 'high', unknown: 'low', local: 'info' },
  called: { own: 'info', release: 'info', foreign: 'low', hostile: 'medium', unknown: 'info', local: 'info' },
  loose: { own: 'info', release: 'info', foreign: 'low', hostile: 'medium', unknown: 'info', local: 'info' },
}

/** Code reads facts of the host and its user, and sends them away. */
export const profilesHost: Detector = {
  id: 'profiles-host',
  version: 2,
  ecosystems: ['npm', 'pypi', 'go'],
  why: [
    'Host name, user and address tell an attacker whose machine this is and what can be taken from it.',
    'Installing a package is no consent to report who installed it.',
  ],
  detect(pkg, facts, outside) {
    const sends = carrying(facts.actions, ['send'], ['host']).map((send) => {
      const to = sentTo(send, { pkg, facts, outside })
      const told = factsCarried(send)
      const severity = (told.length > 1 ? SEVERAL : ONE)[reachOf(send)][to.trust]
      return { send, to, told, severity: isVeiled(send, told, to.trust) || names(told) && severity === 'high' ? 'critical' as const : severity }
    }).sort((a, b) => worse(a.severity, b.severity) || b.told.length - a.told.length)
    const [worst] = sends
    if (!worst) return []
    const { send, to, told, severity } = worst
    const all = chain(about(send, facts.actions, ['host']), `${send.call} sends what was collected to ${to.url ?? 'an unknown address'}`)
    const what = told.length > 0 ? `the machine's ${told.join(', ')}` : 'facts of the machine'
    return [{
      detector: profilesHost.id, behaviour: 'host-profiling', severity, confidence: severity === 'medium' ? 0.7 : 0.9,
      title: `${when(send)} sends ${what} to ${(to.url === null ? null : hostOf(to.url)) ?? 'an address the code hides'}`,
      evidence: evidence(all[0], all.slice(1)),
    }]
  },
}

/** Who it is, and on which machine: measuring how a package is used needs neither. */
const names = (told: readonly string[]): boolean => told.includes('host name') && told.includes('user')

/** Nobody has to make unreadable what may be told; and a registry is told who asks by its client, not by what it serves. */
function isVeiled(send: Action, told: readonly string[], trust: Trust): boolean {
  const reach = reachOf(send)
  if (!send.from.includes('encoded') || (reach !== 'unasked' && reach !== 'loaded')) return false
  return trust === 'own' || told.length > 1 && SEVERAL[reach][trust] === 'high'
}
