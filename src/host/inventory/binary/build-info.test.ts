import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildInfoIn } from './build-info.ts'
import { bytesIn } from './reader.ts'
import { elfProgram, infoText, inlineInfo, machOProgram, peProgram, pointerInfo } from './testing.ts'

const TEXT = infoText([
  'path\tapp.example/cmd/tool', 'mod\tapp.example\tv1.2.0\t', 'dep\tmod.example/a\tv1.0.0\th1:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa=', 'dep\tmod.example/b\tv2.0.0', '=>\tfork.example/b\tv2.0.1\th1:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb=',
  'build\t-tags=x=y', 'build\tvcs.revision=abc',
])
const EXPECTED = {
  go: 'go1.22.1', path: 'app.example/cmd/tool', main: { name: 'app.example', version: 'v1.2.0', sum: null },
  modules: [{ name: 'mod.example/a', version: 'v1.0.0', sum: 'h1:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa=' }, { name: 'fork.example/b', version: 'v2.0.1', sum: 'h1:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb=' }],
  settings: { '-tags': 'x=y', 'vcs.revision': 'abc' },
}
const read = (program: Buffer) => buildInfoIn(bytesIn(program))

describe('what Go wrote into a program', () => {
  it.each<[string, Buffer]>([
    ['ELF, 64 bits', elfProgram(inlineInfo('go1.22.1', TEXT), { wide: true, little: true })], ['ELF, 64 bits, big end first', elfProgram(inlineInfo('go1.22.1', TEXT), { wide: true, little: false })],
    ['ELF, 32 bits', elfProgram(inlineInfo('go1.22.1', TEXT), { wide: false, little: true })], ['ELF, 32 bits, big end first', elfProgram(inlineInfo('go1.22.1', TEXT), { wide: false, little: false })],
    ['ELF without sections', elfProgram(inlineInfo('go1.22.1', TEXT), { wide: true, little: true, stripped: true })],
    ['PE, 64 bits', peProgram(inlineInfo('go1.22.1', TEXT))], ['Mach-O', machOProgram(inlineInfo('go1.22.1', TEXT))], ['Mach-O for two processors', machOProgram(inlineInfo('go1.22.1', TEXT), { fat: true })],
    ['before Go 1.18, 64 bits', elfProgram((address) => pointerInfo('go1.22.1', TEXT, { address, size: 8, big: false }), { wide: true, little: true })],
    ['before Go 1.18, 32 bits', elfProgram((address) => pointerInfo('go1.22.1', TEXT, { address, size: 4, big: false }), { wide: false, little: true })],
    ['before Go 1.18, big end first', elfProgram((address) => pointerInfo('go1.22.1', TEXT, { address, size: 8, big: true }), { wide: true, little: false })],
    ['before Go 1.18, PE', peProgram((address) => pointerInfo('go1.22.1', TEXT, { address, size: 8, big: false }))],
  ])('is read from %s', (_what, program) => {
    expect(read(program)).toEqual(EXPECTED)
  })

  it.each<[string, Buffer]>([
    ['nothing', Buffer.alloc(0)], ['a script', Buffer.from('#!/bin/sh\nexit 0\n')], ['a class of Java', Buffer.concat([Buffer.from([0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 0x41]), Buffer.alloc(200)])],
    ['a program of C', elfProgram(Buffer.alloc(64), { wide: true, little: true, section: '.data' })],
    ['a length beyond the file', elfProgram(Buffer.concat([inlineInfo('', '').subarray(0, 32), Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f])]), { wide: true, little: true })],
    ['pointers to nowhere', elfProgram(() => pointerInfo('go1', TEXT, { address: 2 ** 52, size: 8, big: false }), { wide: true, little: true })],
  ])('is not there in %s', (_what, program) => {
    expect(read(program)).toBeNull()
  })

  it('is an answer, whatever the file claims', () => {
    const program = elfProgram(inlineInfo('go1.22.1', TEXT), { wide: true, little: true })
    fc.assert(fc.property(fc.array(fc.tuple(fc.nat(program.length - 1), fc.nat(255)), { maxLength: 12 }), fc.nat(program.length), (changes, length) => {
      const broken = Buffer.from(program.subarray(0, length))
      for (const [at, value] of changes) if (at < broken.length) broken[at] = value
      try {
        read(broken)
      } catch (thrown) {
        // Reading beyond a table is for `withFile` to catch.
        expect(thrown).toBeInstanceOf(RangeError)
      }
    }), { numRuns: 300 })
  })
})
