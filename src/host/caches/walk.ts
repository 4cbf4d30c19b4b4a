import type { Dirent } from 'node:fs'
import { lstat, opendir, open, realpath } from 'node:fs/promises'
import { join } from 'node:path'

/** What a look at one folder may take. */
export interface Bounds {
  /** Files and folders that are still looked at. */
  entries: number
  /** Bytes that are still read. */
  bytes: number
  /** One line each: what was not looked at. */
  left: string[]
}

export const bounds = (): Bounds => ({ entries: 2_000_000, bytes: 16 * 1024 ** 3, left: [] })

export interface Found {
  path: string
  name: string
  /** Depth below the root: its own entries are at 0. */
  depth: number
  folder: boolean
}

/** The folder itself, where there is one. A person may keep a cache behind a link; nothing below it is followed through one. */
export async function rootOf(folder: string): Promise<string | null> {
  try {
    const real = await realpath(folder)
    return (await lstat(real)).isDirectory() ? real : null
  } catch {
    return null
  }
}

/**
 * Everything below a folder, links and other specials left out. `into` says which folders are gone into. What cannot be read is
 * noted, and so is the end of what may be looked at; neither is an error.
 */
export async function* walk(root: string, limits: Bounds, into: (found: Found) => boolean = () => true): AsyncGenerator<Found> {
  const open: { path: string; depth: number }[] = [{ path: root, depth: 0 }]
  for (let next = open.pop(); next; next = open.pop()) {
    for await (const entry of entriesOf(next.path, limits)) {
      if (limits.entries-- <= 0) {
        if (!limits.left.some((line) => line.startsWith('only'))) limits.left.push(`only the first two million files were looked at, up to ${next.path}`)
        return
      }
      if (!entry.isFile() && !entry.isDirectory()) continue
      const found = { path: join(next.path, entry.name), name: entry.name, depth: next.depth, folder: entry.isDirectory() }
      yield found
      if (found.folder && found.depth < 24 && into(found)) open.push({ path: found.path, depth: next.depth + 1 })
    }
  }
}

async function* entriesOf(folder: string, limits: Bounds): AsyncGenerator<Dirent> {
  try {
    yield* await opendir(folder)
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') limits.left.push(`${folder}: ${(thrown as Error).message}`)
  }
}

/** A file's content; null: not a plain file, gone, larger than `limit`, or past what may be read. Never through a link. */
export async function readPlain(path: string, limit: number, limits: Bounds): Promise<Buffer | null> {
  try {
    const stat = await lstat(path)
    if (!stat.isFile() || stat.size > limit) return null
    if (limits.bytes < stat.size) {
      if (!limits.left.some((line) => line.startsWith('more was'))) limits.left.push(`more was there than is read: ${path} and what comes after it`)
      return null
    }
    limits.bytes -= stat.size
    const file = await open(path)
    try {
      return await file.readFile()
    } finally {
      await file.close()
    }
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') limits.left.push(`${path}: ${(thrown as Error).message}`)
    return null
  }
}

/** Whether it is there, and itself: not a link to something. */
export async function isPlain(path: string, kind: 'file' | 'folder'): Promise<boolean> {
  try {
    const stat = await lstat(path)
    return kind === 'file' ? stat.isFile() : stat.isDirectory()
  } catch {
    return false
  }
}
