import { nothing, span } from '../flow/tree.ts'
import type { At, Node } from '../flow/tree.ts'
import type { Kind, Tokens } from './tokens.ts'

/** A type as far as it matters to values. */
export interface Type {
  is: 'list' | 'map' | 'struct' | 'channel' | 'function' | 'pointer' | 'named' | 'other'
  /** `T` or `pkg.T`. */
  name: Node | null
  /** Of what: items, values, what is pointed to. */
  of: Type | null
  /** Names of a struct's fields, in order. */
  fields: readonly string[]
  /** Types of those fields, where they are structs themselves. */
  inner?: ReadonlyMap<string, Type>
}

/** Where the parser stands in a file, and what it has learnt of the file's names. */
export class Reader {
  readonly tokens: Tokens
  readonly path: string
  pos = 0
  /** In the head of `if`, `for`, `switch`, a brace begins the body, not a literal. */
  head = false
  /** Names of the function's results, for a bare `return`. */
  results: readonly string[] = []
  /** Local name → import path. */
  readonly imports = new Map<string, string>()
  /** Packages whose names are used as if they were this one's. */
  readonly dotted: string[] = []
  readonly declared = new Set<string>()
  readonly types = new Map<string, Type>()
  /** Variables that text is written to, piece by piece. */
  readonly builders = new Set<string>()
  readonly channels = new Set<string>()
  /** Commands that are shells. */
  readonly shells = new Set<string>()
  /** Writers → the variable that what is written to them ends up in. */
  readonly writers = new Map<string, string>()
  /** Expressions that are types. */
  readonly spelled = new WeakMap<Node, Type>()

  /** Where `//go:embed` stands, and what it names. */
  readonly embeds: ReadonlyMap<number, readonly string[]>

  constructor(tokens: Tokens, path: string, embeds: ReadonlyMap<number, readonly string[]>) {
    this.tokens = tokens
    this.path = path
    this.embeds = embeds
  }

  get kind(): Kind {
    return this.tokens.kinds[this.pos] ?? 'end'
  }

  /** The token as written; empty after the last one. */
  get said(): string {
    return this.tokens.said[this.pos] ?? ''
  }

  get done(): boolean {
    return this.pos >= this.tokens.kinds.length
  }

  peek(ahead = 1): string {
    return this.tokens.said[this.pos + ahead] ?? ''
  }

  sees(kind: Kind): boolean {
    return this.kind === kind
  }

  /** Whether this token is that sign or keyword. */
  is(text: string): boolean {
    return this.said === text && (this.kind === 'sign' || this.kind === 'keyword')
  }

  take(text: string): boolean {
    if (!this.is(text)) return false
    this.pos++
    return true
  }

  word(): string | null {
    return this.kind === 'word' ? this.tokens.said[this.pos++] ?? null : null
  }

  /** Index of the bracket that closes the one the reader stands at. */
  get close(): number {
    return this.tokens.closes[this.pos] || this.tokens.kinds.length
  }

  get from(): number {
    return this.tokens.from[this.pos] ?? this.tokens.to.at(-1) ?? 0
  }

  /** From an offset to the end of the last token read. */
  since(from: number): At {
    return span(from, Math.max(from, this.tokens.to[this.pos - 1] ?? from))
  }

  here(): At {
    return span(this.from, this.tokens.to[this.pos] ?? this.from)
  }

  /** Reads what stands in the brackets ahead, and leaves them whatever is in there. Every step of `each` reads something. */
  inside(each: () => void): void {
    const { head, close } = this
    this.head = false
    this.pos++
    while (this.pos < close) {
      const before = this.pos
      each()
      if (this.pos === before) this.pos++
    }
    this.pos = close + 1
    this.head = head
  }

  nothing(): Node {
    return nothing(this.here())
  }
}
