import { crc32, gzipSync } from 'node:zlib'

/** Small archives, made on the spot: what a second stage unpacks. */
export interface Entry {
  path: string
  bytes: Buffer
  mode?: number
}

/** POSIX ustar, compressed. */
export function tgz(entries: readonly Entry[]): Buffer {
  const parts = entries.flatMap(({ path, bytes, mode = 0o644 }) => [header(path, bytes.length, mode), bytes, Buffer.alloc((512 - bytes.length % 512) % 512)])
  return gzipSync(Buffer.concat([...parts, Buffer.alloc(1_024)]))
}

function header(path: string, size: number, mode: number): Buffer {
  const block = Buffer.alloc(512)
  const octal = (value: number, width: number): string => `${value.toString(8).padStart(width - 1, '0')}\0`
  block.write(path.slice(-100), 0, 100, 'utf8')
  block.write(octal(mode, 8) + octal(0, 8) + octal(0, 8) + octal(size, 12) + octal(1_760_000_000, 12), 100)
  block.write('        0', 148)
  block.write('ustar\u000000', 257)
  block.write(octal(block.reduce((sum, byte) => sum + byte, 0), 7), 148)
  return block
}

/** Stored, with Unix modes. */
export function zip(entries: readonly Entry[]): Buffer {
  const [locals, centrals]: [Buffer[], Buffer[]] = [[], []]
  let at = 0
  for (const { path, bytes, mode = 0o644 } of entries) {
    const name = Buffer.from(path)
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE(0x5b21, 8)
    common.writeUInt32LE(crc32(bytes), 10)
    common.writeUInt32LE(bytes.length, 14)
    common.writeUInt32LE(bytes.length, 18)
    common.writeUInt16LE(name.length, 22)
    const local = Buffer.concat([Buffer.from('PK\u0003\u0004', 'latin1'), common, name, bytes])
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE((0o100000 | mode) * 0x10000, 6)
    tail.writeUInt32LE(at, 10)
    centrals.push(Buffer.concat([Buffer.from('PK\u0001\u0002\u0014\u0003', 'latin1'), common, tail, name]))
    locals.push(local)
    at += local.length
  }
  const directory = Buffer.concat(centrals)
  const end = Buffer.alloc(22)
  end.write('PK\u0005\u0006', 0, 'latin1')
  end.writeUInt16LE(entries.length, 8)
  end.writeUInt16LE(entries.length, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(at, 16)
  return Buffer.concat([...locals, directory, end])
}
