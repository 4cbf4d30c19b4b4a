import type { Severity } from '../../core/types.ts'
import { distinct, own, programOf } from '../kit/flow.ts'
import { found } from '../kit/found.ts'
import { chain, when } from '../kit/telling.ts'
import type { Deed } from '../deed.ts'
import type { Rule } from '../rule.ts'
import type { Scene } from '../scene.ts'

/** Ends so soon after the command that it belongs to it. */
const SOON = 2000

/** Something was left running when the installation had ended. */
export const didStayRunning: Rule = {
  id: 'did-stay-running',
  version: 2,
  why: ['An installation ends; what goes on without it does so where nobody looks.'],
  judge(scene) {
    const all = distinct(own(scene, 'exec').filter((deed) => deed.phase === 'install' && outlives(deed, scene)), programOf)
    const first = all[0]
    const severity: Severity = all.some(({ act }) => /\b(?:nohup|setsid|disown|daemon)\b/.test((act.argv ?? []).join(' '))) ? 'high' : 'medium'
    return first ? found({ detector: this.id, behaviour: 'evasion', severity, title: `${when(first)} left ${programOf(first)} running` },
      chain(scene.about, all.slice(0, 5).map((deed) => [deed, 'goes on after the installation has ended', 'sink'] as const))) : []
  },
}

/** The first process of a phase is the one that was asked for. What the box ended had no time to end by itself. */
function outlives({ process, pass, phase, act }: Deed, { phases }: Scene): boolean {
  const record = phases.find((one) => one.pass === pass && one.phase === phase)
  const root = record?.processes[0]
  if (!process || !root || record?.status === 'time' || root.ended === null || process.pid === root.pid || act.at > root.ended) return false
  return process.ended === null || process.ended - root.ended > SOON
}
