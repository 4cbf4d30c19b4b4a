import { readFileSync, statSync } from 'node:fs'
import { basename, dirname, posix, resolve } from 'node:path'
import { sentence, SluiceError } from '../core/errors.ts'
import { oneLine } from '../core/text.ts'
import { decode } from '../host/lockfiles/decode.ts'
import { findProjectFiles } from '../host/lockfiles/find.ts'
import { LARGEST, readEach } from '../host/lockfiles/index.ts'
import type { GivenFile } from '../host/lockfiles/index.ts'
import type { ProjectFile } from '../host/lockfiles/project-file.ts'
import { listInstalled } from '../host/installed/listing.ts'
import type { InstalledName } from '../host/installed/listing.ts'
import { withIncluded } from './included.ts'

interface InstalledTreeFound {
  /** As people named it, or below that. */
  path: string
  packages: readonly InstalledName[]
}

/** What a project or a machine says it has. */
export interface Gathered {
  files: ProjectFile[]
  installed: InstalledTreeFound[]
  /** What could not be read, and why: an answer about the rest is no answer about these. */
  unread: { path: string; says: string }[]
  /** What was left out on purpose. */
  left: string[]
  /** One line of a file that was read, at most so many characters; null: it has none of that number. */
  lineOf(path: string, line: number): string | null
}

const LONGEST_LINE = 400

/** `trees`: installed packages below folders are listed, too. Throws `usage` for what is not there, and where nothing is found at all. */
export function gather(paths: readonly string[], { trees }: { trees: boolean }): Gathered {
  const given: GivenFile[] = []
  const installed: InstalledTreeFound[] = []
  const unread: Gathered['unread'] = []
  const left: string[] = []
  const addTree = (path: string, folder: string): boolean => {
    try {
      const listing = listInstalled(folder)
      if (!listing) return false
      installed.push({ path, packages: listing.packages })
      unread.push(...listing.unread.map(({ place, says }) => ({ path: `${path}/${place}`, says })))
    } catch (thrown) {
      unread.push({ path, says: sentence(thrown) })
    }
    return true
  }
  for (const path of paths) {
    const shown = slashed(path)
    if (!isFolder(path)) {
      const folder = resolve(dirname(path))
      given.push(...withIncluded([{ path: basename(path), bytes: bytesAt(path) }], folder).map((file) => ({ ...file, path: posix.join(posix.dirname(shown), file.path) })))
      continue
    }
    const folder = resolve(path)
    if (addTree(shown, folder)) continue
    const found = findProjectFiles(folder)
    const below = (inner: string): string => (path === '.' ? inner : posix.join(shown, inner))
    given.push(...withIncluded(found.files, folder).map((file) => ({ ...file, path: below(file.path) })))
    left.push(...found.left.map(below))
    unread.push(...found.unread.map(({ path: inner, says }) => ({ path: below(inner), says })))
    if (trees) for (const tree of found.trees) addTree(below(tree), resolve(folder, tree))
    else left.push(...found.trees.map((tree) => `${below(tree)}/ (installed packages)`))
  }
  const read = readEach(given)
  if (read.files.length + installed.length + read.unread.length + unread.length === 0) {
    throw new SluiceError('usage', `${paths.map((path) => oneLine(path, 100)).join(', ')}: no manifest, lockfile, SBOM or installed packages found`, { hint: 'name a file, the folder of a project, a node_modules or a site-packages' })
  }
  return { files: read.files, installed, unread: [...read.unread, ...unread], left, lineOf: lineFinder(given) }
}

const slashed = (path: string): string => path.replaceAll('\\', '/').replace(/(?<=.)\/+$/, '')

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch (cause) {
    throw new SluiceError('usage', `there is no ${oneLine(path, 200)}`, { cause })
  }
}

function bytesAt(path: string): Uint8Array {
  try {
    // What is too large is not read at all; the reader says so by its size.
    return statSync(path).size > LARGEST ? new Uint8Array(LARGEST + 1) : readFileSync(path)
  } catch (cause) {
    throw new SluiceError('usage', `cannot read ${oneLine(path, 200)}: ${sentence(cause)}`, { cause })
  }
}

function lineFinder(given: readonly GivenFile[]): Gathered['lineOf'] {
  const byPath = new Map(given.map(({ path, bytes }) => [path, bytes]))
  const lines = new Map<string, string[]>()
  return (path, line) => {
    const bytes = byPath.get(path)
    if (!bytes) return null
    const known = lines.get(path) ?? decode(bytes).text.split('\n')
    lines.set(path, known)
    const text = known[line - 1]
    return text === undefined ? null : oneLine(text.slice(0, LONGEST_LINE * 2).replaceAll('\t', '  '), LONGEST_LINE)
  }
}
