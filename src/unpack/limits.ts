/**
 * How far unpacking goes. The first group ends it (`archive-limit`): nothing a real package needs. The second only decides
 * how much content is kept for analysis; every file is still hashed to its end.
 */
export interface UnpackLimits {
  /** Unpacked bytes of the whole archive, headers included. */
  totalBytes: number
  /** Unpacked bytes of one file. */
  fileBytes: number
  entries: number
  /** UTF-8 bytes of one path, and its number of parts. */
  pathBytes: number
  pathParts: number
  /** Unpacked ÷ packed, looked at once more than `ratioFrom` bytes came out. */
  ratio: number
  ratioFrom: number

  /** Source-like content kept: of one file, and of all. What is cut off is named in `missing`. */
  keptFileBytes: number
  keptBytes: number
  /** Beginnings kept of opaque files: native code, other opaque data, and of all of them together. */
  nativeHeadBytes: number
  opaqueHeadBytes: number
  opaqueBytes: number
}

const KB = 1024
const MB = 1024 * KB
const GB = 1024 * MB

export const DEFAULT_LIMITS: Readonly<UnpackLimits> = {
  totalBytes: 16 * GB,
  fileBytes: 8 * GB,
  entries: 150_000,
  pathBytes: 4096,
  pathParts: 100,
  ratio: 200,
  ratioFrom: 64 * MB,
  keptFileBytes: 50 * MB,
  // A Go module may unpack to 500 MB, and large generated ones come close.
  keptBytes: 512 * MB,
  nativeHeadBytes: 8 * MB,
  opaqueHeadBytes: 64 * KB,
  opaqueBytes: 128 * MB,
}
