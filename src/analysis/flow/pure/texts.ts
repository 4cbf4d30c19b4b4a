import { MOST, Pattern, UNDEFINED, isBytes, itemsOf, numberOf, spelled, textOf } from '../constant.ts'
import type { Constant, Constants } from '../constant.ts'
import { add, repeated } from '../operators.ts'
import { replaced, safePattern } from '../patterns.ts'
import { bytesFrom } from './encodings.ts'
import { decoder } from './decoders.ts'
import { formatted, formatText } from './formats.ts'
import { numberAt, textAt } from './types.ts'
import type { Known, Methods } from './types.ts'

const int = (args: Constants, index: number, otherwise: number): number => {
  const value = args[index]
  return value === undefined || value === UNDEFINED ? otherwise : Math.trunc(numberOf(value) ?? 0) || 0
}

/** What both languages call the same, or only one of them knows. */
export const TEXTS: Methods<string> = {
  toString: (text: string) => text,
  valueOf: (text: string) => text,
  toLowerCase: (text) => text.toLowerCase(),
  toUpperCase: (text) => text.toUpperCase(),
  lower: (text) => text.toLowerCase(),
  upper: (text) => text.toUpperCase(),
}

export const JAVASCRIPT_TEXTS: Methods<string> = {
  charCodeAt: (text, args) => text.charCodeAt(int(args, 0, 0)),
  codePointAt: (text, args) => text.codePointAt(int(args, 0, 0)) ?? UNDEFINED,
  charAt: (text, args) => text.charAt(int(args, 0, 0)),
  at: (text, args) => text.at(int(args, 0, 0)) ?? UNDEFINED,
  slice: (text, args) => text.slice(int(args, 0, 0), int(args, 1, text.length)),
  substring: (text, args) => text.substring(int(args, 0, 0), int(args, 1, text.length)),
  substr: (text, args) => text.substr(int(args, 0, 0), int(args, 1, text.length)),
  indexOf: (text, args) => text.indexOf(textOf(args[0] ?? UNDEFINED) ?? '', int(args, 1, 0)),
  lastIndexOf: (text, args) => text.lastIndexOf(textOf(args[0] ?? UNDEFINED) ?? ''),
  includes: (text, args) => text.includes(textOf(args[0] ?? UNDEFINED) ?? '', int(args, 1, 0)),
  startsWith: (text, args) => text.startsWith(textOf(args[0] ?? UNDEFINED) ?? '', int(args, 1, 0)),
  endsWith: (text, args) => text.endsWith(textOf(args[0] ?? UNDEFINED) ?? ''),
  trim: (text) => text.trim(),
  trimStart: (text) => text.trimStart(),
  trimEnd: (text) => text.trimEnd(),
  normalize: (text) => text.normalize(),
  padStart: (text, args) => padded(text, args, true),
  padEnd: (text, args) => padded(text, args, false),
  repeat: (text, args) => repeated(text, int(args, 0, 0)),
  concat: (text, args) => args.reduce<Known>((sum, arg) => (sum === undefined ? undefined : add(sum, textOf(arg) ?? '', 'javascript')), text),
  split: (text, args) => splitJavaScript(text, args),
  replace: (text, args, apply) => change(text, args, apply, false),
  replaceAll: (text, args, apply) => change(text, args, apply, true),
  match: (text, args) => {
    const pattern = args[0] instanceof Pattern ? safePattern(args[0], text) : null
    if (!pattern) return undefined
    const found = text.match(pattern)
    return found ? Array.from(found, (part) => part ?? UNDEFINED) : null
  },
  search: (text, args) => {
    const pattern = args[0] instanceof Pattern ? safePattern(args[0], text) : null
    return pattern ? text.search(pattern) : undefined
  },
  anchor: (text, args) => `<a name="${textOf(args[0] ?? UNDEFINED) ?? ''}">${text}</a>`,
  big: (text) => `<big>${text}</big>`,
  bold: (text) => `<b>${text}</b>`,
  fontcolor: (text, args) => `<font color="${textOf(args[0] ?? UNDEFINED)?.replaceAll('"', '&quot;') ?? ''}">${text}</font>`,
  italics: (text) => `<i>${text}</i>`,
  link: (text, args) => `<a href="${textOf(args[0] ?? UNDEFINED) ?? ''}">${text}</a>`,
  sub: (text) => `<sub>${text}</sub>`,
}

function padded(text: string, args: Constants, start: boolean): Known {
  const [length, by] = [int(args, 0, 0), args[1] === undefined ? ' ' : textOf(args[1]) ?? ' ']
  if (length > MOST) return undefined
  return start ? text.padStart(length, by) : text.padEnd(length, by)
}

function splitJavaScript(text: string, args: Constants): Known {
  const [by] = args
  if (text.length > MOST * 4) return undefined
  if (by === undefined || by === UNDEFINED) return [text]
  const pattern = by instanceof Pattern ? safePattern(by, text) : textOf(by)
  return pattern === null || pattern === undefined ? undefined : text.split(pattern as string).map((part) => part ?? UNDEFINED).slice(0, int(args, 1, MOST + 1))
}

function change(text: string, args: Constants, apply: Parameters<Methods<string>[string]>[2], all: boolean): Known {
  const [what, by] = args
  const wanted = what instanceof Pattern ? what : textOf(what ?? UNDEFINED)
  if (wanted === undefined || by === undefined) return undefined
  const called = typeof by === 'object' && by !== null && by !== UNDEFINED && !Array.isArray(by)
  const made = called ? (found: Constant[]): string | undefined => {
    const result = apply(by, found)
    return result === undefined ? undefined : textOf(result)
  } : textOf(by)
  return made === undefined ? undefined : replaced(text, wanted, made, all)
}

export const PYTHON_TEXTS: Methods<string> = {
  join: (text, args, _apply, language) => {
    const items = args[0] === undefined ? undefined : itemsOf(args[0], language)
    if (!items?.every((item) => typeof item === 'string')) return undefined
    return items.reduce((sum, item) => sum + item.length + text.length, 0) > 262_144 ? undefined : items.join(text)
  },
  split: (text, args) => splitPython(text, args),
  rsplit: (text, args) => (args.length > 1 ? undefined : splitPython(text, args)),
  splitlines: (text) => (text.length > MOST ? undefined : text.replace(/\r?\n$/, '').split(/\r?\n/)),
  partition: (text, args) => parted(text, text.indexOf(textAt(args, 0) ?? '\0'), textAt(args, 0) ?? ''),
  rpartition: (text, args) => parted(text, text.lastIndexOf(textAt(args, 0) ?? '\0'), textAt(args, 0) ?? ''),
  replace: (text, args) => {
    const [what, by] = [textAt(args, 0), textAt(args, 1)]
    if (what === undefined || by === undefined) return undefined
    return replaced(text, what, () => by, args.length < 3)
  },
  strip: (text, args) => stripped(text, args, true, true),
  lstrip: (text, args) => stripped(text, args, true, false),
  rstrip: (text, args) => stripped(text, args, false, true),
  removeprefix: (text, args) => (text.startsWith(textAt(args, 0) ?? '\0') ? text.slice(textAt(args, 0)?.length) : text),
  removesuffix: (text, args) => (textAt(args, 0) && text.endsWith(textAt(args, 0) ?? '\0') ? text.slice(0, -(textAt(args, 0)?.length ?? 0)) : text),
  capitalize: (text) => text.slice(0, 1).toUpperCase() + text.slice(1).toLowerCase(),
  title: (text) => text.toLowerCase().replace(/[a-z]+/g, (word) => word.slice(0, 1).toUpperCase() + word.slice(1)),
  swapcase: (text) => Array.from(text, (char) => (char === char.toLowerCase() ? char.toUpperCase() : char.toLowerCase())).join(''),
  find: (text, args) => text.indexOf(textAt(args, 0) ?? '\0', numberAt(args, 1) ?? 0),
  index: (text, args) => {
    const at = text.indexOf(textAt(args, 0) ?? '\0', numberAt(args, 1) ?? 0)
    return at < 0 ? undefined : at
  },
  rfind: (text, args) => text.lastIndexOf(textAt(args, 0) ?? '\0'),
  count: (text, args) => (textAt(args, 0) ? text.split(textAt(args, 0) ?? '\0').length - 1 : undefined),
  startswith: (text, args) => (typeof args[0] === 'string' ? text.startsWith(args[0]) : undefined),
  endswith: (text, args) => (typeof args[0] === 'string' ? text.endsWith(args[0]) : undefined),
  isdigit: (text) => /^\d+$/.test(text),
  isnumeric: (text) => /^\d+$/.test(text),
  isalpha: (text) => /^\p{L}+$/u.test(text),
  isalnum: (text) => /^[\p{L}\d]+$/u.test(text),
  isupper: (text) => text === text.toUpperCase() && text !== text.toLowerCase(),
  islower: (text) => text === text.toLowerCase() && text !== text.toUpperCase(),
  isspace: (text) => /^\s+$/.test(text),
  zfill: (text, args) => (text.startsWith('-') ? undefined : padded(text, [args[0] ?? 0, '0'], true)),
  ljust: (text, args) => padded(text, args, false),
  rjust: (text, args) => padded(text, args, true),
  format: (text, args) => formatText(text, args),
  __add__: (text, args) => (args[0] === undefined ? undefined : add(text, args[0], 'python')),
  __getitem__: (text, args) => text.at(numberAt(args, 0) ?? MOST * 8),
  __len__: (text) => text.length,
  __str__: (text) => text,
  __format__: (text, args) => formatted(text, textAt(args, 0) ?? ''),
  encode: (text, args, _apply, language) => {
    const encoding = args[0] === undefined ? 'utf-8' : spelled(args[0]) ?? ''
    return bytesFrom(text, encoding) ?? (/rot_?13/.test(encoding) ? decoder('codecs.decode', [text, encoding], language) : undefined)
  },
  decode: (text, args, _apply, language) => (args[0] === undefined ? text : bytesFrom('', spelled(args[0]) ?? '') ? text : decoder('codecs.decode', [text, args[0]], language)),
  translate: (text, args) => {
    const table = args[0]
    if (!(table instanceof Map)) return undefined
    if ([...table.values()].some((to) => typeof to === 'string' && to.length > 8)) return undefined
    return Array.from(text, (char) => {
      const to = table.get(`\0${char.codePointAt(0)}`)
      return to === undefined ? char : typeof to === 'number' ? String.fromCodePoint(to) : typeof to === 'string' ? to : ''
    }).join('')
  },
}

function splitPython(text: string, args: Constants): Known {
  if (text.length > MOST * 4) return undefined
  const [by, most] = [args[0], numberAt(args, 1)]
  if (by === undefined || by === null) return text.trim() === '' ? [] : text.trim().split(/\s+/)
  if (typeof by !== 'string' || by === '') return undefined
  const parts = text.split(by)
  return most === undefined || most < 0 || parts.length <= most ? parts : [...parts.slice(0, most), parts.slice(most).join(by)]
}

const parted = (text: string, at: number, by: string): Known => (at < 0 ? [text, '', ''] : [text.slice(0, at), by, text.slice(at + by.length)])

/** Python strips any of the characters it is given. */
function stripped(text: string, args: Constants, start: boolean, end: boolean): Known {
  const [which] = args
  if (which !== undefined && which !== null && typeof which !== 'string') return isBytes(which) ? undefined : text
  const gone = (char: string | undefined): boolean => char !== undefined && (typeof which === 'string' ? which.includes(char) : /\s/.test(char))
  let [from, to] = [0, text.length]
  if (start) while (from < to && gone(text[from])) from++
  if (end) while (to > from && gone(text[to - 1])) to--
  return text.slice(from, to)
}
