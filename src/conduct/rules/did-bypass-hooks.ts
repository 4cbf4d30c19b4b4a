import type { PlaceKind } from '../../analysis/places.ts'
import type { Severity } from '../../core/types.ts'
import { isNetwork, isStrange } from '../deed.ts'
import { distinct, earliest, programOf } from '../kit/flow.ts'
import { found } from '../kit/found.ts'
import { chain, when } from '../kit/telling.ts'
import type { Deed } from '../deed.ts'
import type { Rule } from '../rule.ts'

const HOOKED = /^(?:node|nodejs|python[\d.]*)$/

/** An interpreter whose code is watched did something that its code was not seen to do: native code, or a way around. */
export const didBypassHooks: Rule = {
  id: 'did-bypass-hooks',
  version: 2,
  why: ['Code that speaks to the kernel past its own language does not want to be seen by what watches that language.'],
  judge(scene) {
    const all = distinct(scene.deeds.filter((deed) => deed.whose === 'package' && deed.tool === null && isUnseen(deed) && isGrave(deed)), ({ act, host }) => host ?? act.target)
    const first = earliest(all)
    if (!first) return []
    const severity: Severity = first.phase === 'execute' ? 'low' : 'medium'
    return found({ detector: this.id, behaviour: 'evasion', severity, title: `${when(first)} acted past what watches its language` },
      chain(scene.about, all.slice(0, 5).map((deed) => [deed, 'was done by no line of code that was seen', 'sink'] as const)))
  },
}

/** Also where the line that started such an interpreter is known: a child that was made to lose its hooks. */
const isUnseen = ({ act }: Deed): boolean => act.unhooked === true
const SECRET: ReadonlySet<PlaceKind> = new Set(['credentials', 'ssh-keys', 'browser', 'wallet', 'messenger', 'history'])
const isGrave = (deed: Deed): boolean =>
  isNetwork(deed) && deed.act.kind !== 'resolve' && isStrange(deed) || deed.act.kind === 'read' && deed.place !== null && SECRET.has(deed.place) || deed.act.kind === 'exec' && !HOOKED.test(programOf(deed)) && deed.phase === 'import'
