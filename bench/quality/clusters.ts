import { similarity } from '../../src/analysis/sketch.ts'
import type { MinHash } from '../../src/analysis/sketch.ts'

/** Rows of a band: candidates come from 32 bands of 4, which finds pairs of similarity 0.7 with probability 0.9998. */
const ROWS = 4

/** For each sketch (without values: nothing to compare) the index of its cluster's first member. Single linkage; what has nothing to compare stands alone. */
export function cluster(sketches: readonly MinHash[], alike = 0.7): number[] {
  const parents = sketches.map((_, index) => index)
  const root = (index: number): number => {
    let at = index
    while (parents[at] !== at) at = parents[at] = parents[parents[at] as number] as number
    return at
  }
  const join = (one: number, other: number): void => {
    const [first, second] = [root(one), root(other)].sort((a, b) => a - b) as [number, number]
    parents[second] = first
  }
  /** By band and its values: members that were not alike, one for each cluster met there. */
  const buckets = new Map<string, number[]>()
  sketches.forEach((sketch, index) => {
    for (let row = 0; row < sketch.length; row += ROWS) {
      const key = `${row}:${sketch.subarray(row, row + ROWS).join(',')}`
      const members = buckets.get(key)
      if (!members) buckets.set(key, [index])
      else if (!members.some((member) => root(member) === root(index))) {
        const near = members.filter((member) => similarity(sketch, sketches[member] as MinHash) >= alike)
        for (const member of near) join(member, index)
        if (near.length === 0) members.push(index)
      }
    }
  })
  return sketches.map((_, index) => root(index))
}
