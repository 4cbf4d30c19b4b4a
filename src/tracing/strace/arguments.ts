import { afterAngle, afterString } from './lines.ts'

/** The arguments of a call, or the members of a structure or list, still escaped; at most `most`, the rest is not looked at. */
export function split(text: string, most = 64): string[] {
  const parts: string[] = []
  let depth = 0
  let from = 0
  for (let i = 0; i < text.length && parts.length < most; i++) {
    switch (text.charCodeAt(i)) {
      case 34: i = (afterString(text, i) || text.length) - 1; break
      case 60: i = (afterAngle(text, i) || text.length) - 1; break
      case 40: case 91: case 123: depth++; break
      case 41: case 93: case 125: depth--; break
      case 44:
        if (depth > 0) break
        parts.push(text.slice(from, i).trim())
        from = i + 1
    }
  }
  const last = text.slice(from).trim()
  if (parts.length < most && last !== '') parts.push(last)
  return parts
}

/** The bytes of `"…"` (with `...` behind it where strace cut it); null: not a string. */
export function bytes(argument: string | undefined): Buffer | null {
  if (argument === undefined || argument.charCodeAt(0) !== 34) return null
  const end = afterString(argument, 0)
  return end === 0 ? null : unescape(argument.slice(1, end - 1))
}

/**
 * A string as text. What is no UTF-8 is taken byte by byte as Latin-1, so that names that differ stay different. It may be a piece
 * of the argument that keeps the whole alive.
 */
export function text(argument: string | undefined): string | null {
  if (argument === undefined || argument.charCodeAt(0) !== 34) return null
  const end = afterString(argument, 0)
  return end === 0 ? null : plain(argument.slice(1, end - 1))
}

/** Without escapes there is nothing but printable ASCII. */
const plain = (escaped: string): string => (escaped.includes('\\') ? decoded(unescape(escaped)) : escaped)

function decoded(raw: Buffer): string {
  const utf8 = raw.toString('utf8')
  return utf8.includes('\ufffd') ? raw.toString('latin1') : utf8
}

const SIMPLE: Readonly<Record<number, number>> = { 110: 10, 116: 9, 114: 13, 118: 11, 102: 12, 97: 7, 98: 8, 34: 34, 92: 92 }

function unescape(escaped: string): Buffer {
  const raw = Buffer.from(escaped, 'latin1')
  let to = raw.indexOf(92)
  if (to < 0) return raw
  for (let i = to; i < raw.length; i++) {
    if (raw[i] !== 92) {
      raw[to++] = raw[i] as number
      continue
    }
    let byte = 0
    let digits = 0
    while (digits < 3 && isDigit(raw[i + 1], 55)) {
      byte = byte * 8 + (raw[++i] as number) - 48
      digits++
    }
    if (digits === 0) {
      const next = raw[++i] ?? 92
      const hex = next === 120 ? /^[0-9a-f]{2}/.exec(raw.toString('latin1', i + 1, i + 3))?.[0] : undefined
      byte = hex === undefined ? SIMPLE[next] ?? next : Number.parseInt(hex, 16)
      if (hex !== undefined) i += 2
    }
    raw[to++] = byte & 255
  }
  return raw.subarray(0, to)
}

const isDigit = (byte: number | undefined, last: 55 | 57): boolean => byte !== undefined && byte >= 48 && byte <= last

/** `3</etc/hosts>`, `AT_FDCWD</tmp>`, `4<TCP:[…]>`, `5</memfd:x>(deleted)`. */
export interface Descriptor {
  /** -1: the current folder. */
  fd: number
  /** What is in the brackets, with its escapes undone; null: strace did not say. */
  names: string | null
  /** Its name is gone from the file system. */
  deleted: boolean
}

export function descriptor(argument: string | undefined): Descriptor | null {
  if (argument === undefined) return null
  const here = argument.startsWith('AT_FDCWD')
  let digits = here ? 8 : 0
  let fd = here ? -1 : 0
  if (!here) for (; digits < 10 && isDigit(argument.charCodeAt(digits), 57); digits++) fd = fd * 10 + argument.charCodeAt(digits) - 48
  if (digits === 0) return null
  if (argument.charCodeAt(digits) !== 60) return { fd, names: null, deleted: false }
  const end = afterAngle(argument, digits)
  if (end === 0) return { fd, names: null, deleted: false }
  let inside = argument.slice(digits + 1, end - 1)
  const device = inside.charCodeAt(inside.length - 1) === 62 ? inside.lastIndexOf('<') : -1
  if (device > 0) inside = inside.slice(0, device)
  const names = plain(inside)
  return fd === -1 && names.endsWith(' (deleted)')
    ? { fd, names: names.slice(0, -10), deleted: true }
    : { fd, names, deleted: argument.startsWith('(deleted)', end) }
}

/** The members of a list of strings (`["sh", "-c", "x"]`); what is none of them is left out. */
export function list(argument: string | undefined, most = 1024): string[] {
  if (argument === undefined || argument.charCodeAt(0) !== 91) return []
  return split(argument.slice(1, -1), most).flatMap((part) => text(part) ?? [])
}

/** The value of a member of `{a=1, b="x"}`, still escaped. */
export function member(structure: string | undefined, name: string): string | undefined {
  if (structure === undefined || structure.charCodeAt(0) !== 123) return undefined
  return split(structure.slice(1, -1)).find((part) => part.startsWith(`${name}=`))?.slice(name.length + 1)
}

/** `1234`, `3` with `512 in strace's PID NS` in a comment: the number as strace numbers processes where it says so. */
export function pidOf(argument: string | undefined): { inner: number; outer: number } | null {
  const found = /^(-?\d{1,10})(?: \/\* (\d{1,10}) in strace's PID NS \*\/)?/.exec(argument ?? '')
  return found && { inner: Number(found[1]), outer: Number(found[2] ?? found[1]) }
}
