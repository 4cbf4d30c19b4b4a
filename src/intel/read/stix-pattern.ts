/** One comparison of a pattern that says "this value". */
interface Equality { object: string; path: string; value: string }
/** Any of `any` is what the pattern looks for. */
export type Pattern = { any: Equality[] } | { problem: string }

type Token = { kind: 'text'; value: string } | { kind: 'word'; value: string } | { kind: 'sign'; value: string }
/** Either: one is enough. Both: all of them on one object. */
type Node = { either: Node[] } | { both: Node[] } | Equality

const LONGEST = 64 * 1024
const MOST = 2_000
const DEEPEST = 32

/**
 * The part of STIX patterning (STIX 2.1, 9) that says which values are bad: comparisons for equality (`=`, `IN`) joined by OR,
 * in one observation or in several joined by OR. Whatever needs more than one thing to be seen at once is a problem, because
 * each of its values alone may be harmless; but hashes of one file are one thing. Never throws; linear.
 */
export function readPattern(pattern: string): Pattern {
  if (pattern.length > LONGEST) return { problem: `a pattern of ${pattern.length} characters` }
  const tokens = tokensOf(pattern)
  if (!tokens) return { problem: 'a pattern that cannot be read' }
  try {
    const reader = new Reader(tokens)
    return { any: single(reader.observations(0)) }
  } catch (thrown) {
    return { problem: thrown instanceof Refused ? thrown.message : 'a pattern that cannot be read' }
  }
}

class Refused extends Error {}

const TOKEN = /\s+|'((?:[^'\\]|\\.)*)'|([A-Za-z_][\w-]*|\d[\w.:-]*)|(!=|<=|>=|[[\]()=<>,.:*])/y

function tokensOf(pattern: string): Token[] | null {
  const tokens: Token[] = []
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < pattern.length) {
    const at = TOKEN.lastIndex
    const found = TOKEN.exec(pattern)
    if (!found || tokens.length > MOST * 10) return null
    const [, text, word, sign] = found
    if (text !== undefined) tokens.push({ kind: 'text', value: text.replace(/\\(.)/g, '$1') })
    else if (word !== undefined) tokens.push({ kind: 'word', value: word })
    else if (sign !== undefined) tokens.push({ kind: 'sign', value: sign })
    if (TOKEN.lastIndex <= at) return null
  }
  return tokens
}

class Reader {
  readonly #tokens: readonly Token[]
  #at = 0
  #count = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  observations(depth: number): Node {
    const either = [this.#observation(depth)]
    while (this.#word('OR')) either.push(this.#observation(depth))
    if (this.#word('AND') || this.#word('FOLLOWEDBY')) throw new Refused('several observations that must be seen together')
    if (depth === 0 && this.#at < this.#tokens.length) {
      const next = this.#tokens[this.#at] as Token
      throw new Refused(/^(?:WITHIN|REPEATS|START|STOP)$/.test(next.value) ? `the qualifier ${next.value}` : 'a pattern that cannot be read')
    }
    return { either }
  }

  #observation(depth: number): Node {
    if (depth > DEEPEST) throw new Refused('a pattern that is nested too deeply')
    if (this.#sign('(')) {
      const inner = this.observations(depth + 1)
      this.#demand(')')
      return inner
    }
    this.#demand('[')
    const inner = this.#comparisons(depth + 1)
    this.#demand(']')
    return inner
  }

  #comparisons(depth: number): Node {
    const either: Node[] = []
    do {
      const both = [this.#comparison(depth)]
      while (this.#word('AND')) both.push(this.#comparison(depth))
      either.push(both.length === 1 ? both[0] as Node : { both })
    } while (this.#word('OR'))
    return { either }
  }

  #comparison(depth: number): Node {
    if (depth > DEEPEST) throw new Refused('a pattern that is nested too deeply')
    if (++this.#count > MOST) throw new Refused(`more than ${MOST} comparisons`)
    if (this.#sign('(')) {
      const inner = this.#comparisons(depth + 1)
      this.#demand(')')
      return inner
    }
    if (this.#word('NOT') || this.#word('EXISTS')) throw new Refused('a comparison that is not one of equality')
    const object = this.#take('word')
    this.#demand(':')
    let path = this.#step()
    for (;;) {
      if (this.#sign('.')) path += `.${this.#step()}`
      else if (this.#sign('[')) {
        this.#at++
        this.#demand(']')
        path += '[*]'
      } else break
    }
    if (this.#word('NOT')) throw new Refused('a comparison that is not one of equality')
    if (this.#sign('=')) return { object, path, value: this.#value() }
    if (!this.#word('IN')) throw new Refused(`the comparison ${this.#tokens[this.#at]?.value ?? ''}`.trim())
    this.#demand('(')
    const either: Node[] = []
    do {
      if (++this.#count > MOST) throw new Refused(`more than ${MOST} comparisons`)
      either.push({ object, path, value: this.#value() })
    } while (this.#sign(','))
    this.#demand(')')
    return { either }
  }

  #step(): string {
    const next = this.#tokens[this.#at++]
    if (!next || next.kind === 'sign') throw new Refused('a pattern that cannot be read')
    return next.value
  }

  #value(): string {
    const next = this.#tokens[this.#at++]
    if (!next || next.kind === 'sign') throw new Refused('a pattern that cannot be read')
    return next.value
  }

  #take(kind: Token['kind']): string {
    const next = this.#tokens[this.#at++]
    if (next?.kind !== kind) throw new Refused('a pattern that cannot be read')
    return next.value
  }

  #demand(sign: string): void {
    if (!this.#sign(sign)) throw new Refused('a pattern that cannot be read')
  }

  #sign(sign: string): boolean {
    const next = this.#tokens[this.#at]
    if (next?.kind !== 'sign' || next.value !== sign) return false
    this.#at++
    return true
  }

  #word(word: string): boolean {
    const next = this.#tokens[this.#at]
    if (next?.kind !== 'word' || next.value.toUpperCase() !== word) return false
    this.#at++
    return true
  }
}

const isHash = (node: Node): node is Equality => 'object' in node && node.object === 'file' && node.path.startsWith('hashes.')

function single(node: Node): Equality[] {
  if ('object' in node) return [node]
  if ('either' in node) return node.either.flatMap(single)
  const hashes = node.both.filter(isHash)
  // A name, a size and hashes of one file: its hashes say which.
  if (hashes.length > 0 && node.both.every((one) => 'object' in one && one.object === 'file')) return hashes
  throw new Refused('several comparisons that must hold together')
}
