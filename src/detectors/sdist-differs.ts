import type { Action, Facts } from '../analysis/facts.ts'
import type { Evidence, Finding, Outside, Profile, UnpackedPackage } from '../core/types.ts'
import type { Detector } from './detector.ts'
import { reachOf } from './kit/chains.ts'
import { evidence, shown, when } from './kit/evidence.ts'
import { abilityLines } from './kit/profile.ts'
import { twins } from './kit/twins.ts'

/** Two archives of one version hold different Python code. */
export const sdistDiffers: Detector = {
  id: 'sdist-differs',
  version: 1,
  ecosystems: ['pypi'],
  why: [
    'What is read in the source archive is not what is installed from the wheel, or the other way round.',
    'Who examines one archive of a version has not seen the other.',
  ],
  detect: (pkg, facts, outside) => (outside.siblings ?? []).flatMap((sibling) => compared(pkg, facts, sibling)).slice(0, 1),
}

const ACTS: ReadonlySet<Action['kind']> = new Set(['fetch', 'connect', 'resolve', 'send', 'execute', 'spawn', 'load', 'collect', 'delete'])

function compared(pkg: UnpackedPackage, facts: Facts, { file, profile }: NonNullable<Outside['siblings']>[number]): Finding[] {
  const mine = new Map([...pkg.files.values()].filter(({ sha256 }) => sha256 !== '').map(({ path, sha256 }) => [path, sha256]))
  const found = twins(mine, profile.code, profile.cut)
  const [first] = found
  if (!first) return []
  const acts = actsIn(new Set(found.map(({ path }) => path)), facts, profile)
  const places = found.slice(0, 4).map(({ path, how }): Evidence => (
    { file: path, lines: [1, 1], excerpt: path.slice(0, 160), says: how === 'differs' ? `is another file in ${file}` : `is not in ${file}, which has the others of its folder` }))
  const [place, ...more] = [...acts.slice(0, 4).map((action) => shown(action, `${action.call} in ${when(action)}; nothing in ${file} does that`)), ...places]
  return place ? [{
    detector: sdistDiffers.id, behaviour: 'archive-mismatch', severity: acts.length > 0 ? 'medium' : 'low', confidence: acts.length > 0 ? 0.8 : 0.4,
    title: `${first.path} ${first.how === 'differs' ? 'is another in' : 'is not in'} ${file}${acts.length > 0 ? ', and does what nothing in it does' : ''}`.slice(0, 200),
    evidence: evidence(place, more),
  }] : []
}

/** What these files do when they are built or loaded that the other archive is not able to, however much it takes. */
function actsIn(files: ReadonlySet<string>, { actions }: Facts, { abilities }: Profile): Action[] {
  const able = new Set(abilities.map((ability) => ability.slice(0, ability.lastIndexOf(' '))))
  return actions.filter((action) => files.has(action.file) && ACTS.has(action.kind) && /^(?:unasked|loaded)$/.test(reachOf(action))
    && abilityLines(action).some((ability) => !able.has(ability.slice(0, ability.lastIndexOf(' ')))))
}
