import type { BinaryFacts } from './facts.ts'
import { marksOf, toolsIn } from './marks.ts'
import { readNative } from './native.ts'
import { picklesIn, readPickle } from './pickle.ts'
import { factsOf, isPyc, parsePyc } from './pyc.ts'
import { Problems } from './reading.ts'
import { interestingStrings, isInteresting } from './strings.ts'
import { isWasm, readWasm } from './wasm.ts'

export type { BinaryFacts } from './facts.ts'

const MOST_IMPORTS = 2000
const MOST_STRINGS = 500
const MOST_MARKS = 100
const LONGEST = 500

/**
 * Reads a compiled file as facts: what it is, what it takes from outside and what it names. Null when the bytes begin like no
 * binary known here. Never throws, runs nothing, linear in the size; `problems` says what could not be read.
 */
export function readBinary(path: string, bytes: Uint8Array, truncated: boolean): BinaryFacts | null {
  const facts = read(path, bytes)
  if (!facts) return null
  const problems = [...(truncated ? [`only the first ${bytes.length} bytes were at hand`] : []), ...facts.problems]
  if (facts.imports.length > MOST_IMPORTS) problems.push(`only the first ${MOST_IMPORTS} of ${facts.imports.length} imports were kept`)
  if (facts.strings.length >= MOST_STRINGS) problems.push(`only the first ${MOST_STRINGS} strings were kept`)
  return {
    ...facts,
    imports: facts.imports.slice(0, MOST_IMPORTS).map((name) => name.slice(0, LONGEST)),
    strings: facts.strings.slice(0, MOST_STRINGS),
    marks: facts.marks.slice(0, MOST_MARKS).map((mark) => mark.slice(0, LONGEST)),
    problems,
  }
}

function read(path: string, bytes: Uint8Array): BinaryFacts | null {
  if (isWasm(bytes)) return wasm(path, bytes)
  if (isPyc(path, bytes)) return pyc(path, bytes)
  const pickled = pickle(path, bytes)
  if (pickled) return pickled
  const problems = new Problems()
  const native = readNative(bytes, problems)
  if (native) {
    const { format, kind, arch, libraries, imports, marks } = native
    const tools = new Set<string>()
    const strings = interestingStrings(bytes, { every: (text) => toolsIn(text).forEach((tool) => tools.add(tool)) })
    return {
      path, format, kind, arch, strings, imports: [...new Set([...libraries, ...imports])], marks: [...new Set([...marks, ...marksOf(bytes, native, tools)])],
      problems: problems.lines,
    }
  }
  const shape = SHAPES.find(({ magic, at = 0, name }) => magic.every((byte, i) => bytes[at + i] === byte) && (name?.test(path) ?? true))
  if (!shape) return null
  const notes = shape.note ? [shape.note] : []
  return { path, format: shape.format, kind: shape.kind, arch: null, imports: [], strings: interestingStrings(bytes), marks: [], problems: notes }
}

function wasm(path: string, bytes: Uint8Array): BinaryFacts {
  const { imports, exports, custom, strings, problems } = readWasm(bytes)
  const wasi = imports.some(({ module }) => module.startsWith('wasi')) ? ['wasi'] : []
  return {
    path, format: 'wasm', kind: exports.some(({ name }) => name === '_start') ? 'executable' : 'module', arch: 'wasm32',
    imports: imports.map(({ module, name }) => `${module}.${name}`), strings, marks: [...wasi, ...custom.map((name) => `section ${name}`)], problems,
  }
}

function pyc(path: string, bytes: Uint8Array): BinaryFacts {
  const read = parsePyc(bytes)
  const { version, source, imports, strings, problems } = factsOf(read)
  const marks = [...(version ? [`python ${version}`] : []), ...(source ? [`compiled from ${source}`] : [])]
  const texts = strings.filter(isInteresting).map((text) => ({ text: text.slice(0, LONGEST), at: read.places.get(text) ?? 0 }))
  // What stands outside the code that was read, or in code that was not, is found as in any other file.
  const loose = interestingStrings(bytes.subarray(read.end)).map(({ text, at }) => ({ text, at: at + read.end }))
  return { path, format: 'pyc', kind: 'python code', arch: null, imports, strings: [...texts, ...loose], marks, problems }
}

/** A pickle that does something when it is loaded; models and arrays that are only rebuilt are data. */
function pickle(path: string, bytes: Uint8Array): BinaryFacts | null {
  const calls = picklesIn(path, bytes).flatMap((one) => readPickle(one).calls)
  if (calls.length === 0) return null
  return { path, format: 'pickle', kind: 'python objects', arch: null, imports: [...new Set(calls)], strings: interestingStrings(bytes), marks: [...new Set(calls)], problems: [] }
}

interface Shape {
  format: BinaryFacts['format']
  kind: string
  magic: readonly number[]
  at?: number
  /** What the path must look like as well. */
  name?: RegExp
  note?: string
}

const letters = (text: string): number[] => [...Buffer.from(text, 'latin1')]

/** Compiled formats that are recognised and searched for text, no more. */
const SHAPES: readonly Shape[] = [
  { format: 'dex', kind: 'android code', magic: letters('dex\n0') },
  { format: 'jar', kind: 'java archive', magic: letters('PK\x03\x04'), name: /\.(?:jar|war|ear|aar)$/i, note: 'the classes in the archive were not read' },
  { format: 'other', kind: 'java class', magic: letters('\xca\xfe\xba\xbe') },
  { format: 'other', kind: 'static library', magic: letters('!<arch>\n') },
  { format: 'other', kind: 'llvm bitcode', magic: letters('BC\xc0\xde') },
  { format: 'other', kind: 'lua bytecode', magic: letters('\x1bLua') },
  { format: 'other', kind: 'applescript', magic: letters('FasdUAS') },
  { format: 'other', kind: 'v8 bytecode', magic: [0xde, 0xc0], at: 2, name: /\.jsc$/i },
  { format: 'other', kind: 'windows shortcut', magic: [0x4c, 0, 0, 0, 1, 0x14, 2, 0] },
  { format: 'other', kind: 'windows installer or office document', magic: [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1] },
  { format: 'other', kind: 'dos program', magic: letters('MZ'), name: /\.(?:exe|dll|com|sys|scr|pyd|node)$/i },
]
