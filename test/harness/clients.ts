import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from './run.ts'
import type { Outcome } from './run.ts'
import { prepare } from './settings.ts'
import type { ClientName, Gate } from './settings.ts'

export { installClients } from './install.ts'
export { NPM_CLIENTS, PYTHON_CLIENTS } from './settings.ts'
export type { ClientName, Gate, NpmClient, PythonClient } from './settings.ts'
export type { Outcome } from './run.ts'

export interface RunOptions {
  cwd: string
  gate?: Gate
  /** Added last: wins over what the harness sets. */
  env?: Readonly<Record<string, string>>
  token?: string
  timeoutMs?: number
  /** Keep caches and settings between runs: a folder of the caller's. Default: a fresh one, removed afterwards. */
  home?: string
}

/**
 * Runs a real client, unmodified but for its registry setting, with home, caches, stores and prefix of its own.
 * pip installs into `site` below `cwd` unless it is told where; Go's module cache is `.modcache` below `cwd`.
 */
export async function runClient(client: ClientName, args: readonly string[], options: RunOptions): Promise<Outcome> {
  const home = options.home ?? await mkdtemp(join(tmpdir(), 'sluice-home-'))
  try {
    const { command, env } = prepare(client, {
      gate: options.gate ?? {}, home, cwd: options.cwd, ...(options.token === undefined ? {} : { token: options.token }),
    })
    return await run([...command, ...args, ...placement(client, args)], {
      cwd: options.cwd, env: { ...env, ...options.env }, timeoutMs: options.timeoutMs ?? 120_000,
    })
  } finally {
    if (options.home === undefined) await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }
}

function placement(client: ClientName, args: readonly string[]): readonly string[] {
  const installs = (client === 'pip' && args[0] === 'install') || (client === 'uv' && args[0] === 'pip' && args[1] === 'install')
  return installs && !args.includes('--target') ? ['--target', 'site'] : []
}
