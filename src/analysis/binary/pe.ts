import { MOST_SECTIONS, MOST_SYMBOLS } from './facts.ts'
import type { NativeFacts } from './facts.ts'
import { Measure } from './measure.ts'
import { Fields } from './reading.ts'
import type { Problems } from './reading.ts'

const MACHINES: Readonly<Record<number, string>> = {
  0x14c: 'x86', 0x8664: 'x86_64', 0x1c0: 'arm', 0x1c4: 'arm', 0xaa64: 'arm64', 0x200: 'ia64', 0xebc: 'efi bytecode',
}

interface Range { at: number; size: number }
interface Block { name: string; address: number; size: number; offset: number; stored: number }

/** True for files that Windows loads: an MZ header that leads to `PE`. */
export function isPe(bytes: Uint8Array): boolean {
  if (bytes.length < 0x40 || bytes[0] !== 0x4d || bytes[1] !== 0x5a) return false
  const f = new Fields(bytes, true, false)
  const at = f.u32(0x3c)
  return at + 4 <= bytes.length && f.u32(at) === 0x4550
}

/** Reads a Windows executable or library: sections, import, delay-import and export tables (Microsoft's PE/COFF format). */
export function readPe(bytes: Uint8Array, problems: Problems): NativeFacts {
  const facts: NativeFacts = { format: 'pe', kind: 'executable', arch: null, libraries: [], imports: [], exports: [], sections: [], marks: [] }
  problems.step('the PE header', () => readHeader(bytes, facts, problems))
  return facts
}

function readHeader(bytes: Uint8Array, facts: NativeFacts, problems: Problems): void {
  const narrow = new Fields(bytes, true, false)
  const coff = narrow.u32(0x3c) + 4
  facts.arch = MACHINES[narrow.u16(coff)] ?? `machine ${narrow.u16(coff)}`
  if (narrow.u16(coff + 18) & 0x2000) facts.kind = 'shared library'
  const optional = coff + 20
  const wide = narrow.u16(optional) === 0x20b
  const f = new Fields(bytes, true, wide)
  const blocks: Block[] = []
  problems.step('the section table', () => readBlocks(f, optional + f.u16(coff + 16), Math.min(f.u16(coff + 2), MOST_SECTIONS), blocks))
  if (f.u16(optional + 68) === 1) facts.kind = 'driver'
  const directories = optional + (wide ? 112 : 96)
  const count = f.u32(directories - 4)
  const directory = (index: number): Range | null => {
    const range = index < count ? { at: f.u32(directories + index * 8), size: f.u32(directories + index * 8 + 4) } : { at: 0, size: 0 }
    return range.at > 0 && range.size > 0 ? range : null
  }
  const image = new Image(f, blocks)
  const imported = directory(1)
  if (imported) problems.step('the import table', () => readImports(image, imported.at, { step: 20, name: 12, thunks: [0, 16] }, facts))
  const delayed = directory(13)
  if (delayed) problems.step('the delayed imports', () => readImports(image, delayed.at, { step: 32, name: 4, thunks: [16, 16] }, facts))
  const exported = directory(0)
  if (exported) problems.step('the export table', () => readExports(image, exported.at, facts))
  if (directory(14)) facts.marks.push('dotnet')
  const signature = directory(4)
  if (signature) facts.marks.push('carries a signature')
  measure(f, blocks, facts, signature)
}

function readBlocks(f: Fields, table: number, count: number, blocks: Block[]): void {
  for (let at = table; at < table + count * 40; at += 40) {
    blocks.push({ name: f.text(at, 8), size: f.u32(at + 8), address: f.u32(at + 12), stored: f.u32(at + 16), offset: f.u32(at + 20) })
  }
}

/** A file as it lies in memory: relative virtual addresses. */
class Image {
  readonly f: Fields
  readonly #blocks: readonly Block[]

  constructor(f: Fields, blocks: readonly Block[]) {
    this.f = f
    this.#blocks = blocks
  }

  at(address: number): number {
    const home = this.#blocks.find((block) => address >= block.address && address < block.address + Math.max(block.size, block.stored))
    if (!home) throw new RangeError('an address outside every section')
    return address - home.address + home.offset
  }
}

interface Descriptor { step: number; name: number; thunks: readonly [number, number] }

function readImports(image: Image, table: number, shape: Descriptor, facts: NativeFacts): void {
  const { f } = image
  const width = f.wide ? 8 : 4
  for (let at = image.at(table), libraries = 0; libraries < MOST_SECTIONS; at += shape.step, libraries++) {
    const name = f.u32(at + shape.name)
    if (name === 0) return
    const library = f.text(image.at(name), 200)
    facts.libraries.push(library)
    const thunks = f.u32(at + shape.thunks[0]) || f.u32(at + shape.thunks[1])
    for (let thunk = image.at(thunks); facts.imports.length < MOST_SYMBOLS; thunk += width) {
      const low = f.u32(thunk)
      const high = f.wide ? f.u32(thunk + 4) : low
      if (low === 0 && (high === 0 || !f.wide)) break
      facts.imports.push(high & 0x80000000 ? `${library}#${low & 0xffff}` : f.text(image.at(low) + 2))
    }
  }
}

function readExports(image: Image, table: number, facts: NativeFacts): void {
  const { f } = image
  const at = image.at(table)
  const count = Math.min(f.u32(at + 24), MOST_SYMBOLS)
  const names = image.at(f.u32(at + 32))
  for (let i = 0; i < count; i++) facts.exports.push(f.text(image.at(f.u32(names + i * 4))))
}

/** Data after the last section is where installers, and payloads, are appended. */
function measure(f: Fields, blocks: readonly Block[], facts: NativeFacts, signature: Range | null): void {
  const measure = new Measure(f.bytes)
  for (const { name, offset, stored } of blocks) facts.sections.push({ name, size: stored, entropy: stored > 0 ? measure.of(offset, stored) : null })
  const end = blocks.reduce((most, { offset, stored }) => Math.max(most, offset + stored), 0)
  // The signature's directory holds a file offset, and lies behind everything else.
  const rest = (signature && signature.at >= end ? Math.min(signature.at, f.bytes.length) : f.bytes.length) - end
  if (end > 0 && rest > 0) facts.sections.push({ name: OVERLAY, size: rest, entropy: measure.of(end, rest) })
}

export const OVERLAY = 'overlay'
