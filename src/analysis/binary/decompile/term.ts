import type { CodeObject } from '../marshal.ts'

/** What lies on the interpreter's stack while code is read: an expression, as text that stands by itself anywhere. */
export interface Term {
  text: string
  /** It calls something, so it must not get lost when nobody uses its value. */
  acts: boolean
  /** Nesting of the text; parsers recurse, so it is kept low. */
  depth: number
  /** The items of a tuple that is known. */
  items?: readonly string[]
  /** `a:b` of a slice. */
  slice?: string
  /** `a + b` without its parentheses: long sums stay flat. */
  sum?: string
  /** What it is besides text, for the instruction that takes it up. */
  part?: Part
}

type Part =
  /** No value: padding that calling conventions push. */
  | { is: 'null' }
  /** What leaves a `with` block. */
  | { is: 'exit' }
  /** An imported module; `inside` is the submodule reached so far by `import a.b as c`. */
  | { is: 'module'; name: string; listed: boolean; inside: string | null }
  /** A name taken from a module. */
  | { is: 'taken'; module: string; name: string }
  /** What makes classes of functions. */
  | { is: 'builder' }
  | { is: 'body'; code: CodeObject }
  /** One of the values that a loop goes through, or what a `with` block enters. */
  | { is: 'each' | 'entered'; of: string }
  /** A list, set or dict that is still growing; `inner` is what stands between its brackets. */
  | { is: 'growing'; open: string; close: string; inner: string }

/** Longer expressions are given up. */
const LONGEST = 4_000_000

export const term = (text: string, acts = false, depth = 0): Term => (text.length > LONGEST ? unknown() : { text, acts, depth })
export const unknown = (): Term => ({ text: UNKNOWN, acts: false, depth: 0 })
export const padding = (): Term => ({ text: 'None', acts: false, depth: 0, part: { is: 'null' } })
export const isNull = (one: Term): boolean => one.part?.is === 'null'
export const isUnknown = (one: Term): boolean => one.text === UNKNOWN

const UNKNOWN = '_unknown'

/** A list of expressions; what would get too long for one is given up. */
export function listed(texts: readonly string[]): string {
  let length = 0
  for (const text of texts) length += text.length + 2
  return length > LONGEST ? UNKNOWN : texts.join(', ')
}

/** An expression made of others. */
export function made(text: string, ...of: readonly Term[]): Term {
  return term(text, of.some((one) => one.acts), 1 + of.reduce((most, one) => Math.max(most, one.depth), 0))
}

export function growing(open: string, close: string, items: readonly Term[], texts = items.map((item) => item.text)): Term {
  const one = made('', ...items)
  one.part = { is: 'growing', open, close, inner: '' }
  for (const text of texts) grow(one, text)
  return settle(one)
}

/** Adds to a list in place: whoever holds it sees it grow, as at run time. */
export function grow(list: Term, text: string, item?: Term): void {
  if (list.part?.is !== 'growing' || list.part.inner.length + text.length > LONGEST) return
  list.part.inner += list.part.inner === '' ? text : `, ${text}`
  list.acts ||= item?.acts ?? false
  list.depth = Math.max(list.depth, (item?.depth ?? 0) + 1)
  settle(list)
}

function settle(list: Term): Term {
  if (list.part?.is === 'growing') list.text = list.part.open + list.part.inner + (list.part.open === '(' && list.part.inner !== '' ? ',' : '') + list.part.close
  return list
}

/** One of two values, by a condition that is not kept. */
function either(a: Term, b: Term): Term {
  if (a === b || a.text === b.text || isUnknown(b)) return a
  return isUnknown(a) || isNull(a) ? b : made(`(${a.text} if _ else ${b.text})`, a, b)
}

const WORDS = new Set(('False None True and as assert async await break class continue def del elif else except finally for from global if import in is '
  + 'lambda nonlocal not or pass raise return try while with yield').split(' '))

/** A name that Python's grammar takes: `.0` of comprehensions and names that obfuscators make up are bent into one. */
export function identifier(name: string): string {
  const plain = name.slice(0, 500).replace(/[^\p{L}\p{N}_]/gu, '_').replace(/^(?=\p{N}|$)/u, '_')
  return WORDS.has(plain) ? `${plain}_` : plain
}

/** A stack that may be kept and gone on from at several places without copying. */
export interface Stack { readonly top: Term; readonly below: Stack | null; readonly size: number }

export const push = (stack: Stack | null, top: Term): Stack => ({ top, below: stack, size: (stack?.size ?? 0) + 1 })

/** What is on the stack where two ways meet. */
export function meet(a: Stack | null, b: Stack | null): Stack | null {
  if (!a || !b || a.size !== b.size || a.top === b.top) return a ?? b
  return push(a.below, either(a.top, b.top))
}
