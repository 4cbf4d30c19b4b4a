import { majorSuffix } from './versions.ts'

/**
 * Module paths and version words as clients may send them (golang.org/ref/mod#module-path), and the case encoding that
 * keeps them apart on file systems that ignore case: an upper-case letter travels as `!` and its lower case.
 */

const LONGEST = 1_000
const WINDOWS = new Set([
  'con', 'prn', 'aux', 'nul',
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((n) => [`com${n}`, `lpt${n}`]),
])

/** What is wrong with a decoded module path, as a phrase; null when nothing is. */
export function pathProblem(path: string): string | null {
  if (path === '') return 'is empty'
  if (path.length > LONGEST) return `is longer than ${LONGEST} characters`
  const parts = path.split('/')
  const first = parts[0] as string
  if (!first.includes('.')) return 'has no dot in its first element'
  if (!/^[a-z0-9.-]+$/.test(first) || first.startsWith('-')) return 'has a first element that is no domain name'
  for (const part of parts) {
    if (!/^[A-Za-z0-9._~-]+$/.test(part)) return part === '' ? 'has an empty element' : 'has a character that paths may not have'
    if (part.startsWith('.') || part.endsWith('.')) return 'has an element that begins or ends with a dot'
    const stem = (part.split('.', 1)[0] as string).toLowerCase()
    if (WINDOWS.has(stem)) return `has the reserved element ${stem}`
    if (/~[0-9]+$/.test(stem)) return 'has an element that ends in a tilde and digits'
  }
  const last = parts.at(-1) as string
  const gopkg = path.startsWith('gopkg.in/')
  if (gopkg && majorSuffix(path) === null) return 'has no version suffix, which gopkg.in paths need'
  if (!gopkg && parts.length > 1 && /^v[0-9.]+$/.test(last) && majorSuffix(path) === null) {
    return 'has a version suffix that is not /v2 or later'
  }
  return null
}

/** A version, branch or commit as one path element, decoded. Slashes and `!` cannot be asked for. */
export function wordProblem(word: string): string | null {
  if (word === '') return 'is empty'
  if (word.length > 256) return 'is longer than 256 characters'
  if (!/^[A-Za-z0-9#$%&()+,\-.=@[\]^_{}~ ]+$/.test(word)) return 'has a character that versions may not have'
  if (word.endsWith('.')) return 'ends with a dot'
  return WINDOWS.has((word.split('.', 1)[0] as string).toLowerCase()) ? 'is a reserved name' : null
}

export const escapeCase = (text: string): string => text.replace(/[A-Z]/g, (letter) => `!${letter.toLowerCase()}`)

/** null where the encoding is broken: a bare upper-case letter, or `!` before anything but a lower-case one. */
export function unescapeCase(text: string): string | null {
  if (/[A-Z]|!(?![a-z])/.test(text)) return null
  return text.replace(/!([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

/** Case-encoded and safe inside a URL path. Exact: decoding gives the same text again. */
export const urlPart = (text: string): string =>
  encodeURIComponent(escapeCase(text)).replaceAll('%2F', '/').replaceAll('%40', '@').replaceAll('%2B', '+')
