import { distinct, earliest, own } from '../kit/flow.ts'
import { found } from '../kit/found.ts'
import type { ByPhase } from '../kit/found.ts'
import { chain, when } from '../kit/telling.ts'
import type { Rule } from '../rule.ts'

const SEVERITY: ByPhase = { install: 'medium', import: 'medium', execute: 'info' }
const OPEN = /^(?!127\.|\[::1\]|\/|@|localhost)\S*:\d+$/

/** A port was opened to other machines before anybody asked for a server. */
export const didListen: Rule = {
  id: 'did-listen',
  version: 1,
  why: ['A door that opens at installation is for whoever knows of it.'],
  judge(scene) {
    const all = distinct(own(scene, 'listen').filter(({ act }) => OPEN.test(act.target) && !act.target.endsWith(':0')))
    const first = earliest(all)
    return first ? found({ detector: this.id, behaviour: 'remote-control', severity: SEVERITY[first.phase], title: `${when(first)} opened port ${first.act.target.split(':').at(-1)}` },
      chain(scene.about, all.slice(0, 5).map((deed) => [deed, 'opens a port', 'sink'] as const))) : []
  },
}
