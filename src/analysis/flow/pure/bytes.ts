import { LONGEST, isBytes, itemsOf, spelled } from '../constant.ts'
import type { Constant, Constants } from '../constant.ts'
import { decoder } from './decoders.ts'
import { bytesFrom, textFrom } from './encodings.ts'
import { PYTHON_TEXTS } from './texts.ts'
import { numberAt, textAt } from './types.ts'
import type { Known, Methods } from './types.ts'

const latin = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')

/** A method that bytes have as texts have it: one character a byte on the way. */
const asText = (name: string): Methods<Uint8Array>[string] => (bytes, args, apply, language) => {
  const back = (value: Constant): Constant => (typeof value === 'string' ? Buffer.from(value, 'latin1') : Array.isArray(value) ? value.map(back) : value)
  const result = PYTHON_TEXTS[name]?.(latin(bytes), args.map((arg) => (isBytes(arg) ? latin(arg) : arg)), apply, language)
  return result === undefined ? undefined : back(result)
}

/** Bytes of Python, Buffers and typed arrays. What they share with lists is not here. */
export const BYTES: Methods<Uint8Array> = {
  toString: (bytes: Uint8Array, args: Constants) => encoded(bytes.subarray(numberAt(args, 1) ?? 0, numberAt(args, 2)), textAt(args, 0) ?? 'utf8'),
  decode: (bytes, args, _apply, language) => {
    const encoding = args[0] === undefined ? 'utf-8' : spelled(args[0]) ?? ''
    return textFrom(bytes, encoding) ?? decoder('codecs.decode', [bytes, encoding], language)
  },
  hex: (bytes) => Buffer.from(bytes).toString('hex'),
  tolist: (bytes) => [...bytes],
  slice: (bytes, args) => bytes.subarray(numberAt(args, 0) ?? 0, numberAt(args, 1)),
  subarray: (bytes, args) => bytes.subarray(numberAt(args, 0) ?? 0, numberAt(args, 1)),
  readUInt8: (bytes, args) => bytes[numberAt(args, 0) ?? 0],
  toReversed: (bytes) => Buffer.from(bytes).reverse(),
  join: (bytes, args, _apply, language) => {
    if (language !== 'python') return [...bytes].join(textAt(args, 0) ?? ',')
    const items = args[0] === undefined ? undefined : itemsOf(args[0], language)
    if (!items?.every(isBytes) || items.reduce((sum, item) => sum + item.length + bytes.length, 0) > LONGEST) return undefined
    return Buffer.concat(items.flatMap((item, index) => (index === 0 ? [item] : [bytes, item])))
  },
  translate: (bytes, args) => {
    const [table] = args
    return isBytes(table) && table.length === 256 ? Uint8Array.from(bytes, (byte) => table[byte] ?? byte) : undefined
  },
  ...Object.fromEntries(['split', 'rsplit', 'splitlines', 'replace', 'strip', 'lstrip', 'rstrip', 'lower', 'upper', 'find', 'index', 'rfind', 'count',
    'startswith', 'endswith', 'zfill', 'swapcase', 'partition', 'rpartition'].map((name) => [name, asText(name)])),
}

function encoded(bytes: Uint8Array, encoding: string): Known {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (encoding === 'base64' || encoding === 'base64url' || encoding === 'hex') return buffer.toString(encoding)
  return bytesFrom('', encoding) ? textFrom(bytes, encoding) : undefined
}
