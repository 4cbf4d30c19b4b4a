import type { Severity } from '../../core/types.ts'
import { printable } from '../kit/decoded.ts'
import { distinct, earliest, own } from '../kit/flow.ts'
import { found } from '../kit/found.ts'
import { chain, when } from '../kit/telling.ts'
import type { Deed } from '../deed.ts'
import type { Rule } from '../rule.ts'

const GIT_HOOK = /\.git\/hooks\//
const REACHES_OUT = /curl|wget|https?:\/\/|base64|\/dev\/tcp|eval|python -c|node -e/

/** Files that editors, assistants, git and CI services obey were written into somebody's project. Tools that manage git hooks do so when they are installed. */
export const didPlantFiles: Rule = {
  id: 'did-plant-files',
  version: 1,
  why: ['Whoever opens, commits or pushes the project runs what stands in there, and sends it on to others.'],
  judge(scene) {
    const all = distinct(own(scene, 'write', 'rename', 'link').filter(({ place, phase, tool, act }) => (place === 'ci' || place === 'assistant') && phase !== 'execute' && tool !== 'git' && !act.target.startsWith('/tmp/')))
    const first = all.toSorted((a, b) => Number(isTame(a)) - Number(isTame(b)))[0]
    if (!first || !earliest(all)) return []
    const severity: Severity = isTame(first) ? 'low' : 'high'
    return found({ detector: this.id, behaviour: 'persistence', severity, title: `${when(first)} wrote ${first.act.target.replace(/^\/(?:home\/[^/]+|root)\//, '~/')}, which others obey` },
      chain(scene.about, all.slice(0, 6).map((deed) => [deed, 'is obeyed by whoever opens, commits or builds the project', 'sink'] as const)))
  },
}

const isTame = ({ act }: Deed): boolean => GIT_HOOK.test(act.target) && !(act.sample && REACHES_OUT.test(printable(act.sample, 4096)))
