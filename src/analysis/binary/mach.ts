import { MOST_SECTIONS, MOST_SYMBOLS } from './facts.ts'
import type { NativeFacts } from './facts.ts'
import { Measure } from './measure.ts'
import { Fields } from './reading.ts'
import type { Problems } from './reading.ts'

const MACHINES: Readonly<Record<number, string>> = {
  7: 'x86', 0x01000007: 'x86_64', 12: 'arm', 0x0100000c: 'arm64', 0x0200000c: 'arm64_32', 18: 'ppc', 0x01000012: 'ppc64',
}
const KINDS: Readonly<Record<number, string>> = { 1: 'object', 2: 'executable', 4: 'core dump', 6: 'shared library', 7: 'dynamic linker', 8: 'shared library' }

const MOST_COMMANDS = 1000
const MOST_SLICES = 8

/** How a Mach-O file begins: one image, or several for different processors; null when it is none. */
export function machOf(bytes: Uint8Array): 'image' | 'fat' | null {
  if (bytes.length < 28) return null
  const magic = new Fields(bytes, false, false).u32(0)
  if (magic === 0xfeedface || magic === 0xfeedfacf || magic === 0xcefaedfe || magic === 0xcffaedfe) return 'image'
  // Java classes share this magic; the number that follows is then their version, 45 at least.
  if ((magic === 0xcafebabe || magic === 0xcafebabf) && new Fields(bytes, false, false).u32(4) < 45) return 'fat'
  return null
}

/** Reads Mach-O images, each processor's in a fat file, by their load commands (Apple's `mach-o/loader.h`). */
export function readMach(bytes: Uint8Array, problems: Problems): NativeFacts {
  const facts: NativeFacts = { format: 'mach-o', kind: 'unknown', arch: null, libraries: [], imports: [], exports: [], sections: [], marks: [] }
  if (machOf(bytes) === 'image') readImage(bytes, facts, problems)
  else for (const slice of slicesOf(bytes, problems)) readImage(slice, facts, problems)
  return { ...facts, libraries: once(facts.libraries), imports: once(facts.imports), exports: once(facts.exports), marks: once(facts.marks) }
}

function slicesOf(bytes: Uint8Array, problems: Problems): Uint8Array[] {
  const f = new Fields(bytes, false, bytes[3] === 0xbf)
  const slices: Uint8Array[] = []
  problems.step('the list of processors', () => {
    const count = f.u32(4)
    if (count > MOST_SLICES) problems.add(`only the first ${MOST_SLICES} of ${count} processors were read`)
    for (let i = 0; i < Math.min(count, MOST_SLICES); i++) {
      const at = 8 + i * (f.wide ? 32 : 20)
      const offset = f.word(at + 8)
      const size = f.word(at + (f.wide ? 16 : 12))
      const slice = bytes.subarray(offset, offset + size)
      if (slice.length < size) problems.add(`the image for ${MACHINES[f.u32(at)] ?? 'another processor'} is cut off`)
      if (machOf(slice) === 'image') slices.push(slice)
    }
  })
  return slices
}

function readImage(bytes: Uint8Array, facts: NativeFacts, problems: Problems): void {
  const little = bytes[3] === 0xfe
  const wide = bytes[little ? 0 : 3] === 0xcf
  const f = new Fields(bytes, little, wide)
  problems.step('the Mach-O header', () => {
    const machine = MACHINES[f.u32(4)] ?? `machine ${f.u32(4)}`
    facts.arch = facts.arch === null ? machine : `${facts.arch}+${machine}`
    facts.kind = KINDS[f.u32(12)] ?? 'unknown'
    const measure = new Measure(bytes)
    const count = Math.min(f.u32(16), MOST_COMMANDS)
    for (let i = 0, at = wide ? 32 : 28; i < count; i++) {
      readCommand(f, at, { facts, problems, measure })
      at += Math.max(8, f.u32(at + 4))
    }
  })
}

interface Into { facts: NativeFacts; problems: Problems; measure: Measure }

function readCommand(f: Fields, at: number, { facts, problems, measure }: Into): void {
  switch (f.u32(at)) {
    case 0x0c: case 0x20: case 0x80000018: case 0x8000001f: case 0x80000023:
      facts.libraries.push(f.text(at + f.u32(at + 8)))
      return
    case 0x01: case 0x19:
      problems.step('a segment', () => readSegment(f, at, facts, measure))
      return
    case 0x02:
      problems.step('the symbol table', () => readSymbols(f, at, facts))
      return
    case 0x1b:
      facts.marks.push(`build id ${Buffer.from(f.slice(at + 8, 16)).toString('hex')}`)
      return
    case 0x1d:
      facts.marks.push('carries a signature')
      return
    case 0x21: case 0x2c:
      if (f.u32(at + 16) !== 0) facts.marks.push('encrypted')
  }
}

function readSegment(f: Fields, at: number, facts: NativeFacts, measure: Measure): void {
  const size = f.wide ? 80 : 68
  const count = f.u32(at + (f.wide ? 64 : 48))
  for (let i = 0; i < count && facts.sections.length < MOST_SECTIONS; i++) {
    const section = at + (f.wide ? 72 : 56) + i * size
    const length = f.word(section + (f.wide ? 40 : 36))
    const offset = f.u32(section + (f.wide ? 48 : 40))
    const name = `${f.text(section + 16, 16)},${f.text(section, 16)}`
    facts.sections.push({ name, size: length, entropy: offset > 0 ? measure.of(offset, length) : null })
  }
}

/** Entries of `nlist`: debugging ones (0xe0) and private ones link nothing; type 0 is what others must bring. */
function readSymbols(f: Fields, at: number, facts: NativeFacts): void {
  const table = f.u32(at + 8)
  const count = Math.min(f.u32(at + 12), MOST_SYMBOLS)
  const names = f.u32(at + 16)
  let named = 0
  for (let i = 0; i < count && facts.imports.length + facts.exports.length < MOST_SYMBOLS; i++) {
    const entry = table + i * (f.wide ? 16 : 12)
    const type = f.u8(entry + 4)
    if (type & 0xe0) continue
    named++
    if (!(type & 1)) continue
    const name = f.text(names + f.u32(entry)).replace(/^_/, '')
    if (name !== '') ((type & 0x0e) === 0 ? facts.imports : facts.exports).push(name)
  }
  if (named === 0) facts.marks.push('stripped')
}

const once = (list: readonly string[]): string[] => [...new Set(list)]
