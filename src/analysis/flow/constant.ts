import { endOf, startOf } from './tree.ts'
import type { Func } from './tree.ts'

/** What code is worth when everything in it is known. Maps are objects and dictionaries; what is not text in their keys is marked. */
export type Constant = string | number | boolean | null | Uint8Array | Constant[] | Map<string, Constant> | Folded
export type FoldLanguage = 'javascript' | 'python' | 'go'
export type Constants = readonly Constant[]

/** Longest text and bytes, and most items, that are kept; anything longer is not known. */
export const LONGEST = 262_144
export const MOST = 65_536

/** What is no plain data: functions, names of things outside the package, patterns, and JavaScript's `undefined`. */
export abstract class Folded {
  abstract readonly kind: 'function' | 'outside' | 'method' | 'pattern' | 'undefined' | 'unknown'
}

/** A function of the package with its environment. `fields` are what was set on it. */
export class Closure extends Folded {
  readonly kind = 'function'
  readonly func: Func
  readonly scope: Bindings
  readonly self: Constant | undefined
  /** The text of the unit it is from, where that is known. */
  readonly unit: string | null
  readonly fields = new Map<string, Constant>()
  constructor(func: Func, scope: Bindings, self?: Constant, unit: string | null = null) {
    super()
    this.unit = unit
    this.func = func
    this.scope = scope
    this.self = self
  }
}

/** The variables of a run of a function; undefined is what is not known. */
export class Bindings {
  readonly cells = new Map<string, Constant | undefined>()
  readonly outer: Bindings | null
  constructor(outer: Bindings | null) {
    this.outer = outer
  }
}

/** The scope that owns a variable. */
export function holderOf(name: string, inner: Bindings): Bindings | null {
  for (let scope: Bindings | null = inner; scope !== null; scope = scope.outer) if (scope.cells.has(name)) return scope
  return null
}

/** What `new` made of a function of the package. */
export class Instance extends Map<string, Constant> {
  readonly prototype: Map<string, Constant>
  constructor(prototype: Map<string, Constant>) {
    super()
    this.prototype = prototype
  }
}

/** Something outside of the package: `String.fromCharCode`, `zlib.decompress`. */
export class Outside extends Folded {
  readonly kind = 'outside'
  readonly ref: string
  constructor(ref: string) {
    super()
    this.ref = ref
  }
}

/** A method of a constant, not called yet: `[].filter`. */
export class Method extends Folded {
  readonly kind = 'method'
  readonly of: Constant
  readonly name: string
  constructor(of: Constant, name: string) {
    super()
    this.of = of
    this.name = name
  }
}

export class Pattern extends Folded {
  readonly kind = 'pattern'
  readonly source: string
  readonly flags: string
  constructor(source: string, flags: string) {
    super()
    this.source = source
    this.flags = flags
  }
}

/** Stands in a record for a value that is not known. */
class Unknown extends Folded {
  readonly kind = 'unknown'
}

export const UNKNOWN_FIELD: Constant = new Unknown()

class Undefined extends Folded {
  readonly kind = 'undefined'
}

export const UNDEFINED: Constant = new Undefined()

/** Something the code itself raises, for its own handlers to catch. No Error: those take their time to note where they come from. */
export class Raised {
  /** Undefined when what is thrown is not known. */
  readonly value: Constant | undefined
  constructor(message: string, ...thrown: [] | [Constant | undefined]) {
    this.value = thrown.length > 0 ? thrown[0] : new Map<string, Constant>([['message', message], ['name', 'Error']])
  }
}

export const isNothing = (value: Constant): boolean => value === null || value === UNDEFINED
export const isBytes = (value: Constant | undefined): value is Uint8Array => value instanceof Uint8Array

export function truthy(value: Constant, language: FoldLanguage): boolean {
  if (typeof value === 'string') return value.length > 0
  if (typeof value === 'number') return value !== 0 && !Number.isNaN(value)
  if (typeof value === 'boolean') return value
  if (isNothing(value)) return false
  if (language !== 'python') return true
  if (Array.isArray(value) || isBytes(value)) return value.length > 0
  return value instanceof Map ? value.size > 0 : true
}

/** Keys of records: numbers and bytes are marked in Python, where they are not the same as their text. */
export function keyOf(value: Constant, language: FoldLanguage): string | undefined {
  if (typeof value === 'string') return value
  if (language === 'python') {
    if (typeof value === 'number' || typeof value === 'boolean') return `\0${Number(value)}`
    return value === null ? '\0None' : undefined
  }
  return textOf(value)
}

export function keyBehind(key: string): Constant {
  if (key[0] !== '\0') return key
  return key === '\0None' ? null : Number(key.slice(1))
}

const DEEPEST = 8
const BUILT_IN = new Set(['Array', 'Boolean', 'Date', 'Function', 'Number', 'Object', 'RegExp', 'String'])

/** JavaScript's text for a value; undefined for what has none that is known. */
export function textOf(value: Constant, depth = 0): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value)
  if (value === UNDEFINED) return 'undefined'
  if (Array.isArray(value)) return listText(value, ',', depth)
  if (isBytes(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('utf8')
  if (value instanceof Map) return '[object Object]'
  if (value instanceof Closure) return spelledOut(value)
  if (value instanceof Pattern) return `/${value.source}/${value.flags}`
  if (value instanceof Outside) return BUILT_IN.has(value.ref) ? `function ${value.ref}() { [native code] }` : undefined
  return value instanceof Method ? `function ${value.name}() { [native code] }` : undefined
}

function spelledOut({ unit, func: { at } }: Closure): string | undefined {
  return unit !== null && endOf(at) - startOf(at) <= LONGEST ? unit.slice(startOf(at), endOf(at)) : undefined
}

export function listText(items: Constants, between: string, depth = 0): string | undefined {
  if (depth > DEEPEST) return undefined
  const texts: string[] = []
  let length = 0
  for (const item of items) {
    const text = isNothing(item) ? '' : textOf(item, depth + 1)
    if (text === undefined || (length += text.length + between.length) > LONGEST + between.length) return undefined
    texts.push(text)
  }
  return texts.join(between)
}

/** JavaScript's number for a value. */
export function numberOf(value: Constant): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value === 'string') return value.length > 400 ? Number.NaN : Number(value)
  if (typeof value === 'boolean' || value === null) return Number(value)
  if (value === UNDEFINED) return Number.NaN
  if (Array.isArray(value) && value.length > 1) return Number.NaN
  const text = textOf(value)
  return text === undefined ? undefined : Number(text.slice(0, 400))
}

/** Python's `str`, and `repr` where `quoted`. */
export function spelled(value: Constant, quoted = false, depth = 0): string | undefined {
  if (typeof value === 'string') return quoted ? quote(value) : value
  if (typeof value === 'number') return Number.isInteger(value) && Math.abs(value) < 1e15 ? String(value) : value.toString()
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (value === null) return 'None'
  if (depth > DEEPEST) return undefined
  if (isBytes(value)) return value.length > LONGEST / 4 ? undefined : `b${quote(Buffer.from(value).toString('latin1'), true)}`
  if (!Array.isArray(value)) return undefined
  const texts: string[] = []
  let length = 0
  for (const item of value) {
    const text = spelled(item, true, depth + 1)
    if (text === undefined || (length += text.length + 2) > LONGEST) return undefined
    texts.push(text)
  }
  return `[${texts.join(', ')}]`
}

function quote(text: string, bytes = false): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'"
  const named: Record<string, string> = { '\n': String.raw`\n`, '\r': String.raw`\r`, '\t': String.raw`\t`, '\\': '\\\\' }
  return mark + text.replace(bytes ? /[^ -~]|[\\'"]/g : /[\p{Cc}\\'"]/gu, (char) => {
    if (char === "'" || char === '"') return char === mark ? `\\${char}` : char
    return named[char] ?? `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`
  }) + mark
}

/** The items of whatever can be walked through; undefined when it cannot or is too long. */
export function itemsOf(value: Constant, language: FoldLanguage): Constant[] | undefined {
  if (Array.isArray(value)) return value
  if (typeof value === 'string') return value.length > MOST ? undefined : Array.from(value)
  if (isBytes(value)) return value.length > MOST ? undefined : Array.from(value)
  return value instanceof Map && language === 'python' ? [...value.keys()].map(keyBehind) : undefined
}

/** What may be handed on, or undefined when it is longer than is kept. */
export function bounded(value: Constant | undefined): Constant | undefined {
  if (typeof value === 'string' || isBytes(value)) return value.length > LONGEST ? undefined : value
  return Array.isArray(value) && value.length > MOST ? undefined : value
}
