import { MOST_SECTIONS, MOST_SYMBOLS } from './facts.ts'
import type { NativeFacts } from './facts.ts'
import { Measure } from './measure.ts'
import { Fields } from './reading.ts'
import type { Problems } from './reading.ts'

const MACHINES: Readonly<Record<number, string>> = {
  2: 'sparc', 3: 'x86', 8: 'mips', 20: 'ppc', 21: 'ppc64', 22: 's390x', 40: 'arm', 43: 'sparc64', 62: 'x86_64', 183: 'arm64', 243: 'riscv',
  247: 'bpf', 258: 'loongarch',
}
const KINDS: Readonly<Record<number, string>> = { 1: 'object', 2: 'executable', 3: 'shared library', 4: 'core dump' }

interface Segment { type: number; offset: number; address: number; size: number }
interface Header { name: number; type: number; offset: number; size: number; link: number; address: number }

/**
 * Reads an ELF file as its loader does: by program headers and the dynamic segment. Section headers, which nothing needs at
 * run time and which may lie or be cut off, add names, entropy and what objects leave open.
 */
export function readElf(bytes: Uint8Array, problems: Problems): NativeFacts {
  const f = new Fields(bytes, bytes[5] !== 2, bytes[4] === 2)
  const facts: NativeFacts = { format: 'elf', kind: 'unknown', arch: null, libraries: [], imports: [], exports: [], sections: [], marks: [] }
  problems.step('the ELF header', () => {
    facts.kind = KINDS[f.u16(16)] ?? 'unknown'
    facts.arch = MACHINES[f.u16(18)] ?? `machine ${f.u16(18)}`
  })
  const segments: Segment[] = []
  problems.step('the program headers', () => readSegments(f, segments))
  if (segments.some(({ type }) => type === INTERP) && facts.kind === 'shared library') facts.kind = 'executable'
  for (const { type, offset, size } of segments) if (type === NOTE) problems.step('a note', () => readNotes(f, offset, size, facts))
  const headers: Header[] = []
  problems.step('the section headers', () => readHeaders(f, headers))
  const dynamic = segments.find(({ type }) => type === DYNAMIC)
  if (dynamic) problems.step('the dynamic segment', () => readDynamic(f, { dynamic, segments, headers, facts, problems }))
  const symbols = headers.find(({ type }) => type === SYMTAB)
  if (facts.kind === 'object' && symbols) problems.step('the symbol table', () => readObjectSymbols(f, symbols, headers, facts))
  nameSections(f, headers, facts, problems)
  if (headers.length === 0 && facts.kind !== 'object') facts.marks.push('no section headers')
  else if (!symbols) facts.marks.push('stripped')
  return facts
}

const LOAD = 1
const DYNAMIC = 2
const INTERP = 3
const NOTE = 4
const SYMTAB = 2
const NOBITS = 8

function readSegments(f: Fields, segments: Segment[]): void {
  const table = f.wide ? f.u64(32) : f.u32(28)
  const size = f.u16(f.wide ? 54 : 42)
  const count = Math.min(f.u16(f.wide ? 56 : 44), MOST_SECTIONS)
  for (let i = 0; i < count; i++) {
    const at = table + i * size
    segments.push(f.wide
      ? { type: f.u32(at), offset: f.u64(at + 8), address: f.u64(at + 16), size: f.u64(at + 32) }
      : { type: f.u32(at), offset: f.u32(at + 4), address: f.u32(at + 8), size: f.u32(at + 16) })
  }
}

function readHeaders(f: Fields, headers: Header[]): void {
  const table = f.wide ? f.u64(40) : f.u32(32)
  if (table === 0) return
  const size = f.u16(f.wide ? 58 : 46)
  const count = Math.min(f.u16(f.wide ? 60 : 48), MOST_SECTIONS)
  for (let i = 0; i < count; i++) {
    const at = table + i * size
    headers.push(f.wide
      ? { name: f.u32(at), type: f.u32(at + 4), address: f.u64(at + 16), offset: f.u64(at + 24), size: f.u64(at + 32), link: f.u32(at + 40) }
      : { name: f.u32(at), type: f.u32(at + 4), address: f.u32(at + 12), offset: f.u32(at + 16), size: f.u32(at + 20), link: f.u32(at + 24) })
  }
}

interface Dynamic {
  dynamic: Segment
  segments: readonly Segment[]
  headers: readonly Header[]
  facts: NativeFacts
  problems: Problems
}

function readDynamic(f: Fields, { dynamic, segments, headers, facts, problems }: Dynamic): void {
  const word = f.wide ? 8 : 4
  const tags = new Map<number, number>()
  const needed: number[] = []
  for (let at = dynamic.offset, end = dynamic.offset + dynamic.size; at < end && needed.length < MOST_SECTIONS; at += 2 * word) {
    const tag = f.word(at)
    if (tag === 0) break
    if (tag === 1) needed.push(f.word(at + word))
    else tags.set(tag, f.word(at + word))
  }
  const place = (address: number): number => {
    const home = segments.find((one) => one.type === LOAD && address >= one.address && address < one.address + one.size)
    if (!home) throw new RangeError('an address outside every segment')
    return address - home.address + home.offset
  }
  const names = place(tags.get(5) ?? -1)
  problems.step('the needed libraries', () => {
    for (const name of needed) facts.libraries.push(f.text(names + name))
  })
  const symbols = place(tags.get(6) ?? -1)
  const hash = tags.get(4)
  const gnu = tags.get(0x6ffffef5)
  const listed = headers.find(({ address, type }) => type === 11 && address === tags.get(6))
  const size = f.wide ? 24 : 16
  let count = listed ? Math.floor(listed.size / size) : 0
  problems.step('the hash of symbols', () => {
    if (hash !== undefined) count = Math.max(count, f.u32(place(hash) + 4))
    else if (gnu !== undefined) count = Math.max(count, hashedSymbols(f, place(gnu)))
  })
  readSymbols(f, { at: symbols, count, names }, facts)
}

/** How many symbols a GNU hash table covers: the last chain's end. Symbols before `first` are those left open. */
function hashedSymbols(f: Fields, at: number): number {
  const buckets = Math.min(f.u32(at), MOST_SYMBOLS)
  const first = f.u32(at + 4)
  const table = at + 16 + f.u32(at + 8) * (f.wide ? 8 : 4)
  let last = 0
  for (let i = 0; i < buckets; i++) last = Math.max(last, f.u32(table + i * 4))
  if (last < first) return first
  const chains = table + f.u32(at) * 4
  while (last - first < MOST_SYMBOLS && !(f.u32(chains + (last - first) * 4) & 1)) last++
  return last + 1
}

function readObjectSymbols(f: Fields, symbols: Header, headers: readonly Header[], facts: NativeFacts): void {
  const names = headers[symbols.link]
  if (names) readSymbols(f, { at: symbols.offset, count: Math.floor(symbols.size / (f.wide ? 24 : 16)), names: names.offset }, facts)
}

function readSymbols(f: Fields, table: { at: number; count: number; names: number }, facts: NativeFacts): void {
  for (let i = 1; i < Math.min(table.count, MOST_SYMBOLS); i++) {
    const at = table.at + i * (f.wide ? 24 : 16)
    const info = f.u8(at + (f.wide ? 4 : 12))
    const section = f.u16(at + (f.wide ? 6 : 14))
    // Local symbols (0) link nothing.
    if (info >> 4 === 0) continue
    const name = f.text(table.names + f.u32(at))
    if (name !== '') (section === 0 ? facts.imports : facts.exports).push(name)
  }
}

function readNotes(f: Fields, from: number, size: number, facts: NativeFacts): void {
  for (let at = from, left = 100; at + 12 <= from + size && left > 0; left--) {
    const nameSize = f.u32(at)
    const textSize = f.u32(at + 4)
    const type = f.u32(at + 8)
    const name = nameSize > 0 && nameSize < 64 ? f.text(at + 12, nameSize) : ''
    const text = at + 12 + 4 * Math.ceil(nameSize / 4)
    if (name === 'GNU' && type === 3 && textSize <= 64) facts.marks.push(`build id ${Buffer.from(f.slice(text, textSize)).toString('hex')}`)
    if (name === 'Go') facts.marks.push('go')
    at = text + 4 * Math.ceil(textSize / 4)
  }
}

function nameSections(f: Fields, headers: readonly Header[], facts: NativeFacts, problems: Problems): void {
  const measure = new Measure(f.bytes)
  const names = headers[headers.length > 0 ? f.u16(f.wide ? 62 : 50) : 0]
  for (const header of headers) {
    if (header.type === 0) continue
    let name = ''
    if (names) problems.step('the names of sections', () => { name = f.text(names.offset + header.name, 64) })
    facts.sections.push({ name, size: header.size, entropy: header.type === NOBITS ? null : measure.of(header.offset, header.size) })
  }
}
