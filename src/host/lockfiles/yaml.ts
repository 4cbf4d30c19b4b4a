import { createRequire } from 'node:module'
import { SluiceError, sentence } from '../../core/errors.ts'
import type { Reading } from './project-file.ts'
import { DEEPEST, EMPTY, MOST_VALUES } from './tree.ts'
import type { Located } from './tree.ts'
import { LineReader, Unusual } from './yaml-lines.ts'

const require = createRequire(import.meta.url)
/** Loaded when a file needs it: lockfiles that tools wrote do not, and many more files are read without one. */
const yaml = (): typeof import('yaml') => require('yaml') as typeof import('yaml')

/** The full reader takes up to five hundred times a text's length in memory, and seconds for a megabyte. */
const LARGEST = 1024 * 1024

/**
 * The documents of a YAML file with lines, every scalar as text (`1.10` is a version, not a number). What lockfiles are
 * written in is read line by line; where a file has anything else, the full reader looks, if it is small enough for that.
 */
export function readYaml(reading: Reading): Located[] {
  try {
    const reader = new LineReader(reading.text)
    const documents = reader.read()
    for (const [line, key] of reader.twice) reading.problem(line, `"${key.slice(0, 100)}" stands twice: the later one counts`)
    return documents
  } catch (thrown) {
    if (!(thrown instanceof Unusual)) throw thrown
    if (reading.text.length <= LARGEST) return readFully(reading)
    throw new SluiceError('usage', `this is not the YAML that lockfiles are written in (${thrown.message}), and too large to be read as any other`, { hint: 'let the package manager write it anew' })
  }
}

/** Aliases are named and not followed: no tool writes them into a lockfile, and nothing then can multiply. */
export function readFully(reading: Reading): Located[] {
  const { LineCounter, parseAllDocuments } = yaml()
  const lines = new LineCounter()
  try {
    const parsed = parseAllDocuments(reading.text, { lineCounter: lines, uniqueKeys: false, prettyErrors: false, schema: 'failsafe', logLevel: 'silent' })
    // Of an empty file the library returns errors and warnings on the list itself.
    const documents = Array.isArray(parsed) ? parsed : []
    const walk = new Walk(reading, (offset) => lines.linePos(offset).line)
    return documents.map((document) => {
      for (const error of document.errors.slice(0, 1_000)) reading.problem(lines.linePos(error.pos[0]).line, `YAML: ${error.message}`, 'broken')
      return walk.node(document.contents, 0)
    }).filter(({ value }) => value !== null)
  } catch (thrown) {
    if (thrown instanceof SluiceError) throw thrown
    reading.problem(null, thrown instanceof RangeError ? 'nested too deeply: nothing was read' : `YAML: ${sentence(thrown)}: nothing was read`, 'broken')
    return []
  }
}

class Walk {
  readonly #reading: Reading
  readonly #lineOf: (offset: number) => number
  #values = 0

  constructor(reading: Reading, lineOf: (offset: number) => number) {
    this.#reading = reading
    this.#lineOf = lineOf
  }

  node(node: unknown, depth: number): Located {
    if (node === null || node === undefined) return EMPTY
    const line = this.#lineOf((node as { range?: [number] | null }).range?.[0] ?? 0)
    if (++this.#values > MOST_VALUES) throw new SluiceError('usage', `the document has more than ${MOST_VALUES} values`, { hint: 'is this the right file?' })
    if (depth > DEEPEST) return this.#left(line, `nested more than ${DEEPEST} levels deep: what is inside was not read`)
    if (yaml().isScalar(node)) return { line, value: typeof node.value === 'string' && (node.value !== '' || node.type !== 'PLAIN') ? node.value : null }
    if (yaml().isSeq(node)) return { line, value: node.items.map((item) => this.node(item, depth + 1)) }
    if (yaml().isMap(node)) return { line, value: this.#map(node.items, line, depth) }
    return this.#left(line, yaml().isAlias(node) ? `the alias *${node.source} is not followed` : 'something that is no YAML value was left out')
  }

  #map(items: readonly unknown[], line: number, depth: number): Map<string, Located> {
    const map = new Map<string, Located>()
    for (const pair of items) {
      const key = yaml().isPair(pair) && yaml().isScalar(pair.key) && typeof pair.key.value === 'string' ? pair.key : null
      if (!key || !yaml().isPair(pair)) {
        this.#left(line, 'a key that is no text was left out')
        continue
      }
      const name = key.value as string
      const keyLine = this.#lineOf(key.range?.[0] ?? 0)
      if (map.has(name)) this.#left(keyLine, `"${name.slice(0, 100)}" stands twice: the later one counts`)
      // A table counts as beginning at its key.
      map.set(name, { ...this.node(pair.value, depth + 1), line: keyLine })
    }
    return map
  }

  #left(line: number, says: string): Located {
    this.#reading.problem(line, says)
    return { line, value: null }
  }
}
