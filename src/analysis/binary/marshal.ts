import type { Problems } from './reading.ts'
import { latin1 } from './reading.ts'

/** A constant of a code object. Tuples, lists and sets are arrays; what is not told apart further is null. */
export type Constant = null | boolean | number | bigint | string | Ellipsis | Uint8Array | Table | CodeObject | readonly Constant[]

interface Ellipsis { readonly is: 'ellipsis' }
interface Table { readonly is: 'dict'; readonly entries: readonly (readonly [Constant, Constant])[] }

/** The compiled body of a module, class or function. */
export interface CodeObject {
  readonly is: 'code'
  readonly name: string
  readonly filename: string
  /** Positional arguments, then arguments by keyword only. */
  readonly argCount: number
  readonly keywordCount: number
  /** 4: takes `*args`, 8: takes `**kwargs`. */
  readonly flags: number
  readonly firstLine: number
  readonly names: readonly string[]
  /** Local variables by index, arguments first; since 3.11 cells and free variables follow in the same list. */
  readonly locals: readonly string[]
  /** Before 3.11 `LOAD_DEREF` counts cell variables, then free variables. */
  readonly cells: readonly string[]
  readonly free: readonly string[]
  readonly constants: readonly Constant[]
  readonly nested: readonly CodeObject[]
  readonly bytecode: Uint8Array
}

/** Order of the fields of a code object, which changed three times. */
export type Layout = '2.x' | '3.0' | '3.8' | '3.11'

const MAX_DEPTH = 200
const MAX_OBJECTS = 1_000_000

/**
 * Reads Python's marshal format (CPython's `Python/marshal.c`), whatever was written by 2.x and 3.x. Throws RangeError when
 * the bytes end too early, the nesting is too deep or the objects are too many; an unknown type code is a problem and ends it.
 */
export class Marshal {
  /** Offset of the first text of this spelling. */
  readonly places = new Map<string, number>()
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #layout: Layout
  readonly #problems: Problems
  readonly #refs: Constant[] = []
  readonly #interned: Constant[] = []
  readonly #textsOf = new Map<readonly Constant[], readonly string[]>()
  readonly #codesOf = new Map<readonly Constant[], readonly CodeObject[]>()
  #at: number
  #depth = 0
  #objects = 0

  /** Reads from offset `from` on. */
  constructor(bytes: Uint8Array, from: number, layout: Layout, problems: Problems) {
    this.#at = from
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#layout = layout
    this.#problems = problems
  }

  /** Bytes after what was read. */
  get left(): number {
    return this.#bytes.length - this.#at
  }

  read(): Constant {
    const value = this.#object()
    return value === END ? null : value
  }

  #object(): Constant | typeof END {
    if (++this.#objects > MAX_OBJECTS) throw new RangeError('too many objects')
    if (++this.#depth > MAX_DEPTH) throw new RangeError('nested too deeply')
    const tag = this.#byte()
    const type = String.fromCharCode(tag & 0x7f)
    // Objects that hold others take their number before these are read.
    const slot = tag & 0x80 && !UNNUMBERED.has(type) ? this.#refs.push(null) - 1 : -1
    const value = this.#value(type)
    if (slot >= 0 && value !== END) this.#refs[slot] = value
    this.#depth--
    return value
  }

  #value(type: string): Constant | typeof END {
    switch (type) {
      case '0': return END
      case 'N': case 'S': return null
      case 'F': return false
      case 'T': return true
      case '.': return { is: 'ellipsis' }
      case 'i': return this.#int()
      case 'I': return this.#view.getBigInt64(this.#skip(8), true)
      case 'l': return this.#long()
      case 'f': return Number(latin1(this.#take(this.#byte())))
      case 'g': return this.#double()
      case 'x': this.#take(this.#byte()); this.#take(this.#byte()); return null
      case 'y': this.#take(16); return null
      case 's': return this.#bytesOrText(this.#take(this.#size()))
      case 't': {
        const bytes = this.#take(this.#size())
        const text = this.#text(bytes, this.#layout === '2.x' ? latin1 : utf8)
        this.#interned.push(text)
        return text
      }
      case 'u': return this.#text(this.#take(this.#size()), utf8)
      case 'a': case 'A': return this.#text(this.#take(this.#size()), latin1)
      case 'z': case 'Z': return this.#text(this.#take(this.#byte()), latin1)
      case 'r': return this.#refs[this.#size()] ?? null
      case 'R': return this.#interned[this.#size()] ?? null
      case ')': return this.#items(this.#byte())
      case '(': case '[': case '<': case '>': return this.#items(this.#size())
      case '{': return this.#dict()
      case ':': this.#object(); this.#object(); this.#object(); return null
      case 'c': return this.#code()
      default:
        this.#problems.add(`marshal: unknown type ${JSON.stringify(type)} at byte ${this.#at - 1}`)
        throw new RangeError('unknown type')
    }
  }

  /** Python 2's str holds text or bytes alike; 3's type `s` is bytes. */
  #bytesOrText(bytes: Uint8Array): Constant {
    const text = this.#layout === '2.x' || bytes.length <= MOST_PLACED ? this.#text(bytes, latin1) : ''
    return this.#layout === '2.x' ? text : bytes
  }

  #text(bytes: Uint8Array, decode: (bytes: Uint8Array) => string): string {
    const text = decode(bytes)
    if (!this.places.has(text)) this.places.set(text, bytes.byteOffset - this.#bytes.byteOffset)
    return text
  }

  #items(count: number): readonly Constant[] {
    const items: Constant[] = []
    for (let i = 0; i < count; i++) {
      const item = this.#object()
      items.push(item === END ? null : item)
    }
    return items
  }

  #dict(): Table {
    const entries: (readonly [Constant, Constant])[] = []
    for (;;) {
      const key = this.#object()
      if (key === END) return { is: 'dict', entries }
      const value = this.#object()
      entries.push([key, value === END ? null : value])
    }
  }

  /** Digits of 15 bits, lowest first, the sign in their count. */
  #long(): bigint {
    const count = this.#int()
    const digits = this.#take(Math.abs(count) * 2)
    let value = 0n
    for (let i = Math.min(digits.length, MOST_DIGITS) - 2; i >= 0; i -= 2) {
      value = (value << 15n) | BigInt((digits[i] ?? 0) | ((digits[i + 1] ?? 0) << 8))
    }
    return count < 0 ? -value : value
  }

  #code(): CodeObject {
    const layout = this.#layout
    const argCount = this.#int()
    if (layout === '3.8' || layout === '3.11') this.#int()
    const keywordCount = layout === '2.x' ? 0 : this.#int()
    if (layout !== '3.11') this.#int()
    this.#int()
    const flags = this.#int()
    const bytecode = bytesOf(this.#object())
    const constants = arrayOf(this.#object())
    const names = this.#texts(this.#object())
    const locals = this.#texts(this.#object())
    const free = layout === '3.11' ? [] : this.#texts(this.#object())
    const cells = layout === '3.11' ? [] : this.#texts(this.#object())
    if (layout === '3.11') this.#object()
    const filename = textOf(this.#object())
    const name = textOf(this.#object())
    if (layout === '3.11') this.#object()
    const firstLine = this.#int()
    this.#object()
    if (layout === '3.11') this.#object()
    const nested = this.#codes(constants)
    return { is: 'code', name, filename, argCount, keywordCount, flags, firstLine, names, locals, cells, free, constants, nested, bytecode }
  }

  /** Many code objects may refer to one long tuple: it is gone through once. */
  #texts(value: Read): readonly string[] {
    const items = arrayOf(value)
    return remembered(this.#textsOf, items, () => items.map(textOf))
  }

  #codes(items: readonly Constant[]): readonly CodeObject[] {
    return remembered(this.#codesOf, items, () => items.filter(isCode))
  }

  #byte = (): number => this.#view.getUint8(this.#at++)
  #int = (): number => this.#view.getInt32(this.#skip(4), true)
  #double = (): number => this.#view.getFloat64(this.#skip(8), true)

  #size(): number {
    const size = this.#int()
    if (size < 0) throw new RangeError('negative size')
    return size
  }

  #skip(count: number): number {
    const at = this.#at
    this.#at += count
    return at
  }

  #take(count: number): Uint8Array {
    if (count > this.left) throw new RangeError('outside the bytes at hand')
    return this.#bytes.subarray(this.#at, this.#skip(count) + count)
  }
}

/** Types that no reference leads back to, flagged or not. */
const UNNUMBERED = new Set('0NFTS.rR')

/** What ends a dict: no object at all. */
const END = Symbol('end')
/** Longer numbers keep their lowest digits: no program means them. */
const MOST_DIGITS = 2000
/** Longer bytes are no text whose place anybody asks for. */
const MOST_PLACED = 20_000

export const isCode = (value: Constant): value is CodeObject => typeof value === 'object' && value !== null && 'is' in value && value.is === 'code'
export const isTuple = (value: Constant): value is readonly Constant[] => Array.isArray(value)

function utf8(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
}

type Read = Constant | typeof END

const NONE: readonly Constant[] = []

function remembered<T>(known: Map<readonly Constant[], T>, items: readonly Constant[], make: () => T): T {
  const found = known.get(items) ?? make()
  known.set(items, found)
  return found
}

const arrayOf = (value: Read): readonly Constant[] => (Array.isArray(value) ? value as readonly Constant[] : NONE)
const textOf = (value: Read): string => (typeof value === 'string' ? value : value instanceof Uint8Array ? latin1(value) : '')
const bytesOf = (value: Read): Uint8Array =>
  value instanceof Uint8Array ? value : typeof value === 'string' ? Buffer.from(value, 'latin1') : new Uint8Array()
