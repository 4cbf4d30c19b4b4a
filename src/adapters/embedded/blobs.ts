import { createHash } from 'node:crypto'
import type { Hash } from 'node:crypto'
import { mkdir, open, readdir, rename, stat, unlink } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { SluiceError, sentence } from '../../core/errors.ts'
import type { Digest } from '../../core/types.ts'
import type { Blobs } from '../../ports/blobs.ts'
import { openTemporary } from './leftovers.ts'

/**
 * Files named by their SHA-256 under `folder/sha256/ab/cdef…`. A blob is written to `folder/temp`, flushed, and only then
 * renamed into place, so it exists whole or not at all. Several processes may share the folder. Failures of the disk are
 * SluiceError `storage`; whatever is not a digest names no blob.
 */
export async function openBlobs(folder: string): Promise<Blobs> {
  const root = resolve(folder)
  const temp = join(root, 'temp')
  const store = join(root, 'sha256')
  const writer = await disk(async () => {
    await mkdir(temp, { recursive: true })
    await mkdir(store, { recursive: true })
    return openTemporary(temp)
  })

  const place = (digest: Digest): string | null => {
    const hex = DIGEST.exec(digest)?.[1]
    return hex === undefined ? null : join(store, hex.slice(0, 2), hex.slice(2))
  }
  const sizeOf = async (digest: Digest): Promise<number | null> => {
    const path = place(digest)
    return path === null ? null : disk(async () => (await unlessMissing(stat(path)))?.size ?? null)
  }
  const openBlob = async (digest: Digest): Promise<FileHandle> => {
    const path = place(digest)
    const file = path === null ? null : await disk(() => unlessMissing(open(path)))
    if (!file) throw new SluiceError('not-found', `no blob ${digest.slice(0, 80)}`)
    return file
  }

  return {
    async put(source, { limit, algorithms = [], check }) {
      const path = writer.temporary()
      const hashers = new Map<string, Hash>(['sha256', ...algorithms].map((algorithm) => [algorithm, createHash(algorithm)]))
      const file = await disk(() => open(path, 'wx'))
      try {
        const size = await pour(source, file, hashers, limit)
        const hashes = Object.fromEntries([...hashers].map(([algorithm, hasher]) => [algorithm, hasher.digest('hex')]))
        check?.(hashes, size)
        const digest: Digest = `sha256:${hashes.sha256 ?? ''}`
        await disk(async () => {
          await file.sync()
          await file.close()
          await settle(path, place(digest) ?? '')
        })
        return { digest, size, hashes }
      } catch (thrown) {
        await file.close().catch(() => null)
        await unlink(path).catch(() => null)
        throw thrown
      }
    },

    has: async (digest) => await sizeOf(digest) !== null,
    size: sizeOf,

    async read(digest, range): Promise<Readable> {
      if (range && !isRange(range)) throw new SluiceError('storage', `not a range of bytes: ${range.start}-${range.end}`)
      const file = await openBlob(digest)
      return file.createReadStream(range ?? {})
    },

    async bytes(digest, limit) {
      const file = await openBlob(digest)
      try {
        const { size } = await disk(() => file.stat())
        if (size > limit) throw new SluiceError('storage', `${digest} has ${size} bytes, more than ${limit}`)
        return await disk(() => file.readFile())
      } finally {
        await file.close()
      }
    },

    path: place,

    async delete(digest) {
      const path = place(digest)
      if (path !== null) await disk(() => unlessMissing(unlink(path)))
    },

    async *list() {
      for (const fan of await disk(() => readdir(store))) {
        for (const rest of await disk(async () => await unlessMissing(readdir(join(store, fan))) ?? [])) {
          const digest = `sha256:${fan}${rest}`
          if (DIGEST.test(digest)) yield digest as Digest
        }
      }
    },
  }
}

const DIGEST = /^sha256:([0-9a-f]{64})$/

const isRange = ({ start, end }: { start: number; end: number }): boolean =>
  Number.isSafeInteger(start) && Number.isSafeInteger(end) && start >= 0 && start <= end

async function pour(
  source: AsyncIterable<Uint8Array>, file: FileHandle, hashers: ReadonlyMap<string, Hash>, limit: number,
): Promise<number> {
  let size = 0
  for await (const chunk of source) {
    size += chunk.byteLength
    if (size > limit) throw new SluiceError('upstream-too-large', `more than ${limit} bytes`)
    for (const hasher of hashers.values()) hasher.update(chunk)
    await disk(() => writeWhole(file, chunk))
  }
  return size
}

/** `write` may write less than it was given. */
async function writeWhole(file: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let at = 0; at < chunk.byteLength;) at += (await file.write(chunk, at)).bytesWritten
}

/** Renames into place and makes the new name durable, as well as its folder where that is new. */
async function settle(from: string, to: string): Promise<void> {
  const folder = dirname(to)
  const made = await mkdir(folder, { recursive: true })
  await rename(from, to)
  await syncFolder(folder)
  if (made !== undefined) await syncFolder(dirname(folder))
}

async function syncFolder(path: string): Promise<void> {
  // Windows cannot open folders; NTFS journals renames itself.
  if (process.platform === 'win32') return
  const folder = await open(path)
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

async function unlessMissing<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return null
    throw thrown
  }
}

async function disk<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    throw new SluiceError('storage', sentence(cause), { cause, hint: 'see that the data folder is writable and has room' })
  }
}
