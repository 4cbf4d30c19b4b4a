import { classOf, hasLongRun } from '../decode/marks/runs.ts'

/** What a text may hold, by its characters alone: texts with nothing in them cost next to nothing. */
export interface Hints {
  /** A dot, two slashes, a colon between what may be parts of a name. */
  dots: boolean
  slashes: boolean
  colons: boolean
  at: boolean
  /** Letters and digits enough for a key, a wallet or a hash. */
  long: boolean
  /** `[.]`, `(dot)`, `hxxp`: written so that nobody follows it. */
  fangs: boolean
}

/** The shortest key there is, of AWS. */
const LONG_RUN = 20
export const isWord = classOf(/\w/)
const isKey = classOf(/[\w-]/)

const FANGS = /[[({](?:[.:@]|dot|at)[\])}/]|hxxp|fxp/i

const SIGNS = /[.:@[({]|\/\//

/** Null for texts with nothing in them. */
export function hintsOf(text: string): Hints | null {
  const long = hasLongRun(text, LONG_RUN, isKey)
  if (!long && !SIGNS.test(text)) return null
  const dots = beside(text, '.', (before, after) => isPart(after) && isPart(before))
  const slashes = text.includes('//')
  const colons = beside(text, ':', (before, after) => after === 0x3a || (isHex(before) && isHex(after)))
  const at = text.includes('@')
  const fangs = FANGS.test(text)
  return dots || slashes || colons || at || long || fangs ? { dots, slashes, colons, at, long, fangs } : null
}

/** Whether a sign stands anywhere with the right neighbours. */
function beside(text: string, sign: string, fits: (before: number, after: number) => boolean): boolean {
  for (let at = text.indexOf(sign); at >= 0; at = text.indexOf(sign, at + 1)) {
    if (fits(text.charCodeAt(at - 1), text.charCodeAt(at + 1))) return true
  }
  return false
}

/** Characters of names, closing brackets, and whatever is not ASCII. */
const isName = classOf(/[\w\-\])}]/)
const isPart = (code: number): boolean => code > 127 || isName(code)
const isHex = classOf(/[0-9a-f]/i)
