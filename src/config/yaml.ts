import { LineCounter, isAlias, isMap, isScalar, isSeq, parseDocument } from 'yaml'
import type { Document, Node, YAMLMap } from 'yaml'
import { sentence } from '../core/errors.ts'
import { invalid } from './problems.ts'
import type { Parsed, Path, Place } from './problems.ts'

const LARGEST = 2 * 1024 * 1024
const MOST_ALIASES = 100
const REMEDIES: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'indent with spaces', BAD_INDENT: 'line it up with its neighbours, two spaces a level',
  DUPLICATE_KEY: 'keep one of them', BAD_ALIAS: 'define the anchor before it is used', MULTIPLE_DOCS: 'remove the second document (---)',
  MISSING_CHAR: 'close the quote or bracket', TAG_RESOLVE_FAILED: 'remove the tag', IMPOSSIBLE: 'indent keys of one level alike',
  BLOCK_AS_IMPLICIT_KEY: 'put quotes around values that contain ": "', MULTILINE_IMPLICIT_KEY: 'a key needs a colon after it',
}

/** YAML 1.2 with positions. Throws ConfigError with everything that is wrong. */
export function parseYaml(text: string, file: string): Parsed {
  if (text.length > LARGEST) throw invalid(file, [{ line: 1, column: 1, message: 'the file is larger than 2 MiB', remedy: 'is this the right file?' }])
  const lines = new LineCounter()
  try {
    const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false, version: '1.2', schema: 'core' })
    const wrong = [...document.errors, ...document.warnings]
    if (wrong.length > 0) {
      throw invalid(file, wrong.slice(0, 50).map((error) => {
        const { line, col } = lines.linePos(error.pos[0])
        return { line, column: col, message: error.message, remedy: REMEDIES[error.code] ?? 'see the sample sluice.yaml' }
      }))
    }
    const value: unknown = document.toJS({ maxAliasCount: MOST_ALIASES })
    return { value: withoutEmpty(value) ?? {}, place: (path, key) => placeOf(document, lines, path, key) }
  } catch (thrown) {
    if (thrown instanceof Error && thrown.name === 'ConfigError') throw thrown
    const message = thrown instanceof RangeError ? 'nested too deeply' : sentence(thrown)
    throw invalid(file, [{ line: 1, column: 1, message, remedy: 'write it out without nesting or aliases' }])
  }
}

/** A key without a value (all options below it commented out) is as good as absent. */
function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== null).map(([key, inner]) => [key, withoutEmpty(inner)]))
}

function placeOf(document: Document, lines: LineCounter, path: Path, key?: string): Place {
  let node: unknown = document.contents
  let offset = rangeOf(node) ?? 0
  for (const [index, step] of path.entries()) {
    const inner = isAlias(node) ? node.resolve(document) : node
    if (isMap(inner)) {
      const pair = pairOf(inner, String(step))
      if (!pair) return at(lines, offset)
      node = pair.value
      // A missing or empty value is shown at its key, a bad one at itself.
      offset = rangeOf(index === path.length - 1 && isEmpty(node) ? pair.key : node) ?? rangeOf(pair.key) ?? offset
    } else if (isSeq(inner)) {
      node = inner.items[Number(step)]
      offset = rangeOf(node) ?? offset
    }
  }
  const inner = isAlias(node) ? node.resolve(document) : node
  if (key !== undefined && isMap(inner)) offset = rangeOf(pairOf(inner, key)?.key) ?? offset
  return at(lines, offset)
}

const isEmpty = (node: unknown): boolean => isScalar(node) && node.value === null
const rangeOf = (node: unknown): number | undefined => (node as Node | null | undefined)?.range?.[0]
const pairOf = (map: YAMLMap, key: string) => map.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === key)

function at(lines: LineCounter, offset: number): Place {
  const { line, col } = lines.linePos(offset)
  return { line: Math.max(line, 1), column: Math.max(col, 1) }
}
