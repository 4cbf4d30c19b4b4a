import { spread, unpacked } from './calls.ts'
import { bound, operation } from './operators.ts'
import type { Step, Steps } from './step.ts'
import { grow, growing, listed, made, term } from './term.ts'

const list = (open: string, close: string): Step => (m, arg) => m.list(open, close, m.take(arg))
const append: Step = (m, arg) => {
  const item = m.pop()
  grow(m.peek(arg), item.text, item)
}
const extend = (stars: string): Step => (m, arg) => {
  const more = m.pop()
  grow(m.peek(arg), more.part?.is === 'growing' && more.part.inner !== '' ? more.part.inner : (more.items ? listed(more.items) : `${stars}${more.text}`), more)
}
const together = (open: string, close: string): Step => (m, arg) => {
  const parts = m.take(arg)
  m.push(growing(open, close, parts, parts.map((part) => (open === '{' ? `**${part.text}` : spread(part))).filter((text) => text !== '')))
}
const text: Step = (m) => {
  const of = m.pop()
  m.push(made(`str(${of.text})`, of))
}

/** Lists, tuples, dicts, formatted text, and taking them apart. */
export const containers: Steps = {
  BUILD_LIST: list('[', ']'),
  BUILD_SET: list('{', '}'),
  BUILD_TUPLE: (m, arg) => {
    const items = m.take(arg)
    m.push({ ...growing('(', ')', items), items: items.slice(0, 256).map((item) => item.text) })
  },
  BUILD_MAP: (m, arg) => {
    const parts = m.release < 300 ? [] : m.take(arg * 2)
    const pairs = Array.from({ length: parts.length >> 1 }, (_, i) => `${parts[i * 2]?.text}: ${parts[i * 2 + 1]?.text}`)
    m.push(growing('{', '}', parts, pairs))
  },
  BUILD_CONST_KEY_MAP: (m, arg) => {
    const keys = m.pop().items ?? []
    const values = m.take(arg)
    m.push(growing('{', '}', values, values.map((value, i) => `${keys[i] ?? '_'}: ${value.text}`)))
  },
  BUILD_STRING: (m, arg) => m.push(m.take(Math.min(arg, 10_000)).reduce((sum, part) => operation(sum, '+', part), term('\'\''))),
  BUILD_SLICE: (m, arg) => {
    const parts = m.take(Math.min(arg, 3))
    m.push({ ...made(`slice(${parts.map(({ text }) => text).join(', ')})`, ...parts), slice: parts.map(bound).join(':') })
  },
  BUILD_LIST_UNPACK: together('[', ']'),
  BUILD_TUPLE_UNPACK: together('[', ']'),
  BUILD_TUPLE_UNPACK_WITH_CALL: together('[', ']'),
  BUILD_SET_UNPACK: together('[', ']'),
  BUILD_MAP_UNPACK: together('{', '}'),
  BUILD_MAP_UNPACK_WITH_CALL: (m, arg) => together('{', '}')(m, arg & 0xff),
  LIST_APPEND: append,
  SET_ADD: append,
  MAP_ADD: (m, arg) => {
    const [a, b] = m.take(2)
    // Before 3.8 the value lay below its key.
    if (a && b) grow(m.peek(arg), m.release < 308 ? `${b.text}: ${a.text}` : `${a.text}: ${b.text}`, made('', a, b))
  },
  LIST_EXTEND: extend('*'),
  SET_UPDATE: extend('*'),
  DICT_UPDATE: extend('**'),
  DICT_MERGE: extend('**'),
  FORMAT_VALUE: (m, arg) => {
    if (arg & 4) m.pop()
    text(m, arg)
  },
  FORMAT_SIMPLE: text,
  FORMAT_WITH_SPEC: (m, arg) => { m.pop(); text(m, arg) },
  UNPACK_SEQUENCE: (m, arg) => unpacked(m, arg),
  UNPACK_EX: (m, arg) => unpacked(m, (arg & 0xff) + 1 + (arg >>> 8)),
}
