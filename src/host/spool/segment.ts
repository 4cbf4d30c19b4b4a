import { closeSync, fdatasyncSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs'
import { crc32 } from 'node:zlib'

/**
 * A file of records, only ever appended to: length and CRC-32 (4 bytes each, little-endian), then as many bytes. A record that was
 * torn when the machine stopped fails one of the two; nothing after it is believed.
 */
const HEADER = 8
/** Events are cut to less before; what claims more is no record. */
const LONGEST = 512 * 1024

export interface Written {
  /** Offset of each record that is whole. */
  offsets: number[]
  /** Bytes up to the end of the last of them. */
  size: number
  /** There was more, and it was no record. */
  torn: boolean
}

export function frame(payload: Uint8Array): Buffer {
  const bytes = Buffer.alloc(HEADER + payload.length)
  bytes.writeUInt32LE(payload.length, 0)
  bytes.writeUInt32LE(crc32(payload), 4)
  bytes.set(payload, HEADER)
  return bytes
}

/** Reads the whole file once, a piece at a time. */
export function scan(path: string): Written {
  const file = openSync(path, 'r')
  try {
    const { size: all } = fstatSync(file)
    const offsets: number[] = []
    let at = 0
    for (;;) {
      const payload = readAt(file, at, all)
      if (payload === null) break
      offsets.push(at)
      at += HEADER + payload.length
    }
    return { offsets, size: at, torn: at < all }
  } finally {
    closeSync(file)
  }
}

/** The payloads from `from` on, until one is not whole or `most` bytes are had; at least one. */
export function read(path: string, from: number, most: number): Buffer[] {
  const file = openSync(path, 'r')
  try {
    const { size: all } = fstatSync(file)
    const found: Buffer[] = []
    let bytes = 0
    for (let at = from; ;) {
      const payload = readAt(file, at, all)
      if (payload === null || (found.length > 0 && bytes + payload.length > most)) return found
      found.push(payload)
      bytes += payload.length
      at += HEADER + payload.length
    }
  } finally {
    closeSync(file)
  }
}

function readAt(file: number, at: number, all: number): Buffer | null {
  if (at + HEADER > all) return null
  const header = Buffer.alloc(HEADER)
  if (readSync(file, header, 0, HEADER, at) !== HEADER) return null
  const length = header.readUInt32LE(0)
  if (length === 0 || length > LONGEST || at + HEADER + length > all) return null
  const payload = Buffer.alloc(length)
  if (readSync(file, payload, 0, length, at + HEADER) !== length || crc32(payload) !== header.readUInt32LE(4)) return null
  return payload
}

/** The segment that is written to. A write that fails halfway is taken back, so that the next one begins where a reader looks. */
export class Appender {
  readonly #file: number
  size: number

  constructor(path: string, size: number) {
    this.#file = openSync(path, 'a', 0o600)
    ftruncateSync(this.#file, size)
    this.size = size
  }

  append(bytes: Uint8Array): void {
    try {
      for (let done = 0; done < bytes.length;) done += writeSync(this.#file, bytes, done)
      this.size += bytes.length
    } catch (thrown) {
      ftruncateSync(this.#file, this.size)
      throw thrown
    }
  }

  sync(): void {
    fdatasyncSync(this.#file)
  }

  close(): void {
    closeSync(this.#file)
  }
}
