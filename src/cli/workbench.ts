import { statSync } from 'node:fs'
import { scanLocal } from '../admission/scan-local.ts'
import type { LocalTarget, OwnHosts } from '../admission/scan-local.ts'
import { defaultExamine } from '../config/without-file.ts'
import { advisoriesIn } from '../intel/store.ts'
import { createPool } from '../workers/pool.ts'
import { readRules } from '../yara/rules.ts'
import { onSignal } from './folder.ts'
import { configOptions } from './globals.ts'
import type { Globals } from './globals.ts'
import type { Surroundings } from './opened.ts'
import type { Printer } from './print.ts'

/** What lies on this machine is examined here: with workers, the advisories and rules there are, and no gate around them. */
export interface Workbench {
  scan(target: LocalTarget): ReturnType<typeof scanLocal>
  /** How many at a time. */
  workers: number
  stopped(): boolean
  close(): Promise<void>
}

/** Up to this size examining an archive a second time takes less time than asking the clients of this machine for their registries. */
const TWICE = 1024 * 1024

/** `upstreams`: whether the clients of this machine may be asked for their registries. Throws ConfigError, `storage`. */
export async function openWorkbench({ globals, surroundings, printer }: { globals: Globals; surroundings: Surroundings; printer: Printer }, upstreams: boolean): Promise<Workbench> {
  const options = configOptions(globals)
  const { data, config } = surroundings.settings(options)
  const { workers, timeLimit, memoryLimit } = config?.examine ?? defaultExamine()
  const pool = createPool({ size: workers, limits: { timeMs: timeLimit, memoryMb: Math.round(memoryLimit / 1024 / 1024) } })
  const hosts = hostsOf(() => (upstreams ? surroundings.ownHosts(options) : Promise.resolve([])))
  const putAway = async (): Promise<void> => {
    await Promise.all([pool.close(), hosts.idle()])
  }
  const signals = onSignal(putAway, printer)
  const folder = await surroundings.read(data, options)
  const rules = config?.rules.yara ? await readRules(config.rules.yara, config.rules.timeLimit) : null
  const context = {
    pool, hosts, now: () => new Date(), userRules: () => rules, guarded: { protect: config?.domains.protect ?? [], allow: config?.domains.allow ?? [] },
    advisories: folder ? (ecosystem, name) => advisoriesIn(folder, ecosystem, name) : () => Promise.resolve([]),
  } satisfies Parameters<typeof scanLocal>[0]
  return {
    workers, stopped: signals.stopped,
    async scan(target) {
      if (isLarge(target.path)) await hosts.ask()
      return scanLocal(context, target)
    },
    async close() {
      signals.end()
      folder?.close()
      await putAway()
    },
  }
}

/** Asks once, and not before somebody wants to know. */
function hostsOf(find: () => Promise<string[]>): OwnHosts & { idle(): Promise<unknown> } {
  let [known, asked] = [null as readonly string[] | null, null as Promise<readonly string[]> | null]
  return {
    known: () => known,
    idle: () => Promise.resolve(asked).catch(() => null),
    ask: () => asked ??= find().then((hosts) => (known = hosts)),
  }
}

function isLarge(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false })
  return found !== undefined && (found.isDirectory() || found.size > TWICE)
}
