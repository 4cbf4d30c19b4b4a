import type { EcosystemId } from '../core/types.ts'
import { oneLine } from '../core/text.ts'
import { readWord } from './words.ts'
import type { Leaf } from './words.ts'
import { problem, tokensOf } from './tokens.ts'
import type { Token } from './tokens.ts'

/** What is hunted for, as a tree. */
export type Expression =
  | { is: 'and'; parts: readonly Expression[] }
  | { is: 'or'; parts: readonly Expression[] }
  | { is: 'not'; of: Expression }
  | Leaf

/** A file as the index knows it, without its verdict. */
export interface Candidate {
  id: number
  ecosystem: EcosystemId
  name: string
  file: string
  version: string
  /** As in `LEVELS`. */
  level: number
  score: number
  publishedAt: number
  judgedAt: number
  served: number
}

const DEEPEST = 30

/**
 * Reads `behaviour:exfiltration and trigger:install and not ecosystem:go`, or an indicator as it stands. `not` binds the
 * strongest, then `and`, then `or`. Throws SluiceError `usage`, with the place of the mistake.
 */
export function readExpression(text: string, now: Date): Expression {
  const tokens = tokensOf(text)
  let next = 0
  const is = (token: Token | undefined, word: string): boolean => token?.kind === 'word' && !token.quoted && token.text.toLowerCase() === word
  const end = (): number => text.trimEnd().length

  const any = (depth: number): Expression => chain('or', () => chain('and', () => one(depth)))
  const chain = (how: 'and' | 'or', part: () => Expression): Expression => {
    const parts = [part()]
    while (is(tokens[next], how)) {
      next++
      parts.push(part())
    }
    return parts.length === 1 ? parts[0] as Expression : how === 'and' ? { is: how, parts } : { is: how, parts }
  }
  const one = (depth: number): Expression => {
    const token = tokens[next]
    if (!token) throw problem(text, end(), next === 0 ? 'what is to be hunted for?' : 'something is missing here')
    if (depth > DEEPEST) throw problem(text, token.at, `nested deeper than ${DEEPEST}`)
    next++
    if (is(token, 'not')) return { is: 'not', of: one(depth + 1) }
    if (is(token, 'and') || is(token, 'or')) throw problem(text, token.at, `nothing stands before ${token.text}`)
    if (token.kind === ')') throw problem(text, token.at, 'this parenthesis was never opened')
    if (token.kind === '(') {
      const inner = any(depth + 1)
      const closing = tokens[next++]
      if (closing?.kind !== ')') throw problem(text, closing?.at ?? token.at, closing ? 'and, or, or a closing parenthesis is missing before this' : 'this parenthesis is never closed')
      return inner
    }
    return readWord(token.text, { now, wrong: (says, hint) => problem(text, token.at, says, hint) })
  }
  const whole = any(0)
  const rest = tokens[next]
  if (rest) throw problem(text, rest.at, rest.kind === ')' ? 'this parenthesis was never opened' : `and or or is missing before ${oneLine(rest.text, 40)}`)
  return whole
}

/** Everything in it that the index is asked for. */
export function leavesOf(expression: Expression): Leaf[] {
  if (expression.is === 'and' || expression.is === 'or') return expression.parts.flatMap(leavesOf)
  return expression.is === 'not' ? leavesOf(expression.of) : [expression]
}

/** Those that are not negated: why a file was found is shown of them. */
export function positivesOf(expression: Expression): Leaf[] {
  if (expression.is === 'and' || expression.is === 'or') return expression.parts.flatMap(positivesOf)
  return expression.is === 'not' ? [] : [expression]
}
