import { distinct, earliest, own, programOf } from '../kit/flow.ts'
import { found } from '../kit/found.ts'
import type { ByPhase } from '../kit/found.ts'
import { foreignTool } from '../kit/programs.ts'
import { chain, when } from '../kit/telling.ts'
import type { Rule } from '../rule.ts'

const SEVERITY: ByPhase = { install: 'medium', import: 'medium', execute: 'info' }

/** A downloader, a script host or a tool for speaking to other machines was started. */
export const didUseOddTools: Rule = {
  id: 'did-use-odd-tools',
  version: 1,
  why: ['Interpreters bring all they need to fetch and to write; what is started beside them is meant to do what their users would see.'],
  judge(scene) {
    const all = distinct(own(scene, 'exec').filter((deed) => deed.tool === null && foreignTool(programOf(deed)) !== null), programOf)
    const first = earliest(all)
    return first ? found({ detector: this.id, behaviour: 'run-at-install', severity: SEVERITY[first.phase], title: `${when(first)} started ${all.slice(0, 4).map(programOf).join(', ')}` },
      chain(scene.about, all.slice(0, 6).map((deed) => [deed, `starts ${foreignTool(programOf(deed))}`, 'sink'] as const))) : []
  },
}
