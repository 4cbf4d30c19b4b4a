import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hostileArchives } from '../../test/fakes/hostile-archives.ts'
import { tar, tarGz, zip } from '../../test/fakes/archive-writers.ts'
import { SluiceError } from '../core/errors.ts'
import type { ArchiveFormat } from '../core/types.ts'
import { unpack } from './unpack.ts'
import type { Unpacked } from './unpack.ts'

const FORMATS: readonly ArchiveFormat[] = ['tar', 'tar.gz', 'tar.bz2', 'tar.xz', 'zip']
const LIMITS = { totalBytes: 4e6, keptBytes: 1e6, keptFileBytes: 1e5 }

const entries = [
  { path: 'package/package.json', body: '{"name":"a"}' },
  { path: `package/${'long/'.repeat(30)}x.js`, body: 'x'.repeat(3000) },
  { path: 'package/link', type: 'symlink' as const, linkname: 'package.json' },
  { path: 'package/blob', body: Buffer.alloc(70_000, 'blob') },
]
const BZ2 = Buffer.from('QlpoOTFBWSZTWWQbDTYAAAGBgCAkBAAgACGaaDNNEzxdyRThQkGQbDTY', 'base64')
const XZ = Buffer.from(
  '/Td6WFoAAAFpIt42AgAhARwAAAAQz1jM4A3/AHhdADgayRV3cRwtFMAtU35hx0Zm0RcRaMrYfRvispF1mJ2QXzEJq6b6G73vCzrgj2hR/v5HKGhZr26WA8wFCqcMLthQ'
  + 'A0ooUv8VcJWs/lLEGRX2p/ORmfuyp78NScy+2hgkDzf6lSlrWGl9BwBE+EFmhVaphtZn4CTO+wACi5EYAAGQAYAcAAABBzYbPjANiwIAAAAAAVla', 'base64')
const seeds: readonly (readonly [ArchiveFormat, Buffer])[] = [
  ['tar', tar(entries)], ['tar.gz', tarGz(entries)], ['zip', zip(entries)], ['tar.bz2', BZ2], ['tar.xz', XZ],
]

/** Whatever comes in: an answer within the limits, or a SluiceError about the archive. */
async function holds(bytes: Uint8Array, format: ArchiveFormat): Promise<void> {
  let unpacked: Unpacked
  try {
    unpacked = await unpack(bytes, { format, root: { strip: 1 }, limits: LIMITS })
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(SluiceError)
    expect(['archive-invalid', 'archive-limit']).toContain((thrown as SluiceError).code)
    return
  }
  expect(unpacked.bytes).toBeLessThanOrEqual(LIMITS.totalBytes)
  for (const [path, file] of unpacked.files) {
    expect(file.path).toBe(path)
    expect(file.truncated).toBe(file.bytes.length < file.size)
    expect(file.bytes.length).toBeLessThanOrEqual(Math.max(LIMITS.keptFileBytes, file.size))
  }
}

const bytes = (most: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ maxLength: most })

/** Overwrites, cuts out or repeats pieces of an archive. */
const mutation = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  how: fc.constantFrom('overwrite', 'flip', 'cut', 'repeat', 'insert', 'end'),
  piece: bytes(24),
})

function mutate(archive: Uint8Array, { at, how, piece }: { at: number; how: string; piece: Uint8Array }): Uint8Array {
  const from = Math.floor(at * archive.length)
  const to = Math.min(archive.length, from + piece.length)
  const [head, middle, tail] = [archive.subarray(0, from), archive.subarray(from, to), archive.subarray(to)]
  if (how === 'overwrite') return Buffer.concat([head, piece.subarray(0, middle.length), tail])
  if (how === 'flip') return Buffer.concat([head, middle.map((byte, index) => byte ^ (1 << ((piece[index] ?? 0) % 8))), tail])
  if (how === 'cut') return Buffer.concat([head, tail])
  if (how === 'repeat') return Buffer.concat([head, middle, middle, tail])
  if (how === 'insert') return Buffer.concat([head, piece, middle, tail])
  return head
}

describe('unpack, whatever comes in', () => {
  it.each(FORMATS)('%s: random bytes', async (format) => {
    const magic = seeds.find(([of]) => of === format)?.[1].subarray(0, 10) ?? Buffer.alloc(0)
    await fc.assert(fc.asyncProperty(bytes(3000), fc.boolean(), (random, begun) =>
      holds(begun ? Buffer.concat([magic, random]) : random, format)))
  })

  it.each(seeds)('%s: changed archives', async (format, seed) => {
    const many = fc.array(mutation, { minLength: 1, maxLength: 4 })
    await fc.assert(fc.asyncProperty(many, (mutations) => holds(mutations.reduce(mutate, seed as Uint8Array), format)), { numRuns: 400 })
  })

  it('changed headers of a tar whose checksums are right again', async () => {
    const change = fc.record({ offset: fc.integer({ min: 0, max: 511 }), byte: fc.integer({ min: 0, max: 255 }) })
    await fc.assert(fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
      const patch = (header: Buffer): void => changes.forEach(({ offset, byte }) => void header.writeUInt8(byte, offset))
      return holds(tar(entries.map((entry) => ({ ...entry, raw: { patch } }))), 'tar')
    }), { numRuns: 400 })
  })

  it('hostile archives, changed further', async () => {
    const small = hostileArchives.filter(({ what }) => what !== 'a bomb').map(({ format, bytes }) => [format, bytes()] as const)
    await fc.assert(fc.asyncProperty(fc.constantFrom(...small), mutation, ([format, archive], change) =>
      holds(mutate(archive, change), format)), { numRuns: 600 })
  })
})
