const MINUTE = 60_000
const DAY = 86_400_000
/** Clocks go wrong by this much where nobody is to blame. */
const AHEAD = 5 * MINUTE
const LATE = 7 * DAY
/** Nothing a machine tells is believed to be older. */
const OLDEST = 400 * DAY

/** When something was, within what can be true at `received`, and what is odd about what was said. Milliseconds. */
export function within(said: number, received: number): { at: number; clock: 'late' | 'future' | null } {
  if (said > received) return { at: received, clock: said > received + AHEAD ? 'future' : null }
  return { at: Math.max(said, received - OLDEST), clock: said < received - LATE ? 'late' : null }
}
