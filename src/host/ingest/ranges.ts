/** Whole numbers as ranges `[first, last]`, in order, none touching the next. */
export type Ranges = readonly (readonly [number, number])[]

/** Gaps that are remembered: a sender fills its gaps soon, or never. */
const MOST = 200

export function has(ranges: Ranges, value: number): boolean {
  let [low, high] = [0, ranges.length - 1]
  while (low <= high) {
    const middle = (low + high) >> 1
    const [first, last] = ranges[middle] as readonly [number, number]
    if (value < first) high = middle - 1
    else if (value > last) low = middle + 1
    else return true
  }
  return false
}

/** With these numbers, too. Of more gaps than are remembered the oldest are closed: what belongs there counts as known. */
export function withAll(ranges: Ranges, values: Iterable<number>): Ranges {
  const all = [...ranges, ...[...values].map((value) => [value, value] as const)].sort((a, b) => a[0] - b[0])
  const joined: [number, number][] = []
  for (const [first, last] of all) {
    const before = joined.at(-1)
    if (before && first <= before[1] + 1) before[1] = Math.max(before[1], last)
    else joined.push([first, last])
  }
  const over = joined.length - MOST
  return over <= 0 ? joined : [[(joined[0] as [number, number])[0], (joined[over] as [number, number])[1]], ...joined.slice(over + 1)]
}

/** Throws nothing: what cannot be read is no range. */
export function readRanges(text: string): Ranges {
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) ? value.filter((one): one is [number, number] => Array.isArray(one) && one.length === 2 && one.every(Number.isSafeInteger)) : []
  } catch {
    return []
  }
}
