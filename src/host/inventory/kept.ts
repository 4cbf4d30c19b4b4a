import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { sentence, SluiceError } from '../../core/errors.ts'
import { objectAt } from './files.ts'
import type { WalkState } from './walk.ts'

const LARGEST = 256 * 1024 * 1024
/** A walk that was broken off is gone on with for this long: what it had found may have changed after that. */
const FRESH = 86_400_000

/** Where a machine keeps how far it has come: systemd's folder of the service, else the user's (XDG Base Directory). */
export const stateFolder = (env: Readonly<Record<string, string | undefined>>): string =>
  env['STATE_DIRECTORY']?.split(':', 1)[0] || join(env['XDG_STATE_HOME'] || join(env['HOME'] || homedir(), '.local', 'state'), 'sluice')

/** Documents in a folder of one's own, replaced whole. */
export class Kept {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  /** null: there is none that can be read. */
  read(name: string): Readonly<Record<string, unknown>> | null {
    return objectAt(join(this.#folder, name), LARGEST)
  }

  /** Throws `storage`. */
  write(name: string, value: object): void {
    const file = join(this.#folder, name)
    const passing = `${file}.${process.pid}`
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
      writeFileSync(passing, JSON.stringify(value), { mode: 0o600, flag: 'wx' })
      renameSync(passing, file)
    } catch (cause) {
      rmSync(passing, { force: true })
      throw new SluiceError('storage', `cannot keep ${file}: ${sentence(cause)}`, { cause, hint: 'XDG_STATE_HOME names another folder' })
    }
  }

  remove(name: string): void {
    rmSync(join(this.#folder, name), { force: true })
  }
}

const WALK = 'inventory-walk.json'

/** What a walk of the same roots had come to when it was broken off; null: there is none. */
export function walkKept(kept: Kept, roots: readonly string[], now: Date): WalkState | null {
  const { version, at, roots: of, state } = kept.read(WALK) ?? {}
  if (version !== 1 || typeof at !== 'number' || now.getTime() - at > FRESH || JSON.stringify(of) !== JSON.stringify(roots)) return null
  const { open, places, programs, left, leftMore, folders } = (state ?? {}) as Partial<WalkState>
  const texts = (value: unknown): value is string[] => Array.isArray(value) && value.every((one) => typeof one === 'string')
  if (!texts(open) || !texts(programs) || !Array.isArray(places) || !Array.isArray(left) || typeof folders !== 'number' || typeof leftMore !== 'number') return null
  return { open, programs, left, leftMore, folders, places: places.filter(({ kind, path }) => typeof path === 'string' && (kind === 'node' || kind === 'python' || kind === 'go-cache')) }
}

export const keepWalk = (kept: Kept, roots: readonly string[], { state, now }: { state: WalkState; now: Date }): void => kept.write(WALK, { version: 1, at: now.getTime(), roots, state })
export const walkDone = (kept: Kept): void => kept.remove(WALK)
