import type { Severity } from '../../core/types.ts'
import { distinct, earliest, own } from '../kit/flow.ts'
import { found } from '../kit/found.ts'
import { chain, when } from '../kit/telling.ts'
import type { Deed } from '../deed.ts'
import type { Rule } from '../rule.ts'

const INSIDE = /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|127\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|\[?f[cd])/
const MANY = 8

/** Many doors of the network around the machine were tried. */
export const didScanNetwork: Rule = {
  id: 'did-scan-network',
  version: 1,
  why: ['Who has one machine looks for the next.'],
  judge(scene) {
    const doors = distinct(own(scene, 'connect').filter(({ act, tool }) => tool === null && act.name === undefined && INSIDE.test(act.target)))
    const groups = [...Map.groupBy(doors, ({ pass, phase }) => `${pass} ${phase}`).values()].filter(({ length }) => length >= MANY)
    const first: Deed | undefined = earliest(groups.flat())
    if (!first) return []
    const severity: Severity = first.phase === 'execute' ? 'medium' : 'high'
    return found({ detector: this.id, behaviour: 'surveillance', severity, title: `${when(first)} tried ${doors.length} doors of the network around it` },
      chain(scene.about, doors.slice(0, 6).map((deed) => [deed, 'tries a door', 'sink'] as const)))
  },
}
