import { importsOf } from './disassemble.ts'
import { Marshal, isCode } from './marshal.ts'
import type { CodeObject, Constant, Layout } from './marshal.ts'
import { Problems } from './reading.ts'
import { GUESSES, versionOf } from './versions.ts'
import type { PythonVersion } from './versions.ts'

/** What a compiled Python file says of itself, in the order of its code. */
export interface PycFacts {
  /** `3.11`; null when the magic number is none that CPython released. */
  version: string | null
  /** The path it was compiled from, as the file claims. */
  source: string | null
  imports: string[]
  /** Globals, attributes and variables that the code uses. */
  names: string[]
  strings: string[]
  problems: string[]
}

export interface Pyc {
  /** Null when the file does not say, or says what is not known. */
  version: PythonVersion | null
  code: CodeObject | null
  /** How the code was read; null when there is none. */
  layout: Layout | null
  /** Offset in the file of the first text of each spelling. */
  places: ReadonlyMap<string, number>
  /** Offset of the first byte behind the code; 0 when there is none. */
  end: number
  problems: string[]
}

type Read = Pick<Pyc, 'code' | 'places' | 'end'>
const NOTHING: Read = { code: null, places: new Map(), end: 0 }

const MOST_NAMES = 5000
const MOST_STRINGS = 5000
const MOST_TEXT = 20_000
const MOST_CODES = 20_000
const MOST_BYTECODE = 32_000_000

/** True for the first bytes of a file that some CPython would load, and for any `.pyc` that ends its magic as all do. */
export function isPyc(path: string, bytes: Uint8Array): boolean {
  if (bytes.length < 8 || bytes[2] !== 0x0d || bytes[3] !== 0x0a) return false
  return versionOf(magicOf(bytes)) !== null || /\.py[co]$/i.test(path)
}

/** Reads the code in a compiled file. Never throws; nothing is run. */
export function parsePyc(bytes: Uint8Array): Pyc {
  const problems = new Problems()
  const version = versionOf(magicOf(bytes))
  if (version) return { version, layout: version.layout, ...codeIn(bytes, { version, from: version.header, problems }), problems: problems.lines }
  problems.add(`magic number ${magicOf(bytes)} belongs to no known CPython`)
  const found = guess(bytes, null)
  if (!found) problems.add('no known layout of code fits')
  return { version: null, layout: found?.layout ?? null, ...(found?.read ?? NOTHING), problems: problems.lines }
}

/** Reads marshalled code without a header, as `marshal.loads` takes it, by whichever layout fits. */
export function parseMarshalled(bytes: Uint8Array): Pyc {
  const found = guess(bytes, 0)
  return { version: null, layout: found?.layout ?? null, ...(found?.read ?? NOTHING), problems: found ? [] : ['no layout of marshalled code fits'] }
}

export function readPyc(bytes: Uint8Array): PycFacts {
  return factsOf(parsePyc(bytes))
}

export function factsOf({ version, code, problems }: Pyc): PycFacts {
  const names = new Bag(MOST_NAMES)
  const strings = new Bag(MOST_STRINGS)
  const imports = new Bag(MOST_NAMES)
  const notes = [...problems]
  const codes = code ? everyCode(code) : []
  if (codes.length >= MOST_CODES) notes.push(`only the first ${MOST_CODES} code objects were looked at`)
  const seen = new Set<unknown>()
  let left = MOST_BYTECODE
  for (const each of codes) {
    left -= each.bytecode.length
    if (left >= 0) for (const name of importsOf(each, version?.name ?? null)) imports.add(name)
    if (!seen.has(each.names)) for (const name of each.names) names.add(name)
    seen.add(each.names)
    collect(each.constants, strings, seen)
  }
  if (left < 0) notes.push('too much bytecode to look for every import')
  for (const [what, bag] of [['names', names], ['strings', strings], ['imports', imports]] as const) {
    if (bag.full) notes.push(`only the first ${bag.most} ${what} were kept`)
  }
  return {
    version: version?.name ?? null, source: code?.filename.slice(0, MOST_TEXT) ?? null, imports: imports.items, names: names.items,
    strings: strings.items, problems: notes,
  }
}

/** Code objects, outer before inner, each once however often it is referred to. */
function everyCode(top: CodeObject): CodeObject[] {
  const codes = new Set<CodeObject>([top])
  const lists = new Set<readonly CodeObject[]>()
  for (const code of codes) {
    if (codes.size >= MOST_CODES) break
    if (!lists.has(code.nested)) for (const inner of code.nested) codes.add(inner)
    lists.add(code.nested)
  }
  return [...codes].slice(0, MOST_CODES)
}

/** Strings in a constant, shared parts once: references make small files of huge trees. */
function collect(constant: Constant, strings: Bag, seen: Set<unknown>): void {
  if (typeof constant === 'string') strings.add(constant)
  if (typeof constant !== 'object' || constant === null || isCode(constant) || seen.has(constant)) return
  seen.add(constant)
  if (constant instanceof Uint8Array) strings.add(Buffer.from(constant.subarray(0, MOST_TEXT)).toString('latin1'))
  else if (Array.isArray(constant)) for (const item of constant as readonly Constant[]) collect(item, strings, seen)
  else if ('is' in constant && constant.is === 'dict') for (const pair of constant.entries) for (const item of pair) collect(item, strings, seen)
}

class Bag {
  readonly most: number
  full = false
  readonly #items = new Set<string>()

  constructor(most: number) {
    this.most = most
  }

  add(text: string): void {
    if (text === '') return
    if (this.#items.size < this.most) this.#items.add(text.slice(0, MOST_TEXT))
    else this.full = true
  }

  get items(): string[] {
    return [...this.#items]
  }
}

const magicOf = (bytes: Uint8Array): number => (bytes[0] ?? 0) | ((bytes[1] ?? 0) << 8)

function codeIn(bytes: Uint8Array, { version, from, problems }: { version: PythonVersion; from: number; problems: Problems }): Read {
  const marshal = new Marshal(bytes, from, version.layout, problems)
  let code: CodeObject | null = null
  problems.step('the code', () => {
    const top = marshal.read()
    if (isCode(top)) code = top
    else problems.add('holds something other than code')
  })
  if (code && marshal.left > 0) problems.add(`${marshal.left} bytes follow the code`)
  return { code, places: marshal.places, end: code ? bytes.length - marshal.left : 0 }
}

/** The first layout that fits. A wrong one shifts the fields, and the code's name is then no name. */
function guess(bytes: Uint8Array, from: number | null): { layout: Layout; read: Read } | null {
  for (const version of GUESSES) {
    const { layout } = version
    const problems = new Problems()
    const read = codeIn(bytes, { version, from: from ?? version.header, problems })
    if (read.code && read.code.name !== '' && problems.lines.every((line) => line.endsWith('follow the code'))) return { layout, read }
  }
  return null
}
