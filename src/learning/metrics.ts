/** An answer beside the truth. */
export interface Scored {
  /** The higher, the more likely is label 1. */
  readonly score: number
  readonly label: 0 | 1
}

/** Of the answers at or above a threshold and those below it, how many were right and wrong. */
export interface Counts {
  readonly truePositives: number
  readonly falsePositives: number
  readonly falseNegatives: number
  readonly trueNegatives: number
}

/** A share with the interval it lies in; null where there was nothing to count. */
export interface Share {
  readonly value: number
  readonly interval: readonly [number, number]
  readonly of: number
}

/** Chance that a 1 scores higher than a 0, ties half (Mann and Whitney 1947); NaN when either label is missing. */
export function auc(scored: readonly Scored[]): number {
  const sorted = scored.toSorted((a, b) => a.score - b.score)
  let [zeros, ones, pairs] = [0, 0, 0]
  for (let start = 0; start < sorted.length;) {
    let end = start
    let tiedOnes = 0
    while (end < sorted.length && sorted[end]?.score === sorted[start]?.score) tiedOnes += (sorted[end++] as Scored).label
    const tiedZeros = end - start - tiedOnes
    pairs += tiedOnes * (zeros + tiedZeros / 2)
    zeros += tiedZeros
    ones += tiedOnes
    start = end
  }
  return pairs / (zeros * ones)
}

/** Mean negative log-likelihood of the labels; scores are probabilities, and one that was sure and wrong costs at most 34.5. */
export function logLoss(scored: readonly Scored[]): number {
  const losses = scored.map(({ score, label }) => -Math.log(Math.max(label === 1 ? score : 1 - score, 1e-15)))
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length
}

export function countsAt(scored: readonly Scored[], threshold: number): Counts {
  const count = (label: 0 | 1, above: boolean): number => scored.filter((one) => one.label === label && one.score >= threshold === above).length
  return { truePositives: count(1, true), falsePositives: count(0, true), falseNegatives: count(1, false), trueNegatives: count(0, false) }
}

export const precision = ({ truePositives, falsePositives }: Counts): Share | null => share(truePositives, truePositives + falsePositives)
export const recall = ({ truePositives, falseNegatives }: Counts): Share | null => share(truePositives, truePositives + falseNegatives)
export const falsePositiveRate = ({ falsePositives, trueNegatives }: Counts): Share | null => share(falsePositives, falsePositives + trueNegatives)

/** The lowest threshold that reaches a precision, null when none does. */
export function thresholdFor(scored: readonly Scored[], wanted: number): number | null {
  const thresholds = [...new Set(scored.map(({ score }) => score))].sort((a, b) => a - b)
  return thresholds.find((threshold) => (precision(countsAt(scored, threshold))?.value ?? 0) >= wanted) ?? null
}

function share(part: number, of: number): Share | null {
  return of === 0 ? null : { value: part / of, interval: wilson(part, of), of }
}

/** 95% interval of a share (Wilson 1927). */
export function wilson(part: number, of: number): [number, number] {
  const z = 1.959964
  const p = part / of
  const scale = 1 + z ** 2 / of
  const middle = (p + z ** 2 / (2 * of)) / scale
  const reach = (z / scale) * Math.sqrt((p * (1 - p)) / of + z ** 2 / (4 * of ** 2))
  return [Math.max(0, middle - reach), Math.min(1, middle + reach)]
}
