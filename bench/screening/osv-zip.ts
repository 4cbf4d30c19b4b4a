import { closeSync, openSync, writeSync } from 'node:fs'
import { crc32, deflateRawSync } from 'node:zlib'

/** Writes OSV records as OSV publishes them, one file each in an `all.zip` (PKWARE APPNOTE 6.3; zip64 for more than 65,535 files). */
export function writeOsvZip(file: string, records: Iterable<{ id: string }>): void {
  const fd = openSync(file, 'w')
  const directory: Buffer[] = []
  let offset = 0
  const write = (bytes: Uint8Array): void => { offset += writeSync(fd, bytes) }
  for (const record of records) {
    const name = Buffer.from(`${record.id}.json`)
    const body = Buffer.from(JSON.stringify(record))
    const packed = deflateRawSync(body, { level: 1 })
    const common = Buffer.alloc(26)
    for (const [at, value] of [[0, 20], [4, 8]] as const) common.writeUInt16LE(value, at)
    for (const [at, value] of [[10, crc32(body)], [14, packed.length], [18, body.length]] as const) common.writeUInt32LE(value, at)
    common.writeUInt16LE(name.length, 22)
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(offset, 10)
    directory.push(Buffer.concat([Buffer.from([0x50, 0x4b, 1, 2, 20, 0]), common, tail, name]))
    write(Buffer.concat([Buffer.from([0x50, 0x4b, 3, 4]), common, name, packed]))
  }
  const start = offset
  for (const entry of directory) write(entry)
  const size = offset - start
  const end64 = Buffer.alloc(56)
  end64.writeUInt32LE(0x06064b50, 0)
  end64.writeBigUInt64LE(44n, 4)
  end64.writeUInt16LE(45, 12)
  end64.writeUInt16LE(45, 14)
  for (const [at, value] of [[24, directory.length], [32, directory.length], [40, size], [48, start]] as const) end64.writeBigUInt64LE(BigInt(value), at)
  const locator = Buffer.alloc(20)
  locator.writeUInt32LE(0x07064b50, 0)
  locator.writeBigUInt64LE(BigInt(offset), 8)
  locator.writeUInt32LE(1, 16)
  const end = Buffer.alloc(22, 0xff)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt32LE(0, 4)
  end.writeUInt16LE(0, 20)
  write(end64)
  write(locator)
  write(end)
  closeSync(fd)
}
