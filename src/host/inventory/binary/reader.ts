import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'

/** A file that is read here and there; reading beyond its end gives fewer bytes. */
export interface Bytes {
  readonly size: number
  at(offset: number, length: number): Buffer
}

/** A plain file, never through a link, never waiting for a pipe; null where there is none that can be read. */
export function withFile<T>(path: string, work: (bytes: Bytes) => T): T | null {
  let fd: number
  try {
    fd = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0))
  } catch {
    return null
  }
  try {
    const stat = fstatSync(fd)
    if (!stat.isFile()) return null
    return work({ size: stat.size, at: (offset, length) => read(fd, offset, Math.min(length, stat.size - offset)) })
  } catch {
    return null
  } finally {
    closeSync(fd)
  }
}

function read(fd: number, offset: number, length: number): Buffer {
  if (!(length > 0) || !Number.isSafeInteger(offset) || offset < 0) return Buffer.alloc(0)
  const bytes = Buffer.alloc(length)
  return bytes.subarray(0, readSync(fd, bytes, 0, length, offset))
}

/** The same of bytes in memory. */
export const bytesIn = (content: Buffer): Bytes => ({ size: content.length, at: (offset, length) => content.subarray(Math.max(0, offset), Math.max(0, offset) + Math.max(0, length)) })
