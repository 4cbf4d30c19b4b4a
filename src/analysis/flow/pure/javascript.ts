import { LONGEST, MOST, Outside, Pattern, Raised, UNDEFINED, isBytes, itemsOf, numberOf, textOf, truthy } from '../constant.ts'
import type { Constant, Constants } from '../constant.ts'
import { textFrom } from './encodings.ts'
import { textAt } from './types.ts'
import type { Apply, Calls, Known } from './types.ts'

const said = (args: Constants): string | undefined => textOf(args[0] ?? UNDEFINED)
const numbers = (args: Constants): number[] | undefined => {
  const found = args.map(numberOf)
  return found.every((one) => one !== undefined) ? found : undefined
}

/** Text changed by a function of the language that raises on what it cannot read. */
const escaping = (change: (text: string) => string) => (args: Constants): Known => {
  const text = said(args)
  if (text === undefined || text.length > LONGEST) return undefined
  try {
    return change(text)
  } catch (thrown) {
    if (thrown instanceof URIError) throw new Raised('URIError')
    throw thrown
  }
}

const MATH = ['abs', 'ceil', 'floor', 'round', 'trunc', 'sign', 'sqrt', 'cbrt', 'exp', 'log', 'log2', 'log10', 'sin', 'cos', 'tan', 'atan', 'max', 'min', 'pow', 'imul', 'hypot'] as const

const fromCodes = (args: Constants, one: (code: number) => string): Known => {
  const codes = numbers(args)
  return codes?.every((code) => code <= 0x10ffff && code >= -0xffff) ? codes.map(one).join('') : undefined
}

export const JAVASCRIPT: Calls = {
  String: (args) => (args.length === 0 ? '' : said(args)),
  Number: (args) => (args.length === 0 ? 0 : numberOf(args[0] ?? UNDEFINED)),
  BigInt: (args) => numberOf(args[0] ?? UNDEFINED),
  Boolean: (args) => truthy(args[0] ?? UNDEFINED, 'javascript'),
  RegExp: (args) => (args.length === 0 ? new Pattern('(?:)', '') : args[0] instanceof Pattern ? args[0] : typeof args[0] === 'string' ? new Pattern(args[0] || '(?:)', textAt(args, 1) ?? '') : undefined),
  parseInt: (args) => {
    const text = said(args)
    return text === undefined ? undefined : Number.parseInt(text.slice(0, 400), args[1] === undefined ? undefined : numberOf(args[1]))
  },
  parseFloat: (args) => {
    const text = said(args)
    return text === undefined ? undefined : Number.parseFloat(text.slice(0, 400))
  },
  isNaN: (args) => Number.isNaN(numberOf(args[0] ?? UNDEFINED) ?? 0),
  'Number.isNaN': (args) => Number.isNaN(args[0]),
  'Number.isInteger': (args) => Number.isInteger(args[0]),
  'String.fromCharCode': (args) => fromCodes(args, (code) => String.fromCharCode(code)),
  'String.fromCodePoint': (args) => fromCodes(args, (code) => (code >= 0 ? String.fromCodePoint(Math.trunc(code)) : '')),
  atob: (args) => {
    const text = said(args)?.replace(/\s/g, '')
    if (text === undefined) return undefined
    if (!/^[\w+/]*={0,2}$/.test(text) || text.length > LONGEST) throw new Raised('InvalidCharacterError')
    return Buffer.from(text, 'base64').toString('latin1')
  },
  btoa: (args) => {
    const text = said(args)
    return text === undefined ? undefined : Buffer.from(text, 'latin1').toString('base64')
  },
  decodeURIComponent: escaping(decodeURIComponent),
  decodeURI: escaping(decodeURI),
  encodeURIComponent: escaping(encodeURIComponent),
  encodeURI: escaping(encodeURI),
  escape: escaping(escaped),
  unescape: escaping((text) => text.replace(/%(?:u([0-9a-fA-F]{4})|([0-9a-fA-F]{2}))/g, (_whole, long?: string, short?: string) => String.fromCharCode(parseInt(long ?? short ?? '', 16)))),
  Array: (args) => (args.length === 1 && typeof args[0] === 'number' ? blank(args[0]) : [...args]),
  'Array.of': (args) => [...args],
  'Array.isArray': (args) => Array.isArray(args[0]),
  'Array.from': (args, apply) => made(args, apply),
  Uint8Array: (args) => bytesIn(args),
  'Uint8Array.from': (args) => bytesIn(args),
  'Buffer.from': (args) => bytesIn(args),
  Buffer: (args) => bytesIn(args),
  'Buffer.alloc': (args) => bytesIn(args),
  'Buffer.concat': (args) => {
    const [parts] = args
    return Array.isArray(parts) ? joinedBytes(parts) : undefined
  },
  TextDecoder: (args) => (args.length === 0 || /^utf-?8$/i.test(textAt(args, 0) ?? '') ? new Outside('TextDecoder()') : undefined),
  'TextDecoder().decode': (args) => (isBytes(args[0]) ? textFrom(args[0], 'utf8') : undefined),
  TextEncoder: () => new Outside('TextEncoder()'),
  'TextEncoder().encode': (args) => Buffer.from(said(args) ?? ''),
  'Object.keys': (args) => (args[0] instanceof Map ? [...args[0].keys()] : Array.isArray(args[0]) ? args[0].map((_item, index) => String(index)) : undefined),
  'Object.values': (args) => (args[0] instanceof Map ? [...args[0].values()] : itemsOf(args[0] ?? null, 'javascript')),
  'Object.entries': (args) => (args[0] instanceof Map ? [...args[0]].map(([key, value]) => [key, value]) : undefined),
  'Object.freeze': (args) => args[0],
  'Object.fromEntries': (args) => {
    const entries = args[0]
    if (!Array.isArray(entries)) return undefined
    return new Map(entries.flatMap((entry) => (Array.isArray(entry) ? [[textOf(entry[0] ?? UNDEFINED) ?? '', entry[1] ?? UNDEFINED] as const] : [])))
  },
  'JSON.parse': (args) => {
    const text = said(args)
    return text === undefined || text.length > LONGEST ? undefined : parsed(text)
  },
  'JSON.stringify': (args) => (typeof args[0] === 'string' || typeof args[0] === 'number' ? JSON.stringify(args[0]) : undefined),
  ...Object.fromEntries(MATH.map((name) => [`Math.${name}`, (args: Constants): Known => {
    const found = numbers(args)
    return found && (Math[name] as (...all: number[]) => number)(...found)
  }])),
}

function escaped(text: string): string {
  return text.replace(/[^\w@*+./-]/g, (char) => {
    const code = char.charCodeAt(0)
    return code < 256 ? `%${code.toString(16).toUpperCase().padStart(2, '0')}` : `%u${code.toString(16).toUpperCase().padStart(4, '0')}`
  })
}

function joinedBytes(parts: readonly Constant[]): Known {
  const all = parts.filter(isBytes)
  return all.length === parts.length && all.reduce((sum, part) => sum + part.length, 0) <= LONGEST ? Buffer.concat(all) : undefined
}

const blank = (length: number): Known => (Number.isInteger(length) && length >= 0 && length <= MOST ? Array.from({ length }, () => UNDEFINED) : undefined)

/** `Array.from(items, change)` and `Array.from({ length }, change)`. */
function made([from, change]: Constants, apply: Apply): Known {
  const length = from instanceof Map ? from.get('length') : undefined
  const items = from instanceof Map ? blank(typeof length === 'number' ? length : 0) : from === undefined ? undefined : itemsOf(from, 'javascript')
  if (!Array.isArray(items) || change === undefined || change === UNDEFINED) return items && [...items as Constant[]]
  const changed = items.map((item, index) => apply(change, [item, index]))
  return changed.every((item) => item !== undefined) ? changed : undefined
}

/** A Buffer or a typed array, from text in an encoding, numbers, bytes or its length. */
function bytesIn(args: Constants): Known {
  const [from] = args
  if (typeof from === 'string') {
    const encoding = (textAt(args, 1) ?? 'utf8').toLowerCase()
    return from.length <= LONGEST && Buffer.isEncoding(encoding) ? Buffer.from(from, encoding) : undefined
  }
  if (typeof from === 'number') return from >= 0 && from <= MOST ? Buffer.alloc(Math.trunc(from)) : undefined
  if (isBytes(from)) return Buffer.from(from)
  const items = Array.isArray(from) ? numbers(from) : undefined
  return items && Buffer.from(items)
}

function parsed(text: string): Known {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (thrown) {
    if (thrown instanceof SyntaxError) throw new Raised('SyntaxError')
    throw thrown
  }
  return constantOf(value, 0)
}

function constantOf(value: unknown, depth: number): Known {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  if (depth > 20 || typeof value !== 'object') return undefined
  const entries = Object.entries(value).map(([key, inner]) => [key, constantOf(inner, depth + 1)] as const)
  if (entries.length > MOST || entries.some(([, inner]) => inner === undefined)) return undefined
  return Array.isArray(value) ? entries.map(([, inner]) => inner as Constant) : new Map(entries as [string, Constant][])
}
