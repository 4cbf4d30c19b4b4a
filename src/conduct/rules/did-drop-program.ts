import type { PlaceKind } from '../../analysis/places.ts'
import { isBefore } from '../deed.ts'
import { earliest, own, starts } from '../kit/flow.ts'
import { found } from '../kit/found.ts'
import { sourceTrees } from '../kit/source-tree.ts'
import type { ByPhase } from '../kit/found.ts'
import { chain, when } from '../kit/telling.ts'
import type { Deed } from '../deed.ts'
import type { Rule } from '../rule.ts'

const SEVERITY: ByPhase = { install: 'high', import: 'high', execute: 'medium' }
const AWAY: ReadonlySet<PlaceKind> = new Set(['temporary', 'home', 'autostart', 'app-code'])
/** Programs that a package fetches for itself when it is asked to are kept there (XDG Base Directory Specification), under a name that says whose they are. */
const CACHED = /^\/(?:home\/[^/]+|root)\/\.cache\/[^./][^/]*\/[^.]/
const HIDDEN = /^\/(?:home\/[^/]+|root|tmp|var\/tmp|dev\/shm)\/(?:.*\/)?\.[^/]+/

/** A program was written where it does not belong, and started. */
export const didDropProgram: Rule = {
  id: 'did-drop-program',
  version: 3,
  why: ['A program that is unpacked, tucked away and started is made not to be found.'],
  judge(scene) {
    const written = own(scene, 'write', 'rename').filter((deed) => deed.tool === null && isAway(deed)).slice(0, 2000)
    const byPath = Map.groupBy(written, ({ pass, act }) => `${pass} ${pathOf(act)}`)
    const pairs = byPath.size === 0 ? [] : own(scene, 'exec').flatMap((run): Pair[] => {
      const paths = [run.act.target, ...(run.act.argv ?? []).slice(0, 4)]
      const write = paths.flatMap((path) => byPath.get(`${run.pass} ${path}`) ?? []).find((one) => isBefore(one, run) && starts(run, pathOf(one.act)))
      return write ? [{ write, run }] : []
    })
    const isBuilt = pairs.length === 0 ? () => false : sourceTrees(scene)
    const isMild = ({ write, run }: Pair): boolean => run.phase === 'execute' && CACHED.test(pathOf(write.act)) || isBuilt(write, run)
    const grave = pairs.filter((pair) => !isMild(pair))
    const first = earliest((grave.length > 0 ? grave : pairs).map(({ run }) => run))
    const pair = pairs.find(({ run }) => run === first)
    return pair && first ? found({ detector: this.id, behaviour: 'dropper', severity: grave.length === 0 ? 'low' : SEVERITY[first.phase], title: `${when(first)} put a program where it does not belong and started it` },
      chain(scene.about, [[pair.write, 'puts it there', 'transform'], [first, 'starts it', 'sink']])) : []
  },
}

interface Pair {
  write: Deed
  run: Deed
}

const pathOf = (act: Deed['act']): string => (act.kind === 'rename' ? act.other ?? act.target : act.target)
/** Folders that builds make for themselves are theirs. */
function isAway({ act, place }: Deed): boolean {
  const path = pathOf(act)
  return !/\/(?:pip-[^/]*|npm-[^/]*|tmp\w{6,}|node-gyp|build)\//.test(path) && (place !== null && AWAY.has(place) || HIDDEN.test(path)) && !/\/node_modules\/|\/site-packages\//.test(path)
}
