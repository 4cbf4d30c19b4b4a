import { describe, expect, it } from 'vitest'
import { readBinary } from './index.ts'
import { bigEndianElf, elfExtension, elfObject32, elfProgram, fatMach, machLibrary, peLibrary, pycs, wasmModule } from './testing.ts'

describe('a compiled file', () => {
  it.each<[name: string, bytes: Uint8Array, expected: object]>([
    ['an ELF program', elfProgram, { format: 'elf', kind: 'executable', arch: 'x86_64', imports: expect.arrayContaining(['libc.so.6', 'getenv', 'printf']) as string[] }],
    ['a Python extension', elfExtension, { format: 'elf', kind: 'python extension', arch: 'x86_64', imports: ['PyModule_Create2'] }],
    ['an object of a 32-bit machine', elfObject32, { format: 'elf', kind: 'object', arch: 'x86', imports: expect.arrayContaining(['PyModule_Create2']) as string[] }],
    ['a big-endian ELF library without section headers', bigEndianElf(), { format: 'elf', kind: 'shared library', arch: 'mips', imports: ['libc.so', 'getenv'], marks: ['no section headers'] }],
    ['a 64-bit Windows library', peLibrary(true), { format: 'pe', kind: 'node addon', arch: 'x86_64', imports: ['KERNEL32.dll', 'CreateProcessW', 'KERNEL32.dll#7'] }],
    ['a 32-bit Windows library', peLibrary(false), { format: 'pe', kind: 'node addon', arch: 'x86', imports: ['KERNEL32.dll', 'CreateProcessW', 'KERNEL32.dll#7'] }],
    ['a 64-bit Mach-O library', machLibrary(true, true), { format: 'mach-o', kind: 'python extension', arch: 'arm64', imports: ['/usr/lib/libSystem.B.dylib', 'system'] }],
    ['a big-endian 32-bit Mach-O library', machLibrary(false, false), { format: 'mach-o', kind: 'python extension', arch: 'ppc', imports: ['/usr/lib/libSystem.B.dylib', 'system'] }],
    ['a Mach-O file for two processors', fatMach(), { format: 'mach-o', kind: 'python extension', arch: 'arm64+ppc', imports: ['/usr/lib/libSystem.B.dylib', 'system'] }],
    ['a WebAssembly module', wasmModule(), { format: 'wasm', kind: 'executable', imports: ['wasi_snapshot_preview1.sock_send', 'env.memory'], marks: ['wasi', 'section producers'] }],
    ['compiled Python', pycs['3.12'] as Uint8Array, { format: 'pyc', kind: 'python code', marks: ['python 3.12', 'compiled from sample.py'] }],
    ['Android code', Buffer.from('dex\n035\0 with text'), { format: 'dex', kind: 'android code' }],
    ['a Java class, which begins like a fat Mach-O file', Buffer.from('cafebabe00000034', 'hex'), { format: 'other', kind: 'java class' }],
  ])('%s is recognised', (_name, bytes, expected) => {
    expect(readBinary('file', bytes, false)).toMatchObject({ path: 'file', problems: [], ...expected })
  })

  it.each([
    ['text', 'MZ is how this sentence begins, and it goes on for more than sixty-four characters'],
    ['nothing', ''],
    ['a zip that claims to be nothing else', 'PK\x03\x04'],
    ['a program that ends its second byte as compiled Python does', '# \r\nimport os\n'],
  ])('%s is none', (_name, text) => {
    expect(readBinary('file', Buffer.from(text, 'latin1'), false)).toBeNull()
  })

  it.each<[string, Uint8Array, string]>([
    ['elf', elfProgram, 'https://host.example/hello %s'],
    ['elf', elfProgram, '/home/x/.ssh/id_rsa'],
    ['wasm', wasmModule(), 'https://host.example/collect'],
    ['pyc', pycs['3.8'] as Uint8Array, 'https://host.example/'],
  ])('text in %s has its place', (_format, bytes, text) => {
    expect(readBinary('file', bytes, false)?.strings).toContainEqual({ text, at: Buffer.from(bytes).indexOf(text) })
  })

  it('packed is seen by the names of sections and by their density', () => {
    expect(readBinary('a.dll', peLibrary(true), false)?.marks).toEqual(expect.arrayContaining(['addon', 'packed', 'upx', 'high entropy: UPX1', 'data after the last section']))
  })

  it('cut short says what could not be read, and keeps what was', () => {
    const facts = readBinary('a', elfProgram.subarray(0, 3000), true)
    expect(facts).toMatchObject({ format: 'elf', kind: 'executable', imports: expect.arrayContaining(['getenv']) as string[] })
    expect(facts?.problems).toEqual(['only the first 3000 bytes were at hand', 'the section headers could not be read whole'])
  })

  it('text behind the code of a Python file, or in code that ends too early, is found too', () => {
    const bytes = pycs['3.9'] as Uint8Array
    const appended = readBinary('a.pyc', Buffer.concat([bytes, Buffer.from('\x00\x00curl -s https://other.example/x')]), false)
    expect(appended?.strings.map(({ text }) => text)).toEqual(['https://host.example/', 'curl -s https://other.example/x'])
    expect(readBinary('a.pyc', bytes.subarray(0, 300), true)?.strings.some(({ text }) => text.startsWith('https://host.example/'))).toBe(true)
  })

  it('cut in its imports keeps those before', () => {
    expect(readBinary('a', wasmModule().subarray(0, 64), false)).toMatchObject({
      imports: ['wasi_snapshot_preview1.sock_send'], problems: ['section 2 is cut off', 'section 2 could not be read whole'],
    })
  })

  it.each([
    ['go', `\x7fELF\x02\x01${' '.repeat(50)}\xff Go buildinf:\x08\x02${' '.repeat(16)}\x08go1.22.1\x3d0123456789abcdefpath\thost.example/cmd\nmod\thost.example\tv1.0.0\n0123456789abcdef`, ['go', 'go1.22.1', 'path host.example/cmd']],
    ['pyinstaller', '\x7fELF\x02\x01 MEI\x0c\x0b\x0a\x0b\x0e', ['pyinstaller']],
    ['rust', '\x7fELF\x02\x01 /rustc/0123/library', ['rust']],
    ['pkg', '\x7fELF\x02\x01 pkg/prelude/bootstrap.js', ['pkg']],
    ['upx', '\x7fELF\x02\x01 UPX! $Info: This file is packed with a packer', ['packed', 'upx']],
  ])('made by %s is marked so', (_name, text, marks) => {
    expect(readBinary('a', Buffer.from(text, 'latin1'), false)?.marks).toEqual(expect.arrayContaining(marks))
  })
})
