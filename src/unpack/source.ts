import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { invalid } from './errors.ts'

/** Random access to the archive's own bytes. Reads are synchronous: unpacking has its thread to itself. */
export interface Source {
  readonly size: number
  /** Exactly `length` bytes from `offset`, perhaps a view of more: callers copy what they keep. */
  read(offset: number, length: number): Buffer
  close(): void
}

/** How much is read or inflated at a time. */
export const CHUNK = 256 * 1024

/** Throws `archive-invalid` when the path is no regular file or cannot be read. */
export function openSource(source: string | Uint8Array): Source {
  return typeof source === 'string' ? fromPath(source) : fromBytes(source)
}

function fromBytes(bytes: Uint8Array): Source {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return {
    size: buffer.length,
    read: (offset, length) => {
      checkRange(offset, length, buffer.length)
      return buffer.subarray(offset, offset + length)
    },
    close: () => {},
  }
}

function fromPath(path: string): Source {
  const fd = open(path)
  const { size } = fstatSync(fd)
  // Headers are small and lie close together: one system call for many of them.
  let window = Buffer.alloc(0)
  let from = 0
  return {
    size,
    read: (offset, length) => {
      checkRange(offset, length, size)
      if (offset < from || offset + length > from + window.length) {
        window = readFully(fd, offset, Math.max(length, Math.min(CHUNK, size - offset)))
        from = offset
      }
      return window.subarray(offset - from, offset - from + length)
    },
    close: () => closeSync(fd),
  }
}

function readFully(fd: number, offset: number, length: number): Buffer<ArrayBuffer> {
  const bytes = Buffer.allocUnsafeSlow(length)
  for (let at = 0; at < length;) {
    const count = readSync(fd, bytes, at, length - at, offset + at)
    if (count === 0) throw invalid('the archive shrank while it was read')
    at += count
  }
  return bytes
}

function open(path: string): number {
  let fd: number
  try {
    // Non-blocking, so that a pipe in the file's place cannot hang the thread.
    fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  } catch (cause) {
    throw invalid('the archive cannot be opened', cause)
  }
  if (fstatSync(fd).isFile()) return fd
  closeSync(fd)
  throw invalid('the archive is not a regular file')
}

function checkRange(offset: number, length: number, size: number): void {
  if (offset < 0 || length < 0 || offset + length > size) throw invalid('the archive ends too early')
}
