import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runClient } from '../harness/clients.ts'
import type { ClientName, Outcome, RunOptions } from '../harness/clients.ts'
import { startGate } from '../harness/gate.ts'
import type { Gate, GateOptions } from '../harness/gate.ts'
import { createPool } from './pool.ts'

/** A gate, a folder for projects, and clients that work there, a few at a time. */
export interface Bench {
  gate: Gate
  folder: string
  run(client: ClientName, cwd: string, args: readonly string[], more?: Partial<RunOptions>): Promise<Outcome>
  /** The same, and its output when it succeeds; fails with the output when it does not. */
  must(client: ClientName, cwd: string, args: readonly string[], more?: Partial<RunOptions>): Promise<string>
  close(): Promise<void>
}

export async function startBench(options: GateOptions): Promise<Bench> {
  const gate = await startGate(options)
  const folder = await mkdtemp(join(tmpdir(), 'sluice-protocols-'))
  const pool = createPool(3)
  const run: Bench['run'] = (client, cwd, args, more) => pool(() =>
    runClient(client, args, { cwd, gate: { npm: gate.npm, pypi: gate.pypi, go: gate.go }, ...more }))
  return {
    gate, folder, run,
    async must(client, cwd, args, more) {
      const { code, text } = await run(client, cwd, args, more)
      if (code !== 0) throw new Error(`${client} ${args.join(' ')} ended with ${code}:\n${text}`)
      return text
    },
    async close() {
      await gate.close()
      await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** Imports one advisory about all versions below `fixed`, as an operator would. */
export async function advise(gate: Gate, about: { id: string; ecosystem: string; name: string; fixed: string }): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-feed-'))
  await writeFile(join(folder, 'advisory.json'), JSON.stringify({
    id: about.id, modified: '2026-01-01T00:00:00Z', summary: 'prototype pollution', database_specific: { severity: 'HIGH' },
    affected: [{
      package: { ecosystem: about.ecosystem, name: about.name },
      ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: about.fixed }] }],
    }],
  }))
  await gate.app.operator.importFeed(folder)
  await rm(folder, { recursive: true })
}
