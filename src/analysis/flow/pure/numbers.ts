import { LONGEST, numberOf } from '../constant.ts'
import type { Constants } from '../constant.ts'
import { numberAt, textAt } from './types.ts'
import type { Methods } from './types.ts'

export const NUMBERS: Methods<number> = {
  toString: (value: number, args: Constants) => {
    const radix = args[0] === undefined ? 10 : numberOf(args[0]) ?? 0
    return radix >= 2 && radix <= 36 ? value.toString(radix) : undefined
  },
  toFixed: (value, args) => value.toFixed(Math.min(100, Math.max(0, numberAt(args, 0) ?? 0))),
  valueOf: (value: number) => value,
  bit_length: (value) => (value === 0 ? 0 : Math.floor(Math.log2(Math.abs(value))) + 1),
  to_bytes: (value, args) => {
    const length = numberAt(args, 0) ?? 1
    if (length > 8 || length > LONGEST || value < 0 || !Number.isSafeInteger(value)) return undefined
    const bytes = Buffer.alloc(8)
    bytes.writeBigUInt64BE(BigInt(value))
    const big = bytes.subarray(8 - length)
    return textAt(args, 1) === 'little' ? Buffer.from(big).reverse() : Buffer.from(big)
  },
}
