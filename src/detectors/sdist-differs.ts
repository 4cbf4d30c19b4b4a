import type { Action, Facts } from '../analysis/facts.ts'
import type { Evidence, Finding, Outside, Profile, UnpackedPackage } from '../core/types.ts'
import type { Detector } from './detector.ts'
import { reachOf } from './kit/chains.ts'
import { evidence, shown, when } from './kit/evidence.ts'
import { abilityLines, HASH } from './kit/profile.ts'
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
  const hashes = [...pkg.files.values()].filter(({ sha256 }) => sha256 !== '').map(({ path, sha256 }) => [path, sha256.slice(0, HASH)] as const)
  const mine = twins(new Map(hashes), profile.code, profile.cut)
  const theirs = twins(new Map(Object.entries(profile.code)), Object.fromEntries(hashes), false).filter(({ how }) => how === 'only here')
  const first = mine[0] ?? theirs[0]
  if (!first) return []
  const acts = actsIn(new Set(mine.map(({ path }) => path)), facts, profile)
  const absent = absentHere(facts, { file, profile })
  const says = `${file} does what nothing here does: ${absent.join(', ')}`.slice(0, 300)
  const places = [
    ...(absent.length > 0 ? [{ file: first.path, lines: [0, 0] as [number, number], excerpt: absent.join(', ').slice(0, 160), says }] : []),
    ...mine.slice(0, 4).map(({ path, how }): Evidence => ({ file: path, lines: [1, 1], excerpt: path.slice(0, 160), says: how === 'differs' ? `is another file in ${file}` : `is not in ${file}, which has the others of its folder` })),
    ...theirs.slice(0, 2).map(({ path }): Evidence => ({ file: path, lines: [0, 0], excerpt: path.slice(0, 160), says: `is only in ${file}` })),
  ]
  const [place, ...more] = [...acts.slice(0, 3).map((action) => shown(action, `${action.call} in ${when(action)}; nothing in ${file} does that`)), ...places]
  const able = acts.length > 0 || absent.length > 0
  const which = first === mine[0] ? `${first.path} ${first.how === 'differs' ? 'is another in' : 'is not in'} ${file}` : `${first.path} is only in ${file}`
  return place ? [{
    detector: sdistDiffers.id, behaviour: 'archive-mismatch', severity: able ? 'medium' : 'low', confidence: able ? 0.8 : 0.4,
    title: `${which}${able ? ', and one does what the other does not' : ''}`.slice(0, 200), evidence: evidence(place, more),
  }] : []
}

/** What the other archive does when it is loaded, or as a built one when an interpreter starts, and this one never does. */
function absentHere({ actions }: Facts, { file, profile }: NonNullable<Outside['siblings']>[number]): string[] {
  const able = new Set(actions.flatMap(abilityLines).map(subjectOf))
  const reach = file.endsWith('.whl') ? /^(?:unasked|loaded)$/ : /^loaded$/
  return profile.abilities.filter((ability) => reach.test(ability.slice(ability.lastIndexOf(' ') + 1)) && ACTS.has(/^\w+/.exec(ability)?.[0] as Action['kind']) && !able.has(subjectOf(ability)))
}

const subjectOf = (ability: string): string => ability.slice(0, ability.lastIndexOf(' '))

/** What these files do when they are built or loaded that the other archive is not able to, however much it takes. */
function actsIn(files: ReadonlySet<string>, { actions }: Facts, { abilities }: Profile): Action[] {
  const able = new Set(abilities.map(subjectOf))
  return actions.filter((action) => files.has(action.file) && ACTS.has(action.kind) && /^(?:unasked|loaded)$/.test(reachOf(action))
    && abilityLines(action).some((ability) => !able.has(subjectOf(ability))))
}
