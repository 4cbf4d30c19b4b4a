import { LONGEST, MOST, Outside, Raised, isBytes, itemsOf, keyOf, numberOf, spelled, truthy } from '../constant.ts'
import type { Constant, Constants } from '../constant.ts'
import { add, operate } from '../operators.ts'
import { bytesFrom } from './encodings.ts'
import { formatted } from './formats.ts'
import { flattened, sorted, walked } from './lists.ts'
import { numberAt, textAt } from './types.ts'
import type { Calls, Known } from './types.ts'

const items = (args: Constants, index = 0): Constant[] | undefined => (args[index] === undefined ? undefined : itemsOf(args[index], 'python'))

const two = (sign: string, [a, b]: Constants): Known => (a === undefined || b === undefined ? undefined : operate(sign, a, b, 'python'))

const character = (args: Constants): Known => {
  const [code] = args
  if (typeof code !== 'number' || !Number.isInteger(code)) return undefined
  if (code < 0 || code > 0x10ffff) throw new Raised('ValueError')
  return String.fromCodePoint(code)
}

const asList = (args: Constants): Known => {
  const found = args.length === 0 ? [] : items(args)
  return found && [...found]
}

export const PYTHON: Calls = {
  chr: character,
  unichr: character,
  ord: (args) => (isBytes(args[0]) ? args[0][0] : textAt(args, 0)?.codePointAt(0)),
  bytes: (args) => bytesIn(args),
  bytearray: (args) => bytesIn(args),
  'bytes.fromhex': (args) => fromHex(args),
  'bytearray.fromhex': (args) => fromHex(args),
  int: (args) => toInteger(args),
  float: (args) => (args[0] === undefined ? undefined : numberOf(args[0])),
  str: (args) => (isBytes(args[0]) && typeof args[1] === 'string' ? Buffer.from(args[0]).toString('utf8') : args[0] === undefined ? '' : spelled(args[0])),
  repr: (args) => (args[0] === undefined ? undefined : spelled(args[0], true)),
  ascii: (args) => (args[0] === undefined ? undefined : spelled(args[0], true)),
  format: (args) => (args[0] === undefined ? undefined : formatted(args[0], textAt(args, 1) ?? '')),
  hex: (args) => prefixed(args, '0x', 16),
  oct: (args) => prefixed(args, '0o', 8),
  bin: (args) => prefixed(args, '0b', 2),
  bool: (args) => (args[0] === undefined ? false : truthy(args[0], 'python')),
  len: (args) => (args[0] instanceof Map ? args[0].size : typeof args[0] === 'string' || isBytes(args[0]) || Array.isArray(args[0]) ? args[0].length : undefined),
  range: (args) => range(args),
  xrange: (args) => range(args),
  list: asList,
  tuple: asList,
  iter: asList,
  set: (args) => (args.length === 0 ? [] : items(args) && [...new Set(items(args))]),
  dict: (args) => {
    if (args.length === 0) return new Map()
    if (args[0] instanceof Map) return new Map(args[0])
    const pairs = items(args)?.map((pair) => itemsOf(pair, 'python'))
    return pairs?.every((pair) => pair?.length === 2 && keyOf(pair[0] as Constant, 'python') !== undefined)
      ? new Map(pairs.map((pair) => [keyOf(pair?.[0] as Constant, 'python') ?? '', pair?.[1] as Constant])) : undefined
  },
  reversed: (args) => items(args)?.toReversed(),
  sorted: (args, apply) => {
    const found = items(args)
    const [, key, backwards] = args
    if (!found) return undefined
    const keyed = key === undefined || key === null || key === false ? found.map((item) => [item, item] as const) : found.map((item) => [apply(key, [item]), item] as const)
    if (keyed.some(([by]) => by === undefined)) return undefined
    const order = sorted(keyed.map(([by]) => by as Constant), undefined, apply, 'python')
    const left = new Map<Constant, Constant[]>()
    for (const [by, item] of keyed.toReversed()) {
      const same = left.get(by as Constant)
      if (same) same.push(item)
      else left.set(by as Constant, [item])
    }
    const made = order?.map((by) => left.get(by)?.pop() ?? by)
    return backwards === true ? made?.toReversed() : made
  },
  enumerate: (args) => items(args)?.map((item, index) => [index + (numberAt(args, 1) ?? 0), item]),
  zip: (args) => {
    const lists = walked(args, 'python')
    const length = Math.min(...lists?.map((list) => list.length) ?? [])
    return !lists || lists.length === 0 || length * lists.length > MOST * 4 ? undefined : Array.from({ length }, (_none, index) => lists.map((list) => list[index] as Constant))
  },
  map: (args, apply) => {
    const [called, ...rest] = args
    const lists = walked(rest, 'python')
    if (called === undefined || !lists || lists.length === 0) return undefined
    const made: Constant[] = []
    for (let index = 0; index < Math.min(...lists.map((list) => list.length)); index++) {
      const value = apply(called, lists.map((list) => list[index] as Constant))
      if (value === undefined) return undefined
      made.push(value)
    }
    return made
  },
  filter: (args, apply) => {
    const [called] = args
    const found = items(args, 1)
    const kept = called === undefined || !found ? undefined : found.map((item) => (called === null ? item : apply(called, [item])))
    return kept?.every((item) => item !== undefined) ? found?.filter((_item, index) => truthy(kept[index] as Constant, 'python')) : undefined
  },
  reduce: (args, apply) => reduced(args, apply),
  'functools.reduce': (args, apply) => reduced(args, apply),
  sum: (args) => items(args)?.reduce<Known>((sum, item) => (sum === undefined ? undefined : add(sum, item, 'python')), args[1] ?? 0),
  min: (args) => extreme(args, '<'),
  max: (args) => extreme(args, '>'),
  abs: (args) => (typeof args[0] === 'number' ? Math.abs(args[0]) : undefined),
  pow: (args) => (args.length === 3 ? modular(args) : two('**', args)),
  divmod: (args) => (typeof args[0] === 'number' && typeof args[1] === 'number' && args[1] !== 0 ? [Math.floor(args[0] / args[1]), args[0] - Math.floor(args[0] / args[1]) * args[1]] : undefined),
  any: (args) => items(args)?.some((item) => truthy(item, 'python')),
  all: (args) => items(args)?.every((item) => truthy(item, 'python')),
  'int.from_bytes': (args) => {
    const [bytes, order] = args
    if (!isBytes(bytes) || bytes.length > 6 || bytes.length === 0) return undefined
    return order === 'little' ? Buffer.from(bytes).readUIntLE(0, bytes.length) : Buffer.from(bytes).readUIntBE(0, bytes.length)
  },
  'operator.xor': (args) => two('^', args),
  'itertools.cycle': (args) => {
    const found = items(args)
    return found && found.length > 0 ? Array.from({ length: MOST }, (_none, index) => found[index % found.length] as Constant) : undefined
  },
  'itertools.chain': (args) => flattened(walked(args, 'python')),
  'str.maketrans': (args) => {
    const [from, to] = args
    if (from instanceof Map) return new Map([...from].map(([key, value]) => [key[0] === '\0' ? key : `\0${key.codePointAt(0)}`, value]))
    if (typeof from !== 'string' || typeof to !== 'string') return undefined
    const targets = Array.from(to)
    return new Map(Array.from(from, (char, index) => [`\0${char.codePointAt(0)}`, targets[index] ?? ''] as const))
  },
  'string.maketrans': (args) => table(args),
  'bytes.maketrans': (args) => table(args),
  'binascii.hexlify': (args) => (isBytes(args[0]) ? Buffer.from(Buffer.from(args[0]).toString('hex')) : undefined),
  'base64.b64encode': (args) => (isBytes(args[0]) ? Buffer.from(Buffer.from(args[0]).toString('base64')) : undefined),
  'io.BytesIO': (args) => (isBytes(args[0]) ? args[0] : undefined),
  __import__: (args) => (typeof args[0] === 'string' ? new Outside(args[0]) : undefined),
  'importlib.import_module': (args) => (typeof args[0] === 'string' ? new Outside(args[0]) : undefined),
}

function bytesIn(args: Constants): Known {
  const [from] = args
  if (from === undefined) return new Uint8Array()
  if (typeof from === 'string') return bytesFrom(from, textAt(args, 1) ?? 'utf-8')
  if (typeof from === 'number') return from >= 0 && from <= LONGEST ? new Uint8Array(from) : undefined
  const found = items(args)
  if (!found?.every((item) => typeof item === 'number')) return undefined
  if (found.some((item) => item < 0 || item > 255)) throw new Raised('ValueError')
  return Uint8Array.from(found)
}

const fromHex = (args: Constants): Known => {
  const text = textAt(args, 0)?.replace(/\s/g, '')
  return text !== undefined && /^(?:[0-9a-fA-F]{2})*$/.test(text) ? Buffer.from(text, 'hex') : undefined
}

function toInteger(args: Constants): Known {
  const value = isBytes(args[0]) ? Buffer.from(args[0]).toString('latin1') : args[0]
  if (value === undefined) return 0
  if (typeof value === 'number' || typeof value === 'boolean') return Math.trunc(Number(value))
  if (typeof value !== 'string' || value.length > 400) return undefined
  const base = numberAt(args, 1) ?? 10
  const plain = value.trim().replaceAll('_', '').toLowerCase()
  const sign = plain.startsWith('-') ? -1 : 1
  const digits = plain.replace(/^[-+]/, '').replace(base === 16 || base === 0 ? /^0x/ : base === 2 ? /^0b/ : base === 8 ? /^0o?/ : /^$/, '')
  const radix = base === 0 ? (/^[-+]?0x/.test(plain) ? 16 : 10) : base
  if (radix < 2 || radix > 36) return undefined
  const number = Number.parseInt(digits === '' ? '0' : digits, radix)
  if (Number.isNaN(number) || ![...digits].every((char) => Number.parseInt(char, radix) >= 0)) throw new Raised('ValueError')
  return Number.isSafeInteger(number) ? sign * number : undefined
}

function prefixed([value]: Constants, prefix: string, radix: number): Known {
  if (typeof value !== 'number' || !Number.isInteger(value)) return undefined
  return `${value < 0 ? '-' : ''}${prefix}${Math.abs(value).toString(radix)}`
}

function range(args: Constants): Known {
  const numbers = args.map((arg) => (typeof arg === 'number' ? arg : Number.NaN))
  const [start, stop, step] = [numbers.length > 1 ? numbers[0] ?? 0 : 0, numbers.length > 1 ? numbers[1] ?? 0 : numbers[0] ?? 0, numbers[2] ?? 1]
  const length = Math.max(0, Math.ceil((stop - start) / step))
  return Number.isFinite(length) && length <= MOST ? Array.from({ length }, (_none, index) => start + index * step) : undefined
}

function reduced(args: Constants, apply: Parameters<Calls[string]>[1]): Known {
  const [called] = args
  const found = items(args, 1)
  if (called === undefined || !found) return undefined
  let sum: Known = args.length > 2 ? args[2] : found[0]
  for (const item of args.length > 2 ? found : found.slice(1)) {
    if (sum === undefined) return undefined
    sum = apply(called, [sum, item])
  }
  return sum
}

function extreme(args: Constants, sign: '<' | '>'): Known {
  const found = args.length === 1 ? items(args) : args
  if (!found || found.length === 0) return undefined
  return found.reduce<Known>((best, item) => {
    const better = best === undefined ? undefined : operate(sign, item, best, 'python')
    return better === undefined ? undefined : better === true ? item : best
  }, found[0])
}

function modular(args: Constants): Known {
  const [base, power, modulus] = args.map((arg) => (typeof arg === 'number' && Number.isSafeInteger(arg) && arg >= 0 ? BigInt(arg) : null))
  if (base == null || power == null || !modulus) return undefined
  let [result, square, left] = [1n, base % modulus, power]
  for (; left > 0n; left >>= 1n, square = (square * square) % modulus) if (left & 1n) result = (result * square) % modulus
  return Number(result)
}

function table([from, to]: Constants): Known {
  const [left, right] = [from, to].map((one) => (isBytes(one) ? one : typeof one === 'string' ? Buffer.from(one, 'latin1') : null))
  if (!left || left.length !== right?.length) return undefined
  const bytes = Uint8Array.from({ length: 256 }, (_none, index) => index)
  left.forEach((byte, index) => { bytes[byte] = right[index] ?? byte })
  return bytes
}
