import type { Place } from './source.ts'

/**
 * Where data comes from, as bits, so that the engine can carry and join it cheaply. `FILE_…` says it of the file that a
 * value names; `NETWORK` marks a request or a socket, `ENCODED` what an encoder or a cipher made unreadable on its way out.
 */
export const FETCHED = 1
export const DECODED = 2
export const FILE_FETCHED = 4
export const FILE_DECODED = 8
export const NETWORK = 16
export const ENCODED = 32

/** Sources on the machine that runs the code, in the order in which a sentence names them. */
export const SOURCES = {
  credentials: 1 << 6,
  wallet: 1 << 7,
  browser: 1 << 8,
  messenger: 1 << 9,
  secret: 1 << 10,
  environment: 1 << 11,
  cloud: 1 << 12,
  keystrokes: 1 << 13,
  clipboard: 1 << 14,
  screen: 1 << 15,
  history: 1 << 16,
  files: 1 << 17,
  host: 1 << 18,
  entrusted: 1 << 19,
} as const

/**
 * `credentials` files and tokens that let somebody act as the user; `secret` one environment variable named like a secret;
 * `entrusted` a private key or a seed phrase that a caller hands over; `environment` all variables at once; `cloud` a metadata service; `history` of a shell; `files` whatever a search found;
 * `host` facts of the machine and its user.
 */
export type SourceKind = keyof typeof SOURCES

export const COLLECTED = Object.values(SOURCES).reduce((all, bit) => all | bit, 0)
/** Content, as opposed to names of files and stretches of the network. */
export const CONTENT = FETCHED | DECODED | ENCODED | COLLECTED
const NAMES = Object.entries(SOURCES) as readonly [SourceKind, number][]

/** One thing that happened to data before it arrived where it matters. */
export interface Step {
  kind: 'fetch' | 'collect' | 'decode' | 'encode' | 'encrypt' | 'write' | 'spawn'
  call: string
  argument: string | null
  place: Place
}

/** Bits with the steps that explain them, oldest first. Immutable. */
export interface Taint {
  readonly bits: number
  readonly trail: readonly Step[]
}

const LONGEST_TRAIL = 8

export const UNTAINTED: Taint = { bits: 0, trail: [] }

export function taint(bits: number, trail: readonly Step[]): Taint {
  return bits === 0 ? UNTAINTED : { bits, trail }
}

export function mixed(a: Taint, b: Taint): Taint {
  if (b.bits === 0 || a === b) return a
  if (a.bits === 0) return b
  return { bits: a.bits | b.bits, trail: joinTrails(a.trail, b.trail) }
}

/** Both trails, each step once. What comes first stays when there is too much. */
export function joinTrails(a: readonly Step[], b: readonly Step[]): readonly Step[] {
  if (b.length === 0 || a === b) return a
  if (a.length === 0) return b
  if (a.length >= LONGEST_TRAIL || b.every((step) => has(a, step))) return a
  return [...a, ...b.filter((step) => !has(a, step))].slice(0, LONGEST_TRAIL)
}

export function extended(trail: readonly Step[], step: Step): readonly Step[] {
  return has(trail, step) ? trail : [...trail.slice(0, LONGEST_TRAIL - 1), step]
}

const has = (trail: readonly Step[], step: Step): boolean => trail.some((other) => sameStep(step, other))
const sameStep = (a: Step, b: Step): boolean =>
  a === b || (a.kind === b.kind && a.place.from === b.place.from && a.place.source === b.place.source && a.call === b.call)

/** The same bits by the same way. */
export const sameTaint = (a: Taint, b: Taint): boolean => a === b || (a.bits === b.bits && a.trail.length === b.trail.length
  && a.trail.every((step, index) => step.argument === b.trail[index]?.argument && sameStep(step, b.trail[index])))

export function sourcesIn(bits: number): SourceKind[] {
  return bits & COLLECTED ? NAMES.filter(([, bit]) => bits & bit).map(([name]) => name) : []
}
