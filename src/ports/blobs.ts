import type { Readable } from 'node:stream'
import type { Digest } from '../core/types.ts'

/** Content-addressed bytes. A blob exists whole or not at all, also after `kill -9`. */
export interface Blobs {
  /**
   * Writes a stream, hashing while writing, and makes it visible only when complete and durable.
   * `check` sees all requested hashes (hex) before that; what it throws removes the temporary file and is thrown on.
   * More than `limit` bytes: SluiceError `upstream-too-large`.
   */
  put(
    source: AsyncIterable<Uint8Array>,
    options: { limit: number; algorithms?: readonly string[]; check?: (hashes: Readonly<Record<string, string>>, size: number) => void },
  ): Promise<{ digest: Digest; size: number; hashes: Readonly<Record<string, string>> }>
  has(digest: Digest): Promise<boolean>
  /** null when there is none. */
  size(digest: Digest): Promise<number | null>
  /** Throws SluiceError `not-found`. `end` is inclusive, as in HTTP ranges. */
  read(digest: Digest, range?: { start: number; end: number }): Promise<Readable>
  /** The whole blob in memory; throws `not-found`, or `storage` when larger than `limit`. */
  bytes(digest: Digest, limit: number): Promise<Uint8Array>
  /** A path workers may open read-only, where the store has one; null means: use `bytes`. */
  path(digest: Digest): string | null
  delete(digest: Digest): Promise<void>
  /** All digests, any order; for doctor and garbage collection. */
  list(): AsyncIterable<Digest>
}
