import { COLLECTED, CONTENT, taint } from '../taint.ts'
import { arithmetic } from './arithmetic.ts'
import { LONGEST, NOTHING, either, joined, known, numeric, only } from './value.ts'
import type { Value } from './value.ts'

const PIECES = 4096

/** Methods of strings and lists that fold without running anything; null: not one of them or not known well enough. */
export function textMethod(receiver: Value, method: string, args: readonly Value[]): Value | null {
  if (receiver.items && receiver.items.length > 0) return listMethod(receiver, method, args)
  if (receiver.texts.length === 0) return null
  const first = args[0]
  switch (method) {
    case 'toString': case 'valueOf': case 'trim': case 'strip': case 'rstrip': case 'lstrip': case 'trimEnd': case 'trimStart': case 'decode': case 'encode': case 'normalize':
      // Which encoding is for rules about buffers; a plain text stays what it is.
      return each(receiver, (text) => text)
    case 'toLowerCase': case 'lower': return each(receiver, (text) => text.toLowerCase())
    case 'toUpperCase': case 'upper': return each(receiver, (text) => text.toUpperCase())
    case 'concat': return joined([receiver, ...args])
    case 'join': return first?.items ? joined(first.items.slice(0, PIECES), receiver.texts[0]) : null
    case 'split': return split(receiver, first)
    case 'replace': case 'replaceAll': {
      const [what, by] = [first?.texts[0], args[1]?.texts[0]]
      // What a pattern takes away is not known; most trim an end, and the text stays the best guess.
      if (!what) return each(receiver, (text) => text)
      return by !== undefined && by.length <= what.length + 64 ? each(receiver, (text) => text.replaceAll(what, () => by)) : null
    }
    case 'format': return format(receiver, args)
    case 'slice': case 'substring': return sliced(receiver, args)
    case 'substr': {
      const [from, length] = [number(first), number(args[1])]
      return from === null ? null : each(receiver, (text) => text.slice(from, length === null ? undefined : from + length))
    }
    case 'charAt': case 'at': {
      const index = number(first)
      return index === null ? null : each(receiver, (text) => text.at(index) ?? '')
    }
    case 'charCodeAt': case 'codePointAt': {
      const [text] = receiver.texts
      const code = text?.charCodeAt(number(first) ?? 0)
      return code === undefined || Number.isNaN(code) ? null : numeric(code)
    }
    case 'repeat': {
      const count = number(first)
      return count === null || count < 0 || !receiver.texts.every((text) => count * Math.max(1, text.length) <= LONGEST) ? null : each(receiver, (text) => text.repeat(count))
    }
    default: return null
  }
}

function listMethod(receiver: Value, method: string, args: readonly Value[]): Value | null {
  const items = receiver.items ?? []
  if (method === 'join' && items.length <= PIECES) return joined(items, args[0]?.texts[0] ?? ',')
  if (method === 'reverse' || method === 'toReversed') return { ...receiver, items: [...items].reverse(), from: null }
  if (method === 'concat') return { ...receiver, items: [...items, ...args.flatMap((arg) => arg.items ?? [arg])].slice(0, PIECES), from: null }
  if (method === 'slice') {
    const [from, to, step] = args.map(number)
    if (step === -1) return { ...receiver, items: [...items].reverse(), from: null }
    return { ...receiver, items: items.slice(from ?? 0, to ?? undefined), from: null }
  }
  return null
}

/** `s.slice(a, b)` and Python's `s[a:b:-1]`. */
function sliced(receiver: Value, args: readonly Value[]): Value | null {
  const [from, to, step] = args.map(number)
  if (args.some((arg) => arg.texts.length > 0 && number(arg) === null) || args.some(isUnknown)) return null
  if (step === undefined || step === null || step === 1) return each(receiver, (text) => text.slice(from ?? 0, to ?? undefined))
  return each(receiver, (text) => stepped(text, from ?? null, to ?? null, step))
}

function stepped(text: string, from: number | null, to: number | null, step: number): string {
  if (step === 0) return text
  const end = (at: number | null, otherwise: number): number => (at === null ? otherwise : at < 0 ? Math.max(-1, at + text.length) : Math.min(at, text.length))
  let out = ''
  if (step > 0) for (let i = end(from, 0), last = end(to, text.length); i < last; i += step) out += text[i] ?? ''
  else for (let i = Math.min(text.length - 1, end(from, text.length - 1)), last = to === null ? -1 : end(to, -1); i > last; i += step) out += text[i] ?? ''
  return out
}

/** Neither a constant nor left out: an empty list stands for what is left out. */
const isUnknown = (arg: Value): boolean => arg.texts.length !== 1 && !(arg.items?.length === 0)

function number(value: Value | undefined): number | null {
  const [text] = value?.texts ?? []
  return text !== undefined && /^-?\d{1,9}$/.test(text) ? Number(text) : null
}

function split(receiver: Value, separator: Value | undefined): Value | null {
  const [text, by] = [receiver.texts[0], separator?.texts[0] ?? (separator === undefined ? ' ' : undefined)]
  if (text === undefined || by === undefined || text.length > LONGEST) return null
  const pieces = text.split(by)
  return pieces.length > PIECES ? null : { ...only(receiver), items: pieces.map(known) }
}

function format(receiver: Value, args: readonly Value[]): Value | null {
  const pieces = (receiver.texts[0] ?? '').split(/\{\w*\}/)
  if (pieces.length > 64) return null
  return filled(pieces, args)
}

/** Pieces of a text with values between them; a value that is missing is not known. */
function filled(pieces: readonly string[], values: readonly Value[]): Value {
  return joined(pieces.flatMap((piece, index) => (index === 0 ? [known(piece)] : [values[index - 1] ?? NOTHING, known(piece)])))
}

function each(receiver: Value, change: (text: string) => string): Value {
  return { ...only(receiver), texts: receiver.texts.map((text) => change(text).slice(0, LONGEST)) }
}

const CARRIES = new Set(['||', '&&', '??', 'or', 'and'])
const MIXES = new Set(['^', '+', '-', '*', '%', '&', '|', '<<', '>>', '>>>', '/', '//', '~', '**'])

/** Whether an operator gives nothing that its parts carry, whatever they are: comparisons and tests. */
export const isTest = (sign: string): boolean => !CARRIES.has(sign) && !MIXES.has(sign) && sign !== 'await' && sign !== 'yield'

/** What an operator gives: a number of numbers, one of two values, or what its parts carry. */
export function operated(sign: string, parts: readonly Value[]): Value {
  if (CARRIES.has(sign)) return parts.reduce(either, NOTHING)
  if (sign === '*' || sign === '%') {
    const [text, other] = parts
    if (sign === '*' && text && other && !text.number && other.number) return textMethod(text, 'repeat', [other]) ?? only(text)
    if (sign === '%' && text && other && text.texts.length > 0 && !text.number) return formatted(text, other)
  }
  if (sign === 'await' || sign === 'yield') return parts[0] ?? NOTHING
  // Objects that stand for paths are put together like this.
  if (sign === '/' && parts[0]?.refs[0]?.startsWith('pathlib.') === true) return { ...joined(parts, '/'), refs: parts[0].refs }
  if (!MIXES.has(sign)) return NOTHING
  const numbers = parts.map((part) => (part.number && part.texts.length === 1 ? Number(part.texts[0]) : null))
  const [a, b] = numbers
  const value = a === null || a === undefined ? null : b === undefined ? unary(sign, a) : b === null ? null : arithmetic(sign, a, b) ?? null
  if (value !== null && Number.isFinite(value)) return numeric(value)
  const bits = parts.reduce((all, part) => all | (part.bits & CONTENT), 0)
  return bits === 0 ? NOTHING : only(taint(bits, parts.find((part) => part.bits & (COLLECTED | CONTENT))?.trail ?? []))
}

function unary(sign: string, a: number): number | null {
  return sign === '-' ? -a : sign === '+' ? a : sign === '~' ? ~a : null
}

/** `'%s …' % value`, with a text or a list. */
function formatted(format: Value, values: Value): Value {
  const pieces = (format.texts[0] ?? '').split(/%(?:\(\w{1,60}\))?[-+ #0-9.]{0,10}[sdrifxc]/)
  if (pieces.length > 64) return only(values)
  return filled(pieces, values.items ?? [values])
}
