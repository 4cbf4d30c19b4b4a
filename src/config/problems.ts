import { z } from 'zod'
import { SluiceError } from '../core/errors.ts'

export type Path = readonly PropertyKey[]

/** A parsed file that knows where things stand in it. */
export interface Parsed {
  value: unknown
  /** Where a value stands; with `key`, where that key of it stands. */
  place(path: Path, key?: string): Place
}

export interface Place {
  line: number
  column: number
}

export interface Problem extends Place {
  message: string
  remedy: string
}

/** Something wrong at a path of the document; its place is looked up later. */
export interface Complaint {
  path: Path
  message: string
  remedy: string
  /** A key of the value at `path` that is meant. */
  key?: string
}

/** All problems of a configuration at once; `message` is one line for each. */
export class ConfigError extends SluiceError {
  readonly problems: readonly Problem[]
  constructor(file: string, problems: readonly Problem[]) {
    const lines = problems.map(({ line, column, message, remedy }) => `${file}:${line}:${column}: ${message} (${remedy})`)
    super('config-invalid', lines.join('\n'), { hint: problems.length === 1 ? 'one problem' : `${problems.length} problems` })
    this.name = 'ConfigError'
    this.problems = problems
  }
}

export function invalid(file: string, problems: readonly Problem[]): ConfigError {
  const sorted = [...problems].sort((a, b) => a.line - b.line || a.column - b.column)
  return new ConfigError(file, sorted)
}

export function placed(complaints: readonly Complaint[], parsed: Parsed): Problem[] {
  return complaints.map(({ path, key, message, remedy }) => ({ ...parsed.place(path, key), message, remedy }))
}

/** Zod's issues in the words of the file. */
export function complaints(schema: z.ZodType, issues: readonly z.core.$ZodIssue[], value: unknown): Complaint[] {
  return issues.flatMap((issue): Complaint[] => {
    const { path } = issue
    const name = path.map(String).join('.') || 'the file'
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => {
        const known = keysOf(find(schema, path))
        const close = nearest(key, known)
        const remedy = close ? `did you mean ${close}?` : `known here: ${known.join(', ')}`
        return { path, key, message: `unknown key "${key.slice(0, 80)}" in ${name}`, remedy }
      })
    }
    if (issue.code === 'invalid_value') {
      const given = valueAt(value, path)
      const options = issue.values.map(String)
      const close = nearest(String(given), options)
      return [{ path, message: `${name} is ${shown(given)}`, remedy: `${close ? `did you mean ${close}? ` : ''}accepted: ${options.join(', ')}` }]
    }
    const given = valueAt(value, path)
    const custom = issue.message && !issue.message.startsWith('Invalid input') ? issue.message : null
    const expected = issue.code === 'invalid_type' ? `must be ${article(issue.expected)}` : 'is not valid'
    const message = given === undefined ? `${name} is missing${custom ? `: ${custom}` : ''}` : `${name} is ${secret(path) ? 'not accepted' : shown(given)}: ${custom ?? expected}`
    return [{ path, message, remedy: example(schema, path) }]
  })
}

const article = (type: string): string =>
  ({ object: 'a mapping (key: value)', record: 'a mapping (key: value)', array: 'a list (- item)', string: 'text', int: 'a whole number' })[type] ?? `a ${type}`

function shown(value: unknown): string {
  if (value === null) return 'empty'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'a mapping' : JSON.stringify(String(value).slice(0, 80).replace(/\/\/[^/@]*@/, '//…@'))
}

/** Somebody may have written a secret where only its place belongs; it must not reach a log. */
const secret = (path: Path): boolean => path.some((step) => step === 'credentials' || step === 'secret')

function valueAt(value: unknown, path: Path): unknown {
  let inner = value
  for (const step of path) {
    if (typeof inner !== 'object' || inner === null || !Object.hasOwn(inner, step)) return undefined
    inner = (inner as Record<PropertyKey, unknown>)[step]
  }
  return inner
}

/** An example from the schema at a path, or from the nearest level above that has one. */
function example(schema: z.ZodType, path: Path): string {
  for (let depth = path.length; depth > 0; depth--) {
    const found = layers(find(schema, path.slice(0, depth))).map((layer) => (layer.meta()?.examples as unknown[] | undefined)?.[0]).find((one) => one !== undefined)
    const key = path.slice(0, depth).findLast((step) => typeof step === 'string')
    if (found !== undefined && key !== undefined) return `for example: ${String(key)}: ${typeof found === 'string' ? found : JSON.stringify(found)}`
  }
  return 'see the sample sluice.yaml'
}

/** A schema and what it wraps, outermost first. */
function layers(schema: z.ZodType | null): z.ZodType[] {
  const all: z.ZodType[] = []
  for (let inner = schema; inner !== null; inner = unwrap(inner)) all.push(inner)
  return all
}

function unwrap(schema: z.ZodType): z.ZodType | null {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodPrefault) return schema.unwrap() as z.ZodType
  return schema instanceof z.ZodPipe ? schema.in as z.ZodType : null
}

function find(schema: z.ZodType, path: Path): z.ZodType | null {
  let current: z.ZodType | null = schema
  for (const step of path) {
    const core: z.ZodType | undefined = layers(current).at(-1)
    if (core instanceof z.ZodObject) current = Object.hasOwn(core.shape, step) ? core.shape[String(step)] as z.ZodType : null
    else current = core instanceof z.ZodArray ? core.element as z.ZodType : null
    if (current === null) return null
  }
  return current
}

function keysOf(schema: z.ZodType | null): string[] {
  const core = layers(schema).at(-1)
  return core instanceof z.ZodObject ? Object.keys(core.shape) : []
}

/** The closest candidate, at most half of its letters and three away (Levenshtein), or null. */
function nearest(word: string, candidates: readonly string[]): string | null {
  let best: string | null = null
  let least = Infinity
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) > 4) continue
    const edits = distance(word.toLowerCase(), candidate.toLowerCase())
    if (edits < least && edits <= Math.min(3, Math.ceil(candidate.length / 2))) {
      best = candidate
      least = edits
    }
  }
  return best
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
