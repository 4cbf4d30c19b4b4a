import { parser } from '@lezer/python'
import type { PackageFile } from '../../src/core/types.ts'

/**
 * Is there nothing in this package that could do anything? Collections of reported packages hold many whose payload was
 * taken out, or that were reported for their name alone. Told without any of the engine's rules: no file that a machine
 * runs but Python's, and in none of those a call but for the few that a bare `setup.py` makes.
 * What it depends on may still be malicious; that is another package.
 */
export function isInert(files: Iterable<PackageFile>): boolean {
  for (const file of files) {
    if (file.truncated || RUNS.test(file.path) || isNative(file.bytes)) return false
    if (/\.pyw?$/i.test(file.path) && callsAnything(file.bytes)) return false
  }
  return true
}

/** By ending: compiled Python, native code, shells and scripts, archives in the archive. */
const RUNS = /\.(?:py[cdox]|pth|so|dll|dylib|exe|bin|bat|cmd|ps1|vbs|sh|js|mjs|jar|class|c|cc|cpp|rs|go|zip|gz|tgz|bz2|xz|7z|rar|whl|egg|msi|scr|lnk|deb)$/i

/** ELF, Windows, Mach-O (both orders and universal), WebAssembly. */
const NATIVE = new Set([0x7f454c46, 0xfeedface, 0xfeedfacf, 0xcefaedfe, 0xcffaedfe, 0xcafebabe, 0x0061736d])

function isNative(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.subarray(0, 4))
  return head.length === 4 && (NATIVE.has(head.readUInt32BE(0)) || head.toString('latin1', 0, 2) === 'MZ')
}

/** What a `setup.py` without a payload calls: itself, its packages, its README. */
const HARMLESS = new Set([
  'setup', 'find_packages', 'find_namespace_packages', 'open', 'read', 'read_text', 'readlines', 'splitlines', 'strip', 'split', 'join',
  'dirname', 'abspath', 'Path', 'format', 'print', 'len', 'range', 'str', 'int', 'float', 'list', 'dict', 'isinstance', 'super', '__init__', 'chdir', 'normpath',
])

const LARGE = 200_000

function callsAnything(bytes: Uint8Array): boolean {
  if (bytes.length > LARGE) return true
  const text = Buffer.from(bytes).toString('utf8')
  const cursor = parser.parse(text).cursor()
  do {
    // What cannot be parsed may be Python 2's `exec "…"`; what is no call but runs something is `print`'s like.
    if (cursor.type.isError || cursor.name === 'exec') return true
    if (cursor.name !== 'CallExpression') continue
    const callee = cursor.node.firstChild
    const name = /\w+$/.exec(text.slice(callee?.from ?? 0, callee?.to ?? 0).slice(-100))?.[0] ?? ''
    if (!HARMLESS.has(name)) return true
  } while (cursor.next())
  return false
}
