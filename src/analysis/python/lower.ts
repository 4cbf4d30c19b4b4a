import type { Node } from '../flow/tree.ts'
import type { Source } from '../source.ts'
import { script } from './blocks.ts'
import { binary, expression } from './expressions.ts'
import { Reader } from './reader.ts'
import { statement } from './statements.ts'
import { Tokenizer } from './tokenizer.ts'

/**
 * Python 2 and 3 as the flow engine's tree, read in one pass. Broken parts are read over, and the rest goes on.
 * A line that is nested too deeply to follow is left out, and `cut` is told.
 *
 * Conventions as for JavaScript: `True`, `False` and `None` are names; what is absent is `nothing` on an empty stretch;
 * `a and b` is a branch without an otherwise; `a or b` a group; statement lists are groups with `last`; `yield x` returns a
 * spread; the first parameter of a method is `this`; `from m import *` sets the name `*`.
 */
export function lowerPython(source: Source, cut?: () => void): readonly Node[] {
  const reader = new Reader(source.text, { expression, binary, statement })
  try {
    const body = script(reader)
    if (reader.cut) cut?.()
    return body
  } finally {
    Tokenizer.forget()
  }
}
