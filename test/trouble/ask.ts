import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { LedgerEntry } from '../../src/ledger/entry.ts'
import type { EcosystemId } from '../../src/core/types.ts'
import type { Gate } from '../harness/gate.ts'

export interface Answer { status: number; phrase: string; headers: Headers; body: Buffer; stale: string | null }

/** Asks the gate as a plain client. */
export async function ask(gate: Gate, path: string, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(`${gate.origin}${path}`, { headers, redirect: 'manual' })
  const body = Buffer.from(await response.arrayBuffer())
  return { status: response.status, phrase: response.statusText, headers: response.headers, body, stale: response.headers.get('sluice-stale') }
}

/** Lines about a package, oldest first. */
export async function lines(gate: Gate, ecosystem: EcosystemId, name: string, kind: 'served' | 'denied' | 'index' | 'decided'): Promise<LedgerEntry[]> {
  return (await gate.app.operator.trace({ ecosystem, name }, { kinds: [kind] })).lines.map(({ entry }) => entry)
}

/** Names of files that a write has begun and not ended. */
export const halfWritten = (gate: Gate): Promise<string[]> => readdir(join(gate.data, 'blobs', 'temp'))

/** A status that no client asks again for by itself. */
export const isFinal = (status: number): boolean => status >= 400 && status < 500 && status !== 408 && status !== 429

/** Waits until something holds; for work that goes on behind an answer. Fails by the test's own time limit. */
export async function eventually(holds: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20))
}
