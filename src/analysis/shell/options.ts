import type { Value } from './call.ts'

/** Arguments of a program, told apart: options with their values, and the rest. */
export interface Options {
  /** The values given to any of these options. */
  of(...names: readonly string[]): Value[]
  has(...names: readonly string[]): boolean
  rest: readonly Value[]
}

/**
 * Reads `-a`, `-abc`, `-o file`, `-ofile`, `--long file` and `--long=file`; `valued` names the options that take a value,
 * without which `rest` could not be told. Names are given with their dashes.
 */
export function options(words: readonly Value[], valued: ReadonlySet<string>): Options {
  const found = new Map<string, Value[]>()
  const rest: Value[] = []
  const add = (name: string, value?: Value): void => {
    const list = found.get(name) ?? []
    if (value) list.push(value)
    found.set(name, list)
  }
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as Value
    const { text } = word
    const long = /^(--?[A-Za-z][\w-]{1,60})(?:=([\s\S]*))?$/.exec(text)
    if (text === '--') rest.push(...words.slice(at + 1))
    if (text === '--') break
    if (long && (text.startsWith('--') || valued.has(long[1] as string))) {
      const name = long[1] as string
      if (long[2] !== undefined) add(name, { text: long[2], taint: word.taint })
      else if (valued.has(name)) add(name, words[++at])
      else add(name)
    } else if (text.startsWith('-') && text.length > 1) {
      for (let index = 1; index < Math.min(text.length, 40); index++) {
        const name = `-${text[index]}`
        if (!valued.has(name)) add(name)
        else {
          const glued = text.slice(index + 1)
          add(name, glued === '' ? words[++at] : { text: glued, taint: word.taint })
          break
        }
      }
    } else rest.push(word)
  }
  return { rest, of: (...names) => names.flatMap((name) => found.get(name) ?? []), has: (...names) => names.some((name) => found.has(name)) }
}
