import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readBinary } from './index.ts'
import { parseMarshalled } from './pyc.ts'
import { bigEndianElf, elfExtension, elfObject32, elfProgram, fatMach, machLibrary, peLibrary, pycs, wasmModule } from './testing.ts'
import { spent } from '../../../test/harness/spent.ts'

const seeds: readonly Uint8Array[] = [
  elfProgram, elfExtension, elfObject32, bigEndianElf(), peLibrary(true), peLibrary(false), machLibrary(true, true), machLibrary(false, false), fatMach(),
  wasmModule(), ...Object.values(pycs),
]

/** Whatever comes in: an answer, within its bounds. */
function holds(bytes: Uint8Array): void {
  const facts = readBinary('a.pyc', bytes, false)
  if (!facts) return
  expect(facts.imports.length).toBeLessThanOrEqual(2000)
  expect(facts.strings.length).toBeLessThanOrEqual(500)
  expect(facts.marks.length).toBeLessThanOrEqual(100)
  expect(facts.problems.length).toBeLessThanOrEqual(30)
  for (const text of [...facts.imports, ...facts.marks, ...facts.strings.map(({ text }) => text)]) expect(text.length).toBeLessThanOrEqual(500)
  for (const { at } of facts.strings) expect(at).toBeLessThan(bytes.length)
}

/** Changes single bytes, often to the numbers at which counts and offsets break, or cuts the end off. */
const change = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  head: fc.boolean(),
  value: fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), fc.nat(255)),
  times: fc.integer({ min: 1, max: 8 }),
  how: fc.constantFrom('set', 'set', 'set', 'cut'),
})

describe('hostile bytes', () => {
  it('of any kind are answered', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 2000 }), holds), { numRuns: 300 })
  })

  it('behind any known beginning are answered', () => {
    fc.assert(fc.property(fc.constantFrom(...seeds), fc.nat(64), fc.uint8Array({ maxLength: 2000 }), (seed, head, rest) => {
      holds(Buffer.concat([seed.subarray(0, head), rest]))
    }), { numRuns: 500 })
  })

  it('that were a good file until something changed are answered', () => {
    fc.assert(fc.property(fc.constantFrom(...seeds), fc.array(change, { minLength: 1, maxLength: 8 }), (seed, changes) => {
      let bytes = Uint8Array.from(seed)
      for (const { at, head, value, times, how } of changes) {
        const from = Math.floor(at * (head ? Math.min(256, bytes.length) : bytes.length))
        if (how === 'cut') bytes = bytes.slice(0, Math.max(from, 8))
        else bytes.fill(value, from, from + times)
      }
      holds(bytes)
    }), { numRuns: 1500 })
  })

  it('are read as marshalled code without harm', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
      expect(parseMarshalled(Buffer.concat([Buffer.from('c'), bytes])).problems.length).toBeLessThanOrEqual(1)
    }), { numRuns: 300 })
  })

  it.each<[string, Uint8Array]>([
    ['sections that all cover the whole file', overlapping()],
    ['nothing but text', Buffer.alloc(8_000_000, 'https://host.example/\x00\x00')],
    ['one line', Buffer.alloc(8_000_000, 'x')],
    ['wide text in one line', Buffer.alloc(8_000_000, 'x\0')],
  ])('with %s take time in proportion', (_name, body) => {
    const bytes = Buffer.from(body)
    bytes.set(elfProgram.subarray(0, 0x40))
    const from = spent()
    holds(bytes)
    expect(spent() - from).toBeLessThan(15_000)
  })
})

/** An ELF file of eight megabytes with as many section headers as it can name. */
function overlapping(): Uint8Array {
  const bytes = Buffer.alloc(8_000_000, 0x55)
  bytes.set(elfProgram.subarray(0, 0x40))
  bytes.writeBigUInt64LE(64n, 40)
  bytes.writeUInt16LE(64, 58)
  bytes.writeUInt16LE(0xffff, 60)
  for (let i = 0; i < 0xffff; i++) {
    bytes.writeUInt32LE(1, 64 + i * 64 + 4)
    bytes.writeBigUInt64LE(0n, 64 + i * 64 + 24)
    bytes.writeBigUInt64LE(8_000_000n, 64 + i * 64 + 32)
  }
  return bytes
}
