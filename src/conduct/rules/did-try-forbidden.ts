import type { Severity } from '../../core/types.ts'
import { distinct, earliest, own } from '../kit/flow.ts'
import { found } from '../kit/found.ts'
import { chain, when } from '../kit/telling.ts'
import { baseOf } from '../habits/tools.ts'
import type { Deed } from '../deed.ts'
import type { Rule } from '../rule.ts'

/** Browsers and builders make namespaces of their own; libuv asks for io_uring at every start. */
const MILD = /^(?:unshare|clone|clone3|setns|mount|umount2?|pivot_root|chroot|sched_|perf_event_open|userfaultfd)/

/** Calls were tried that no package needs, and that lead out of a box or out of sight. */
export const didTryForbidden: Rule = {
  id: 'did-try-forbidden',
  version: 2,
  why: ['A package that asks the kernel for rings, tracers and modules is looking for the way out, or for the one who watches.'],
  judge(scene) {
    const all = distinct(own(scene, 'refused').filter((deed) => !isRuntime(deed)), ({ act }) => act.target.split('(')[0] ?? act.target)
    const grave = all.filter(({ act }) => !MILD.test(act.target))
    const first = earliest(grave.length > 0 ? grave : all)
    if (!first) return []
    const severity: Severity = first.phase === 'execute' ? 'low' : grave.length > 1 ? 'high' : grave.length > 0 ? 'medium' : 'low'
    return found({ detector: this.id, behaviour: 'evasion', severity, title: `${when(first)} tried ${all.slice(0, 3).map(({ act }) => act.target.split('(')[0]).join(', ')}` },
      chain(scene.about, all.slice(0, 6).map((deed) => [deed, 'is given to nobody here', 'sink'] as const)))
  },
}

const isRuntime = ({ act, process }: Deed): boolean => act.target.startsWith('io_uring') && /^(?:node|nodejs|bun|deno)(?:\.exe)?$/.test(baseOf(process?.program ?? '')) && act.by === null
