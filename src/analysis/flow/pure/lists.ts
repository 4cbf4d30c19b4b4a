import { MOST, UNDEFINED, isBytes, itemsOf, listText, numberOf, textOf, truthy } from '../constant.ts'
import type { Constant, Constants, FoldLanguage } from '../constant.ts'
import { operate } from '../operators.ts'
import { numberAt } from './types.ts'
import type { Apply, Known, Methods } from './types.ts'

type List = Constant[] | Uint8Array
const listOf = (list: List): Constant[] => (isBytes(list) ? [...list] : list)
/** What a method gives is bytes where it is called on bytes. */
const like = (list: List, made: Constant[]): Constant => (isBytes(list) ? Uint8Array.from(made as number[]) : made)

/** What lists are asked for. Methods that change a list in place give a changed copy here: `fold.ts` changes the list itself. */
export const LISTS: Methods<List> = {
  join: (list, args) => listText(listOf(list), args[0] === undefined || args[0] === UNDEFINED ? ',' : textOf(args[0]) ?? ','),
  toString: (list: List) => listText(listOf(list), ','),
  reverse: (list) => like(list, listOf(list).toReversed()),
  toReversed: (list) => like(list, listOf(list).toReversed()),
  slice: (list, args) => listOf(list).slice(numberAt(args, 0) ?? 0, numberAt(args, 1)),
  concat: (list, args) => {
    const length = args.reduce<number>((sum, arg) => sum + (Array.isArray(arg) ? arg.length : 1), list.length)
    return length > MOST ? undefined : [...listOf(list), ...args.flatMap((arg) => (Array.isArray(arg) ? arg : [arg]))]
  },
  at: (list, args) => listOf(list).at(numberAt(args, 0) ?? 0) ?? UNDEFINED,
  indexOf: (list, args) => listOf(list).indexOf(args[0] ?? UNDEFINED),
  index: (list, args) => {
    const at = listOf(list).indexOf(args[0] ?? UNDEFINED)
    return at < 0 ? undefined : at
  },
  includes: (list, args) => listOf(list).includes(args[0] ?? UNDEFINED),
  count: (list, args) => listOf(list).filter((item) => item === args[0]).length,
  copy: (list) => like(list, [...listOf(list)]),
  keys: (list) => listOf(list).map((_item, index) => index),
  values: (list) => [...listOf(list)],
  entries: (list) => listOf(list).map((item, index) => [index, item]),
  flat: (list) => flattened(listOf(list)),
  sort: (list, args, apply, language) => sorted(listOf(list), args[0], apply, language),
  toSorted: (list, args, apply, language) => sorted(listOf(list), args[0], apply, language),
  map: (list, args, apply) => {
    const made = each(list, args, apply)
    return made && like(list, made)
  },
  flatMap: (list, args, apply) => flattened(each(list, args, apply)),
  forEach: (list, args, apply) => (each(list, args, apply) ? UNDEFINED : undefined),
  filter: (list, args, apply, language) => {
    const kept = each(list, args, apply)
    return kept && like(list, listOf(list).filter((_item, index) => truthy(kept[index] ?? UNDEFINED, language)))
  },
  find: (list, args, apply, language) => {
    const kept = each(list, args, apply)
    return kept && (listOf(list)[kept.findIndex((item) => truthy(item, language))] ?? UNDEFINED)
  },
  findIndex: (list, args, apply, language) => each(list, args, apply)?.findIndex((item) => truthy(item, language)),
  some: (list, args, apply, language) => each(list, args, apply)?.some((item) => truthy(item, language)),
  every: (list, args, apply, language) => each(list, args, apply)?.every((item) => truthy(item, language)),
  reduce: (list, args, apply) => reduced(listOf(list), args, apply, true),
  reduceRight: (list, args, apply) => reduced(listOf(list).toReversed(), args, apply, false),
}

function each(list: List, [called]: Constants, apply: Apply): Constant[] | undefined {
  if (called === undefined) return undefined
  const made: Constant[] = []
  for (const [index, item] of listOf(list).entries()) {
    const value = apply(called, [item, index, list])
    if (value === undefined) return undefined
    made.push(value)
  }
  return made
}

function reduced(items: readonly Constant[], args: Constants, apply: Apply, forwards: boolean): Known {
  const [called, start] = args
  if (called === undefined) return undefined
  let sum: Known = args.length > 1 ? start : items[0]
  for (let index = args.length > 1 ? 0 : 1; index < items.length && sum !== undefined; index++) {
    sum = apply(called, [sum, items[index] ?? UNDEFINED, forwards ? index : items.length - 1 - index])
  }
  return sum
}

/** Without a function JavaScript compares texts. With one, it is asked no more often than a merge sort asks. */
export function sorted(items: readonly Constant[], called: Known, apply: Apply, language: FoldLanguage): Constant[] | undefined {
  let known = true
  const order = (a: Constant, b: Constant): number => {
    if (!known) return 0
    if (called !== undefined && called !== UNDEFINED && language === 'javascript') {
      const result = apply(called, [a, b])
      const number = result === undefined ? undefined : numberOf(result)
      known = number !== undefined
      return number ?? 0
    }
    const simple = typeof a !== 'object' && typeof b !== 'object'
    const [left, right] = language === 'javascript' ? simple ? [textOf(a), textOf(b)] : [undefined, undefined] : [a, b]
    const before = left === undefined || right === undefined ? undefined : operate('<', left, right, language)
    known = before !== undefined
    return before === true ? -1 : left === right ? 0 : 1
  }
  const made = [...items].sort(order)
  return known ? made : undefined
}

/** The lists of a list in a row. */
export function flattened(lists: readonly Constant[] | undefined): Constant[] | undefined {
  if (!lists || lists.reduce<number>((sum, item) => sum + (Array.isArray(item) ? item.length : 1), 0) > MOST) return undefined
  return lists.flatMap((item) => (Array.isArray(item) ? item : [item]))
}

/** What walking through values one after the other gives, for `zip` and its kin. */
export function walked(args: Constants, language: FoldLanguage): Constant[][] | undefined {
  const lists = args.map((arg) => itemsOf(arg, language))
  return lists.every((list) => list !== undefined) ? lists : undefined
}
