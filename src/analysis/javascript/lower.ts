import { parse } from 'meriyah'
import type { ESTree, Options } from 'meriyah'
import type { Source } from '../source.ts'
import type { Node } from '../flow/tree.ts'
import { depthOf, lowerTokens } from './loose.ts'
import { lowerBlock } from './nodes.ts'
import { stripTypes } from './typescript.ts'

const COMMON: Options = { next: true, ranges: { start: true, end: true }, webcompat: true, jsx: true }
const SCRIPT: Options = { ...COMMON, sourceType: 'commonjs' }
const MODULE: Options = { ...COMMON, sourceType: 'module' }
const ESM = /^[ \t]*(?:import\b(?!\s*\()|export\b)/m
/** Brackets nested deeper than this are not followed even token by token. */
const DEEP = 200

/**
 * JavaScript and TypeScript as the flow engine's tree. What the parser refuses is read token by token: calls are still found.
 * Throws RangeError on nesting that is too deep to follow.
 *
 * Conventions beyond those of the tree: `true`, `false`, `null`, `undefined` and `this` are names; what is absent is `nothing`
 * on an empty stretch (a literal `[]` never is); `a && b` is a branch without an otherwise; `a || b` and `a ?? b` are groups;
 * a statement list is a group with `last`; `switch` is a loop that is left after one round; `yield x` returns a spread.
 */
export function lowerJavaScript(source: Source): readonly Node[] {
  if (/\.d\.[cm]?ts$/.test(source.path)) return []
  const code = source.text.startsWith('#!') ? `//${source.text.slice(2)}` : source.text
  try {
    const typed = TYPED.test(source.path) ? stripTypes(code) : null
    const program = typed === null ? read(code) : read(typed) ?? read(code)
    if (program) return lowerBlock(program.body)
  } catch (thrown) {
    // Long chains exhaust the parser's stack as deep nesting does, but can be read token by token.
    if (!(thrown instanceof RangeError) || depthOf(code) > DEEP) throw thrown
  }
  return lowerTokens(code)
}

const TYPED = /\.[cm]?tsx?$/

function read(code: string): ESTree.Program | null {
  const { stackTraceLimit } = Error
  // Nobody sees the parser's complaints; the stack traces in them take longer than a small file.
  Error.stackTraceLimit = 0
  try {
    for (const way of ESM.test(code) ? [MODULE, SCRIPT] : [SCRIPT, MODULE]) {
      try {
        return parse(code, way)
      } catch (thrown) {
        if (thrown instanceof RangeError) throw thrown
      }
    }
    return null
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}
