/** Steps of a feature: 0 holds the missing values, the others are left for the rest. */
export const STEPS = 64

/** The features of examples in steps instead of values. */
export interface Binned {
  readonly width: number
  /** Ascending thresholds of each feature; none where all values are the same. */
  readonly cuts: readonly (readonly number[])[]
  /** Example by example: 0 where the value is missing, else 1 + how many of the feature's cuts are at or below it. */
  readonly steps: Uint8Array
}

/**
 * Sorts values into steps of about the same number of examples, as histogram-based split finding needs them
 * (Chen and Guestrin 2016, §3.2). Where values are missing, the last cut lies above all others: it tells missing from present.
 */
export function binned(vectors: readonly Float64Array[], width: number): Binned {
  const steps = new Uint8Array(vectors.length * width)
  const cuts = Array.from({ length: width }, (_, feature) => {
    const values = Float64Array.from(vectors, (vector) => vector[feature] as number)
    const present = values.filter(Number.isFinite).sort()
    const cuts = cutsOf(present)
    if (present.length > 0 && present.length < values.length) cuts.push(Number.MAX_VALUE)
    values.forEach((value, row) => {
      if (Number.isFinite(value)) steps[row * width + feature] = 1 + atOrBelow(cuts, value)
    })
    return cuts
  })
  return { width, cuts, steps }
}

function cutsOf(sorted: Float64Array): number[] {
  const cuts: number[] = []
  const most = STEPS - 3
  const distinct = sorted.reduce((count, value, index) => (value === sorted[index - 1] ? count : count + 1), 0)
  const share = distinct <= most ? 0 : sorted.length / most
  for (let index = 1, since = 0; index < sorted.length && cuts.length < most; index++) {
    const [low, high] = [sorted[index - 1] as number, sorted[index] as number]
    if (low === high || index - since < share) continue
    cuts.push(between(low, high))
    since = index
  }
  return cuts
}

/** The shortest decimal in the middle half between two values: above the low one and not above the high one. */
function between(low: number, high: number): number {
  const [from, to] = [low * 0.75 + high * 0.25, low * 0.25 + high * 0.75]
  const middle = low / 2 + high / 2
  for (let digits = 1; digits < 17; digits++) {
    const rounded = Number(middle.toPrecision(digits))
    if (rounded > low && rounded >= from && rounded <= to) return rounded
  }
  return high
}

function atOrBelow(cuts: readonly number[], value: number): number {
  let [low, high] = [0, cuts.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((cuts[middle] as number) <= value) low = middle + 1
    else high = middle
  }
  return low
}
