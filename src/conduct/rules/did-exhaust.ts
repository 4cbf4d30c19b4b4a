import type { Evidence, Severity } from '../../core/types.ts'
import type { PhaseRecord } from '../../sandbox/record.ts'
import { lineOf } from '../kit/flow.ts'
import { found } from '../kit/found.ts'
import { shown, when } from '../kit/telling.ts'
import type { Deed } from '../deed.ts'
import type { Rule } from '../rule.ts'
import type { Scene } from '../scene.ts'

/** More than any build has at once, of all commands and of one. How many it starts one after the other says nothing: configuring and compiling one library takes thousands. */
const MANY = 128
const SWARM = 40
/** Everything a package exports is called, in several ways: each call may start something. */
const SWARM_OF_CALLS = 100
const MANY_OF_CALLS = 500
/** More than programs and browsers take that honest packages fetch, which are kept in folders for it. */
const FLOOD = 500 * 1024 * 1024
const SAYS = { processes: 'filled the machine with processes', disk: 'filled the disk', memory: 'took all memory' } as const
const SEVERITY: Readonly<Record<keyof typeof SAYS, Severity>> = { processes: 'high', disk: 'high', memory: 'medium' }

/** The box had to stop it: no room was left for processes, or on the disk. */
export const didExhaust: Rule = {
  id: 'did-exhaust',
  version: 3,
  why: ['A machine that has nothing left serves nobody, and its watchers neither.'],
  judge(scene) {
    for (const phase of scene.phases) {
      const stopped = phase.status === 'processes' || phase.status === 'disk' || phase.status === 'memory' ? phase.status : null
      const what = stopped ?? (atOnce(phase) > (phase.phase === 'execute' ? MANY_OF_CALLS : MANY) || swarms(scene, phase) ? 'processes' : floods(phase) ? 'disk' : null)
      if (what === null) continue
      const culprit = culpritOf(scene, phase, what)
      const place: Evidence = culprit ? { ...shown(culprit, scene.about, SAYS[what]), role: 'sink' } : { file: '', lines: [0, 0], excerpt: phase.says ?? what, says: SAYS[what] }
      return found({ detector: this.id, behaviour: 'destruction', severity: SEVERITY[what], title: `${when(culprit ?? { hook: null, phase: phase.phase })} ${SAYS[what]}` }, [place])
    }
    return []
  },
}

/** As many as ran at the same time. One of which nobody saw the end ran to the end. */
function atOnce({ processes, elapsedMs }: PhaseRecord): number {
  const changes = processes.flatMap(({ started, ended }) => [[started, 1], [Math.max(started, ended ?? elapsedMs), -1]] as const).toSorted(([a, up], [b, down]) => a - b || up - down)
  let most = 0
  changes.reduce((alive, [, by]) => {
    most = Math.max(most, alive + by)
    return alive + by
  }, 0)
  return most
}

/** One command line many times over, none of which has ended when the next begins. */
function swarms({ deeds }: Scene, { pass, phase }: PhaseRecord): boolean {
  const execs = deeds.filter((deed) => deed.pass === pass && deed.during === phase && deed.whose === 'package' && deed.tool === null && deed.act.kind === 'exec' && deed.act.done && deed.process !== null)
  return [...Map.groupBy(execs, lineOf).values()].some((group) => {
    const last = group.at(-1)?.act.at ?? 0
    return group.filter(({ process }) => process?.ended == null || process.ended >= last).length >= (phase === 'execute' ? SWARM_OF_CALLS : SWARM)
  })
}

const floods = ({ disk }: PhaseRecord): boolean => disk.filter(({ path, what }) => what !== 'deleted' && !KEPT.test(path)).reduce((sum, { size }) => sum + size, 0) >= FLOOD
/** Packages, and what they fetch for themselves. */
const KEPT = /\/(?:node_modules|site-packages|\.cache|\.npm|go|pip-[^/]*)\//

/** The deed that was repeated most: the line that forks, or that writes. */
function culpritOf(scene: Scene, { pass, phase }: PhaseRecord, what: keyof typeof SAYS): Deed | null {
  const kinds = what === 'disk' ? ['write'] : ['exec', 'signal', 'write']
  const groups = Map.groupBy(scene.deeds.filter((deed) => deed.pass === pass && deed.during === phase && deed.whose === 'package' && kinds.includes(deed.act.kind)), ({ act }) => (act.by ? `${act.by.file}:${act.by.line}` : act.target))
  const size = (deeds: readonly Deed[]): number => (what === 'disk' ? deeds.reduce((sum, { act }) => sum + (act.bytes ?? 0), 0) : deeds.length)
  return [...groups.values()].toSorted((a, b) => size(b) - size(a))[0]?.[0] ?? null
}
