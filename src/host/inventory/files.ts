import { createHash } from 'node:crypto'
import { lstatSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { withFile } from './binary/reader.ts'

/** The beginning of a file as text; null: there is none, or it is no plain one. */
export const textAt = (path: string, most: number): string | null => withFile(path, (file) => file.at(0, most).toString('utf8'))

/** A document; null where it cannot be read, is larger, or no object. */
export function objectAt(path: string, most: number): Readonly<Record<string, unknown>> | null {
  const text = withFile(path, (file) => (file.size > most ? null : file.at(0, file.size).toString('utf8')))
  if (text === null) return null
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Record<string, unknown> : null
  } catch {
    return null
  }
}

export function modifiedAt(path: string): number | null {
  try {
    return lstatSync(path).mtimeMs
  } catch {
    return null
  }
}

const PIECE = 1024 * 1024

/** Raw digest of a whole file; null: it cannot be read. */
export function digestAt(path: string, algorithm: 'sha256' | 'sha512'): Buffer | null {
  return withFile(path, (file) => {
    const hash = createHash(algorithm)
    for (let at = 0; at < file.size; at += PIECE) {
      const piece = file.at(at, PIECE)
      if (piece.length === 0) return null
      hash.update(piece)
    }
    return hash.digest()
  })
}

/** Tells whether the folders above a file, up to a root, are folders and no links; remembers what it has seen. */
export class PlainFolders {
  readonly #root: string
  readonly #known = new Map<string, boolean>()

  constructor(root: string) {
    this.#root = root
    this.#known.set(root, true)
  }

  /** The file's path; null: it does not lie below the root, or a link is on the way. */
  path(relative: string): string | null {
    const path = join(this.#root, relative)
    return path.startsWith(`${this.#root}/`) && this.#plain(dirname(path)) ? path : null
  }

  #plain(folder: string): boolean {
    const known = this.#known.get(folder)
    if (known !== undefined) return known
    let plain = false
    try {
      plain = lstatSync(folder).isDirectory() && this.#plain(dirname(folder))
    } catch {
      plain = false
    }
    this.#known.set(folder, plain)
    return plain
  }
}
