/** How alike two names are, each from 0 to 1. */
export interface Likeness {
  /** Matching blocks: Ratcliff and Metzener, "Pattern Matching: The Gestalt Approach" (1988), as Python's `difflib` has it. */
  blocks: number
  /** 1 - restricted Damerau-Levenshtein distance / length of the longer one. */
  damerau: number
  /** Jaro, "Advances in Record-Linkage Methodology" (1989), without Winkler's prefix. */
  jaro: number
}

/** Names beyond this are compared by their first so many characters: the time is quadratic, and longer names are nobody's. */
const LONGEST = 256

export function likeness(one: string, other: string): Likeness {
  const a = one.slice(0, LONGEST)
  const b = other.slice(0, LONGEST)
  const longer = Math.max(a.length, b.length)
  if (longer === 0 || one === other) return { blocks: 1, damerau: 1, jaro: 1 }
  return { blocks: (2 * matching(a, b)) / (a.length + b.length), damerau: 1 - damerau(a, b) / longer, jaro: jaro(a, b) }
}

/** Characters in matching blocks: the longest common block, then what is left and right of it, until nothing matches. */
function matching(a: string, b: string): number {
  let total = 0
  const open: [number, number, number, number][] = [[0, a.length, 0, b.length]]
  for (let area = open.pop(); area; area = open.pop()) {
    const [a0, a1, b0, b1] = area
    const [i, j, size] = longestBlock(a, b, area)
    if (size === 0) continue
    total += size
    if (i > a0 && j > b0) open.push([a0, i, b0, j])
    if (i + size < a1 && j + size < b1) open.push([i + size, a1, j + size, b1])
  }
  return total
}

/** The first one in `a`, then in `b`, of the longest. */
function longestBlock(a: string, b: string, [a0, a1, b0, b1]: readonly [number, number, number, number]): [number, number, number] {
  let best: [number, number, number] = [a0, b0, 0]
  let above = new Uint16Array(b1 - b0 + 1)
  let row = new Uint16Array(b1 - b0 + 1)
  for (let i = a0; i < a1; i++) {
    for (let j = b0; j < b1; j++) {
      const size = a.charCodeAt(i) === b.charCodeAt(j) ? (above[j - b0] as number) + 1 : 0
      row[j - b0 + 1] = size
      if (size > best[2]) best = [i - size + 1, j - size + 1, size]
    }
    [above, row] = [row, above]
  }
  return best
}

/** Insertions, deletions, replacements and swaps of neighbours, no part edited twice (optimal string alignment). */
function damerau(a: string, b: string): number {
  let before = new Uint16Array(b.length + 1)
  let above = Uint16Array.from({ length: b.length + 1 }, (_, j) => j)
  let row = new Uint16Array(b.length + 1)
  for (let i = 1; i <= a.length; i++) {
    row[0] = i
    for (let j = 1; j <= b.length; j++) {
      const same = a.charCodeAt(i - 1) === b.charCodeAt(j - 1)
      let least = Math.min((above[j] as number) + 1, (row[j - 1] as number) + 1, (above[j - 1] as number) + (same ? 0 : 1))
      if (i > 1 && j > 1 && a.charCodeAt(i - 1) === b.charCodeAt(j - 2) && a.charCodeAt(i - 2) === b.charCodeAt(j - 1)) {
        least = Math.min(least, (before[j - 2] as number) + 1)
      }
      row[j] = least
    }
    [before, above, row] = [above, row, before]
  }
  return above[b.length] as number
}

function jaro(a: string, b: string): number {
  const reach = Math.max(0, Math.floor(Math.max(a.length, b.length) / 2) - 1)
  const taken = new Uint8Array(b.length)
  const mine: number[] = []
  for (let i = 0; i < a.length; i++) {
    for (let j = Math.max(0, i - reach); j < Math.min(b.length, i + reach + 1); j++) {
      if (taken[j] === 1 || a.charCodeAt(i) !== b.charCodeAt(j)) continue
      taken[j] = 1
      mine.push(a.charCodeAt(i))
      break
    }
  }
  if (mine.length === 0) return 0
  let at = 0
  let moved = 0
  for (let j = 0; j < b.length; j++) {
    if (taken[j] === 1 && b.charCodeAt(j) !== mine[at++]) moved++
  }
  const m = mine.length
  return (m / a.length + m / b.length + (m - moved / 2) / m) / 3
}
