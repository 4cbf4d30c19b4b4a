import { readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import type { Config } from '../config.ts'

export interface Watching {
  /** Looks now, for signals and tests; a change counts at the second look that finds the same content. */
  check(): void
  stop(): void
}

export interface WatchOptions {
  current: Config
  /** Reads the file found at the start, by its name: one that is gone is an error then, never the defaults. */
  load: (file: string) => Config
  /** `restart`: what changed and only counts after a restart. The policy counts at once. */
  onChange: (config: Config, restart: readonly string[]) => void
  /** The old configuration stays. Called once for each bad content. */
  onError: (error: unknown) => void
  /** Milliseconds between looks. */
  interval?: number
}

const NEEDS_RESTART = ['server', 'data', 'upstreams', 'network', 'examine', 'sandbox', 'host', 'machines', 'rules', 'watch', 'names', 'feeds', 'exchange', 'domains', 'downloads', 'hunt', 'cache', 'privacy', 'log', 'notify', 'response'] as const

/**
 * Follows the configuration file by its content, so that editors that rename, mounted config maps (symlinks that are
 * swapped) and coarse clocks all work. Content must be seen twice: a file that is still being written may be valid YAML with
 * rules missing.
 */
export function watchConfig({ current, load, onChange, onError, interval = 1000 }: WatchOptions): Watching {
  const { file } = current
  let applied = file === null ? null : contentOf(file)
  let candidate = applied
  let config = current

  function check(): void {
    if (file === null) return
    const content = contentOf(file)
    const settled = content === candidate
    candidate = content
    if (!settled || content === applied) return
    applied = content
    try {
      const next = load(file)
      const restart = NEEDS_RESTART.filter((key) => !isDeepStrictEqual(next[key], config[key]))
      config = next
      onChange(next, restart)
    } catch (thrown) {
      onError(thrown)
    }
  }

  const timer = setInterval(check, interval).unref()
  return { check, stop: () => clearInterval(timer) }
}

/** A file that is gone for a moment (a rename, a swap) is not a change by itself: `load` says what is wrong if it stays. */
function contentOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}
