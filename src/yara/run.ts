import { sentence } from '../core/errors.ts'
import type { PackageFile, Run } from '../core/types.ts'
import { batchesOf } from './batches.ts'
import { Engine, TooSlow } from './engine.ts'
import { findingsOf } from './findings.ts'
import type { Batch, Loaded, Match } from './messages.ts'
import { located } from './rules.ts'
import type { RuleFile, UserRules } from './rules.ts'

const HEAD = { detector: 'yara', version: 1 } as const

/** Finding out which file of rules is too slow may take so many times as long as a package's rules. */
const TIMES = 2

/** The engine of this process, and the rules it holds: compiled once for all packages until the rules change. */
let held: { digest: string; engine: Engine; loaded: Promise<Loaded> } | null = null

/**
 * Runs the organisation's rules over every file of a package, each seen alone. `skipped` where no rule is in force,
 * `failed` where time ran out or YARA-X gave up: either makes the verdict undetermined. Never throws.
 */
export async function runUserRules(rules: UserRules, files: ReadonlyMap<string, PackageFile>): Promise<Run> {
  const skipped = (why: string): Run => ({ ...HEAD, status: 'skipped', reason: `no rules could be loaded from ${rules.folder}: ${why}` })
  if (rules.problem !== null) return skipped(rules.problem)
  try {
    const { files: inForce, broken } = await engineWith(rules).loaded
    if (inForce === 0) return skipped(broken.map(located).join('; '))
    return { ...HEAD, status: 'ok', findings: findingsOf(await matchesIn(rules, files), files) }
  } catch (thrown) {
    await endUserRules()
    return { ...HEAD, status: 'failed', reason: sentence(thrown) }
  }
}

/** Starts to load the rules in their thread, so that they are ready when everything else is done. */
export function prepareUserRules(rules: UserRules): void {
  if (rules.problem === null) engineWith(rules)
}

function engineWith({ digest, files }: UserRules): { engine: Engine; loaded: Promise<Loaded> } {
  if (held?.digest !== digest || held.engine.worn) {
    if (held?.engine.worn) void endUserRules()
    const engine = held?.engine ?? new Engine()
    const loaded = engine.load(files)
    // Whoever runs the rules hears of it.
    loaded.catch(() => undefined)
    held = { digest, engine, loaded }
  }
  return held
}

/** Gives the thread and its memory back. The next package has it started again. */
export async function endUserRules(): Promise<void> {
  const engine = held?.engine
  held = null
  await engine?.end()
}

/** Compiling rules costs none of the package's time. */
async function matchesIn(rules: UserRules, files: ReadonlyMap<string, PackageFile>): Promise<Match[]> {
  const { timeMs } = rules
  let left = timeMs
  const matches: Match[] = []
  for (const batch of batchesOf(files.values())) {
    const { engine, loaded } = engineWith(rules)
    await loaded
    const started = performance.now()
    try {
      matches.push(...(await engine.scan(batch, Math.max(1, left))))
      left -= performance.now() - started
    } catch (thrown) {
      if (!(thrown instanceof TooSlow)) throw thrown
      const suspects = batch.places.filter(({ path }) => thrown.scanning === null || path === thrown.scanning)
      const blamed = await slowest(rules.files, () => batchesOf(suspects.flatMap(({ path }) => files.get(path) ?? [])), timeMs)
      const where = thrown.scanning === null ? '' : `, the last of it for ${thrown.scanning}`
      throw new Error(`the rules took longer than ${timeMs} ms${where}${blamed === null ? '' : `: ${blamed} is too slow`}`, { cause: thrown })
    }
  }
  return matches
}

/** Which file of rules takes all the time by itself, over the same bytes; null where none is found out. */
async function slowest(rules: readonly RuleFile[], batches: () => Iterable<Batch>, timeMs: number): Promise<string | null> {
  const until = performance.now() + timeMs * TIMES
  const engine = new Engine()
  try {
    for (const file of rules) {
      if (performance.now() > until) return null
      if ((await engine.load([file])).files === 0) continue
      for (const batch of batches()) {
        try {
          await engine.scan(batch, timeMs)
        } catch (thrown) {
          if (thrown instanceof TooSlow) return file.name
          throw thrown
        }
      }
    }
    return null
  } finally {
    await engine.end()
  }
}
