import type { Token } from './tokens.ts'

/** `group` is that of `var (`, `body` a function literal's, `pointer` begins with a star as in `(*T)(nil)`. */
type Bracket = 'group' | 'body' | 'pointer' | 'other'

/**
 * Does a package-level `var` declaration call something when its package is initialised? Fed the tokens after the keyword.
 * Calls inside a function literal wait for somebody to call that; a literal called in place counts. Conversions to named
 * types look like calls and count as such: better one import too many to look at than one too few.
 */
export class InitialCalls {
  found = false
  readonly #open: Bracket[] = []
  #bodies = 0
  /** Past the `=` of the current specification. */
  #value = false
  /** The function signature being read: its depth, and whether a literal's body follows it. */
  #signature: { depth: number; literal: boolean } | null = null
  #previous: Token | null = null
  #earlier: Token | null = null
  /** What the previous token closed, if it closed something. */
  #closed: Bracket | null = null

  get depth(): number {
    return this.#open.length
  }

  take(token: Token): void {
    let closed: Bracket | null = null
    const base = this.#open[0] === 'group' ? 1 : 0
    if (token.kind === 'end') {
      if (this.depth <= base) this.#value = false
      if (this.#signature?.depth === this.depth) this.#signature = null
    } else if (token.text === 'func' && !this.#signature && this.#bodies === 0) {
      const type = [']', '*', 'chan'].includes(this.#previous?.text ?? '')
      this.#signature = { depth: this.depth, literal: !type }
    } else if (token.kind === 'mark') {
      if (token.text === '=' && this.depth === base) this.#value = true
      else if (token.text === '*' && this.#previous?.text === '(') this.#open[this.depth - 1] = 'pointer'
      else if (token.text === ',' && this.#signature?.depth === this.depth) this.#signature = null
      else if ('([{'.includes(token.text)) this.#enter(token.text)
      else if (')]}'.includes(token.text)) closed = this.#leave()
    }
    this.#closed = closed
    this.#earlier = this.#previous
    this.#previous = token
  }

  #enter(bracket: string): void {
    if (bracket === '(' && this.#isCall()) this.found = true
    const typeLiteral = this.#previous?.text === 'interface' || this.#previous?.text === 'struct'
    const body = bracket === '{' && this.#signature?.depth === this.depth && !typeLiteral
    const literal = body && this.#signature?.literal === true
    if (body) this.#signature = null
    if (literal) this.#bodies++
    this.#open.push(this.#previous === null && bracket === '(' ? 'group' : literal ? 'body' : 'other')
  }

  #leave(): Bracket | null {
    const closed = this.#open.pop() ?? null
    if (closed === 'body') this.#bodies--
    if (this.#signature && this.#signature.depth > this.depth) this.#signature = null
    return closed
  }

  #isCall(): boolean {
    if (!this.#value || this.#bodies > 0 || this.#signature || !this.#previous) return false
    const { kind, text } = this.#previous
    if (kind === 'word') return this.#earlier?.text === '.' || !HARMLESS.has(text)
    return this.#closed === 'body' || text === ']' || (text === ')' && this.#closed !== 'pointer')
  }
}

/** Keywords, conversions to built-in types, and built-in functions: none runs anybody's code. */
const HARMLESS = new Set([
  'func', 'interface', 'struct', 'map', 'chan', 'any', 'bool', 'byte', 'rune', 'string', 'error', 'uintptr',
  'int', 'int8', 'int16', 'int32', 'int64', 'uint', 'uint8', 'uint16', 'uint32', 'uint64', 'float32', 'float64',
  'complex64', 'complex128', 'append', 'cap', 'complex', 'copy', 'imag', 'len', 'make', 'max', 'min', 'new', 'real',
])
