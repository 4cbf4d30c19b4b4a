import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import type { Manifest } from './manifest.ts'

const LARGEST = 1024 * 1024 * 1024
const DEEPEST = 12

/**
 * The files below a folder of a git checkout with the hashes of their contents, from git's own index, so that what changed is
 * found without looking at hundreds of thousands of files. What was changed by hand and not added is not seen. null: this is no
 * checkout, or its index is of another kind.
 */
export function gitFiles(folder: string): Manifest | null {
  for (let root = folder, depth = 0; depth < DEEPEST; root = dirname(root), depth++) {
    const bytes = indexOf(root)
    if (bytes) return below(entriesOf(bytes), relative(root, folder).split(sep).join('/'))
    if (dirname(root) === root) return null
  }
  return null
}

function indexOf(root: string): Buffer | null {
  const file = join(root, '.git', 'index')
  try {
    return statSync(file).size > LARGEST ? null : readFileSync(file)
  } catch {
    return null
  }
}

function below(files: Manifest | null, prefix: string): Manifest | null {
  if (!files || prefix === '') return files
  const found: Manifest = new Map()
  for (const [name, stamp] of files) if (name.startsWith(`${prefix}/`)) found.set(name.slice(prefix.length + 1), stamp)
  return found
}

/** gitformat-index, versions 2 to 4 with SHA-1. */
export function entriesOf(bytes: Buffer): Manifest | null {
  if (bytes.length < 32 || bytes.toString('latin1', 0, 4) !== 'DIRC' || !isWhole(bytes)) return null
  const version = bytes.readUInt32BE(4)
  const count = bytes.readUInt32BE(8)
  if (version < 2 || version > 4) return null
  const files: Manifest = new Map()
  let previous = ''
  let at = 12
  for (let read = 0; read < count; read++) {
    if (at + 62 > bytes.length) return null
    const flags = bytes.readUInt16BE(at + 60)
    let from = at + ((flags & 0x4000) === 0 ? 62 : 64)
    let kept = ''
    if (version === 4) {
      const strip = varint(bytes, from)
      if (strip.value > previous.length) return null
      kept = previous.slice(0, previous.length - strip.value)
      from = strip.next
    }
    const end = bytes.indexOf(0, from)
    if (end < 0) return null
    // Bytes one to one, because version 4 counts bytes.
    const name = kept + bytes.toString('latin1', from, end)
    const isFile = (bytes.readUInt32BE(at + 24) >>> 12) === 8
    const merged = (flags & 0x3000) === 0
    if (isFile && merged) files.set(Buffer.from(name, 'latin1').toString('utf8'), bytes.toString('base64', at + 40, at + 60))
    previous = name
    at = version === 4 ? end + 1 : at + ((end - at + 8) & ~7)
  }
  // A split index has only what differs from another file.
  return bytes.toString('latin1', at, at + 4) === 'link' ? null : files
}

/** Of the right kind of hash, and not being written: its last 20 bytes are of all before, or zero where git was told so. */
function isWhole(bytes: Buffer): boolean {
  const sum = bytes.subarray(bytes.length - 20)
  return sum.every((byte) => byte === 0) || createHash('sha1').update(bytes.subarray(0, bytes.length - 20)).digest().equals(sum)
}

/** As offsets in packs are written: each further byte adds one. */
function varint(bytes: Buffer, from: number): { value: number; next: number } {
  let byte = bytes.readUInt8(from)
  let value = byte & 127
  let next = from + 1
  while ((byte & 128) !== 0 && next < bytes.length && value < 2 ** 40) {
    byte = bytes.readUInt8(next++)
    value = (value + 1) * 128 + (byte & 127)
  }
  return { value, next }
}
