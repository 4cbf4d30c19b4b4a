import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import type { Reading } from './project-file.ts'
import type { Located } from './tree.ts'
import { LineReader, Unusual } from './yaml-lines.ts'
import { readFully, readYaml } from './yaml.ts'

interface Seen { trees: unknown[]; problems: string[] }

/** Tables as lists of entries with lines; what blocks of text fold to is left out of account. */
function plain({ line, value }: Located, lines: boolean): unknown {
  const inner = value instanceof Map ? [...value].map(([key, node]) => [key, plain(node, lines)])
    : Array.isArray(value) ? value.map((node) => plain(node, false)) : typeof value === 'string' ? value.replace(/\s+/g, ' ').trim() : value
  return lines && value instanceof Map ? { line, inner } : inner
}

function seenBy(reader: (reading: Reading) => Located[], text: string): Seen {
  const problems: string[] = []
  const reading = { text, problem: (line: number | null, says: string) => problems.push(`${line} ${says}`) } as unknown as Reading
  return { trees: reader(reading).map((tree) => plain(tree, false)), problems }
}

const byLines = (text: string): Seen | null => {
  try {
    const reader = new LineReader(text)
    return { trees: reader.read().map((tree) => plain(tree, false)), problems: reader.twice.map(([line, key]) => `${line} "${key}" stands twice: the later one counts`) }
  } catch (thrown) {
    if (thrown instanceof Unusual) return null
    throw thrown
  }
}

describe('YAML line by line', () => {
  it.each<[string, string, unknown]>([
    ['tables and lists', 'a:\n  b: 1\n  c:\n  - x\n  - "y z"\nd: []\n', [['a', [['b', '1'], ['c', ['x', 'y z']]]], ['d', []]]],
    ['keys with signs', "/a@1.0.0(b@npm:2):\n  v: 'it''s'\n'@s/x@1': {a: b@npm:1, 'c d': [e, f]}\n", [['/a@1.0.0(b@npm:2)', [['v', "it's"]]], ['@s/x@1', [['a', 'b@npm:1'], ['c d', ['e', 'f']]]]]],
    ['long keys', '? "a, b"\n:\n  v: 1\n? c\n: d\n', [['a, b', [['v', '1']]], ['c', 'd']]],
    ['blocks', 'a: >-\n  one\n  two: three\n\nb: |\n   x\nc: 1\n', [['a', 'one two: three'], ['b', 'x'], ['c', '1']]],
    ['comments and line ends', '# x\r\na: 1 # one\r\n\r\nb: # nothing\r\n  c: "#no"\r\n', [['a', '1'], ['b', [['c', '#no']]]]],
    ['own words as keys', '__proto__: 1\nconstructor:\n  toString: 2\n', [['__proto__', '1'], ['constructor', [['toString', '2']]]]],
  ])('%s', (_name, text, expected) => {
    expect(byLines(text)).toEqual({ trees: [expected], problems: [] })
    expect(seenBy(readFully, text)).toEqual({ trees: [expected], problems: [] })
  })

  it.each([
    'a: &x 1\n', 'a: *x\n', 'a: !!str x\n', 'a: b\n  c\n', 'a:\n    b: 1\n  c: 2\n', '- a: b\n', 'a: "x\n  y"\n', 'a: {b: c,\n  d: e}\n', 'a: b: c\n', '\ta: 1\n', 'a\n', '[a]: 1\n', 'a: "\\x41"\n', '--- a\n', '%TAG x\n', '? [a]\n: b\n', 'a: [b', 'a: `b\n', '- - a\n', 'a: >\n     \n  b\n', 'a: |\n    b\n  c\n',
  ])('leaves %j to the full reader', (text) => {
    expect(byLines(text)).toBeNull()
  })

  it('reads as the full reader does, whatever a tool writes', () => {
    const word = fc.oneof(fc.stringMatching(/^[a-zA-Z0-9@/._~^>=<() +-]{0,12}$/), fc.constantFrom('1.10', 'null', 'true', '-', '#', 'a #b', 'x: y', '"', "'", '__proto__', '{', 'é', ': ', '*', '- a'))
    const { tree } = fc.letrec((tie) => ({
      tree: fc.dictionary(word, fc.oneof({ depthSize: 'small' }, word, fc.array(word, { maxLength: 4 }), tie('tree')), { maxKeys: 5, noNullPrototype: false }),
    }))
    fc.assert(fc.property(tree, fc.boolean(), (value, single) => {
      const text = stringify(value, { lineWidth: 0, singleQuote: single, aliasDuplicateObjects: false })
      const quick = byLines(text)
      if (quick) expect(quick).toEqual(seenBy(readFully, text))
    }), { numRuns: 500 })
  })

  it('reads as the full reader does, or not at all, whatever stands there', () => {
    const piece = fc.constantFrom('a', 'b', ': ', ':', '\n', '\n  ', '\n    ', '- ', '-', '? ', '"', "'", '{', '}', '[', ']', ', ', ',', ' #', '#', '|', '>', '&', '*', '!', '\t', '---', '...', ' ', '1', '@', '%', '`', '\r\n', '\\', '~')
    fc.assert(fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
      const text = `k: v\n${pieces.join('')}\n`
      const quick = byLines(text)
      const full = seenBy(readFully, text)
      if (quick && full.problems.every((problem) => problem.includes('stands twice'))) expect(quick).toEqual(full)
      else if (quick) expect({ text, problems: full.problems }).toEqual({ text, problems: [] })
    }), { numRuns: 2_000 })
  })
})

it('follows no alias, and refuses what only the full reader could read when it is large', () => {
  const bomb = 'a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n'
  const seen = seenBy(readYaml, bomb)
  expect(seen.trees).toEqual([[['a', ['x', 'x']], ['b', [null, null]], ['c', [null, null]]]])
  expect(seen.problems).toEqual(['2 the alias *a is not followed', '2 the alias *a is not followed', '3 the alias *b is not followed', '3 the alias *b is not followed'])
  expect(() => seenBy(readYaml, `a: &a x\n${'b: c\n'.repeat(300_000)}`)).toThrow(expect.objectContaining({ code: 'usage' }))
})
