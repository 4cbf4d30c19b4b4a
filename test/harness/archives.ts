import { createHash } from 'node:crypto'
import { crc32, gzipSync } from 'node:zlib'
import { pack } from 'tar-stream'

/** Path → content. */
export type Files = Readonly<Record<string, string>>

/** A gzipped tar with every file below `root` (`package` for npm, `name-version` for an sdist). */
export async function tarball(root: string, files: Files): Promise<Buffer> {
  const tar = pack()
  for (const [path, content] of Object.entries(files)) tar.entry({ name: `${root}/${path}`, mtime: new Date(0) }, content)
  tar.finalize()
  const chunks: Buffer[] = []
  for await (const chunk of tar) chunks.push(chunk as Buffer)
  return gzipSync(Buffer.concat(chunks))
}

/** A zip without compression (APPNOTE 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16). */
export function zip(files: Files): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const [path, content] of Object.entries(files)) {
    const name = Buffer.from(path)
    const data = Buffer.from(content)
    // Version 2.0, UTF-8 names, stored, 1980-01-01; then CRC, sizes and name length, which both headers share.
    const shared = Buffer.alloc(26)
    shared.writeUInt16LE(20, 0)
    shared.writeUInt16LE(0x0800, 2)
    shared.writeUInt16LE(0x0021, 8)
    shared.writeUInt32LE(crc32(data), 10)
    shared.writeUInt32LE(data.length, 14)
    shared.writeUInt32LE(data.length, 18)
    shared.writeUInt16LE(name.length, 22)
    parts.push(Buffer.from('PK\x03\x04', 'latin1'), shared, name, data)
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE((0o100644 << 16) >>> 0, 6)
    tail.writeUInt32LE(offset, 10)
    directory.push(Buffer.from('PK\x01\x02\x14\x03', 'latin1'), shared, tail, name)
    offset += 30 + name.length + data.length
  }
  const central = Buffer.concat(directory)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(Object.keys(files).length, 4)
  end.writeUInt16LE(Object.keys(files).length, 6)
  end.writeUInt32LE(central.length, 8)
  end.writeUInt32LE(offset, 12)
  return Buffer.concat([...parts, central, Buffer.from('PK\x05\x06', 'latin1'), end])
}

export function wheel(name: string, version: string, options: { requires?: readonly string[]; files?: Files } = {}): Buffer {
  const info = `${name.replaceAll('-', '_')}-${version}.dist-info`
  const files: Record<string, string> = {
    ...(options.files ?? { [`${name.replaceAll('-', '_')}/__init__.py`]: `version = '${version}'\n` }),
    [`${info}/METADATA`]: metadata(name, version, options.requires),
    [`${info}/WHEEL`]: 'Wheel-Version: 1.0\nGenerator: sluice-test\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
  }
  const record = Object.entries(files).map(([path, content]) =>
    `${path},sha256=${createHash('sha256').update(content).digest('base64url')},${Buffer.byteLength(content)}\n`)
  return zip({ ...files, [`${info}/RECORD`]: `${record.join('')}${info}/RECORD,,\n` })
}

export const metadata = (name: string, version: string, requires: readonly string[] = []): string =>
  `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n${requires.map((line) => `Requires-Dist: ${line}\n`).join('')}`

export function goZip(module: string, version: string, files: Files): Buffer {
  return zip(Object.fromEntries(Object.entries(files).map(([path, content]) => [`${module}@${version}/${path}`, content])))
}

export const hex = (algorithm: string, bytes: Uint8Array): string => createHash(algorithm).update(bytes).digest('hex')
export const integrity = (bytes: Uint8Array): string => `sha512-${createHash('sha512').update(bytes).digest('base64')}`
