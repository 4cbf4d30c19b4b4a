import type { Bytes } from './reader.ts'

/** A stretch of memory that comes from the file. */
interface Segment {
  address: number
  offset: number
  size: number
}

/** As much of a program's file as it takes to find what Go wrote into it. Numbers are bytes. */
export interface Image {
  segments: readonly Segment[]
  /** Where the build information is, or may be, the likeliest first. */
  candidates: readonly { offset: number; size: number }[]
}

const MOST_PARTS = 4_096
/** Tables of parts beyond this are of no compiler. */
const LARGEST_TABLE = 1024 * 1024

/** null: no program that is known here. Offsets and sizes are whatever the file claims; reading is bounded by the file. */
export function imageOf(file: Bytes, base = 0): Image | null {
  const head = file.at(base, 64)
  if (head.length < 32) return null
  const magic = head.readUInt32BE(0)
  if (magic === 0x7f454c46) return elf(file, head)
  if (head.readUInt16BE(0) === 0x4d5a) return pe(file, head)
  if (magic === 0xcffaedfe || magic === 0xcefaedfe || magic === 0xfeedface || magic === 0xfeedfacf) return machO(file, head, base)
  if ((magic === 0xcafebabe || magic === 0xcafebabf) && base === 0) return fat(file, head, magic === 0xcafebabf)
  return null
}

/** Executable and Linking Format, System V ABI; 32 and 64 bits, either order of bytes. */
function elf(file: Bytes, head: Buffer): Image | null {
  const wide = head[4] === 2
  const little = head[5] === 1
  const view = viewOf(little)
  const [headers, sections] = wide ? [view.u64(head, 32), view.u64(head, 40)] : [view.u32(head, 28), view.u32(head, 32)]
  const fields = wide ? 54 : 42
  const [programSize, programs, sectionSize, count, names] = [0, 2, 4, 6, 8].map((at) => view.u16(head, fields + at)) as [number, number, number, number, number]
  const segments: Segment[] = []
  const data: Segment[] = []
  for (const part of parts(file, headers, programSize, programs, wide ? 56 : 32)) {
    if (view.u32(part, 0) !== 1) continue
    const segment = wide ? { offset: view.u64(part, 8), address: view.u64(part, 16), size: view.u64(part, 32) } : { offset: view.u32(part, 4), address: view.u32(part, 8), size: view.u32(part, 16) }
    segments.push(segment)
    // Writable and not executable: where a linker puts data.
    if ((view.u32(part, wide ? 4 : 24) & 3) === 2) data.push(segment)
  }
  const all = [...parts(file, sections, sectionSize, count, wide ? 64 : 40)].map((part) => ({
    name: view.u32(part, 0), ...(wide ? { offset: view.u64(part, 24), size: view.u64(part, 32) } : { offset: view.u32(part, 16), size: view.u32(part, 20) }),
  }))
  const table = all[names]
  const text = table ? file.at(table.offset, Math.min(table.size, LARGEST_TABLE)) : Buffer.alloc(0)
  const named = all.filter(({ name }) => textAt(text, name) === '.go.buildinfo')
  // With its sections told, a program without this one is not Go's.
  return { segments, candidates: named.length > 0 || all.length > 1 ? named : data }
}

/** Portable Executable, as Microsoft specifies it. */
function pe(file: Bytes, dos: Buffer): Image | null {
  const at = dos.readUInt32LE(60)
  const head = file.at(at, 24 + 64)
  if (head.length < 24 + 32 || head.readUInt32BE(0) !== 0x50450000) return null
  const count = head.readUInt16LE(6)
  const optional = head.readUInt16LE(20)
  const wide = head.readUInt16LE(24) === 0x20b
  const imageBase = wide ? Number(head.readBigUInt64LE(24 + 24)) : head.readUInt32LE(24 + 28)
  const segments: Segment[] = []
  const candidates: Segment[] = []
  for (const part of parts(file, at + 24 + optional, 40, count, 40)) {
    const segment = { address: imageBase + part.readUInt32LE(12), size: part.readUInt32LE(16), offset: part.readUInt32LE(20) }
    segments.push(segment)
    // Initialised data that can be written.
    if ((part.readUInt32LE(36) & 0x80000040) >>> 0 === 0x80000040) candidates.push(segment)
  }
  return { segments, candidates }
}

/** Mach-O, as <mach-o/loader.h> has it. */
function machO(file: Bytes, head: Buffer, base: number): Image {
  const little = head.readUInt32BE(0) === 0xcffaedfe || head.readUInt32BE(0) === 0xcefaedfe
  const view = viewOf(little)
  const wide = (head[little ? 0 : 3] as number) === 0xcf
  const commands = view.u32(head, 16)
  const table = file.at(base + (wide ? 32 : 28), Math.min(view.u32(head, 20), LARGEST_TABLE))
  const segments: Segment[] = []
  const named: Segment[] = []
  const data: Segment[] = []
  for (let at = 0, done = 0; done < Math.min(commands, MOST_PARTS) && at + 8 <= table.length; done += 1) {
    const [command, size] = [view.u32(table, at), view.u32(table, at + 4)]
    if (size < 8) break
    const is64 = command === 0x19
    if ((is64 || command === 0x01) && at + (is64 ? 72 : 56) <= table.length) {
      const segment = is64 ? { address: view.u64(table, at + 24), offset: base + view.u64(table, at + 40), size: view.u64(table, at + 48) }
        : { address: view.u32(table, at + 24), offset: base + view.u32(table, at + 32), size: view.u32(table, at + 36) }
      segments.push(segment)
      if (textAt(table, at + 8, 16) === '__DATA') data.push(segment)
      const [first, each, many] = is64 ? [at + 72, 80, view.u32(table, at + 64)] : [at + 56, 68, view.u32(table, at + 48)]
      for (let section = first, index = 0; index < Math.min(many, MOST_PARTS) && section + each <= table.length; section += each, index += 1) {
        if (textAt(table, section, 16) !== '__go_buildinfo') continue
        named.push(is64 ? { address: view.u64(table, section + 32), size: view.u64(table, section + 40), offset: base + view.u32(table, section + 48) } : { address: view.u32(table, section + 32), size: view.u32(table, section + 36), offset: base + view.u32(table, section + 40) })
      }
    }
    at += size
  }
  return { segments, candidates: named.length > 0 ? named : data }
}

/** A program for several processors: the first that is known. Java's classes begin with the same number, and then with a version that would be a great many. */
function fat(file: Bytes, head: Buffer, wide: boolean): Image | null {
  const count = head.readUInt32BE(4)
  if (count > 16) return null
  for (const part of parts(file, 8, wide ? 32 : 20, count, wide ? 32 : 20)) {
    const image = imageOf(file, wide ? Number(part.readBigUInt64BE(8)) : part.readUInt32BE(8))
    if (image) return image
  }
  return null
}

function* parts(file: Bytes, offset: number, size: number, count: number, least: number): Generator<Buffer> {
  if (size < least || count > MOST_PARTS) return
  const table = file.at(offset, Math.min(size * count, LARGEST_TABLE))
  for (let at = 0; at + size <= table.length; at += size) yield table.subarray(at, at + size)
}

const viewOf = (little: boolean) => ({
  u16: (bytes: Buffer, at: number): number => (little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at)),
  u32: (bytes: Buffer, at: number): number => (little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at)),
  u64: (bytes: Buffer, at: number): number => Number(little ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at)),
})

function textAt(bytes: Buffer, at: number, most = 64): string {
  const end = bytes.indexOf(0, at)
  return at < bytes.length ? bytes.toString('latin1', at, Math.min(end < 0 ? bytes.length : end, at + most)) : ''
}
