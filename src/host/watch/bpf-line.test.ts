import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readBpfLine } from './bpf-line.ts'

const words = (bytes: readonly number[]): string => {
  const all = Buffer.alloc(24)
  all.set(bytes)
  return [0, 8, 16].map((at) => String(all.readBigUInt64LE(at))).join(' ')
}

describe('a line of the bpftrace program', () => {
  it.each([
    ['F 1500 10 11', { what: 'fork', at: 1.5, pid: 10, child: 11 }],
    ['A 0 10 2 a b\nc', { what: 'argument', at: 0, pid: 10, index: 2, text: 'a b\nc' }],
    ['E 0 10 /usr/bin/node', { what: 'exec', at: 0, pid: 10, program: '/usr/bin/node', argv: [] }],
    ['O 0 10 3 524288 -100 /etc/hosts', { what: 'file', at: 0, pid: 10, kind: 'read', folder: null, path: '/etc/hosts', cut: false, error: null }],
    ['O 0 10 -13 577 -100 x y', { what: 'file', at: 0, pid: 10, kind: 'write', folder: null, path: 'x y', cut: false, error: 'EACCES' }],
    ['O 0 10 3 0 7 x', { what: 'file', at: 0, pid: 10, kind: 'read', folder: 7, path: 'x', cut: false, error: null }],
    [`C 0 10 2 ${words([2, 0, 1, 187, 192, 0, 2, 7])}`, { what: 'act', at: 0, pid: 10, kind: 'connect', target: '192.0.2.7:443', error: null }],
    [`C 0 10 10 ${words([10, 0, 1, 187, 0, 0, 0, 0, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])}`, { what: 'act', at: 0, pid: 10, kind: 'connect', target: '[2001:db8::1]:443', error: null }],
    [`C 0 10 10 ${words([10, 0, 1, 187, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 192, 0, 2, 7])}`, { what: 'act', at: 0, pid: 10, kind: 'connect', target: '192.0.2.7:443', error: null }],
    ['U 0 10 /run/x', { what: 'act', at: 0, pid: 10, kind: 'connect', target: '/run/x', error: null }],
    ['D 0 10 \\x00a\\xff', { what: 'packet', at: 0, pid: 10, answer: false, bytes: Buffer.from([0, 97, 255]) }],
    ['c 0 10 -100 /tmp', { what: 'folder', at: 0, pid: 10, path: '/tmp' }],
    ['V 0 10 npm_package_json=/a=b', { what: 'variable', at: 0, pid: 10, name: 'npm_package_json', value: '/a=b' }],
    ['Q 1500 12 90', { what: 'answer', at: 1.5, question: 12, told: 90 }],
    ['x 0 10 -1', { what: 'code', at: 0, pid: 10, code: 255 }],
  ])('%j', (line, read) => { expect(readBpfLine(line)).toEqual(read) })

  it('says that a path was longer than what is seen of it', () => {
    expect(readBpfLine(`O 0 10 3 0 -100 ${'a'.repeat(199)}`)).toMatchObject({ cut: true })
  })

  it.each(['V 0 10 npm_package_jsonx=/a', 'V 0 10 __proto__=1', 'V 0 10 npm_lifecycle_event', `V 0 10 npm_package_json=/${'a'.repeat(182)}`])('leaves a variable that nobody asked for, or that is cut: %j', (line) => {
    expect(readBpfLine(line)).toBeNull()
  })

  it('takes nothing for a line that is none, whatever it is', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.string().map((text) => `O ${text}`), fc.string().map((text) => `F 1 ${text}`)), (text) => {
      const read = readBpfLine(text)
      return read === null || typeof read.what === 'string'
    }))
    for (const line of ['', 'Y 1 2', 'F', 'F x 1 2', 'F 1 -', 'C 0 10 2 1 2']) expect(readBpfLine(line)).toBeNull()
  })
})
