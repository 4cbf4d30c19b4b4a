import { UNKNOWN } from '../desk.ts'
import { mixed, UNTAINTED } from '../taint.ts'
import type { Taint } from '../taint.ts'
import type { Value } from './call.ts'
import { joined } from './call.ts'

/** A value of PowerShell: its text, the items when it is a list, the name when it is a type, code when it is a block. */
export interface Thing extends Value {
  readonly list?: readonly Thing[]
  readonly type?: string
  readonly block?: boolean
}

const LONGEST = 131_072

export const thing = (text: string = UNKNOWN, taint: Taint = UNTAINTED): Thing => ({ text: text.length > LONGEST ? UNKNOWN : text, taint })

/** The items of a list; the characters of a text are not its items. */
export const flat = (value: Thing): readonly Thing[] => value.list ?? [value]

export const listOf = (items: readonly string[], taint: Taint): Thing =>
  ({ ...thing(items.join(' '), taint), list: items.slice(0, 65_536).map((text) => thing(text, taint)) })

/** `[char]104` and its kin. */
export function castTo(type: string, value: Thing): Thing {
  const name = type.toLowerCase().replace(/^system\./, '')
  if (name === 'char') return value.list ? { ...value, list: value.list.map((item) => castTo(type, item)) } : thing(charOf(value.text), value.taint)
  if (name === 'char[]') return value.list ? { ...value, list: value.list.map((item) => castTo('char', item)) } : listOf([...value.text], value.taint)
  if (name === 'string' && value.list) return thing(value.list.map((item) => item.text).join(' '), value.taint)
  if (/^u?int|^byte$/.test(name) && value.text.length === 1 && !/\d/.test(value.text)) return thing(String(value.text.charCodeAt(0)), value.taint)
  return value
}

function charOf(text: string): string {
  const code = Number(text)
  return text !== '' && Number.isInteger(code) && code >= 0 && code <= 0x10ffff ? String.fromCodePoint(code) : text
}

/** What an operator makes of two values; `…` where that is not known. */
export function binary(operator: string, left: Thing, right: Thing): Thing {
  const taint = mixed(left.taint, right.taint)
  const unknown = left.text.includes(UNKNOWN) || right.text.includes(UNKNOWN)
  if (operator === '+') return plus(left, right, taint)
  if (operator === '-join') return thing(flat(left).map((item) => item.text).join(right.text), taint)
  if (operator === '-f') return thing(formatted(left.text, flat(right)), taint)
  if (/^-[ci]?replace$/.test(operator)) return thing(replaced(left.text, right), taint)
  if (/^-[ci]?split$/.test(operator)) return listOf(left.text.split(right.text.replace(/^\\(.)$/, '$1')), taint)
  if (operator === '..') return range(left, right, taint)
  if (operator === '[]') return indexed(left, right, taint)
  if (operator === '*' && /^\d{1,4}$/.test(right.text)) return thing(/^\d+$/.test(left.text) ? String(Number(left.text) * Number(right.text)) : left.text.length * Number(right.text) > LONGEST ? UNKNOWN : left.text.repeat(Number(right.text)), taint)
  const [a, b] = [Number(left.text), Number(right.text)]
  if (unknown || !Number.isInteger(a) || !Number.isInteger(b)) return thing(UNKNOWN, taint)
  const result = operator === '-bxor' ? a ^ b : operator === '-' ? a - b : operator === '-band' ? a & b : operator === '-bor' ? a | b : null
  return result === null ? thing(UNKNOWN, taint) : thing(String(result), taint)
}

function plus(left: Thing, right: Thing, taint: Taint): Thing {
  if (left.list) {
    const items = [...left.list, ...flat(right)].slice(0, 65_536)
    return { ...thing(items.map((item) => item.text).join(' '), joined(items)), list: items }
  }
  const numbers = /^\d{1,9}$/.test(left.text) && /^\d{1,9}$/.test(right.text)
  return thing(numbers ? String(Number(left.text) + Number(right.text)) : left.text + right.text, taint)
}

function formatted(format: string, items: readonly Thing[]): string {
  const longest = items.reduce((most, item) => Math.max(most, item.text.length), 1)
  return format.length * longest > LONGEST * 16 ? UNKNOWN : format.replace(/\{(\d{1,4})(?:[,:][^}]{0,20})?\}/g, (whole, index: string) => items[Number(index)]?.text ?? whole)
}

/** Patterns are taken literally: what hides words replaces a marker. */
function replaced(text: string, right: Thing): string {
  const [what = thing(''), put = thing('')] = right.list ?? [right]
  const literal = what.text.replace(/\\(.)/g, '$1').replace(/^\[(.)\]$/, '$1')
  if (literal === '') return text
  return text.length * Math.max(1, put.text.length) > LONGEST * 16 ? UNKNOWN : text.replaceAll(literal, () => put.text)
}

function range(left: Thing, right: Thing, taint: Taint): Thing {
  const [from, to] = [Number(left.text), Number(right.text)]
  if (!Number.isInteger(from) || !Number.isInteger(to) || Math.abs(to - from) > 10_000) return thing(UNKNOWN, taint)
  const step = from <= to ? 1 : -1
  return listOf(Array.from({ length: Math.abs(to - from) + 1 }, (_, index) => String(from + index * step)), taint)
}

function indexed(left: Thing, right: Thing, taint: Taint): Thing {
  // `'abc'[-1..-3]` counts from the end.
  const picked = flat(right).map((index) => (left.list ? left.list.at(Number(index.text))?.text : left.text.at(Number(index.text))) ?? UNKNOWN)
  return right.list ? listOf(picked, taint) : thing(picked[0], taint)
}
