import type { Program, Roll } from '../program.ts'
import { members, renaming, unicode } from './naming.ts'
import { comments, deadCode } from './noise.ts'
import { arrays, packed } from './packed.ts'
import { movedFiles } from './places.ts'
import { encodings, splitting } from './strings.ts'
import type { Files, Transform } from './transform.ts'
import { minified, wrappers } from './wrappers.ts'

export type { Files, Group, Transform } from './transform.ts'

const none: Transform = { id: 'none', group: 'none', apply: (code, path) => ({ [path]: code }) }

const single: readonly Transform[] = [
  none, ...renaming, ...splitting, ...members, ...encodings, ...comments, ...unicode, ...deadCode, ...movedFiles, ...wrappers, ...minified, ...packed, ...arrays,
]

/** Several, one after the other; those before the last stay in their file. */
function after(...names: readonly string[]): Transform {
  const parts = names.map((name) => {
    const found = single.find(({ group, id }) => `${group}: ${id}` === name)
    if (!found) throw new Error(`no transform is called ${name}`)
    return found
  })
  const last = parts.at(-1) ?? none
  return {
    id: parts.map(({ id }) => id).join(' + '), group: 'combined', large: parts.some(({ large }) => large), is: parts.flatMap((part) => part.is ?? []),
    apply(code: Program, path: string, roll: Roll): Files {
      const before = parts.slice(0, -1).reduce((rest, part) => part.apply(rest, path, roll)[path] ?? rest, code)
      return last.apply(before, path, roll)
    },
  }
}

const combined: readonly Transform[] = [
  after('string splitting: plus', 'members and aliases: computed-split', 'renaming: hex'),
  after('encodings: base64-helper', 'renaming: short', 'minified: one-line'),
  after('renaming: hex', 'string array: base64', 'comments: between-tokens'),
  after('encodings: xor', 'wrappers: async-iife', 'moved files: lib-required'),
  after('members and aliases: computed', 'encodings: hex', 'dead code: unreachable-branches'),
  after('string splitting: joined', 'moved files: dist'),
  after('renaming: innocent', 'packed whole: eval-atob', 'dead code: bundle-before'),
  after('members and aliases: aliased-require', 'string splitting: template', 'wrappers: promise'),
  after('encodings: char-codes', 'members and aliases: global-this', 'wrappers: emitter'),
  after('wrappers: method', 'packed whole: xor', 'string splitting: plus'),
  after('comments: ignore-markers', 'Unicode: homoglyphs', 'moved files: re-exported'),
  after('string array: plain', 'wrappers: timeout', 'moved files: test-folder'),
]

export const transforms: readonly Transform[] = [...single, ...combined]
