import { array, assert, constantFrom, integer, property, tuple } from 'fast-check'
import { expect, it } from 'vitest'
import { classesOf } from './classes.ts'
import type { Classes } from './classes.ts'
import { narrow, narrowOneByOne, wide, wideOneByOne } from './stretches.ts'

const PIECES = ['a', '\0', 'a\0', '\0a', 'abcdef', 'abcde', 'a\0b\0c\0d\0e\0f\0', 'a\0b\0c\0d\0e\0', '\x7f', '\t', ' ', '~', '\x80', '\xff', '\n', 'x'.repeat(17), 'y\0'.repeat(9), '\x01'.repeat(15)]
const bytesOf = (pieces: readonly (readonly [string, number])[]): Uint8Array => Buffer.from(pieces.map(([piece, times]) => piece.repeat(times)).join(''), 'latin1')

it('finds the same sixteen at a time as one by one', () => {
  const pieces = array(tuple(constantFrom(...PIECES), integer({ min: 1, max: 3 })), { maxLength: 40 })
  assert(property(pieces, (given) => {
    const bytes = bytesOf(given)
    const classes = classesOf(bytes) as Classes
    expect([...narrow(bytes, classes)]).toEqual([...narrowOneByOne(bytes)])
    expect([...wide(bytes, classes)]).toEqual([...wideOneByOne(bytes)])
  }), { numRuns: 2000 })
})

it('sees what lies across pieces and at the end', () => {
  const bytes = new Uint8Array(600_003).fill(1)
  for (const at of [0, 262_138, 524_283, 599_997]) bytes.set(Buffer.from('secret'), at)
  bytes.set(Buffer.from('w\0i\0d\0e\0r\0!\0'), 262_200)
  const classes = classesOf(bytes) as Classes
  expect([...narrow(bytes, classes)].map(([from]) => from)).toEqual([0, 262_138, 524_283, 599_997])
  expect([...wide(bytes, classes)]).toEqual([[262_200, 262_212]])
  expect([...narrow(new Uint8Array(0), classesOf(new Uint8Array(0)) as Classes)]).toEqual([])
})
