import { STEPS } from './bins.ts'
import type { Binned } from './bins.ts'

/** How a tree may grow. */
export interface TreeSettings {
  /** Most questions between root and leaf. */
  readonly depth: number
  /** L2 penalty on leaf values. */
  readonly lambda: number
  /** Gain below which a split is not worth it. */
  readonly gamma: number
  /** Least sum of second derivatives on each side of a split; above 0. */
  readonly minChildWeight: number
}

/** Nodes being written, as `Nodes` in trees.ts has them. */
export type Draft = Record<'feature' | 'threshold' | 'left' | 'right' | 'missing' | 'value', number[]>

export interface Growth {
  readonly settings: TreeSettings
  readonly binned: Binned
  /** Which features this tree may ask for. */
  readonly allowed: readonly number[]
  /** First and second derivative of the loss at each example. */
  readonly gradient: Float64Array
  readonly hessian: Float64Array
}

interface Split {
  feature: number
  /** The last step that goes left. */
  step: number
  missingLeft: boolean
}

/** Gains below this are rounding. */
const NOISE = 1e-9

/**
 * Adds a tree over the examples in `rows` and gives its root, or null when no split is worth it. `rows` gets reordered.
 * Formulas by their number in Chen and Guestrin 2016, "XGBoost: A Scalable Tree Boosting System".
 */
export function grow(draft: Draft, growth: Growth, rows: Int32Array): number | null {
  const { settings: { depth, lambda }, binned } = growth
  const branch = (rows: Int32Array, level: number): number | null => {
    const sums = sumsOf(growth, rows)
    const split = level < depth ? bestSplit(growth, rows, sums) : null
    if (split === null && level === 0) return null
    const node = draft.feature.length
    // (5), the best value of a leaf.
    add(draft, -sums.g / (sums.h + lambda))
    if (split === null) return node
    const lefts = partition(rows, binned, split)
    draft.feature[node] = split.feature
    draft.threshold[node] = binned.cuts[split.feature]?.[split.step - 1] as number
    const left = branch(rows.subarray(0, lefts), level + 1) as number
    const right = branch(rows.subarray(lefts), level + 1) as number
    draft.left[node] = left
    draft.right[node] = right
    draft.missing[node] = split.missingLeft ? left : right
    return node
  }
  return branch(rows, 0)
}

/** Six digits: what is learnt is less precise than that, and the file stays small. */
export const short = (value: number): number => Number(value.toPrecision(6)) + 0

function add(draft: Draft, value: number): void {
  for (const list of [draft.left, draft.right, draft.missing, draft.feature]) list.push(-1)
  draft.threshold.push(0)
  draft.value.push(short(value))
}

interface Sums {
  g: number
  h: number
}

function sumsOf({ gradient, hessian }: Growth, rows: Int32Array): Sums {
  const sums = { g: 0, h: 0 }
  for (const row of rows) {
    sums.g += gradient[row] as number
    sums.h += hessian[row] as number
  }
  return sums
}

function bestSplit(growth: Growth, rows: Int32Array, { g, h }: Sums): Split | null {
  const { settings: { lambda, gamma, minChildWeight }, binned, allowed } = growth
  const whole = (g * g) / (h + lambda)
  // (7), what the loss falls by.
  const gainOf = (leftG: number, leftH: number): number => {
    const [rightG, rightH] = [g - leftG, h - leftH]
    if (leftH < minChildWeight || rightH < minChildWeight) return 0
    return ((leftG * leftG) / (leftH + lambda) + (rightG * rightG) / (rightH + lambda) - whole) / 2 - gamma
  }
  let best: Split | null = null
  let least = NOISE
  const histograms = histogramsOf(growth, rows)
  allowed.forEach((feature, at) => {
    const histogram = histograms.subarray(at * STEPS * 2, (at + 1) * STEPS * 2)
    const steps = (binned.cuts[feature] as readonly number[]).length
    const missingG = histogram[0] as number
    const missingH = histogram[1] as number
    let belowG = 0
    let belowH = 0
    for (let step = 1; step <= steps; step++) {
      const stepH = histogram[step * 2 + 1] as number
      if (stepH === 0) continue
      belowG += histogram[step * 2] as number
      belowH += stepH
      // Missing values are tried on both sides (Algorithm 3); where there are none, they will follow the majority.
      const gain = gainOf(belowG, belowH)
      if (gain > least) {
        least = gain
        best = { feature, step, missingLeft: missingH === 0 && belowH * 2 > h }
      }
      const other = missingH > 0 ? gainOf(belowG + missingG, belowH + missingH) : 0
      if (other > least) {
        least = other
        best = { feature, step, missingLeft: true }
      }
    }
  })
  return best
}

/** Of each allowed feature the sums of both derivatives by step. One example after the other: sums wait for themselves least. */
function histogramsOf({ binned: { steps, width }, allowed, gradient, hessian }: Growth, rows: Int32Array): Float64Array {
  const sums = new Float64Array(allowed.length * STEPS * 2)
  const features = Int32Array.from(allowed)
  for (const row of rows) {
    const g = gradient[row] as number
    const h = hessian[row] as number
    for (let index = 0; index < features.length; index++) {
      const at = (index * STEPS + (steps[row * width + (features[index] as number)] as number)) * 2
      sums[at] = (sums[at] as number) + g
      sums[at + 1] = (sums[at + 1] as number) + h
    }
  }
  return sums
}

/** Moves what goes left to the front, both sides in their old order, and says how many that are. */
function partition(rows: Int32Array, { steps, width }: Binned, { feature, step, missingLeft }: Split): number {
  const rights: number[] = []
  let lefts = 0
  for (const row of rows) {
    const at = steps[row * width + feature] as number
    if (at === 0 ? missingLeft : at <= step) rows[lefts++] = row
    else rights.push(row)
  }
  rows.set(rights, lefts)
  return lefts
}
