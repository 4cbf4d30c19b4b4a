import { Bindings, MOST, Raised, bounded, isNothing, itemsOf } from '../constant.ts'
import type { Constant } from '../constant.ts'
import type { Known } from '../pure/types.ts'
import type { Node } from '../tree.ts'
import { bind } from './binding.ts'
import { BREAK, CONTINUE, NEXT, RETURN } from './frame.ts'
import type { Frame, Signal } from './frame.ts'
import { absent } from './walker.ts'
import type { Of, Walker } from './walker.ts'

export function branch(machine: Walker, node: Of<'branch'>, frame: Frame): Known {
  let current = node
  for (;;) {
    const value = machine.evaluate(current.test, frame)
    const test = machine.truth(value)
    if (test === undefined) return maybe(machine, current, frame)
    if (test) return machine.evaluate(current.then, frame)
    if (current.expression && absent(current.otherwise)) return value
    if (current.otherwise.is !== 'branch') return machine.evaluate(current.otherwise, frame)
    machine.budget.spend(1)
    current = current.otherwise
  }
}

/** Both arms run, each as if it were the one; what they change is not known afterwards. */
function maybe(machine: Walker, node: Of<'branch'>, frame: Frame): Known {
  let raised: Raised | null = null
  let left = true
  let looped = false
  let worth: Known
  let same = true
  let count = 0
  for (const arm of node.otherwise.is === 'branch' ? armsOf(node) : [node.then, node.otherwise]) {
    let signal: Signal = RETURN
    try {
      const value = machine.evaluate(arm, frame)
      if (count++ === 0) worth = value
      else same = value === worth
      signal = frame.signal
    } catch (thrown) {
      if (!(thrown instanceof Raised)) throw thrown
      raised = thrown
    }
    if (signal === BREAK || signal === CONTINUE) looped = true
    if (signal !== RETURN) left = false
    if (frame.signal === RETURN) frame.doubtful = true
    frame.signal = NEXT
    machine.forget(arm, frame)
  }
  // Only now: loops inside the arms ask for it, too.
  if (looped) frame.loopDoubtful = true
  if (left) {
    if (raised && !frame.doubtful) throw raised
    frame.doubtful = true
    frame.signal = RETURN
  }
  machine.unknowns++
  return node.expression && count === 2 && same ? worth : undefined
}

/** A long row of tests, walked without recursion. */
function armsOf(node: Of<'branch'>): Node[] {
  const arms: Node[] = [node.then]
  let rest = node.otherwise
  while (rest.is === 'branch') {
    arms.push(rest.test, rest.then)
    rest = rest.otherwise
  }
  arms.push(rest)
  return arms
}

export function loop(machine: Walker, node: Of<'loop'>, frame: Frame, label: string | null): Known {
  machine.evaluate(node.start, frame)
  if (node.each) return each(machine, node, node.each, frame, label)
  for (;;) {
    machine.budget.spend(1)
    const test = absent(node.test) ? true : machine.truth(machine.evaluate(node.test, frame))
    if (test === undefined) return someTimes(machine, node, frame)
    if (!test) return undefined
    machine.evaluate(node.body, frame)
    if (leaves(machine, node, frame, label)) return undefined
    machine.evaluate(node.step, frame)
    if (leaves(machine, node, frame, label)) return undefined
  }
}

function each(machine: Walker, node: Of<'loop'>, { target, of }: { target: Node; of: Node }, frame: Frame, label: string | null): Known {
  const value = machine.evaluate(of, frame)
  const items = value === undefined ? undefined : itemsOf(value, machine.language)
  if (!items) {
    if (value !== undefined && isNothing(value)) throw new Raised('TypeError')
    return someTimes(machine, node, frame)
  }
  for (let index = 0; index < items.length; index++) {
    machine.budget.spend(1)
    bind(machine, target, items[index], frame, machine.language === 'python')
    machine.evaluate(node.body, frame)
    if (leaves(machine, node, frame, label)) return undefined
  }
  return undefined
}

/** Whether a loop is left after what ran last. `switch` is a loop of one round, which `continue` goes through. */
function leaves(machine: Walker, node: Of<'loop'>, frame: Frame, label: string | null): boolean {
  const { signal } = frame
  if (signal === RETURN) return true
  if (frame.loopDoubtful) {
    frame.loopDoubtful = false
    frame.arrive()
    machine.forget(node, frame)
    return true
  }
  if (signal === NEXT) return false
  const mine = frame.label === null ? signal === BREAK || node.step.is !== 'jump' : frame.label === label
  if (!mine) return true
  frame.arrive()
  return signal === BREAK
}

/** A loop that runs nobody knows how often: once, with what it changes unknown before and after. */
function someTimes(machine: Walker, node: Of<'loop'>, frame: Frame): Known {
  machine.forget(node, frame)
  machine.attempt(() => {
    if (node.each) bind(machine, node.each.target, undefined, frame, machine.language === 'python')
    machine.evaluate(node.body, frame)
    if (frame.signal === NEXT) machine.evaluate(node.step, frame)
  })
  if (frame.signal === RETURN) frame.doubtful = true
  frame.loopDoubtful = false
  frame.arrive()
  machine.forget(node, frame)
  machine.unknowns++
  return undefined
}

export function gather(machine: Walker, node: Of<'gather'>, frame: Frame): Known {
  const outer = frame.scope
  frame.scope = new Bindings(outer)
  const made: Constant[] = []
  try {
    return machine.keep(node, gathered(machine, node, 0, frame, made) ? bounded(made) : undefined)
  } finally {
    frame.scope = outer
  }
}

function gathered(machine: Walker, node: Of<'gather'>, depth: number, frame: Frame, made: Constant[]): boolean {
  const loop = node.loops[depth]
  if (!loop) {
    const value = machine.evaluate(node.value, frame)
    if (value !== undefined) made.push(value)
    return value !== undefined && made.length <= MOST
  }
  const of = machine.evaluate(loop.of, frame)
  const items = of === undefined ? undefined : itemsOf(of, machine.language)
  let known = items !== undefined
  for (const item of items ?? [undefined]) {
    machine.budget.spend(1)
    bind(machine, loop.target, item, frame, true)
    const tests = loop.tests.map((test) => machine.truth(machine.evaluate(test, frame)))
    if (tests.includes(undefined)) known = false
    if (!tests.includes(false)) known = gathered(machine, node, depth + 1, frame, made) && known
  }
  return known
}

export function attempted(machine: Walker, node: Of<'try'>, frame: Frame): Known {
  const before = machine.unknowns
  const [handler, ...others] = node.handlers
  try {
    machine.evaluate(node.body, frame)
    // What is not known may raise anything: its handlers may run as well.
    if (machine.unknowns > before) for (const one of node.handlers) perhaps(machine, one, frame)
  } catch (thrown) {
    if (!(thrown instanceof Raised)) throw thrown
    if (!handler) {
      machine.evaluate(node.last, frame)
      throw thrown
    }
    if (others.length > 0) for (const one of node.handlers) perhaps(machine, one, frame)
    else {
      if (handler.target) bind(machine, handler.target, thrown.value, frame, true)
      machine.evaluate(handler.body, frame)
    }
  }
  const { signal, label } = frame
  frame.arrive()
  machine.evaluate(node.last, frame)
  if (frame.signal === NEXT) Object.assign(frame, { signal, label })
  return undefined
}

function perhaps(machine: Walker, { target, body }: { target: Node | null; body: Node }, frame: Frame): void {
  const { signal, label } = frame
  frame.arrive()
  machine.attempt(() => {
    if (target) bind(machine, target, undefined, frame, true)
    machine.evaluate(body, frame)
  })
  if (frame.signal === RETURN) frame.doubtful = true
  Object.assign(frame, { signal, label })
  machine.forget(body, frame)
}

export function jump(machine: Walker, node: Of<'jump'>, frame: Frame): Known {
  if (node.how === 'throw') throw new Raised('thrown', machine.evaluate(node.value, frame))
  frame.signal = node.how === 'break' ? BREAK : CONTINUE
  frame.label = node.value.is === 'text' ? node.value.value : null
  return undefined
}
