import { describe, expect, it } from 'vitest'
import { twins } from './kit/twins.ts'

const compared = (mine: Record<string, string>, theirs: Record<string, string>, cut = false): string[] =>
  twins(new Map(Object.entries(mine)), theirs, cut).map(({ path, how }) => `${path} ${how}`)

describe('two archives of a version', () => {
  it.each<[string, Record<string, string>, Record<string, string>, string[]]>([
    ['the same', { 'a/b.py': 'aa11' }, { 'a/b.py': 'aa' }, []],
    ['the same below a folder of sources', { 'a/b.py': 'aa11' }, { 'src/a/b.py': 'aa' }, []],
    ['the same the other way round', { 'lib/python/a/b.py': 'aa11' }, { 'a/b.py': 'aa' }, []],
    ['another file', { 'a/b.py': 'bb11' }, { 'src/a/b.py': 'aa' }, ['a/b.py differs']],
    ['one more in a known folder', { 'a/c.py': 'cc11' }, { 'src/a/b.py': 'aa' }, ['a/c.py only here']],
    ['one more in a folder of its own', { 'tooling/c.py': 'cc11' }, { 'src/a/b.py': 'aa' }, []],
    ['one more at the root', { 'c.py': 'cc11' }, { 'src/a/b.py': 'aa', 'setup.py': 'dd' }, []],
    ['what building writes', { 'a/_version.py': 'xx', 'a/x_pb2.py': 'xx', 'setup.py': 'xx' }, { 'a/_version.py': 'yy', 'a/b.py': 'aa', 'setup.py': 'yy' }, []],
    ['tests', { 'a/tests/t.py': 'xx' }, { 'a/tests/t.py': 'yy', 'a/tests/u.py': 'yy' }, []],
    ['what is no Python', { 'a/b.txt': 'xx' }, { 'a/b.txt': 'yy' }, []],
  ])('with %s', (_what, mine, theirs, expected) => expect(compared(mine, theirs)).toEqual(expected))

  it('say nothing of what is lacking where not everything was kept', () => expect(compared({ 'a/c.py': 'cc' }, { 'a/b.py': 'aa' }, true)).toEqual([]))
})
