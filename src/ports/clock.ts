/** Time as a dependency, so that age rules and expiries can be tested. */
export interface Clock {
  now(): Date
}
export const systemClock: Clock = { now: () => new Date() }
