import { mkdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runClient } from './plan/client.ts'
import type { GoTool } from './plan/tools.ts'

/** What one run gives to it. */
const TIME = 60_000
const WHOLE = 'whole'

/**
 * The standard library of a Go as it builds it, in a folder that stays, so that runs build only what is theirs: a minute of work
 * and 170 MB for each version. What one run has no time for, later ones go on with; a part of it is of use already. Go's build
 * cache may be written by several at a time. null: the folder cannot be made.
 */
export async function builtStandardLibrary({ program, version }: GoTool, folder: string, { timeMs, signal, onProgress }: { timeMs: number; signal: AbortSignal; onProgress?: ((says: string) => void) | undefined }): Promise<string | null> {
  const place = join(folder, `go-build-${version.replace(/[^\w.-]/g, '_')}`)
  if (await isThere(join(place, WHOLE))) return place
  onProgress?.('building the standard library of Go, once')
  try {
    await mkdir(place, { recursive: true, mode: 0o755 })
    const ran = await runClient([program, 'build', 'std'], {
      cwd: place, timeMs: Math.min(TIME, timeMs), signal,
      env: { HOME: '/dev/null', PATH: '/usr/local/bin:/usr/bin:/bin', GOCACHE: place, GOENV: 'off', GOFLAGS: '', GOTOOLCHAIN: 'local', GOTELEMETRY: 'off', GO111MODULE: 'on' },
    })
    if (ran.code === 0) await writeFile(join(place, WHOLE), '')
    return place
  } catch {
    return null
  }
}

const isThere = (path: string): Promise<boolean> => stat(path).then(() => true, () => false)
