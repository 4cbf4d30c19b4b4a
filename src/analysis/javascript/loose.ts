import { nothing, text } from '../flow/tree.ts'
import type { Node } from '../flow/tree.ts'

const TOKEN = /\/\/[^\n]*|\/\*[^]*?(?:\*\/|$)|"(?:[^"\\\n]|\\[^])*"?|'(?:[^'\\\n]|\\[^])*'?|`(?:[^`\\]|\\[^])*`?|[\p{L}\p{N}_$]+|[^\s]/gu
const STATEMENT = new Set(['const', 'let', 'var', 'return', 'await', 'new', 'if', 'while', 'for', 'else', 'typeof', 'async', 'function', 'export'])
const DEEPEST = 200

interface Frame {
  callee: Node | null
  args: Node[]
  from: number
  /** The chain of names read last, still open to `.member` and `(`. */
  open: Node | null
  target: Node | null
}

/**
 * Calls, member chains, strings and simple assignments of code that does not parse: enough to see
 * `eval(Buffer.from("…", "base64"))` or `const cp = require("child_process")`. One pass, no recursion.
 */
export function lowerTokens(code: string): readonly Node[] {
  const out: Node[] = []
  const stack: Frame[] = [{ callee: null, args: out, from: 0, open: null, target: null }]
  let member = false
  const top = (): Frame => stack.at(-1) as Frame
  const settle = (): void => {
    const frame = top()
    if (!frame.open) return
    frame.args.push(frame.target ? { is: 'set', target: frame.target, value: frame.open, declares: false, at: frame.open.at } : frame.open)
    frame.open = frame.target = null
  }
  for (const match of code.matchAll(TOKEN)) {
    const token = match[0]
    const from = match.index
    const to = from + token.length
    const first = token[0] as string
    if (first === '/' && token.length > 1) continue
    const frame = top()
    if (first === '"' || first === "'" || first === '`') {
      const value = text(token.slice(1, -1), [from, to])
      if (!frame.open) frame.open = value
      else if (frame.open.is === 'join') frame.open = { ...frame.open, parts: [...frame.open.parts.slice(-50), value] }
      else { settle(); top().open = value }
    } else if (token === '+' && frame.open) {
      if (frame.open.is !== 'join') frame.open = { is: 'join', parts: [frame.open], at: [frame.open.at[0], to] }
    } else if (/^[\p{L}_$]/u.test(token)) {
      if (member && frame.open) frame.open = { is: 'member', of: frame.open, key: text(token, [from, to]), at: [frame.open.at[0], to] }
      else if (!STATEMENT.has(token)) { settle(); top().open = { is: 'name', name: token, at: [from, to] } }
      else settle()
    } else if (token === '(' || token === '[' || token === '{') {
      if (stack.length > DEEPEST) { settle(); stack.length = 1 }
      const callee = token === '(' ? frame.open : null
      if (token !== '(') settle()
      stack.push({ callee, args: [], from: callee?.at[0] ?? from, open: null, target: null })
    } else if (token === ')' || token === ']' || token === '}') {
      settle()
      if (stack.length > 1) {
        const closed = stack.pop() as Frame
        const at = [closed.from, to] as const
        if (closed.callee) top().open = { is: 'call', callee: closed.callee, args: closed.args, named: [], made: false, at }
        else top().args.push({ is: 'group', parts: closed.args, last: false, at })
      }
    } else if (token === '=' && frame.open) {
      frame.target = frame.open
      frame.open = null
    } else if (token === ';' || token === ',') settle()
    member = token === '.' || (member && token === '?')
  }
  while (stack.length > 1) {
    settle()
    const closed = stack.pop() as Frame
    top().args.push({ is: 'group', parts: [...closed.args, closed.callee ?? nothing([0, 0])], last: false, at: [closed.from, code.length] })
  }
  settle()
  return out
}
