import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { boxArguments, firstScript } from './box.ts'
import { Disk } from './disk.ts'
import { madeUp } from './etc.ts'
import { seccompProgram } from './filter.ts'
import { toBytes, toText } from './names.ts'
import { straceArguments } from './strace.ts'

describe('names of files', () => {
  it('every sequence of bytes has one text and comes back', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      expect(new Uint8Array(toBytes(toText(Buffer.from(bytes))))).toEqual(bytes)
    }))
  })

  it('text that is well-formed is itself', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
      expect(toText(Buffer.from(text, 'utf8'))).toBe(text)
      expect(toBytes(text)).toEqual(Buffer.from(text, 'utf8'))
    }))
  })

  it.each([
    [[0x66, 0xff, 0x6f], 'f\udcffo'],
    [[0xc0, 0xaf], '\udcc0\udcaf'],
    [[0xed, 0xa0, 0x80], '\udced\udca0\udc80'],
    [[0xef, 0xbf, 0xbd], '\ufffd'],
    [[0xef, 0xbf, 0xbd, 0xff], '\ufffd\udcff'],
    [[0xf0, 0x9f, 0x98], '\udcf0\udc9f\udc98'],
  ])('%j is %j', (bytes, text) => {
    expect(toText(Buffer.from(bytes))).toBe(text)
    expect([...toBytes(text)]).toEqual(bytes)
  })
})

describe('the disk, as its warden reaches it', () => {
  let stage: string
  let disk: Disk
  beforeEach(() => {
    stage = mkdtempSync(join(tmpdir(), 'disk-'))
    mkdirSync(join(stage, 'disk'))
    disk = new Disk(stage, '/home/ana')
    disk.make()
  })
  afterEach(() => rmSync(stage, { recursive: true }))

  it.each([
    ['/home/ana', 'disk/home'], ['/home/ana/a/../b', 'disk/home/b'], ['/tmp/', 'disk/tmp'], ['/var/tmp/x', 'disk/vartmp/x'], ['/dev/shm/x', 'disk/shm/x'],
    ['/home/anab', null], ['/home', null], ['/etc/passwd', null], ['/home/ana/../../etc/passwd', null], ['/tmp/../../../x', null], ['/home/ana/\0', null], ['relative', null],
    ['/home/ana/folder/file', 'disk/home/folder/file'], ['/home/ana/link/etc', null], ['/home/ana/nowhere/file', null], ['/home/ana/link', 'disk/home/link'],
  ])('%s lies in %s', (inside, outside) => {
    mkdirSync(join(stage, 'disk/home/folder'))
    symlinkSync('/', join(stage, 'disk/home/link'))
    expect(disk.outside(inside)).toBe(outside === null ? null : join(stage, outside))
  })

  it('never leads out of it, whatever is asked', () => {
    symlinkSync('/', join(stage, 'disk/home/out'))
    const part = fc.oneof(fc.constantFrom('..', '.', '', 'out', 'home', 'ana', 'tmp', 'var'), fc.string({ maxLength: 4 }))
    fc.assert(fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
      const found = disk.outside(`/${parts.join('/')}`)
      if (found !== null) expect(found.startsWith(`${stage}/disk/`) && !found.includes('/../') && !found.includes('/out/')).toBe(true)
    }))
  })

  it('writes what it is given, once, with the mode that was asked for and no more', () => {
    expect(disk.write({ path: '/home/ana/a/b/file', bytes: Buffer.from('text'), mode: 0o106600 })).toBe(true)
    expect(readFileSync(join(stage, 'disk/home/a/b/file'), 'utf8')).toBe('text')
    expect(statSync(join(stage, 'disk/home/a/b/file')).mode & 0o7777).toBe(0o600)
    expect(() => disk.write({ path: '/home/ana/a/b/file', bytes: Buffer.from(''), mode: 0o600 })).toThrow()
    expect(disk.write({ path: '/etc/file', bytes: Buffer.from(''), mode: 0o600 })).toBe(false)
  })

  it('makes folders, but none behind what is no folder', () => {
    disk.folder('/home/ana/new/deep')
    expect(statSync(join(stage, 'disk/home/new/deep')).isDirectory()).toBe(true)
    symlinkSync(stage, join(stage, 'disk/home/link'))
    writeFileSync(join(stage, 'disk/home/file'), '')
    for (const path of ['/home/ana/link/made', '/home/ana/file/made', '/nowhere', '/home/ana/link']) disk.folder(path)
    expect(() => statSync(join(stage, 'made'))).toThrow()
  })
})

describe('what the kernel is told to refuse', () => {
  /** Classic BPF, enough of it to run ours. */
  const verdict = (program: Buffer, data: { arch: number; number: number; first?: number }): number => {
    const word: Record<number, number> = { 0: data.number, 4: data.arch, 16: data.first ?? 0 }
    let a = 0
    for (let at = 0; at < program.length / 8; at++) {
      const [code, t, f, k] = [program.readUInt16LE(at * 8), program.readUInt8(at * 8 + 2), program.readUInt8(at * 8 + 3), program.readUInt32LE(at * 8 + 4)]
      if (code === 0x20) a = word[k] as number
      else if (code === 0x15) at += a === k ? t : f
      else if (code === 0x35) at += a >= k ? t : f
      else return k
    }
    throw new Error('it has no end')
  }
  const ALLOW = 0x7fff_0000
  const X64 = 0xc000_003e

  it.each([
    [true, { arch: X64, number: 0 }, ALLOW],
    [true, { arch: X64, number: 59 }, ALLOW],
    [true, { arch: 0x4000_0003, number: 11 }, 0x50026],
    [true, { arch: X64, number: 0x4000_0000 + 59 }, 0x50026],
    [true, { arch: X64, number: 103 }, 0x50001],
    [true, { arch: X64, number: 425 }, ALLOW],
    [false, { arch: X64, number: 425 }, 0x50026],
    [false, { arch: X64, number: 101 }, 0x50001],
    [false, { arch: X64, number: 59 }, ALLOW],
    ...[0, 1, 2, 10, 16].map((first): [boolean, { arch: number; number: number; first: number }, number] => [true, { arch: X64, number: 41, first }, ALLOW]),
    ...[3, 17, 31, 38, 40, 44].map((first): [boolean, { arch: number; number: number; first: number }, number] => [false, { arch: X64, number: 41, first }, 0x50061]),
  ])('traced %j, %j', (traced, data, expected) => {
    expect(verdict(seccompProgram(traced, 'x64'), data)).toBe(expected)
  })

  it('knows arm64, and says what it does not know', () => {
    expect(verdict(seccompProgram(true, 'arm64'), { arch: 0xc000_00b7, number: 198, first: 40 })).toBe(0x50061)
    expect(() => seccompProgram(true, 'mips')).toThrow(RangeError)
  })
})

describe('what runs around a command', () => {
  const command = { argv: ['node', 'it\'s', '$(x)'] as [string, ...string[]], cwd: '/home/ana', env: { A: '1' }, timeMs: 1, graceMs: 1, traced: true }

  it('strace refuses what a box does not give, and only skips sleep when asked', () => {
    const words = straceArguments('/trace', command)
    const traced = (words.find((word) => word.startsWith('trace=')) as string).slice(6).split(',')
    const injected = words.filter((word) => word.startsWith('inject=')).flatMap((word) => word.slice(7).split(':')[0]?.split(',') ?? [])
    // A call that is not traced is not injected either.
    expect(injected.filter((call) => !traced.includes(call))).toEqual([])
    expect(injected).toEqual(expect.arrayContaining(['io_uring_setup', 'ptrace', 'bpf', 'clone3']))
    for (const call of ['mount', 'unshare', 'pivot_root', 'nanosleep']) expect(injected).not.toContain(call)
    expect(straceArguments('/trace', { ...command, skipsSleep: true }).at(-1)).toBe('inject=nanosleep,clock_nanosleep:retval=0')
  })

  it('a shell is told the words and nothing of them is obeyed', () => {
    expect(firstScript(command).split('\n')[1]).toBe('(exec </dev/null 3>&-; exec \'node\' \'it\'\\\'\'s\' \'$(x)\')')
  })

  it('binds come after the folders they lie in', () => {
    const words = boxArguments({ binds: ['/etc/ssl/certs', '/opt/a/b', '/etc', '/opt'].map((to) => ({ from: `/x${to}`, to, writable: to === '/opt' })), links: [], hostname: 'laptop', shell: '/bin/sh' }, command)
    expect(words.flatMap((word, at) => word === '--bind' || word === '--ro-bind' ? [words[at + 2]] : [])).toEqual(['/etc', '/opt', '/etc/ssl/certs', '/opt/a/b', '/init'])
    expect(words[words.indexOf('/x/opt') - 1]).toBe('--bind')
    expect(words[words.indexOf('/x/etc') - 1]).toBe('--ro-bind')
  })

  it('users and hosts are where programs look for them', () => {
    const files = madeUp({ name: 'laptop', user: 'ana', home: '/home/ana' })
    expect(files['/etc/passwd']).toContain('\nana:x:1000:1000:ana,,,:/home/ana:/bin/bash\n')
    expect(files['/etc/hosts']).toContain('127.0.1.1\tlaptop\n')
    expect(Object.values(files).every((text) => text.endsWith('\n'))).toBe(true)
  })
})
