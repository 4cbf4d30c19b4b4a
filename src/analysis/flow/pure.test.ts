import { anything, array, assert, constantFrom, property } from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Constant, FoldLanguage } from './constant.ts'
import { Closure, Folded, Pattern, Raised } from './constant.ts'
import { call, method, operate } from './pure.ts'

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values)
const plain = (value: Constant | undefined): unknown => (value instanceof Uint8Array ? [...value] : value instanceof Map ? Object.fromEntries(value) : value)

describe('methods in JavaScript', () => it.each<[Constant, string, Constant[], unknown]>([
  ['abc', 'charCodeAt', [1], 98], ['abc', 'slice', [-2], 'bc'], ['abc', 'substring', [2, 0], 'ab'], ['abc', 'substr', [1, 1], 'b'],
  ['a-b', 'split', ['-'], ['a', 'b']], ['aXbX', 'replace', ['X', ''], 'abX'], ['aXbX', 'replaceAll', ['X', ''], 'ab'],
  ['aXbX', 'replace', [new Pattern('X', 'g'), '-'], 'a-b-'], ['ab', 'repeat', [2], 'abab'], ['a', 'padStart', [3, '0'], '00a'],
  ['0061', 'match', [new Pattern('..', 'g')], ['00', '61']], [['a', null, 1], 'join', ['-'], 'a--1'], [[1, 2], 'reverse', [], [2, 1]],
  [[1, [2]], 'concat', [[3]], [1, [2], 3]], [255, 'toString', [16], 'ff'], [bytes(104, 105), 'toString', ['hex'], '6869'],
  [bytes(104, 105), 'toString', [], 'hi'], [[3, 20, 1], 'sort', [], [1, 20, 3]], [new Map([['a', 1]]), 'hasOwnProperty', ['a'], true],
  ['abc', 'includes', ['b'], true], ['abc', 'at', [-1], 'c'], [' a ', 'trim', [], 'a'],
])('%j.%s(%j)', (receiver, name, args, expected) => expect(plain(method(receiver, name, args))).toEqual(expected)))

describe('methods in Python', () => it.each<[Constant, string, Constant[], unknown]>([
  ['-', 'join', [['a', 'b']], 'a-b'], ['a b', 'split', [], ['a', 'b']], ['a,b,c', 'split', [',', 1], ['a', 'b,c']], ['aXbX', 'replace', ['X', ''], 'ab'],
  ['xxaxx', 'strip', ['x'], 'a'], ['xa', 'lstrip', ['x'], 'a'], ['a', 'encode', [], [97]], [bytes(97), 'decode', ['utf-8'], 'a'], ['7', 'zfill', [3], '007'],
  ['{}-{1:02x}', 'format', ['a', 10], 'a-0a'], [bytes(97, 98), 'hex', [], '6162'], [bytes(97), 'join', [[bytes(1), bytes(2)]], [1, 97, 2]],
  [bytes(97, 98), 'replace', [bytes(98), bytes(99)], [97, 99]], [new Map([['a', 1]]), 'get', ['b', 2], 2], ['aGk=', 'decode', ['base64'], [104, 105]],
  ['ab', 'partition', ['b'], ['a', 'b', '']], ['Ab', 'swapcase', [], 'aB'], [258, 'to_bytes', [2, 'little'], [2, 1]],
])('%j.%s(%j)', (receiver, name, args, expected) => expect(plain(method(receiver, name, args, { language: 'python' }))).toEqual(expected)))

describe('calls', () => it.each<[FoldLanguage, string, Constant[], unknown]>([
  ['javascript', 'String.fromCharCode', [104, 105], 'hi'], ['javascript', 'parseInt', ['0x1f'], 31], ['javascript', 'parseInt', ['12px', '16'], 18],
  ['javascript', 'atob', ['aGk='], 'hi'], ['javascript', 'btoa', ['hi'], 'aGk='], ['javascript', 'unescape', ['%68%u0069'], 'hi'], ['javascript', 'escape', ['é '], '%E9%20'],
  ['javascript', 'Buffer.from', ['6869', 'hex'], [104, 105]], ['javascript', 'Object.keys', [new Map([['a', 1]])], ['a']], ['javascript', 'Math.max', [1, 3], 3],
  ['javascript', 'JSON.parse', ['{"a":[1]}'], { a: [1] }], ['javascript', 'Array', [2, 3], [2, 3]], ['javascript', 'decodeURIComponent', ['%C3%A9'], 'é'],
  ['javascript', 'String.prototype.slice', ['abc', 1], 'bc'], ['python', 'chr', [233], 'é'], ['python', 'ord', ['a'], 97], ['python', 'int', ['ff', 16], 255],
  ['python', 'bytes', [[104, 105]], [104, 105]], ['python', 'bytes.fromhex', ['68 69'], [104, 105]], ['python', 'hex', [255], '0xff'], ['python', 'range', [1, 6, 2], [1, 3, 5]],
  ['python', 'sum', [[1, 2]], 3], ['python', 'sorted', [[3, 1]], [1, 3]], ['python', 'zip', ['ab', [1, 2]], [['a', 1], ['b', 2]]], ['python', 'base64.b64decode', ['aGk='], [104, 105]],
  ['python', 'binascii.unhexlify', ['6869'], [104, 105]], ['python', 'codecs.decode', ['uv', 'rot13'], 'hi'], ['python', 'urllib.parse.unquote', ['%68i'], 'hi'],
  ['python', 'pow', [3, 200, 13], 9], ['python', 'divmod', [-7, 2], [-4, 1]], ['python', 'max', ['a', 'b'], 'b'], ['python', 'int.from_bytes', [bytes(1, 2), 'big'], 258],
  ['python', 'repr', [`it's`], `"it's"`], ['python', 'str', [[1, 'a', null, true]], `[1, 'a', None, True]`],
])('%s: %s(%j)', (language, ref, args, expected) => expect(plain(call(ref, args, { language }))).toEqual(expected)))

describe('operators', () => it.each<[FoldLanguage, string, Constant[], Constant]>([
  ['javascript', '-', ['5', 2], 3], ['javascript', '%', [-7, 3], -1], ['javascript', '^', [5, 3], 6], ['javascript', '>>>', [-1, 28], 15], ['javascript', '==', ['1', 1], true],
  ['javascript', '===', ['1', 1], false], ['javascript', '!', [[]], false], ['javascript', '+', ['3'], 3], ['javascript', '+', [[]], 0], ['javascript', 'typeof', ['a'], 'string'],
  ['javascript', '<', ['10', '9'], true], ['javascript', '~', [-1], 0], ['javascript', '==', [[], ''], true], ['python', '%', [-7, 3], 2], ['python', '//', [-7, 2], -4],
  ['python', '*', ['ab', 2], 'abab'], ['python', 'in', ['b', 'abc'], true], ['python', 'not in', [1, [1]], false], ['python', '==', [[1], [1]], true], ['python', 'not', [[]], true],
  ['python', '<<', [1, 40], 1_099_511_627_776], ['python', '^', [2 ** 40, 1], 1_099_511_627_777], ['python', '**', [2, 10], 1024], ['python', '<>', [1, 2], true],
])('%s: %s %j', (language, sign, parts, expected) => expect(operate(sign, parts, language)).toEqual(expected)))

describe('bounds', () => {
  it.each<[string, () => Constant | undefined]>([
    ['repeat', () => method('a', 'repeat', [1e9])], ['endless repeat', () => method('', 'repeat', [Number.POSITIVE_INFINITY])], ['padding', () => method('a', 'padEnd', [1e9, 'b'])],
    ['a list of nothing', () => call('Array', [1e9])], ['joined', () => method(['a'.repeat(200_000), 'b'.repeat(200_000)], 'join', [''])],
    ['replaced', () => method('a'.repeat(200_000), 'replaceAll', ['a', 'b'.repeat(200_000)])], ['a prefix each time', () => method('a'.repeat(100_000), 'replaceAll', ['a', '$`'])],
    ['range', () => call('range', [1e9], { language: 'python' })], ['multiplied', () => operate('*', ['a', 1e9], 'python')], ['centuries', () => operate('**', [10, 400], 'python')],
    ['a pattern that runs away', () => method('a'.repeat(50), 'replace', [new Pattern('(a+)+b', 'g'), ''])], ['a list that is too long', () => method(Array.from({ length: 60_000 }, () => 1), 'concat', [Array.from({ length: 60_000 }, () => 1)])],
    ['what is no method', () => method('a', 'constructor', [])], ['what is no call', () => call('constructor', [])], ['prototypes', () => call('__proto__', ['a'])],
  ])('refuse %s', (_name, make) => expect(make()).toBeUndefined())

  it('raise what the language raises', () => {
    expect(() => call('decodeURIComponent', ['%'])).toThrow(Raised)
    expect(() => call('chr', [-1], { language: 'python' })).toThrow(Raised)
  })

  const names = constantFrom('join', 'split', 'replace', 'slice', 'map', 'concat', 'sort', 'format', 'translate', 'encode', 'decode', 'toString', 'repeat', 'strip', 'find', 'padStart', 'match', 'reduce', 'at', 'charCodeAt', 'index', 'to_bytes', 'partition', 'hasOwnProperty')
  const refs = constantFrom('String', 'parseInt', 'Array.from', 'Buffer.from', 'JSON.parse', 'Object.fromEntries', 'RegExp', 'atob', 'Math.max', 'int', 'bytes', 'sorted', 'zip', 'dict', 'str.maketrans', 'pow', 'range', 'base64.b64decode', 'zlib.decompress', 'codecs.decode', 'format', 'itertools.cycle', 'str', 'sum', 'max')
  const signs = constantFrom('-', '*', '/', '%', '**', '^', '<<', '>>>', '==', '===', '<', 'in', '!', '~', 'typeof', 'not', '//', 'is')

  it('hold for anything', () => {
    const quietly = (work: () => Constant | undefined): void => {
      try {
        const made = work()
        if (typeof made === 'string' || Array.isArray(made)) expect(made.length).toBeLessThanOrEqual(262_144)
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(Raised)
      }
    }
    assert(property(array(anything({ maxDepth: 2, withNullPrototype: false }).map(constant), { minLength: 1, maxLength: 4 }), names, refs, signs, constantFrom<FoldLanguage>('javascript', 'python'), (values, name, ref, sign, language) => {
      const [first, ...rest] = values
      quietly(() => method(first ?? null, name, rest, { language, apply: (_called, args) => args[0] }))
      quietly(() => call(ref, values, { language, apply: (_called, args) => args[0] }))
      quietly(() => operate(sign, values, language))
    }), { numRuns: 3000, seed: 7 })
  })
})

function constant(value: unknown): Constant {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value instanceof Uint8Array || value instanceof Folded) return value
  if (Array.isArray(value)) return value.map(constant)
  if (typeof value === 'object' && !(value instanceof Closure)) return new Map(Object.entries(value).map(([key, inner]) => [key, constant(inner)]))
  return new Pattern('a.', 'g')
}
