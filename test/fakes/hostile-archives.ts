import { crc32, gzipSync } from 'node:zlib'
import type { ErrorCode } from '../../src/core/errors.ts'
import type { ArchiveFormat, ArchiveOddity } from '../../src/core/types.ts'
import { tar, tarGz, zip } from './archive-writers.ts'
import type { Entry, TarLies } from './archive-writers.ts'

/** An archive no honest tool writes, and what must be said of it. All of them are inert. */
export interface HostileArchive {
  what: string
  format: ArchiveFormat
  root: { strip: number } | { prefix: string }
  bytes(): Uint8Array
  expect:
    | { error: ErrorCode }
    | {
      /** Kinds of oddity, sorted, each once. */
      odd: readonly ArchiveOddity['kind'][]
      /** Part of the only line of `missing`; absent: nothing is missing. */
      missing?: string
      /** Content by path that must be there, whatever else is. */
      files?: Readonly<Record<string, string>>
      /** Paths that must not be there. */
      absent?: readonly string[]
    }
}

const manifest: Entry = { path: 'package/package.json', body: '{"name":"a","version":"1.0.0"}' }
const file = (path: string, body = path): Entry => ({ path, body })
const long = 'x'.repeat(5000)

/** Pax records (POSIX.1-2017) as the body of a header of type x or g. */
function pax(records: Readonly<Record<string, string>>, flag = 'x'): Entry & { raw: TarLies } {
  const body = Object.entries(records).map(([key, value]) => {
    const rest = ` ${key}=${value}\n`
    let length = rest.length + 1
    while (`${length}${rest}`.length !== length) length += 1
    return `${length}${rest}`
  }).join('')
  return { path: 'PaxHeader', body, raw: { flag } }
}

const local = (name: string, body: string): Buffer => {
  const whole = zip([file(name, body)])
  return whole.subarray(0, whole.indexOf('PK\x01\x02'))
}

/** Puts a zip64 end record before the end record (APPNOTE 4.3.14, 4.3.15) that counts `extra` entries more. */
function withEnd64(archive: Buffer, extra: number): Buffer {
  const at = archive.length - 22
  const record = Buffer.alloc(56)
  record.write('PK\x06\x06', 'latin1')
  record.writeBigUInt64LE(44n, 4)
  for (const field of [24, 32]) record.writeBigUInt64LE(BigInt(archive.readUInt16LE(at + 10) + extra), field)
  record.writeBigUInt64LE(BigInt(archive.readUInt32LE(at + 12)), 40)
  record.writeBigUInt64LE(BigInt(archive.readUInt32LE(at + 16)), 48)
  const locator = Buffer.alloc(20)
  locator.write('PK\x06\x07', 'latin1')
  locator.writeBigUInt64LE(BigInt(at), 8)
  locator.writeUInt32LE(1, 16)
  return Buffer.concat([archive.subarray(0, at), record, locator, archive.subarray(at)])
}

type Expected = HostileArchive['expect']
const npm = (what: string, bytes: () => Uint8Array, expect: Expected): HostileArchive =>
  ({ what, format: 'tar.gz', root: { strip: 1 }, bytes, expect })
const wheel = (what: string, bytes: () => Uint8Array, expect: Expected): HostileArchive =>
  ({ what, format: 'zip', root: { strip: 0 }, bytes, expect })
const go = (what: string, bytes: () => Uint8Array, expect: Expected): HostileArchive =>
  ({ what, format: 'zip', root: { prefix: 'mod.example/m@v1.0.0/' }, bytes, expect })

const names: HostileArchive[] = [
  npm('a path that climbs out',
    () => tarGz([manifest, file('package/../../etc/cron.d/x')]),
    { odd: ['traversal'], files: { 'package/../../etc/cron.d/x': 'package/../../etc/cron.d/x' } }),
  npm('an absolute path',
    () => tarGz([manifest, file('/etc/passwd')]), { odd: ['absolute-path'], files: { '/etc/passwd': '/etc/passwd' } }),
  npm('a path absolute once its root is gone',
    () => tarGz([manifest, file('package//etc/passwd')]), { odd: ['absolute-path'], absent: ['etc/passwd'] }),
  npm('a drive letter', () => tarGz([manifest, file('C:/x.js')]), { odd: ['absolute-path'] }),
  npm('a drive letter below the root', () => tarGz([manifest, file('package/C:/x.js')]), { odd: ['absolute-path'] }),
  npm('a backslash', () => tarGz([manifest, file('package/lib\\x.js')]), { odd: ['control-character'] }),
  npm('backslashes that climb out', () => tarGz([manifest, file('package/..\\..\\x.js')]), { odd: ['traversal'] }),
  npm('a new line in a name', () => tarGz([manifest, file('package/a\nb.js')]), { odd: ['control-character'] }),
  npm('a NUL in a pax name',
    () => tarGz([manifest, pax({ path: 'package/a.js\0.png' }), file('package/a.js')]), { odd: ['control-character'] }),
  npm('text that reads backwards', () => tarGz([manifest, file('package/\u202egnp.js')]), { odd: ['unicode-name'] }),
  npm('a name that is not UTF-8',
    () => tarGz([manifest, { ...file('package/x'), raw: { patch: (header) => header.writeUInt8(0xff, 8) } }]),
    { odd: ['unicode-name'] }),
  npm('names that differ in case',
    () => tarGz([manifest, file('package/Index.js'), file('package/index.js')]),
    { odd: ['case-collision'], files: { 'Index.js': 'package/Index.js', 'index.js': 'package/index.js' } }),
  npm('names that differ in Unicode form',
    () => tarGz([manifest, file('package/caf\u00e9'), file('package/cafe\u0301')]), { odd: ['unicode-name'] }),
  npm('a file beside the root folder',
    () => tarGz([manifest, file('package.json', 'evil')]),
    { odd: ['outside-root'], files: { 'package.json': manifest.body as string, '../package.json': 'evil' } }),
  npm('two root folders', () => tarGz([manifest, file('other/x.js')]), { odd: ['outside-root'] }),
  npm('a path without end', () => tarGz([manifest, file(`package/${long}`)]), { error: 'archive-limit' }),
  npm('folders without end', () => tarGz([manifest, file(`package/${'d/'.repeat(200)}x`)]), { error: 'archive-limit' }),
  npm('names of an object\'s prototype',
    () => tarGz([manifest, file('package/__proto__'), file('package/constructor')]),
    { odd: [], files: { __proto__: 'package/__proto__', constructor: 'package/constructor' } }),
  go('a file outside the module',
    () => zip([file('mod.example/m@v1.0.0/go.mod', 'module'), file('mod.example/m@v1.0.1/x.go')]),
    { odd: ['outside-root'], files: { 'go.mod': 'module' } }),
]

const tars: HostileArchive[] = [
  npm('one path twice',
    () => tarGz([manifest, { ...manifest, body: 'last' }]), { odd: ['duplicate-entry'], files: { 'package.json': 'last' } }),
  npm('a symbolic link out of the package',
    () => tarGz([manifest, { path: 'package/x', type: 'symlink', linkname: '../../../etc/passwd' }]),
    { odd: ['link'], absent: ['x'] }),
  npm('an absolute symbolic link',
    () => tarGz([manifest, { path: 'package/x', type: 'symlink', linkname: '/etc/passwd' }]), { odd: ['link'], absent: ['x'] }),
  npm('a script behind links', () => tarGz([
    manifest,
    file('package/data.txt', 'code'),
    { path: 'package/b', type: 'hardlink', linkname: 'package/data.txt' },
    { path: 'package/setup.py', type: 'symlink', linkname: './b' },
  ]), { odd: ['link'], files: { 'setup.py': 'code', b: 'code' } }),
  npm('a ring of links',
    () => tarGz([
      manifest,
      { path: 'package/a', type: 'symlink', linkname: 'b' },
      { path: 'package/b', type: 'symlink', linkname: 'a' },
    ]),
    { odd: ['link'], absent: ['a', 'b'] }),
  npm('a link over a file',
    () => tarGz([manifest, file('package/evil'), { path: 'package/package.json', type: 'symlink', linkname: 'evil' }]),
    { odd: ['duplicate-entry', 'link'], files: { 'package.json': manifest.body as string } }),
  npm('a device and a pipe',
    () => tarGz([manifest, { path: 'package/null', type: 'device' }, { path: 'package/pipe', type: 'fifo' }]),
    { odd: ['special-file'], absent: ['null', 'pipe'] }),
  npm('an unknown type',
    () => tarGz([manifest, { ...file('package/x'), raw: { flag: 'Q' } }]), { odd: ['unsupported'], files: { x: 'package/x' } }),
  npm('an old sparse file',
    () => tarGz([manifest, { ...file('package/x'), raw: { flag: 'S' } }]),
    { odd: ['unsupported'], missing: 'x: stored as a sparse file' }),
  npm('a pax sparse file',
    () => tarGz([manifest, pax({ 'GNU.sparse.major': '1', 'GNU.sparse.name': 'package/x' }), file('package/y')]),
    { odd: ['unsupported'], missing: 'x: stored as a sparse file' }),
  npm('a pax path that renames',
    () => tarGz([manifest, pax({ path: 'package/install.js' }), file('package/README.md', 'run')]),
    { odd: ['header-mismatch'], files: { 'install.js': 'run' }, absent: ['README.md'] }),
  npm('a GNU long name that renames',
    () => tarGz([
      manifest,
      { path: '././@LongLink', body: 'package/install.js\0', raw: { flag: 'L' } },
      file('package/README.md', 'run'),
    ]),
    { odd: ['header-mismatch'], files: { 'install.js': 'run' } }),
  npm('a pax path given twice', () => {
    const twice = pax({ path: 'package/bb.js' })
    return tarGz([manifest, { ...twice, body: `${twice.body as string}${twice.body as string}` }, file('package/bb.js')])
  }, { odd: ['header-mismatch'] }),
  npm('a global pax path',
    () => tarGz([pax({ path: 'package/x' }, 'g'), manifest]),
    { odd: ['header-mismatch'], files: { 'package.json': manifest.body as string } }),
  npm('a global pax size', () => tarGz([pax({ size: '0' }, 'g'), manifest]), { error: 'archive-invalid' }),
  npm('a pax size that hides an entry', () => {
    const hidden = tar([file('package/hidden.js', 'run')], { end: Buffer.alloc(0) })
    return tarGz([manifest, pax({ size: String(hidden.length) }), { path: 'package/blob', body: hidden, raw: { size: 0 } }])
  }, { odd: ['size-mismatch'], absent: ['hidden.js'] }),
  npm('a broken pax header',
    () => tarGz([manifest, { path: 'PaxHeader', body: '99 path=x\n', raw: { flag: 'x' } }, file('package/x')]),
    { error: 'archive-invalid' }),
  npm('a pax header for nothing', () => tarGz([manifest, pax({ path: 'package/x' })]), { odd: ['header-mismatch'] }),
  npm('a pax header of 2 MB',
    () => tarGz([manifest, pax({ comment: 'x'.repeat(2e6) }), file('package/x')]), { error: 'archive-limit' }),
  npm('a folder with content',
    () => tarGz([manifest, { path: 'package/d/', type: 'folder', raw: { size: 512 } }]), { odd: ['size-mismatch'] }),
  npm('an entry after the end mark',
    () => tarGz([manifest], { end: Buffer.concat([Buffer.alloc(1024), tar([file('package/late.js', 'run')])]) }),
    { odd: ['trailing-data'], files: { 'late.js': 'run' } }),
  npm('an entry after one empty block',
    () => tarGz([manifest], { end: Buffer.concat([Buffer.alloc(512), tar([file('package/late.js', 'run')])]) }),
    { odd: ['trailing-data'], files: { 'late.js': 'run' } }),
  npm('an entry after junk after the end mark',
    () => tarGz([manifest], { end: Buffer.concat([Buffer.alloc(1024), Buffer.alloc(512, 'junk'), tar([file('package/late.js', 'run')])]) }),
    { odd: ['trailing-data'], files: { 'late.js': 'run' } }),
  npm('junk in place of a header', () => tarGz([manifest], { end: Buffer.alloc(1024, 'junk') }), { error: 'archive-invalid' }),
  npm('a wrong checksum', () => tarGz([manifest, { ...file('package/x'), raw: { checksum: 1 } }]), { error: 'archive-invalid' }),
  npm('a size beyond the end', () => tarGz([{ ...manifest, raw: { size: 1e9 } }]), { error: 'archive-invalid' }),
  npm('a size that is no number',
    () => tarGz([{ ...manifest, raw: { patch: (header) => void header.write('12x', 124) } }]), { error: 'archive-invalid' }),
  npm('a negative size',
    () => tarGz([{ ...manifest, raw: { patch: (header) => void header.fill(0xff, 124, 136) } }]), { error: 'archive-invalid' }),
  npm('two gzip members',
    () => Buffer.concat([gzipSync(tar([manifest], { end: Buffer.alloc(0) })), tarGz([file('package/second.js', 'run')])]),
    { odd: ['trailing-data'], files: { 'second.js': 'run' } }),
  npm('bytes after the gzip data',
    () => tarGz([manifest], { after: Buffer.from('#!/bin/sh\necho nothing\n') }), { odd: ['trailing-data'] }),
  npm('zeros after the gzip data', () => tarGz([manifest], { after: Buffer.alloc(4096) }), { odd: [] }),
  npm('a cut gzip stream', () => tarGz([manifest]).subarray(0, -20), { error: 'archive-invalid' }),
  npm('a wrong gzip checksum', () => {
    const bytes = tarGz([manifest])
    bytes.writeUInt32LE(1, bytes.length - 8)
    return bytes
  }, { error: 'archive-invalid' }),
  npm('a gzip name without end',
    () => Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3]), Buffer.alloc(200_000, 'a')]),
    { error: 'archive-invalid' }),
  npm('a bomb', () => tarGz([manifest, { path: 'package/zeros', body: Buffer.alloc(100e6) }]), { error: 'archive-limit' }),
  npm('a zip under a tarball\'s name', () => zip([manifest]), { error: 'archive-invalid' }),
  npm('nothing', () => Buffer.alloc(0), { error: 'archive-invalid' }),
]

const zips: HostileArchive[] = [
  wheel('another name in the local header',
    () => zip([{ ...file('a/x.py'), raw: { localPath: 'a/y.py' } }]),
    { odd: ['header-mismatch'], files: { 'a/x.py': 'a/x.py' } }),
  wheel('an entry only the stream has',
    () => Buffer.concat([local('evil.py', 'run'), zip([file('good.py')])]),
    { odd: ['header-mismatch', 'leading-data'], files: { 'good.py': 'good.py' }, absent: ['evil.py'] }),
  wheel('bytes before the first entry',
    () => zip([file('a.py')], { before: Buffer.from('#!/bin/sh\n') }), { odd: ['leading-data'] }),
  wheel('a program put before the archive',
    () => Buffer.concat([Buffer.from('#!/bin/sh\n'), zip([file('a.py')])]), { odd: ['leading-data'] }),
  wheel('bytes after the end record', () => zip([file('a.py')], { after: Buffer.from('more') }), { odd: ['trailing-data'] }),
  wheel('an archive in the comment of another', () => {
    const [outer, inner] = [zip([file('a.py')]), zip([file('b.py')])]
    outer.writeUInt16LE(inner.length, outer.length - 2)
    return Buffer.concat([outer, inner])
  }, { odd: ['header-mismatch', 'leading-data'], files: { 'b.py': 'b.py' }, absent: ['a.py'] }),
  wheel('one path twice',
    () => zip([file('a.py', 'first'), file('a.py', 'last')]), { odd: ['duplicate-entry'], files: { 'a.py': 'last' } }),
  wheel('a count that is wrong',
    () => zip([file('a.py'), file('b.py')], { count: 1 }), { odd: ['header-mismatch'], files: { 'b.py': 'b.py' } }),
  wheel('a size too small',
    () => zip([{ ...file('a.py', 'x'.repeat(1000)), raw: { size: 10 } }]),
    { odd: ['size-mismatch'], files: { 'a.py': 'x'.repeat(1000) } }),
  wheel('a size too large',
    () => zip([{ ...file('a.py', 'x'.repeat(1000)), raw: { size: 5000 } }]),
    { odd: ['size-mismatch'], files: { 'a.py': 'x'.repeat(1000) } }),
  wheel('a checksum that is wrong', () => zip([{ ...file('a.py'), raw: { crc: 1 } }]), { odd: ['header-mismatch'] }),
  wheel('a packed size that reaches too far',
    () => zip([{ ...file('a.py'), raw: { compressedSize: 1e6 } }]), { error: 'archive-invalid' }),
  wheel('a packed size that is cut',
    () => zip([{ ...file('a.py', 'abc'.repeat(100)), raw: { compressedSize: 3 } }]), { error: 'archive-invalid' }),
  wheel('an encrypted entry',
    () => zip([{ ...file('a.py'), raw: { flags: 0x0801 } }]), { odd: ['encrypted'], missing: 'a.py: encrypted' }),
  wheel('a packing nobody reads',
    () => zip([{ ...file('a.py'), raw: { method: 99 } }]), { odd: ['unsupported'], missing: 'a.py: packed by method 99' }),
  wheel('no deflate data',
    () => zip([{ ...file('a.py'), raw: { method: 8 } }]).map((byte, at) => (at === 34 ? 0xff : byte)),
    { error: 'archive-invalid' }),
  wheel('a data descriptor that is not there',
    () => zip([{ ...file('a.py'), raw: { flags: 0x0808 } }]), { odd: ['header-mismatch'] }),
  wheel('another Unicode path', () => {
    const other = Buffer.from('\u0001____b.py', 'latin1')
    other.writeUInt32LE(crc32('a.py'), 1)
    return zip([{ ...file('a.py'), raw: { extra: Buffer.concat([Buffer.from([0x75, 0x70, other.length, 0]), other]) } }])
  }, { odd: ['header-mismatch'] }),
  wheel('a needless zip64 size',
    () => zip([{ ...file('a.py'), raw: { extra: Buffer.from([1, 0, 8, 0, 99, 0, 0, 0, 0, 0, 0, 0]) } }]),
    { odd: ['header-mismatch'] }),
  wheel('a zip64 end record that agrees', () => withEnd64(zip([file('a.py')]), 0), { odd: [], files: { 'a.py': 'a.py' } }),
  wheel('a zip64 end record that differs', () => withEnd64(zip([file('a.py')]), 1), { odd: ['header-mismatch'] }),
  wheel('a symbolic link',
    () => zip([file('a.py'), { path: 'b.py', type: 'symlink', linkname: '/etc/passwd' }]),
    { odd: ['link'], files: { 'b.py': '/etc/passwd' } }),
  wheel('a path that climbs out', () => zip([file('../../x.pth')]), { odd: ['traversal'] }),
  wheel('an end record alone that lies', () => zip([]).map((byte, at) => (at === 16 ? 9 : byte)), { error: 'archive-invalid' }),
  wheel('entries that share their bytes', () => {
    const bytes = zip([file('a.py', 'aaaa'), file('b.py', 'bbbb')])
    bytes.writeUInt32LE(0, bytes.lastIndexOf('PK\x01\x02') + 42)
    return bytes
  }, { odd: ['header-mismatch'] }),
  wheel('a tarball under a wheel\'s name', () => tarGz([manifest]), { error: 'archive-invalid' }),
  wheel('a cut archive', () => zip([file('a.py'), file('b.py')]).subarray(0, -30), { error: 'archive-invalid' }),
  wheel('a bomb', () => zip([{ path: 'zeros.txt', body: Buffer.alloc(100e6) }]), { error: 'archive-limit' }),
]

export const hostileArchives: readonly HostileArchive[] = [...names, ...tars, ...zips]
