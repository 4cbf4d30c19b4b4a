import { LONGEST, Pattern } from './constant.ts'
import type { Constant } from './constant.ts'

const ATOM = String.raw`(?:[^\\^$.*+?()[\]{}|]|\\[^bBkpPuxc1-9]|\\x[0-9a-fA-F]{2}|\.|\[(?:[^\]\\]|\\[^])+\])`
/** One character of a kind, however often; or characters in a fixed row, some of them captured. Neither can run away. */
const ONE = new RegExp(`^(?:\\^|\\\\b)?\\(?${ATOM}(?:[+*]|\\{\\d{1,3}(?:,\\d{0,3})?\\})?\\)?(?:\\$|\\\\b)?$`)
const ROW = new RegExp(`^(?:\\^|\\\\b)?(?:\\(?${ATOM}(?:\\{\\d{1,2}\\})?\\)?)*(?:\\$|\\\\b)?$`)
const LONGEST_SOURCE = 400

const compiled = new Map<string, RegExp | null>()

/** Texts that are longer are not searched by patterns whose time may grow with its square, or with a long row. */
const SHORT = 4096
const SLOW = /[+*}]\)?(?:\$|\\b)$|\{[^{]*\{|\{\d\d|^.{30}/s

/** A pattern of the package that cannot take long on this text; null for all others. */
export function safePattern({ source, flags }: Pattern, text: string): RegExp | null {
  if (text.length > SHORT && SLOW.test(source)) return null
  const spelled = `${flags}/${source}`
  let found = compiled.get(spelled)
  if (found === undefined) {
    found = source.length <= LONGEST_SOURCE && /^[gimsuy]{0,6}$/.test(flags) && (ONE.test(source) || ROW.test(source)) ? compile(source, flags) : null
    if (compiled.size > 500) compiled.clear()
    compiled.set(spelled, found)
  }
  if (found) found.lastIndex = 0
  return found
}

function compile(source: string, flags: string): RegExp | null {
  try {
    return new RegExp(source, flags)
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return null
    throw thrown
  }
}

type Change = (found: Constant[]) => string | undefined

/** A text with what fits replaced by a text or by what a function makes of it; undefined when that is not known or too long. */
export function replaced(text: string, what: string | Pattern, by: string | Change, all: boolean): string | undefined {
  const pattern = typeof what === 'string' ? null : safePattern(what, text)
  if (typeof what !== 'string' && !pattern) return undefined
  if (typeof by === 'string') {
    if (/\$['`]/.test(by)) return undefined
    const count = pattern ? (pattern.global ? text.length + 1 : 1) : all && typeof what === 'string' ? text.split(what).length : 1
    if (by.length > 1 && count * by.length > LONGEST * 4) return undefined
    const result = pattern ? text.replace(pattern, by) : all ? text.replaceAll(what as string, by) : text.replace(what as string, by)
    return result.length > LONGEST ? undefined : result
  }
  let known = true
  let length = 0
  const change = (...found: unknown[]): string => {
    const groups = found.filter((one) => typeof one === 'string').slice(0, found.length - 2)
    const made = known ? by(groups) : undefined
    known = known && made !== undefined && (length += made.length) <= LONGEST
    return known ? made ?? '' : ''
  }
  const result = pattern ? text.replace(pattern, change) : all ? text.replaceAll(what as string, change) : text.replace(what as string, change)
  return known && result.length <= LONGEST ? result : undefined
}
