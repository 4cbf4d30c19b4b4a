import { when } from '../flow/branch.ts'
import { group, name, nothing } from '../flow/tree.ts'
import type { At, Node } from '../flow/tree.ts'
import { emptied, isBuilder } from './calls.ts'
import { zero } from './composites.ts'
import { embedded } from './directives.ts'
import { Expressions } from './expressions.ts'
import type { Reader, Type } from './reader.ts'
import { readNames, readType } from './types.ts'

/** A chain of alternatives nests as deep as it is long; longer ones stand side by side. */
const LONGEST_CHAIN = 100

const UPDATES: ReadonlySet<string> = new Set(['+=', '-=', '*=', '/=', '%=', '&=', '|=', '^=', '<<=', '>>=', '&^='])

/** Go's statements and declarations inside of functions. */
export class Statements {
  readonly #reader: Reader
  readonly expressions: Expressions

  constructor(reader: Reader) {
    this.#reader = reader
    this.expressions = new Expressions(reader, () => this.block())
  }

  /** `{ … }` */
  block(): Node[] {
    const found: Node[] = []
    const reader = this.#reader
    if (!reader.is('{')) return found
    reader.inside(() => {
      if (reader.sees('end')) reader.pos++
      else found.push(this.one())
    })
    return found
  }

  #blockNode(): Node {
    const at = this.#reader.here()
    return group(this.block(), [at[0], this.#reader.since(at[0])[1]])
  }

  one(): Node {
    const reader = this.#reader
    const { from } = reader
    if (!reader.sees('keyword')) return reader.is('{') ? this.#blockNode() : this.#simple()
    const { said } = reader
    switch (said) {
      case 'var': case 'const': case 'type': return this.declaration()
      case 'if': return this.#if()
      case 'for': return this.#for()
      case 'switch': return this.#switch()
      case 'select': {
        reader.pos++
        return chain(this.#cases(false, null), [])
      }
      case 'return': {
        reader.pos++
        const bare = reader.sees('end') || reader.is('}')
        const values = bare ? reader.results.map((result) => name(result, reader.since(from))) : this.expressions.list()
        return { is: 'return', value: several(values, reader.since(from)), at: reader.since(from) }
      }
      case 'go': case 'defer': {
        reader.pos++
        return this.expressions.one()
      }
      case 'break': case 'continue': {
        reader.pos++
        reader.word()
        return { is: 'jump', how: said, value: reader.nothing(), at: reader.since(from) }
      }
      case 'goto': case 'fallthrough': {
        reader.pos++
        reader.word()
        return nothing(reader.since(from))
      }
      case 'func': case 'struct': case 'map': case 'chan': case 'interface': return this.#simple()
      default: {
        reader.pos++
        return nothing(reader.since(from))
      }
    }
  }

  /** Expression, assignment, short declaration, `x++`, `ch <- x`, label. */
  #simple(): Node {
    const reader = this.#reader
    const { from } = reader
    if (!reader.head && reader.sees('word') && reader.peek() === ':') {
      reader.pos += 2
      return nothing(reader.since(from))
    }
    const left = this.expressions.list()
    const [first] = left as [Node]
    if (reader.take(':=')) return this.#assigned(left, true, from)
    if (reader.take('=')) return this.#assigned(left, false, from)
    if (reader.is('++') || reader.is('--')) {
      const sign = reader.said === '++' ? '+=' : '-='
      reader.pos++
      return updated(first, sign, { is: 'number', value: 1, at: reader.since(from) }, reader.since(from))
    }
    if (reader.sees('sign') && UPDATES.has(reader.said)) {
      const sign = reader.said
      reader.pos++
      const value = this.expressions.one()
      return updated(first, sign, value, reader.since(from))
    }
    // A channel is worth whatever was put into it.
    if (reader.take('<-')) return { is: 'set', target: first, value: this.expressions.one(), declares: false, at: reader.since(from) }
    return several(left, reader.since(from))
  }

  #assigned(targets: readonly Node[], declares: boolean, from: number): Node {
    const reader = this.#reader
    const at = reader.pos
    const values = this.expressions.list()
    this.#learn(targets, values, at)
    return assignment(reader, targets, values.map((value) => (isBuilder(reader, value) ? emptied(value) : value)), { declares, at: reader.since(from) })
  }

  /** Which variables are channels, and which gather text. */
  #learn(targets: readonly Node[], values: readonly Node[], at: number): void {
    const [target] = targets
    const [value] = values
    if (target?.is !== 'name' || !value) return
    if (isBuilder(this.#reader, value)) this.#reader.builders.add(target.name)
    if (this.#reader.tokens.said[at] === 'make' && this.#reader.tokens.said[at + 2] === 'chan') this.#reader.channels.add(target.name)
  }

  #if(): Node {
    const reader = this.#reader
    const { from } = reader
    const cases: Case[] = []
    let otherwise: Node[] = []
    do {
      const start = reader.from
      reader.take('if')
      const head = this.#head()
      cases.push({ before: head.slice(0, -1), test: head.at(-1) ?? reader.nothing(), body: this.block(), at: reader.since(start) })
    } while (reader.is('else') && reader.peek() === 'if' && reader.take('else'))
    if (reader.take('else')) otherwise = this.block()
    return { ...chain(cases, otherwise), at: reader.since(from) }
  }

  /** Simple statements up to the body's brace. */
  #head(): Node[] {
    const reader = this.#reader
    const { head } = reader
    const found: Node[] = []
    reader.head = true
    while (!reader.is('{') && !reader.is('}') && !reader.done) {
      const before = reader.pos
      if (reader.sees('end')) reader.pos++
      else found.push(this.#simple())
      if (reader.pos === before) reader.pos++
    }
    reader.head = head
    return found
  }

  #for(): Node {
    const reader = this.#reader
    const { from, head } = reader
    reader.pos++
    reader.head = true
    const parts: (Node | null)[] = [null]
    let targets: Node[] | null = null
    let declares = false
    while (!reader.is('{') && !reader.is('}') && !reader.done) {
      const before = reader.pos
      if (reader.sees('end')) {
        reader.pos++
        parts.push(null)
      } else if (reader.take('range')) {
        targets ??= []
        parts[0] = this.expressions.one()
      } else if (rangeAhead(reader)) {
        targets = this.expressions.list()
        declares = reader.is(':=')
        reader.pos++
      } else parts[parts.length - 1] = this.#simple()
      if (reader.pos === before) reader.pos++
    }
    reader.head = head
    const body = this.block()
    const at = reader.since(from)
    if (targets) return range(reader, { targets, declares, of: parts[0] ?? reader.nothing(), body, at })
    const [start, test, step] = parts.length > 1 ? parts : [null, parts[0], null]
    return { is: 'loop', start: start ?? nothing(at), test: test ?? name('true', at), step: step ?? nothing(at), each: null, body: group(body, at), at }
  }

  #switch(): Node {
    const reader = this.#reader
    const { from } = reader
    reader.pos++
    const start = reader.pos
    const semicolon = this.#head()
    const typed = reader.tokens.said.slice(start, reader.pos).some((said, index) => said === 'type' && reader.tokens.kinds[start + index] === 'keyword')
    const last = semicolon.at(-1)
    const tag = typed || !last || last.is === 'set' || last.is === 'group' ? null : last
    const before = tag ? semicolon.slice(0, -1) : semicolon
    const cases = this.#cases(!typed, tag)
    return group([...before, ...(tag ? [tag] : []), chain(cases.filter((one) => one.test !== null), cases.find((one) => one.test === null)?.body ?? [])], reader.since(from))
  }

  /** The cases of a switch or select; the default one has no test. */
  #cases(compared: boolean, tag: Node | null): Case[] {
    const reader = this.#reader
    const cases: Case[] = []
    if (!reader.is('{')) return cases
    reader.inside(() => {
      const { from } = reader
      if (reader.take('default')) {
        reader.take(':')
        cases.push({ before: [], test: null, body: [], at: reader.since(from) })
      } else if (reader.take('case')) {
        reader.head = true
        const values = reader.sees('keyword') && !compared ? [this.#typed()] : [this.#simple()]
        while (reader.take(',')) values.push(this.expressions.one())
        reader.head = false
        reader.take(':')
        const at = reader.since(from)
        const flat = values.flatMap((value) => (value.is === 'list' && compared ? value.parts : [value]))
        const tests = flat.map((value): Node => (tag ? { is: 'operate', sign: '==', parts: [tag, value], at } : value))
        const [test] = tests
        const known = compared && test ? (tests.length === 1 ? test : { is: 'operate' as const, sign: '||', parts: tests, at }) : nothing(at)
        cases.push({ before: compared ? [] : flat.filter((value) => value.is !== 'name'), test: known, body: [], at })
      } else if (reader.sees('end')) reader.pos++
      else cases.at(-1)?.body.push(this.one())
    })
    return cases
  }

  #typed(): Node {
    readType(this.#reader)
    return this.#reader.nothing()
  }

  /** `var`, `const`, `type`, alone or in brackets. */
  declaration(): Node {
    const reader = this.#reader
    const { from } = reader
    const what = reader.said
    const files = what === 'var' ? embedded(reader) : null
    reader.pos++
    const found: Node[] = []
    let index = 0
    const spec = (): void => {
      if (reader.sees('end')) return
      found.push(what === 'type' ? this.#typeSpec() : this.#valueSpec(index++, files))
    }
    if (reader.is('(')) reader.inside(spec)
    else spec()
    return found.length === 1 ? found[0] as Node : group(found, reader.since(from))
  }

  /** A struct's name stands for the record of its methods and fields. */
  #typeSpec(): Node {
    const reader = this.#reader
    const { from } = reader
    const own = reader.word()
    if (own === null) return nothing(reader.since(from))
    if (reader.is('[') && reader.peek() !== ']' && reader.tokens.kinds[reader.pos + 1] === 'word' && reader.peek(2) !== ']') reader.pos = reader.close + 1
    const alias = reader.take('=')
    const type = readType(reader)
    reader.types.set(own, type.is === 'named' && type.name?.is === 'name' && type.name.name === own ? { ...type, is: 'other' } : type)
    const at = reader.since(from)
    const target = name(own, at)
    if (alias && type.name) return { is: 'set', target, value: type.name, declares: true, at }
    return { is: 'set', target, value: { is: 'record', entries: [], at }, declares: true, at }
  }

  #valueSpec(index: number, files: Node | null): Node {
    const reader = this.#reader
    const { from } = reader
    const places = readNames(reader)
    const targets = places.map((place) => name(place, reader.since(from)))
    let type: Type | null = null
    if (!reader.is('=') && !reader.sees('end') && !reader.is(')')) type = readType(reader)
    const at = reader.pos + 1
    const values = reader.take('=') ? this.expressions.list() : null
    const here = reader.since(from)
    if (values) this.#learn(targets, values, at)
    for (const [i, place] of places.entries()) {
      if (type?.is === 'channel') reader.channels.add(place)
      const made = values?.[i] ?? (type && !values ? zero(reader, type, here) : null)
      if (made && isBuilder(reader, made)) reader.builders.add(place)
    }
    if (files && !values) return assignment(reader, targets, [files], { declares: true, at: here })
    const given = values?.map((value) => (value.is === 'name' && value.name === 'iota' ? { is: 'number' as const, value: index, at: value.at } : value))
      ?? targets.map((): Node => (type && type.is !== 'pointer' ? zero(reader, type, here) : nothing(here)))
    return assignment(reader, targets, given.map((value) => (isBuilder(reader, value) ? emptied(value) : value)), { declares: true, at: here })
  }
}

interface Case {
  before: readonly Node[]
  test: Node | null
  body: Node[]
  at: At
}

function chain(cases: readonly Case[], otherwise: readonly Node[]): Node {
  const at: At = [cases[0]?.at[0] ?? 0, cases.at(-1)?.at[1] ?? 0]
  const branch = (one: Case, rest: Node): Node => {
    const made = when(one.test ?? nothing(one.at), group(one.body, one.at), rest, one.at)
    return one.before.length === 0 ? made : group([...one.before, made], one.at)
  }
  if (cases.length > LONGEST_CHAIN) return group([...cases.map((one) => branch(one, nothing(one.at))), ...otherwise], at)
  return cases.reduceRight((rest, one) => branch(one, rest), otherwise.length === 0 ? nothing(at) : group(otherwise, at))
}

const several = (values: readonly Node[], at: At): Node => (values.length === 1 ? values[0] as Node : { is: 'list', parts: values, at })

function updated(target: Node, sign: string, value: Node, at: At): Node {
  const plain = sign.slice(0, -1)
  const parts = plain === '&^' ? [target, { is: 'operate' as const, sign: '~', parts: [value], at }] : [target, value]
  const made: Node = plain === '+' ? { is: 'join', parts, at } : { is: 'operate', sign: plain === '&^' ? '&' : plain, parts, at }
  return { is: 'set', target, value: made, declares: false, at }
}

const isBlank = (node: Node): boolean => node.is === 'name' && node.name === '_'

interface How {
  declares: boolean
  at: At
}

/**
 * One value for several targets: what the package's own functions return is a list of them; the rest gives its value and
 * an error, or whether there is one, and then the first target gets it all.
 */
function assignment(reader: Reader, targets: readonly Node[], values: readonly Node[], { declares, at }: How): Node {
  const places = targets.map((target): Node => (isBlank(target) ? nothing(target.at) : target))
  const [target, ...rest] = places as [Node, ...Node[]]
  const [value] = values as [Node]
  if (!targets[0]) return several(values, at)
  if (rest.length === 0) return isBlank(targets[0]) ? several(values, at) : { is: 'set', target, value: several(values, at), declares, at }
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
  const path = root.is === 'name' ? reader.imports.get(root.name) : undefined
  return path !== undefined && !path.split('/')[0]?.includes('.')
}

/** Whether `a, b := range` comes next. */
function rangeAhead(reader: Reader): boolean {
  for (let at = reader.pos; at < reader.pos + 40; at++) {
    const said = reader.tokens.said[at]
    if (reader.tokens.kinds[at] === 'end' || said === '{') return false
    if ((said === ':=' || said === '=') && reader.tokens.kinds[at] === 'sign') return reader.tokens.said[at + 1] === 'range'
  }
  return false
}

interface Range extends How {
  targets: readonly Node[]
  of: Node
  body: readonly Node[]
}

/** `for i, x := range list`: items one by one, with an index counted beside them. A channel gives items only. */
function range(reader: Reader, { targets, of, body, declares, at }: Range): Node {
  const channel = of.is === 'name' && reader.channels.has(of.name)
  const [first, second] = channel ? [undefined, targets[0]] : targets
  const item = second && !isBlank(second) ? second : nothing(at)
  const index = first && !isBlank(first) ? first : null
  if (index && of.is === 'number') {
    return {
      is: 'loop', start: { is: 'set', target: index, value: { is: 'number', value: 0, at }, declares, at },
      test: { is: 'operate', sign: '<', parts: [index, of], at }, step: updated(index, '+=', { is: 'number', value: 1, at }, at),
      each: null, body: group(body, at), at,
    }
  }
  const counted = index ? [updated(index, '+=', { is: 'number', value: 1, at }, at)] : []
  const loop: Node = { is: 'loop', start: nothing(at), test: nothing(at), step: nothing(at), each: { target: item, of }, body: group([...counted, ...body], at), at }
  return index ? group([{ is: 'set', target: index, value: { is: 'number', value: -1, at }, declares, at }, loop], at) : loop
}
