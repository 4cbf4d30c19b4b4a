import { disassemble } from '../disassemble.ts'
import { jumpOf } from './jumps.ts'
import { Literals } from './literal.ts'
import { Machine } from './machine.ts'
import type { Writer } from './machine.ts'
import type { CodeObject } from '../marshal.ts'
import { operationsOf } from '../opcodes.ts'
import { Problems } from '../reading.ts'
import { STEPS } from './steps.ts'
import { identifier, listed, meet, term } from './term.ts'
import type { Stack } from './term.ts'

export interface PseudoSource {
  text: string
  /** Instructions that were not followed: many of them tell that the version is another. */
  lost: number
  problems: string[]
}

const MOST_TEXT = 16_000_000
const MOST_BYTECODE = 2_000_000
const MOST_NESTED = 40

/**
 * Python-like source of compiled code: imports, definitions, assignments and calls with their arguments, in order, so that
 * whatever reads Python can follow data through it. Not the original: conditions are gone, each branch and loop body stands
 * once, one after the other, and `_unknown` stands for what was not followed. Null when the version's opcodes are not known.
 * Nothing is run; linear and bounded.
 */
export function pseudoSource(code: CodeObject, version: string): PseudoSource | null {
  if (!operationsOf(version)) return null
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const writer = new Lines(version, major * 100 + minor)
  writer.problems.step('the instructions', () => writer.body(code, 'module'))
  if (writer.literals.cut) writer.problems.add('constants too long to spell out')
  return { text: writer.text, lost: writer.lost, problems: writer.problems.lines }
}

class Lines implements Writer {
  readonly literals = new Literals()
  readonly release: number
  readonly problems = new Problems()
  lost = 0
  readonly #version: string
  readonly #lines: string[] = []
  readonly #defined = new Map<CodeObject, string>()
  #length = 0
  #depth = 0
  #fresh = 0
  #left = MOST_BYTECODE

  constructor(version: string, release: number) {
    this.#version = version
    this.release = release
  }

  get text(): string {
    return this.#lines.join('')
  }

  emit(line: string): void {
    const length = line.length + this.#depth + 1
    if (this.#length + length > MOST_TEXT) {
      this.problems.add(`only ${MOST_TEXT} characters were written`)
      return
    }
    this.#length += length
    this.#lines.push(`${' '.repeat(this.#depth)}${line}\n`)
  }

  fresh = (what: string): string => `_${what}${++this.#fresh}`

  define(code: CodeObject, kind: 'function' | 'class', heads: readonly string[]): string {
    const known = this.#defined.get(code)
    if (known !== undefined) return known
    const name = code.name.startsWith('<') ? `${this.fresh(identifier(code.name.slice(1, -1)))}` : identifier(code.name)
    this.#defined.set(code, name)
    if (this.#depth >= MOST_NESTED) {
      this.problems.add('code nested too deeply to follow')
      return name
    }
    this.emit(`${kind === 'class' ? 'class' : 'def'} ${name}(${listed(heads)}):`)
    this.#depth++
    const before = this.#lines.length
    this.body(code, kind)
    if (this.#lines.length === before) this.emit('pass')
    this.#depth--
    return name
  }

  body(code: CodeObject, kind: Machine['kind']): void {
    this.#left -= code.bytecode.length
    if (this.#left < 0) {
      this.problems.add('too much code to follow')
      return
    }
    const list = disassemble(code, this.#version)
    const machine = new Machine(code, kind, this)
    const waiting = new Map<number, Stack | null>()
    let index = 0
    let reached = true
    machine.ahead = (distance) => list[index + distance]
    machine.skip = (count) => { index += count }
    for (; index < list.length; index++) {
      const instruction = list[index]
      if (!instruction) break
      const { op, arg, at } = instruction
      const arriving = waiting.get(at)
      if (arriving !== undefined) machine.stack = reached ? meet(machine.stack, arriving) : arriving
      else if (!reached) machine.stack = null
      waiting.delete(at)
      const jump = jumpOf(instruction, this.release)
      const leave = (): void => {
        if (jump && jump.to >= 0) waiting.set(jump.to, meet(waiting.get(jump.to) ?? null, machine.stack))
      }
      if (op === 'FOR_ITER') loop(machine, leave)
      else if (op.endsWith('_OR_POP')) {
        leave()
        machine.pop()
      } else {
        const step = STEPS[op]
        if (op.startsWith('POP_JUMP_')) machine.drop(machine.pop())
        else if (step) step(machine, arg)
        else if (!jump) {
          machine.spill()
          this.lost++
        }
        leave()
      }
      reached = !jump?.always
    }
    machine.spill()
  }
}

/** Another round: the next value on top. At the end the iterator is gone, since 3.13 by an instruction of its own. */
function loop(machine: Machine, leave: () => void): void {
  const { stack } = machine
  if (machine.release < 313) machine.stack = stack?.below ?? null
  leave()
  machine.stack = stack
  const of = stack?.top.text ?? ''
  machine.push({ ...term(`next(${of})`), part: { is: 'each', of } })
  if (stack) stack.top.acts = false
}
