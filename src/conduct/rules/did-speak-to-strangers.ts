import type { Severity } from '../../core/types.ts'
import type { Trust } from '../../detectors/kit/hosts.ts'
import { distinct, own, strangers } from '../kit/flow.ts'
import { found } from '../kit/found.ts'
import { chain, when } from '../kit/telling.ts'
import type { Deed } from '../deed.ts'
import type { Rule } from '../rule.ts'

/** An installation has a registry to ask, and its project's home; loading a library asks nobody. */
const SEVERITY: Readonly<Record<Trust, Severity>> = { own: 'info', release: 'info', local: 'info', foreign: 'medium', unknown: 'medium', hostile: 'high' }

/** Installing or loading it reached out to somebody who is no registry, no home of the project and no known builder's host. */
export const didSpeakToStrangers: Rule = {
  id: 'did-speak-to-strangers',
  version: 3,
  why: ['Nothing has been asked of the package yet: whoever is spoken to now learns that it was installed, and by whom.'],
  judge(scene) {
    const all = strangers(scene).filter((deed) => deed.phase !== 'execute' && (deed.act.kind !== 'resolve' || deed.act.by !== null || own(scene, 'connect').length === 0))
    const hosts = distinct(all.toSorted((a, b) => rank(a) - rank(b)), ({ host }) => host ?? '')
    const first = hosts[0]
    if (!first || first.trust === null) return []
    return found({ detector: this.id, behaviour: 'suspicious-address', severity: SEVERITY[first.trust], most: 0.9, title: `${when(first)} spoke to ${hosts.slice(0, 3).map(({ host }) => host).join(', ')}${hosts.length > 3 ? ` and ${hosts.length - 3} more` : ''}` },
      chain(scene.about, hosts.slice(0, 7).map((deed) => [deed, `speaks to ${deed.host}`, 'sink'] as const)))
  },
}

/** The least trusted first, and of those what says most. */
const KINDS = { request: 0, send: 1, connect: 2, resolve: 3 } as const
const rank = ({ trust, act }: Deed): number => (trust === 'hostile' ? 0 : 10) + (act.by === null ? 5 : 0) + (KINDS[act.kind as keyof typeof KINDS] ?? 4)
