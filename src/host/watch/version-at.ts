import { closeSync, constants, fstatSync, openSync, readdirSync, readSync } from 'node:fs'
import { join } from 'node:path'
import type { Owner } from './package-of.ts'

const LARGEST = 1024 * 1024
const REMEMBERED = 20_000

/** Reads versions of packages on the disk, each folder once: bounded, never following a link, never waiting for a pipe. */
export class Versions {
  readonly #known = new Map<string, string | null>()

  /** What the package in the folder calls its version, now; null: not known. */
  of({ package: { ecosystem, version }, place }: Owner): string | null {
    if (version !== null) return version
    const known = this.#known.get(place)
    if (known !== undefined) return known
    const found = ecosystem === 'npm' ? fromPackageJson(join(place, 'package.json')) : ecosystem === 'pypi' ? fromPkgInfo(place) : null
    if (this.#known.size >= REMEMBERED) this.#known.clear()
    if (found !== null) this.#known.set(place, found)
    return found
  }

  forget(place: string): void {
    this.#known.delete(place)
  }
}

function fromPackageJson(path: string): string | null {
  const version = manifest(path)?.version
  return typeof version === 'string' && version !== '' && version.length <= 256 ? version : null
}

/** What the package in the folder calls the script that is this text; null: none. */
export function scriptAt(place: string, text: string): string | null {
  const scripts = manifest(join(place, 'package.json'))?.scripts
  if (text === '' || typeof scripts !== 'object' || scripts === null) return null
  return Object.entries(scripts).find(([, script]) => script === text)?.[0] ?? null
}

function manifest(path: string): { version?: unknown; scripts?: unknown } | null {
  try {
    const read: unknown = JSON.parse(readSmall(path)?.toString('utf8') ?? 'null')
    return typeof read === 'object' ? read : null
  } catch {
    return null
  }
}

/** An unpacked sdist has `PKG-INFO` at its top, or beside its `egg-info`. */
function fromPkgInfo(folder: string): string | null {
  const head = readSmall(join(folder, 'PKG-INFO'))?.toString('latin1') ?? ''
  return /^Version:[ \t]*([\w.!+-]{1,200})[ \t]*\r?$/m.exec(head)?.[1] ?? null
}

/** The content of a regular file up to a limit; null: anything else. O_NONBLOCK keeps a pipe from holding us up. */
function readSmall(path: string): Buffer | null {
  let file: number | null = null
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    const { size } = fstatSync(file)
    if (!fstatSync(file).isFile() || size > LARGEST) return null
    const bytes = Buffer.alloc(size)
    return bytes.subarray(0, readSync(file, bytes, 0, size, 0))
  } catch {
    return null
  } finally {
    if (file !== null) closeSync(file)
  }
}

export function entries(folder: string): string[] {
  try {
    return readdirSync(folder).slice(0, 100_000)
  } catch {
    return []
  }
}
