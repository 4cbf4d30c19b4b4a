import { group, name, nothing, startOf } from '../flow/tree.ts'
import type { Node } from '../flow/tree.ts'
import { assignment, several, updated } from './assignments.ts'
import { chain } from './cases.ts'
import type { Case } from './cases.ts'
import { declaration } from './declarations.ts'
import { Expressions } from './expressions.ts'
import { range, rangeAhead } from './ranges.ts'
import type { Reader } from './reader.ts'
import { readType } from './types.ts'

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
    return group(this.block(), this.#reader.since(startOf(at)))
  }

  one(): Node {
    const reader = this.#reader
    const { from } = reader
    if (!reader.sees('keyword')) return reader.is('{') ? this.#blockNode() : this.#simple()
    const { said } = reader
    switch (said) {
      case 'var': case 'const': case 'type': return declaration(reader, this.expressions)
      case 'if': return this.#if()
      case 'for': return this.#for()
      case 'switch': return this.#switch()
      case 'select': {
        reader.pos++
        return chain(this.#cases('select', null), [])
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
  #simple(labelled = !this.#reader.head): Node {
    const reader = this.#reader
    const { from } = reader
    if (labelled && reader.sees('word') && reader.peek() === ':') {
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
    return assignment(reader, targets, this.expressions.list(), { declares, at: reader.since(from) })
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
    const cases = this.#cases(typed ? 'types' : 'switch', tag)
    return group([...before, ...(tag ? [tag] : []), chain(cases.filter((one) => one.test !== null), cases.find((one) => one.test === null)?.body ?? [])], reader.since(from))
  }

  /** The cases of a switch or select; the default one has no test. */
  #cases(what: 'switch' | 'types' | 'select', tag: Node | null): Case[] {
    const reader = this.#reader
    const cases: Case[] = []
    const compared = what === 'switch'
    if (!reader.is('{')) return cases
    reader.inside(() => {
      const { from } = reader
      if (reader.take('default')) {
        reader.take(':')
        cases.push({ before: [], test: null, body: [], at: reader.since(from) })
      } else if (reader.take('case')) {
        const values = reader.sees('keyword') && !compared ? [this.#typed()] : [this.#simple(false)]
        while (reader.take(',')) values.push(this.expressions.one())
        reader.take(':')
        const at = reader.since(from)
        const flat = values.flatMap((value) => (value.is === 'list' && compared ? value.parts : [value]))
        const tests = flat.map((value): Node => (tag ? { is: 'operate', sign: '==', parts: [tag, value], at } : value))
        const [test] = tests
        const known = compared && test ? (tests.length === 1 ? test : { is: 'operate' as const, sign: '||', parts: tests, at }) : nothing(at)
        cases.push({ before: what === 'select' ? flat : [], test: known, body: [], at })
      } else if (reader.sees('end')) reader.pos++
      else cases.at(-1)?.body.push(this.one())
    })
    return cases
  }

  #typed(): Node {
    readType(this.#reader)
    return this.#reader.nothing()
  }
}
