import { atMost } from '../../detectors/kit/chains.ts'
import { FEW, distinct, earliest, own, programOf, strangers } from '../kit/flow.ts'
import { found } from '../kit/found.ts'
import type { ByPhase } from '../kit/found.ts'
import { foreignTool } from '../kit/programs.ts'
import { chain, when } from '../kit/telling.ts'
import type { Deed } from '../deed.ts'
import type { Rule } from '../rule.ts'
import type { Scene } from '../scene.ts'

const SEVERITY: ByPhase = { install: 'medium', import: 'medium', execute: 'info' }

/** A downloader, a script host or a tool for speaking to other machines was started. */
export const didUseOddTools: Rule = {
  id: 'did-use-odd-tools',
  version: 2,
  why: ['Interpreters bring all they need to fetch and to write; what is started beside them is meant to do what their users would see.'],
  judge(scene) {
    const all = distinct(own(scene, 'exec').filter((deed) => deed.tool === null && foreignTool(programOf(deed)) !== null), programOf)
    const first = earliest(all)
    const severity = first && all.slice(0, FEW).every((deed) => fetchesFromHome(deed, scene)) ? atMost(SEVERITY[first.phase], 'low') : first && SEVERITY[first.phase]
    return first && severity ? found({ detector: this.id, behaviour: 'run-at-install', severity, title: `${when(first)} started ${all.slice(0, 4).map(programOf).join(', ')}` },
      chain(scene.about, all.slice(0, 6).map((deed) => [deed, `starts ${foreignTool(programOf(deed))}`, 'sink'] as const))) : []
  },
}

/** All that it was seen to ask for lies in the project's own home. What is then done with it is another rule's. */
function fetchesFromHome({ act, pass, during }: Deed, scene: Scene): boolean {
  const isIts = (one: Deed): boolean => one.pass === pass && one.during === during && one.line.includes(act.pid)
  return scene.excused.some((one) => one.trust === 'release' && isIts(one)) && !strangers(scene).some(isIts)
}
