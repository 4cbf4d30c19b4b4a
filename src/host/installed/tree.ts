import { opendirSync } from 'node:fs'
import type { Dirent } from 'node:fs'
import { join } from 'node:path'
import { SluiceError, sentence } from '../../core/errors.ts'
import type { EcosystemId } from '../../core/types.ts'

/** One package as it lies on this machine: a folder, an archive, or some of the files of a folder. */
export interface InstalledPackage {
  ecosystem: EcosystemId
  /** Where it lies in the tree, with `/`; what reports call it. */
  place: string
  /** What to read: relative to the tree, with `/`; empty for the tree itself. */
  path: string
  /** Of that folder only these, relative to it; absent: all of it but other packages. */
  files?: readonly string[]
  /** Where the place says more than the package's own files do. */
  name?: string
  version?: string
}

export interface InstalledTree {
  packages: InstalledPackage[]
  /** What was left out on purpose, relative to the tree. */
  left: string[]
}

/** More entries than any tree that people install; a tree beyond is refused rather than half read. */
const MOST = 2_000_000
const DEEPEST = 200

/** Reads a tree's folders, never through links, in one order on every machine. Throws `archive-invalid` and `archive-limit`. */
export class TreeReader {
  readonly left: string[] = []
  /** Folders that could not be read: packages of their own, so that examining them says what is wrong, and the rest goes on. */
  readonly #unread: string[] = []
  readonly #root: string
  #entries = 0

  constructor(root: string) {
    this.#root = root
  }

  /** Folders and files in a folder; links and specials go to `left`. */
  list(folder: string): Dirent[] {
    if (folder.split('/').length > DEEPEST) {
      this.#unread.push(folder)
      return []
    }
    return this.#read(folder).filter((entry) => {
      if (entry.isDirectory() || entry.isFile()) return true
      this.left.push(`${within(folder, entry.name)} (${entry.isSymbolicLink() ? 'a link' : 'a special file'})`)
      return false
    }).sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  #read(folder: string): Dirent[] {
    try {
      const opened = opendirSync(join(this.#root, folder))
      const entries: Dirent[] = []
      try {
        for (let entry = opened.readSync(); entry !== null; entry = opened.readSync()) {
          if (++this.#entries > MOST) throw new SluiceError('archive-limit', `the tree has more than ${MOST} entries`)
          entries.push(entry)
        }
      } finally {
        opened.closeSync()
      }
      return entries
    } catch (cause) {
      if (cause instanceof SluiceError) throw cause
      if (folder === '') throw new SluiceError('archive-invalid', `the folder cannot be read: ${sentence(cause)}`, { cause })
      this.#unread.push(folder)
      return []
    }
  }

  done(ecosystem: EcosystemId, packages: readonly InstalledPackage[]): InstalledTree {
    return { packages: [...packages, ...this.#unread.map((path) => ({ ecosystem, place: path, path }))], left: this.left }
  }
}

export const within = (folder: string, name: string): string => (folder === '' ? name : `${folder}/${name}`)
