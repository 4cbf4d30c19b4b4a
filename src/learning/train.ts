import { binned } from './bins.ts'
import { grow, short } from './grow.ts'
import type { Draft, TreeSettings } from './grow.ts'
import { seeded, shuffled } from './random.ts'
import type { Random } from './random.ts'
import { leafOf, packed } from './trees.ts'
import type { Forest, Nodes } from './trees.ts'

export interface Example {
  /** As many as every other example has; what is not finite is missing. */
  readonly features: Float64Array
  readonly label: 0 | 1
  readonly weight: number
}

export interface Settings extends TreeSettings {
  /** Most trees. */
  readonly rounds: number
  /** Share of each tree's answer that counts: shrinkage (Friedman 2001, §5). */
  readonly rate: number
  /** Share of the examples that each tree sees, by chance. */
  readonly rowShare: number
  /** Share of the features that each tree may ask for, by chance. */
  readonly columnShare: number
  /** Trees without a better loss on the validation part after which it ends. */
  readonly patience: number
  readonly seed: number
}

export const SETTINGS: Settings = {
  rounds: 400, rate: 0.1, depth: 4, lambda: 1, gamma: 0, minChildWeight: 1, rowShare: 0.8, columnShare: 0.8, patience: 30, seed: 1,
}

export interface Fit {
  readonly forest: Forest
  /** Mean weighted log-loss after each round, without the validation part's when there is none. */
  readonly history: readonly { train: number; validation: number | null }[]
}

/**
 * Gradient boosting of regression trees for logistic loss (Friedman 2001, "Greedy Function Approximation: A Gradient Boosting
 * Machine") with second derivatives (Chen and Guestrin 2016). With a validation part, the forest ends where that part's loss
 * was lowest. Same examples in the same order and same settings: same forest, digit by digit.
 */
export function fit(examples: readonly Example[], settings: Settings, validation: readonly Example[] = []): Fit {
  const width = examples[0]?.features.length
  if (width === undefined) throw new Error('nothing to learn from')
  if ([...examples, ...validation].some(({ features }) => features.length !== width)) throw new Error('examples with different numbers of features')
  const random = seeded(settings.seed)
  const table = binned(examples.map(({ features }) => features), width)
  const useful = table.cuts.flatMap((cuts, feature) => (cuts.length > 0 ? [feature] : []))
  const base = short(prior(examples))
  const draft: Draft = { feature: [], threshold: [], left: [], right: [], missing: [], value: [] }
  const roots: number[] = []
  const margins = new Float64Array(examples.length).fill(base)
  const watched = new Float64Array(validation.length).fill(base)
  const history: { train: number; validation: number | null }[] = []
  let best = { loss: validation.length > 0 ? lossOf(validation, watched) : Infinity, round: 0, trees: 0 }

  for (let round = 1; round <= settings.rounds; round++) {
    const allowed = some(useful, settings.columnShare, random)
    const root = grow(draft, { settings, binned: table, allowed, ...derivatives(examples, margins) }, sampled(examples.length, settings.rowShare, random))
    if (root !== null) {
      roots.push(root)
      advance(margins, examples, draft, root, settings.rate)
      advance(watched, validation, draft, root, settings.rate)
    }
    const loss = validation.length > 0 ? lossOf(validation, watched) : null
    history.push({ train: lossOf(examples, margins), validation: loss })
    if (loss === null || loss < best.loss) best = { loss: loss ?? Infinity, round, trees: roots.length }
    if (round - best.round >= settings.patience) break
  }

  const end = roots[best.trees] ?? draft.feature.length
  const kept = Object.fromEntries(Object.entries(draft).map(([name, list]) => [name, list.slice(0, end)])) as Draft
  return { forest: { base, rate: settings.rate, ...packed({ ...kept, roots: roots.slice(0, best.trees) }) }, history }
}

/** Log-odds of the labels; kept finite where there is one label only. */
function prior(examples: readonly Example[]): number {
  const all = examples.reduce((sum, { weight }) => sum + weight, 0)
  const share = examples.reduce((sum, { label, weight }) => sum + label * weight, 0) / all
  const bounded = Math.min(Math.max(share, 1e-4), 1 - 1e-4)
  return Math.log(bounded / (1 - bounded))
}

/** First and second derivative of the logistic loss by the margin. */
function derivatives(examples: readonly Example[], margins: Float64Array): { gradient: Float64Array; hessian: Float64Array } {
  const gradient = new Float64Array(examples.length)
  const hessian = new Float64Array(examples.length)
  examples.forEach(({ label, weight }, row) => {
    const probability = 1 / (1 + Math.exp(-(margins[row] as number)))
    gradient[row] = weight * (probability - label)
    hessian[row] = weight * probability * (1 - probability)
  })
  return { gradient, hessian }
}

function advance(margins: Float64Array, examples: readonly Example[], nodes: Nodes, root: number, rate: number): void {
  examples.forEach(({ features }, row) => {
    margins[row] = (margins[row] as number) + rate * (nodes.value[leafOf(nodes, root, features)] as number)
  })
}

function lossOf(examples: readonly Example[], margins: Float64Array): number {
  let [sum, weights] = [0, 0]
  examples.forEach(({ label, weight }, row) => {
    const against = label === 1 ? -(margins[row] as number) : margins[row] as number
    sum += weight * (Math.max(against, 0) + Math.log1p(Math.exp(-Math.abs(against))))
    weights += weight
  })
  return sum / weights
}

/** At least one. */
const some = (columns: readonly number[], share: number, random: Random): number[] =>
  shuffled(columns, random).slice(0, Math.max(1, Math.round(columns.length * share))).sort((a, b) => a - b)

const sampled = (rows: number, share: number, random: Random): Int32Array =>
  Int32Array.from({ length: rows }, (_, row) => row).filter(() => random() < share)
