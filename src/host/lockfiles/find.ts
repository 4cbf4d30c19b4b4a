import { closeSync, constants, fstatSync, openSync, opendirSync, readdirSync, readSync } from 'node:fs'
import type { Dirent } from 'node:fs'
import { join, posix } from 'node:path'
import { SluiceError, sentence } from '../../core/errors.ts'
import { decode } from './decode.ts'
import { formatOf, LARGEST } from './index.ts'
import type { GivenFile } from './index.ts'

/** What others wrote: installed packages, caches, version control. */
const SKIPPED = new Set(['node_modules', '.git', '.hg', '.svn', '.venv', 'venv', 'vendor', 'site-packages', '__pycache__', '.tox', '.nox', '.yarn', '.pnpm-store'])
const DEEPEST = 20
const MOST_ENTRIES = 500_000
const MOST_FILES = 2_000
/** All of them together: they lie in memory while they are read. */
const MOST_BYTES = 256 * 1024 * 1024
/** JSON files of other names are looked into only so far: those that are SBOMs say so at the beginning. */
const ENOUGH = 4_096

export interface FoundFiles {
  /** Paths relative to the folder, with `/`, in one order on every machine. */
  files: GivenFile[]
  /** What was not looked into, and why. */
  left: string[]
  /** What would have been, had it been possible. */
  unread: { path: string; says: string }[]
  /** Folders with installed packages that were passed by: `node_modules`, `site-packages` of virtual environments. */
  trees: string[]
}

/** Where virtual environments are, by what people call them. */
const ENVIRONMENTS = new Set(['.venv', 'venv', '.tox', '.nox'])

/**
 * The manifests, lockfiles and SBOMs in a folder and below it, never through links. Throws `not-found` where the folder cannot
 * be read and `usage` where it holds more than any project.
 */
export function findProjectFiles(folder: string): FoundFiles {
  const found: FoundFiles = { files: [], left: [], unread: [], trees: [] }
  let entries = 0
  let bytes = 0
  const take = (path: string): void => {
    const file = fileAt(folder, path, found)
    if (!file) return
    bytes += file.bytes.length
    if (found.files.length >= MOST_FILES || bytes > MOST_BYTES) {
      throw new SluiceError('usage', `${folder} holds more than ${MOST_FILES} manifests and lockfiles, or more than ${MOST_BYTES / 1024 / 1024} MiB of them`, { hint: 'name the projects one by one' })
    }
    found.files.push(file)
  }
  const walk = (path: string, depth: number): void => {
    for (const entry of list(folder, path, found.left)) {
      if (++entries > MOST_ENTRIES) throw new SluiceError('usage', `${folder} has more than ${MOST_ENTRIES} entries`, { hint: 'name the project inside of it' })
      const inner = path === '' ? entry.name : `${path}/${entry.name}`
      if (entry.isFile()) take(inner)
      else if (entry.isDirectory() && SKIPPED.has(entry.name)) {
        if (entry.name === 'node_modules' || entry.name === 'site-packages') found.trees.push(inner)
        else if (ENVIRONMENTS.has(entry.name)) found.trees.push(...environmentTrees(folder, inner))
      } else if (entry.isDirectory()) {
        if (depth < DEEPEST) walk(inner, depth + 1)
        else found.left.push(`${inner}/ (more than ${DEEPEST} levels deep)`)
      } else if (entry.isSymbolicLink() && formatOf(entry.name, '')) found.unread.push({ path: inner, says: 'a link: name the file it leads to' })
    }
  }
  walk('', 0)
  return found
}

/** `lib/pythonX.Y/site-packages` of a virtual environment (`Lib/site-packages` on Windows), or of those one level below (tox, nox). */
function environmentTrees(folder: string, path: string): string[] {
  const names = (at: string): string[] => {
    try {
      return readdirSync(join(folder, at), { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name).sort().slice(0, 100)
    } catch {
      return []
    }
  }
  const below = (at: string): string[] => [
    ...names(`${at}/lib`).filter((name) => /^python\d/.test(name) || name.startsWith('pypy')).map((name) => `${at}/lib/${name}/site-packages`),
    `${at}/Lib/site-packages`,
  ].filter((one) => names(posix.dirname(one)).includes('site-packages'))
  return [path, ...names(path).map((name) => `${path}/${name}`)].flatMap(below)
}

function list(folder: string, path: string, left: string[]): Dirent[] {
  try {
    const opened = opendirSync(join(folder, path))
    const entries: Dirent[] = []
    try {
      for (let entry = opened.readSync(); entry !== null && entries.length <= MOST_ENTRIES; entry = opened.readSync()) entries.push(entry)
    } finally {
      opened.closeSync()
    }
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1))
  } catch (cause) {
    if (path === '') throw new SluiceError('not-found', `the folder cannot be read: ${sentence(cause)}`, { cause })
    left.push(`${path}/ (${sentence(cause)})`)
    return []
  }
}

/** The file, where its name or beginning is of a known format. */
function fileAt(folder: string, path: string, { left, unread }: FoundFiles): GivenFile | null {
  const byName = formatOf(path, '') !== null
  if (!byName && !path.endsWith('.json')) return null
  try {
    // Not through a link that took the file's place since the folder was listed, nor waiting for a pipe.
    const fd = openSync(join(folder, path), constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0))
    try {
      const { size } = fstatSync(fd)
      const head = byName ? null : upTo(fd, ENOUGH)
      if (head && !formatOf(path, decode(head).text)) return null
      if (size <= LARGEST) return { path, bytes: upTo(fd, LARGEST) }
      unread.push({ path, says: `${Math.ceil(size / 1024 / 1024)} MiB: more than ${LARGEST / 1024 / 1024} MiB are not read` })
    } finally {
      closeSync(fd)
    }
  } catch (cause) {
    if (byName) unread.push({ path, says: sentence(cause) })
    else left.push(`${path} (${sentence(cause)})`)
  }
  return null
}

/** The first bytes of a file, however much it grows meanwhile. */
function upTo(fd: number, most: number): Uint8Array {
  const size = Math.min(most, fstatSync(fd).size)
  const bytes = new Uint8Array(Math.max(0, size))
  let at = 0
  while (at < bytes.length) {
    const count = readSync(fd, bytes, at, bytes.length - at, at)
    if (count === 0) break
    at += count
  }
  return bytes.subarray(0, at)
}
