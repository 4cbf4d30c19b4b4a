import type { Place } from '../source.ts'
import { taint } from '../taint.ts'
import { memberOf } from './member.ts'
import type { Asking } from './member.ts'
import { textMethod } from './texts.ts'
import type { Unit } from './tongue.ts'
import type { At, Node } from './tree.ts'
import { NOTHING, either, isVoid, outside } from './value.ts'
import type { Cell, Scope, Value } from './value.ts'
import { literal, placeIn } from './walking.ts'
import type { Walking } from './walking.ts'

/** What names and members stand for. */
export class Names {
  readonly #engine: Walking

  constructor(engine: Walking) {
    this.#engine = engine
  }

  /** A variable, something special, or something outside; what nobody knows may still be defined. */
  name(node: Extract<Node, { is: 'name' }>, scope: Scope): Value {
    const cell = scope.find(node.name)
    if (cell) return cell.named(this.#engine.work.current)
    const special = this.#engine.tongue.special(node.name, scope.unit as Unit)
    if (special) return explained(special, placeIn(scope, node.at))
    if (this.#engine.tongue.knows(node.name)) return outside(node.name)
    const star = this.#starred(node.name, scope)
    if (star) return star
    // What is used before it is defined: its reader waits for it.
    scope.top().declare(node.name).read(this.#engine.work.current)
    return NOTHING
  }

  /** A name that `from module import *` of somebody else's module brought in. */
  #starred(name: string, scope: Scope): Value | null {
    const module = scope.find('*')?.value.refs.find((ref) => this.#engine.tongue.rule(`${ref}.${name}`) !== null)
    return module === undefined ? null : outside(`${module}.${name}`)
  }

  /** `from module import *` of a module of the package: its variables are shared. */
  share(fields: ReadonlyMap<string, Cell>, scope: Scope): void {
    for (const [name, cell] of fields) {
      const own = scope.cells.get(name)
      if (own) this.#engine.put(own, cell.read(this.#engine.work.current))
      else scope.cells.set(name, cell)
    }
  }

  /** A member, or a slice, as it stands in the code. */
  ofNode(node: Extract<Node, { is: 'member' }>, scope: Scope, returns: Cell | null): Value {
    const of = this.#engine.eval(node.of, scope, returns)
    // Most members are of things nobody knows.
    if (node.key.is === 'text' && isVoid(of)) {
      literal(this.#engine, node.key, scope)
      return NOTHING
    }
    const key = this.#engine.eval(node.key, scope, returns)
    if (node.slice) return textMethod(of, 'slice', key.items ?? []) ?? { ...NOTHING, ...taint(of.bits, of.trail), items: of.items }
    return this.member(of, key, scope, node.at)
  }

  member(of: Value, key: Value, scope: Scope, at: At): Value {
    if (key.texts.length === 0) this.#engine.work.steps += of.fields?.size ?? 0
    const direct = memberOf(of, key, this.#asking(scope))
    const found = of.functions.length > 0 ? either(direct, this.#ofClass(of, key)) : direct
    return found.refs.length > 0 && found.bits !== 0 ? explained(found, placeIn(scope, at)) : found
  }

  /** What is asked of a class itself: its methods, and what its body sets. */
  #ofClass({ functions }: Value, { texts }: Value): Value {
    let found = NOTHING
    for (const { node, scope } of functions) {
      if (node.is !== 'class') continue
      for (const method of node.methods) if (method.name !== null && texts.includes(method.name)) found = either(found, { ...NOTHING, functions: [{ node: method, scope }] })
      for (const statement of node.body) {
        if (statement.is === 'set' && statement.target.is === 'name' && texts.includes(statement.target.name)) found = either(found, scope.find(statement.target.name)?.read(this.#engine.work.current) ?? NOTHING)
      }
    }
    return found
  }

  /** Any item or field: what a loop is given. */
  any(of: Value, scope: Scope): Value {
    this.#engine.work.steps += of.fields?.size ?? 0
    return memberOf(of, NOTHING, this.#asking(scope))
  }

  #asking({ unit }: Scope): Asking {
    return { reader: this.#engine.work.current, tongue: this.#engine.tongue, unit: unit as Unit }
  }
}

/** What collects explains itself: the step that read it. */
function explained(value: Value, place: Place): Value {
  if (value.bits === 0 || value.trail.length > 0) return value
  const call = value.refs[0] ?? ''
  return { ...value, trail: [{ kind: 'collect', call, argument: null, place }] }
}
