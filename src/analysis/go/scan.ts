import type { Desk } from '../desk.ts'
import { UNKNOWN } from '../desk.ts'
import type { Source } from '../source.ts'

/** A stretch of Go source: comments are dropped, strings are one token each. */
interface Token {
  kind: 'word' | 'text' | 'sign'
  value: string
  from: number
  to: number
}

const TOKEN = /\/\/[^\n]*|\/\*[^]*?(?:\*\/|$)|"(?:[^"\\\n]|\\.)*"?|`[^`]*`?|'(?:[^'\\\n]|\\.)*'?|[\p{L}_][\p{L}\p{N}_]*|\d[\w.]*|[^\s]/gu

/**
 * What Go code does before `main`: `init()` functions and package-level variables, and compiler flags that run something.
 * Calls inside functions that these name are followed within the file. Reads tokens, not types: a renamed import is
 * resolved, a method on a value is not.
 */
export function readGo(desk: Desk, source: Source): void {
  const tokens = tokensOf(source.text)
  const imports = importsOf(tokens)
  const pairs = pairsOf(tokens)
  const functions = functionsOf(tokens, pairs)
  const named = new Map(functions.filter((one) => !one.method && one.name !== 'init').map((one) => [one.name, one.body]))
  const queue: Stretch[] = [...outer(tokens, functions), ...functions.filter((one) => one.name === 'init').map((one) => one.body)]
  while (queue.length > 0) {
    const [from, to] = queue.pop() as Stretch
    readBody(desk, { source, tokens, imports, pairs }, from, to)
    for (let i = from; i < to; i++) {
      const called = tokens[i + 1]?.value === '(' && tokens[i - 1]?.value !== '.' ? tokens[i]?.value ?? '' : ''
      const body = named.get(called)
      if (body) queue.push(body)
      named.delete(called)
    }
  }
  cgo(desk, source)
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  for (const match of text.matchAll(TOKEN)) {
    const [value] = match
    if (value.startsWith('//') || value.startsWith('/*')) continue
    const first = value[0] as string
    const kind = first === '"' || first === '`' ? 'text' : /[\p{L}_]/u.test(first) ? 'word' : 'sign'
    tokens.push({ kind, value: kind === 'text' ? literal(value) : value, from: match.index, to: match.index + value.length })
  }
  return tokens
}

function literal(quoted: string): string {
  if (quoted.startsWith('`')) return quoted.slice(1, -1)
  try {
    return JSON.parse(quoted.replace(/\\x([0-9a-fA-F]{2})/g, '\\u00$1')) as string
  } catch {
    return quoted.slice(1, -1)
  }
}

/** Local name → import path. */
function importsOf(tokens: readonly Token[]): Map<string, string> {
  const imports = new Map<string, string>()
  for (let i = 0; i < tokens.length; i++) {
    if (tokens[i]?.value !== 'import') continue
    const grouped = tokens[i + 1]?.value === '('
    for (let j = i + 1; j < tokens.length && tokens[j]?.value !== ')'; j++) {
      const token = tokens[j]
      if (token?.kind !== 'text') continue
      const before = tokens[j - 1]
      const renamed = before?.kind === 'word' && before.value !== 'import' ? before.value : undefined
      imports.set(renamed ?? token.value.split('/').at(-1) ?? token.value, token.value)
      if (!grouped) break
    }
  }
  return imports
}

/** Tokens from one index up to another. */
type Stretch = readonly [from: number, to: number]

interface Declared { name: string; method: boolean; start: number; body: Stretch }

function functionsOf(tokens: readonly Token[], pairs: Pairs): Declared[] {
  const found: Declared[] = []
  for (let i = 0; i < tokens.length; i++) {
    if (tokens[i]?.value !== 'func' || tokens[i]?.kind !== 'word') continue
    const method = tokens[i + 1]?.value === '('
    const named = method ? (pairs.get(i + 1) ?? tokens.length) + 1 : i + 1
    if (tokens[named]?.kind !== 'word') continue
    let open = (pairs.get(named + 1) ?? named) + 1
    while (open < tokens.length && tokens[open]?.value !== '{' && tokens[open]?.value !== 'func') open++
    const end = pairs.get(open) ?? tokens.length
    found.push({ name: tokens[named]?.value ?? '', method, start: i, body: [open, end] })
    i = end
  }
  return found
}

/** What stands outside of functions: declarations and their initialisers. */
function outer(tokens: readonly Token[], functions: readonly Declared[]): Stretch[] {
  const found: Stretch[] = []
  let at = 0
  for (const one of functions) {
    found.push([at, one.start])
    at = one.body[1] + 1
  }
  found.push([at, tokens.length])
  return found.filter(([from, to]) => from < to)
}

/** Index of an opening bracket → index of the one that closes it. */
type Pairs = ReadonlyMap<number, number>

function pairsOf(tokens: readonly Token[]): Pairs {
  const pairs = new Map<number, number>()
  const open: number[] = []
  tokens.forEach((token, index) => {
    if (token.kind !== 'sign') return
    if ('([{'.includes(token.value)) open.push(index)
    else if (')]}'.includes(token.value)) {
      const start = open.pop()
      if (start !== undefined) pairs.set(start, index)
    }
  })
  return pairs
}

const FETCHES = /^net\/http\.(?:Get|Post|PostForm|Head|NewRequest(?:WithContext)?)$|^net\.(?:Dial(?:Timeout)?|LookupHost|LookupTXT)$/
const RUNS = /^os\/exec\.Command(?:Context)?$|^syscall\.(?:Exec|ForkExec)$|^os\.StartProcess$/
const COLLECTS = /^os\.(?:Hostname|Environ)$|^os\/user\.Current$|^net\.Interfaces$/
const DECODES = /^encoding\/(?:base64|hex|base32)\.(?:\w+\.)?Decode(?:String)?$/

interface File { source: Source; tokens: readonly Token[]; imports: ReadonlyMap<string, string>; pairs: Pairs }

function readBody(desk: Desk, { source, tokens, imports, pairs }: File, from: number, to: number): void {
  let fetched = false
  let decoded = false
  let collected = false
  for (let i = from; i < to; i++) {
    const token = tokens[i] as Token
    const path = token.kind === 'word' && tokens[i - 1]?.value !== '.' ? imports.get(token.value) : undefined
    if (path === undefined) continue
    let call = path
    let at = i
    while (tokens[at + 1]?.value === '.' && tokens[at + 2]?.kind === 'word') {
      call += `.${tokens[at + 2]?.value}`
      at += 2
    }
    if (tokens[at + 1]?.value !== '(') continue
    const end = Math.min(pairs.get(at + 1) ?? to, to)
    const place = { source, from: token.from, to: tokens[end]?.to ?? token.to }
    const args = argumentsOf(tokens, at + 2, Math.min(end, at + ARGUMENTS))
    if (FETCHES.test(call)) {
      fetched = true
      desk.note({ kind: 'fetch', call, argument: args.find((arg) => arg.includes('.')) ?? null, tainted: null }, place)
      if (collected) desk.note({ kind: 'send', call, argument: args[0] ?? null, tainted: 'collected' }, place)
    } else if (RUNS.test(call)) {
      const words = call.endsWith('CommandContext') ? args.slice(1) : args
      const origin = fetched ? 'fetched' : decoded ? 'decoded' : null
      desk.program(words, place, words.map((word) => (word.includes(UNKNOWN) ? origin : null)))
    } else if (COLLECTS.test(call)) {
      collected = true
      desk.note({ kind: 'collect', call, argument: null, tainted: null }, place)
    } else if (DECODES.test(call)) {
      decoded = true
      desk.note({ kind: 'decode', call, argument: null, tainted: null }, place)
    } else if (/^(?:os|io\/ioutil)\.WriteFile$/.test(call)) {
      desk.note({ kind: 'write', call, argument: args[0] ?? null, tainted: fetched ? 'fetched' : decoded ? 'decoded' : null }, place)
    }
  }
}

const ARGUMENTS = 500

/** Arguments as text: literals joined by `+` are folded, everything else is unknown. */
function argumentsOf(tokens: readonly Token[], from: number, to: number): string[] {
  const args: string[] = []
  let current: string | null = null
  let depth = 0
  for (let i = from; i < to && args.length < 200; i++) {
    const token = tokens[i] as Token
    if (token.kind !== 'text' && '([{'.includes(token.value)) depth++
    if (token.kind !== 'text' && ')]}'.includes(token.value)) depth--
    if (depth === 0 && token.kind === 'sign' && token.value === ',') {
      args.push(current ?? UNKNOWN)
      current = null
    } else if (depth === 0 && token.kind === 'text') current = (current ?? '') + token.value
    else if (token.value !== '+' && !current?.endsWith(UNKNOWN)) current = (current ?? '') + UNKNOWN
  }
  return current === null ? args : [...args, current]
}

/** Compiler flags that load or run something while the package is built. */
function cgo(desk: Desk, source: Source): void {
  for (const line of source.text.matchAll(/^[ \t/*]{0,20}#cgo[^\n]{0,200}(?:-fplugin|-B|-wrapper|--ld-path|-specs)=?[^\n]{0,400}/gm)) {
    const place = { source, from: line.index, to: line.index + line[0].length }
    desk.note({ kind: 'execute', call: '#cgo', argument: line[0].trim(), tainted: null }, place)
  }
}
