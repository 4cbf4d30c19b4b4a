import type { Severity } from '../../core/types.ts'
import { distinct, earliest, own, firstSent } from '../kit/flow.ts'
import { found } from '../kit/found.ts'
import { chain, when } from '../kit/telling.ts'
import type { Rule } from '../rule.ts'

const LONG = 60_000

/** It waited for longer than anybody watches before it acted. */
export const didWait: Rule = {
  id: 'did-wait',
  version: 1,
  why: ['Waiting is how to outlast whoever watches: nothing that installs or loads needs minutes of it.'],
  judge(scene) {
    const all = distinct(own(scene, 'sleep').filter(({ act, phase }) => (act.ms ?? 0) >= LONG && phase !== 'execute'), ({ act }) => `${act.by?.file} ${act.by?.line}`)
    const first = earliest(all)
    if (!first) return []
    const sent = firstSent(scene, all)?.sent ?? null
    const severity: Severity = sent ? 'medium' : 'low'
    return found({ detector: this.id, behaviour: 'evasion', severity, title: `${when(first)} waited ${Math.round((first.act.ms ?? 0) / 60_000)} minutes${sent ? ` and then spoke to ${sent.host}` : ''}` },
      chain(scene.about, [...all.slice(0, 4).map((deed) => [deed, 'waits', 'source'] as const), ...(sent ? [[sent, 'spoke to a stranger afterwards', 'sink'] as const] : [])]))
  },
}
