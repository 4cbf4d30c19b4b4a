import { bounded, isBytes } from './constant.ts'
import type { Constant, Constants, FoldLanguage } from './constant.ts'
import { operate as operateOn } from './operators.ts'
import { BYTES } from './pure/bytes.ts'
import { JAVASCRIPT } from './pure/javascript.ts'
import { LISTS } from './pure/lists.ts'
import { PYTHON } from './pure/python.ts'
import { RECORDS } from './pure/records.ts'
import { JAVASCRIPT_TEXTS, PYTHON_TEXTS, TEXTS } from './pure/texts.ts'
import { NUMBERS } from './pure/numbers.ts'
import type { Apply, Calls, Methods } from './pure/types.ts'
import { decoder } from './pure/decoders.ts'

/** What an operator other than `+` gives for one constant or two; `add` of `operators.ts` is for joins. */
export function operate(sign: string, parts: Constants, language: FoldLanguage = 'javascript'): Constant | undefined {
  const [first, second] = parts
  return first === undefined ? undefined : bounded(operateOn(sign, first, second, language))
}

export interface PureOptions {
  language?: FoldLanguage
  /** Calls a function that was handed in, as `map` does. */
  apply?: Apply
}

const none: Apply = () => undefined

/** What a method gives that changes nothing and depends on nothing but its receiver and arguments; undefined when that is not known. */
export function method(receiver: Constant, name: string, args: Constants, { language = 'javascript', apply = none }: PureOptions = {}): Constant | undefined {
  const table = tableOf(receiver, language)
  for (const methods of table) if (Object.hasOwn(methods, name)) return bounded(methods[name]?.(receiver as never, args, apply, language))
  return undefined
}

/** The methods that a constant of this kind has. */
function tableOf(receiver: Constant, language: FoldLanguage): readonly Methods<never>[] {
  if (typeof receiver === 'string') return [language === 'python' ? PYTHON_TEXTS : JAVASCRIPT_TEXTS, TEXTS]
  if (typeof receiver === 'number') return [NUMBERS]
  if (isBytes(receiver)) return [BYTES, LISTS]
  if (Array.isArray(receiver)) return [LISTS]
  return receiver instanceof Map ? [RECORDS] : NONE
}

const NONE: readonly Methods<never>[] = []

/** Whether constants of this kind have a method of that name. */
export const hasMethod = (receiver: Constant, name: string, language: FoldLanguage): boolean =>
  tableOf(receiver, language).some((methods) => Object.hasOwn(methods, name))

/** What calling something outside of the package gives (`String.fromCharCode`, `zlib.decompress`); undefined when that is not known. */
export function call(ref: string, args: Constants, { language = 'javascript', apply = none }: PureOptions = {}): Constant | undefined {
  const calls: Calls = language === 'python' ? PYTHON : JAVASCRIPT
  const found = Object.hasOwn(calls, ref) ? calls[ref] : undefined
  if (found) return bounded(found(args, apply, language))
  const unbound = /^(?:String|Array|Buffer|str|bytes)\.(?:prototype\.)?(\w+)$/.exec(ref)
  const [first, ...rest] = args
  if (unbound && first !== undefined) return method(first, unbound[1] ?? '', rest, { language, apply })
  return bounded(decoder(ref, args, language))
}
