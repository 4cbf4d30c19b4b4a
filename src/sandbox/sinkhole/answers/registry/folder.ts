import { lstatSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** Documents larger than that are none of ours. */
const LARGEST = 64 * 1024 * 1024

/** A mirror, as plan/mirror.ts lays it out. What clients ask for only ever becomes one name in a path. */
export class Folder {
  readonly #root: string | null

  constructor(root: string | null) {
    this.#root = root === null ? null : resolve(root)
  }

  /** A file by the names of its folders; null: not there, or no plain file. */
  file(...names: readonly string[]): { file: string; size: number } | null {
    if (this.#root === null || names.some((name) => !isPlain(name))) return null
    const file = join(this.#root, ...names)
    try {
      const { size } = lstatSync(file)
      return lstatSync(file).isFile() ? { file, size } : null
    } catch {
      return null
    }
  }

  text(...names: readonly string[]): string | null {
    const found = this.file(...names)
    return found === null || found.size > LARGEST ? null : readFileSync(found.file, 'utf8')
  }

  /** null: not there, or no JSON. */
  json(...names: readonly string[]): unknown {
    try {
      return JSON.parse(this.text(...names) ?? 'null') as unknown
    } catch {
      return null
    }
  }
}

const isPlain = (name: string): boolean => name.length > 0 && name.length < 250 && name !== '.' && name !== '..' && !/[/\\\0]/.test(name)
