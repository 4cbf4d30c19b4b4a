import { closeSync, constants, fstatSync, opendirSync, openSync, readSync } from 'node:fs'
import type { Dirent } from 'node:fs'
import { join } from 'node:path'
import { SluiceError, sentence } from '../core/errors.ts'
import { DEFAULT_LIMITS } from '../unpack/limits.ts'
import { Notes } from '../unpack/notes.ts'
import { Paths } from '../unpack/paths.ts'
import { Shelf } from '../unpack/shelf.ts'
import { CHUNK } from '../unpack/source.ts'
import type { Unpacked } from '../unpack/unpack.ts'

/** What no registry's tools put into a package: version control, and other packages, which have names of their own. */
const NOT_OURS = new Set(['.git', '.hg', '.svn', 'node_modules'])

/**
 * Reads a folder as if it were an archive, or only some `files` of it, within the same limits. Links and other specials are
 * never followed. `left` names what was not read on purpose. Throws `archive-invalid` and `archive-limit`.
 */
export function readFolder(root: string, files?: readonly string[]): Unpacked & { left: string[] } {
  const notes = new Notes()
  const paths = new Paths({ strip: 0 }, DEFAULT_LIMITS, notes)
  const shelf = new Shelf({ limits: DEFAULT_LIMITS, notes, paths, packed: Number.POSITIVE_INFINITY })
  const left: string[] = []

  const read = (path: string): void => {
    shelf.countEntry()
    readFile(join(root, path), { path: paths.place(path), name: path, shelf, notes })
  }
  const visit = (folder: string): void => {
    for (const entry of listed(join(root, folder))) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (entry.isDirectory() && !NOT_OURS.has(entry.name)) {
        shelf.countEntry()
        visit(path)
      } else if (entry.isFile()) read(path)
      else left.push(entry.isDirectory() ? `${path}/` : `${path} (${entry.isSymbolicLink() ? 'a link' : 'a special file'})`)
    }
  }
  if (files) files.forEach(read)
  else visit('')
  return { files: shelf.files, oddities: notes.oddities, missing: notes.missing(), bytes: shelf.bytes, left }
}

/** In one order on every machine. */
function listed(folder: string): Dirent[] {
  const entries: Dirent[] = []
  try {
    const opened = opendirSync(folder)
    try {
      for (let entry = opened.readSync(); entry !== null; entry = opened.readSync()) {
        entries.push(entry)
        if (entries.length > DEFAULT_LIMITS.entries) throw new SluiceError('archive-limit', `has more than ${DEFAULT_LIMITS.entries} entries`)
      }
    } finally {
      opened.closeSync()
    }
  } catch (cause) {
    if (cause instanceof SluiceError) throw cause
    throw new SluiceError('archive-invalid', `the folder cannot be read: ${sentence(cause)}`, { cause })
  }
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1))
}

function readFile(file: string, { path, name, shelf, notes }: { path: string; name: string; shelf: Shelf; notes: Notes }): void {
  let fd: number
  try {
    // What was a file a moment ago may be a link or a pipe now.
    fd = openSync(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0))
  } catch (cause) {
    notes.miss(`${path}: ${sentence(cause)}`)
    return
  }
  try {
    const { size, mode } = fstatSync(fd)
    const slot = shelf.slot({ name, path, size, mode: mode & 0o7777 })
    const chunk = Buffer.allocUnsafe(Math.max(1, Math.min(CHUNK, size)))
    for (let count = readSync(fd, chunk); count > 0; count = readSync(fd, chunk)) {
      shelf.count(count)
      slot.write(chunk.subarray(0, count))
    }
    slot.end()
  } finally {
    closeSync(fd)
  }
}
