import { InitialCalls } from './calls.ts'
import { tokens } from './tokens.ts'
import type { Token } from './tokens.ts'

/** What a Go source file declares that makes code run. Facts of one file; what the code does is analysis. */
export interface SourceFacts {
  package: string | null
  /** Functions without receiver that Go or its tools call: `init`, `main`, `TestMain`. */
  functions: ReadonlySet<string>
  /** A package-level variable is initialised by a call. */
  initialCalls: boolean
  /** It imports "C". */
  cgo: boolean
  /** `#cgo` lines of its comments, without the `#cgo`. */
  cgoFlags: readonly string[]
  /** Commands of `//go:generate`. */
  generates: readonly string[]
}

/** Most lines kept of one kind, and their longest; the rest says nothing new. */
const MOST = 200
const LONGEST = 2_000

export function readSource(source: string): SourceFacts {
  const facts = { package: null as string | null, initialCalls: false, cgo: false }
  const functions = new Set<string>()
  const cgoFlags: string[] = []
  const generates: string[] = []
  let statement: Statement | null = null
  for (const token of tokens(source)) {
    if (token.kind === 'comment') {
      readComment(token, cgoFlags, generates)
      continue
    }
    statement ??= { verb: token.text, second: null, third: null, depth: 0, calls: null }
    if (token.kind === 'end' && statement.depth <= 0) {
      const { verb, second, third } = statement
      if (verb === 'package') facts.package ??= second
      if (verb === 'func' && third === '(' && second !== null && RUN_BY_GO.has(second)) functions.add(second)
      facts.initialCalls ||= statement.calls?.found ?? false
      statement = null
      continue
    }
    if (statement.verb === 'import' && (token.text === '"C"' || token.text === '`C`')) facts.cgo = true
    advance(statement, token)
  }
  return { ...facts, functions, cgoFlags, generates }
}

/** A top-level statement, as far as it has been read. */
interface Statement {
  verb: string
  second: string | null
  third: string | null
  depth: number
  calls: InitialCalls | null
}

function advance(statement: Statement, token: Token): void {
  if (statement.calls) statement.calls.take(token)
  else if (statement.verb === 'var') statement.calls = new InitialCalls()
  else if (statement.second === null && token.text !== statement.verb) statement.second = token.text
  else if (statement.second !== null) statement.third ??= token.text
  if (token.kind !== 'mark') return
  if ('([{'.includes(token.text)) statement.depth++
  else if (')]}'.includes(token.text)) statement.depth--
}

const RUN_BY_GO = new Set(['init', 'main', 'TestMain'])

function readComment(token: Token, cgoFlags: string[], generates: string[]): void {
  if (token.atLineStart && /^\/\/go:generate[ \t]/.test(token.text)) {
    if (generates.length < MOST) generates.push(token.text.slice('//go:generate'.length).trim().slice(0, LONGEST))
    return
  }
  if (!token.text.includes('#cgo')) return
  for (const line of token.text.split('\n')) {
    const text = line.replace(/^\/[/*]/, '').trim()
    if (/^#cgo[ \t]/.test(text) && cgoFlags.length < MOST) cgoFlags.push(text.slice('#cgo'.length).trim().slice(0, LONGEST))
  }
}
