/** The 95 % interval of a share (Wilson 1927): honest for few samples and for shares near 0 and 1. No samples: everything is possible. */
export function wilson(hits: number, of: number, z = 1.96): { low: number; high: number } {
  if (of === 0) return { low: 0, high: 1 }
  const share = hits / of
  const spread = z * Math.sqrt((share * (1 - share)) / of + (z * z) / (4 * of * of))
  const centre = share + (z * z) / (2 * of)
  const scale = 1 + (z * z) / of
  return { low: Math.max(0, (centre - spread) / scale), high: Math.min(1, (centre + spread) / scale) }
}
