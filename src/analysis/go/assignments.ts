import { group, name, nothing, text } from '../flow/tree.ts'
import type { At, Node } from '../flow/tree.ts'
import { SHELL_INPUT, isBuilder, isShell, wrapped } from './calls.ts'
import { isStandard } from './composites.ts'
import type { Reader } from './reader.ts'

/** Several values at once are a list. */
export const several = (values: readonly Node[], at: At): Node => (values.length === 1 ? values[0] as Node : { is: 'list', parts: values, at })

/** `x += y` */
export function updated(target: Node, sign: string, value: Node, at: At): Node {
  const plain = sign.slice(0, -1)
  const parts = plain === '&^' ? [target, { is: 'operate' as const, sign: '~', parts: [value], at }] : [target, value]
  const made: Node = plain === '+' ? { is: 'join', parts, at } : { is: 'operate', sign: plain === '&^' ? '&' : plain, parts, at }
  return { is: 'set', target, value: made, declares: false, at }
}

export const isBlank = (node: Node): boolean => node.is === 'name' && node.name === '_'

export interface How {
  declares: boolean
  at: At
}

/**
 * One value for several targets: what the package's own functions return is a list of them; the rest gives its value and
 * an error, or whether there is one, and then the first target gets it all.
 */
export function assignment(reader: Reader, targets: readonly Node[], given: readonly Node[], { declares, at }: How): Node {
  const values = given.map((value, index) => noticed(reader, targets[index], value))
  const places = targets.map((target): Node => (isBlank(target) ? nothing(target.at) : target))
  const [target, ...rest] = places as [Node, ...Node[]]
  const [value] = values as [Node]
  if (!targets[0]) return several(values, at)
  if (rest.length === 0) {
    if (isBlank(targets[0])) return several(values, at)
    const set: Node = { is: 'set', target, value: several(values, at), declares, at }
    const piped = pipe(reader, target, value)
    return piped ? group([set, piped], at) : set
  }
  const list = (parts: readonly Node[]): Node => ({ is: 'list', parts, at })
  if (values.length > 1) return { is: 'set', target: list(places), value: list(values), declares, at }
  if (value.is === 'call' && !isOutside(reader, value)) return { is: 'set', target: list(places), value, declares, at }
  return group([
    { is: 'set', target, value, declares, at },
    { is: 'set', target: list(rest), value: nothing(at), declares, at },
  ], at)
}

/** Whether a call surely leaves the package: its name begins with a package of the standard library. */
function isOutside(reader: Reader, value: Node): boolean {
  let root = value
  while (root.is === 'call' || root.is === 'member') root = root.is === 'call' ? root.callee : root.of
  return root.is === 'name' && isStandard(reader, root.name)
}

/** `cmd.Stdout = x` writes what the command says to `x`; `cmd.Stdin = x` makes a shell do what `x` says. */
function pipe(reader: Reader, target: Node, value: Node): Node | null {
  if (target.is !== 'member' || target.key.is !== 'text' || value.is !== 'name' || value.name === 'nil') return null
  const { of, at } = target
  const call = (callee: Node, arg: Node): Node => ({ is: 'call', callee, args: [arg], named: [], made: false, at })
  if (target.key.value === 'Stdin') return of.is === 'name' && reader.shells.has(of.name) ? call(name(SHELL_INPUT, at), value) : null
  if (target.key.value !== 'Stdout' && target.key.value !== 'Stderr') return null
  if (reader.builders.has(value.name)) return { is: 'set', target: value, value: of, declares: false, at }
  return call({ is: 'member', of: value, key: text('Write', at), at }, of)
}

/**
 * Remembers which variables are channels, which write on into others, which are shells, and which gather text: those begin
 * empty.
 */
function noticed(reader: Reader, target: Node | undefined, value: Node): Node {
  if (target?.is !== 'name') return value
  if (reader.spelled.get(value)?.is === 'channel') reader.channels.add(target.name)
  const inner = wrapped(reader, value)
  if (inner !== null) reader.writers.set(target.name, inner)
  if (isShell(reader, value)) reader.shells.add(target.name)
  if (!isBuilder(reader, value)) return value
  reader.builders.add(target.name)
  return text('', value.at)
}
