import type { Desk } from '../desk.ts'
import type { Node } from './tree.ts'
import { Fields, cellOf, either, only } from './value.ts'
import type { Cell, Value } from './value.ts'
import type { Part, Worklist } from './worklist.ts'

/** Fields that records take over from others. */
const COPIED = 500_000

/** Puts values into variables and fields; whoever read them before is walked again. */
export class Variables {
  readonly #work: Worklist
  readonly #desk: Desk
  /** Whose they are, for whoever is told that there are too many. */
  readonly #language: string
  readonly #records = new Map<Node, Map<string, Cell>>()
  /** How many changes of other records a record has taken over: objects with many fields are put into the same variables over and over. */
  readonly #merged = new WeakMap<object, WeakMap<object, number>>()
  #copied = 0
  #merging = false

  constructor(work: Worklist, desk: Desk, language: string) {
    this.#work = work
    this.#desk = desk
    this.#language = language
  }

  /** The fields of the record that is made here, whenever it is. */
  fieldsOf(node: Node): Map<string, Cell> {
    let fields = this.#records.get(node)
    if (!fields) this.#records.set(node, fields = new Fields())
    return fields
  }

  /** Adds to a variable; who read it before is walked again. */
  put(cell: Cell, value: Value): void {
    const fields = cell.value.fields
    if (fields && value.fields && fields !== value.fields && fields.size > 0) this.#merge(fields, value.fields)
    for (const reader of cell.add(value) ?? []) this.#work.again(reader as Part)
  }

  merged(into: Value, all: readonly Value[]): Value {
    let result = into
    for (const value of all) {
      if (value === into) continue
      if (into.fields && value.fields && into.fields !== value.fields) this.#merge(into.fields, value.fields)
      else if (into.fields && value.bits !== 0) this.put(cellOf(into.fields, '...'), only(value))
      else result = either(result, value)
    }
    return result
  }

  /** What held one record and is given another has the fields of both: `exports.a = …` before `module.exports = {…}`. */
  #merge(fields: Map<string, Cell>, more: ReadonlyMap<string, Cell>): void {
    if (this.#merging) return
    this.#merging = true
    if (more instanceof Fields) this.#mergeNew(fields, more)
    else this.copy(more, fields, (field) => field.value)
    this.#merging = false
  }

  #mergeNew(fields: Map<string, Cell>, more: Fields): void {
    let merged = this.#merged.get(fields)
    if (!merged) this.#merged.set(fields, merged = new WeakMap())
    const from = merged.get(more)
    const { length } = more.changed
    merged.set(more, length)
    if (from === undefined) return this.copy(more, fields, (field) => field.value)
    this.#work.steps += more.size
    for (let at = from; at < length; at++) {
      const name = more.changed[at] as string
      if (this.#isRoomFor(name, fields)) this.put(cellOf(fields, name), (more.get(name) as Cell).value)
    }
  }

  /** Records made of one another, each with one more field, would take the square of their number. */
  copy(from: ReadonlyMap<string, Cell>, to: Map<string, Cell>, read: (field: Cell) => Value): void {
    this.#work.steps += from.size
    for (const [name, field] of from) {
      if (!this.#isRoomFor(name, to)) return
      this.put(cellOf(to, name), read(field))
    }
  }

  #isRoomFor(name: string, fields: ReadonlyMap<string, Cell>): boolean {
    if (fields.has(name) || ++this.#copied <= COPIED) return true
    this.#desk.miss(`${this.#language}: more fields than are followed`)
    return false
  }
}
