import { createHash } from 'node:crypto'
import { closeSync, constants, lstatSync, openSync, readdirSync, readSync } from 'node:fs'
import type { BigIntStats } from 'node:fs'
import type { Listed } from '../cell.ts'
import type { Disk } from './disk.ts'
import { toBytes, toText } from './names.ts'

/** PATH_MAX: what lies deeper cannot be named by its whole path, by nobody. */
const LONGEST_PATH = 4_000
const MOST_HASHED = 64 * 1024 * 1024

/** Of one list: holes cost no disk, and long names hardly any. */
interface Bounds {
  files: number
  /** Bytes of all paths together. */
  paths: number
  /** Bytes of all files whose digest is taken. */
  hashed: number
}

const BOUNDS: Bounds = { files: 200_000, paths: 64 * 1024 * 1024, hashed: 3 * 1024 ** 3 }

interface List {
  files: Listed[]
  /** Why it is not whole, for people; null: it is. */
  cut: string | null
}
const OPEN = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

/** Nothing runs meanwhile, so nothing moves. Folders before what is in them; links and devices are named, never opened. */
export function list(disk: Disk, folders: readonly string[], { files: most, paths, hashed }: Bounds = BOUNDS): List {
  const files: Listed[] = []
  const left = { paths, hashed }
  const queue = folders.flatMap((inside) => {
    const outside = disk.outside(inside)
    return outside && look(toBytes(outside))?.isDirectory() ? [{ inside: toBytes(inside), outside: toBytes(outside) }] : []
  })
  for (let folder = queue.pop(); folder; folder = queue.pop()) {
    for (const name of names(folder.outside)) {
      const outside = Buffer.concat([folder.outside, SLASH, name])
      const inside = Buffer.concat([folder.inside, SLASH, name])
      const stat = look(outside)
      if (!stat || outside.length > LONGEST_PATH) continue
      left.paths -= inside.length
      if (files.length >= most || left.paths < 0) return { files, cut: `more files than are looked at: ${files.length} were` }
      files.push(listed(toText(inside), outside, stat, left))
      if (stat.isDirectory()) queue.push({ inside, outside })
    }
  }
  return { files, cut: left.hashed < 0 ? 'more in files than is looked at' : null }
}

const SLASH = Buffer.from('/')

function names(folder: Buffer): Buffer[] {
  try {
    return readdirSync(folder, { encoding: 'buffer' })
  } catch {
    return []
  }
}

function look(path: Buffer): BigIntStats | null {
  try {
    return lstatSync(path, { bigint: true })
  } catch {
    return null
  }
}

function listed(path: string, outside: Buffer, stat: BigIntStats, left: { hashed: number }): Listed {
  const kind = stat.isFile() ? 'file' : stat.isDirectory() ? 'folder' : stat.isSymbolicLink() ? 'link' : 'special'
  const small = kind === 'file' && stat.size <= MOST_HASHED
  if (small) left.hashed -= Number(stat.size)
  return {
    path, kind, size: Number(stat.size), mode: Number(stat.mode & 0o7777n), changed: String(stat.ctimeNs), inode: String(stat.ino),
    sha256: small && left.hashed >= 0 ? hash(outside) : null,
  }
}

function hash(path: Buffer): string | null {
  const hashing = createHash('sha256')
  const chunk = Buffer.allocUnsafe(256 * 1024)
  return opened(path, (fd) => {
    for (let read = readSync(fd, chunk); read > 0; read = readSync(fd, chunk)) hashing.update(chunk.subarray(0, read))
    return hashing.digest('hex')
  })
}

/** null: not there, no file, or behind a link. */
export function read(disk: Disk, paths: readonly string[], most: number): (Uint8Array | null)[] {
  return paths.map((path) => {
    const outside = disk.outside(path)
    const bytes = outside === null ? null : toBytes(outside)
    const stat = bytes && look(bytes)
    if (!bytes || !stat?.isFile()) return null
    const into = Buffer.alloc(Math.min(most, Number(stat.size)))
    return opened(bytes, (fd) => new Uint8Array(into.subarray(0, readSync(fd, into, 0, into.length, 0))))
  })
}

function opened<T>(path: Buffer, use: (fd: number) => T): T | null {
  try {
    const fd = openSync(path, OPEN)
    try {
      return use(fd)
    } finally {
      closeSync(fd)
    }
  } catch {
    return null
  }
}
