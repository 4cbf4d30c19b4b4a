import type { Func, Node } from './tree.ts'
import { NOTHING, Prototype, Scope, cellOf } from './value.ts'
import type { Closure, Value } from './value.ts'
import type { Walking } from './walking.ts'

/** What a class or a constructor makes, and the scope in which `this` is that. */
interface Shape {
  self: Value
  scope: Scope
}

/** One object for each class and constructor stands for its prototype and for all that it makes. */
export class Instances {
  readonly #engine: Walking
  readonly #shapes = new Map<Node, Shape>()
  readonly #made = new Map<Node, Value>()

  constructor(engine: Walking) {
    this.#engine = engine
  }

  /** The object with its methods, before anybody made one. */
  shape({ node, scope: outer }: Closure): Shape {
    const before = this.#shapes.get(node)
    if (before) return before
    const self = { ...NOTHING, fields: node.is === 'class' ? this.#engine.variables.fieldsOf(node) : new Prototype() }
    const shape = { self, scope: node.is === 'class' ? new Scope(outer, outer.unit) : outer }
    this.#shapes.set(node, shape)
    if (node.is !== 'class') return shape
    this.#engine.put(shape.scope.declare('this'), self)
    for (const method of node.methods) {
      if (method.name !== null) this.#engine.put(cellOf(self.fields, method.name), { ...NOTHING, functions: [{ node: method, scope: shape.scope }] })
    }
    return shape
  }

  /** What was made of a class; undefined as long as nobody has. */
  of(node: Node): Value | undefined {
    return this.#made.get(node)
  }

  make(closure: Closure, args: readonly Value[]): Value {
    const node = closure.node as Extract<Node, { is: 'class' }>
    const { self, scope } = this.shape(closure)
    if (this.#made.has(node)) {
      for (const method of node.methods) if (isMaker(method)) this.#engine.call({ node: method, scope }, args)
      return self
    }
    this.#made.set(node, self)
    for (const base of node.bases) this.#engine.release(this.#engine.eval(base, scope, null), NOTHING)
    // What it inherits may call any of them, and the language some; else the code that has it does, or whoever it is handed to.
    for (const method of node.methods) {
      if (isMaker(method)) this.#engine.call({ node: method, scope }, args)
      else if (node.bases.length > 0 || method.unasked === true) this.#engine.call({ node: method, scope }, [])
      else this.#engine.made({ node: method, scope })
    }
    return self
  }
}

/** Constructors, and what sets fields, which has no name. */
const isMaker = ({ name }: Func): boolean => name === null || name === 'constructor' || name === '__init__' || name === '__new__'
