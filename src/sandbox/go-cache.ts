import { randomBytes } from 'node:crypto'
import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { runClient } from './plan/client.ts'
import type { GoTool } from './plan/tools.ts'

const TIME = 600_000

/**
 * The standard library of a Go as it builds it, so that runs build only what is theirs: made once for each version, a minute of
 * work and 170 MB, in a folder that stays. null: it cannot be made; runs then build what they need of it.
 */
export async function builtStandardLibrary({ program, version }: GoTool, folder: string, { signal, onProgress }: { signal: AbortSignal; onProgress?: ((says: string) => void) | undefined }): Promise<string | null> {
  const place = join(folder, `go-build-${version.replace(/[^\w.-]/g, '_')}`)
  if (await isThere(place)) return place
  onProgress?.('building the standard library of Go, once')
  // Named when it is complete: whoever comes meanwhile makes one of his own, and the first stays.
  const draft = `${place}.${randomBytes(6).toString('hex')}`
  try {
    await mkdir(join(draft, 'cache'), { recursive: true, mode: 0o755 })
    await mkdir(join(draft, 'home'), { mode: 0o700 })
    const ran = await runClient([program, 'build', 'std'], {
      cwd: draft, timeMs: TIME, signal,
      env: { HOME: join(draft, 'home'), PATH: '/usr/local/bin:/usr/bin:/bin', GOCACHE: join(draft, 'cache'), GOENV: 'off', GOFLAGS: '', GOTOOLCHAIN: 'local', GOTELEMETRY: 'off', GO111MODULE: 'on' },
    })
    if (ran.code !== 0) return null
    await rename(join(draft, 'cache'), place).catch((thrown: unknown) => {
      if (!['ENOTEMPTY', 'EEXIST'].includes((thrown as NodeJS.ErrnoException).code ?? '')) throw thrown
    })
    return place
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

const isThere = (path: string): Promise<boolean> => stat(path).then((found) => found.isDirectory(), () => false)
