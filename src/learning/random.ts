/** Draws from [0, 1). */
export type Random = () => number

/** The same draws for the same seed, on every machine: xorshift128 with the paper's state (Marsaglia 2003, "Xorshift RNGs"). */
export function seeded(seed: number): Random {
  let x = 123456789 ^ seed
  let y = 362436069
  let z = 521288629
  let w = 88675123
  const next = (): number => {
    const mixed = x ^ (x << 11)
    x = y
    y = z
    z = w
    w = w ^ (w >>> 19) ^ mixed ^ (mixed >>> 8)
    return (w >>> 0) / 2 ** 32
  }
  // Seeds that differ in one bit start out alike.
  for (let skipped = 0; skipped < 32; skipped++) next()
  return next
}

/** In any order with the same chance (Fisher and Yates). */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const all = [...items]
  for (let last = all.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1))
    const kept = all[last] as T
    all[last] = all[other] as T
    all[other] = kept
  }
  return all
}
