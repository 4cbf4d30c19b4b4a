import { isotonic, probability } from './calibrate.ts'
import type { Curve } from './calibrate.ts'
import { figuresOf } from './figures.ts'
import type { Figures } from './figures.ts'
import { byId, folds, withoutCopies } from './folds.ts'
import { thresholdFor } from './metrics.ts'
import type { Scored } from './metrics.ts'
import { modelFromJson, score, vectorOf } from './model.ts'
import type { Row } from './rows.ts'
import { fit } from './train.ts'
import type { Example, Settings } from './train.ts'
import { forestToJson, margin } from './trees.ts'
import type { ForestJson } from './trees.ts'

const FOLDS = 5
const SWEEP = [0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.98, 0.99]

/** The model with everything that is needed to make it again, as it is kept in a file. */
export interface ModelJson {
  readonly recipe: Recipe
  readonly features: readonly string[]
  readonly curve: Curve
  readonly forest: ForestJson
}

interface Recipe {
  /** Which rows these were, in words. */
  readonly data: string
  readonly date: string
  readonly counts: Readonly<Record<'tuning' | 'report', Counts>>
  /** Rows of the report part that were left out, because their cluster is in the tuning part as well. */
  readonly leftOut: number
  readonly folds: number
  /** `rounds` is what the folds agreed on. */
  readonly settings: Settings
  /** The lowest threshold with a precision of 95% on the tuning part, whose figures are of rows that each fold had not seen. */
  readonly chosen: number | null
  /** Copies within a cluster count once. Those of the tuning part flatter: thresholds and probabilities were fitted to it. */
  readonly figures: Readonly<Record<string, Figures>>
}

interface Counts {
  readonly malicious: number
  readonly benign: number
  readonly clusters: number
}

/**
 * Learns from the tuning part, and looks at the report part once. Five folds without a common cluster say how many trees are
 * enough and what their margins are worth; the forest that is kept has that many trees, grown on all of the tuning part. The
 * same rows give the same model in whatever order they come.
 */
export function build(rows: readonly Row[], { data, date, settings }: Pick<Recipe, 'data' | 'date' | 'settings'>): ModelJson {
  const tuning = rows.filter(({ part }) => part === 'tuning').sort(byId)
  const seen = new Set(tuning.map(({ group }) => group))
  const report = rows.filter(({ part }) => part === 'report').sort(byId)
  const unseen = report.filter(({ group }) => !seen.has(group))
  for (const label of [0, 1]) {
    const clusters = new Set(tuning.filter((row) => row.label === label).map(({ group }) => group)).size
    if (clusters < FOLDS) throw new Error(`the tuning part has ${clusters} clusters with label ${label}: ${FOLDS} are the least`)
  }

  const features = [...new Set(tuning.flatMap((row) => Object.keys(row.features)))].sort()
  const example = (row: Row): Example => ({ features: vectorOf(features, row.features), label: row.label, weight: row.weight })
  const tries = folds(tuning, FOLDS, settings.seed).map((fold) => {
    const { forest } = fit(without(tuning, fold).map(example), settings, fold.map(example))
    return { trees: forest.roots.length, held: fold.map((row) => ({ ...row, margin: margin(forest, vectorOf(features, row.features)) })) }
  })
  const held = tries.flatMap(({ held }) => held)
  const curve = isotonic(held)
  const agreed: Settings = { ...settings, rounds: Math.max(1, Math.round(tries.reduce((sum, { trees }) => sum + trees, 0) / FOLDS)) }
  const forest = forestToJson(fit(tuning.map(example), agreed).forest)

  const model = modelFromJson({ features, curve, forest })
  const judged = withoutCopies(unseen).map((row) => ({ ...row, score: score(row.features, model) as number }))
  const tuned = withoutCopies(held).map((row) => ({ ...row, score: probability(curve, row.margin) }))
  const chosen = thresholdFor(tuned, 0.95)
  const thresholds = [...SWEEP, ...(chosen === null ? [] : [chosen])].sort((a, b) => a - b)
  const figures = { tuning: figuresOf(tuned, thresholds), report: figuresOf(judged, thresholds), ...byType(judged, thresholds) }
  const counts = { tuning: countsOf(tuning), report: countsOf(report) }
  return { recipe: { data, date, counts, leftOut: report.length - unseen.length, folds: FOLDS, settings: agreed, chosen, figures }, features, curve, forest }
}

/** Figures of the report part by type of purl. */
function byType(judged: readonly (Scored & Row)[], thresholds: readonly number[]): Record<string, Figures> {
  const types = Map.groupBy(judged, ({ id }) => /^pkg:([a-z]+)\//.exec(id)?.[1] ?? 'other')
  return Object.fromEntries([...types].sort(([a], [b]) => (a < b ? -1 : 1)).map(([type, some]) => [`report, ${type}`, figuresOf(some, thresholds)]))
}

function without(rows: readonly Row[], fold: readonly Row[]): Row[] {
  const ids = new Set(fold.map(({ id }) => id))
  return rows.filter(({ id }) => !ids.has(id))
}

function countsOf(rows: readonly Row[]): Counts {
  const malicious = rows.filter(({ label }) => label === 1).length
  return { malicious, benign: rows.length - malicious, clusters: new Set(rows.map(({ group }) => group)).size }
}

/** As JSON with a line for each list and each part's figures, so that differences can be read. */
export const textOf = (model: ModelJson): string => `${laidOut(model, 3, '\n')}\n`

function laidOut(value: unknown, levels: number, line: string): string {
  if (levels === 0 || typeof value !== 'object' || value === null || Array.isArray(value)) return JSON.stringify(value)
  const fields = Object.entries(value).map(([name, inner]) => `${line}  ${JSON.stringify(name)}: ${laidOut(inner, levels - 1, `${line}  `)}`)
  return `{${fields.join(',')}${line}}`
}
