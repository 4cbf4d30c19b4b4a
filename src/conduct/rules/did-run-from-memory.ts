import { distinct, earliest, own } from '../kit/flow.ts'
import { found } from '../kit/found.ts'
import type { ByPhase } from '../kit/found.ts'
import { chain, when } from '../kit/telling.ts'
import type { Rule } from '../rule.ts'

const SEVERITY: ByPhase = { install: 'high', import: 'high', execute: 'medium' }

/** A program or library was started that never was a file. */
export const didRunFromMemory: Rule = {
  id: 'did-run-from-memory',
  version: 1,
  why: ['What is never a file is found by no scanner and kept by no disk.'],
  judge(scene) {
    const all = distinct(own(scene, 'memory'))
    const first = earliest(all)
    return first ? found({ detector: this.id, behaviour: 'hidden-code', severity: SEVERITY[first.phase], title: `${when(first)} ran a program out of memory` },
      chain(scene.about, all.slice(0, 5).map((deed) => [deed, 'runs what is no file', 'sink'] as const))) : []
  },
}
