import type { Place } from '../source.ts'
import type { Machine } from './call.ts'
import type { Folders } from './folders.ts'
import type { Tongue, Unit } from './tongue.ts'
import { endOf, startOf } from './tree.ts'
import type { At, Func, Node } from './tree.ts'
import type { Cell, Closure, Scope, Value } from './value.ts'
import type { Variables } from './variables.ts'
import type { Stretch, Worklist } from './worklist.ts'

/** What the parts of the engine need of each other. */
export interface Walking extends Machine {
  readonly tongue: Tongue
  readonly work: Worklist
  readonly variables: Variables
  readonly folders: Folders
  /** What a node may be worth. What is nested too deeply is not followed; what stands beside it is. */
  eval(node: Node, scope: Scope, returns: Cell | null): Value
  /** Calls a function of the package; `rest` is what is known of the arguments that are not listed. */
  call(closure: Closure, args: readonly Value[], rest?: Value): Value
  /** A function that somebody may call. */
  made(closure: Closure): Value
  stretchOf(func: Func): Stretch | undefined
}

/** Where a stretch stands, in the file whose code sees this scope. */
export function placeIn(scope: Scope, at: At): Place {
  return { source: (scope.unit as Unit).source, from: startOf(at), to: endOf(at) }
}

/** A text that was put together is looked at as a whole. */
export function saw({ desk }: Walking, value: Value, scope: Scope, at: At): void {
  const [text] = value.texts
  if (text !== undefined && text.length > 5) desk.text(text, value.trail.some((step) => step.kind === 'decode') ? 'decoded' : 'folded', placeIn(scope, at))
}

/** A text as it stands in the code: looked at once, however often the code is walked. */
export function literal({ desk, work }: Walking, { value, at }: Extract<Node, { is: 'text' | 'bytes' }>, scope: Scope): void {
  if (work.current.times === 1 && isTelling(value)) desk.text(value, 'literal', placeIn(scope, at))
}

/** Worth a look for addresses or for what it hides: short words and prose without a dot are not. */
const isTelling = (text: string): boolean => text.length > 5 && (text.length >= 24 || /[.:/@\\]/.test(text))
