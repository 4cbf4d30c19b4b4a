import { UNKNOWN } from '../desk.ts'
import { Folder, stepsFor } from './fold.ts'
import type { Constant } from './fold.ts'
import type { Tongue, Unit } from './tongue.ts'
import type { Node } from './tree.ts'
import type { Held } from './units.ts'
import { Fields, NOTHING, cellOf, known, numeric } from './value.ts'
import type { Closure, Scope, Value } from './value.ts'

/** Steps for all files of a package together, a few seconds at most: what obfuscators make is small. */
const STEPS = 20_000_000
/** The same for files that only might be an obfuscator's. */
const GUESSING = 4_000_000
/** Steps for one such file. */
const GUESS = 300_000
const DEEPEST = 8
const MOST_RAN = 8

/** Folders of the files where undoing an obfuscator may pay. */
export class Folders {
  readonly #tongue: Tongue
  readonly #folders = new Map<object, Folder>()
  readonly #ran = new Map<object, string[]>()
  readonly #lists = new WeakMap<object, Value>()
  #left = STEPS
  #guessing = GUESSING

  constructor(tongue: Tongue) {
    this.#tongue = tongue
  }

  prepare({ unit, body }: Held): void {
    const language = this.#tongue.id
    const { text } = unit.source
    if (language === 'shell' || body.length === 0) return
    const wanted = stepsFor(text)
    const steps = Math.min(this.#left, wanted, wanted > GUESS ? wanted : this.#guessing)
    if (steps === 0) return
    const ran: string[] = []
    const folder = new Folder({ steps, language, refer: (ref, args) => this.#refer(ref, args, ran) })
    this.#folders.set(unit, folder)
    this.#ran.set(unit, ran)
    folder.prepare(body, text)
    this.#left -= steps - folder.left
    if (wanted <= GUESS) this.#guessing -= steps - folder.left
  }

  /** Texts that a file was seen to run as code while it was folded. */
  ran({ unit }: Scope): readonly string[] {
    return this.#ran.get(unit) ?? []
  }

  /** Code that is run is only remembered; compiling it gives the text. */
  #refer(ref: string, args: readonly Constant[], ran: string[]): Constant | undefined {
    const rule = this.#tongue.rule(ref)
    const text = rule && rule.at < 0 ? args.at(-1) : args[0]
    if (typeof text !== 'string' || rule?.does !== 'code') return undefined
    if (ran.length < MOST_RAN && text.length > 3 && !ran.includes(text)) ran.push(text)
    return ref === 'compile' ? text : undefined
  }

  /** What an expression is always worth, where that was found out. */
  worth(node: Node, { unit }: Scope): Value | null {
    const constant = this.#folders.size === 0 ? undefined : this.#folders.get(unit)?.worth(node)
    return constant === undefined ? null : this.#valueOf(constant)
  }

  /** Tables are given again and again. */
  #valueOf(constant: Constant): Value | null {
    if (!Array.isArray(constant)) return valueOf(constant, 0)
    let value = this.#lists.get(constant)
    if (!value || value.items?.length !== constant.length) this.#lists.set(constant, value = valueOf(constant, 0) ?? NOTHING)
    return value
  }

  /** What one of the package's own functions gives for constants. */
  call(functions: readonly Closure[], args: readonly Value[]): Value | null {
    const closure = functions[0]
    if (closure === undefined || functions.length > 1 || closure.node.is !== 'function' || args.length === 0) return null
    const folder = this.#folders.get(closure.scope.unit as Unit)
    if (!folder) return null
    const constants: Constant[] = []
    for (const arg of args) {
      const constant = constantOf(arg, 0)
      if (constant === undefined) return null
      constants.push(constant)
    }
    const result = folder.call(closure.node, constants)
    return result === undefined ? null : this.#valueOf(result)
  }
}

function constantOf(value: Value, depth: number): Constant | undefined {
  const [text] = value.texts
  if (text !== undefined) return value.texts.length > 1 || text.includes(UNKNOWN) ? undefined : value.number ? Number(text) : text
  if (!value.items || depth > DEEPEST) return undefined
  const items: Constant[] = []
  for (const item of value.items) {
    const constant = constantOf(item, depth + 1)
    if (constant === undefined) return undefined
    items.push(constant)
  }
  return items
}

/** Bytes are kept one character a byte. Null for what says nothing. */
function valueOf(constant: Constant, depth: number): Value | null {
  if (typeof constant === 'string') return known(constant)
  if (typeof constant === 'number') return numeric(constant)
  if (constant instanceof Uint8Array) return known(Buffer.from(constant).toString('latin1'))
  if (depth > DEEPEST) return null
  if (Array.isArray(constant)) return { ...NOTHING, items: constant.map((item) => valueOf(item, depth + 1) ?? NOTHING) }
  if (constant instanceof Map) {
    const fields = new Fields()
    for (const [key, item] of constant) cellOf(fields, key).add(valueOf(item, depth + 1) ?? NOTHING)
    return { ...NOTHING, fields }
  }
  return null
}
