import { LONGEST, MOST, UNDEFINED, isBytes, itemsOf, keyOf } from '../constant.ts'
import type { Constant, Constants, FoldLanguage } from '../constant.ts'
import { sorted } from '../pure/lists.ts'
import type { Apply, Known } from '../pure/types.ts'

const number = (value: Known, otherwise: number): number => (typeof value === 'number' ? value : otherwise)

/** Methods that change a list or record in place; null when it is not one of them. Their result may be unknown. */
export function mutate(of: Constant, name: string, args: Constants, apply: Apply, language: FoldLanguage): { result: Known } | null {
  if (Array.isArray(of)) return changeList(of, name, args, apply, language)
  if (of instanceof Map) return changeRecord(of, name, args, language)
  if (isBytes(of) && (name === 'reverse' || name === 'fill')) {
    if (name === 'reverse') of.reverse()
    else of.fill(number(args[0], 0))
    return { result: of }
  }
  return null
}

function changeList(list: Constant[], name: string, args: Constants, apply: Apply, language: FoldLanguage): { result: Known } | null {
  const nothing = language === 'python' ? null : UNDEFINED
  switch (name) {
    case 'push': case 'append':
      if (list.length + args.length > MOST) return { result: undefined }
      list.push(...args)
      return { result: name === 'push' ? list.length : null }
    case 'pop': {
      if (language !== 'python') return { result: list.pop() ?? UNDEFINED }
      const at = number(args[0], -1)
      return { result: list.splice(at, 1)[0] }
    }
    case 'shift': return { result: list.shift() ?? UNDEFINED }
    case 'unshift': return { result: list.length + args.length > MOST ? undefined : list.unshift(...args) }
    case 'splice': {
      const gone = list.splice(number(args[0], 0), args.length < 2 ? list.length : number(args[1], 0), ...args.slice(2))
      return { result: gone }
    }
    case 'reverse':
      list.reverse()
      return { result: language === 'python' ? null : list }
    case 'sort': {
      const made = sorted(list, language === 'python' ? undefined : args[0], apply, language)
      if (!made || (language === 'python' && args.length > 0)) return { result: undefined }
      list.splice(0, list.length, ...made)
      return { result: language === 'python' ? null : list }
    }
    case 'fill':
      list.fill(args[0] ?? UNDEFINED)
      return { result: list }
    case 'extend': {
      const more = args[0] === undefined ? undefined : itemsOf(args[0], language)
      if (!more || list.length + more.length > MOST) return { result: undefined }
      for (const item of more.slice()) list.push(item)
      return { result: nothing }
    }
    case 'insert':
      if (list.length >= MOST || args[1] === undefined) return { result: undefined }
      list.splice(number(args[0], 0), 0, args[1])
      return { result: nothing }
    case 'remove': {
      const at = list.indexOf(args[0] ?? UNDEFINED)
      if (at < 0) return { result: undefined }
      list.splice(at, 1)
      return { result: nothing }
    }
    case 'clear':
      list.length = 0
      return { result: nothing }
    default: return null
  }
}

function changeRecord(record: Map<string, Constant>, name: string, args: Constants, language: FoldLanguage): { result: Known } | null {
  const [first, second] = args
  const key = first === undefined ? undefined : keyOf(first, language)
  switch (name) {
    case 'update':
      if (!(first instanceof Map) || record.size + first.size > MOST) return { result: undefined }
      for (const [each, value] of first) record.set(each, value)
      return { result: null }
    case 'pop': {
      if (key === undefined) return { result: undefined }
      const value = record.get(key) ?? second
      record.delete(key)
      return { result: value }
    }
    case 'setdefault':
      if (key === undefined || record.size >= MOST) return { result: undefined }
      if (!record.has(key)) record.set(key, second ?? null)
      return { result: record.get(key) }
    case 'clear':
      record.clear()
      return { result: null }
    default: return null
  }
}

/** A `bytearray` or Buffer with more at its end: bytes do not grow in place. */
export function grownBytes(of: Uint8Array, name: string, [more]: Constants): Uint8Array | null {
  const added = name === 'append' && typeof more === 'number' ? [more & 255] : name === 'extend' && more !== undefined ? itemsOf(more, 'python') : undefined
  if (!added?.every((item) => typeof item === 'number') || of.length + added.length > LONGEST) return null
  return Buffer.concat([of, Uint8Array.from(added)])
}
