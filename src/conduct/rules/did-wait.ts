import type { Severity } from '../../core/types.ts'
import { isBefore, isKin } from '../deed.ts'
import type { Deed } from '../deed.ts'
import { FEW, distinct, earliest, own, strangers } from '../kit/flow.ts'
import { found } from '../kit/found.ts'
import { chain, when } from '../kit/telling.ts'
import type { Rule } from '../rule.ts'
import type { Scene } from '../scene.ts'

const LONG = 60_000
/** The box takes so long to end all that runs. */
const SOON = 3_000

/** It waited for longer than anybody watches before it acted. */
export const didWait: Rule = {
  id: 'did-wait',
  version: 2,
  why: ['Waiting is how to outlast whoever watches: nothing that installs or loads needs minutes of it.'],
  judge(scene) {
    const all = distinct(own(scene, 'sleep').filter((deed) => (deed.act.ms ?? 0) >= LONG && deed.phase !== 'execute' && isWaitedFor(deed, scene)), ({ act }) => `${act.by?.file} ${act.by?.line}`)
    const first = earliest(all)
    if (!first) return []
    const sent = all.slice(0, FEW).map((waits) => sentWhenOver(waits, scene)).find((one) => one !== undefined)
    const severity: Severity = sent ? 'medium' : 'low'
    return found({ detector: this.id, behaviour: 'evasion', severity, title: `${when(first)} waited ${Math.round((first.act.ms ?? 0) / 60_000)} minutes${sent ? ` and then spoke to ${sent.host}` : ''}` },
      chain(scene.about, [...all.slice(0, 4).map((deed) => [deed, 'waits', 'source'] as const), ...(sent ? [[sent, 'spoke to a stranger afterwards', 'sink'] as const] : [])]))
  },
}

/** Milliseconds that it takes: as somebody whose time runs fast, long waits are short (sandbox/hooks). Timers are no exact clocks. */
const lasts = ({ act: { ms = 0 }, pass }: Deed): number => 0.9 * (pass === 'later' ? 200 * Math.log(1 + ms / 1000) : ms)

/** A timer that would have ended a request which took too long ends with its process: nobody waited for it. What the box ended may have waited on. */
function isWaitedFor(deed: Deed, { phases }: Scene): boolean {
  const ended = deed.process?.ended ?? null
  return ended === null || ended - deed.act.at >= lasts(deed) || phases.some(({ pass, phase, status, elapsedMs }) => pass === deed.pass && phase === deed.during && status === 'time' && elapsedMs - ended < SOON)
}

/** A stranger to whom it spoke when the wait was over, not while a timer ran beside it. */
function sentWhenOver(deed: Deed, scene: Scene): Deed | undefined {
  const after = strangers(scene).filter((one) => isBefore(deed, one) && isKin(deed, one) && one.act.at - deed.act.at >= lasts(deed))
  return after.find(({ act }) => act.kind === 'request' || act.kind === 'send') ?? after[0]
}
