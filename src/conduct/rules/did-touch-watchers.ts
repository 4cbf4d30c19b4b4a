import type { Severity } from '../../core/types.ts'
import { distinct, earliest } from '../kit/flow.ts'
import { found } from '../kit/found.ts'
import { chain, when } from '../kit/telling.ts'
import type { Deed } from '../deed.ts'
import type { Rule } from '../rule.ts'

/** The hooks that watch it, their log or what they sign it with were touched, or lines were put there that no hook wrote. */
export const didTouchWatchers: Rule = {
  id: 'did-touch-watchers',
  version: 1,
  why: ['Who reaches for what watches it knows that it is watched, and wants something else to be told of it.'],
  judge(scene) {
    const all = distinct(scene.deeds.filter(({ act, whose }) => act.watcher === true && whose === 'package'), ({ act }) => `${act.kind} ${act.target}`)
    const first = earliest(all)
    if (!first) return []
    const severity: Severity = all.every(({ act }) => act.kind === 'read') ? 'medium' : 'high'
    return found({ detector: this.id, behaviour: 'evasion', severity, title: `${when(first)} ${isForged(first) ? 'wrote what its watchers were to have seen' : 'reached for what watches it'}` },
      chain(scene.about, all.slice(0, 5).map((deed) => [deed, isForged(deed) ? 'is a line of the watchers’ log that they did not write' : 'touches what watches it', 'sink'] as const)))
  },
}

/** Nobody is known to have written it: it lay there. */
const isForged = ({ act }: Deed): boolean => act.kind === 'write' && act.pid === 0
