import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import type { Policy } from '../core/policy.ts'
import { policyOf } from './policy.ts'
import type { Document } from './schema.ts'
import type { Env } from './way-out.ts'

const DAY = 86_400_000

/*
 * What the schema's defaults come to, for commands that must begin at once: the schema takes longer to load than they may last.
 * A test holds both together.
 */
export const DEFAULT_DATA = 'sluice-data'
export const DEFAULT_POLICY: Document['policy'] = {
  mode: 'enforce', minimum_age: { npm: DAY, pypi: DAY, go: DAY }, suspicious: 'hold', undetermined: 'hold', suspected: 'hold', removed_upstream: 'hold', quarantined_upstream: 'hold',
  reports: { younger_than: DAY, observers: 2, trusted: 1 }, sandbox: { suspicious: 'hold', undetermined: 'hold', watched: 'hold', new_hooks: 'hold', first_hooks: 'hold', nearly: 'hold', malicious: 'off', sample: { share: 0.01, runs: 'behind' }, young: 7 * DAY, unavailable: 'hold' },
  allow: [], deny: [], private: { npm: [], pypi: [], go: [] }, advisories: { hold_from: 'none' },
}

/** Milliseconds and bytes. */
export const defaultExamine = (): { timeLimit: number; memoryLimit: number; workers: number } => ({ timeLimit: 60_000, memoryLimit: 512e6, workers: Math.max(1, Math.min(8, availableParallelism())) })

/** Data folder and policy where there is no configuration file; null where there is one, which has to be read. */
export function withoutFile({ file, env, cwd = process.cwd(), data }: { file: string | undefined; env: Env; cwd?: string; data: string | undefined }): { data: string; policy: Policy } | null {
  if (file !== undefined || env['SLUICE_CONFIG'] || existsSync(resolve(cwd, 'sluice.yaml'))) return null
  const nobody = { runs: true, canonical: (_ecosystem: unknown, raw: string): string => raw, now: new Date(), complain: () => {}, warn: () => {} }
  return { data: resolve(cwd, data || env['SLUICE_DATA'] || DEFAULT_DATA), policy: policyOf(DEFAULT_POLICY, nobody) }
}
