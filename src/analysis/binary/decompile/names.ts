import { quoted } from './literal.ts'
import type { Machine } from './machine.ts'
import { bound, subscript } from './operators.ts'
import type { Step, Steps } from './step.ts'
import { grow, padding, term, unknown } from './term.ts'
import type { Term } from './term.ts'

const load = (read: (m: Machine, arg: number) => Term): Step => (m, arg) => m.push(read(m, arg))
const store = (target: (m: Machine, arg: number) => string): Step => (m, arg) => m.store(target(m, arg), m.pop())
const nameAt = (m: Machine, arg: number): Term => term(m.plain(m.name(arg)))
const same = (ops: readonly string[], step: Step): Steps => Object.fromEntries(ops.map((op) => [op, step]))

/** Constants, variables, attributes and modules. */
export const names: Steps = {
  LOAD_CONST: load((m, arg) => m.constant(arg)),
  LOAD_SMALL_INT: load((_m, arg) => term(String(arg))),
  LOAD_COMMON_CONSTANT: load(unknown),
  LOAD_NAME: load(nameAt),
  LOAD_GLOBAL: (m, arg) => {
    if (m.release < 311) m.push(nameAt(m, arg))
    else if (arg & 1) m.pushCallable(nameAt(m, arg >> 1))
    else m.push(nameAt(m, arg >> 1))
  },
  ...same(['LOAD_FAST', 'LOAD_FAST_CHECK', 'LOAD_FAST_BORROW'], load((m, arg) => m.local(arg))),
  ...same(['LOAD_FAST_LOAD_FAST', 'LOAD_FAST_BORROW_LOAD_FAST_BORROW'], (m, arg) => {
    m.push(m.local(arg >> 4))
    m.push(m.local(arg & 15))
  }),
  ...same(['LOAD_DEREF', 'LOAD_CLASSDEREF', 'LOAD_CLOSURE'], load((m, arg) => m.cell(arg))),
  LOAD_FROM_DICT_OR_DEREF: (m, arg) => { m.pop(); m.push(m.cell(arg)) },
  LOAD_FROM_DICT_OR_GLOBALS: (m, arg) => { m.pop(); m.push(nameAt(m, arg)) },
  LOAD_FAST_AND_CLEAR: load(unknown),
  LOAD_LOCALS: load(unknown),
  LOAD_BUILD_CLASS: load(() => ({ ...padding(), part: { is: 'builder' } })),
  LOAD_ATTR: (m, arg) => {
    const name = m.name(m.release >= 312 ? arg >> 1 : arg)
    const of = m.pop()
    const one = inside(of, name) ?? m.attribute(of, name)
    if (m.release >= 312 && arg & 1) m.pushCallable(one)
    else m.push(one)
  },
  LOAD_METHOD: (m, arg) => m.pushCallable(m.attribute(m.pop(), m.name(arg))),
  LOAD_SUPER_ATTR: (m, arg) => {
    m.take(3)
    const one = m.attribute(term('super()'), m.name(arg >> 2))
    if (arg & 1) m.pushCallable(one)
    else m.push(one)
  },
  /** 3.14: 0 is `__enter__`, 1 is `__exit__`. */
  LOAD_SPECIAL: (m, arg) => {
    const of = m.pop()
    m.push(arg === 0 ? { ...of, part: { is: 'entered', of: of.text } } : { text: '_exit', acts: false, depth: 0, part: { is: 'exit' } })
    m.push(padding())
  },

  STORE_NAME: store((m, arg) => m.plain(m.name(arg))),
  STORE_GLOBAL: store((m, arg) => m.plain(m.name(arg))),
  STORE_FAST: store((m, arg) => m.local(arg).text),
  STORE_DEREF: store((m, arg) => m.cell(arg).text),
  STORE_FAST_LOAD_FAST: (m, arg) => {
    m.store(m.local(arg >> 4).text, m.pop())
    m.push(m.local(arg & 15))
  },
  STORE_FAST_STORE_FAST: (m, arg) => {
    m.store(m.local(arg >> 4).text, m.pop())
    m.store(m.local(arg & 15).text, m.pop())
  },
  STORE_ATTR: (m, arg) => {
    const of = m.pop()
    m.store(m.attribute(of, m.plain(m.name(arg))).text, m.pop())
  },
  STORE_SUBSCR: (m) => {
    const key = m.pop()
    m.store(subscript(m.pop(), key).text, m.pop())
  },
  STORE_SLICE: (m) => {
    const [of, from, to] = m.take(3)
    if (of && from && to) m.store(`${of.text}[${bound(from)}:${bound(to)}]`, m.pop())
  },
  STORE_MAP: (m) => {
    const key = m.pop()
    const value = m.pop()
    grow(m.peek(1), `${key.text}: ${value.text}`, value)
  },
  DELETE_ATTR: (m) => m.drop(m.pop()),
  DELETE_SUBSCR: (m) => m.take(2).forEach((one) => m.drop(one)),

  IMPORT_NAME: (m, arg) => {
    const listed = m.pop().text !== 'None'
    const level = Number(m.pop().text)
    const name = '.'.repeat(level > 0 && level < 20 ? level : 0) + m.name(arg)
    m.push({ text: `__import__(${quoted(name)})`, acts: true, depth: 0, part: { is: 'module', name, listed, inside: null } })
  },
  IMPORT_FROM: (m, arg) => {
    const of = m.peek(1)
    const name = m.name(arg)
    const one = of.part?.is === 'module' && of.part.listed ? null : inside(of, name)
    m.push(one ?? { ...m.attribute(of, name), part: { is: 'taken', module: of.part?.is === 'module' ? of.part.name : '', name } })
    of.acts = false
  },
  IMPORT_STAR: (m) => star(m, m.pop()),
}

/** The submodule that `import a.b as c` walks to. */
function inside({ part, text }: Term, name: string): Term | null {
  if (part?.is !== 'module' || part.listed) return null
  const walked = `${part.inside ?? part.name.split('.')[0]}.${name}`
  return part.name === walked || part.name.startsWith(`${walked}.`) ? { text, acts: true, depth: 0, part: { ...part, inside: walked } } : null
}

/** Everything of a module. */
export function star(m: Machine, { part }: Term): void {
  if (part?.is === 'module') m.writer.emit(/^[\w.]+$/.test(part.name) ? `from ${part.name} import *` : `__import__(${quoted(part.name)})`)
}
