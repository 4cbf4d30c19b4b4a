import type { Severity } from '../../core/types.ts'

/** How a command is guarded. */
export interface GuardSettings {
  engine: 'auto' | 'bpftrace' | 'strace'
  stop: Extract<Severity, 'medium' | 'high' | 'critical'> | 'never'
  fail: 'stop' | 'go-on'
  leftovers: 'stop' | 'leave'
  graceMs: number
  maskEnv: 'remove' | 'decoy' | 'keep'
  maskFiles: 'hide' | 'keep'
  keep: readonly string[]
  hide: readonly string[]
}

/** Where nothing is said. Read without a configuration, so that a command without one is not kept waiting. */
export const GUARD_DEFAULTS: GuardSettings = { engine: 'auto', stop: 'critical', fail: 'stop', leftovers: 'stop', graceMs: 2_000, maskEnv: 'decoy', maskFiles: 'hide', keep: [], hide: [] }
