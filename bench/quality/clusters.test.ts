import { describe, expect, it } from 'vitest'
import { sketchOf } from '../../src/analysis/sketch.ts'
import { cluster } from './clusters.ts'

const lines = (from: number, to: number): string => Array.from({ length: to - from }, (_, index) => `call_${word(from + index)}(argument_${word(7 * (from + index))})`).join('\n')
const word = (number: number): string => number.toString(26).replace(/\d/g, (digit) => String.fromCharCode(112 + Number(digit)))

const of = (text: string) => {
  const file = { path: 'setup.py', size: text.length, mode: 0o644, bytes: Buffer.from(text), truncated: false, sha256: '' }
  return sketchOf('a', new Map([[file.path, file]]))?.exact ?? new Uint16Array(0)
}

describe('cluster', () => {
  it('joins near-copies through each other, and names them by the first', () => {
    const sketches = [lines(500, 600), lines(0, 100), lines(8, 108), lines(16, 116), lines(24, 124)].map(of)
    expect(cluster(sketches)).toEqual([0, 1, 1, 1, 1])
  })

  it('leaves alone what has nothing to compare', () => {
    expect(cluster([of(''), of('')])).toEqual([0, 1])
  })
})
