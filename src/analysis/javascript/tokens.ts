import { name, span, text } from '../flow/tree.ts'
import type { Node } from '../flow/tree.ts'

const ESCAPE = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\}|([0-7]{1,3})|(\r\n|[^]))/g
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', v: '\v', f: '\f', '\n': '', '\r\n': '' }

/** What the inside of a JavaScript string literal stands for. */
export function unescaped(inner: string): string {
  if (!inner.includes('\\')) return inner
  return inner.replace(ESCAPE, (whole, hex?: string, short?: string, long?: string, octal?: string, char?: string) => {
    const code = octal === undefined ? parseInt(hex ?? short ?? long ?? '', 16) : parseInt(octal, 8)
    if (char !== undefined) return Object.hasOwn(ESCAPES, char) ? ESCAPES[char] ?? char : char
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })
}

const IMPORT = /import\s{1,20}(?:type\s{1,20})?(?:([\w$*{},\s]{1,2000}?)\s{0,20}from\s{0,20})?(["'])([^"'\n\\]{1,500})\2/y

/** A static `import` at `from`, as the assignments that it makes; null when it is something else. */
export function readImport(code: string, from: number): { nodes: Node[]; to: number } | null {
  IMPORT.lastIndex = from
  const match = IMPORT.exec(code)
  if (!match) return null
  const to = from + match[0].length
  const at = span(from, to)
  const module: Node = { is: 'import', module: text(match[3] ?? '', at), at }
  const braces = /\{([^}]*)\}/.exec(match[1] ?? '')
  const whole = (match[1] ?? '').replace(/\{[^}]*\}?/, '')
  const set = (local: string, value: Node): Node => ({ is: 'set', target: name(local, at), value, declares: true, at })
  const member = (key: string): Node => ({ is: 'member', of: module, key: text(key, at), at })
  const words = (part: string): string[] => part.trim().split(/\s+as\s+|\s+/).filter((word) => word !== '' && word !== 'type' && word !== 'as')
  const nodes = [
    ...whole.split(',').map(words).flatMap((part) => (part[0] === undefined ? [] : [part[0] === '*' ? set(part[1] ?? '*', module) : set(part[0], member('default'))])),
    ...(braces?.[1] ?? '').split(',').map(words).flatMap((part) => (part[0] === undefined ? [] : [set(part[1] ?? part[0], member(part[0]))])),
  ]
  return { nodes: nodes.length > 0 ? nodes : [module], to }
}
