import { group, nothing } from '../flow/tree.ts'
import type { Node } from '../flow/tree.ts'
import { isBlank, updated } from './assignments.ts'
import type { How } from './assignments.ts'
import type { Reader } from './reader.ts'

/** Whether `a, b := range` comes next. */
export function rangeAhead(reader: Reader): boolean {
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
export function range(reader: Reader, { targets, of, body, declares, at }: Range): Node {
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
