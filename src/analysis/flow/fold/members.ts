import { Closure, Instance, MOST, Method, Outside, Pattern, Raised, UNDEFINED, UNKNOWN_FIELD, isBytes, isNothing, keyOf, numberOf } from '../constant.ts'
import type { Constant, FoldLanguage } from '../constant.ts'
import { hasMethod } from '../pure.ts'
import type { Known } from '../pure/types.ts'

const ROOTS = new Set(['globalThis', 'window', 'self', 'global', 'top', 'builtins', '__builtins__', '__builtin__'])
const CONSTRUCTORS = /^(?:Array|Boolean|Date|Number|Object|RegExp|String)$/
const BORROWED = /^(?:call|apply|bind|toString)$/
const CHANGING = /^(?:push|pop|shift|unshift|splice|fill|append|extend|insert|remove|clear|update|setdefault)$/
const LETTERS = 'abcdefghijklmnopqrstuvwxyz'

/** Constants that live outside of the package. */
const VALUES: Readonly<Record<string, Constant>> = {
  'string.ascii_lowercase': LETTERS, 'string.ascii_uppercase': LETTERS.toUpperCase(), 'string.ascii_letters': LETTERS + LETTERS.toUpperCase(),
  'string.digits': '0123456789', 'string.hexdigits': '0123456789abcdefABCDEF', 'string.punctuation': '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
  'string.lowercase': LETTERS, 'string.uppercase': LETTERS.toUpperCase(), 'string.letters': LETTERS + LETTERS.toUpperCase(),
  'Math.PI': Math.PI, 'Math.E': Math.E, 'Number.MAX_SAFE_INTEGER': Number.MAX_SAFE_INTEGER,
}

/** A name of something outside of the package, or the constant that it stands for. */
export const outsideNamed = (ref: string): Constant => (Object.hasOwn(VALUES, ref) ? VALUES[ref] ?? null : new Outside(ref))

/** A member of a constant; undefined when it is not known. Throws `Raised` where the language would. */
export function memberOf(of: Constant, key: Constant, language: FoldLanguage): Known {
  if (typeof of === 'string') return indexed(of, of.length, key, language) ?? methodOf(of, key, language, 'String')
  if (Array.isArray(of) || isBytes(of)) return indexed(of, of.length, key, language) ?? methodOf(of, key, language, 'Array')
  if (of instanceof Map) return ofRecord(of, key, language)
  if (of instanceof Closure) return ofFunction(of, key, language)
  if (of instanceof Outside) return ofOutside(of, key)
  if (isNothing(of)) throw new Raised('TypeError')
  if (of instanceof Pattern) return key === 'source' ? of.source : key === 'constructor' ? new Outside('RegExp') : typeof key === 'string' ? new Method(of, key) : undefined
  if (of instanceof Method) return key === 'constructor' ? new Outside('Function') : key === 'name' ? of.name : typeof key === 'string' && BORROWED.test(key) ? new Method(of, key) : undefined
  return methodOf(of, key, language, typeof of === 'boolean' ? 'Boolean' : 'Number')
}

function indexed(of: string | Constant[] | Uint8Array, length: number, key: Constant, language: FoldLanguage): Known {
  if (key === 'length' && language !== 'python') return length
  const at = typeof key === 'number' ? key : typeof key === 'string' && /^\d{1,9}$/.test(key) && language !== 'python' ? Number(key) : undefined
  if (at === undefined) return undefined
  if (language === 'python') {
    const item = of[at < 0 ? at + length : at]
    if (item === undefined) throw new Raised('IndexError')
    return item
  }
  return of[at] ?? UNDEFINED
}

function methodOf(of: Constant, key: Constant, language: FoldLanguage, constructor: string): Known {
  const name = typeof key === 'string' ? key : language === 'javascript' ? textKey(key, language) : undefined
  if (name === undefined) return undefined
  if (name === 'constructor' && language === 'javascript') return new Outside(constructor)
  if (hasMethod(of, name, language) || CHANGING.test(name)) return new Method(of, name)
  return language === 'javascript' && (typeof of === 'string' || Array.isArray(of)) && !/^__|^to|^[a-z]+[A-Z]/.test(name) ? UNDEFINED : undefined
}

const textKey = (key: Constant, language: FoldLanguage): string | undefined => keyOf(key, language)

function ofRecord(of: Map<string, Constant>, key: Constant, language: FoldLanguage): Known {
  const name = keyOf(key, language)
  if (name === undefined) return undefined
  const value = of.get(name) ?? (of instanceof Instance ? of.prototype.get(name) : undefined)
  if (value !== undefined) return value === UNKNOWN_FIELD ? undefined : value
  if (hasMethod(of, name, language) || CHANGING.test(name)) return new Method(of, name)
  if (language === 'python') throw new Raised('KeyError')
  return name === 'constructor' ? new Outside('Object') : name === '__proto__' || name === 'prototype' ? undefined : UNDEFINED
}

function ofFunction(of: Closure, key: Constant, language: FoldLanguage): Known {
  const name = keyOf(key, language)
  if (name === undefined) return undefined
  const value = of.fields.get(name)
  if (value !== undefined) return value === UNKNOWN_FIELD ? undefined : value
  if (name === 'prototype') return prototypeOf(of)
  if (name === 'constructor') return new Outside('Function')
  if (name === 'name') return of.func.name ?? ''
  if (name === 'length') return of.func.params.length
  if (BORROWED.test(name)) return new Method(of, name)
  return language === 'javascript' ? UNDEFINED : undefined
}

/** What everything that `new` makes of a function has in common. */
export function prototypeOf(of: Closure): Map<string, Constant> {
  const found = of.fields.get('prototype')
  if (found instanceof Map) return found
  const made = new Map<string, Constant>()
  of.fields.set('prototype', made)
  return made
}

function ofOutside(of: Outside, key: Constant): Known {
  if (typeof key !== 'string' || of.ref.length > 200) return undefined
  if (ROOTS.has(of.ref)) return outsideNamed(key)
  if (key === 'constructor' && CONSTRUCTORS.test(of.ref)) return new Outside('Function')
  return key === 'default' ? of : outsideNamed(`${of.ref}.${key}`)
}

/** Sets a member; false when what became of it is not known. */
export function setMember(of: Constant, key: Constant, value: Known, language: FoldLanguage): boolean {
  if (of instanceof Map || of instanceof Closure) {
    const name = keyOf(key, language)
    const fields = of instanceof Map ? of : of.fields
    if (name === undefined || fields.size > MOST) return false
    fields.set(name, value ?? UNKNOWN_FIELD)
    return true
  }
  if (value === undefined) return false
  const at = numberOf(key)
  if (at === undefined || !Number.isInteger(at)) {
    if (!Array.isArray(of) || key !== 'length' || typeof value !== 'number' || value < 0 || value > of.length) return false
    of.length = value
    return true
  }
  const index = at < 0 && language === 'python' ? at + ((of as Constant[]).length ?? 0) : at
  if (isBytes(of) && typeof value === 'number' && index >= 0) {
    of[index] = value
    return true
  }
  if (!Array.isArray(of) || index < 0 || index >= MOST) return false
  while (of.length < index) of.push(UNDEFINED)
  of[index] = value
  return true
}

/** `x[start:stop:step]`. */
export function sliced(of: Constant, [start, stop, step]: readonly Constant[]): Known {
  if (typeof of !== 'string' && !Array.isArray(of) && !isBytes(of)) return undefined
  const by = typeof step === 'number' ? Math.trunc(step) : 1
  if (by === 0) throw new Raised('ValueError')
  const { length } = of
  const at = (value: Known, otherwise: number): number => {
    if (typeof value !== 'number') return otherwise
    const place = value < 0 ? value + length : value
    return by > 0 ? Math.min(Math.max(place, 0), length) : Math.min(Math.max(place, -1), length - 1)
  }
  const from = at(start, by > 0 ? 0 : length - 1)
  const to = at(stop, by > 0 ? length : -1)
  if (by === 1) return of.slice(from, Math.max(from, to))
  const places: number[] = []
  for (let place = from; by > 0 ? place < to : place > to; place += by) places.push(place)
  if (typeof of === 'string') return places.map((place) => of[place]).join('')
  return isBytes(of) ? Uint8Array.from(places, (place) => of[place] ?? 0) : places.map((place) => of[place] ?? null)
}
