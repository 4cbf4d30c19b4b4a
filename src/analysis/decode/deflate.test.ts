import { randomBytes } from 'node:crypto'
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib'
import { assert, integer, property, uint8Array } from 'fast-check'
import { expect, it } from 'vitest'
import { mayBeDeflate } from './deflate.ts'

it('takes every stream for one', () => {
  const strategy = integer({ min: 0, max: 4 })
  assert(property(uint8Array({ maxLength: 300 }), integer({ min: 0, max: 9 }), strategy, (bytes, level, how) => (
    mayBeDeflate(deflateRawSync(bytes, { level, strategy: how })))))
  expect(mayBeDeflate(deflateRawSync('const a = 1; '.repeat(500), { strategy: constants.Z_FIXED }))).toBe(true)
})

it('refuses nothing that zlib takes', () => {
  let refused = 0
  for (let at = 0; at < 3_000; at++) {
    const bytes = randomBytes(40)
    if (mayBeDeflate(bytes)) continue
    refused++
    expect(() => inflateRawSync(bytes), bytes.toString('hex')).toThrow()
  }
  expect(refused).toBeGreaterThan(1_500)
})
