import { stripTypeScriptTypes } from 'node:module'
import { depthOf } from './loose.ts'

/** Node's stripper overflows its stack on deep nesting and on long chains, and then never works again in this process. */
const DEEPEST = 100
const LONGEST_CHAIN = 400
const LONGEST = 4 * 1024 * 1024
const LINK = /[-+*/%&|^<>=!~?:.([]|\b(?:else|new|typeof|void|delete|await|yield|extends|keyof)\b/g
const END = /[;{},]|\n(?=[ \t]*(?:const|let|var|import|export|function|class|if|for|return|await|type|interface|async|try|throw|\/\/|\/\*))/
const ELSE_IF = /\belse\s{1,100}if\b/g

/** TypeScript with its types blanked out, every offset kept; null when that cannot be done. */
export function stripTypes(code: string): string | null {
  if (code.length > LONGEST || depthOf(code) > DEEPEST || chained(code)) return null
  try {
    const stripped = stripTypeScriptTypes(code, { mode: 'strip' })
    return stripped.length === code.length ? stripped : null
  } catch (thrown) {
    // What is no TypeScript, or needs more than stripping (enums, namespaces, JSX), is read token by token.
    if (thrown instanceof Error) return null
    throw thrown
  }
}

const count = (text: string, what: RegExp): number => text.match(what)?.length ?? 0

const chained = (code: string): boolean => count(code, ELSE_IF) > LONGEST_CHAIN
  || code.split(END).some((piece) => piece.length > LONGEST_CHAIN && count(piece, LINK) > LONGEST_CHAIN)
