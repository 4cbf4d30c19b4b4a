/** Runs of one package that fail, or take their process with them, before it is left. */
export const TRIES = 3
const HOUR = 3_600_000
/**
 * After what is left is run once more: what it needed may be there by then, a dependency that was held, or a machine with time. A
 * package that can never be run costs the budget this many runs, behind everybody else's.
 */
const LATER = [HOUR, 6 * HOUR, 24 * HOUR]

/** From so many tries on it stays left, until somebody asks. */
export const LAST = TRIES + LATER.length

/** A place that is left after so many tries. */
export function leaving(attempt: number, now: Date): { state: 'left'; attempt: number; due_at: number } {
  const tried = Math.max(attempt, TRIES)
  return { state: 'left', attempt: tried, due_at: now.getTime() + (LATER[tried - TRIES] ?? 0) }
}
