import type { ArtifactRef } from '../../src/core/types.ts'

export type Corpus = 'malware' | 'benign' | 'hard'
export type Part = 'tuning' | 'report'

/** One archive of a corpus. Its bytes are data: they are handed to `examine` and go nowhere else. */
export interface Sample {
  /** Unique in its corpus, and short enough to be typed: `name/version/file` or `npm/name@version.tgz`. */
  id: string
  corpus: Corpus
  part: Part
  ref: ArtifactRef
  /** Near-copies share it; it is the id of the oldest of them. Benign archives stand alone. */
  cluster: string
  clusterSize: number
  /** Stands for its cluster: the oldest that is not inert. */
  representative: boolean
  /** Malware only: nothing in it can do anything, whoever reported it (`inert.ts`). */
  inert: boolean
  /** null: not at hand. */
  read(): Promise<Uint8Array | null>
}

/** Orders and halves a corpus the same way on every machine. FNV-1a, 32 bit. */
export function hash32(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  // FNV's high bits mix poorly on short texts (murmur3's finaliser).
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
