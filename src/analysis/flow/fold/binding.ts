import { Outside, UNDEFINED, holderOf, itemsOf } from '../constant.ts'
import type { Constant } from '../constant.ts'
import type { Known } from '../pure/types.ts'
import type { Entry, Node } from '../tree.ts'
import type { Frame } from './frame.ts'
import { memberOf, setMember } from './members.ts'
import type { Walker } from './walker.ts'

/** Gives a target its value; undefined makes all of it unknown. */
export function bind(machine: Walker, target: Node, value: Known, frame: Frame, declares: boolean): void {
  switch (target.is) {
    case 'name': {
      const scope = declares ? frame.scope : holderOf(target.name, frame.scope) ?? (machine.language === 'javascript' ? machine.top : frame.scope)
      scope.cells.set(target.name, value)
      return
    }
    case 'list': return bindList(machine, target.parts, value, frame, declares)
    case 'record': {
      const record = value instanceof Map ? value : null
      for (const { key, value: inner } of target.entries) {
        const part = key === null ? record ? restOf(record, target.entries) : undefined : value === undefined ? undefined : memberOf(value, key, machine.language)
        bind(machine, inner, part, frame, declares)
      }
      return
    }
    case 'set': return bind(machine, target.target, value === UNDEFINED ? machine.evaluate(target.value, frame) : value, frame, declares)
    case 'spread': return bind(machine, target.of, value, frame, declares)
    case 'member': {
      const of = machine.evaluate(target.of, frame)
      const key = machine.evaluate(target.key, frame)
      if (of === undefined || of instanceof Outside) return
      if (key === undefined || target.slice || !setMember(of, key, value, machine.language)) machine.give(of)
    }
  }
}

/** What is left of a record beside the fields that are taken by their names. */
function restOf(record: ReadonlyMap<string, Constant>, entries: readonly Entry[]): Map<string, Constant> {
  const taken = new Set(entries.map((entry) => entry.key))
  return new Map([...record].filter(([name]) => !taken.has(name)))
}

function bindList(machine: Walker, parts: readonly Node[], value: Known, frame: Frame, declares: boolean): void {
  const items = value === undefined ? undefined : itemsOf(value, machine.language)
  if (items) machine.budget.pay(items)
  const spread = parts.findIndex((part) => part.is === 'spread')
  parts.forEach((part, index) => {
    const after = parts.length - 1 - index
    const item = !items ? undefined
      : index === spread ? items.slice(index, items.length - after)
      : items[spread >= 0 && index > spread ? items.length - 1 - after : index] ?? machine.nothing
    bind(machine, part, item, frame, declares)
  })
}
