import { Fields, Problems } from './reading.ts'
import { interestingStrings } from './strings.ts'
import type { FoundText } from './strings.ts'

interface WasmName { module: string; name: string; kind: WasmKind }
interface WasmExport { name: string; kind: WasmKind }
type WasmKind = 'function' | 'table' | 'memory' | 'global' | 'tag'

export interface WasmFacts {
  /** 1 is a module; components (the component model) are named as a problem and read no further. */
  version: number
  imports: WasmName[]
  exports: WasmExport[]
  /** Names of custom sections: toolchains and debuggers leave their mark there. */
  custom: string[]
  /** Text in the data segments. */
  strings: FoundText[]
  problems: string[]
}

const KINDS: readonly WasmKind[] = ['function', 'table', 'memory', 'global', 'tag']
const MOST = 2000
const MOST_SECTIONS = 1000

export function isWasm(bytes: Uint8Array): boolean {
  return bytes.length >= 8 && bytes[0] === 0 && bytes[1] === 0x61 && bytes[2] === 0x73 && bytes[3] === 0x6d
}

/** Reads a WebAssembly module by the binary format of the core specification. Never throws; code is not looked at. */
export function readWasm(bytes: Uint8Array): WasmFacts {
  const problems = new Problems()
  const facts: WasmFacts = { version: 0, imports: [], exports: [], custom: [], strings: [], problems: problems.lines }
  problems.step('the module', () => {
    const cursor = new Cursor(bytes, 4)
    facts.version = cursor.u32()
    if (facts.version !== 1) {
      problems.add(`version ${facts.version} is not a module of the core specification`)
      return
    }
    for (let section = 0; cursor.left > 0; section++) {
      if (section >= MOST_SECTIONS) {
        problems.add(`only the first ${MOST_SECTIONS} sections were read`)
        return
      }
      readSection(cursor, facts, problems)
    }
  })
  return facts
}

function readSection(cursor: Cursor, facts: WasmFacts, problems: Problems): void {
  const id = cursor.u8()
  const size = cursor.leb()
  const inside = new Cursor(cursor.bytes.subarray(0, cursor.at + Math.min(size, cursor.left)), cursor.at)
  const from = cursor.at
  if (size > cursor.left) problems.add(`section ${id} is cut off`)
  cursor.at += Math.min(size, cursor.left)
  problems.step(`section ${id}`, () => {
    if (id === 0) keep(facts.custom, inside.name(), problems)
    if (id === 2) readImports(inside, facts, problems)
    if (id === 7) readExports(inside, facts, problems)
    if (id === 11) {
      const room = 500 - facts.strings.length
      for (const { text, at } of interestingStrings(inside.bytes.subarray(from), { most: room })) facts.strings.push({ text, at: at + from })
    }
  })
}

function readImports(cursor: Cursor, facts: WasmFacts, problems: Problems): void {
  const count = cursor.leb()
  for (let i = 0; i < count && facts.imports.length < MOST; i++) {
    const module = cursor.name()
    const name = cursor.name()
    const kind = KINDS[cursor.u8()]
    if (kind === undefined) throw new RangeError('unknown kind')
    if (kind === 'function') cursor.leb()
    if (kind === 'table') cursor.type()
    if (kind === 'table' || kind === 'memory') cursor.limits()
    if (kind === 'global') {
      cursor.type()
      cursor.u8()
    }
    if (kind === 'tag') {
      cursor.u8()
      cursor.leb()
    }
    facts.imports.push({ module, name, kind })
  }
  if (count > MOST) problems.add(`only the first ${MOST} of ${count} imports were read`)
}

function readExports(cursor: Cursor, facts: WasmFacts, problems: Problems): void {
  const count = cursor.leb()
  for (let i = 0; i < count && facts.exports.length < MOST; i++) {
    const name = cursor.name()
    const kind = KINDS[cursor.u8()]
    if (kind === undefined) throw new RangeError('unknown kind')
    cursor.leb()
    facts.exports.push({ name, kind })
  }
  if (count > MOST) problems.add(`only the first ${MOST} of ${count} exports were read`)
}

function keep(list: string[], name: string, problems: Problems): void {
  if (list.length < MOST) list.push(name)
  else problems.add(`only the first ${MOST} custom sections were named`)
}

class Cursor {
  readonly bytes: Uint8Array
  readonly #fields: Fields
  at: number

  constructor(bytes: Uint8Array, at: number) {
    this.bytes = bytes
    this.#fields = new Fields(bytes, true, false)
    this.at = at
  }

  get left(): number {
    return this.bytes.length - this.at
  }

  u8 = (): number => this.#fields.u8(this.at++)

  u32(): number {
    this.at += 4
    return this.#fields.u32(this.at - 4)
  }

  /** LEB128, unsigned; ten bytes hold 64 bits. */
  leb(): number {
    let value = 0
    for (let byte = 0x80, place = 0; byte & 0x80; place++) {
      if (place === 10) throw new RangeError('number too long')
      byte = this.u8()
      value += (byte & 0x7f) * 2 ** (7 * place)
    }
    return value
  }

  name(): string {
    const length = this.leb()
    const piece = this.#fields.slice(this.at, length)
    this.at += length
    return new TextDecoder().decode(piece.subarray(0, 500))
  }

  /** A value type; typed references carry a heap type. */
  type(): void {
    const form = this.u8()
    if (form === 0x63 || form === 0x64) this.leb()
  }

  limits(): void {
    const flags = this.u8()
    this.leb()
    if (flags & 1) this.leb()
    if (flags & 8) this.leb()
  }
}
