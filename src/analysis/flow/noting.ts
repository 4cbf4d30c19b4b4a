import type { ActionKind } from '../facts.ts'
import { DECODED, FETCHED, FILE_DECODED, FILE_FETCHED, extended, taint } from '../taint.ts'
import type { Step, Taint } from '../taint.ts'
import type { Call } from './call.ts'
import { NOTHING, tainted } from './value.ts'
import type { Value } from './value.ts'

/** What makes running a thing more than starting a program. */
export const RUNS = FETCHED | DECODED | FILE_FETCHED | FILE_DECODED

/** The bits of several values together, with what explains them. */
export function carried(values: readonly Value[]): Taint {
  return values.reduce((all, value) => (value.bits ? tainted(all, value) : all), NOTHING)
}

export function step(call: Call, kind: Step['kind'], argument: string | null): Step {
  return { kind, call: call.ref || call.method, argument: argument?.slice(0, 300) ?? null, place: call.place }
}

/** What a value holds after one more step. */
export function after(held: Taint, bits: number, next: Step): Taint {
  return taint(held.bits | bits, extended(held.trail, next))
}

export function note(call: Call, kind: ActionKind, argument: string | null, held: Taint): void {
  call.engine.desk.note({ kind, call: call.ref || call.method, argument, taint: held }, call.place)
}
