import { sentence, SluiceError } from '../../core/errors.ts'
import type { ErrorCode } from '../../core/errors.ts'
import type { EcosystemId } from '../../core/types.ts'
import type { RunOptions, RunTarget } from '../../ports/runner.ts'
import type { UpstreamOptions } from '../../ports/upstream.ts'
import type { Probe } from '../cell/cell.ts'
import type { RunResult, Said } from './runs-packages.ts'

/** How the child is set up: as `SandboxParts` of `face.ts`, in plain data. */
export interface ChildSettings {
  /** As which registries the box knows them; dependencies come from the gate (`Dependencies`). */
  bases: Readonly<Record<EcosystemId, string | null>>
  /** PATH, on which interpreters are looked for. */
  path: string
  /** A folder that stays. */
  cache: string | null
  /** null: the strongest that works. */
  backend: string | null
}

/** From the gate. `got` answers a `fetch`. */
export type ToChild =
  | { kind: 'probe'; settings: ChildSettings }
  | { kind: 'run'; settings: ChildSettings; target: RunTarget; options: Omit<RunOptions, 'signal'> }
  | { kind: 'judge'; settings: ChildSettings; packed: Uint8Array }
  | { kind: 'got'; id: number; answer: { status: number; headers: Readonly<Record<string, string>>; url: string; body: Uint8Array } | Failure }
  /** End what is under way and put everything away. */
  | { kind: 'stop' }

/** From the child, which has no way out of its own: the gate fetches for it. */
export type FromChild =
  | { kind: 'probed'; versions: string; probes: readonly Probe[] }
  | { kind: 'done'; versions: string; result: RunResult }
  | { kind: 'judged'; versions: string; said: Said }
  | { kind: 'failed'; failure: Failure }
  | { kind: 'fetch'; id: number; url: string; options: Pick<UpstreamOptions, 'headers' | 'limit' | 'referrer'> }

export interface Failure {
  code: ErrorCode | null
  message: string
  hint: string | undefined
}

export const errorOf = ({ code, message, hint }: Failure): Error => (code === null ? new Error(message) : new SluiceError(code, message, hint === undefined ? {} : { hint }))

export const failureOf = (thrown: unknown): Failure =>
  (thrown instanceof SluiceError ? { code: thrown.code, message: thrown.message, hint: thrown.hint } : { code: null, message: sentence(thrown), hint: undefined })
