import { mkdir, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SluiceError } from '../core/errors.ts'
import { overlayOf, writeOverlay } from './go-time/overlay.ts'
import type { Overlay } from './go-time/overlay.ts'
import { runClient } from './plan/client.ts'
import type { GoTool } from './plan/tools.ts'

/** What one run gives to it. */
const TIME = 60_000
const WHOLE = 'whole'
/** Of a Go, or of a change to it, that nobody has any more. */
const UNUSED = 30 * 24 * 3_600_000

/**
 * The standard library of a Go as it builds it, in a folder that stays, so that runs build only what is theirs: a minute of work
 * and 170 MB for each version. What one run has no time for, later ones go on with; a part of it is of use already. Go's build
 * cache may be written by several at a time. null: the folder cannot be made.
 */
export async function builtStandardLibrary(go: GoTool, folder: string, building: Building): Promise<string | null> {
  return (await built(go, folder, { ...building, overlay: null })).place
}

interface Building { timeMs: number; signal: AbortSignal; onProgress?: ((says: string) => void) | undefined }

/** A Go in whose programs time runs fast: as it is changed, and that built as far as there was time for (null: not at all). */
export interface FastGo { overlay: Overlay; built: string | null }

/** `folder` null: nothing is built beforehand. Throws `sandbox-unavailable` where this Go cannot be changed so. */
export async function fastGo(go: GoTool, folder: string | null, building: Building): Promise<FastGo> {
  const overlay = await overlayOf(go.root, process.arch)
  if (folder === null) return { overlay, built: null }
  const { place, failed } = await built(go, folder, { ...building, overlay })
  if (failed !== null) throw new SluiceError('sandbox-unavailable', `what makes time run fast does not fit this Go: ${failed}`)
  return { overlay, built: place }
}

async function built({ program, root, version }: GoTool, folder: string, { timeMs, signal, onProgress, overlay }: Building & { overlay: Overlay | null }): Promise<{ place: string | null; failed: string | null }> {
  const place = join(folder, `go-build-${version.replace(/[^\w.-]/g, '_')}${overlay === null ? '' : `-${overlay.digest}`}`)
  const whole = join(place, WHOLE)
  if (await isThere(whole)) {
    const now = new Date()
    await utimes(whole, now, now).catch(() => undefined)
    return { place, failed: null }
  }
  onProgress?.(`building the standard library of Go${overlay === null ? '' : ', with time that runs fast'}, once`)
  try {
    await dropUnused(folder)
    await mkdir(place, { recursive: true, mode: 0o755 })
    // Go keeps what it built by what files say, not by where they lie.
    const changed = `${place}.text`
    const flags = overlay === null ? [] : [await writeOverlay(overlay, { root, folder: changed })]
    const ran = await runClient([program, 'build', ...flags, 'std'], {
      cwd: place, timeMs: Math.min(TIME, timeMs), signal,
      env: { HOME: '/dev/null', PATH: '/usr/local/bin:/usr/bin:/bin', GOCACHE: place, GOENV: 'off', GOFLAGS: '', GOTOOLCHAIN: 'local', GOTELEMETRY: 'off', GO111MODULE: 'on' },
    })
    if (ran.code === 0) await writeFile(whole, '')
    return { place, failed: ran.code === 0 || ran.code === null || ran.late ? null : ran.stderr.trim().split('\n').at(-1) ?? 'it cannot be built' }
  } catch {
    return { place: null, failed: null }
  }
}

async function dropUnused(folder: string): Promise<void> {
  const before = Date.now() - UNUSED
  for (const name of await readdir(folder).catch(() => [])) {
    if (!name.startsWith('go-build-') || name.endsWith('.text')) continue
    const place = join(folder, name)
    const used = await stat(join(place, WHOLE)).catch(() => stat(place)).catch(() => null)
    if (used === null || used.mtimeMs >= before) continue
    await Promise.all([place, `${place}.text`].map((gone) => rm(gone, { recursive: true, force: true }).catch(() => undefined)))
  }
}

const isThere = (path: string): Promise<boolean> => stat(path).then(() => true, () => false)
