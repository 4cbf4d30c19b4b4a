import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { repositoryOf, spellRepository } from './repository.ts'

const spelled = (text: string): string | null => {
  const found = repositoryOf(text)
  return found && spellRepository(found)
}

it.each([
  'https://github.com/Owner/Name', 'git+https://github.com/owner/name.git', 'git+ssh://git@github.com/owner/name.git', 'git@github.com:owner/name.git',
  'ssh://git@github.com:22/owner/name', 'git://github.com/owner/name.git#main', 'owner/name', 'github:owner/name', 'github:owner/name#v1', 'http://www.github.com/owner/name/',
  'https://github.com/owner/name#readme', 'https://github.com/owner/name/tree/main/packages/x', 'https://github.com/owner/name/issues?q=1', 'https://raw.githubusercontent.com/owner/name/main/x',
  'https://user:secret@github.com/owner/name', 'github.com/owner/name',
])('reads one repository in %s', (text) => expect(spelled(text)).toBe('github.com/owner/name'))

it.each([
  ['gitlab:a/b', 'gitlab.com/a/b'], ['https://gitlab.com/a/b/-/tree/main', 'gitlab.com/a/b'], ['https://git.sr.ht/~a/b', 'git.sr.ht/a/b'], ['https://codeberg.org/a/b.c', 'codeberg.org/a/b.c'],
])('keeps %s apart', (text, expected) => expect(spelled(text)).toBe(expected))

it.each(['', 'https://github.com/owner', 'https://project.example/a/b', 'https://github.com/sponsors/owner', 'npm:a/b', 'UNKNOWN', 'a b/c'])('finds none in %j', (text) => expect(spelled(text)).toBeNull())

it('never throws, and means the same when spelled out', () => {
  fc.assert(fc.property(fc.string(), (text) => {
    const found = spelled(text)
    if (found !== null) expect(spelled(found)).toBe(found)
  }))
})
