import { describe, expect, it } from 'vitest'
import type { PackageFile } from '../../core/types.ts'
import { checkUnpacked, hash1, transparency } from './checksums.ts'

const of = { name: 'm.example/x', version: 'v1.0.0' }
const H1 = `h1:${'A'.repeat(43)}=`
const TREE = `go.sum database tree\n100\n${'B'.repeat(43)}=\n\n— sum.example ${'C'.repeat(92)}\n`
const LINES = `m.example/x v1.0.0 ${H1}\nm.example/x v1.0.0/go.mod ${H1}\n`
const record = (text: string): unknown => transparency.readRecord(Buffer.from(text), of)

describe('a lookup', () => {
  it('has a number and the hash of the zip', () => {
    expect(record(`42\n${LINES}\n${TREE}`)).toEqual({ record: 42, h1: H1 })
    expect(record(`0\nm.example/x v1.0.0/go.mod ${H1}\n\n${TREE}`)).toEqual({ record: 0, h1: null })
  })

  it.each([
    ['nothing', ''], ['no number', `${LINES}\n${TREE}`], ['a signed number', `-1\n${LINES}\n${TREE}`], ['a padded number', `042\n${LINES}\n${TREE}`],
    ['a huge number', `${'9'.repeat(30)}\n${LINES}\n${TREE}`], ['no lines', `42\n\n${TREE}`],
    ['another module', `42\nm.example/y v1.0.0 ${H1}\n\n${TREE}`], ['another version', `42\nm.example/x v1.0.1 ${H1}\n\n${TREE}`],
    ['another hash', `42\nm.example/x v1.0.0 h2:abc\n\n${TREE}`], ['a repeated line', `42\n${LINES}${LINES}\n${TREE}`],
    ['a number outside the tree', `100\n${LINES}\n${TREE}`], ['no tree', `42\n${LINES}\n`],
    ['no signature', `42\n${LINES}\n${TREE.split('—')[0]}`], ['too much', `42\n${LINES}\n${TREE}${' '.repeat(70_000)}`],
  ])('is refused with %s', (_, text) => {
    expect(() => record(text)).toThrow(expect.objectContaining({ code: 'index-invalid' }) as Error)
  })
})

it('reads the size of a tree', () => {
  expect(transparency.readTreeSize(Buffer.from(TREE))).toBe(100)
  expect(() => transparency.readTreeSize(Buffer.from(TREE.replace('tree', 'twig')))).toThrow('not a tree')
})

it('asks below the proxy, in case encoding', () => {
  expect(transparency.lookupPath('sum.example', 'm.example/Azure/x', 'v1.0.0-RC1')).toBe('sumdb/sum.example/lookup/m.example/!azure/x@v1.0.0-!r!c1')
  expect(transparency.latestPath('sum.example')).toBe('sumdb/sum.example/latest')
})

describe('the hash of a module', () => {
  const sha = (digit: string): string => digit.repeat(64)

  it('does not depend on the order of files', () => {
    const files = [{ path: 'b', sha256: sha('1') }, { path: 'a', sha256: sha('2') }]
    expect(hash1(files)).toBe(hash1(files.toReversed()))
    expect(hash1(files)).not.toBe(hash1([{ path: 'b', sha256: sha('2') }, { path: 'a', sha256: sha('1') }]))
  })

  it('is the hash of nothing for nothing', () => {
    expect(hash1([])).toBe('h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=')
  })

  it('sorts by bytes, not by UTF-16 units', () => {
    const astral = { path: '\u{1F600}', sha256: sha('1') }
    const high = { path: '\uFF61', sha256: sha('2') }
    expect(hash1([astral, high])).toBe(hash1([high, astral]))
    expect(Buffer.compare(Buffer.from(high.path), Buffer.from(astral.path))).toBeLessThan(0)
  })

  it('is compared with what the database promised', () => {
    const file: PackageFile = { path: 'go.mod', size: 0, mode: 0o644, bytes: new Uint8Array(), truncated: false, sha256: sha('a') }
    const ref = { ecosystem: 'go' as const, ...of, file: 'v1.0.0.zip' }
    const right = hash1([{ path: 'm.example/x@v1.0.0/go.mod', sha256: sha('a') }])
    expect(checkUnpacked(ref, new Map([['go.mod', file]]), { h1: right })).toBeNull()
    expect(checkUnpacked(ref, new Map([['go.mod', file]]), {})).toBeNull()
    expect(checkUnpacked(ref, new Map([['go.mod', file]]), { h1: H1 })).toContain(`the checksum database says ${H1}`)
  })
})
