import { LONGEST, NOTHING, joined, known } from './value.ts'
import type { Value } from './value.ts'

const PIECES = 4096

/** Methods of strings and lists that fold without running anything; null: not one of them or not known well enough. */
export function textMethod(receiver: Value, method: string, args: readonly Value[]): Value | null {
  if (receiver.items && receiver.items.length > 0) return listMethod(receiver, method, args)
  if (receiver.texts.length === 0) return null
  const first = args[0]
  switch (method) {
    case 'toString': case 'valueOf': case 'trim': case 'strip': case 'rstrip': case 'decode': case 'encode': case 'normalize':
      // Which encoding is for rules about buffers; a plain text stays what it is.
      return { ...NOTHING, texts: receiver.texts, origin: receiver.origin }
    case 'toLowerCase': case 'lower': return each(receiver, (text) => text.toLowerCase())
    case 'toUpperCase': case 'upper': return each(receiver, (text) => text.toUpperCase())
    case 'concat': return joined([receiver, ...args])
    case 'join': return first?.items ? joined(first.items.slice(0, PIECES), receiver.texts[0]) : null
    case 'split': return split(receiver, first)
    case 'replace': case 'replaceAll': {
      const [what, by] = [first?.texts[0], args[1]?.texts[0]]
      // What a pattern takes away is not known; most trim an end, and the text stays the best guess.
      if (!what) return { ...NOTHING, texts: receiver.texts, origin: receiver.origin }
      return by !== undefined && by.length <= what.length + 64 ? each(receiver, (text) => text.replaceAll(what, () => by)) : null
    }
    case 'format': return format(receiver, args)
    case 'slice': case 'substring': case 'substr': return null
    default: return null
  }
}

function listMethod(receiver: Value, method: string, args: readonly Value[]): Value | null {
  const items = receiver.items ?? []
  if (method === 'join' && items.length <= PIECES) return joined(items, args[0]?.texts[0] ?? ',')
  if (method === 'reverse') return { ...receiver, items: [...items].reverse(), from: null }
  if (method === 'concat') return { ...receiver, items: [...items, ...args.flatMap((arg) => arg.items ?? [arg])].slice(0, PIECES), from: null }
  return null
}

function split(receiver: Value, separator: Value | undefined): Value | null {
  const [text, by] = [receiver.texts[0], separator?.texts[0]]
  if (text === undefined || by === undefined || text.length > PIECES) return null
  return { ...NOTHING, origin: receiver.origin, items: text.split(by).map((piece) => known(piece, receiver.origin)) }
}

function format(receiver: Value, args: readonly Value[]): Value | null {
  const pieces = (receiver.texts[0] ?? '').split(/\{\w*\}/)
  if (pieces.length > 64) return null
  return joined(pieces.flatMap((piece, index) => (index === 0 ? [known(piece, receiver.origin)] : [args[index - 1] ?? NOTHING, known(piece)])))
}

function each(receiver: Value, change: (text: string) => string): Value {
  return { ...NOTHING, texts: receiver.texts.map((text) => change(text).slice(0, LONGEST)), origin: receiver.origin }
}
