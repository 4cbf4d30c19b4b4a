import { posix } from 'node:path'
import { ROOT } from '../desk.ts'
import { name, span, text } from '../flow/tree.ts'
import type { At, Node } from '../flow/tree.ts'
import { stringOf } from './literals.ts'
import type { Reader } from './reader.ts'

type Comment = Reader['tokens']['comments'][number]

const call = (callee: string, args: readonly string[], at: At): Node =>
  ({ is: 'call', callee: name(callee, at), args: args.map((arg) => text(arg, at)), named: [], made: false, at })

/** Compiler flags that load or run something while the package is built. */
const RUNNING = /(?:-fplugin|-B|-wrapper|--ld-path|-specs|-load|-Xclang)(?=[=\s/.,]|$)/
const LONGEST = 600
const MOST = 100

/** What the comments of a file make the tools do, in order: `//go:linkname`, `#cgo` flags that run something. */
export function directives(reader: Reader, source: string): Node[] {
  const found: Node[] = []
  for (const [start, end] of reader.tokens.comments) {
    const said = source.slice(start, end)
    if (said.startsWith('//go:linkname ')) found.push(call('go:linkname', said.split(/\s+/).slice(1, 4), span(start, end)))
    if (!said.includes('#cgo')) continue
    for (const line of said.matchAll(/^[ \t/*]{0,20}(#cgo[ \t][^\n]*)/gm)) {
      const [, flags = ''] = line
      if (!RUNNING.test(flags)) continue
      const from = start + line.index
      found.push(call('#cgo', [flags.trim().slice(0, LONGEST)], span(from, from + line[0].length)))
    }
  }
  return found
}

/** `//go:embed x.bin` above a variable: the variable holds that file. */
export function embedded(reader: Reader): Node | null {
  const { comments, to } = reader.tokens
  const start = to[reader.pos - 1] ?? 0
  const groups: (readonly string[])[] = []
  for (let index = lastBefore(comments, reader.from); index >= 0 && (comments[index] as Comment)[0] >= start; index--) {
    groups.push(reader.embeds.get((comments[index] as Comment)[0]) ?? [])
  }
  const files = groups.reverse().flat()
  if (files.length === 0) return null
  const folder = posix.dirname(reader.path)
  return call('go:embed', files.map((file) => posix.join(ROOT, folder, file.replace(/^all:/, ''))), reader.here())
}

/** Where `//go:embed` stands, and the patterns it names. */
export function embeds(source: string, comments: readonly Comment[]): Map<number, string[]> {
  const found = new Map<number, string[]>()
  for (const [from, to] of comments) {
    if (!source.startsWith('//go:embed ', from)) continue
    const patterns = source.slice(from + '//go:embed '.length, to).match(/"(?:[^"\\]|\\.)*"|`[^`]*`|\S+/g) ?? []
    found.set(from, patterns.slice(0, MOST).map((pattern) => pattern.replace(/^["`]|["`]$/g, '')))
  }
  return found
}

/** Index of the last comment that begins before an offset; -1 for none. */
function lastBefore(comments: readonly Comment[], offset: number): number {
  let low = -1
  let high = comments.length
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if ((comments[middle] as Comment)[0] < offset) low = middle
    else high = middle
  }
  return low
}

/** `system("…")`, or a function that the loader calls by itself. */
const RUN_BY_C = /\b(system|popen)\s{0,8}\(\s{0,8}("(?:[^"\\\n]|\\.){0,2000}")|\bexecl[pe]?\s{0,8}\(\s{0,8}((?:"(?:[^"\\\n]|\\.){0,500}"\s{0,8},?\s{0,8}){1,20})|__attribute__\s{0,8}\(\(\s{0,8}(constructor)/g

/** The C code above `import "C"`: commands that it runs. */
export function preamble(reader: Reader, source: string, before: number): Node[] {
  const found: Node[] = []
  const { comments } = reader.tokens
  let end = before
  for (let index = lastBefore(comments, before); index >= 0; index--) {
    const [from, to] = comments[index] as Comment
    if (source.slice(to, end).trim() !== '') break
    found.unshift(...commands(source.slice(from, to), from))
    end = from
  }
  return found
}

function commands(code: string, offset: number): Node[] {
  const found: Node[] = []
  for (const match of code.matchAll(RUN_BY_C)) {
    const at = span(offset + match.index, offset + match.index + match[0].length)
    const [, kind, line, words, constructor] = match
    if (constructor !== undefined) found.push(call('C.constructor', [], at))
    else if (line !== undefined) found.push({ is: 'call', callee: name(`C.${kind}`, at), args: [stringOf(line, at)], named: [], made: false, at })
    else if (words !== undefined) {
      const parts = (words.match(/"(?:[^"\\\n]|\\.)*"/g) ?? []).map((word) => stringOf(word, at))
      // The program's path, then its words, the first of which is its name.
      found.push({ is: 'call', callee: name('C.execl', at), args: [parts[0] as Node, { is: 'list', parts: parts.slice(2), at }], named: [], made: false, at })
    }
  }
  return found
}
