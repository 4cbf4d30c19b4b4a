import { arithmetic } from './arithmetic.ts'
import { Closure, LONGEST, MOST, Method, Outside, Raised, UNDEFINED, isBytes, isNothing, keyOf, numberOf, spelled, textOf, truthy } from './constant.ts'
import type { Constant, FoldLanguage } from './constant.ts'

type Known = Constant | undefined

/** `+` and templates. */
export function add(a: Constant, b: Constant, language: FoldLanguage): Known {
  if (typeof a === 'string' && typeof b === 'string') return a.length + b.length > LONGEST ? undefined : a + b
  if (typeof a === 'number' && typeof b === 'number') return a + b
  if (language !== 'javascript') return addPython(a, b)
  const plain = (value: Constant): boolean => typeof value === 'number' || typeof value === 'boolean' || isNothing(value)
  if (plain(a) && plain(b)) return (numberOf(a) ?? 0) + (numberOf(b) ?? 0)
  const [left, right] = [textOf(a), textOf(b)]
  return left === undefined || right === undefined || left.length + right.length > LONGEST ? undefined : left + right
}

function addPython(a: Constant, b: Constant): Known {
  if (isBytes(a) && isBytes(b)) return a.length + b.length > LONGEST ? undefined : Buffer.concat([a, b])
  if (Array.isArray(a) && Array.isArray(b)) return a.length + b.length > MOST ? undefined : [...a, ...b]
  // Formats are joins too: what is no text is spelled.
  if (typeof a === 'string' || typeof b === 'string') {
    const [left, right] = [spelled(a), spelled(b)]
    return left === undefined || right === undefined || left.length + right.length > LONGEST ? undefined : left + right
  }
  const [left, right] = [integer(a), integer(b)]
  return left === undefined || right === undefined ? undefined : left + right
}

/** Every other operator, `b` undefined for those in front of one value; undefined when the result is not known. Throws `Raised` where the language would. */
export function operate(sign: string, a: Constant, b: Known, language: FoldLanguage): Known {
  if (b === undefined) return prefix(sign, a, language)
  switch (sign) {
    case '===': case 'is': return same(a, b)
    case '!==': case 'is not': return negated(same(a, b))
    case '==': return language === 'javascript' ? loose(a, b) : equal(a, b)
    case '!=': case '<>': return negated(language === 'javascript' ? loose(a, b) : equal(a, b))
    case '<': case '>': case '<=': case '>=': return compare(sign, a, b, language)
    case 'in': case 'not in': {
      const found = contains(a, b, language)
      return found === undefined ? undefined : found === (sign === 'in')
    }
    default: return language === 'javascript' ? javascript(sign, numberOf(a), numberOf(b)) : python(sign, a, b)
  }
}

const negated = (value: boolean | undefined): Known => (value === undefined ? undefined : !value)

function prefix(sign: string, a: Constant, language: FoldLanguage): Known {
  if (a instanceof Outside && sign !== 'void') return undefined
  switch (sign) {
    case '!': case 'not': return !truthy(a, language)
    case 'typeof': return typeName(a)
    case 'void': return UNDEFINED
    case 'delete': case 'del': return true
  }
  const value = language === 'javascript' ? numberOf(a) : integer(a)
  if (value === undefined) return undefined
  switch (sign) {
    case '-': return -value
    case '+': return value
    case '++': return value + 1
    case '--': return value - 1
    case '~': return language === 'javascript' ? ~value : -value - 1
    default: return undefined
  }
}

function typeName(value: Constant): string | undefined {
  if (value === UNDEFINED) return 'undefined'
  if (value instanceof Closure || value instanceof Method) return 'function'
  return value === null || typeof value === 'object' ? 'object' : typeof value
}

const plain = (value: Constant): boolean => value === null || typeof value !== 'object' || value === UNDEFINED

function same(a: Constant, b: Constant): boolean | undefined {
  if (a instanceof Outside || b instanceof Outside) return a instanceof Outside && b instanceof Outside && a.ref === b.ref ? true : undefined
  return a === b
}

function loose(a: Constant, b: Constant): boolean | undefined {
  if (isNothing(a) || isNothing(b)) return a instanceof Outside || b instanceof Outside ? undefined : isNothing(a) && isNothing(b)
  if (typeof a === typeof b || (!plain(a) && !plain(b))) return same(a, b)
  if (!plain(a) && typeof b === 'string') return textOf(a) === b
  if (!plain(b) && typeof a === 'string') return textOf(b) === a
  const [left, right] = [numberOf(a), numberOf(b)]
  return left === undefined || right === undefined ? undefined : left === right
}

/** Lists may hold each other many times over: comparing goes on for so long and no longer. */
interface Patience {
  left: number
}

function equal(a: Constant, b: Constant, depth = 0, patience: Patience = { left: 100_000 }): boolean | undefined {
  if (depth > 8 || --patience.left < 0) return undefined
  if (typeof a === 'boolean' || typeof b === 'boolean') return integer(a) !== undefined && integer(a) === integer(b)
  if (isBytes(a) && isBytes(b)) return Buffer.compare(a, b) === 0
  if (Array.isArray(a) && Array.isArray(b)) {
    if (a.length !== b.length) return false
    for (const [index, item] of a.entries()) {
      const alike = equal(item, b[index] ?? null, depth + 1, patience)
      if (alike !== true) return alike
    }
    return true
  }
  return same(a, b)
}

function compare(sign: string, a: Constant, b: Constant, language: FoldLanguage): boolean | undefined {
  const order = (x: string | number, y: string | number): boolean => (sign === '<' ? x < y : sign === '>' ? x > y : sign === '<=' ? x <= y : x >= y)
  if (typeof a === 'string' && typeof b === 'string') return order(a, b)
  if (language === 'python' && (typeof a === 'string') !== (typeof b === 'string')) throw new Raised('TypeError')
  const [left, right] = language === 'javascript' ? [numberOf(a), numberOf(b)] : [integer(a), integer(b)]
  return left === undefined || right === undefined ? undefined : order(left, right)
}

function contains(a: Constant, b: Constant, language: FoldLanguage): boolean | undefined {
  if (b instanceof Map) {
    const key = keyOf(a, language)
    return key === undefined ? undefined : b.has(key)
  }
  if (language === 'javascript') return Array.isArray(b) ? Number(numberOf(a)) in b : undefined
  if (typeof b === 'string') return typeof a === 'string' ? b.includes(a) : undefined
  if (isBytes(b)) return typeof a === 'number' ? b.includes(a) : isBytes(a) ? Buffer.from(b).includes(Buffer.from(a)) : undefined
  const patience = { left: 100_000 }
  return Array.isArray(b) ? b.some((item) => equal(a, item, 0, patience) === true) : undefined
}

const javascript = (sign: string, a: number | undefined, b: number | undefined): Known => (a === undefined || b === undefined ? undefined : arithmetic(sign, a, b))

/** A number or truth value as Python's integers and floats take part in arithmetic. */
const integer = (value: Constant): number | undefined => (typeof value === 'number' ? value : typeof value === 'boolean' ? Number(value) : undefined)

function python(sign: string, a: Constant, b: Constant): Known {
  if (sign === '*') {
    if (typeof a === 'number' && typeof b !== 'number') return repeated(b, a)
    if (typeof b === 'number' && typeof a !== 'number') return repeated(a, b)
  }
  if (sign === '|' && a instanceof Map && b instanceof Map) return new Map([...a, ...b])
  const [left, right] = [integer(a), integer(b)]
  if (left === undefined || right === undefined) return undefined
  switch (sign) {
    case '-': return left - right
    case '*': return safe(left * right)
    case '/': case '//': case '%': {
      if (right === 0) throw new Raised('ZeroDivisionError')
      return sign === '/' ? left / right : sign === '//' ? Math.floor(left / right) : left - Math.floor(left / right) * right
    }
    case '**': return safe(left ** right)
    default: return bits(sign, left, right)
  }
}

/** Integers have no bounds in Python; what does not fit is not known. */
const safe = (value: number): Known => (Math.abs(value) <= Number.MAX_SAFE_INTEGER ? value : undefined)

function bits(sign: string, a: number, b: number): Known {
  if (!Number.isSafeInteger(a) || !Number.isSafeInteger(b)) return undefined
  if ((sign === '<<' || sign === '>>') && (b < 0 || b > 63)) return undefined
  const [left, right] = [BigInt(a), BigInt(b)]
  switch (sign) {
    case '^': return (a | 0) === a && (b | 0) === b ? a ^ b : safe(Number(left ^ right))
    case '&': return safe(Number(left & right))
    case '|': return safe(Number(left | right))
    case '<<': return safe(Number(left << right))
    case '>>': return Number(left >> right)
    default: return undefined
  }
}

export function repeated(value: Constant, times: number): Known {
  const count = Math.max(0, Math.trunc(times))
  if (!(count <= LONGEST)) return undefined
  if (typeof value === 'string') return value.length * count > LONGEST ? undefined : value.repeat(count)
  if (isBytes(value)) return value.length * count > LONGEST ? undefined : Buffer.concat(Array.from({ length: count }, () => value))
  if (!Array.isArray(value) || value.length * count > MOST) return undefined
  return value.length === 0 ? [] : Array.from({ length: count }, () => value).flat(1) as Constant[]
}
