import { bare, behaviours } from '../../test/taxonomy/behaviours/index.ts'
import { BUILDS, verdictOf } from '../../test/taxonomy/honest.ts'
import { bareCell, matrix } from '../../test/taxonomy/matrix.ts'
import type { Cell } from '../../test/taxonomy/matrix.ts'
import { transforms } from '../../test/taxonomy/transforms/index.ts'
import { twins } from '../../test/taxonomy/twins.ts'
import { table } from './markdown.ts'

/**
 * `node bench/quality/taxonomy.ts`: how many malicious behaviours of npm packages are found, in plain sight and in every
 * disguise that the tests know. A cell is found when a finding of medium severity or more has the right name and shows the
 * right file and line; `seen through` when it names what was disguised, not only that something was.
 */
const cells: readonly Cell[] = [...bare.map(bareCell), ...matrix(behaviours, transforms)]

const groups = [...new Set(cells.map(({ group }) => group))]
const ids = [...new Set(cells.map(({ behaviour }) => behaviour))]
const figure = (of: readonly Cell[], test: (cell: Cell) => boolean): string => {
  const count = of.filter(test).length
  return of.length === 0 ? '–' : `${count}/${of.length} (${(100 * count / of.length).toFixed(1)} %)`
}
const row = (what: string, of: readonly Cell[]): string[] => [what, figure(of, ({ found }) => found), figure(of, ({ seenThrough }) => seenThrough)]

const byBehaviour = ids.map((id) => [id, ...groups.map((group) => {
  const of = cells.filter((cell) => cell.behaviour === id && cell.group === group)
  return of.length === 0 ? '–' : `${of.filter(({ found }) => found).length}/${of.length}`
})])
const missed = cells.filter(({ found }) => !found).map(({ behaviour, start, transform, says }) => `- ${behaviour} (${start}), ${transform}: ${says.slice(0, 200)}`)
const verdicts = twins.flatMap((twin) => BUILDS.map((build) => verdictOf(twin, build).level))

console.log([
  `### ${ids.length} behaviours, ${transforms.length} ways to write them, ${cells.length} packages`,
  table(['disguise', 'found', 'seen through'], [...groups.map((group) => row(group, cells.filter((cell) => cell.group === group))), row('all', cells)]),
  '### By behaviour', table(['behaviour', ...groups], byBehaviour),
  '### Missed', missed.join('\n') || 'nothing',
  `### Honest twins\n\n${verdicts.filter((level) => level !== 'clean').length} of ${verdicts.length} packages (${twins.length} twins, ${BUILDS.length} builds) were not clean.`,
].join('\n\n'))
