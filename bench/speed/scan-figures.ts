/** One archive examined. Milliseconds by the clock and of processors, bytes; `missing`: how many things were not looked at. */
export interface Timed {
  id: string
  ms: number
  cpu: number
  packed: number
  unpacked: number
  missing: number
}

export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0
}

export const ms = (value: number): string => (value >= 1_000 ? `${(value / 1_000).toFixed(1)} s` : `${value.toFixed(value < 10 ? 1 : 0)} ms`)
export const mib = (bytes: number): string => `${(bytes / 1024 ** 2).toFixed(bytes < 10 * 1024 ** 2 ? 1 : 0)} MiB`
/** Decimal megabytes, as the goal counts. */
export const perSecond = (bytes: number, milliseconds: number): string => (milliseconds > 0 ? (bytes / 1e3 / milliseconds).toFixed(1) : '–')
