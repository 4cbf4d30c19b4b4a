import { parser } from '@lezer/python'
import type { PackageFile } from '../../src/core/types.ts'

/**
 * Is there nothing in this package that could do anything? Collections of reported packages hold many whose payload was
 * taken out, or that were reported for their name alone. Told without any of the engine's rules: no file that a machine
 * runs but Python's, and each of those either calls nothing but what a bare `setup.py` calls, or only computes: it
 * imports nothing but itself and modules that reach nothing, and names no built-in that does.
 * What it depends on may still be malicious; that is another package.
 */
export function isInert(files: readonly PackageFile[]): boolean {
  const own = new Set(files.flatMap(({ path }) => path.split('/').slice(0, -1).concat(path.split('/').at(-1)?.replace(/\.py$/, '') ?? '')))
  return files.every((file) => {
    if (file.truncated || RUNS.test(file.path) || isNative(file.bytes)) return false
    return !/\.pyw?$/i.test(file.path) || pythonIsInert(file.bytes, own)
  })
}

/** By ending: compiled Python, native code, shells and scripts, archives in the archive. */
const RUNS = /\.(?:py[cdox]|pth|so|dll|dylib|exe|bin|bat|cmd|ps1|vbs|sh|js|mjs|jar|class|c|cc|cpp|rs|go|zip|gz|tgz|bz2|xz|7z|rar|whl|egg|msi|scr|lnk|deb)$/i

/** ELF, Mach-O (both orders and universal), WebAssembly. */
const NATIVE = new Set([0x7f454c46, 0xfeedface, 0xfeedfacf, 0xcefaedfe, 0xcffaedfe, 0xcafebabe, 0x0061736d])

function isNative(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.subarray(0, 4))
  return head.length === 4 && (NATIVE.has(head.readUInt32BE(0)) || head.toString('latin1', 0, 2) === 'MZ')
}

/** What a `setup.py` without a payload calls: itself, its packages, its README. */
const BARE = new Set([
  'setup', 'find_packages', 'find_namespace_packages', 'open', 'read', 'read_text', 'readlines', 'splitlines', 'strip', 'split', 'join',
  'dirname', 'abspath', 'Path', 'format', 'print', 'len', 'range', 'str', 'int', 'float', 'list', 'dict', 'isinstance', 'super', '__init__', 'chdir', 'normpath',
])

/** Modules of the standard library that reach no file, process, network, native code or other module. */
const COMPUTING = new Set([
  '__future__', 'abc', 'array', 'bisect', 'calendar', 'cmath', 'collections', 'copy', 'dataclasses', 'datetime', 'decimal', 'enum', 'fractions', 'functools',
  'heapq', 'itertools', 'json', 'math', 'numbers', 'operator', 'random', 're', 'statistics', 'string', 'textwrap', 'time', 'typing', 'unicodedata',
])

/** Names through which code that imports nothing gets at everything. */
const REACHING = new Set([
  'exec', 'eval', 'compile', '__import__', '__builtins__', '__globals__', '__subclasses__', '__loader__', '__class__', 'open', 'getattr', 'globals', 'locals', 'vars', 'breakpoint',
])

const LARGE = 200_000

function pythonIsInert(bytes: Uint8Array, own: ReadonlySet<string>): boolean {
  if (bytes.length > LARGE) return false
  const text = Buffer.from(bytes).toString('utf8')
  let bare = true
  let computing = true
  const cursor = parser.parse(text).cursor()
  do {
    const { name, from, to } = cursor
    // What does not parse may be Python 2's `exec "…"`.
    if (cursor.type.isError) return false
    if (name === 'CallExpression' && !BARE.has(lastWord(text, cursor.node.firstChild))) bare = false
    else if ((name === 'VariableName' || name === 'PropertyName') && REACHING.has(text.slice(from, to))) computing = false
    else if (name === 'ImportStatement' && !imported(text.slice(from, to)).every((module) => module === '' || own.has(module) || COMPUTING.has(module))) computing = false
  } while (cursor.next())
  return bare || computing
}

const lastWord = (text: string, node: { from: number; to: number } | null): string =>
  /\w+$/.exec(text.slice(node?.from ?? 0, node?.to ?? 0).slice(-100))?.[0] ?? ''

/** First parts of the modules of an import statement; '' for relative ones. */
function imported(statement: string): string[] {
  const [, from, list = ''] = /^(?:from\s+(\S+)\s+)?import\s+([\s\S]*)$/.exec(statement) ?? []
  return (from === undefined ? list.split(',') : [from]).map((module) => module.trim().split(/[\s.]/)[0] as string)
}
