import { crc32, deflateRawSync, gzipSync } from 'node:zlib'

/** One entry of an archive, as honest or as dishonest as a test wants it. Nothing about `path` is checked. */
export interface Entry {
  path: string
  body?: string | Uint8Array
  /** Permission bits; default 0o644, 0o755 for folders. */
  mode?: number
  /** Default `file`. A symlink's target is `linkname`; so is a hard link's, which zip does not know. */
  type?: 'file' | 'folder' | 'symlink' | 'hardlink' | 'fifo' | 'device'
  linkname?: string
}

/** Lies of one zip entry. What is left out is told truly. */
export interface ZipLies {
  /** Name in the local header, where it is to differ from the central directory's. */
  localPath?: string
  crc?: number
  /** Sizes in both headers. */
  size?: number
  compressedSize?: number
  /** General purpose flags; bit 0 says encrypted, bit 11 UTF-8. */
  flags?: number
  /** Compression method; 0 stored, 8 deflated. The body is deflated only for 8. */
  method?: number
  /** Extra field of both headers, whole. */
  extra?: Uint8Array
}

export interface ZipOptions {
  /** Bytes before the first and after the last record of the archive. */
  before?: Uint8Array
  after?: Uint8Array
  comment?: string
  /** Number of entries the end record speaks of. */
  count?: number
}

const TYPE_BITS = { file: 0o100000, folder: 0o040000, symlink: 0o120000, hardlink: 0o100000, fifo: 0o010000, device: 0o020000 }

/** A zip archive (APPNOTE 6.3.10, §4.3), without zip64. Dates are 1980-01-01, so that equal input gives equal bytes. */
export function zip(entries: readonly (Entry & { raw?: ZipLies })[], options: ZipOptions = {}): Buffer {
  const parts: Uint8Array[] = [options.before ?? Buffer.alloc(0)]
  const central: Uint8Array[] = []
  let offset = parts[0]?.byteLength ?? 0
  for (const entry of entries) {
    const raw = entry.raw ?? {}
    const content = bytesOf(entry.type === 'symlink' ? entry.linkname ?? '' : entry.body ?? '')
    const method = raw.method ?? (content.byteLength > 64 ? 8 : 0)
    const data = method === 8 ? deflateRawSync(content) : content
    const name = Buffer.from(entry.path)
    const localName = Buffer.from(raw.localPath ?? entry.path)
    const extra = raw.extra ?? Buffer.alloc(0)
    const shared = (nameLength: number): Buffer => {
      const head = Buffer.alloc(26)
      head.writeUInt16LE(20, 0)
      head.writeUInt16LE(raw.flags ?? 0x0800, 2)
      head.writeUInt16LE(method, 4)
      head.writeUInt16LE(0x0021, 8)
      head.writeUInt32LE(raw.crc ?? crc32(content), 10)
      head.writeUInt32LE(raw.compressedSize ?? data.byteLength, 14)
      head.writeUInt32LE(raw.size ?? content.byteLength, 18)
      head.writeUInt16LE(nameLength, 22)
      head.writeUInt16LE(extra.byteLength, 24)
      return head
    }
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), shared(localName.length), localName, extra, data])
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(((TYPE_BITS[entry.type ?? 'file'] | modeOf(entry)) * 0x10000) >>> 0, 6)
    tail.writeUInt32LE(offset, 10)
    central.push(Buffer.from('PK\x01\x02\x14\x03', 'latin1'), shared(name.length), tail, name, extra)
    parts.push(local)
    offset += local.byteLength
  }
  const directory = Buffer.concat(central)
  const comment = Buffer.from(options.comment ?? '')
  const end = Buffer.alloc(18)
  end.writeUInt16LE(options.count ?? entries.length, 4)
  end.writeUInt16LE(options.count ?? entries.length, 6)
  end.writeUInt32LE(directory.byteLength, 8)
  end.writeUInt32LE(offset, 12)
  end.writeUInt16LE(comment.byteLength, 16)
  return Buffer.concat([...parts, directory, Buffer.from('PK\x05\x06', 'latin1'), end, comment, options.after ?? Buffer.alloc(0)])
}

/** Lies of one tar entry. */
export interface TarLies {
  /** Type flag, one character. */
  flag?: string
  /** Size in the header. */
  size?: number
  /** Checksum in the header. */
  checksum?: number
  /** Written over the finished header before its checksum is computed. */
  patch?: (header: Buffer) => void
}

export interface TarOptions {
  /** After the last entry, in place of two empty blocks. */
  end?: Uint8Array
}

const FLAGS = { file: '0', hardlink: '1', symlink: '2', device: '3', folder: '5', fifo: '6' }

/** A tar archive (POSIX.1-2001 ustar; longer names get a pax header). Dates are 0, so that equal input gives equal bytes. */
export function tar(entries: readonly (Entry & { raw?: TarLies })[], options: TarOptions = {}): Buffer {
  const parts: Uint8Array[] = []
  for (const entry of entries) {
    const long = paxOf(entry)
    if (long.byteLength > 0) parts.push(header({ path: 'PaxHeader', body: long, raw: { flag: 'x' } }), padded(long))
    const body = entry.type === undefined || entry.type === 'file' ? bytesOf(entry.body ?? '') : Buffer.alloc(0)
    parts.push(header({ ...entry, body }), padded(body))
  }
  return Buffer.concat([...parts, options.end ?? Buffer.alloc(1_024)])
}

/** `tar` in a gzip member (RFC 1952); `after` follows it. */
export function tarGz(entries: readonly (Entry & { raw?: TarLies })[], options: TarOptions & { after?: Uint8Array } = {}): Buffer {
  return Buffer.concat([gzipSync(tar(entries, options)), options.after ?? Buffer.alloc(0)])
}

function header(entry: Entry & { raw?: TarLies }): Buffer {
  const { raw = {}, type = 'file' } = entry
  const block = Buffer.alloc(512)
  block.write(entry.path, 0, 100)
  block.write(octal(modeOf(entry), 7), 100)
  block.write(octal(0, 7), 108)
  block.write(octal(0, 7), 116)
  block.write(octal(raw.size ?? bytesOf(entry.body ?? '').byteLength, 11), 124)
  block.write(octal(0, 11), 136)
  block.write(raw.flag ?? FLAGS[type], 156, 1)
  block.write(entry.linkname ?? '', 157, 100)
  block.write('ustar\x0000', 257)
  raw.patch?.(block)
  block.fill(' ', 148, 156)
  const sum = raw.checksum ?? block.reduce((total, byte) => total + byte, 0)
  block.write(`${octal(sum, 6)}\0 `, 148, 8, 'latin1')
  return block
}

function paxOf(entry: Entry): Buffer {
  const records = [['path', entry.path], ['linkpath', entry.linkname ?? '']] as const
  return Buffer.concat(records.filter(([, value]) => Buffer.byteLength(value) > 100).map(([key, value]) => {
    const rest = Buffer.from(` ${key}=${value}\n`)
    const digits = String(rest.length + String(rest.length + 3).length).length
    return Buffer.concat([Buffer.from(String(rest.length + digits)), rest])
  }))
}

const padded = (body: Uint8Array): Buffer => Buffer.concat([body, Buffer.alloc((512 - (body.byteLength % 512)) % 512)])
const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, '0')
const modeOf = (entry: Entry): number => entry.mode ?? (entry.type === 'folder' ? 0o755 : 0o644)
const bytesOf = (body: string | Uint8Array): Uint8Array => (typeof body === 'string' ? Buffer.from(body) : body)
