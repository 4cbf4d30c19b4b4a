import { across, group, name } from '../flow/tree.ts'
import type { Node } from '../flow/tree.ts'
import { builtin, converted, typeOf } from './builtins.ts'
import type { Read } from './builtins.ts'
import { pointed } from './composites.ts'
import { folded, formatted } from './folds.ts'
import type { Reader } from './reader.ts'

/** `net/http.Get` where that is certain from the imports; null otherwise. */
export function pathOf(reader: Reader, callee: Node): string | null {
  if (callee.is === 'name') {
    const [dotted] = reader.dotted
    return dotted !== undefined && !reader.declared.has(callee.name) && /^[A-Z]/.test(callee.name) ? `${dotted}.${callee.name}` : null
  }
  if (callee.is !== 'member' || callee.of.is !== 'name' || callee.key.is !== 'text') return null
  const path = reader.imports.get(callee.of.name)
  return path === undefined ? null : `${path}.${callee.key.value}`
}

/** What calling something is worth, with conversions, builtins and text functions told from calls. */
export function called(reader: Reader, read: Read): Node {
  const { callee, args, at } = read
  const type = typeOf(reader, callee)
  const [first] = args
  if (type && args.length === 1 && first) {
    const bytes = first.is === 'call' && pathOf(reader, first.callee) === 'unsafe.Pointer'
    return bytes && pointed(type).is === 'function' ? plain({ callee: name(MACHINE_CODE, at), args: [first], at }) : converted(reader, type, first, at)
  }
  const known = builtin(reader, read)
  if (known) return known
  const path = pathOf(reader, callee)
  if (path !== null) {
    const value = folded(path, read)
    if (value) return value
    if (CONSTANTS.has(path)) return { ...callee, at }
    if (path === 'fmt.Fprintf' && args[1]?.is === 'text') return into(reader, { callee, args: [args[0] as Node, formatted(args[1].value, args.slice(2), at)], at })
    const words = WORDS[path]
    if (words !== undefined && args.length > words) return plain({ callee, args: [...args.slice(0, words), packed(args.slice(words))], at })
  }
  return into(reader, read)
}

/** What makes a function of bytes: nothing honest does, and it is called next. */
const MACHINE_CODE = 'unsafe.Pointer.call'

const plain = ({ callee, args, at }: Read): Node => ({ is: 'call', callee, args, named: [], made: false, at })

/** Functions without arguments that are worth as much as a constant. */
const CONSTANTS = new Set(['os.UserHomeDir', 'os.TempDir', 'os.UserConfigDir', 'os.UserCacheDir'])
/** Go hands the words of a command as a slice; how many arguments stand before it. */
const WORDS: Readonly<Record<string, number>> = Object.assign(Object.create(null) as Record<string, number>, {
  'os/exec.Command': 1, 'os/exec.CommandContext': 2, 'golang.org/x/sys/execabs.Command': 1, 'golang.org/x/sys/execabs.CommandContext': 2,
})

function packed(args: readonly Node[]): Node {
  const [first] = args
  return first?.is === 'spread' && args.length === 1 ? first.of : { is: 'list', parts: args, at: across(args) }
}

/** Methods whose result lands in an argument: which, of how many. */
const FILLS: ReadonlyMap<string, readonly [argument: number, of: number]> = new Map([
  ['XORKeyStream', [0, 2]], ['CryptBlocks', [0, 2]], ['Decode', [0, 2]], ['Encode', [0, 2]], ['Decrypt', [0, 2]], ['Encrypt', [0, 2]],
  ['Read', [0, 1]], ['ReadFull', [1, 2]], ['ReadAtLeast', [1, 3]], ['Unmarshal', [1, 2]], ['Copy', [0, 2]], ['CopyN', [0, 3]],
  ['Fprintf', [0, 2]], ['Fprint', [0, 2]], ['Fprintln', [0, 2]], ['WriteString', [0, 2]],
])

/** Calls that leave something in what they are given, or in what they are called on. */
function into(reader: Reader, { callee, args, at }: Read): Node {
  const made = plain({ callee, args, at })
  if (callee.is !== 'member' || callee.key.is !== 'text') return made
  const method = callee.key.value
  const built = written(reader, callee.of, method, args)
  if (built) return { ...built, at }
  if ((method === 'Set' || method === 'Add') && args.length === 2 && isPlace(reader, callee.of)) {
    const [key, value] = args as [Node, Node]
    const put: Node = { is: 'set', target: { is: 'member', of: callee.of, key, at }, value, declares: false, at }
    return group([made, put], at)
  }
  // `json.NewEncoder(w).Encode(x)`, `json.NewDecoder(r).Decode(&x)`
  if (args.length === 1 && method === 'Encode' && callee.of.is === 'call') return filled(reader, callee.of.args[0], made)
  if (args.length === 1 && method === 'Decode') return filled(reader, args[0], made)
  const below = callee.of.is === 'name' ? bottom(reader, callee.of.name) : null
  if (below !== null && args.length > 0) return { is: 'set', target: name(below, at), value: made, declares: false, at }
  const fills = FILLS.get(method)
  return fills && args.length >= fills[1] ? filled(reader, args[fills[0]], made) : made
}

function filled(reader: Reader, target: Node | undefined, made: Node): Node {
  const place = target?.is === 'member' && target.slice ? target.of : target
  if (!place || !isPlace(reader, place)) return made
  const put: Node = { is: 'set', target: place, value: made, declares: false, at: made.at }
  const below = place.is === 'name' ? bottom(reader, place.name) : null
  return below === null ? put : { is: 'set', target: name(below, made.at), value: put, declares: false, at: made.at }
}

/** Functions that give a writer on top of another: which argument that is. */
const WRAPPERS: ReadonlyMap<string, number> = new Map([
  ['mime/multipart.NewWriter', 0], ['compress/gzip.NewWriter', 0], ['compress/zlib.NewWriter', 0], ['compress/flate.NewWriter', 0], ['bufio.NewWriter', 0],
  ['archive/zip.NewWriter', 0], ['archive/tar.NewWriter', 0], ['encoding/csv.NewWriter', 0], ['encoding/json.NewEncoder', 0], ['encoding/gob.NewEncoder', 0],
  ['encoding/base64.NewEncoder', 1], ['encoding/hex.NewEncoder', 0], ['encoding/hex.Dumper', 0],
])
/** Methods of such writers that give another one. */
const PARTS = new Set(['CreateFormFile', 'CreateFormField', 'CreatePart', 'Create', 'CreateHeader'])

/** The variable that a value writes to, when it is a writer on top of one. */
export function wrapped(reader: Reader, value: Node): string | null {
  const call = value.is === 'set' ? value.value : value
  if (call.is !== 'call' || call.callee.is !== 'member' || call.callee.key.is !== 'text') return null
  const { of, key } = call.callee
  if (of.is === 'name' && reader.writers.has(of.name) && PARTS.has(key.value)) return of.name
  const inner = call.args[WRAPPERS.get(pathOf(reader, call.callee) ?? '') ?? -1]
  return inner?.is === 'name' ? inner.name : null
}

const DEEPEST = 8

/** Where in the end lands what is written to a writer; null: it is no such writer. */
function bottom(reader: Reader, writer: string): string | null {
  let below: string | null = null
  for (let depth = 0; depth < DEEPEST; depth++) {
    const next = reader.writers.get(below ?? writer)
    if (next === undefined) break
    below = next
  }
  return below
}

/** A variable or its member; what belongs to another package is not written to. */
function isPlace(reader: Reader, node: Node): boolean {
  let root = node
  while (root.is === 'member') root = root.of
  return root.is === 'name' && !reader.imports.has(root.name)
}

/** `strings.Builder` and `bytes.Buffer` as the text that was written to them. */
function written(reader: Reader, of: Node, method: string, args: readonly Node[]): Node | null {
  if (of.is !== 'name' || !reader.builders.has(of.name)) return null
  const [first] = args
  if (method === 'String' || method === 'Bytes') return of
  if (!first || !WRITES.has(method)) return null
  const more: Node = method === 'WriteString' || first.is === 'text' ? first
    : first.is === 'number' || first.is === 'list' ? plain({ callee: name('string', first.at), args: [first], at: first.at })
      : group([first, plain({ callee: name('string', first.at), args: [first], at: first.at })], first.at)
  return { is: 'set', target: of, value: { is: 'join', parts: [of, more], at: first.at }, declares: false, at: first.at }
}

const WRITES = new Set(['Write', 'WriteString', 'WriteByte', 'WriteRune'])

/** What a shell reads its commands from. */
export const SHELL_INPUT = 'os/exec.Cmd.Stdin'

/** Whether a value is a command whose program is a shell. */
export function isShell(reader: Reader, value: Node): boolean {
  if (value.is !== 'call') return false
  const words = WORDS[pathOf(reader, value.callee) ?? '']
  const program = words === undefined ? undefined : value.args[words - 1]
  return program?.is === 'text' && SHELL.test(program.value)
}

const SHELL = /(?:^|[\\/])(?:sh|bash|zsh|dash|ksh|cmd|cmd\.exe|powershell|powershell\.exe|pwsh)$/i

/** Whether a value is one that text is written to, piece by piece. */
export function isBuilder(reader: Reader, value: Node): boolean {
  if (value.is !== 'call' || !value.made) return false
  return BUILDERS.has(pathOf(reader, value.callee) ?? '')
}

const BUILDERS = new Set(['strings.Builder', 'bytes.Buffer'])
