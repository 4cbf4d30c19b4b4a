import { distinct, earliest, own } from '../kit/flow.ts'
import { found } from '../kit/found.ts'
import type { ByPhase } from '../kit/found.ts'
import { chain, when } from '../kit/telling.ts'
import type { Rule } from '../rule.ts'

const SEVERITY: ByPhase = { install: 'critical', import: 'critical', execute: 'high' }

/** Code of an application of the user was changed. */
export const didInjectApps: Rule = {
  id: 'did-inject-apps',
  version: 1,
  why: ['A changed wallet, messenger or editor works on for its user and for the attacker, long after the package is gone.'],
  judge(scene) {
    const all = distinct(own(scene, 'write', 'rename').filter(({ place }) => place === 'app-code'))
    const first = earliest(all)
    return first ? found({ detector: this.id, behaviour: 'app-injection', severity: SEVERITY[first.phase], title: `${when(first)} changed an application of the user` },
      chain(scene.about, all.slice(0, 5).map((deed) => [deed, 'changes an application', 'sink'] as const))) : []
  },
}
