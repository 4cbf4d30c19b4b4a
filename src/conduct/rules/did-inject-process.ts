import { distinct, earliest, own } from '../kit/flow.ts'
import { found } from '../kit/found.ts'
import type { ByPhase } from '../kit/found.ts'
import { chain, when } from '../kit/telling.ts'
import type { Rule } from '../rule.ts'

const SEVERITY: ByPhase = { install: 'critical', import: 'critical', execute: 'high' }
const MEMORY = /^\/proc\/(?!self\b)\d+\/(?:mem|maps)$/

/** Another process was traced, written into or read out. */
export const didInjectProcess: Rule = {
  id: 'did-inject-process',
  version: 1,
  why: ['Code inside another process has what that process has: its keys, its connections, its name in every log.'],
  judge(scene) {
    const written = own(scene, 'inject').filter(({ line, act }) => !line.slice(0, 1).includes(Number.parseInt(act.target, 10)))
    const all = distinct([...written, ...own(scene, 'read', 'write').filter(({ act }) => MEMORY.test(act.target) && act.target.endsWith('mem'))])
    const first = earliest(all)
    return first ? found({ detector: this.id, behaviour: 'app-injection', severity: SEVERITY[first.phase], title: `${when(first)} reached into another process` },
      chain(scene.about, all.slice(0, 5).map((deed) => [deed, 'reaches into another process', 'sink'] as const))) : []
  },
}
