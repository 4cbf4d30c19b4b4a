import { LONGEST, MOST, spelled } from '../constant.ts'
import type { Constant, Constants } from '../constant.ts'

const SPEC = /^(?:(.)?([<>^=]))?[+ -]?(#)?(0)?(\d{1,4})?,?(?:\.(\d{1,3}))?([sdxXobcfeg%n])?$/s

/** Python's `format(value, spec)`; undefined for what is not known to it. */
export function formatted(value: Constant, spec: string): string | undefined {
  if (spec === '') return spelled(value)
  const match = SPEC.exec(spec)
  if (!match) return undefined
  const [, fill, align, prefixed, zero, width, precision, type] = match
  let said: string | undefined
  if (typeof value === 'number' && type && type !== 's') said = number(value, type, precision === undefined ? 6 : Number(precision), prefixed !== undefined)
  else said = spelled(value)?.slice(0, precision === undefined ? undefined : Number(precision))
  if (said === undefined) return undefined
  const by = fill ?? (zero ? '0' : ' ')
  const length = Math.min(Number(width ?? 0), MOST)
  const left = align === '<' || (align === undefined && zero === undefined && typeof value !== 'number')
  if (align === '^') return said.padStart(said.length + ((Math.max(0, length - said.length)) >> 1), by).padEnd(length, by)
  return left ? said.padEnd(length, by) : said.padStart(length, by)
}

function number(value: number, type: string, precision: number, prefixed: boolean): string | undefined {
  switch (type) {
    case 'd': case 'n': return String(Math.trunc(value))
    case 'x': return (prefixed ? '0x' : '') + value.toString(16)
    case 'X': return (prefixed ? '0X' : '') + value.toString(16).toUpperCase()
    case 'o': return (prefixed ? '0o' : '') + value.toString(8)
    case 'b': return (prefixed ? '0b' : '') + value.toString(2)
    case 'c': return value >= 0 && value <= 0x10ffff ? String.fromCodePoint(value) : undefined
    case 'f': return value.toFixed(Math.min(precision, 100))
    case '%': return `${(value * 100).toFixed(Math.min(precision, 100))}%`
    default: return undefined
  }
}

/** `'{} {0} {1:02x}'.format(…)`; undefined where a hole has a name. */
export function formatText(format: string, args: Constants): string | undefined {
  let next = 0
  let known = true
  let length = 0
  const text = format.replace(/\{\{|\}\}|\{(\w{0,60})(?:!([sra]))?(?::([^{}]{0,40}))?\}/g, (whole, key?: string, _conversion?: string, spec?: string) => {
    if (whole === '{{' || whole === '}}') return whole[0] ?? ''
    const value = args[key === '' || key === undefined ? next++ : Number(key)]
    const said = value === undefined ? undefined : formatted(value, spec ?? '')
    known = known && said !== undefined && (length += said.length) <= LONGEST
    if (!known) return ''
    return said ?? ''
  })
  return known ? text : undefined
}
