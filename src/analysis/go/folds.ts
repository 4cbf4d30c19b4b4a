import { name, text } from '../flow/tree.ts'
import type { At, Node } from '../flow/tree.ts'
import type { Read } from './builtins.ts'

/** Text functions as the methods that the engine folds: `strings.Join(list, ",")` is `list.join(",")`. */
const METHODS: Readonly<Record<string, string>> = {
  Join: 'join', Replace: 'replaceAll', ReplaceAll: 'replaceAll', Split: 'split', SplitN: 'split', ToLower: 'toLowerCase', ToUpper: 'toUpperCase',
  TrimSpace: 'trim', Repeat: 'repeat', Fields: 'split', Clone: 'toString',
}
/** How many arguments such a method takes. */
const TAKES: Readonly<Record<string, number>> = { join: 1, replaceAll: 2, split: 1, repeat: 1 }

/** What a call of the standard library's text functions is worth; null: it is no such call. `path` is `strings.Join`. */
export function folded(path: string, { args, at }: Read): Node | null {
  const [pkg, method = ''] = path.split('.')
  const [first] = args
  if ((pkg === 'strings' || pkg === 'bytes') && first) {
    const called = Object.hasOwn(METHODS, method) ? METHODS[method] : undefined
    if (called === undefined) return null
    const rest = method === 'Fields' ? [text(' ', at)] : args.slice(1, 1 + (TAKES[called] ?? 0))
    return { is: 'call', callee: { is: 'member', of: first, key: text(called, at), at: first.at }, args: rest, named: [], made: false, at }
  }
  if (path === 'fmt.Sprintf' && first?.is === 'text') return formatted(first.value, args.slice(1), at)
  if (path === 'fmt.Sprint' || path === 'fmt.Sprintln') return { is: 'join', parts: [text('', at), ...args], at }
  if ((path === 'strconv.Itoa' || path === 'strconv.FormatInt') && first) return { is: 'join', parts: [text('', at), first], at }
  return null
}

const VERB = /%(?:%|(?:\[\d{1,3}\])?[-+ #0]{0,5}\d{0,6}(?:\.\d{0,6})?([a-zA-Z]))/g
/** Verbs that print what they are given as it is; what others make of it is not known. */
const PLAIN = new Set(['s', 'v', 'd'])

export function formatted(format: string, args: readonly Node[], at: At): Node {
  const parts: Node[] = []
  let said = ''
  let from = 0
  let next = 0
  for (const match of format.matchAll(VERB)) {
    said += format.slice(from, match.index)
    from = match.index + match[0].length
    const [, verb] = match
    if (verb === undefined) {
      said += '%'
      continue
    }
    parts.push(text(said, at))
    said = ''
    const arg: Node = args[next++] ?? { is: 'list', parts: [], at }
    if (PLAIN.has(verb)) parts.push(arg)
    else parts.push({ is: 'call', callee: name(verb === 'c' ? 'string' : `fmt.%${verb}`, at), args: [arg], named: [], made: false, at })
  }
  parts.push(text(said + format.slice(from), at))
  return parts.length === 1 ? parts[0] as Node : { is: 'join', parts, at }
}
