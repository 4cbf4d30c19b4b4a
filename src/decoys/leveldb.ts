/** CRC-32C (Castagnoli), as LevelDB uses it. */
const CRC = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? value >>> 1 ^ 0x82f63b78 : value >>> 1
  return value >>> 0
})

function crc32c(bytes: Uint8Array): number {
  let value = 0xffffffff
  for (const byte of bytes) value = value >>> 8 ^ (CRC[(value ^ byte) & 255] as number)
  return (value ^ 0xffffffff) >>> 0
}

const BLOCK = 32_768
const HEAD = 7

/**
 * A write-ahead log of LevelDB (doc/log_format.md in its sources) with one batch: what browsers' extensions and Electron's
 * programs keep their storage in until it is compacted, and where thieves look for tokens.
 */
export function levelDbLog(entries: readonly (readonly [string | Buffer, string | Buffer])[]): Buffer {
  const head = Buffer.alloc(12)
  head.writeBigUInt64LE(1n, 0)
  head.writeUInt32LE(entries.length, 8)
  let left = Buffer.concat([head, ...entries.flatMap(([key, value]) => [Buffer.from([1]), sized(key), sized(value)])])
  const parts: Buffer[] = []
  let [at, first] = [0, true]
  while (left.length > 0) {
    const room = BLOCK - at % BLOCK - HEAD
    const data = left.subarray(0, room)
    left = left.subarray(data.length)
    // 1 whole, 2 first, 3 middle, 4 last.
    const type = first ? (left.length === 0 ? 1 : 2) : left.length === 0 ? 4 : 3
    const record = Buffer.alloc(HEAD)
    const crc = crc32c(Buffer.concat([Buffer.from([type]), data]))
    record.writeUInt32LE(((crc >>> 15 | crc << 17) + 0xa282ead8) >>> 0, 0)
    record.writeUInt16LE(data.length, 4)
    record.writeUInt8(type, 6)
    parts.push(record, data)
    at += HEAD + data.length
    first = false
  }
  return Buffer.concat(parts)
}

function sized(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value)
  const length: number[] = []
  for (let left = bytes.length; ; left >>>= 7) {
    length.push(left > 127 ? left & 127 | 128 : left)
    if (left <= 127) return Buffer.concat([Buffer.from(length), bytes])
  }
}
