import type { At, Node } from '../flow/tree.ts'

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\u0007', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\', "'": "'", '"': '"',
}
const ESCAPE = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|([^]))/g

/** A string literal as written: a text, or bytes where its escapes spell no UTF-8. */
export function stringOf(literal: string, at: At): Node {
  if (literal.startsWith('`')) return { is: 'text', value: literal.replace(/^`|`$/g, '').replaceAll('\r', ''), at }
  const inner = literal.slice(1, literal.length > 1 && literal.endsWith('"') ? -1 : undefined)
  if (!inner.includes('\\')) return { is: 'text', value: inner, at }
  if (!/\\(?:x[89a-fA-F]|[23][0-7]{2})/.test(inner)) return { is: 'text', value: unescaped(inner, (text) => text), at }
  const bytes = inner.replace(/[^\0-\x7f]+/g, utf8).replace(ESCAPE, (whole, ...parts) => one(whole, parts, utf8))
  try {
    return { is: 'text', value: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(bytes, 'latin1')), at }
  } catch (thrown) {
    if (!(thrown instanceof TypeError)) throw thrown
    return { is: 'bytes', value: bytes, at }
  }
}

/** `'a'`, `'\x00'`, `'\u00e9'` as its number. */
export function runeOf(literal: string): number {
  const inner = literal.slice(1, literal.length > 1 && literal.endsWith("'") ? -1 : undefined)
  return unescaped(inner, (text) => text).codePointAt(0) ?? 0
}

/** Integers of all bases and floats; an imaginary part is dropped. */
export function numberOf(literal: string): number {
  const plain = literal.replaceAll('_', '').replace(/i$/, '')
  const value = /^0[0-7]+$/.test(plain) ? parseInt(plain, 8) : Number(plain)
  return Number.isNaN(value) ? 0 : value
}

const utf8 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1')

const unescaped = (inner: string, wide: (text: string) => string): string =>
  inner.replace(ESCAPE, (whole, ...parts) => one(whole, parts, wide))

/** `\x` and octal escapes are single bytes, `\u` and `\U` characters. */
function one(whole: string, parts: readonly unknown[], wide: (text: string) => string): string {
  const [hex, short, long, octal, char] = parts as (string | undefined)[]
  if (hex !== undefined) return String.fromCharCode(parseInt(hex, 16))
  if (octal !== undefined) return String.fromCharCode(parseInt(octal, 8) & 255)
  const point = short ?? long
  if (point === undefined) return ESCAPES[char ?? ''] ?? whole
  const code = parseInt(point, 16)
  return code <= 0x10ffff ? wide(String.fromCodePoint(code)) : whole
}
