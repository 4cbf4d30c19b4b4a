import { describe, expect, it } from 'vitest'
import { disassemble } from './disassemble.ts'
import { isPyc, parseMarshalled, parsePyc, readPyc } from './pyc.ts'
import { pycs } from './testing.ts'
import { versionOf } from './versions.ts'

describe('compiled Python', () => {
  it.each(Object.entries(pycs))('of %s gives its imports, names and strings', (version, bytes) => {
    const facts = readPyc(bytes)
    expect(facts).toMatchObject({ version, source: 'sample.py', problems: [] })
    expect(facts.imports).toEqual(expect.arrayContaining(['os', 'sys', 'urllib.request', 'base64', 'base64.b64decode', '.sibling']))
    expect(facts.names).toEqual(expect.arrayContaining(['environ', 'items', 'urlopen', 'read', 'open', 'write', 'startswith']))
    expect(facts.strings).toEqual(expect.arrayContaining(['https://host.example/', '/tmp/x.txt', 'wb', 'T']))
  })

  it('keeps nested code with the names of its variables', () => {
    const thing = parsePyc(pycs['3.8'] as Uint8Array).code?.nested.find(({ name }) => name === 'Thing')
    expect(thing?.nested[0]).toMatchObject({ name: 'go', argCount: 2, keywordCount: 0, locals: ['self', 'name', 'args', 'kw', 'raw', 'out'] })
  })

  it.each([
    [62211, '2.7'], [3379, '3.6'], [3394, '3.7'], [3413, '3.8'], [3425, '3.9'], [3439, '3.10'], [3495, '3.11'], [3531, '3.12'], [3571, '3.13'], [3627, '3.14'],
  ])('magic number %i is %s', (magic, name) => {
    expect(versionOf(magic)?.name).toBe(name)
  })

  it.each(['2.7', '3.6', '3.7', '3.9', '3.11'])('of %s under an unknown magic number is read by the layout that fits', (version) => {
    const bytes = Uint8Array.from(pycs[version] as Uint8Array)
    bytes.set([0x39, 0x30])
    expect(isPyc('a.pyc', bytes)).toBe(true)
    expect(isPyc('a.txt', bytes)).toBe(false)
    const facts = readPyc(bytes)
    expect(facts).toMatchObject({ version: null, source: 'sample.py', problems: ['magic number 12345 belongs to no known CPython'] })
    expect(facts.strings).toContain('https://host.example/')
  })

  it('that hides instructions in the caches of others shows them', () => {
    const code = parsePyc(pycs['3.12'] as Uint8Array).code
    const bytecode = Uint8Array.from([LOAD_GLOBAL, 0, 0, 0, 0, 0, 0, 0, 0, 0, LOAD_GLOBAL, 0, IMPORT_NAME, 1, 0, 0, 0, 0, 0, 0])
    expect(code && disassemble({ ...code, bytecode }, '3.12').map(({ op, at }) => [op, at]).filter(([op]) => op !== 'CACHE')).toEqual([
      ['LOAD_GLOBAL', 0], ['LOAD_GLOBAL', 10], ['IMPORT_NAME', 12],
    ])
  })

  it('is read without a header too', () => {
    expect(parseMarshalled((pycs['3.10'] as Uint8Array).subarray(16)).code?.filename).toBe('sample.py')
    expect(parseMarshalled(Buffer.from('nothing of the kind'))).toMatchObject({ code: null, problems: ['no layout of marshalled code fits'] })
  })

  it('cut off says so', () => {
    expect(readPyc((pycs['3.9'] as Uint8Array).subarray(0, 200)).problems).toEqual(['the code could not be read whole'])
  })

  it('with something behind the code says so', () => {
    expect(readPyc(Buffer.concat([pycs['3.9'] as Uint8Array, Buffer.from('payload')])).problems).toEqual(['7 bytes follow the code'])
  })

  it.each([
    ['tuples nested without end', Buffer.alloc(100_000, ')\x01', 'latin1')],
    ['a tuple of two thousand million', Buffer.from('(\xff\xff\xff\x7f', 'latin1')],
    ['a string of negative size', Buffer.from('s\xff\xff\xff\xff', 'latin1')],
    ['a number', Buffer.from('i\x01\0\0\0', 'latin1')],
    ['no object at all', Buffer.from('0')],
  ])('that holds %s has no code', (_name, body) => {
    const facts = readPyc(Buffer.concat([(pycs['3.9'] as Uint8Array).subarray(0, 16), body]))
    expect(facts).toMatchObject({ version: '3.9', source: null, strings: [] })
    expect(facts.problems.length).toBe(1)
  })
})

const LOAD_GLOBAL = 116
const IMPORT_NAME = 108
