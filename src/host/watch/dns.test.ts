import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readDns } from './dns.ts'

const name = (text: string): number[] => [...text.split('.').flatMap((label) => [label.length, ...Buffer.from(label)]), 0]
const head = (answers: number): number[] => [1, 2, answers > 0 ? 0x81 : 1, 0x80, 0, 1, 0, answers, 0, 0, 0, 0]

describe('a DNS packet', () => {
  it('asks for a name', () => {
    expect(readDns(Uint8Array.from([...head(0), ...name('Collect.Example'), 0, 1, 0, 1]))).toEqual({ name: 'collect.example', addresses: [] })
  })

  it('answers with addresses of both kinds, past aliases', () => {
    const packet = [
      ...head(3), ...name('a.example'), 0, 1, 0, 1,
      0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 9, 0, 4, 1, 98, 0xc0, 14,
      0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 192, 0, 2, 9,
      0xc0, 12, 0, 28, 0, 1, 0, 0, 0, 9, 0, 16, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5,
    ]
    expect(readDns(Uint8Array.from(packet))).toEqual({ name: 'a.example', addresses: ['192.0.2.9', '2001:db8::5'] })
    expect(readDns(Uint8Array.from(packet.slice(0, 60)))?.name).toBe('a.example')
  })

  it('is none where it is cut, compressed where it may not be, or anything else', () => {
    for (const bytes of [[], head(0), [...head(0), 5, 97], [...head(0), 0xc0, 12, 0, 1, 0, 1], [...head(0), 0, 0, 1, 0, 1]]) expect(readDns(Uint8Array.from(bytes))).toBeNull()
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => { readDns(bytes) }))
  })
})
