import type { Action } from '../analysis/facts.ts'
import type { Severity } from '../core/types.ts'
import type { Detector } from './detector.ts'
import { about, atMost, carrying, chain, reachOf, worse } from './kit/chains.ts'
import type { Reach } from './kit/chains.ts'
import { when } from './kit/evidence.ts'
import { hostOf } from './kit/hosts.ts'
import type { Trust } from './kit/hosts.ts'
import { sentTo } from './kit/origins.ts'

const SEVERITY: Readonly<Record<Reach, Readonly<Record<Trust, Severity>>>> = {
  unasked: { own: 'medium', release: 'high', foreign: 'critical', hostile: 'critical', unknown: 'high', local: 'info' },
  loaded: { own: 'low', release: 'medium', foreign: 'critical', hostile: 'critical', unknown: 'medium', local: 'info' },
  asked: { own: 'info', release: 'low', foreign: 'medium', hostile: 'high', unknown: 'low', local: 'info' },
  called: { own: 'info', release: 'info', foreign: 'low', hostile: 'medium', unknown: 'info', local: 'info' },
  loose: { own: 'info', release: 'info', foreign: 'low', hostile: 'medium', unknown: 'info', local: 'info' },
}

/** Code takes the whole environment, not a variable of it, and sends it away. */
export const sendsEnvironment: Detector = {
  id: 'sends-environment',
  version: 2,
  ecosystems: ['npm', 'pypi', 'go'],
  needs: ['does:send<environment>'],
  why: [
    'The environment of a build holds tokens of registries, clouds and code hosts: whoever has it can act as its owner.',
    'Honest reports pick the variables they need.',
  ],
  detect(pkg, facts, outside) {
    const [worst] = carrying(facts.actions, ['send'], ['environment']).map((send) => {
      const to = sentTo(send, { pkg, facts, outside })
      const severity = SEVERITY[reachOf(send)][to.trust]
      return { send, to, severity: to.trust === 'foreign' && isBlend(send) ? atMost(severity, 'medium') : severity }
    }).sort((a, b) => worse(a.severity, b.severity))
    if (!worst) return []
    const { send, to, severity } = worst
    return [{
      detector: sendsEnvironment.id, behaviour: 'exfiltration', severity, confidence: severity === 'medium' ? 0.7 : 0.9,
      title: `${when(send)} sends all environment variables to ${(to.url === null ? null : hostOf(to.url)) ?? 'an address the code hides'}`,
      evidence: chain(about(send, facts.actions, ['environment']), `${send.call} sends the environment to ${to.url ?? 'an unknown address'}`),
    }]
  },
}

/** Where everything has flowed together (what was fetched, decoded, asked of the host), the environment is one drop of it. */
const isBlend = (send: Action): boolean => reachOf(send) === 'loaded' && ['fetched', 'decoded', 'host'].every((origin) => send.from.some((one) => one === origin))
