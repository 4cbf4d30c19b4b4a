import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pythonSource } from './python-source.ts'
import { pycs } from './testing.ts'

const HEAD = `import os
import sys
import urllib.request as req
from base64 import b64decode as d
from . import sibling
URL = ('https://host.example/' + os.name)
class Thing(object):
`
const GO = ` def go(self, name, *args, **kw):
  raw = req.urlopen((URL + name), timeout=3).read()
  with open('/tmp/x.txt', 'wb') as out: pass
  out.write(d(raw))
`

const pyc = (version: string): Uint8Array => pycs[version] as Uint8Array

describe('source of compiled Python', () => {
  it.each(Object.keys(pycs))('%s keeps imports, calls, arguments and what holds what', (version) => {
    const source = pythonSource(pyc(version))
    expect(source?.problems).toEqual([])
    expect(source?.text.startsWith(HEAD)).toBe(true)
    expect(source?.text).toContain(GO)
    expect(source?.text).toMatch(/\n for _t\d in os\.environ\.items\(\): pass\n|\nfor _t\d in os\.environ\.items\(\): pass\nkey = _t\d\[0\]\nvalue = _t\d\[1\]\n/)
    expect(source?.text).toMatch(/for c in (?:\(104, 105\)|_0): pass\n +return \[chr\(c\)\]\n/)
    expect(source?.text).toMatch(/thing = Thing\(\)\.go\(\('b' if _ else 'a'\)\)|thing = Thing\(\)\.go\('a'\)\nthing = Thing\(\)\.go\('b'\)/)
    expect(source?.text).not.toContain('_unknown')
  })

  it.each(['2.7', '3.7', '3.10', '3.12', '3.13'])('%s is found without a header that says so', (version) => {
    const body = pyc(version).subarray(version === '2.7' ? 8 : 16)
    expect(pythonSource(body, { header: false })?.text).toBe(pythonSource(pyc(version))?.text)
  })

  it('of a version nobody knows is that of the opcodes that fit', () => {
    const bytes = Uint8Array.from(pyc('3.11'))
    bytes.set([0x39, 0x30])
    expect(pythonSource(bytes)).toMatchObject({ text: pythonSource(pyc('3.11'))?.text, problems: ['magic number 12345 belongs to no known CPython'] })
  })

  it('is none where there is no code', () => {
    expect(pythonSource(Buffer.from('no code at all'))).toBeNull()
    expect(pythonSource(pyc('3.9').subarray(0, 100))).toBeNull()
  })

  it.each<[string, number[], string]>([
    ['values that are copied and joined again and again', repeat([DUP_TOP, 0, BINARY_ADD, 0], 100_000), ''],
    ['a call of more arguments than there are', [LOAD_NAME, 0, EXTENDED_ARG, 0xff, CALL_FUNCTION, 0xff, POP_TOP, 0], ''],
    ['a name loaded and called without end', repeat([LOAD_NAME, 0, CALL_FUNCTION, 0], 100_000), ''],
    ['long numbers of names in one tuple', [...repeat([LOAD_NAME, 0], 100_000), EXTENDED_ARG, 1, EXTENDED_ARG, 0x86, BUILD_TUPLE, 0xa0, STORE_NAME, 0], ''],
    ['a call of a constant', [LOAD_CONST, 0, CALL_FUNCTION, 0, POP_TOP, 0], 'None()\n'],
    ['names that are words of the language', [LOAD_NAME, 1, STORE_NAME, 2], 'a_b = class_\n'],
  ])('with %s is bounded', (_name, bytecode, text) => {
    const source = pythonSource(made(bytecode))
    expect(source?.text.length).toBeLessThan(20_000_000)
    if (text !== '') expect(source?.text).toBe(text)
  })

  it('with constants that hold each other a billion times is bounded, and says so', () => {
    // Each tuple is the one before it and a reference to that.
    const pair = (level: number, index: number): number[] =>
      level === 0 ? [0xda, 1, 0x78] : [0xa9, 2, ...pair(level - 1, index + 1), ...ref(index + 1)]
    const source = pythonSource(made([LOAD_CONST, 0, STORE_NAME, 0], [0x29, 1, ...pair(30, 0)]))
    expect(source?.text.length).toBeLessThan(20_000_000)
    expect(source?.problems).toEqual(['constants too long to spell out'])
  })

  it('of files that were changed anywhere does no harm', () => {
    fc.assert(fc.property(fc.constantFrom(...Object.values(pycs)), fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(255)), { minLength: 1, maxLength: 20 }), (seed, changes) => {
      const bytes = Uint8Array.from(seed)
      for (const [at, value] of changes) bytes[16 + Math.floor(at * (bytes.length - 17))] = value
      expect(pythonSource(bytes)?.text.length ?? 0).toBeLessThan(20_000_000)
    }), { numRuns: 1500 })
  })
})

const [LOAD_CONST, LOAD_NAME, STORE_NAME, CALL_FUNCTION, POP_TOP, BUILD_TUPLE, DUP_TOP, BINARY_ADD, EXTENDED_ARG] = [100, 101, 90, 131, 1, 102, 4, 23, 144] as const

function repeat(code: readonly number[], times: number): number[] {
  return Array.from({ length: times }, () => code).flat()
}

const int = (value: number): number[] => [value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff, value >>> 24]
const ref = (index: number): number[] => [0x72, ...int(index)]
const text = (value: string): number[] => [0x7a, value.length, ...Buffer.from(value, 'latin1')]

/** A module of Python 3.9 with this bytecode. */
function made(bytecode: readonly number[], constants: readonly number[] = [0x29, 1, 0x4e]): Uint8Array {
  return Uint8Array.from([
    ...pyc('3.9').subarray(0, 16), 0x63, ...int(0), ...int(0), ...int(0), ...int(0), ...int(9), ...int(64),
    0x73, ...int(bytecode.length), ...bytecode, ...constants, 0x29, 3, ...text('x'.repeat(200)), ...text('class'), ...text('a b'),
    0x29, 0, 0x29, 0, 0x29, 0, ...text('made.py'), ...text('<module>'), ...int(1), 0x73, ...int(0),
  ])
}
