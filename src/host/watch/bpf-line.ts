import { constants } from 'node:os'
import type { Observation } from './observation.ts'
import { addressOf } from './socket-address.ts'
import { LONGEST, TOLD } from './script.ts'

/** A line of the program in script.ts, read. Of `exec`, arguments and variables come as lines of their own before it. */
export type Read =
  | { what: 'ready' }
  | { what: 'alive'; at: number }
  | { what: 'answer'; at: number; question: number; told: number }
  | Told

export type Told =
  | { what: 'root'; at: number; pid: number }
  | { what: 'argument'; at: number; pid: number; index: number; text: string }
  | { what: 'variable'; at: number; pid: number; name: string; value: string }
  | { what: 'code'; at: number; pid: number; code: number }
  | { what: 'second'; at: number; pid: number; folder: number | null; path: string; cut: boolean }
  | { what: 'packet'; at: number; pid: number; answer: boolean; bytes: Buffer }
  | Observation

const AT_FDCWD = -100
/** open(2): O_WRONLY, O_RDWR, O_CREAT, O_TRUNC. */
const WRITES = 0x1 | 0x2 | 0x40 | 0x200
const ERRORS = new Map(Object.entries(constants.errno).map(([name, number]) => [number, name]))
const FILES = { u: 'delete', r: 'rename', l: 'link', m: 'mode' } as const

/** null: a line of another program, or of another version of it. */
export function readBpfLine(data: string): Read | null {
  const letter = data[0] as string
  if (data[1] !== ' ') return null
  const fields = new Fields(data)
  const at = fields.number() / 1000
  if (Number.isNaN(at)) return null
  if (letter === 'R') return { what: 'ready' }
  if (letter === 'H') return { what: 'alive', at }
  if (letter === 'Q') return { what: 'answer', at, question: fields.number(), told: fields.number() }
  const pid = fields.number()
  if (!Number.isSafeInteger(pid)) return null
  switch (letter) {
    case 'N': return { what: 'root', at, pid }
    case 'F': return { what: 'fork', at, pid, child: fields.number() }
    case 'A': return { what: 'argument', at, pid, index: fields.number(), text: fields.rest() }
    case 'E': return { what: 'exec', at, pid, program: fields.rest(), argv: [] }
    case 'V': return variable(fields.rest(), at, pid)
    case 'x': return { what: 'code', at, pid, code: fields.number() & 0xff }
    case 'X': return { what: 'exit', at, pid, exit: null, signal: null }
    case 'O': return opened(fields, at, pid)
    case 'u': case 'r': case 'l': case 'm': return { what: 'file', at, pid, kind: FILES[letter], folder: folderOf(fields.number()), ...pathOf(fields.rest()), error: null }
    case 't': return { what: 'second', at, pid, folder: folderOf(fields.number()), ...pathOf(fields.rest()) }
    case 'c': {
      const folder = fields.number()
      return { what: 'folder', at, pid, path: folder === AT_FDCWD ? fields.rest() : `/proc/${pid}/fd/${folder}` }
    }
    case 'C': case 'S': case 'b': {
      const target = addressOf(fields.number(), fields.words())
      return target === null ? null : { what: 'act', at, pid, kind: letter === 'C' ? 'connect' : letter === 'S' ? 'send' : 'listen', target, error: null }
    }
    case 'U': return { what: 'act', at, pid, kind: 'connect', target: fields.rest() || '@', error: null }
    case 'D': case 'd': return { what: 'packet', at, pid, answer: letter === 'd', bytes: unescaped(fields.rest()) }
    case 'k': return { what: 'act', at, pid, kind: 'signal', target: String(fields.number()), name: String(fields.number()), error: null }
    case 'i': return { what: 'act', at, pid, kind: 'inject', target: String(fields.number()), error: null }
    case 'f': return { what: 'act', at, pid, kind: 'memory', target: fields.rest(), error: null }
    case 'z': return { what: 'act', at, pid, kind: 'refused', target: fields.rest(), error: null }
    default: return null
  }
}

function opened(fields: Fields, at: number, pid: number): Read {
  const result = fields.number()
  const flags = fields.number()
  const folder = folderOf(fields.number())
  return {
    what: 'file', at, pid, kind: (flags & WRITES) === 0 ? 'read' : 'write', folder, ...pathOf(fields.rest()),
    error: result >= 0 ? null : ERRORS.get(-result) ?? `E${-result}`,
  }
}

/** What was cut is another value. */
function variable(text: string, at: number, pid: number): Read | null {
  const end = text.indexOf('=')
  const name = text.slice(0, Math.max(0, end))
  return TOLD.includes(name) && Buffer.byteLength(text) < LONGEST - 1 ? { what: 'variable', at, pid, name, value: text.slice(end + 1) } : null
}

const folderOf = (descriptor: number): number | null => (descriptor < 0 || Number.isNaN(descriptor) ? null : descriptor)
const pathOf = (path: string): { path: string; cut: boolean } => ({ path, cut: Buffer.byteLength(path) >= LONGEST - 1 })

/** Numbers from the left, each followed by one space; what is left is text, whatever stands in it. */
class Fields {
  readonly #text: string
  #at = 2

  constructor(text: string) {
    this.#text = text
  }

  number(): number {
    const end = this.#text.indexOf(' ', this.#at)
    const digits = this.#text.slice(this.#at, end < 0 ? undefined : end)
    this.#at = end < 0 ? this.#text.length : end + 1
    return /^-?\d{1,20}$/.test(digits) ? Number(digits) : Number.NaN
  }

  words(): bigint[] {
    return this.rest().split(' ', 4).flatMap((word) => (/^-?\d{1,20}$/.test(word) ? [BigInt.asUintN(64, BigInt(word))] : []))
  }

  rest(): string {
    return this.#text.slice(this.#at)
  }
}

/** `%r`: bytes that do not print stand as `\xNN`. */
function unescaped(text: string): Buffer {
  return Buffer.from(text.replace(/\\x([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))), 'latin1')
}
