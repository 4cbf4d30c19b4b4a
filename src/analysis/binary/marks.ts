import type { NativeFacts } from './facts.ts'
import { OVERLAY } from './pe.ts'
import { find, latin1 } from './reading.ts'

/** Text that a toolchain or bundler leaves in what it makes. Any one is enough. */
const MARKS: readonly (readonly [mark: string, needles: readonly string[]])[] = [
  ['rust', ['/rustc/', 'RUST_BACKTRACE', 'rust_eh_personality']],
  ['nim', ['NimMain', 'nimGC_setStackBottom', 'fatal.nim']],
  ['zig', ['zig.builtin', 'std.zig']],
  ['cython', ['__pyx_capi__', '__pyx_unpickle', 'cython_runtime', '_cython_']],
  ['nuitka', ['NUITKA_ONEFILE_PARENT', '__compiled__', 'nuitka_module_loader', 'NUITKA_PACKAGE_HOME']],
  ['pyinstaller', ['_MEIPASS2', '_PYI_ARCHIVE_FILE', 'pyi-runtime-tmpdir']],
  ['cx_freeze', ['cx_Freeze', 'CX_FREEZE']],
  ['py2exe', ['PYTHONSCRIPT', 'py2exe']],
  ['pyarmor', ['__pyarmor__', 'pyarmor_runtime', 'PyArmor']],
  ['pkg', ['pkg/prelude/bootstrap.js', 'PAYLOAD_POSITION', 'PRELUDE_POSITION']],
  ['nexe', ['<nexe~~sentinel>', 'nexe~~']],
  ['node runtime', ['NODE_SEA_FUSE_', 'node::Start']],
  ['bun', ['---- Bun! ----']],
  ['deno', ['d3n0l4nd']],
  ['autoit', ['AU3!EA06', 'AU3!EA05']],
  ['appimage', ['APPIMAGE_EXTRACT_AND_RUN']],
  ['nsis', ['Nullsoft.NSIS', 'NullsoftInst']],
  ['inno setup', ['Inno Setup Setup Data']],
  ['go', [' Go buildinf:', 'Go build ID: "']],
]

const MARK_OF = new Map(MARKS.flatMap(([mark, needles]) => needles.map((needle) => [needle, mark] as const)))
const NEEDLES = new RegExp([...MARK_OF.keys()].map((needle) => RegExp.escape(needle)).join('|'))
const NEEDLE = new RegExp(NEEDLES, 'g')

/** Names of sections that packers and protectors give. */
const PACKERS: readonly (readonly [mark: string, name: RegExp])[] = [
  ['upx', /^UPX[0-9!]|^\.UPX/], ['aspack', /^\.aspack|^\.adata/], ['mpress', /^\.MPRESS/], ['themida', /^\.themida|^\.winlice/i],
  ['vmprotect', /^\.vmp\d/], ['petite', /^\.petite/], ['enigma', /^\.enigma/],
]

/** Compressed and encrypted data come above it, machine code and tables stay below. */
const DENSE = 7.2
/** Less than this says nothing about density. */
const MEASURABLE = 4096

/** Which toolchains name themselves in a printable run of a file. */
export function toolsIn(text: string): string[] {
  return NEEDLES.test(text) ? [...text.matchAll(NEEDLE)].map(([needle]) => MARK_OF.get(needle) as string) : []
}

/** The head of PyInstaller's archive, which is no text. */
const MEI = 'MEI\x0c\x0b\x0a\x0b\x0e'

/** What made a native file, and what was done to hide it. `tools`: what `toolsIn` found in its text. */
export function marksOf(bytes: Uint8Array, facts: NativeFacts, tools: ReadonlySet<string>): string[] {
  const isMade = (mark: string): boolean => tools.has(mark) || (mark === 'pyinstaller' && find(bytes, MEI) >= 0)
  const marks = MARKS.map(([mark]) => mark).filter(isMade)
  const packers = PACKERS.filter(([, name]) => facts.sections.some((section) => name.test(section.name))).map(([mark]) => mark)
  if (!packers.includes('upx') && find(bytes, 'UPX!') >= 0 && find(bytes, '$Info: This file is packed') >= 0) packers.push('upx')
  if (packers.length > 0) marks.push('packed', ...packers)
  for (const { name, size, entropy } of facts.sections) {
    const dense = size >= MEASURABLE && entropy !== null && entropy > DENSE
    if (dense && !COMPRESSED.test(name)) marks.push(`high entropy: ${name.slice(0, 64)}`)
    if (name === OVERLAY && size >= MEASURABLE) marks.push('data after the last section')
  }
  return [...marks, ...(tools.has('go') ? buildInfo(bytes) : [])]
}

/** Debugging data is compressed by ordinary compilers; resources hold icons. */
const COMPRESSED = /^\.z?debug_|^\.rsrc$|^\.gnu_debugdata$/

/**
 * What Go's linker writes of a build (`debug/buildinfo`): version, main module and settings. Since Go 1.18 the text stands in
 * place, its length before it as a varint; the module's text is framed by 16 bytes on each side.
 */
function buildInfo(bytes: Uint8Array): string[] {
  const at = find(bytes, '\xff Go buildinf:')
  if (at < 0 || !((bytes[at + 15] ?? 0) & 2)) return []
  const version = counted(bytes, at + 32)
  const modules = counted(bytes, version.next)
  const lines = modules.text.slice(16, -16).split('\n').filter((line) => /^(?:path|mod)\t/.test(line)).slice(0, 2)
  return [version.text, ...lines.map((line) => line.split('\t').slice(0, 3).join(' '))].filter((line) => line !== '').map((line) => line.slice(0, 200))
}

function counted(bytes: Uint8Array, at: number): { text: string; next: number } {
  let length = 0
  let next = at
  for (let shift = 0; shift < 28; shift += 7) {
    const byte = bytes[next++] ?? 0
    length += (byte & 0x7f) << shift
    if (!(byte & 0x80)) break
  }
  return { text: latin1(bytes.subarray(next, next + Math.min(length, 100_000))), next: next + length }
}
