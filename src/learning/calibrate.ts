/** A margin of an example that the forest had not seen, beside the truth. */
export interface Held {
  readonly margin: number
  readonly label: 0 | 1
  readonly weight: number
}

/** From margin to probability: straight lines between points that never fall, flat outside. */
export interface Curve {
  /** Ascending. */
  readonly margins: readonly number[]
  readonly probabilities: readonly number[]
}

interface Block {
  from: number
  to: number
  ones: number
  weight: number
}

/**
 * The rising step function closest to the labels, by pool-adjacent-violators (Ayer et al. 1955; Zadrozny and Elkan 2002 for
 * probabilities). Both ends of each step are kept. Nothing becomes certain: the ends stay at what the rule of succession
 * grants to as many examples without an exception.
 */
export function isotonic(held: readonly Held[]): Curve {
  const blocks: Block[] = []
  for (const { margin, label, weight } of held.toSorted((a, b) => a.margin - b.margin)) {
    let block: Block = { from: margin, to: margin, ones: label * weight, weight }
    for (let last = blocks.at(-1); last && (last.to === block.from || share(last) >= share(block)); last = blocks.at(-1)) {
      blocks.pop()
      block = { from: last.from, to: block.to, ones: last.ones + block.ones, weight: last.weight + block.weight }
    }
    blocks.push(block)
  }
  const least = 1 / (held.length + 2)
  const points = blocks.flatMap((block) => {
    const probability = Math.min(Math.max(share(block), least), 1 - least)
    return block.from === block.to ? [[block.from, probability] as const] : [[block.from, probability] as const, [block.to, probability] as const]
  })
  return { margins: points.map(([margin]) => margin), probabilities: points.map(([, probability]) => Number(probability.toPrecision(6))) }
}

const share = ({ ones, weight }: Block): number => ones / weight

export function probability({ margins, probabilities }: Curve, margin: number): number {
  const above = margins.findIndex((at) => at > margin)
  if (above === 0 || above < 0) return probabilities.at(above) as number
  const [low, high] = [margins[above - 1] as number, margins[above] as number]
  const [from, to] = [probabilities[above - 1] as number, probabilities[above] as number]
  return from + ((to - from) * (margin - low)) / (high - low)
}

/** Throws an Error that says what is wrong. */
export function curveFromJson(json: unknown): Curve {
  const { margins, probabilities } = (json ?? {}) as Record<string, unknown>
  if (!isRising(margins) || new Set(margins).size !== margins.length) throw new Error('not a curve: margins do not ascend')
  if (!isRising(probabilities) || probabilities.some((value) => value < 0 || value > 1)) throw new Error('not a curve: probabilities fall or leave 0 to 1')
  if (margins.length === 0 || margins.length !== probabilities.length) throw new Error('not a curve: as many margins as probabilities, and at least one')
  return { margins, probabilities }
}

const isRising = (list: unknown): list is readonly number[] =>
  Array.isArray(list) && list.every((value, index) => Number.isFinite(value) && (index === 0 || value >= list[index - 1]))
